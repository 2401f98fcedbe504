"""Strings: f-strings with specs, conversions, = and nesting; t-strings; bytes; escapes; surrogates; concatenation."""

from string.templatelib import Interpolation, Template

name, number, width, items = "Ada", 3.14159, 10, [1, 2]


def formats(value):
    return [
        f"{value}",
        f"{value!r}|{value!s}|{value!a}",
        f"{value:>8}|{value:^{width}}|{value!r:*<{width - 2}.{4}}",
        f"{{}} {{{value}}} {value}{value}",
        f"{value=} {value = !s} {value=:>6} {value + "x"=}",
        f'{value[0]}{items[-1]:02d}{ {"k": value}["k"] }',
        f"{f"{f"{value}"}"}{"nested 'quotes' \"here\""}",
        f"""{
            value.upper()  # a comment inside of a replacement field
        } over
lines""",
        f"{value if value else "nothing":s} {(lambda v: v * 2)(value)!s:.3} {value:{'>'}{width}}",
        f"",
        f"{""}",
        f"constant" " joined",
        rf"\d{value}\n",
    ]


def template_parts(template):
    parts = []
    for part in template:
        match part:
            case Interpolation(value, expression, conversion, spec):
                parts.append((value, expression, conversion, spec))
            case text:
                parts.append(text)
    return parts


def templates(value):
    plain = t"hello {value}!"
    rich = t"{value!r:>{width}} and {number:.2f}{items}" t" tail"
    nested = t"{t"in {value}"} {f"{value}"}{value!s}{value!a:5}"
    assert isinstance(plain, Template)
    return template_parts(plain), template_parts(rich), nested.strings, template_parts(rt"\n{value = }"), t"".strings


def escapes():
    text = "\a\b\f\n\r\t\v\\\'\"\0\x41\101\u00e9\U0001F600\N{GREEK SMALL LETTER ALPHA}\
continued"
    return ascii(text), len(text), ascii("\ud800 \udfff"), ascii("é ☃ 😀 𝔘")


def raw_and_bytes():
    data = b"\x00\xff\t\\ \101" b'two' rb"\x00"
    return data, r"\x\'", br"\d", B"", bytes([*b"ab"]), Rb"c" in data, u"legacy"


def concatenated():
    long = (
        "one "
        'two '
        """three
four """ f"{name} " r"\five" "" f"{1}{2}"
    )
    return long, "a" "b" "c", "x" * 3, "%s-%5.1f-%d%%" % (name, number, 7), "%(k)s" % {"k": 1}, "%r" % (name,)


def many_parts(a, b, c):
    return f"{a}-{b}-{c}:{a}{b}{c};{a!r}{b!r}{c!r}/{a:3}{b:3}{c:3}" + f"{a}" * 2 + f"=" + f"{c!a:{a}.{b}}"


def line_breaks():
    return """first
    second\
 still second

last""".splitlines(), "\N{NO-BREAK SPACE}\N{ZERO WIDTH JOINER}".isprintable(), 'it''s', "tab\there"


for line in formats("née"):
    print(ascii(line))
for parts in templates(name):
    print(parts)
print(*escapes())
print(raw_and_bytes())
print(concatenated())
print(many_parts(5, 1, "é") == "5-1-é:51é;51'é'/  5  1é  55='    ", line_breaks())
print(f"{number:.3f} {number:{width}.{2}e} {12345:,} {255:#x} {True!s} {None} {1_000_000:_} {0.25:%}")
print(f"{number!r:^{width}.{3}} {name!r} {items=}", f"{'a' 'b'}", f"{3:=+5d}", f"{name:{''}}", f"{(x := 5)} {x:=3}")
