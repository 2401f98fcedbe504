"""Imports: plain, dotted, with as, from, star, conditional, in functions and classes; relative forms never called."""

import math
import os.path
import collections.abc as abstract, itertools
import xml.dom.minicompat as compat
from bisect import *
from functools import partial, reduce as fold
from os import path, sep as separator, path as again
from collections import (
    OrderedDict,
    defaultdict as default,
)

try:
    import no_such_module_anywhere
except ImportError as error:
    missing = error.name

try:
    from math import no_such_function
except ImportError as error:
    unfound = error.name, type(error).__name__

if math.pi < 3:
    import cmath as chosen
else:
    import math as chosen


def inside():
    import json.decoder
    import json.encoder as encoder
    from json import dumps as dump, loads
    from string import ascii_lowercase

    return json.decoder.__name__, encoder.__name__, loads(dump([1, {"a": None}])), ascii_lowercase[:3]


def relative_forms():
    """Would need a package: only compiled."""
    from . import sibling
    from .. import parent as p
    from .module import name, other as o
    from ... import a, b
    from ....far.away import (c, d as e,)
    from .......deep import f
    from . import (
        g,
    )
    return sibling, p, name, o, a, b, c, e, f, g


def global_import():
    global statistics_like
    import operator as statistics_like


def captured_import():
    import textwrap

    def indent(text):
        return textwrap.indent(text, "> ")

    return indent("quoted")


class Namespace:
    import math
    from math import floor, ceil as up
    from os.path import join as _join

    def root(self, value):
        return self.math.sqrt(value), math.isqrt(value)


def lazily(name):
    def load():
        nonlocal name
        name = __import__(name)
        return name.__name__

    return load()


print(math.floor(2.5), os.path is path, again is path, os.path.basename("a/b"), separator in ("/", "\\"))
print(issubclass(list, abstract.Sequence), list(itertools.chain("ab", "c")), compat.NodeList("ab").length)
print(bisect([1, 3, 5], 4), insort.__name__, partial(pow, 2)(5), fold(lambda a, b: a + b, [1, 2, 3]))
print(OrderedDict(a=1)["a"], default(list)["new"], missing, unfound, chosen.__name__)
print(inside(), relative_forms.__doc__, captured_import(), lazily("keyword"))
global_import()
print(statistics_like.add(2, 3), Namespace().root(16), Namespace.floor(2.7), Namespace.up(2.1), Namespace._join("a", "b")[-1])
