"""How the expected results under testdata are written: a case a line, its fields between tabs."""

import pathlib
import random

TESTDATA = pathlib.Path(__file__).parent.parent / "testdata"


def escape(text):
    out = []
    for c in text:
        if c == "\\":
            out.append("\\\\")
        elif " " <= c <= "~":
            out.append(c)
        else:
            out.append(f"\\u{{{ord(c):x}}}")
    return "".join(out)


def field(value):
    if value is None:
        return "None"
    if isinstance(value, (bytes, bytearray)):
        return escape(value.decode("latin-1"))
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, float):
        return value.hex()
    if isinstance(value, (list, tuple)):
        return "|".join(field(item) for item in value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >> 2000:
        return f"{value:#x}"
    return escape(str(value))


def attempt(call, *args):
    """What the call gives, or `!` and the error."""
    try:
        return call(*args)
    except Exception as error:
        name = type(error).__name__
        if type(error).__module__ == "struct":
            name = "struct.error"
        return f"!{name}: {error}"


class Cases:
    def __init__(self, name):
        self.path = TESTDATA / f"{name}.tsv"
        self.lines = {}

    def add(self, *fields):
        self.lines["\t".join(field(value) for value in fields)] = None

    def write(self, most=None):
        """Writes the cases; of each kind at most so many, chosen by chance but always the same."""
        kinds = {}
        for line in self.lines:
            kinds.setdefault(line.split("\t")[0], []).append(line)
        chosen = []
        for lines in kinds.values():
            if most and len(lines) > most:
                lines = random.Random(0).sample(lines, most)
            chosen += lines
        TESTDATA.mkdir(exist_ok=True)
        self.path.write_text("".join(line + "\n" for line in chosen), newline="\n")
        print(self.path.name, len(chosen))
