"""more-itertools and toolz: pieces of iterables, and functions of functions."""

import functools
import operator

import more_itertools as mi
import toolz
from toolz import curried

words = "the quick brown fox jumps over the lazy dog".split()
print(list(mi.chunked(words, 4)), list(mi.sliding_window(words, 3))[:2])
print(list(mi.windowed(range(5), 2, step=2, fillvalue="-")), mi.nth_or_last(words, 99))
peekable = mi.peekable(words)
print(peekable.peek(), next(peekable), peekable[1:3], bool(peekable))
peekable.prepend("first", "second")
print(list(peekable)[:3])
print(list(mi.split_when("aAbBB", lambda a, b: a.islower() and b.isupper())), list(mi.split_at(words, lambda w: w == "over")))
print(dict(mi.map_reduce(words, len, str.upper, sorted)))
print(list(mi.collapse([1, [2, (3, "four")], [[5]]])), mi.first_true(range(9), pred=lambda n: n > 4))
evens, odds = mi.partition(lambda n: n % 2, range(8))
print(list(evens), list(odds))
bucket = mi.bucket(words, key=len)
print(sorted(bucket), list(bucket[3]))
print([list(map(str, group)) for group in mi.consecutive_groups([1, 2, 3, 7, 8, 11])])
print(mi.one([7]), mi.all_equal("aaa"), mi.ilen(x for x in words if "o" in x), list(mi.interleave_longest([1, 2], [3], [4, 5, 6])))
print(list(mi.distinct_permutations([1, 1, 2])), list(mi.powerset("abc"))[:5], list(mi.set_partitions("abc", 2)))
print(mi.minmax([3, 1, 2], key=lambda n: -n), list(mi.run_length.encode("aaabbc")), "".join(mi.run_length.decode([("x", 3)])))
seekable = mi.seekable(iter(range(6)))
print(next(seekable), next(seekable), seekable.seek(0) or next(seekable), list(seekable.elements()))
print(list(mi.sieve(30)), list(mi.factor(360)), mi.spy(iter("hello"), 2)[0], list(mi.stagger(range(3))))
for make in [lambda: mi.one([]), lambda: mi.one("ab"), lambda: mi.strictly_n("abc", 2), lambda: mi.exactly_n([1], 1, None)]:
    try:
        result = make()
        print(list(result) if not isinstance(result, bool) else result)
    except (ValueError, TypeError) as error:
        print(type(error).__name__, error)
table = mi.numeric_range(1.0, 3.0, 0.5)
print(list(table), table[-1], len(table), 2.5 in table, list(mi.difference([1, 3, 6, 10])))

print(toolz.pipe(words, curried.filter(lambda w: len(w) > 3), curried.map(str.title), sorted, tuple))
print(toolz.groupby(len, words), toolz.countby(len, words), toolz.frequencies("banana"))
print(toolz.reduceby(len, lambda total, word: total + word[0], words, ""))
print(toolz.merge_with(sum, {"a": 1, "b": 2}, {"a": 10}), toolz.valmap(str, {1: 2}), toolz.keyfilter(str.isupper, {"A": 1, "b": 2}))
print(toolz.update_in({"a": {"b": 1}}, ["a", "b"], lambda n: n + 1), toolz.get_in(["x", "y"], {"x": {}}, "none"))
print(toolz.assoc_in({}, ["p", "q"], 1), toolz.dissoc({"a": 1, "b": 2}, "a"))


@toolz.curry
def volume(length, width, height=1, *, unit="m"):
    """The volume."""
    return f"{length * width * height}{unit}3"


print(volume(2)(3), volume(2, height=4)(5, unit="cm"), volume(2)(3, height=3), volume.__doc__, callable(volume(2)))
add3 = toolz.compose(operator.neg, functools.partial(operator.add, 3))
print(add3(4), toolz.juxt(min, max, sum)([3, 1, 2]), toolz.complement(bool)(0), toolz.thread_first(1, (operator.sub, 5)), toolz.thread_last(1, (operator.sub, 5)))
print(toolz.compose_left(str.upper, len)("abc"), toolz.compose(str, len).__name__, toolz.excepts(ZeroDivisionError, lambda n: 1 / n, lambda error: str(error))(0))
calls = []
memo = toolz.memoize(lambda n: calls.append(n) or n * n)
print([memo(n) for n in (2, 2, 3)], calls, list(toolz.take(5, toolz.iterate(lambda n: n * 2, 1))))
print(list(toolz.join(len, ["a", "bb"], abs, [1, 2, -2])), list(toolz.mapcat(str, [12, 3])), list(toolz.interpose("-", "abc")))
print(list(toolz.partition_all(2, range(5))), list(toolz.accumulate(operator.mul, [1, 2, 3, 4])), toolz.topk(2, words, key=len), list(toolz.unique(words, key=len)))
print(toolz.do(calls.append, "done"), calls[-1], curried.get([0, 2])(words), toolz.first(toolz.diff([1, 2], [1, 3])), list(toolz.random_sample(0.5, range(20), random_state=3)))
