"""Lambdas: parameters of all kinds, defaults, closures, conditionals, recursion, yields, in odd places."""

from functools import reduce

identity = lambda x: x
constant = lambda: 42
everything = lambda a, /, b=2, *c, d=4, **e: (a, b, c, d, e)
choose = lambda flag: "yes" if flag else "no"
curried = lambda a: lambda b: lambda c: (a, b, c)
ignore = lambda *_, **__: ...
logic = lambda a, b: a and b or not (a or b)
chain = lambda a, b, c: a < b <= c != a
pair = lambda: (yield) or (yield)
delegate = lambda source: (yield from source)
walrus = lambda n: (square := n * n) + square
returns_lambda = lambda: lambda: None

dispatch = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "neg": lambda a, _: -a,
    "pow": (lambda a, b: a**b),
}


class Holder:
    offset = 10
    shifted = lambda self, n=offset: n + self.offset
    table = [(lambda n: lambda: n * 2)(n) for n in range(3)]
    own = property(lambda self: __class__.__name__)


def compose(*functions):
    return reduce(lambda f, g: lambda x: g(f(x)), functions, lambda x: x)


def fixpoint(function):
    """The recursion of a function that has no name."""
    return (lambda x: x(x))(lambda x: function(lambda *args: x(x)(*args)))


def defaults():
    functions = [lambda x, n=n: x * n for n in range(3)]
    late = [lambda: n for n in range(3)]
    return [f(10) for f in functions], [f() for f in late]


def as_key(words):
    words.sort(key=lambda word: (len(word), word))
    return words, list(filter(lambda w: w[0] in "ab", words)), [*map(lambda a, b: a + b, "xy", "zw")]


def conditional_calls(flag):
    return (lambda: 1 if flag else 2)(), ((lambda: 1) if flag else (lambda: 2))()


def nonlocal_through_list():
    hits = []
    hit = lambda name: (hits.append(name), len(hits))[1]
    return hit("a"), hit("b"), hits


def in_strings(value):
    return f"{(lambda x: x * 2)(value)} {value!r:>{(lambda: 5)()}}"


print(identity(1), constant(), everything(1), everything(1, 3, 5, d=0, z=9), choose([]), curried(1)(2)(3))
print(ignore(1, a=2), logic(0, 0), logic(1, ""), chain(1, 2, 2), walrus(3), returns_lambda()())
generator = pair()
next(generator)
generator.send(None)
try:
    generator.send("sent")
except StopIteration as stop:
    print(stop.value, list(delegate("ab")))
print({name: function(2, 5) for name, function in dispatch.items()})
holder = Holder()
print(holder.shifted(), holder.shifted(1), [f() for f in Holder.table], holder.own)
print(compose(lambda x: x + 1, lambda x: x * 2, str)(4))
print(fixpoint(lambda self: lambda n: 1 if n < 2 else n * self(n - 1))(6))
print(defaults(), as_key(["bb", "a", "ccc", "b"]), conditional_calls(True), conditional_calls(None))
print(nonlocal_through_list(), in_strings("v"), identity.__name__, identity.__qualname__)
