"""Writes errors.txt, warnings.txt and sources.txt: what CPython 3.14 says about the sources below and
the lines of statements.txt.

Run with CPython 3.14 in this folder. One case a line, fields separated by tabs, with backslash escapes:
  errors.txt    mode, source, class, lineno, offset, end_lineno, end_offset, text, message, traceback text
  warnings.txt  mode, source, then line and message of each warning
  sources.txt   bytes in hexadecimal, then the class and fields as above, or OK and the text
"""
import importlib.util
import sys
import traceback
import warnings

assert sys.version_info[:2] == (3, 14)

with open("statements.txt") as file:
    STATEMENTS = file.read()

BLOCKS = [
    "match x:\n  case [a b]: pass", "match x:\n  case [[1, 2 3]]: pass", "def f():\n  yield == 1",
    "if 1:\npass", "if 1:\n", "if 1", "if 1\n    pass", "if 1:\n  a\n b", "if 1:\n\ta\n        b",
    "if 1:\n    a\n\tb", " a", "a\n b", "if 1:\n    a\n  b\n", "while 1:\npass", "while 1\n  pass",
    "for a in b:\npass", "async def f():\n async for a in b:\n pass", "with a:\npass", "with (a, b):\npass",
    "with (a, b)\n  pass", "async def f():\n  async with a\n    pass", "try:\npass", "try\n  pass\n",
    "try:\n  pass\nx = 1", "try:\n  pass\nexcept:\npass", "try:\n  pass\nexcept a:\npass",
    "try:\n  pass\nexcept* a:\npass", "try:\n  pass\nfinally:\npass", "try:\n  pass\nexcept a, b as c:\n  pass",
    "try:\n  pass\nexcept* a, b as c:\n  pass", "try:\n  pass\nexcept a as b.c:\n  pass",
    "try:\n  pass\nexcept* a as b.c:\n  pass", "try:\n  pass\nexcept a\n  pass", "try:\n  pass\nexcept\n  pass",
    "try:\n  pass\nexcept* a\n  pass", "try:\n  pass\nexcept*:\n  pass", "try:\n  pass\nexcept:\n  pass\nexcept a:\n  pass",
    "try:\n  pass\nexcept a:\n  pass\nexcept* b:\n  pass", "try:\n  pass\nexcept* a:\n  pass\nexcept b:\n  pass",
    "try:\n  pass\nexcept* a:\n  pass\nexcept:\n  pass", "try:\n  pass\nfinally\n  pass", "try:\n  pass\nelse:\n  pass",
    "for x in y:\n  try: pass\n  except* a: break", "def f():\n  try: pass\n  except* a: return",
    "if 1:\n  a\nelif 2:\nb", "if 1:\n  a\nelif 2\n  b", "if 1:\n  a\nelse:\nb", "if 1:\n  a\nelse\n  b",
    "if 1:\n  a\nelse:\n  b\nelif 2:\n  c", "def f():\npass", "def f(a,\n      b):\npass", "class C:\npass", "class C\n  pass",
    "class C(a):\npass", "@a\nx = 1", "@a b\ndef f(): pass", "@\ndef f(): pass", "match x:\npass", "match x:\n  a", "match x\n  case 1: pass",
    "match x:\n  case 1:\n  pass", "match x:\n  case 1\n    pass", "match x:\n  case 1 as _: pass", "match x:\n  case 1 as a.b: pass",
    "match x:\n  case 1 as f(): pass", "match x:\n  case A(b=1, 2): pass", "match x:\n  case {**r, 'a': 1}: pass", "match x:\n  case {**_}: pass",
    "match x:\n  case a: pass\n  case b: pass", "match x:\n  case _: pass\n  case 1: pass", "match x:\n  case a | 1: pass", "match x:\n  case 1 | a: pass",
    "match x:\n  case a, a: pass", "match x:\n  case {'a': 1, 'a': 2}: pass", "match x:\n  case A(b=1, b=2): pass", "match x:\n  case *a, *b: pass",
    "match x:\n  case -a: pass", "match x:\n  case 1 + 2: pass", "match x:\n  case 1j + 2j: pass", "match x:\n  case f'{x}': pass", "match x:\n  case a.b.c(): pass\n  case (1: pass",
    "x = (\n1\n2)", "x = [\n  1,\n  2\n", "f(\n  a=1\n  b=2)", "(\n]", "x = {\n'a': 1\n'b': 2\n}", "(a\nb = 1", "def f(:\n  pass", "x = 'a\ny = 'b'",
    "x = '''a\nb\n", "x = '''a\nb'''  1", "x = f'''{\na b\n}'''", "x = f'''{a\n", "x = f'{a:\n}'", "a = 1 + \\\n", "a = 1 + \\", "a = (1 + \\\n", "a = 'b\\\n", "\\", "x = 1 \\ 2\n", "a \\\n b c\n",
    "def f():\n    return 1\n   x", "def f():\n\tif 1:\n        x", "class A:\n    def f(self):\n    pass", "for i in x:\n  # only a comment\ny", "if 1:\n    x = (1,\n    y = 2\n", "a = 1\n)\n",
    "é = (1,\nü = 2", "# comment\n\n\nx = = 1", "x = 1\n\n\n\ndef f(\n", "a;;b", ";a", "a; b c", "lambda: (yield", "def f(): return = 1", "with open('a') as f, open('b' as g: pass",
    "print('a'\nprint('b')", "x = [1, 2\ny = 3\nz = 4", "if a:\n  b = {1: 2\nelse:\n  c", "def f():\n  x = '\n  y = 1", "a = b'\\xé'", "a = rb'é'", "x\x0c y", "\ufeffx", "a\u00a0= 1", "x = \u200b1", "a\x01b", "(" * 201 + ")" * 201,
    "9" * 5000, "x = -" + "9" * 4301, "f" + "(a" * 30 + " b" + ")" * 30, "async def f():\n  [x async for x in y] = 1", "def f():\n  nonlocal x\n  x = 1", "def f():\n  def g():\n    nonlocal z", "class C:\n  nonlocal x",
    "def f():\n  x = 1\n  class D:\n    global x\n    nonlocal x", "def f(*, a, a): pass", "def f(a, *a): pass", "def f(a, **a): pass", "f(a=1, a=2)", "class C(a=1, a=2): pass", "f(__debug__=1)", "def __debug__(): pass", "import a as __debug__", "from a import __debug__",
    "for __debug__ in x: pass", "with a as __debug__: pass", "try: pass\nexcept a as __debug__: pass", "del __debug__", "(__debug__ := 1)", "x.__debug__ = 1", "[x := 1 for x in y]", "[(x := 1) for x in y]", "[x for y in (z := a)]", "class C:\n  [(x := 1) for y in z]", "[[(a := b) for a in c] for d in e]",
    "def f[T](x: (yield)): pass", "def f() -> (yield): pass", "class C[T](x := 1): pass", "def f[T: (x := 1)](): pass", "from a import *\ndef f():\n  from b import *", "class C:\n  from a import *", "'doc'\nx = 1\nfrom __future__ import division", "def f():\n  from __future__ import division",
]
SINGLE = ["1\n2", "a = 1\nb = 2\n", "if 1: pass\nx", "", "\n", "  ", "# c", "x = (", "def f():\n  pass\nx\n", "for a in b: pass", "1 # c\n# d\n", "1;2", "1 2", "if 1:\n", "class C: pass", "def f():\n  pass"]
EVAL = ["", "a = 1", "a b", "a\nb", "a;b", "(a", "pass", "a :=", "(a := 1", "  a", "a  ", "\na", "*a", "yield", "f'{", "a +", "import a", "a if b", "lambda", "'a", "f(x=)", "a\n  ", "'a' b'b'", "0x", "a)", "__debug__ = 1"]

