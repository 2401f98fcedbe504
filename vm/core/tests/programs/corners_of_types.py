"""Where classes, mappings, bytes and numbers meet Python code that is not what it seems."""
import types
import warnings
from contextlib import contextmanager


def error(function, *args, **keywords):
    try:
        return function(*args, **keywords)
    except Exception as caught:
        return f"{type(caught).__name__}: {caught}"


# Builtins that are a mapping of any kind.
code = compile("answer", "<test>", "eval")
print(eval(code, {"__builtins__": types.MappingProxyType({"answer": 42})}))
print(error(eval, code, {"__builtins__": types.MappingProxyType({})}))
print(error(eval, code, {"__builtins__": 123}))


# A class whose MRO has a class that it does not derive from.
class Base:
    value = 1


class Meta(type):
    def mro(cls):
        return (cls, Base, object)


class Strange(metaclass=Meta):
    pass


seen = [Strange.value]
Base.value = 2
seen.append(Strange.value)
print(seen)


# `__dict__` as a property; slots tell the whole name; one class for nothing.
class Shows:
    __dict__ = property(lambda self: {"a": 2})


class Slots:
    __slots__ = "a"


def local():
    class Within:
        __slots__ = "a"
    return Within()


print(vars(Shows()), error(getattr, Slots(), "a"), error(getattr, local(), "a"))
print(type(None)(), type(...)(), type(NotImplemented)(), error(type(None), 1))

with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    type("Odd", (), {1: 2})
    float(type("F", (float,), {"__float__": lambda self: self})(2))
    int(type("I", (), {"__int__": lambda self: True})())
print([str(warning.message).partition(".  ")[0] for warning in told])


# Changes while a dict is looped over, and comparing lists that empty each other.
numbers = {0: 0}


def change():
    for key in numbers:
        del numbers[key]
        numbers[key] = 0


print(error(change))


class Empties:
    def __init__(self, other):
        self.other = other

    def __eq__(self, other):
        self.other.clear()
        return NotImplemented


first, second = [], []
first.append(Empties(second))
second.append(Empties(first))
print(first == second)


# Memory that a class offers.
class Offers:
    def __init__(self, data):
        self.data = data

    def __buffer__(self, flags):
        print("offered")
        return memoryview(self.data)

    def __release_buffer__(self, view):
        print("released")


print(bytes(Offers(b"abc")), b"-".join([Offers(b"x"), b"y"]), bytes(memoryview(bytearray(b"q").__buffer__(0))))
array = bytearray(b",")


def clears():
    array.clear()
    yield b"A"


print(error(array.join, clears()))


# What was thrown into a generator keeps its context.
@contextmanager
def raises(exception):
    try:
        yield
    finally:
        raise exception


try:
    try:
        raise KeyError(1)
    except KeyError:
        with raises(ValueError(3)):
            raise IndexError(2)
except ValueError as caught:
    chain = []
    while caught:
        chain.append(repr(caught))
        caught = caught.__context__
    print(chain)

# Arguments that nobody takes.
print(error("a b".split, maxsplt=1))
print(error(min, 0, default=1, key=2, foo=3))
print(error({}.__contains__), error([].__getitem__))
module = types.ModuleType("mod")
module.mod = print
print(error(module))
print(sum([1.0, 10**100, 1.0, -10**100]), [locals()["x"] for x in [1, 2]])

# A set takes no keywords, also where a subclass's __new__ does.
class Named(set):
    def __new__(cls, items, name=None):
        return super().__new__(cls, items)


try:
    Named([1], name="n")
except TypeError as refused:
    print(refused)


# What a copy with replacements is made of must be a namespace.
class Odd(types.SimpleNamespace):
    made = False

    def __new__(cls):
        return 12345 if cls.made else super().__new__(cls)


odd = Odd()
Odd.made = True
print(error(odd.__replace__))
