"""What CPython says of str's and bytes' methods: testdata/text.tsv, bytes.tsv and code_points.tsv.

    python3.14 vm/text/generate/text.py
"""

import random
import zlib

from support import Cases, attempt

RANDOM = random.Random(314)
TEXTS = [
    "", " ", "a", "hello", "Hello World", "  padded  ", "a,b,,c", ",a,", "aaa", "abababa", "1\t2\n3\tx\r\ty",
    "line\nline2\r\nline3\rline4\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029end", "\n", "a\n\nb", "\r\n\r",
    "ОДΣ", "ΑΣ", "ΑΣ ΣΑ Σ", "ΑΣ.", "ΑΣ.Α", "Σ", "ﬁne ﬂag", "straße STRASSE", "İstanbul ıI", "ǅ ǆ Ǆ", "ŉ ᾳ ᾼ",
    "日本語 テキスト", "a\u0301b", "x\ud800y", "\udc80\udcff", "\ud83d\ude00", "😀 smile 😀", "Ab1 cD2 3eF",
    "they're bill's", "ʰa ͅa", "١٢٣", "²³", "½ Ⅷ", "_id9", "9id", "ªb", "\u3000sp\u2003ace\xa0", "'", '"', "'\"",
    "\\ back \t\x00\x7f\x80\xff\u0100\u200b\uffff\U0001f600\U000e0001", "-12", "+7", "-", "−5", "\u0345", "ß", "ŉx",
    "\x1c\x1d a \x1f", "é,ü,,ñ", "ééé", "mañana año", "MIXED Ünïcode ÇASE",
]
PARTS = ["", "a", ",", "ab", "aba", " ", "é", "éé", "Σ", "😀", "\ud800", "b,", "l", "xyz", "l\n", "日", "\t"]


def random_text():
    alphabet = RANDOM.choice(["ab ", "aé,", "aB \t\n", "Σσa.'", "😀é a", "xX1_ ", "ǅǆß ŉ"])
    return "".join(RANDOM.choice(alphabet) for _ in range(RANDOM.randrange(12)))


def texts():
    cases = Cases("text")
    plain = (
        "upper lower title capitalize swapcase casefold isalpha isalnum isdecimal isdigit isnumeric isspace "
        "isprintable isascii isidentifier islower isupper istitle"
    ).split()
    subjects = TEXTS + [random_text() for _ in range(120)]
    for s in subjects:
        for name in plain:
            cases.add(name, s, getattr(s, name)())
        cases.add("repr", s, repr(s))
        cases.add("ascii", s, ascii(s))
        for keep in (False, True):
            cases.add("splitlines", s, keep, s.splitlines(keep))
        for name in ("strip", "lstrip", "rstrip"):
            cases.add(name, s, getattr(s, name)())
        for width in (-1, 0, 3, 7, 8, 12):
            for name in ("ljust", "rjust", "center"):
                cases.add(name, s, width, "*", getattr(s, name)(width, "*"))
            cases.add("zfill", s, width, s.zfill(width))
        cases.add("center", s, 9, "é", s.center(9, "é"))
        for size in (-1, 0, 1, 4, 8):
            cases.add("expandtabs", s, size, s.expandtabs(size))
        for most in (-1, 0, 1, 2):
            cases.add("split", s, None, most, s.split(None, most))
            cases.add("rsplit", s, None, most, s.rsplit(None, most))
        for step in (-2, -1, 2, 3):
            cases.add("step", s, step, s[::step])
    for s in TEXTS + [random_text() for _ in range(40)]:
        for part in RANDOM.sample(PARTS, 8):
            for name in ("find", "rfind", "count"):
                for bounds in ((None, None), (1, None), (-3, -1), (2, 5), (20, None), (-2, 100)):
                    cases.add(name, s, part, *bounds, getattr(s, name)(part, *bounds))
            for bounds in ((None, None), (1, None), (-3, -1), (20, None)):
                cases.add("startswith", s, part, *bounds, s.startswith(part, *bounds))
                cases.add("endswith", s, part, *bounds, s.endswith(part, *bounds))
            for most in (-1, 0, 1, 2):
                cases.add("replace", s, part, "<é>", most, s.replace(part, "<é>", most))
                cases.add("replace", s, part, "", most, s.replace(part, "", most))
                if part:
                    cases.add("split", s, part, most, s.split(part, most))
                    cases.add("rsplit", s, part, most, s.rsplit(part, most))
            if part:
                cases.add("partition", s, part, s.partition(part))
                cases.add("rpartition", s, part, s.rpartition(part))
            for name in ("strip", "lstrip", "rstrip"):
                cases.add(name, s, part, getattr(s, name)(part))
            cases.add("removeprefix", s, part, s.removeprefix(part))
            cases.add("removesuffix", s, part, s.removesuffix(part))
    cases.write(250)


