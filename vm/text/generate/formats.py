"""What CPython says of format() and of the % operator: testdata/format.tsv and percent.tsv.

    python3.14 vm/text/generate/formats.py
"""

import math
import random

from numbers_data import FLOATS, INTS
from support import Cases, attempt

RANDOM = random.Random(1618)


def spec(kinds):
    out = ""
    if RANDOM.random() < 0.3:
        out += RANDOM.choice(["", "", "*", "é", "0", "=", "<", "\ud800"]) + RANDOM.choice("<>^=")
    if RANDOM.random() < 0.3:
        out += RANDOM.choice("+- ")
    if RANDOM.random() < 0.1:
        out += "z"
    if RANDOM.random() < 0.2:
        out += "#"
    if RANDOM.random() < 0.3:
        out += "0"
    if RANDOM.random() < 0.5:
        out += str(RANDOM.choice((0, 1, 3, 5, 8, 10, 11, 12, 13, 20, 31)))
    if RANDOM.random() < 0.3:
        out += RANDOM.choice(",_")
    if RANDOM.random() < 0.4:
        out += "." + str(RANDOM.choice((0, 1, 2, 3, 6, 10, 17, 20)))
        if RANDOM.random() < 0.2:
            out += RANDOM.choice(",_")
    if RANDOM.random() < 0.8:
        out += RANDOM.choice(kinds)
    return out


HAND = [
    "", ",_", "_,", "s", "=s", "q", ",x", "_x", "z", "zd", "#,", ".3", "c", ",c", "+c", "#c", ",n", "_n", "10.", "9" * 20, "." + "9" * 20 + "d", "dd", "é", "\ud800",
    "\x01", "\x7f", " ", ".2c", ",,", "__", "._d", ".,d", "5._", "%", "=5", "^5,", ".2,f", ".2_f", "._f", ".,f", ".2__f", ".2,_f", ".2_,f", ",.2_f", "_.6,f",
    ".6_", "_.6_e", ".6_g", "n", ".,", "010.3,f", ".6,%", "._", "._n", ".3_n", "=10", "éd", ".5_n", ",.5_x", ".10_,", ".2 f", ".2147483648f", "+", "-", "05", "x<05", "0",
    "<0", ".1,", "z=5", "5.1s", ",s", "_s", ".1_s", "٥", "٠٥d", ".٢f", "010,", "08,", "09,", "011,", "020,.2f", "#x", "#X", "#b", "#010x", "#_b", "*^+20,.3f", "x=+12d", "€>9", "<<5", "==5",
    "#g", "#.3g", "#r", "r", "#", "#.0f", "#.0e", ".0f", ".0e", ".0g", ".1g", ".0", ".1", ".2", ".16", ".17g", ".30f", ".400f", ".1100e", "G", "E", "F", "X", "N", "%%", "05%", "z.0f", "+z.1f", "z.2e", "z.1%", "010_b", "030_x", "0=10", "05c", "^5c",
]


def formats():
    cases = Cases("format")

    def add(name, value, kinds, count):
        shown = value if not isinstance(value, complex) else (value.real, value.imag)
        for text in [spec(kinds) for _ in range(count)]:
            cases.add(name, str(value) if name == "int" else shown, text, attempt(format, value, text))

    for text in HAND:
        cases.add("int", "1234567", text, attempt(format, 1234567, text))
        cases.add("int", "-3", text, attempt(format, -3, text))
        cases.add("int", str(10**30), text, attempt(format, 10**30, text))
        for x in (3.5, -0.0, -0.001, 1234567.891, 1e16, 1e-5, math.nan, -math.inf, 0.5, 2.5, 1e100, 100.0, 5e-324):
            cases.add("float", x, text, attempt(format, x, text))
        for z in (1 + 2j, complex(0, -1.5), complex(-0.0, 1e20), complex(math.nan, math.inf), 1234567.5 - 1j):
            cases.add("complex", (z.real, z.imag), text, attempt(format, z, text))
        for s in ("ab", "", "日本é", "\ud800x"):
            cases.add("str", s, text, attempt(format, s, text))
    for n in INTS:
        add("int", n, "bcdoxXnefg%", 12)
    for code in (65, 0x10FFFF, 0x110000, 0xD800, 2**63):
        for text in ("c", "5c", "<5c", "^5c", "05c", "é>5c", "=4c"):
            cases.add("int", str(code), text, attempt(format, code, text))
    for x in FLOATS:
        add("float", x, "eEfFgGn%", 5)
    for _ in range(300):
        z = complex(RANDOM.choice(FLOATS), RANDOM.choice(FLOATS))
        add("complex", z, "eEfFgGn", 2)
    for s in ("ab", "", "hello world", "日本é", "\ud800x"):
        add("str", s, "sssd", 60)
    cases.write(2500)


def percents():
    cases = Cases("percent")

    def flags():
        out = "".join(RANDOM.sample("-+ #0", RANDOM.choice((0, 0, 1, 1, 2, 3))))
        if RANDOM.random() < 0.5:
            out += str(RANDOM.choice((1, 5, 10, 20)))
        if RANDOM.random() < 0.4:
            out += RANDOM.choice((".", ".0", ".1", ".3", ".10", ".25"))
        return out

    for n in INTS:
        for _ in range(8):
            text = "%" + flags() + RANDOM.choice("diuoxX")
            cases.add("int", str(n), text, attempt(lambda: text % n))
            data = text.encode()
            assert attempt(lambda: data % n) == attempt(lambda: (text % n).encode())
    for x in FLOATS:
        for _ in range(4):
            text = "%" + flags() + RANDOM.choice("eEfFgG")
            cases.add("float", x, text, attempt(lambda: text % x))
            data = text.encode()
            assert attempt(lambda: data % x) == attempt(lambda: (text % x).encode())
    for s in ("", "ab", "日本é", "\ud800x", "hello world"):
        for _ in range(30):
            text = "%" + flags() + "s"
            cases.add("str", s, text, attempt(lambda: text % s))
            cases.add("repr", s, text[:-1] + "r", attempt(lambda: (text[:-1] + "r") % s))
            cases.add("ascii", s, text[:-1] + "a", attempt(lambda: (text[:-1] + "a") % s))
    for c in ("a", "日", "\ud800", "\U0001f600"):
        for _ in range(20):
            text = "%" + flags() + "c"
            cases.add("char", c, text, attempt(lambda: text % c))
    for text in (
        "", "%", "plain", "%%", "a%%b", "%5%", "%y", "%(a", "%(a)", "%(a)s", "%(a(b)c)s", "%-", "%5", "%5.", "%.", "%*", "%ld", "%hhd", "%Lf", "%l", "%99999999999999999999d", "%.99999999999999999999d",
        "%.2147483648d", "%9223372036854775807d", "%é", "%\ud800", "%\x00", "%5.3y", "ab%", "é%y", "%(a)%", "%()s", "% -+#0s", "%5(a)s", "%.5(a)s", "%n", "%.*f", "%*d", "%i%", "%s %", "%s%y",
        "%.2147483647q", "%b",
    ):
        # Enough arguments for whatever there is to be fetched.
        cases.add("parse", text, attempt(lambda: text % Arguments()))
        data = text.encode("utf-8", "surrogatepass")
        cases.add("parse_bytes", data, attempt(lambda: data % Arguments()))
    cases.write(2000)


class Arguments(dict):
    """A mapping and a single value at once, which formats as ``<>``."""

    def __missing__(self, key):
        return self

    def __str__(self):
        return "<>"

    def __bytes__(self):
        return b"<>"

    def __index__(self):
        return 1

    def __float__(self):
        return 1.0


formats()
percents()
