# tuple, list, dict, set, range, slice, their iterators: results and messages.


def show(what, *args):
    try:
        result = what(*args)
    except Exception as error:
        print(type(error).__name__, error)
    else:
        print(repr(result))


# list
a = [5, 3, 1, 4]
a.append(2)
a.extend((9, 8))
a += range(2)
a.insert(0, 7)
a.insert(-100, "x")
a.insert(100, "y")
print(a, len(a), a[1:4], a[::-2], a[-1], a.count(1), a.index(3))
print(a.pop(), a.pop(0), a)
a.remove(9)
a.reverse()
print(a, sorted(a), sorted(a, reverse=True), a == a.copy(), a < [1], [1, 2] < [1, 2, 3], [1, 2] >= [1, 3])
a[1:3] = "abc"
print(a)
del a[::2]
print(a, a * 2, 2 * a, a + [0])
a[::2] = [0] * len(a[::2])
print(a)
del a[1:2], a[-1]
print(a, 0 in a, "q" in a)
a *= 3
print(a)
a.clear()
print(a, list("abc"), list(), list((1, 2)))
nested = [1]
nested.append(nested)
print(nested)
for what in (
    lambda: [].pop(), lambda: [1].pop(5), lambda: [1].pop("a"), lambda: [].index(1), lambda: [].remove(2),
    lambda: [1] + (1,), lambda: (1,) + [1], lambda: [1] * "a", lambda: [][:"a"], lambda: [1].__getitem__(1.5),
    lambda: [].extend(1), lambda: list(1), lambda: list(1, 2), lambda: list(x=1), lambda: [].append(),
    lambda: [].sort(1), lambda: [].sort(foo=1), lambda: [3, "a"].sort(), lambda: [][0], lambda: [].insert(1),
    lambda: [1] * 10 ** 20, lambda: [][10 ** 30], lambda: hash([]), lambda: [].__setitem__(slice(None), 3),
    lambda: [1, 2, 3].__setitem__(slice(None, None, 2), [1]), lambda: [].__delitem__(0), lambda: [].__setitem__(0, 1),
):
    show(what)

# sorting
words = "the quick brown fox jumps over the lazy dog".split()
print(sorted(words), sorted(words, key=len), sorted(words, key=len, reverse=True))
print(sorted([3.5, 1.0, 2, True, -7]), sorted([(2, "b"), (1, "z"), (2, "a")]))
numbers = [(i * 7919) % 1009 for i in range(1000)]
print(sorted(numbers) == list(range(1009))[:0] + sorted(set(numbers)), sorted(numbers, key=lambda n: -n)[:5])
pairs = [(i * 7 % 10, i) for i in range(100)]
print(sorted(pairs, key=lambda p: p[0]) == sorted(pairs), sorted(pairs, key=lambda p: p[0], reverse=True)[:12])


class Key:
    def __init__(self, n):
        self.n = n

    def __lt__(self, other):
        return self.n < other.n

    def __repr__(self):
        return f"K{self.n}"


print(sorted(map(Key, [3, 1, 2, 5, 4])))
victim = [3, 2, 1]


def spoil(n):
    victim.append(n)
    return n


show(lambda: victim.sort(key=spoil))
print(victim)

# tuple
t = (1, 2, 3)
print(t, (), (1,), t + (4,), t * 2, t[1:], t[::-1], hash(()), hash(t), hash((1, "a")) == hash((1, "a")), t.index(2), t.count(9))
print(tuple("ab"), tuple([1]), tuple(t) is t, t < (1, 3), (1,) == (1.0,), 2 in t, t[:] is t)
for what in (lambda: t[5], lambda: t["a"], lambda: t.index(9), lambda: tuple(1), lambda: hash(([],))):
    show(what)


class T(tuple):
    def __new__(cls, *items):
        return super().__new__(cls, items)


print(T(1, 2), T() == (), type(T(1)[:]), isinstance(T(), tuple))

