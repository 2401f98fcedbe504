"""Classes on str with slots: the words lie before the header, beside the dictionary's."""
import gc
import weakref


class Line(str):
    __slots__ = ("clean", "comments")

    def __new__(cls, text, comments=()):
        line = super().__new__(cls, text)
        line.clean = text.strip()
        line.comments = list(comments)
        return line


class Numbered(Line):
    __slots__ = "number"


class Open(Numbered):
    """Has a dictionary too."""


line = Line("  some text ", ["#"])
print(repr(line), repr(line.clean), line.comments, len(line), line.upper(), hash(line) == hash("  some text "))
try:
    line.other = 1
except AttributeError as error:
    print(error)
del line.clean
try:
    line.clean
except AttributeError as error:
    print(error)
numbered = Numbered("two")
numbered.number = 2
print(numbered.number, numbered.clean, numbered.comments, numbered, hasattr(numbered, "__dict__"))
free = Open("three", "ab")
free.number, free.other = 3, "in the dictionary"
print(free.number, free.clean, free.comments, free.__dict__, vars(free))
for _ in range(100):
    many = [Open(str(n)) for n in range(50)]
    for n, one in enumerate(many):
        one.number, one.extra = n, n
print(sum(one.number + one.extra for one in many))


class Cell:
    pass


cell = Cell()
cell.line = Numbered("in a cycle")
cell.line.comments.append(cell)
gone = weakref.ref(cell)
del cell
gc.collect()
print(gone())
for base in (int, bytes, tuple):
    try:
        type("Refused", (base,), {"__slots__": ("a",)})
    except TypeError as error:
        print(error)
print(type("Empty", (int,), {"__slots__": ()})(3) + 1)


class A(str):
    __slots__ = ("x",)


class B(str):
    __slots__ = ("x",)


class C(str):
    __slots__ = ("x", "y")


a = A("a")
a.x = "kept"
a.__class__ = B
print(type(a).__name__, a.x)
try:
    a.__class__ = C
except TypeError as error:
    print(error)
