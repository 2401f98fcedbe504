"""Makes src/unicode/tables.rs from what the running CPython says of every code point.

    python3.14 vm/text/generate/unicode.py
"""

import pathlib
import subprocess
import sys
import unicodedata

HERE = pathlib.Path(__file__).parent
PREDICATES = "isalpha isdecimal isdigit isnumeric isspace isprintable islower isupper istitle".split()
SHIFT = 6


def flags(c):
    bits = sum(1 << i for i, name in enumerate(PREDICATES) if getattr(c, name)())
    if c.isidentifier():
        bits |= 1 << 9
    if ("a" + c).isidentifier():
        bits |= 1 << 10
    # A capital sigma is final after a cased character; one that is case-ignorable is looked through.
    direct = (c + "\u03a3").lower()[-1] == "\u03c2"
    through = ("A" + c + "\u03a3").lower()[-1] == "\u03c2"
    if through and not direct:
        bits |= 1 << 11
    # title() lowers what follows a cased character.
    if (c + "a").title()[-1] == "a":
        bits |= 1 << 12
    return bits


def main():
    texts = [""]
    records, index = {}, []
    for code in range(0x110000):
        c = chr(code)
        changes = []
        for mapped in (c.lower(), c.upper(), c.title(), c.casefold()):
            if len(mapped) == 1:
                changes.append(("Delta", ord(mapped) - code))
            else:
                if mapped not in texts:
                    texts.append(mapped)
                changes.append(("Text", texts.index(mapped)))
        index.append(records.setdefault((flags(c), *changes), len(records)))
    size = 1 << SHIFT
    blocks = {}
    first = [blocks.setdefault(tuple(index[i : i + size]), len(blocks)) for i in range(0, 0x110000, size)]
    while first[-1] == first[-2]:
        first.pop()
    zeros = [c for c in range(0x110000) if unicodedata.decimal(chr(c), None) == 0]
    for zero in zeros:
        assert all(unicodedata.decimal(chr(zero + i)) == i for i in range(10))
    assert len(zeros) * 10 == sum(chr(c).isdecimal() for c in range(0x110000))

    out = []
    say = out.append
    say(f"//! What CPython {sys.version.split()[0]} (Unicode {unicodedata.unidata_version}) says of every code point.")
    say("//! Made by generate/unicode.py; do not edit.\n")
    say("use super::Case::{Delta, Text};\nuse super::Record;\n")
    say("/// The version of Unicode that the tables follow.")
    say(f'pub const UNIDATA_VERSION: &str = "{unicodedata.unidata_version}";\n')
    say("/// How many low bits of a code point choose within a block.")
    say(f"pub(super) const SHIFT: u32 = {SHIFT};\n")
    say("/// The code points of the decimal digits zero, ascending.")
    say(f"pub(super) static ZEROS: [u32; {len(zeros)}] = [" + ", ".join(f"{z:#x}" for z in zeros) + "];\n")
    say("/// Case mappings to more than one character.")
    escaped = ['"' + "".join(f"\\u{{{ord(c):x}}}" for c in t) + '"' for t in texts]
    say(f"pub(super) static TEXTS: [&str; {len(texts)}] = [" + ", ".join(escaped) + "];\n")
    say("/// The distinct sets of properties.")
    say("#[rustfmt::skip]")
    say(f"pub(super) static RECORDS: [Record; {len(records)}] = [")
    for bits, *changes in records:
        fields = ", ".join(
            f"{name}: {kind}({value})" for name, (kind, value) in zip(("lower", "upper", "title", "fold"), changes)
        )
        say(f"    Record {{ flags: {bits:#x}, {fields} }},")
    say("];\n")

    def array(name, doc, numbers):
        say(f"/// {doc}")
        say("#[rustfmt::skip]")
        say(f"pub(super) static {name}: [u16; {len(numbers)}] = [")
        line = "   "
        for number in numbers:
            if len(line) + len(str(number)) > 106:
                say(line)
                line = "   "
            line += f" {number},"
        say(line)
        say("];\n")

    array("BLOCKS", "The block of each range of code points; past the end it is the last one's.", first)
    array("INDEX", "The record of each code point of each block.", [n for block in blocks for n in block])
    path = HERE.parent / "src/unicode/tables.rs"
    path.write_text("\n".join(out).rstrip() + "\n")
    subprocess.run(["rustfmt", "--edition", "2024", path], check=True)


if __name__ == "__main__":
    main()
