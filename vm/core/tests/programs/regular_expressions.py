"""Patterns, matches, scanners and replacement templates; texts that are ASCII, Latin-1 and beyond, and bytes."""
import copy
import pickle
import re


def shown(function, *args):
    try:
        print(repr(function(*args)))
    except Exception as error:
        print(type(error).__name__, error)


date = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)(-(?P<day>\d\d))?")
print(date, date.groups, dict(date.groupindex), date.flags)
for text in ("on 2024-05-17", "2024-05", "né le 1999-12-31 à 北京"):
    found = date.search(text)
    print(found, found.groupdict("?"), found.span("month"), found.lastgroup, found.regs)
print(date == re.compile(date.pattern), date == re.compile(b"x"), copy.copy(date) is date)
print(pickle.loads(pickle.dumps(date)) == date)

print(re.findall(r"\w+", "día 北京 ok"), re.split(r"(,)|;", "a,b;c"), re.findall("x*", "axb"))
print(re.sub(r"(?P<a>.)(.)", r"\2\g<a>", "abcdé"), re.subn("", "-", "ab"), re.sub("b", lambda m: m[0] * 2, "abc"))
print([m.start() for m in re.finditer("é", "éaé北é")], re.compile("b").match("abc", 1).pos)
scanner = re.compile(r"\s*(\d+|.)").scanner("12 + x")
print([m.group(1) for m in iter(scanner.match, None)])
print(re.fullmatch(rb"(\w)\1*+", bytearray(b"aaaa")), re.search(b"(?i)B", memoryview(b"abc"))[0])
print(re.match(r"(?i)ﬅ", "ﬆ") is not None, re.match("(?<=a)b", "ab"), re.search("(?<=a)b", "ab"))
print(re.search(r"(a)?(?(1)b|c)", "c"), re.match(r"(?>a+)a", "aaa"), re.match("(a|b)*?c", "abac").groups())

shown(date.match, 3)
shown(date.match, b"x")
shown(re.match("a", "a").group, 7)
shown(re.compile("a").sub, lambda m: 3, "a")
shown(re.compile, "(")
import _sre
shown(_sre.compile, "a", 0, [77], 0, {}, ())
shown(_sre.template, date, [])
