"""Calls: every kind of argument and parameter, stars, keywords, defaults, decorators, methods, order of evaluation."""

from functools import partial, wraps


def everything(a, b=2, /, c=3, *args, d, e=5, **kwargs):
    return a, b, c, args, d, e, kwargs


def keyword_only(*, left, right="r"):
    return left + right


def mutable_default(item, seen=[], *, table={}):
    seen.append(item)
    table[item] = len(seen)
    return len(seen), len(table)


def note(value, order):
    order.append(value)
    return value


def evaluation_order():
    order = []
    note(print, order)(*[note("", order)], end=note("", order), **{"sep": note("-", order)})
    dict(a=note(1, order), **{"b": note(2, order)}, c=note(3, order))
    return order[1:]


def logged(prefix):
    def decorate(function):
        @wraps(function)
        def wrapper(*args, **kwargs):
            return f"{prefix}{function.__name__}={function(*args, **kwargs)}"

        return wrapper

    return decorate


decorators = {"first": [logged("1:")]}


@logged("outer ")
@decorators["first"][0]
@(lambda function: function)
def decorated(x, *, y=1):
    """Adds."""
    return x + y


class Calculator:
    def __init__(self, start=0, **settings):
        self.value = start
        self.settings = settings

    def add(self, *numbers, twice=False):
        for number in numbers:
            self.value += number * (1 + twice)
        return self

    def __call__(self, *args):
        return self.value, args

    @logged("cls ")
    def shown(self):
        return self.value


def failures():
    """What CPython says when arguments don't fit."""
    attempts = [
        lambda: everything(),
        lambda: everything(1, 2, 3, 4),
        lambda: everything(a=1, d=4)[0],
        lambda: keyword_only("left"),
        lambda: keyword_only(left="a", wrong=1),
        lambda: everything(1, **{"d": 1}, **{"d": 2}),
        lambda: everything(*5, d=1),
        lambda: everything(1, d=1, **[2]),
        lambda: Calculator().add(3, thrice=True),
    ]
    for attempt in attempts:
        try:
            print(attempt())
        except TypeError as error:
            print(error)


print(everything(1, d=4), everything(1, 9, 8, 7, 6, d=4, e=0, f=1, c2=2))
print(everything(*(1, 2), *[3, 4], d="d", **{"x": 1}), everything(0, *"ab", **dict(d=1), e=2, **{"z": 3}))
print(keyword_only(left="l"), keyword_only(right="R", left="L"), keyword_only(**{"left": "1"}))
print(mutable_default("a"), mutable_default("b"), mutable_default("b", [], table={}))
print(evaluation_order())
print(decorated(1, y=2), decorated.__doc__, decorated.__wrapped__.__name__)
calculator = Calculator(10, unit="m").add(1, 2).add(*[3], twice=True)
print(calculator(), calculator(*"x"), calculator.shown(), calculator.settings, Calculator.add(calculator, 1).value)
print(partial(everything, 1, d=2)(3), max([3, 1, 2], key=lambda n: -n), "{}{k}".format(1, k=2), sorted("ba", reverse=True))
print((lambda *a, k=None, **kw: (a, k, kw))(1, *(2,), k=3, **{"l": 4}), list(map(str, range(3))), max(n for n in (1, 2)))
failures()
