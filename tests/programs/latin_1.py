#!/usr/bin/env python3.14
# -*- coding: latin-1 -*-
"""A file in Latin-1, declared by a cookie on its second line (PEP 263): café, naïve, § and ÿ."""

prénom = "Renée"; âge = 42; after = prénom + "!"


class Straße:
    """Bytes above 127 stand in names, strings, comments ½ and docstrings."""

    länge = len("äöüß")  # four characters, four bytes in the file, eight in UTF-8

    def __init__(self, größe, *, höhe=1):
        self.größe = größe
        self.__höhe = höhe

    def fläche(self):
        return self.größe * self.__höhe


def columns():
    """The bytes of a line are counted in UTF-8, whatever the file was encoded in."""
    a = "ééé"; failing = a.é
    return failing


def position():
    try:
        columns()
    except AttributeError as error:
        step = error.__traceback__.tb_next
        start, end = list(step.tb_frame.f_code.co_positions())[step.tb_lasti // 2][2:]
        return start, end, error.name


def bytes_of_the_file():
    with open(__file__, "rb") as file:
        data = file.read()
    return data.count(b"\xe9") > 5, data.decode("latin-1").count("é") == data.count(b"\xe9")


def formatted(value):
    return f"«{value:·>8}» {value!a} {prénom=}" "©" "\xe9\u20ac" f"{'ñ' * 2}"


print(ascii(prénom), âge, ascii(after), Straße.länge, Straße(3, höhe=4).fläche())
print(ascii(position()), bytes_of_the_file(), ascii(formatted("Ñu")))
print(ascii([name for name in vars(Straße(1))]), ascii(__doc__[-20:]))
