"""What CPython says of numbers: testdata/int.tsv, float.tsv and complex.tsv.

    python3.14 vm/text/generate/numbers.py
"""

import math
import random
import sys

from numbers_data import FLOATS, INTS, random_float
from support import Cases, attempt

RANDOM = random.Random(2718)


def ints():
    cases = Cases("int")
    texts = [
        "", " ", "0", "-0", "+5", "- 5", "--5", "  42  ", "1_000", "_1", "1_", "1__0", "0x1f", "0X_1F", "0x__1", "0x", "0o17",
        "0b101", "0b102", "00", "0_0", "01", "0_7", "zz", "12az", "9" * 18, "9" * 19, "9" * 40, "-" + "9" * 30, "-9223372036854775808",
        "9223372036854775808", "1.5", "1e5", "٣٤", "１２", "१_२", "\u30001\u2003", "1\x00", "\x1c1", "5\ud800", "½", "²", "é" * 250, "'", "a'\"",
        "1 2", "0x 1", "+0x10", "-0b11", "0b_1", "1" * 4300 + "x", "1" * 4301, "1" * 4301 + "x", "\t7\n", "7\x85", "\xa07",
    ]
    for text in texts:
        for base in (10,) if len(text) > 1000 else (0, 2, 3, 8, 10, 16, 32, 36):
            cases.add("parse", text, base, attempt(int, text, base))
            if text.isascii():
                cases.add("parse_bytes", text, base, attempt(int, text.encode(), base))
    for n in (5, 15, 25, -5, -15, -25, 50, 150, 250, 2500, 10**20 * 5 // 10, -149, 151, 99, -99):
        for places in (1, 2, 20):
            cases.add("round", str(n), places, round(n, -places))
    for n in INTS:
        cases.add("str", str(n), str(n))
        for base, name in ((2, "b"), (8, "o"), (16, "x")):
            cases.add("radix", str(n), base, format(n, name))
        cases.add("float", str(n), attempt(float, n))
        cases.add("hash", str(n), hash(n))
        for places in (1, 2, 5, 20, 300, 1000):
            cases.add("round", str(n), places, round(n, -places))
        for length in (0, 1, 2, 8, 9, 17):
            for order in ("little", "big"):
                for signed in (False, True):
                    cases.add("to_bytes", str(n), length, order, signed, attempt(lambda: n.to_bytes(length, order, signed=signed)))
    for _ in range(300):
        a, b = RANDOM.choice(INTS), RANDOM.choice(INTS)
        cases.add("truediv", str(a), str(b), attempt(lambda: a / b))
        x = RANDOM.choice(FLOATS)
        cases.add("compare", str(a), x, (a > x) - (a < x) if x == x else None)
        if x == x and abs(x) < 1e300:
            near = int(x)
            cases.add("compare", str(near), x, (near > x) - (near < x))
    for shift in (0, 1, 500, 1021, 1073, 1074, 1075, 1080, 1100):
        for a in (1, 3, 2**53 + 1, 2**60 + 1, 2**64 - 1, 3**80):
            cases.add("truediv", str(a), str(1 << shift), attempt(lambda: a / (1 << shift)))
            cases.add("truediv", str(a), str((1 << shift) + 1), attempt(lambda: a / ((1 << shift) + 1)))
            cases.add("truediv", str(-a << shift), "7", attempt(lambda: (-a << shift) / 7))
    for _ in range(150):
        data = RANDOM.randbytes(RANDOM.randrange(20))
        for order in ("little", "big"):
            for signed in (False, True):
                cases.add("from_bytes", data, order, signed, int.from_bytes(data, order, signed=signed))
    for digits in (4300, 4301, 5000):
        sys.set_int_max_str_digits(0)
        n = 10 ** (digits - 1)
        text = str(n)
        sys.set_int_max_str_digits(4300)
        cases.add("limited", digits, attempt(lambda: len(str(n))))
    cases.write(700)


def floats():
    cases = Cases("float")
    for x in FLOATS:
        cases.add("repr", x, repr(x))
        cases.add("hex", x, x.hex())
        cases.add("ratio", x, attempt(x.as_integer_ratio))
        cases.add("int", x, attempt(int, x))
        cases.add("floor", x, attempt(math.floor, x))
        cases.add("ceil", x, attempt(math.ceil, x))
        cases.add("round", x, None, attempt(round, x))
        if x == x:
            cases.add("hash", x, hash(x))
        cases.add("is_integer", x, x.is_integer())
        for digits in (-320, -309, -308, -307, -23, -3, -2, -1, 0, 1, 2, 3, 5, 15, 20, 310, 323, 324):
            cases.add("round", x, digits, attempt(round, x, digits))
    special = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -3.0, 5.5, -7.25, math.inf, -math.inf, math.nan, 1e308, 5e-324, 1e-300, 3.0, 0.1]
    for a in special:
        for b in special + [random_float() for _ in range(6)]:
            cases.add("truediv", a, b, attempt(lambda: a / b))
            cases.add("floordiv", a, b, attempt(lambda: a // b))
            cases.add("mod", a, b, attempt(lambda: a % b))
            cases.add("divmod", a, b, attempt(lambda: divmod(a, b)))
            power = attempt(lambda: a**b)
            cases.add("pow", a, b, "complex" if isinstance(power, complex) or "complex" in str(power) else power)
    for _ in range(300):
        a, b = random_float(), random_float()
        cases.add("divmod", a, b, attempt(lambda: divmod(a, b)))
        power = attempt(lambda: a**b)
        cases.add("pow", a, b, "complex" if isinstance(power, complex) or "complex" in str(power) else power)
    texts = [
        "", " ", "1", "1.", ".5", ".", "-.5", "+1e5", "1e", "1e+", "1e5x", "inf", "-INF", "Infinity", "infinit", "nan", "-nan", "+NaN",
        "1_0.5_0", "1__0", "_1", "1_", "1_.5", "1._5", "1e1_0", "1e_1", "  2.5\n", "٣.٥", "\u30001", "1\u2003", "x", "'", "0x1", "1e400", "-1e400",
        "1e-400", "1 2", "\ud800", "1\x00", "\x1c1", "9" * 400, "0." + "0" * 400 + "1", "1e99999999999999999999", "1e-99999999999999999999",
        "0e99999999999999999999", "2.2250738585072011e-308", "1.7976931348623159e308", "9007199254740993", "9007199254740992.9999999999",
        "é", "in\u0131", "１.５", "na", "--1", "+-1", "1.5.5", "1,5", "1e5.5", "５e３",
    ]
    for text in texts + [repr(x) for x in FLOATS[:60]] + [str(n) for n in INTS]:
        cases.add("parse", text, attempt(float, text))
        if text.isascii():
            cases.add("parse_bytes", text, attempt(float, text.encode()))
    hexes = [
        "", "0x", "0x1", "1", "0x.8", "0x1.8p1", "-0x1.8P-1", "0x1p", "0x1p+", "0x1p1024", "0x1.fffffffffffff8p1023", "0x1.fffffffffffff7p1023",
        "0x1p-1074", "0x1p-1075", "0x1.8p-1075", "0x1.00000000000008p0", "0x1.00000000000018p0", "0x1.000000000000080000001p0", "inf", "-Infinity",
        "nan", "+nan", "infinit", " 0x1 ", "0x1 p1", "0x1.2.3", "g", "0xg", "0x" + "1" * 60, "0x0." + "0" * 60 + "1", "0x1p99999999999999999999",
        "0x1p-99999999999999999999", "0x0p99999999999999999999", "1.8p1", ".p1", "0x_1", "é", "0x1.0000000000001p-1023", "0x1.ffffffffffffffp-1023", "0x3p-1075",
    ]
    for text in hexes + [x.hex() for x in FLOATS[:60]]:
        cases.add("fromhex", text, attempt(float.fromhex, text))
    cases.write(1200)


def complexes():
    cases = Cases("complex")
    texts = [
        "", "1", "j", "-j", "+J", "1j", "1+2j", "(1+2j)", " ( 1-2J ) ", "(1+2j", "1+2j)", "1+j", "1-j", "1 + 2j", "1+2", "j1", "1j+2", "nan", "nanj", "inf-infj",
        "infj", "1e5+1e-5j", "1_0+2_0j", "1_+2j", "((1))", "()", "\u30001+2j", "٣+٤j", "x", "1e+2j", "+1.5-.5j", "1+-2j", "--1j", "1jj", "\ud800", "1+2j\x00", "+", "1e", "infinityj",
    ]
    for text in texts:
        result = attempt(complex, text)
        cases.add("parse", text, result if isinstance(result, str) else (result.real, result.imag))
    parts = [0.0, -0.0, 1.0, -2.5, 1e200, -1e-200, math.inf, -math.inf, math.nan, 3.0]
    numbers = [complex(a, b) for a in parts for b in parts] + [complex(random_float(), random_float()) for _ in range(60)]

    def add(name, a, b, call):
        result = attempt(call)
        cases.add(name, a.real, a.imag, b.real, b.imag, result if isinstance(result, str) else (result.real, result.imag))

    for a in numbers:
        cases.add("repr", a.real, a.imag, repr(a))
        cases.add("abs", a.real, a.imag, attempt(abs, a))
        for b in RANDOM.sample(numbers, 12):
            add("mul", a, b, lambda: a * b)
            add("div", a, b, lambda: a / b)
            x = b.real
            add("div_real", a, complex(x, 0), lambda: a / x)
            add("mul_real", a, complex(x, 0), lambda: a * x)
            add("real_div", complex(x, 0), a, lambda: x / a)
        for b in (2, -1, 0, 3, 0.5, 1j, -2.5 + 1j, 50, -100, 101, 100.5, complex(math.inf, 0), complex(1, math.nan)):
            b = complex(b)
            add("pow", a, b, lambda: a**b)
    cases.write(500)


ints()
floats()
complexes()
