"""Type parameters (PEP 695, 696): classes, functions, aliases, bounds, constraints, defaults, variadics, scopes."""

from typing import Protocol


class Reads[R](Protocol):
    def read(self) -> R: ...


class Stack[T]:
    """A generic class whose methods see its parameter."""

    items: list[T]

    def __init__(self, *items: T) -> None:
        self.items = list(items)

    def push(self, item: T) -> "Stack[T]":
        self.items.append(item)
        return self

    def map[U](self, function: "Callable[[T], U]") -> "Stack[U]":
        return Stack[U](*(function(item) for item in self.items))

    class Inner[V]:
        pair: tuple[T, V]

    type Pairs = list[tuple[T, T]]


class Bounded[A: int, B: (str, bytes), *C, **D](Stack[A], Reads[B], metaclass=type(Protocol)):
    def method(self, a: A, b: B, *args: *C, **kwargs: D.kwargs) -> C: ...


class Defaults[T = int, U: str = T, **P = [int, str]]: ...


class DefaultTuple[*V = *tuple[int, str]]: ...


def first[T](items: list[T], default: T = None) -> T:
    """Defaults are evaluated outside of the scope of the parameters."""
    for item in items:
        return item
    return default


def several[A, B: int, *C, **D](a: A = 1, *args: *C, b: B = 2, **kwargs: D.kwargs) -> tuple[A, B]:
    def inner[E: A](e: E) -> B:
        return A, E

    return inner


def decorator(name):
    def mark(function):
        function.mark = name
        return function

    return mark


@decorator("marked")
async def coroutine[T](x: T) -> T: ...


@decorator("class")
class Marked[T](Stack[T]): ...


type Number = int | float
type Tree[T] = T | list[Tree[T]]
type Callback[**P, R = None] = tuple[P, R]
type Undefined = not_there
type Shape[*Ts] = tuple[int, *Ts]
type type = type


def scopes(outer):
    type Local[T: outer] = dict[T, outer]

    class Holder[T]:
        inner = "class scope"
        type Alias[U: inner] = tuple[T, U, inner, outer]

        def method[V: inner](self, x: V = inner) -> outer: ...

    return Local, Holder


def lazy[T: undefined_bound = undefined_default](): ...


T = "not hidden"
print(Stack[int](1, 2).push(3).map(str).items, Stack.__type_params__, Stack.Inner.__type_params__)
print(Stack.Pairs.__value__, Bounded.__type_params__, Bounded.__orig_bases__)
print([parameter.__bound__ for parameter in Bounded.__type_params__[:2]], Bounded.__type_params__[1].__constraints__)
print([p.__default__ for p in Defaults.__type_params__ + DefaultTuple.__type_params__], first([], "d"), first.__type_params__, several()(1))
print(coroutine.mark, Marked.mark, Marked.__parameters__, several.__annotations__)
print(Number.__value__, Tree.__value__, Callback.__type_params__, Shape[int, str], type.__value__, T)
Local, Holder = scopes(bytes)
alias = Holder.Alias
print(Local.__value__, Local.__type_params__[0].__bound__, alias.__value__, alias.__type_params__[0].__bound__)
print(Holder.method.__defaults__, Holder.method.__type_params__[0].__bound__, Holder.method.__annotations__["return"])
for attempt in lambda: Undefined.__value__, lambda: lazy.__type_params__[0].__bound__, lambda: lazy.__type_params__[0].__default__:
    try:
        attempt()
    except NameError as error:
        print(error)
