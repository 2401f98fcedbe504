"""Generators and coroutines: names, stacks while something is thrown, what is ignored when they go."""
import gc
import sys
import types


def stack():
    names = []
    frame = sys._getframe(1)
    while frame and frame.f_code.co_name != "<module>":
        names.append(frame.f_code.co_name)
        frame = frame.f_back
    return names


def inner():
    try:
        yield stack()
    except KeyError:
        yield stack()


class Custom:
    def __iter__(self):
        return self

    def __next__(self):
        return "next"

    def throw(self, *args):
        return stack()

    def close(self):
        print("close", stack())


def outer(target):
    yield from target


gen = outer(inner())
print(gen.send(None), gen.throw(KeyError))
gen = outer(Custom())
print(next(gen), gen.throw(KeyError))
gen.close()


async def deep(n):
    return await deep(n - 1) if n else await leaf()


@types.coroutine
def leaf():
    try:
        yield stack()
    except KeyError:
        return (yield stack())


coro = deep(2)
print(coro.send(None), coro.throw(KeyError))
coro.close()


# Names are those that the function had; the code stays when the function is gone.
def named():
    yield 1


before = named()
named.__name__ = named.__qualname__ = "renamed"
after = named()
del named
print(before.__name__, after.__name__, after.__qualname__, list(before), list(after))
print(before.__name__, after.__name__, before.gi_code.co_name, after.gi_frame)
before.__name__ = "set"
print(before.__name__, before.__qualname__)


# What can't be made is thrown instead.
class Strange(Exception):
    def __new__(cls, *args):
        return cls


def waits():
    try:
        yield
    except TypeError as error:
        yield str(error)


gen = waits()
next(gen)
print(gen.throw(Strange))


def report(unraisable):
    print(unraisable.err_msg.split(" at ")[0], unraisable.object, repr(unraisable.exc_value))


sys.unraisablehook = report


def stubborn():
    try:
        yield
    finally:
        raise ValueError("no")


gen = stubborn()
next(gen)
del gen


async def unawaited():
    pass


import warnings
warnings.simplefilter("error")
coro = unawaited()
coro.cr_frame.clear()
del coro
gc.collect()


async def agen():
    yield 1


request = agen().asend(None)
del request


class BadAwait:
    def __await__(self):
        return 42


class Iterates:
    def __init__(self, item):
        self.item = item

    def __aiter__(self):
        return self

    def __anext__(self):
        return self.item


async def run(what):
    await what


warnings.simplefilter("ignore")
for what in (BadAwait(), anext(Iterates(BadAwait()), 1), anext(Iterates(iter("x")), 1), 5):
    try:
        run(what).send(None)
    except TypeError as error:
        print(error)
