"""The numbers that the scripts ask CPython about."""

import math
import random
import struct

RANDOM = random.Random(2718)
INTS = [0, 1, -1, 7, -8, 255, -256, 10**9, 2**31, -(2**31), 2**53, 2**53 + 1, 2**61 - 1, -(2**61 - 1), 2**62, 2**63 - 1,
        2**63, -(2**63), -(2**63) - 1, 2**64, 2**64 + 1, 10**20, 10**22, 10**23, -(10**30), 2**1023, 2**1024 - 2**970,
        2**1024 - 2**970 - 1, 2**1024, 3**500, 7**777, -(5**400)]
INTS += [RANDOM.getrandbits(RANDOM.randrange(1, 200)) * RANDOM.choice((1, -1)) for _ in range(80)]
INTS += [(1 << k) + d for k in (54, 55, 60, 100) for d in (-1, 0, 1, 2, 3)]
INTS += [((1 << 53) + 1) * 2**k + d for k in (1, 2, 30, 70) for d in (-1, 0, 1)]

FLOATS = [0.0, -0.0, 1.0, -1.0, 0.5, 1.5, 2.5, -2.5, 0.1, 0.2, 0.3, 1 / 3, 1e16, 9999999999999998.0, 1e15, 123456789012345680.0,
          1e-4, 1e-5, 0.00012345, 1e22, 1e23, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, math.inf, -math.inf,
          math.nan, math.pi, -math.e, 1e100, 123.456, 1e300, 1e-300, 4503599627370496.5, 2.0**53, 2.0**63, -(2.0**63), 2.0**64,
          2.0**100, 0.125, 0.375, 2.675, 1.005, 1e21, 314159.26535, 15.0, 25.0, 35.0, 1250.0, 14.999, 15.000001, 99.5, 999.5,
          9.5, 8.5, 0.05, 0.25, 0.75, 55555.5, 1.45, 1e308]


def random_float():
    kind = RANDOM.randrange(4)
    if kind == 0:
        return struct.unpack("<d", RANDOM.getrandbits(64).to_bytes(8, "little"))[0]
    if kind == 1:
        return round(RANDOM.uniform(-1000, 1000), RANDOM.randrange(6))
    if kind == 2:
        return RANDOM.randrange(-(10**6), 10**6) / RANDOM.choice((2, 4, 8, 16, 32))
    return RANDOM.uniform(-1, 1) * 10.0 ** RANDOM.randrange(-25, 25)


FLOATS += [random_float() for _ in range(600)]