WARNING_SOURCES = [
    r'"\d"', r'b"\d"', r'r"\d"', '"\n\n\\d"', r'"\400"', r'"\377"', r'"\8"', r'f"\d{x}\w"', r'f"\{x}"', r'f"\}}"', r'rf"\d{x}"', r't"\d"', r'"\d" "\w"', r'"\d\w"', r'b"\N{x}"', r'"\é"', r"'''a\
\q'''",
    "x is 1", "x is 'a'", "x is ()", "1 is x", "x is not 1", "x is None", "x is ...", "x is -1", "assert (a, b)", "assert (a,)", "assert ()", "1()", "'a'()", "(1, 2)()", "[1]()", "{}()", "f'{x}'()", "[1][1, 2]", "[1]['a']", "(1, 2)[x, y]", "'a'['b']", "1[2]", "None[1]", "(lambda: 1)[0]", "{1}[0]", "{1: 2}[0]", "None()", "...()", "True()",
    "def f():\n  try: pass\n  finally: return 1", "for x in y:\n  try: pass\n  finally: break", "for x in y:\n  try: pass\n  finally: continue", "def f():\n  try: pass\n  finally:\n    def g(): return 1", "for x in y:\n  try: pass\n  finally:\n    for z in x: break", "def f():\n  try: pass\n  finally:\n    try: pass\n    finally: return 1",
    "1if x else 2", "1or x", "0x1for x in y", "[0x1for x in y]", "1and 2", "1in x", "1is x", "1else", "1.5or x", "1jor x", "0b1or x", "0o7or x", "x = 1if 2else 3", "[1for x in y]", "1_0or x", "1e5or x", "x = 1not in y",
    "def f():\n  'doc \\d'\n  return 1", "class C:\n  x is 1\n", "x is 1\n'\\d'\n1()", "~True", "~False", "if 1 is 1: pass", "lambda: x is 1", "f'{x is 1}'", "f'{1()}'",
]

