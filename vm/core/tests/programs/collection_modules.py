# itertools, _collections, _functools, _operator, _heapq, _bisect: results and messages.
import itertools
import _bisect
import _collections
import _functools
import _heapq
import _operator
from itertools import *

deque = _collections.deque
defaultdict = _collections.defaultdict
partial = _functools.partial
P = _functools.Placeholder


def show(what, *args):
    try:
        result = what(*args)
    except Exception as error:
        print(type(error).__name__, error)
    else:
        print(repr(result))


# itertools
print(list(islice(count(3), 4)), list(islice(count(1, 3), 3)), list(islice(count(2.5, 0.5), 3)), list(islice(count(2 ** 63 - 2), 3)))
print(count(3), count(1, 2), repeat("x"), repeat("x", 3), list(repeat(1, 3)), list(islice(cycle("abc"), 7)), list(cycle([])))
print(list(compress("abcdef", [1, 0, 1, 0, 1, 1])), list(dropwhile(lambda x: x < 3, [1, 3, 2])), list(takewhile(lambda x: x < 3, [1, 3, 2])))
print(list(filterfalse(None, [0, 1, "", 2])), list(filterfalse(lambda x: x % 2, range(6))))
print(list(islice(range(10), 3)), list(islice(range(10), 2, 5)), list(islice(range(10), 1, None, 3)), list(islice(range(10), 2, 9, 4)), list(islice("ab", None)))
source = iter(range(10))
print(list(islice(source, 2, 7, 3)), list(source))
print(list(chain("ab", [1])), list(chain.from_iterable(["ab", "c"])), list(starmap(pow, [(2, 3), (3, 2)])), list(zip_longest("ab", "c", fillvalue="-")))
print(list(pairwise("abcd")), list(pairwise("a")), list(batched("abcdefg", 3)), list(batched("ab", 2, strict=True)))
print(list(accumulate([1, 2, 3])), list(accumulate([1, 2, 3], lambda a, b: a * b)), list(accumulate([1, 2], initial=10)), list(accumulate([])))
print(list(product("ab", [1, 2])), list(product([0, 1], repeat=2)), list(product()), list(product([], [1])))
print(list(permutations("abc", 2)), list(permutations([1, 2, 3])), list(permutations([1], 2)), list(permutations([])))
print(list(combinations("abcd", 2)), list(combinations("ab", 3)), list(combinations("abc", 0)), list(combinations_with_replacement("abc", 2)))
print(list(combinations_with_replacement([], 0)), len(list(permutations(range(5), 3))), len(list(combinations(range(8), 4))), list(combinations(range(5), 3)))
print([(k, list(g)) for k, g in groupby("aabbbca")], [(k, list(g)) for k, g in groupby([1, 3, 2, 4, 5], lambda x: x % 2)])
groups = groupby("aab")
first = next(groups)
second = next(groups)
print(list(first[1]), list(second[1]))
a, b, c = tee(range(100), 3)
print(list(islice(a, 60))[-1], next(b), list(c)[-1], next(a), sum(b), tee([], 0), type(a).__name__)
d = a.__copy__()
print(next(d), next(a))
for what in (
    lambda: count("a"), lambda: repeat(), lambda: islice([], -1), lambda: islice([], 1, -2), lambda: islice([], 1, 2, 0),
    lambda: islice([]), lambda: chain(1).__next__(), lambda: zip_longest(x=1), lambda: batched([], 0),
    lambda: list(batched("abc", 2, strict=True)), lambda: product([1], repeat=-1), lambda: product([1], x=1),
    lambda: permutations([1], -1), lambda: permutations([1], "a"), lambda: combinations([1], -1), lambda: combinations([1]),
    lambda: tee([], -1), lambda: takewhile(1), lambda: starmap(pow, [1]).__next__(), lambda: cycle(1), lambda: accumulate(),
    lambda: groupby(), lambda: pairwise(1), lambda: repeat(1).__length_hint__(), lambda: repeat(1, 5).__length_hint__(),
    lambda: compress([1]), lambda: chain(a=1), lambda: batched("a"), lambda: cycle(), lambda: repeat(1, "a"),
):
    show(what)

