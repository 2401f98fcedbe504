"""Names, constants, operators, calls."""
import os.path as path
from . import sibling
from os import *

CONSTANTS = (
    1, -2, 10**30, 0.1, -0.0, 1e16, 1e-7, 1e400, 2j, -1.5 - 0j, "it's", 'say "hi"', "'\"\\\n\t\x00\x7f",
    "caf\xe9 \u4e2d \u0378 \ud800 \U0001f600 \U000107bd \xa0", b"\x00\xff'", True, None, ..., ("one",), (), "",
)


def arithmetic(a, b, /, c=1, *rest, d, **named):
    a += b @ c
    a[b] = -a ** ~b // c
    a[1:2] = a[b:c]
    a[::2] = d[1:2:3]
    del a[0], b.attribute
    return a < b <= c != d, a is not b, a in rest, named not in rest, not a


def text(value):
    return f"{value!r:>{10}} {value!s} {value!a} {value=}", t"{value!r} {value:x}"


def members(x):
    return x in {1}, x in {"a", } , {**x, "k": 1}, [*x, 2], {*x}, print(*x, **x), x.a.b(1, k=2)


def late():
    x, *y = [1, 2, 3, 4, 5, 6, 7, 8]
    global shared
    shared = {"a": 1, "b": x, **y}
    assert shared, "message"
    return all(i for i in y), any(i for i in y), tuple(i for i in y)
