"""Writes into the table what CPython prints, and holds against CPython that each program has its opcode.

    python3.14 server/cli/tests/opcodes/make_expected.py

An opcode that compilers write must be in the compiled code; a specialised form must be in the code after it ran.
"""

import dis
import pathlib
import sys

sys.dont_write_bytecode = True
import run

assert sys.version_info[:2] == (3, 14) and sys.implementation.name == "cpython", "run me with CPython 3.14"
PRINTS = "--- prints\n"
SPECIALIZED = {form for forms in __import__("_opcode_metadata")._specializations.values() for form in forms}


def names(code, adaptive):
    for instruction in dis.get_instructions(code, adaptive=adaptive, show_caches=True):
        yield instruction.opname
    for inner in code.co_consts:
        if isinstance(inner, type(code)):
            yield from names(inner, adaptive)


def remade(case):
    head, _, body = case.partition("\n")
    name = head.split()[0]
    if "never:" in head:
        return f"=== {head}\n"
    source = body.partition(PRINTS)[0].rstrip() + "\n"
    printed, code = run.run(name, source)
    assert "Traceback" not in printed, f"{name}: {printed}"
    if name in SPECIALIZED:
        if name not in set(names(code, True)):
            print(f"{name}: CPython does not specialise to it, but to {sorted(set(names(code, True)) & SPECIALIZED)}")
    elif not name.startswith("INSTRUMENTED_") and name != "EXTENDED_ARG" and name not in set(names(code, False)):
        print(f"{name}: not in the code: {sorted(set(names(code, False)))}")
    return f"=== {head}\n{source}{PRINTS}{printed}\n"


for table in sorted(pathlib.Path(__file__).with_name("table").glob("*.txt")):
    cases = table.read_text(encoding="utf-8").split("=== ")[1:]
    table.write_text("".join(map(remade, cases)).rstrip() + "\n", encoding="utf-8")
