# Patterns that were used so much that they run as automata find what they found before.
import re

PATTERNS = [
    r"agggtaaa|tttaccct",
    r"(\w+)\s*=\s*(\d+|\"[^\"]*\")",
    r"(?:(a)|(b)|c)+",
    r"((a)|b)*?c",
    r"^(?P<key>\w+):?(?P<value>.*)$",
    r"\bfoo\b|\Bbar",
    r"(?i:[a-z]+)1(?s:.)x",
    r"(a|ab)(c|bcd)(d*)",
    r"a{2,3}?b?",
    r"x*",
    r"(?:(x)|y){2}\Z",
    r"[^\W\d_]+|[\d]+$",
]
TEXTS = [
    "",
    "xx agggtaaatttaccct",
    'name = "some text" other=42\n',
    "abcab c bac",
    "foo bar foobar abar\nkey: value",
    "Key1\nx KEY1 x",
    "abcd abcdd aaaab",
    "xyyx xy\n",
    "word 42\n",
    "yx",
]


def found(pattern, text):
    matches = [(m.regs, m.lastindex, m.lastgroup) for m in pattern.finditer(text)]
    first = pattern.match(text, 1)
    whole = pattern.fullmatch(text)
    return (
        matches,
        first and first.span(),
        whole and whole.groups(),
        pattern.split(text, 3),
        pattern.subn(r"<\g<0>>", text),
        pattern.search(text, 2, 6) and pattern.search(text, 2, 6).regs,
    )


for flags in (0, re.M | re.I):
    for source in PATTERNS:
        pattern = re.compile(source, flags)
        before = [found(pattern, text) for text in TEXTS]
        for _ in range(100):
            pattern.search("nothing of the kind")
        after = [found(pattern, text) for text in TEXTS]
        assert before == after, (source, before, after)
        print(source, flags, [each[0] for each in after], after[3])

of_bytes = re.compile(rb"(\xe9|[\x80-\x90]+)(\w)?")
for _ in range(100):
    of_bytes.search(b"nothing")
print([m.groups() for m in of_bytes.finditer(b"\xe9a\x81\x90\xe9\xe9_")])
# Text that is not ASCII, and a newline at the end, are the other engine's.
word = re.compile(r"\w+$")
for _ in range(100):
    word.search("nothing")
print(word.findall("gro\u00df caf\u00e9"), word.findall("a b\n"), word.findall("\u4e2d\u6587"))
