"""Annotations that are kept as text, by the import from __future__ (PEP 563)."""

from __future__ import annotations, division

from functools import wraps

module_level: int = 1
undefined: Nowhere.to.be[found]
(parenthesised): "already a string" = None
odd: lambda x, *y, z=1: x if y else z
display: {1: [2, *three], **four} | {5, 6}
expression: -1 + (2 * 3) ** 4 @ x[1:2, ::3] < y is not z or not w and u
text: f"{name!r:>{width}}" "joined" if False else ...
comprehension: [i for j in k if l for m, (*n,) in o]

if module_level:
    conditional: set[int]
else:
    not_reached: frozenset


class Node:
    value: int
    next: Node | None = None
    __private: Private[T]

    def __init__(self, value: int, next: Node = None, *rest: *Others, key: 'quoted' = 1, **more: (a, b)) -> None:
        self.value: int = value
        self.next: undefined_but_not_evaluated = next
        local: never = 1

    def walk(self) -> Iterator[int]:
        node: Node | None = self
        while node:
            yield node.value
            node = node.next

    async def later(self: Self, timeout: float | None = 1e3) -> "Awaitable[int]": ...


def logged(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        calls.append(function.__name__)
        return function(*args, **kwargs)

    return wrapper


calls: list[str] = []


@logged
def scale(values: list[float], by: float = 1_0.0) -> list[float]:
    total: float = 0.0
    for value in values:
        total += value
    return [value * by / total for value in values]


def nested(kind):
    def inner(x: kind) -> kind.attribute: ...

    class Local:
        field: kind

    return inner.__annotations__ | Local.__annotations__


def generic[T: int](x: T, y: list[T]) -> T:
    return x


for name, annotation in __annotations__.items():
    print(f"{name}: {annotation!r}")
print(Node.__annotations__)
for name, annotation in Node.__init__.__annotations__.items():
    print(f"{name}: {annotation!r}", end="; ")
print()
print(list(Node(1, Node(2, Node(3))).walk()), Node.later.__annotations__, nested(int), generic.__annotations__)
print(scale([1, 3]), calls, scale.__annotations__["return"], scale.__wrapped__.__annotations__["by"])
