"""What CPython says of sources: code objects, tables and disassembly.

Reads paths from standard input, a line each. For each writes to standard output four sections, each a
length (4 bytes, little end first) and as many bytes:

    the source as the program read it
    the marshalled code object, or nothing if the source does not compile
    its tables as text (see `tables`)
    what `dis.dis` prints of it, or the exception that compiling raised

Run by `lasti-corpus` with CPython 3.14; one argument: the optimisation level.
"""

import dis
import io
import marshal
import struct
import sys
import warnings


def section(out, data):
    out.write(struct.pack("<I", len(data)))
    out.write(data)


def walk(code):
    """The code object and all in its constants, each before those it holds."""
    yield code
    for const in code.co_consts:
        if hasattr(const, "co_code"):
            yield from walk(const)


def tables(code):
    out = []
    for co in walk(code):
        out.append(f"code {co.co_qualname} {co.co_firstlineno}")
        out.append(f"lines {list(co.co_lines())}")
        out.append(f"positions {list(co.co_positions())}")
        for entry in dis._parse_exception_table(co):
            out.append(f"handler {entry.start} {entry.end} {entry.target} {entry.depth} {entry.lasti}")
    return "\n".join(out) + "\n"


def main(optimize):
    warnings.simplefilter("ignore")
    sys.set_int_max_str_digits(0)
    out = sys.stdout.buffer
    for path in sys.stdin.buffer:
        path = path.rstrip(b"\n").decode()
        with open(path, "rb") as file:
            source = file.read()
        section(out, source)
        try:
            code = compile(source, path, "exec", dont_inherit=True, optimize=optimize)
        except Exception as error:
            section(out, b"")
            section(out, b"")
            section(out, f"{type(error).__name__}: {error}".encode("utf-8", "replace"))
        else:
            # A second reference, as py_compile holds one: marshal then enters the code object in its table.
            held = [code]
            section(out, marshal.dumps(held[0]))
            section(out, tables(code).encode("utf-8", "surrogateescape"))
            text = io.StringIO()
            dis.dis(code, file=text)
            section(out, text.getvalue().encode("utf-8", "surrogatepass"))
        out.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]))
