"""A byte order mark before the first line: columns of that line are counted without it."""
from codecs import BOM_UTF8; started = True

# -*- coding: utf-8 -*- on a third line would be no declaration, and neither is this.
größe = "wide: ä€𝄞"


def first_bytes():
    with open(__file__, "rb") as file:
        return file.read(3)


def first_column():
    """The docstring of the module is at line 1, and the import behind it at column 0 of line 2."""
    code = compile("\ufeffx = 1; y = 2".encode(), "<bom>", "exec")
    return [position for position in code.co_positions() if position[0]][0]


def count(text):
    table = {}
    for character in text:
        if character.isspace():
            continue
        table[character] = table.get(character, 0) + 1
    return sorted(table.items(), key=lambda item: (-item[1], item[0]))


class Marked:
    """A byte order mark within a string is an ordinary character."""

    mark = "﻿"
    width = len(mark)

    def __str__(self):
        return f"{self.mark!a:>10}{größe[-1]!a}"


print(first_bytes() == BOM_UTF8, started, len(größe))
print(first_column()[0], __doc__[:17])
print(ascii(count(größe)))
print(Marked(), Marked.width, [len(name) for name in globals() if name.startswith("gr")])