def byte_strings():
    cases = Cases("bytes")
    subjects = [s.encode("utf-8", "surrogatepass") for s in TEXTS]
    subjects += [bytes(RANDOM.choice(b"aB1 \t\n\r\x0b\x1c\x85\xa0\xff,.'") for _ in range(RANDOM.randrange(14))) for _ in range(80)]
    plain = (
        "upper lower title capitalize swapcase isalpha isalnum isdigit isspace isascii islower isupper istitle"
    ).split()
    parts = [p.encode("utf-8", "surrogatepass") for p in PARTS]
    for s in subjects:
        for name in plain:
            cases.add(name, s, getattr(s, name)())
        cases.add("repr", s, repr(s))
        cases.add("repr_bytearray", s, repr(bytearray(s)))
        cases.add("hex", s, "", 1, s.hex())
        for group in (-4, -3, -1, 1, 2, 3):
            cases.add("hex", s, ":", group, s.hex(":", group))
        for keep in (False, True):
            cases.add("splitlines", s, keep, s.splitlines(keep))
        for width in (-1, 7, 12):
            cases.add("center", s, width, "*", s.center(width, b"*"))
            cases.add("zfill", s, width, s.zfill(width))
        for size in (-1, 0, 4):
            cases.add("expandtabs", s, size, s.expandtabs(size))
        for most in (-1, 0, 1, 2):
            cases.add("split", s, None, most, s.split(None, most))
            cases.add("rsplit", s, None, most, s.rsplit(None, most))
        for part in RANDOM.sample(parts, 5):
            for name in ("find", "rfind", "count"):
                for bounds in ((None, None), (1, None), (-3, -1), (2, 5), (40, None)):
                    cases.add(name, s, part, *bounds, getattr(s, name)(part, *bounds))
            for most in (-1, 0, 1):
                cases.add("replace", s, part, b"<>", most, s.replace(part, b"<>", most))
                if part:
                    cases.add("split", s, part, most, s.split(part, most))
                    cases.add("rsplit", s, part, most, s.rsplit(part, most))
            cases.add("strip", s, part, s.strip(part))
            cases.add("translate", s, part, s.translate(None, part))
        cases.add("strip", s, s.strip())
    for text in (
        "", "00ff", "00 ff", " 0 0", "0", "0g", "é0", "00é", "\x0b00\t1a\n", "0" * 9, "  ", "ab c", "AbCd", "00\x001",
        "00_11", "zz", "\ud800", "12 3", "12 \ud8001", "123",
    ):
        cases.add("fromhex", text, attempt(bytes.fromhex, text))
    cases.write(200)


def code_points():
    cases = Cases("code_points")
    for name in (
        "upper lower title casefold swapcase isalpha isalnum isdecimal isdigit isnumeric isspace isprintable "
        "isidentifier islower isupper istitle splitlines repr"
    ).split():
        sum = 0
        for code in range(0x110000):
            if name == "repr":
                result = repr(chr(code))
            elif name == "splitlines":
                result = str(len((chr(code) + "a").splitlines()))
            else:
                result = str(getattr(chr(code), name)())
            sum = zlib.crc32(result.encode("utf-8", "surrogatepass"), sum)
        cases.add(name, sum)
    cases.write(200)


texts()
byte_strings()
code_points()
