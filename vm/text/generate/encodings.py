"""What CPython says of its codecs: testdata/codecs.tsv.

    python3.14 vm/text/generate/encodings.py
"""

import codecs
import random
import warnings

from support import Cases

warnings.simplefilter("ignore")
RANDOM = random.Random(161803)
HANDLERS = "strict ignore replace backslashreplace xmlcharrefreplace surrogateescape surrogatepass again skip bytes".split()
TABLE = "".join(chr(i) for i in range(0x80)) + "é€\ufffe\U0001f600\ud800" + "x"


def again(error):
    """Replaces by text and goes on one further than the fault begins; from the end, counted negatively."""
    if isinstance(error, UnicodeDecodeError):
        return "<é>", error.start + 1
    return "<!>", error.end - len(error.object) or error.end


def skip(error):
    return "é", min(error.end + 1, len(error.object))


def raw(error):
    return (b"\xff\xfe", error.end) if isinstance(error, UnicodeEncodeError) else ("", len(error.object) + 5)


codecs.register_error("again", again)
codecs.register_error("skip", skip)
codecs.register_error("bytes", raw)


def attempt(call, *args):
    try:
        return call(*args)
    except UnicodeError as error:
        kind = "decode" if isinstance(error, UnicodeDecodeError) else "encode"
        return f"!{kind} {error.encoding} {error.start} {error.end} {error.reason}"
    except Exception as error:
        return f"!{type(error).__name__}: {error}"


DECODERS = {
    "utf-8": codecs.utf_8_decode,
    "utf-16": codecs.utf_16_decode,
    "utf-16-le": codecs.utf_16_le_decode,
    "utf-16-be": codecs.utf_16_be_decode,
    "utf-32": codecs.utf_32_decode,
    "utf-32-le": codecs.utf_32_le_decode,
    "utf-32-be": codecs.utf_32_be_decode,
    "unicode_escape": codecs.unicode_escape_decode,
    "raw_unicode_escape": codecs.raw_unicode_escape_decode,
}
ENCODERS = {
    "utf-8": codecs.utf_8_encode,
    "utf-16": codecs.utf_16_encode,
    "utf-16-le": codecs.utf_16_le_encode,
    "utf-16-be": codecs.utf_16_be_encode,
    "utf-32": codecs.utf_32_encode,
    "utf-32-le": codecs.utf_32_le_encode,
    "utf-32-be": codecs.utf_32_be_encode,
    "ascii": codecs.ascii_encode,
    "latin-1": codecs.latin_1_encode,
    "unicode_escape": codecs.unicode_escape_encode,
    "raw_unicode_escape": codecs.raw_unicode_escape_encode,
    "charmap": lambda text, errors: codecs.charmap_encode(text, errors, codecs.charmap_build(TABLE + "\ufffe" * (256 - len(TABLE)))),
}
UTF8 = [
    b"", b"plain", "é€😀".encode(), b"\x80", b"\xc0\x80", b"\xc1\xbf", b"\xc2", b"\xc2a", b"\xe0\x80\x80", b"\xe0\xa0", b"\xe0\xa0a", b"\xe2\x82", b"\xed\xa0\x80", b"\xed\xa0", b"\xed", b"\xed\xb2\x80x",
    b"\xf0\x80\x80\x80", b"\xf0\x9f\x98", b"\xf0\x9f\x98a", b"\xf0\x9fa", b"\xf0a", b"\xf4\x90\x80\x80", b"\xf5", b"\xff\xfe", b"a\xffb\x80c", b"ok\xe2\x82\xacok\xe2\x28\xa1", b"\xed\xa0\x80\xed\xb0\x80", b"\xed\xff", b"x" * 40 + b"\xff",
]
WIDE = [
    b"", b"a", b"ab", b"a\0b\0", b"\0a\0b", b"\xff\xfea\0", b"\xfe\xff\0a", b"\xff\xfe", b"\xfe\xff", b"\xff", b"\x3d\xd8\x00\xde", b"\xd8\x3d\xde\x00", b"\x3d\xd8", b"\x3d\xd8a\0", b"\x00\xde", b"\xd8\x3d", b"\xd8\x3d\0a", b"\xde\x00", b"\x3d\xd8\x3d",
    b"a\0\0\0", b"\0\0\0a", b"\xff\xfe\0\0a\0\0\0", b"\0\0\xfe\xff\0\0\0a", b"\0\xd8\0\0", b"\0\0\xd8\0", b"\xff\xff\x10\0", b"\0\0\x11\0", b"\0\x11\0\0", b"a\0\0", b"\xff\xff\xff\xff", b"a\0\0\0b\0\0\0\0", b"\x3d\xd8\x3d\xd8\x00\xde",
]
ESCAPES = [
    b"", b"plain \xe9", rb"\n\t\r\a\b\f\v\\\'\"", b"a\\\nb", rb"\x41\x4", rb"\x", rb"\xg1", rb"\x4g", rb"\u0041", rb"\u004", rb"\u00g0", rb"\u", rb"\U00000041", rb"\U00110000", rb"\U0001f60", rb"\Uffffffff", b"\\", b"end\\", rb"\q\w", rb"\8", rb"\0\7\77\377\400\777\1234",
    rb"\ud83d\ude00", rb"\N", rb"\N{", rb"\N{}", rb"\Nx", rb"\N{LATIN SMALL LETTER E WITH ACUTE}", rb"\N{NOPE}x", rb"\N{NOPE", rb"\\u0041", rb"\\\u0041", b"\\\xff", b"\\u00\xff",
]
TEXTS = ["", "plain", "é€😀", "a\ud800b", "\ud83d\ude00", "\udc80\udcff", "x\u0100\u0101y\u20ac", "\x80\xff", "tab\t\n\r\\'\"\x00\x7f", "\ud800\ud800é\udc00", "ok" * 20 + "\ud800", "€", "😀\udfff😀", "é\ud800"]


