"""Annotations of modules, classes and functions: evaluated lazily, under conditions, with names that don't exist."""

import annotationlib
import sys
from annotationlib import Format

module_level: int = 1
only_declared: "a string"
not_there_yet: Later
(parenthesised): float = 2.0
computed: list[1 + 1] = []

if module_level > 0:
    in_the_branch_taken: bytes = b""
else:
    in_the_other_branch: bytearray

for step in range(2):
    in_a_loop: step = step
else:
    after_the_loop: complex

try:
    raise ValueError
except ValueError as problem:
    in_a_handler: type(None) = None
after_the_handler: "final"


class Later:
    """Annotated attributes, some of them conditionally."""

    x: int
    y: Unknown = 5
    own: Later | None = None
    __private: str = "mangled"
    kind = "class variable"
    uses_class_scope: kind
    if y == 5:
        taken: "yes"
    else:
        not_taken: "no"
    with_value: (lambda: 1)() = 3

    def method(self: Later, other: kind = None, *args: kind.upper(), __hidden: int = 0) -> list[Later]:
        local: never_evaluated = other
        self.attribute: also_never_evaluated = local
        self.declared_only: 1 / 0
        args[0:0]: undefined_too
        return [self, local]

    class Inner:
        deep: Later.Inner


def function(a: int, /, b: "text" = 1, *args: float, c: bytes = b"", **kwargs: dict[str, int]) -> None | str:
    """Annotations of its locals are not kept, and those of plain names not even evaluated."""
    plain: 1 / 0
    value: str = "v"
    (name): int = 5
    return value


def partly(a, b: int, c, *, d: list = None): ...


def starred(*args: *tuple[int, ...]) -> [3][0]: ...


def factory(kind):
    captured: kind

    def inner(x: kind, y: list[kind] = ()) -> [kind for _ in range(2)]: ...

    class Local:
        field: kind
        other: [each for each in (kind, factory)]

    return inner, Local


async def coroutine(x: int) -> str: ...


def names(annotated):
    return {k: getattr(v, "__name__", v) for k, v in annotationlib.get_annotations(annotated).items()}


module = sys.modules[__name__].__annotations__
print(list(__annotate__(1)), len(module), module["not_there_yet"] is Later)
print(sorted(__conditional_annotations__), module["in_a_loop"])
try:
    Later.__annotations__
except NameError as error:
    print(error)
Unknown = "known by now"
print(Later.__annotations__["y"], list(Later.__annotations__), Later.__annotations__["uses_class_scope"])
print(annotationlib.get_annotations(Later.method, format=Format.STRING))
print(annotationlib.get_annotations(function, format=Format.STRING))
print(names(function)["args"], list(names(partly)), names(coroutine), function(1))
inner, Local = factory(int)
print(inner.__annotations__, list(Local.__annotations__), names(Later.Inner))
print(len(Later().method("o")))
print(starred.__annotations__["return"], starred.__annotations__["args"])
