"""Deep chains of calls."""
import sys
from measure import measure

sys.setrecursionlimit(20_000)


def down(n):
    if n:
        return down(n - 1)
    return 0


def down_with_arguments(n, a, *, b=1):
    if n:
        return down_with_arguments(n - 1, a + b, b=b)
    return a


class Node:
    def __init__(self, below):
        self.below = below

    def depth(self):
        return 1 + self.below.depth() if self.below else 0


def chain_of_900(times):
    for _ in range(times // 900):
        down(900)


def chain_of_10_000(times):
    for _ in range(times // 10_000):
        down(10_000)


def chain_with_keywords(times):
    for _ in range(times // 900):
        down_with_arguments(900, 0)


def chain_of_methods(times):
    node = None
    for _ in range(900):
        node = Node(node)
    for _ in range(times // 900):
        node.depth()


def chain_through_native(times):
    def through(n):
        return n and max(map(through, (n - 1,)))

    for _ in range(times // 1000):
        through(100)


def unwound(times):
    def fail(n):
        if n:
            fail(n - 1)
        raise ValueError

    for _ in range(times // 1000):
        try:
            fail(100)
        except ValueError:
            pass


measure(
    500_000,
    chain_of_900,
    chain_of_10_000,
    chain_with_keywords,
    chain_of_methods,
    chain_through_native,
    unwound,
)
