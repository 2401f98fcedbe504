# One site, many types: attributes, methods, calls with unpacked arguments.
class Base:
    kind = "base"

    def __init__(self, n):
        self.n = n

    def get(self):
        return self.n

    def name(self, *args, **kwargs):
        return type(self).__name__, args, kwargs


def family(count):
    made = []
    for i in range(count):
        body = {"extra": i} if i % 3 else {"__slots__": ("slot",)}
        made.append(type(f"Kind{i}", (Base,), body))
    return made


kinds = family(6)
objects = [kind(i) for i, kind in enumerate(kinds)]
total = 0
for turn in range(200):
    for x in objects:
        total += x.n + x.get() + len(x.kind)
        x.n = x.n + 1
        x.late = turn
print(total, [x.n for x in objects], [x.late for x in objects])

# A class changes under a site that knows it, an instance hides a method.
kinds[1].kind = "changed"
objects[2].get = lambda: -1
kinds[4].n = property(lambda self: 7)
seen = []
for turn in range(70):
    seen = [(x.kind, x.get(), x.n) for x in objects]
print(seen)
vars(objects[3])["n"] = "from the dictionary"
del objects[5].n
for x in objects:
    try:
        print(x.n, x.get())
    except AttributeError as error:
        print(error)


class Meta(type):
    def __instancecheck__(cls, x):
        return x == "yes"


class Odd(metaclass=Meta):
    pass


class Claims:
    __class__ = int


def check(x, of):
    return isinstance(x, of)


for x, of in [(1, int), (True, int), ("yes", Odd), (Odd(), Odd), (Claims(), int), (1.0, int), (1, (str, int))] * 5:
    last = check(x, of)
    if x == 1.0 or not isinstance(x, int):
        print(check(x, of), end=" ")
print()


def f(a, b=2, *args, c=3, **kwargs):
    return a, b, args, c, kwargs


def gen(*args):
    yield from args


for turn in range(30):
    results = [
        f(*(1,)),
        f(*[1, 2, 3], **{"c": 4, "d": 5}),
        objects[0].name(*range(3), **{"k": turn}),
        list(gen(*"ab")),
        tuple(x for x in gen(*(1, 2))),
        set([1, 1]),
        dict(a=1),
        str(12),
        list(zip("ab", (1, 2), [3, 4])),
        list(zip("ab", (1, 2))),
        list(zip("ab")),
    ]
print(results)
for bad in (lambda: f(*[]), lambda: f(*1), lambda: f(1, **{1: 2}), lambda: f(*(1,), **{"a": 1}), lambda: objects[0].get(*(1, 2))):
    try:
        bad()
    except TypeError as error:
        print(error)


def deep(n, *args):
    return 0 if n == 0 else 1 + deep(*(n - 1,), *args)


print(deep(800, 1, 2))
items = [3, 1, 2, 0]
for k in range(1, 4):
    items[: k + 1] = items[k::-1]
    items[1:1] = (k,)
print(items, items[::2], items[-1:0:-2], items[5:1])
