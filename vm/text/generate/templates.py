"""What CPython says of str.format's templates: testdata/template.tsv.

    python3.14 vm/text/generate/templates.py
"""

import _string
import random

from support import Cases, attempt

RANDOM = random.Random(577)
TEMPLATES = [
    "", "a{}", "{", "}", "{{", "}}", "a{{b}}c", "{0}", "{a.b[c]}", "{a!r}", "{a!r:>10}", "{a!}", "{a!rr}", "{a!r", "{a!", "{a:", "{a", "{a:{b}}", "{a:{b}", "{a[}]}", "{a[}", "{!r}",
    "{:}", "{a!r }", "a}b", "{a{b}}", "{a!{}}", "{a:}}", "{a[b!c]}", "{a[b:c]}", "{}}", "{{}", "é{é}", "{a:x{y}z{w!r}}", "\ud800{\ud800}", "{a!é}", "{a!\ud800:x}",
]
NAMES = [
    "", "a", "0", "a.b", "a[b]", "a[0].c[x]", "a.", "a[", "a[]", "a[b]c", "a..b", ".a", "[a]", "a[b", "9" * 20, "a[" + "9" * 20 + "]", "0x", "a.b[", "a]", "-1", "a[-1]", "٣", "a[٣]", "0[",
    "1a", "a.[b]", "a[b][c]", "a[b].", "a[[b]]", "é.é[é]", "9" * 20 + "x",
]


def main():
    cases = Cases("template")
    mixed = ["".join(RANDOM.choice("{}[]!:ra0.é ") for _ in range(RANDOM.randrange(1, 9))) for _ in range(900)]
    for template in TEMPLATES + mixed:
        pieces = attempt(lambda: [" ".join(ascii(part) for part in piece) for piece in _string.formatter_parser(template)])
        cases.add("parse", template, pieces)
    names = ["".join(RANDOM.choice("[].a0é1") for _ in range(RANDOM.randrange(1, 8))) for _ in range(400)]
    for name in NAMES + names:
        split = attempt(lambda: [ascii(part) for first, rest in [_string.formatter_field_name_split(name)] for part in (first, *rest)])
        cases.add("name", name, split)
    for template in ("{!x}", "{!\x01}", "{!é}", "{} {0}", "{0} {}", "{} {}", "{a} {}", "{0} {a} {1}", "{}{a}{0}"):
        cases.add("format", template, attempt(lambda: template.format(1, 2, a=3)))
    cases.write()


main()