# deque
q = deque([1, 2, 3], maxlen=4)
q.append(4)
q.append(5)
q.appendleft(0)
print(q, len(q), q[0], q[-1], q.maxlen, list(reversed(q)), 3 in q, q.count(3), q.index(4))
q.rotate(1)
print(q, q.pop(), q.popleft(), q)
q.extend([7, 8, 9])
q.extendleft("ab")
print(q, q.copy() == q, q == deque(q), q < deque("z"), q + deque([1]), q * 2)
q.remove(7) if 7 in q else None
q.reverse()
q.insert(1, "z") if len(q) < 4 else None
print(q, deque("abc") + deque("d"), deque([1]) * 3, deque(), deque(maxlen=0))
r = deque(range(6))
r.rotate(-2)
del r[1]
r[0] = "first"
r += [10]
r *= 1
print(r, iter(r).__length_hint__())
loop = deque()
loop.append(loop)
print(loop)
r.clear()
print(r, bool(r))
for what in (
    lambda: deque(1), lambda: deque([1], maxlen=-1), lambda: deque(maxlen="a"), lambda: deque().pop(), lambda: deque().popleft(),
    lambda: deque([1])[5], lambda: deque()["a"], lambda: deque().remove(1), lambda: deque([1]).index(5),
    lambda: deque([1], 1).insert(0, 2), lambda: deque([1]) + [1], lambda: deque().rotate("a"), lambda: deque(foo=1),
    lambda: hash(deque()), lambda: deque([1]).extend(1), lambda: deque() < 1, lambda: deque().__delitem__(0),
):
    show(what)


def growing():
    g = deque([1])
    for x in g:
        g.append(x)


show(growing)

# defaultdict
dd = defaultdict(list, {"a": [1]})
dd["b"].append(2)
print(dd, dd["c"], sorted(dd), dd.get("zz"), dd.default_factory is list, dd.copy() == dd, type(dd.copy()).__name__)
print(defaultdict(int) | {1: 2}, {3: 4} | defaultdict(int), defaultdict(None), defaultdict(int, a=1), defaultdict(int).__reduce__()[:4])


class DD(defaultdict):
    def __init__(self, *args):
        super().__init__(*args)
        self.extra = 1


mine = DD(int)
mine["x"] += 5
print(mine, mine.extra, mine.default_factory, isinstance(mine, dict))
for what in (lambda: defaultdict(1), lambda: defaultdict()[1], lambda: defaultdict(int, 1, 2)):
    show(what)

counts = {}
_collections._count_elements(counts, "abracadabra")
print(counts)
getter = _collections._tuplegetter(1, "doc of it")
print(getter, getter.__get__((5, 6), tuple), getter.__doc__)
show(lambda: getter.__get__([1], list))

# functools
print(_functools.reduce(lambda a, b: a + b, [1, 2, 3]), _functools.reduce(lambda a, b: a + b, [], 5), _functools.reduce(lambda a, b: a + b, [1, 2], initial=5))
p = partial(lambda *args, **kwargs: (args, kwargs), 1, a=2)
print(p(3, b=4), p.args, p.keywords, partial(p, 9).args, partial(int, base=2)("101"))
q = partial(lambda *args: args, P, 2, P, 4)
print(q(1, 3), q(1, 3, 5), partial(q, "x").args, P, type(P)() is P)
p.note = 5
print(p.note, partial(p, 1).args, p.__dict__)


class WithMethod:
    method = partial(lambda *args: len(args), 1)


print(WithMethod().method(2))
K = _functools.cmp_to_key(lambda x, y: (y > x) - (y < x))
print(sorted([3, 1, 2], key=K), K(3).obj, K(1) > K(2), K(1) == K(1))
calls = []


def square(x, **kw):
    calls.append(x)
    return x * x


def info(*args):
    return args


