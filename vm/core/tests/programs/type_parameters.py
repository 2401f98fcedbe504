# Type parameters: made by syntax and by calls, evaluated when asked for; aliases; generic classes.
import typing
from typing import Generic, ParamSpec, TypeAliasType, TypeVar, TypeVarTuple


def t(f):
    try: print(repr(f()))
    except BaseException as e: print(type(e).__name__, e)


def function[T: int, *Ts, **P, U = str](x: T, *a: *Ts) -> U: ...
T, Ts, P, U = function.__type_params__
print(function.__type_params__, [type(p).__name__ for p in function.__type_params__])
print(T.__bound__, T.__constraints__, T.__infer_variance__, T.has_default(), T.__default__, T.__module__)
print(U.__default__, U.has_default(), P.args, P.kwargs, P.args.__origin__ is P, P.args == P.args, list(Ts))
print(function.__annotations__, function.__annotate__.__qualname__)

# What is evaluated late fails late, and again each time until it works.
def late[T: missing, C: (also_missing, int), D = not_there](): ...
T, C, D = late.__type_params__
t(lambda: T.__bound__); t(lambda: C.__constraints__); t(lambda: D.__default__); print(D.has_default())
missing, also_missing, not_there = int, str, float
t(lambda: T.__bound__); t(lambda: C.__constraints__); t(lambda: D.__default__)
missing = None
t(lambda: T.__bound__); t(lambda: T.evaluate_bound(1)); t(lambda: C.evaluate_constraints(1))

class Box[T]:
    def get(self) -> T: ...
    class Inner[U]:
        both: tuple[T, U]
print(Box.__type_params__, Box.__parameters__, Box.__orig_bases__, Box.__mro__)
print(Box[int], Box[int].__args__, Box.get.__annotations__, Box.Inner.__annotations__)
t(lambda: Box[int, str])

type Pair[A, B = A] = tuple[A, B]
type Recursive = list[Recursive]
print(Pair, Pair.__value__, Pair.__type_params__, Pair.__parameters__, Pair[int, str], Pair.__module__, Recursive.__value__)
t(lambda: Recursive[int]); t(lambda: Pair | int); t(lambda: setattr(Pair, "__module__", 1)); t(lambda: Pair.evaluate_value(1))
print(*Pair)

V = TypeVar("V", bound="int", default=3, covariant=True)
print(V, V.__bound__, V.__default__, V.__covariant__, V.__module__, V.evaluate_default, V.evaluate_default(4), V.evaluate_bound(1))
for call in [lambda: TypeVar(), lambda: TypeVar(1), lambda: TypeVar("T", int), lambda: TypeVar("T", int, str, bound=int),
             lambda: TypeVar("T", covariant=True, contravariant=True), lambda: TypeVar("T", covariant=True, infer_variance=True),
             lambda: TypeVar("T", other=1), lambda: ParamSpec("P", 1), lambda: TypeVarTuple("Ts", 1), lambda: ParamSpec("P", bound=(int, str)).__bound__,
             lambda: TypeAliasType("A", int, type_params=[]), lambda: TypeAliasType("A", int, type_params=(1,)), lambda: TypeAliasType("A"),
             lambda: TypeAliasType("A", int, type_params=(TypeVar("X", default=1), TypeVar("Y"))), lambda: typing.ParamSpecArgs(1, 2),
             lambda: type("X", (TypeVar,), {}), lambda: type("X", (V,), {}), lambda: hash(P.args), lambda: setattr(TypeVar, "x", 1),
             lambda: type(typing.NoDefault)(1), lambda: type(V.evaluate_default)(), lambda: V.evaluate_default(), lambda: V.evaluate_default("x")]:
    t(call)
t(lambda: V | int); t(lambda: "x" | V); t(lambda: V.__reduce__()); t(lambda: typing.NoDefault); t(lambda: V.__typing_subst__(int))
t(lambda: dict[V, list[V]][int]); t(lambda: (list[V] | None)[str]); t(lambda: iter(V)); t(lambda: int | str | "late"); t(lambda: iter(int | str)); print((int | str).__module__)

class Old(Generic[V]):
    def __init__(self, x): self.x = x
class Older(Generic[V]):
    def __new__(cls, x):
        made = super().__new__(cls)
        made.x = x
        return made
print(Old(3).x, Old[int](4).x, Older(5).x, Old.__parameters__, Older[str].__origin__)
t(lambda: Generic[int]); t(lambda: Generic[V, V]); t(lambda: type("X", (Generic,), {})); t(lambda: Old[int, str])
t(lambda: typing.Callable[[int], V][str]); t(lambda: typing.Optional[int]); t(lambda: typing.get_type_hints(Box.get))

# Annotations are evaluated when they are asked for.
import annotationlib
def g(a: undefined, b: list[int]): ...
t(lambda: g.__annotations__)
print(annotationlib.get_annotations(g, format=annotationlib.Format.STRING))
class Own:
    x: int
    def __annotate__(format): return {"x": str}
print(Own.__annotations__)
class Wrong: pass
Wrong.__annotate__ = lambda format: 3
t(lambda: Wrong.__annotations__)
t(lambda: exec("__conditional_annotations__ = frozenset()\nx: int", {}))