# dict
d = {"a": 1, "b": 2}
d["c"] = 3
d.update({"d": 4}, e=5)
d.update([("f", 6)])
print(d, len(d), d["a"], d.get("z"), d.get("z", 0), "a" in d, "z" in d)
print(d.pop("a"), d.pop("zz", None), d.popitem(), d.setdefault("g", 7), d.setdefault("b", 8))
print(list(d), list(d.values()), list(d.items()), list(reversed(d)), list(reversed(d.items())), d.copy() == d)
print(d | {"b": 0}, {1: 2} | {3: 4}, dict(a=1, b=2), dict([(1, 2)], c=3), dict.fromkeys("ab"), dict.fromkeys([1], 2))
d |= [("h", 9)]
del d["b"]
print(d, d.keys() & {"c", "q"}, sorted(d.keys() | {"q"}), d.keys() - {"c"} == set(d) - {"c"}, {1: 2}.items() ^ {(1, 2), (3, 4)})
print({1: 2, 3: 4} == {3: 4, 1: 2}, {1: 2} != {1: 3}, {1: 2}.keys() == {1}, {1: 2}.keys() < {1, 2}, {1: 2}.items() >= {(1, 2)})
print({1: 2}.keys(), {1: 2}.values(), {1: 2}.items(), (1, 2) in {1: 2}.items(), {1: 2}.keys().isdisjoint([3]), {1: 2}.keys().mapping)
loop = {}
loop["me"] = loop
print(loop, loop.values())
print({1: "int", 1.0: "float", True: "bool"}, {(1, 2): 3}[1, 2])


class Missing(dict):
    def __missing__(self, key):
        return key * 2


print(Missing()[21], Missing(a=1)["a"], Missing().get(1), repr(Missing(x=1)))
for what in (
    lambda: {}["a"], lambda: {}.pop("a"), lambda: {}.popitem(), lambda: dict(1), lambda: dict([1]),
    lambda: dict([(1, 2, 3)]), lambda: dict(1, 2), lambda: {}.update(1), lambda: {} | 1, lambda: {}.fromkeys(1),
    lambda: {}.get(), lambda: {}.setdefault([]), lambda: {[]: 1}, lambda: {}[{}], lambda: [1] in {}, lambda: {} < {},
    lambda: dict(**{1: 2}), lambda: hash({}), lambda: {}.keys() < 1, lambda: {}.get([]), lambda: {}.keys()[0],
    lambda: {}.__delitem__(3), lambda: {}.pop(), lambda: {}.fromkeys(), lambda: {}.keys() & 1,
):
    show(what)


def growing(view):
    for _ in view:
        victim_dict[len(victim_dict) + 100] = 0


for name in ("keys", "values", "items"):
    victim_dict = {1: 2}
    show(growing, getattr(victim_dict, name)())
victim_dict = {1: 2, 2: 3}
show(growing, reversed(victim_dict))
it = iter({1: 2, 3: 4})
print(it.__length_hint__(), next(it), it.__length_hint__(), it.__reduce__()[1], type(it).__name__)

big = {}
for i in range(2000):
    big[i * 31] = i
for i in range(0, 2000, 2):
    del big[i * 31]
print(len(big), list(big)[:3], sum(big.values()), 31 in big, 62 in big)


class Same:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return 1

    def __eq__(self, other):
        return self.n == other.n


crowd = {Same(i): i for i in range(20)}
print(crowd[Same(13)], len({Same(1), Same(1), Same(2)}), Same(99) in crowd)

# set
s = {1, 2, 3}
s.add(2)
s.add(4)
s.discard(9)
s.remove(1)
s.update([5], {6})
print(sorted(s), len(s), 2 in s, s == {2, 3, 4, 5, 6}, s > {2}, s <= {2}, {1} < {1, 2}, {1} != {2})
print(sorted(s | {9}), sorted(s & {2, 3, 99}), sorted(s - {2}), sorted(s ^ {2, 77}), {1}.union([2], (3,)) == {1, 2, 3})
print({1, 2}.intersection([2], {2, 3}), {1, 2}.difference([2]), sorted({1, 2}.symmetric_difference([2, 3, 3])), {1}.isdisjoint([2]))
print({1}.issubset([1, 2]), {1, 2}.issuperset([1]), set(), frozenset(), frozenset([1]), {frozenset([1])}, {1}.copy())
s &= {2, 3}
s |= {8}
s -= {2}
s ^= {8, 9}
print(sorted(s), hash(frozenset([1, 2, 3])), hash(frozenset()), frozenset([1]) == {1}, {1} in {frozenset([1])}, set("aab") == {"a", "b"})
s.intersection_update([3], [3, 4])
s.difference_update([4])
s.symmetric_difference_update([10])
print(sorted(s), type(frozenset([1]) | {2}).__name__, type({1} | frozenset([2])).__name__, frozenset(f := frozenset([1])) is f)


class S(set):
    pass