cached = _functools._lru_cache_wrapper(square, 2, False, info)
print([cached(x) for x in (1, 2, 1, 3, 2, 1)], calls, cached.cache_info())
cached.cache_clear()
print(cached(3, a=1), cached(3, a=1), cached(3, b=1), cached.cache_info())
forever = _functools._lru_cache_wrapper(square, None, True, info)
print(forever(2), forever(2.0), forever(2), forever.cache_info())
for what in (
    lambda: partial(), lambda: partial(1), lambda: partial(print, P), lambda: q(), lambda: p.__setstate__(1),
    lambda: _functools.reduce(lambda a, b: a, []), lambda: _functools.reduce(1, 1), lambda: K(1) < 1, lambda: type(P)(1),
    lambda: _functools._lru_cache_wrapper(1, 1, 1, 1), lambda: _functools._lru_cache_wrapper(int, "a", 1, 1), lambda: cached([]),
    lambda: _functools.cmp_to_key(),
):
    show(what)

# operator
print(_operator.add(1, 2), _operator.concat("a", "b"), _operator.contains([1], 1), _operator.countOf([1, 1, 2], 1), _operator.indexOf("abc", "c"))
print(_operator.is_none(None), _operator.not_(1), _operator.truth([]), _operator.neg(2), _operator.index(True), _operator.length_hint(iter([1, 2])), _operator.length_hint(1, 7))
box = [1, 2]
_operator.setitem(box, 0, 5)
_operator.delitem(box, 1)
print(box, _operator.iadd(box, [6]) is box, box, _operator.call(max, 1, 2), _operator.lt(1, 2), _operator.pow(2, 5), _operator.matmul.__name__)
print(_operator.itemgetter(1)("ab"), _operator.itemgetter(0, 1)("ab"), _operator.attrgetter("real")(5), _operator.attrgetter("real", "imag")(5))
print(_operator.methodcaller("upper")("a"), _operator.methodcaller("split", ",", maxsplit=1)("a,b,c"), _operator.attrgetter("__class__.__name__")(1))
print(_operator.itemgetter(1, "k"), _operator.attrgetter("a.b", "c"), _operator.methodcaller("m", 1, k=2), _operator._compare_digest("ab", "ab"), _operator._compare_digest(b"a", b"b"))
for what in (
    lambda: _operator.itemgetter(), lambda: _operator.itemgetter(1, a=2), lambda: _operator.attrgetter(1), lambda: _operator.attrgetter("x")(1),
    lambda: _operator.methodcaller(), lambda: _operator.methodcaller(1), lambda: _operator.concat(1, 2), lambda: _operator.indexOf([1], 2),
    lambda: _operator.indexOf(1, 2), lambda: _operator.countOf(1, 2), lambda: _operator.call(), lambda: _operator.length_hint(1, "a"),
    lambda: _operator.add(1), lambda: _operator.add(1, "a"), lambda: _operator.iconcat(1, 2), lambda: _operator.itemgetter(1)(),
):
    show(what)

# heapq, bisect
heap = [(i * 7919) % 101 for i in range(30)]
copy = heap[:]
_heapq.heapify(heap)
_heapq.heappush(heap, -1)
print(_heapq.heappop(heap), _heapq.heapreplace(heap, 50), _heapq.heappushpop(heap, 0), [_heapq.heappop(heap) for _ in range(len(heap))])
_heapq.heapify_max(copy)
_heapq.heappush_max(copy, 1000)
print([_heapq.heappop_max(copy) for _ in range(5)], _heapq.heapreplace_max(copy, 3), _heapq.heappushpop_max(copy, 999))
show(lambda: _heapq.heappop([]))
show(lambda: _heapq.heappush(1, 2))
show(lambda: _heapq.heapreplace([], 1))
show(lambda: _heapq.heappush([1], "a"))
row = [1, 2, 2, 3]
print(_bisect.bisect_left(row, 2), _bisect.bisect_right(row, 2), _bisect.bisect_left(row, 2, 2), _bisect.bisect_right(row, 9, 0, 2), _bisect.bisect_left([3, 2, 1], -2, key=lambda x: -x))
_bisect.insort_right(row, 2.5)
_bisect.insort_left(row, 0, key=lambda x: x)
print(row)
show(lambda: _bisect.bisect_left(row, 2, -1))
show(lambda: _bisect.bisect_left(row))
show(lambda: _bisect.bisect_left(1, 2))
