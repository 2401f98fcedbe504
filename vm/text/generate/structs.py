"""What CPython's struct module gives: testdata/struct.tsv.

    python3.14 vm/text/generate/structs.py
"""

import math
import random
import struct

from support import Cases, attempt

RANDOM = random.Random(1414)


def shown(value):
    if isinstance(value, bool):
        return f"?{value}"
    if isinstance(value, int):
        return f"i{value}"
    if isinstance(value, float):
        return f"f{value.hex()}"
    if isinstance(value, complex):
        return f"c{value.real.hex()} {value.imag.hex()}"
    if isinstance(value, bytes):
        return f"b{value.hex()}"
    if isinstance(value, bytearray):
        return f"a{value.hex()}"
    return "o"


def main():
    cases = Cases("struct")

    def pack(format, *values):
        cases.add("pack", format, ",".join(map(shown, values)), attempt(struct.pack, format, *values))

    for order in "@=<>!":
        for code in "bBhHiIlLqQnNP":
            for value in (0, 1, -1, 2**70, -(2**70), 127, 128, -128, -129, 255, 256, 32767, 32768, -32769, 65535, 65536, 2**31 - 1, 2**31, 2**32 - 1, 2**32, -(2**31) - 1, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**64 - 1, 2**64, 1.5, None, True):
                pack(order + code, value)
        for code in "efdFD":
            for value in (0.0, -0.0, 1.0, 1.5, 65504.0, 65519.9, 65520.0, 1e6, 1e39, 3.4e38, 3.4028235677973366e38, 3.4028235677973362e38, 1e300, math.inf, -math.inf, 5.960464477539063e-08, 2.98e-08, 2.9802322387695312e-08, 8.940696716308594e-08, 6.1e-05, 2049.0, 2051.0, 0.1, 3, True, 2**2000, None, b"x", 1 + 2j, complex(1e300, -1e39), 1e-50):
                pack(order + code, value)
    for code in "?cspefdFDx":
        for value in (None, b"", b"q", b"qq", bytearray(b"q"), 0, 1, 0.0):
            if code != "?" or value is not None:
                pack(code, value)
    for format in ("3s", "3p", "0s", "p", "0p", "300p", "1p", "2p"):
        for value in (b"", b"a", b"abcdef", b"x" * 299, bytearray(b"zz")):
            pack(format, value)
    pack("2i", 1), pack("i", 1, 2), pack("3"), pack("i 3 i", 1), pack("y", 1), pack("iy", 1), pack("x"), pack("xx", 1), pack("bxhxi", 1, 2, 3), pack("b0i", 1), pack("i i\t\n\x0bi", 1, 2, 3)
    pack("9" * 20 + "i", 1), pack("9223372036854775807i"), pack("9223372036854775807s9s"), pack("\0"), pack("i\0", 1), pack(""), pack("i@i", 1, 2), pack(" <i", 1), pack("4xq", 1), pack("b3Hd?", 1, 2, 3, 4, 5.5, True)
    for _ in range(200):
        format = RANDOM.choice(["", "@", "=", "<", ">", "!"]) + "".join(RANDOM.choice(["", "", "2", "0", "3", " "]) + RANDOM.choice("xcbB?hHiIlLqQefdspFD") for _ in range(RANDOM.randrange(1, 7)))
        size = attempt(struct.calcsize, format)
        cases.add("size", format, size)
        if isinstance(size, int):
            data = RANDOM.randbytes(size)
            cases.add("unpack", format, data, ",".join(map(shown, struct.unpack(format, data))))
            cases.add("unpack", format, data + b"x", attempt(struct.unpack, format, data + b"x"))
            for offset in (0, 1, -1, -size, -size - 1, size):
                values = attempt(struct.unpack_from, format, data, offset)
                cases.add("unpack_from", format, data, offset, values if isinstance(values, str) else ",".join(map(shown, values)))
    for format, offset in (("i", 4), ("i", -3), ("i", -30), ("i", 7), ("i", 0), ("i", -4), ("i", 2)):
        buffer = bytearray(b"\xff" * 6)
        result = attempt(struct.pack_into, format, buffer, offset, 1)
        cases.add("pack_into", format, offset, result if result else buffer)
    for data in (b"abc", b"abcd" * 2, b""):
        for format in ("i", "", "2x"):
            cases.add("iter", format, data, attempt(lambda: len(list(struct.iter_unpack(format, data)))))
    cases.write()


main()