print(S([1]), S(), type(S([1]) | S([2])).__name__, type(S([1]).copy()).__name__)
popped = {1, 2, 3}
print(len({popped.pop(), popped.pop(), popped.pop()}), popped)
for what in (
    lambda: set().pop(), lambda: set().remove(1), lambda: set().add([]), lambda: set(1, 2), lambda: set(x=1),
    lambda: frozenset(x=1), lambda: set() | 1, lambda: set() | [], lambda: set().union(1), lambda: set() < 1,
    lambda: [1] in set(), lambda: {1}.discard([1]), lambda: hash(set()), lambda: {[]}, lambda: {1}.intersection([[]]),
    lambda: {1}.update(a=1), lambda: set().add(),
):
    show(what)


def growing_set():
    s = {1}
    for x in s:
        s.add(x + 1)


show(growing_set)

# range
print(range(5), range(1, 5), range(1, 10, 3), list(range(10, 0, -3)), len(range(0, 10, 3)), range(10)[3], range(10)[-1], range(10)[2:8:2])
print(3 in range(5), 5 in range(5), 2.0 in range(3), range(0) == range(2, 1), range(0, 3, 2) == range(0, 4, 2), hash(range(3)) == hash(range(0, 3, 1)))
print(range(10 ** 20, 10 ** 20 + 3)[1], list(range(10 ** 20, 10 ** 20 + 3)), 10 ** 20 in range(10 ** 21), range(5).index(3), range(5).count(3))
print(list(reversed(range(0, 10, 3))), range(5).start, range(5).stop, range(5).step, bool(range(0)), list(range(2 ** 61 - 2, 2 ** 61 + 2)))
print(iter(range(3)).__length_hint__(), iter(range(3)).__reduce__()[1], type(iter(range(2 ** 70))).__name__, list(range(-(2 ** 63), -(2 ** 63) + 2)))
for what in (
    lambda: range(1.0), lambda: range(), lambda: range(1, 2, 3, 4), lambda: range(1, 2, 0), lambda: range(3)[5],
    lambda: range(3)["a"], lambda: range(3).index(7), lambda: range(3).index("a"), lambda: len(range(10 ** 30)),
    lambda: range(3) < range(4),
):
    show(what)

# slice
print(slice(1), slice(1, 2), slice(1, 2, 3), slice(1, 2) == slice(1, 2), slice(1) < slice(2), hash(slice(1, 2, 3)), slice(None, -1).indices(5), slice(None, None, -1).indices(10 ** 30))
for what in (lambda: slice(), lambda: slice(1, 2).indices(-1), lambda: slice("a").indices(3), lambda: slice(0, 1, 0).indices(2)):
    show(what)

# enumerate, zip, map, filter, reversed, iter
print(list(enumerate("ab")), list(enumerate("ab", 5)), list(enumerate(iterable="a", start=10 ** 20)))
print(list(zip([1, 2], "ab", (True,))), list(zip()), list(zip([1], strict=True)), list(map(lambda x, y: x + y, [1, 2], [3, 4])))
print(list(map(str, [1, 2])), list(filter(None, [0, 1, "", "a"])), list(filter(lambda x: x > 1, [1, 2, 3])), list(reversed([1, 2])), list(reversed("ab")))
for what in (
    lambda: enumerate(), lambda: enumerate(1), lambda: enumerate([], 1, 2), lambda: enumerate([], foo=3), lambda: zip(1),
    lambda: zip(foo=1), lambda: list(zip([1], [], strict=True)), lambda: list(zip([1], [1], [1, 2], strict=True)),
    lambda: list(zip([1, 2], [1, 2], [1], strict=True)), lambda: map(), lambda: map(1, 1), lambda: map(len, [], foo=1),
    lambda: list(map(lambda *a: a, [1], [], strict=True)), lambda: filter(), lambda: filter(1, 1), lambda: reversed(1),
    lambda: reversed({1}), lambda: iter(1, 2), lambda: iter(1), lambda: next(iter([])), lambda: reversed([], 1),
):
    show(what)
steps = iter([1, 2, 3, 4])
print(list(iter(lambda: next(steps), 3)), list(steps))
it = iter([1, 2, 3])
next(it)
print(it.__length_hint__(), it.__reduce__()[1:], it.__setstate__(0), list(it), it.__reduce__()[1])
it = reversed([1, 2, 3])
next(it)
print(it.__length_hint__(), it.__reduce__()[1:], list(it), type(it).__name__)


class Counted:
    def __len__(self):
        return 3

    def __getitem__(self, i):
        if i < 3:
            return i * i
        raise IndexError


print(list(reversed(Counted())), list(Counted()), 4 in Counted())
print(list[int], dict[str, int], set[int], tuple[int, ...])
