"""Numbers: big integers, all notations, floats at the edges, complex, and expressions that a compiler may fold."""

from math import copysign, isnan

notations = [0, 00, 0_0, 1_000_000, 0xFF, 0Xdead_beef, 0o17, 0O1_7, 0b101, 0B1_0]
around_small = [-6, -5, -1, 255, 256, 257, 65535, 65536, 2147483647, 2147483648, -2147483648, -2147483649]
big = [
    9223372036854775807,
    9223372036854775808,
    -9223372036854775808,
    18446744073709551616,
    123456789012345678901234567890123456789012345678901234567890,
    0xFFFF_FFFF_FFFF_FFFF_FFFF_FFFF_FFFF_FFFF,
    1 << 100,
    32767 * 32768,
    1073741823,
    1073741824,
]
floats = [0.0, -0.0, 1.0, 1., .5, 1e10, 1E-10, 1_0.2_5e+1_0, 0.1, 1e308, 5e-324, 2.2250738585072014e-308, 1e22, 123456789.0]
infinite, negative, nothing = 1e999, -1e999, 1e999 - 1e999
imaginary = [0j, -0j, 1j, 1.5J, 1e3j, 1 + 2j, 1 - 2j, -1 - 2j, 3j * 3j, 1e999j, 1_0j, 0.0 - 0j]


def signs():
    """0, 0.0, -0.0, False and 0j are equal, and yet different constants."""
    zeros = 0, 0.0, -0.0, False, 0j, -0j
    ones = 1, 1.0, True, 1 + 0j
    return [type(zero).__name__ for zero in zeros], [copysign(1, z) for z in (0.0, -0.0)], ones, (-0.0, 0.0), -0


def equal_constants():
    a = (1, 0.0)
    b = (1.0, 0.0)
    c = (True, -0.0)
    d = (1, 0.0)
    return a, b, c, a is d, ((1,), (1.0,), (True,))


def folded():
    return (
        1 + 2 * 3 - 4 // 3 % 5,
        2**10,
        2**-1,
        -(-5),
        ~0,
        not 0,
        +True,
        1 << 5 | 3 ^ 1 & 7,
        7 // -2,
        -7 % 3,
        7.5 // 2,
        1 / 4,
        (1 + 2j) * 2,
        "ab" * 3,
        (1, 2) * 2,
        "abc"[1],
        (1, 2, 3)[-1],
        b"ab" + b"c",
        -(1 << 64),
        10**20,
        - - -3,
        not not 1,
    )


def not_folded(flag):
    """Each of these is left to run: it fails, or its result would be too large."""
    errors = []
    for attempt in (
        lambda: 1 // 0,
        lambda: 1.0 % 0,
        lambda: 0 ** -1,
        lambda: 1 << -1,
        lambda: "a" - 1,
        lambda: -"a",
        lambda: (1,)[2],
        lambda: 1e308 * 10 ** 400,
    ):
        try:
            attempt()
        except (ArithmeticError, TypeError, ValueError, IndexError) as error:
            errors.append(type(error).__name__)
    return errors, (2 ** 5000) % 1000, len("x" * 5000), len(((0,) * 300)), (1 << 9000) % 7, flag * 2


def arithmetic(n):
    n += 1; n -= 3; n *= 7; n **= 2; n //= 5; n %= 1000; n <<= 3; n >>= 1; n |= 1; n ^= 6; n &= 255
    n /= 2
    return n, -n, +n, abs(-n), round(n, 1), divmod(17, -5), pow(3, 20, 7), (5).bit_length(), 5 .real, 1.5.hex(), 1..is_integer()


print(notations, around_small, big[:5], sep="\n")
print(sum(big), [hex(value) for value in big[5:]])
print(floats, infinite, negative, isnan(nothing), nothing == nothing, nothing in [nothing])
print(imaginary)
print(signs(), equal_constants())
print(folded())
print(not_folded(21), arithmetic(12345678901234567890))
print(1_0.0_1, 0e0, (1)if(0)else(2), (1)or(2), -1 ** 2, 2 ** 3 ** 2, -2 ** -2)