def main():
    cases = Cases("codecs")
    for name, decode in DECODERS.items():
        inputs = UTF8 if name == "utf-8" else ESCAPES if "escape" in name else WIDE
        if name == "utf-8":
            inputs = inputs + [bytes(RANDOM.choice(b"a\x80\xa0\xbf\xc3\xe0\xe2\xed\xf0\xf4\xff") for _ in range(RANDOM.randrange(1, 8))) for _ in range(120)]
        elif "escape" not in name:
            inputs = inputs + [bytes(RANDOM.choice(b"\0\0a\xd8\xdc\x3d\xff\x10") for _ in range(RANDOM.randrange(1, 14))) for _ in range(60)]
        for data in inputs:
            for errors in HANDLERS:
                result = attempt(decode, data, errors, True)
                cases.add(f"decode {name}", data, errors, True, result)
            for errors in ("strict", "replace", "surrogatepass"):
                result = attempt(decode, data, errors, False)
                cases.add(f"decode {name}", data, errors, False, result)
    for data in UTF8 + [bytes(range(0x70, 0x90))]:
        for errors in HANDLERS:
            cases.add("decode ascii", data, errors, True, attempt(codecs.ascii_decode, data, errors))
            cases.add("decode charmap", data, errors, True, attempt(codecs.charmap_decode, data, errors, TABLE))
        cases.add("decode latin-1", data, "strict", True, attempt(codecs.latin_1_decode, data, "strict"))
        cases.add("escape_encode", data, attempt(lambda: codecs.escape_encode(data)[0]))
    for start in range(6):
        for end in range(7):
            cases.add("decode_error", b"ab\xffc", start, end, str(UnicodeDecodeError("x", b"ab\xffc", start, end, "why")))
            for text in ("aé\u0100", "\U0001f600\ud800", "", "b"):
                cases.add("encode_error", text, start, end, str(UnicodeEncodeError("x", text, start, end, "why")))
                cases.add("translate_error", text, start, end, str(UnicodeTranslateError(text, start, end, "why")))
    for data in ESCAPES:
        for errors in ("strict", "ignore", "replace", "other"):
            cases.add("escape_decode", data, errors, attempt(lambda: codecs.escape_decode(data, errors)[0]))
    for name, encode in ENCODERS.items():
        for text in TEXTS:
            for errors in HANDLERS:
                cases.add(f"encode {name}", text, errors, attempt(lambda: encode(text, errors)[0]))
    cases.write(350)


main()
