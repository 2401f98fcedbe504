"""Writes the expected disassemblies under tests/disassembly, each with the .pyc that it belongs to.

    python3.14 vm/code/generate/disassembly.py

The sources lie there too. The damaged code objects are made here: CPython's `dis` survives each of them.
"""

import dis
import importlib._bootstrap_external as pyc
import io
import marshal
import opcode
import pathlib
import re
import sys

assert sys.version_info[:2] == (3, 14), "run me with CPython 3.14"

FOLDER = pathlib.Path(__file__).parent.parent / "tests/disassembly"
MODES = {
    "": {},
    "C": {"show_caches": True},
    "CS": {"show_caches": True, "adaptive": True},
    "OP": {"show_offsets": True, "show_positions": True},
    "COPS": {"show_caches": True, "show_offsets": True, "show_positions": True, "adaptive": True},
}


def text(code, mode):
    out = io.StringIO()
    dis.dis(code, file=out, **MODES[mode])
    return re.sub(r" at 0x[0-9a-f]+", " at 0x0", out.getvalue())


def write(name, code, modes, co_code=None):
    """`co_code`: bytes to store instead of those that `marshal` writes."""
    data = pyc._code_to_timestamp_pyc(code)
    if co_code:
        assert data.count(code.co_code) == 1
        data = data.replace(code.co_code, co_code)
    (FOLDER / f"{name}.pyc").write_bytes(data)
    code = marshal.loads(data[16:])
    for mode in modes:
        suffix = f".{mode}" if mode else ""
        (FOLDER / f"{name}{suffix}.txt").write_text(text(code, mode), encoding="utf-8")


def units(*pairs):
    numbers = {**opcode.opmap, **opcode._specialized_opmap}
    return bytes(b for op, arg in pairs for b in (numbers.get(op, op), arg))


def damaged():
    def f(a, b=1):
        for i in a:
            print(i)

    code = f.__code__.replace(co_filename="damaged.py", co_firstlineno=10)
    yield "unknown_opcodes", code.replace(co_code=units(("EXTENDED_ARG", 1), (121, 5), (233, 0), ("CACHE", 7)))
    yield "extended_last", code.replace(co_code=units(("RESUME", 0), ("EXTENDED_ARG", 1), ("EXTENDED_ARG", 2)))
    prefixes = ("EXTENDED_ARG", 255), ("EXTENDED_ARG", 2), ("EXTENDED_ARG", 2)
    yield "extended_unused", code.replace(co_code=units(*prefixes, ("POP_TOP", 2), ("BUILD_TUPLE", 3)))
    yield "extended_sign", code.replace(co_code=units(*prefixes, ("BUILD_TUPLE", 3)))
    yield "wild_jumps", code.replace(
        co_code=units(
            ("JUMP_FORWARD", 200), ("JUMP_BACKWARD", 9), ("CACHE", 0), ("JUMP_FORWARD", 1), ("TO_BOOL", 0),
            ("CACHE", 0), ("CACHE", 0), ("CACHE", 0), ("END_ASYNC_FOR", 3), ("NOP", 0),
        )
    )
    yield "no_lines", code.replace(co_linetable=b"")
    yield "few_lines", code.replace(co_linetable=b"\x80\x00\xe9\x02")
    yield "no_positions", code.replace(co_linetable=b"\xff\xff")
    yield "no_code", code.replace(co_code=b"", co_exceptiontable=b"")
    yield "handlers_outside", code.replace(co_exceptiontable=b"\x83\x02\x41\x00\x05")
    yield "odd_arguments", code.replace(
        co_code=units(
            ("SET_FUNCTION_ATTRIBUTE", 0), ("SET_FUNCTION_ATTRIBUTE", 5), ("SET_FUNCTION_ATTRIBUTE", 64),
            ("CONVERT_VALUE", 0), ("IS_OP", 7), ("CONTAINS_OP", 2), ("CACHE", 0), ("COMPARE_OP", 0x5F), ("CACHE", 0),
        )
    )
    yield "odd_names", code.replace(
        co_name="<na\nme>", co_firstlineno=0, co_names=("", "two words"), co_consts=((code,), code.replace(co_name=""))
    )


for name, modes in {"plain": MODES, "flow": ["", "COPS"], "far": ["", "OP"]}.items():
    source = FOLDER / f"{name}.py"
    write(name, compile(source.read_bytes(), source.name, "exec"), modes)
specialized = units(
    ("RESUME_CHECK", 0), ("LOAD_ATTR_SLOT", 0), *[(7, 8)] * 9, ("TO_BOOL_INT", 0), *[(1, 2)] * 3, ("NOP", 0)
)
for name, code in damaged():
    write(f"damaged_{name}", code, ["COPS", ""])
    if name == "no_lines":
        code = code.replace(co_code=specialized, co_names=("attribute",))
        write("damaged_specialized", code, ["C", "CS"], specialized)
