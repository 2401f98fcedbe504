"""`yield from` and `await` through very many frames: to the end, and dropped on the way.

CPython crashes at some of these depths: what is expected is what it prints with a DEPTH of 2000.
"""
import gc
import sys


def wrapped(inner):
    return (yield from inner)


async def awaited(inner):
    return await inner


def numbers():
    received = yield 1
    yield received
    return "done"


def chain(depth, wrap, inner):
    for _ in range(depth):
        inner = wrap(inner)
    return inner


DEPTH = 100_000

# Never run, and dropped.
generator = chain(DEPTH, wrapped, numbers())
del generator
gc.collect()
print("dropped before it ran")

sys.setrecursionlimit(3 * DEPTH)

# Through all frames.
generator = chain(DEPTH, wrapped, numbers())
print(next(generator), generator.send("sent"))
try:
    next(generator)
except StopIteration as stop:
    print(stop.value)

# An exception.
generator = chain(DEPTH, wrapped, numbers())
next(generator)
try:
    generator.throw(ValueError("thrown"))
except ValueError as error:
    depth = 0
    traceback = error.__traceback__
    while traceback:
        depth, traceback = depth + 1, traceback.tb_next
    print(error, depth - DEPTH)
    del traceback


# Closed, and dropped, while suspended.
class Cleanup:
    def __del__(self):
        print("cleaned up")


def holding():
    cleanup = Cleanup()
    try:
        yield 1
    finally:
        print("finally")


generator = chain(DEPTH, wrapped, holding())
next(generator)
generator.close()
print("closed")
generator = chain(DEPTH, wrapped, holding())
next(generator)
del generator
gc.collect()
print("dropped")



class Switch:
    def __await__(self):
        return (yield "switched")


async def leaf():
    return await Switch()


coroutine = chain(DEPTH, awaited, leaf())
print(coroutine.send(None))
try:
    coroutine.send("back")
except StopIteration as stop:
    print(stop.value)
coroutine = chain(DEPTH, awaited, leaf())
coroutine.send(None)
coroutine.close()
print("closed")
