"""Source text of several languages, coloured by pygments."""

from pygments import highlight, lex
from pygments.formatters import HtmlFormatter, LatexFormatter, NullFormatter, RawTokenFormatter, TerminalFormatter, get_formatter_by_name
from pygments.lexers import get_lexer_by_name, guess_lexer
from pygments.styles import get_style_by_name
from pygments.token import Token
from pygments.util import ClassNotFound

SOURCES = {
    "python": 'import os\n\n@cache\nasync def f(x: int = 0x1F, *a) -> str:\n    """Doc."""\n    return f"{x!r:>{a[0]}} \\n" if x else None  # why\n',
    "c": '#include <stdio.h>\nint main(void) { /* hi */ return printf("%d\\n", 0x10UL); }\n',
    "rust": "fn main<'a>() -> Result<(), E> { let mut x = 1_000u64; println!(\"{x:?}\"); r#\"raw\"# }\n",
    "json": '{"a": [1, -2.5e3, true, null], "b": {"c": "d\\u00e9"}}\n',
    "html": '<p class="x">a &amp; b <script>let x = `t${1+1}`;</script></p>\n',
    "sql": "SELECT a, COUNT(*) FROM t WHERE b LIKE 'x%' -- comment\n",
    "bash": 'for f in *.txt; do echo "${f%.txt} $((1+2))"; done\n',
    "yaml": "a: &x\n  - 1\n  - 'two' # c\nb: *x\n",
    "diff": "--- a\n+++ b\n@@ -1 +1 @@\n-old\n+new\n",
    "pycon": ">>> 1/0\nTraceback (most recent call last):\n  File \"<stdin>\", line 1, in <module>\nZeroDivisionError: division by zero\n",
    "make": "all: a.o\n\t$(CC) -o $@ $^\n",
    "css": "a:hover > .b { color: #fff; margin: -1.5em !important }\n",
}
for name, source in SOURCES.items():
    lexer = get_lexer_by_name(name)
    print(f"== {lexer.name}")
    print(" ".join(f"{str(kind)[6:]}:{text!r}" for kind, text in lex(source, lexer)))

python = get_lexer_by_name("python", stripall=True)
print(highlight(SOURCES["python"], python, TerminalFormatter()).replace("\x1b", "^"))
print(highlight(SOURCES["python"], python, get_formatter_by_name("terminal256", style="monokai")).replace("\x1b", "^"))
print(highlight(SOURCES["python"], python, HtmlFormatter(linenos="table", cssclass="code", hl_lines=[3])))
print(highlight(SOURCES["rust"], get_lexer_by_name("rust"), HtmlFormatter(noclasses=True, nowrap=True)))
print(highlight(SOURCES["c"], get_lexer_by_name("c"), LatexFormatter(full=False)))
print(highlight("x = 1\n", python, RawTokenFormatter()).decode(), highlight("x = 1", python, NullFormatter()))
print(HtmlFormatter(style="default").get_style_defs(".highlight").splitlines()[:6])
print(get_style_by_name("friendly").style_for_token(Token.Keyword), Token.Name.Function in Token.Name, Token.String is Token.Literal.String)
print(guess_lexer("#!/usr/bin/perl\nmy $x = 1;\n").name, guess_lexer('{"a": 1}').name)
try:
    get_lexer_by_name("nolang")
except ClassNotFound as error:
    print(error)