BYTES = [
    b"x = 1\n", b"\xef\xbb\xbfx = 'a'\n", b"\xef\xbb\xbf# coding: utf-8\nx\n", b"\xef\xbb\xbf# coding: utf8\nx\n", b"\xef\xbb\xbf# coding: latin-1\nx\n", b"\xef\xbb\xbf#\n# coding: cp1252\nx\n", b"# coding: latin-1\nx = '\xe4'\n", b"# -*- coding: Latin_1 -*-\nx = '\xe4'\n", b"# coding: iso-8859-1-unix\nx = '\x80'\n",
    b"# vim: set fileencoding=iso-8859-15 :\nx = '\xa4'\n", b"#!/usr/bin/python\n# coding=koi8-r\nx = '\xc1'\n", b"\n# coding: cp437\nx = '\x80\xff'\n", b"\x0c# coding: cp1252\nx = '\x80'\n", b"# coding: cp1252\nx = '\x81'\n", b"# coding: latin5\nx = '\xd0\xfe\xe4'\n", b"# coding: ascii\nx = '\xe4'\n", b"# coding: nothing\nx\n", b"# coding: utf-8-sig\nx = '\xc3\xa4'\n",
    b"x = 1\n# coding: nothing\n", b"#\n#\n# coding: nothing\n", b"'''\n# coding: nothing\n'''\n", b"# coding:\nx\n", b"# encoding: latin1\nx = '\xff'\n", b"#coding=cp949\nx = '\xb0\xa1'\n", b"#coding=gbk\nx = '\xc4\xe3'\n", b"#coding=shift_jis\nx = '\x82\xa0'\n", b"#coding=euc-jp\nx = '\xa4\xa2'\n", b"#coding=windows-1251\nx = '\xcf'\n",
    b"x = '\xe4'\n", b"\xff", b"a = 1\nb = '\xe2\x82'\n", b"# \xff\n", b"'''\n\n\xff'''", b"# coding: utf-8\n\xe4\n", b"# coding: utf-8\xff\n", b"\xef\xbb\xbfx\n\xff\n", b"\xef\xbb\xbf\xef\xbb\xbfx", b"\xef\xbbx", b"x\x00y", b"x\r\ny z\r\n", b"x\ry z", b"x = '''a\r\nb\rc'''\n", b"# coding: gbk\n'\xff\xff'\n", b"x = 'a' # coding: nothing\n", b"# coding: mac-roman\nx = '\x80'\n",
]


def escape(text):
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")


def fields(error):
    if not isinstance(error, SyntaxError):
        return [type(error).__name__, "-", "-", "-", "-", "-", escape(str(error))]
    show = lambda value: "-" if value is None else str(value)
    text = "-" if error.text is None else "=" + escape(error.text)
    position = [error.lineno, error.offset, error.end_lineno, error.end_offset]
    return [type(error).__name__, *map(show, position), text, escape(error.msg)]


def compiled(source, mode):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            code = compile(source, "<string>", mode, 0, True, 0)
        except (SyntaxError, MemoryError, RecursionError) as error:
            return error, []
    return code, [(w.lineno, str(w.message)) for w in caught if w.category is SyntaxWarning]


def main():
    cases = [("exec", line) for line in STATEMENTS.strip("\n").split("\n")]
    cases += [("exec", source) for source in BLOCKS]
    cases += [("single", source) for source in SINGLE] + [("eval", source) for source in EVAL]
    with open("errors.txt", "w") as out:
        for mode, source in cases:
            error, _ = compiled(source, mode)
            if isinstance(error, Exception):
                shown = "".join(traceback.format_exception_only(error)).rstrip("\n")
                print(mode, escape(source), *fields(error), escape(shown), sep="\t", file=out)
            else:
                print(mode, escape(source), "OK", sep="\t", file=out)
    with open("warnings.txt", "w") as out:
        for source in WARNING_SOURCES:
            code, caught = compiled(source, "exec")
            if not isinstance(code, Exception):
                flat = [escape(str(part)) for warning in caught for part in warning]
                print("exec", escape(source), *flat, sep="\t", file=out)
    with open("sources.txt", "w") as out:
        for source in BYTES:
            error, _ = compiled(source, "exec")
            if isinstance(error, Exception):
                row = fields(error)
            else:
                row = ["OK", escape(importlib.util.decode_source(source))]
            print(source.hex(), *row, sep="\t", file=out)


main()
