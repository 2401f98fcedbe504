"""Writes marshal.txt: values, and the bytes that CPython 3.14's marshal.dumps(value, 5) makes of them.

    python3.14 vm/code/testdata/make_marshal.py
"""

import marshal
import pathlib

values = [
    "None", "(True, False, ...)", "StopIteration",
    "0", "-5", "256", "-6", "257", "2**31 - 1", "2**31", "-2**31", "-2**31 - 1", "2**45", "-2**60", "2**63 - 1",
    "2**63", "-2**63", "2**64", "2**100", "-10**40", "2**150 - 1",
    "0.0", "-0.0", "1.5", "1e300", "float('inf')", "1j", "complex(-2.5, -0.0)",
    "'name'", "'two words'", "''", "'x'", "'\\xe9'", "'\\u65e5\\u672c'", "'\\ud800'", "'-' * 255", "'-' * 256",
    "b''", "b'a'", "b'two words'", "bytes(range(256))",
    "()", "(1, (2, (3,)))", "(None,) * 256", "frozenset([1])", "frozenset()", "slice(1, 2, 3)",
    "slice(None, 'stop', None)",
]
general = ["[]", "[1, [2], {}]", "{'a': 1, 'b': [2]}", "{5}", "frozenset({5})", "((), [()])"]
# A second reference to the outermost object, as whoever compiled it has one: marshal enters it in the table.
held = []
cyclic = {"list": "x = [1]; x.append(x)", "dict": "x = {}; x[1] = x", "tuple": "x = ([],); x[0].append(x)"}

with open(pathlib.Path(__file__).with_name("marshal.txt"), "w") as out:
    out.write("# Made by make_marshal.py with CPython 3.14: kind, value, marshalled bytes.\n")
    for kind, texts in {"constant": values, "general": general}.items():
        for text in texts:
            held.append(eval(text))
            value = held[-1]
            out.write(f"{kind}\t{text}\t{marshal.dumps(value, 5).hex()}\n")
    for name, program in cyclic.items():
        scope = {}
        exec(program, scope)
        out.write(f"cyclic\t{name}\t{marshal.dumps(scope['x'], 5).hex()}\n")
