"""A small record library written with decorators and exec-free closures, and the standard dataclasses beside it."""

from dataclasses import KW_ONLY, dataclass, field, replace
from functools import cached_property, total_ordering


def record(cls=None, /, *, frozen=False):
    """Makes __init__, __repr__ and __eq__ from the annotations of a class."""

    def decorate(cls):
        names = tuple(cls.__annotations__)
        defaults = {name: getattr(cls, name) for name in names if hasattr(cls, name)}

        def __init__(self, *values, **keywords):
            if len(values) > len(names):
                raise TypeError(f"{cls.__name__} takes {len(names)} values, not {len(values)}")
            given = defaults | dict(zip(names, values)) | keywords
            for name in names:
                try:
                    self.__dict__[name] = given.pop(name)
                except KeyError:
                    raise TypeError(f"{cls.__name__} needs {name}") from None
            if given:
                raise TypeError(f"{cls.__name__} has no {', '.join(given)}")

        def __repr__(self):
            return f"{cls.__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"

        def __eq__(self, other):
            return self.__dict__ == other.__dict__ if type(self) is type(other) else NotImplemented

        cls.__init__, cls.__repr__, cls.__eq__ = __init__, __repr__, __eq__
        cls.__match_args__ = names
        if frozen:

            def __setattr__(self, name, value):
                raise AttributeError(f"{cls.__name__}.{name} is frozen")

            cls.__setattr__ = __setattr__
        return cls

    return decorate if cls is None else decorate(cls)


@record
class Point:
    x: int
    y: int = 0


@record(frozen=True)
class Line:
    start: Point
    end: Point = Point(9, 9)


@dataclass(order=True, slots=True)
class Version:
    major: int
    minor: int = 0
    _: KW_ONLY
    tags: list[str] = field(default_factory=list, compare=False)

    def __post_init__(self):
        if self.major < 0:
            raise ValueError("negative version")

    def bump(self):
        return replace(self, minor=self.minor + 1, tags=[*self.tags, "bumped"])


@total_ordering
class Money:
    def __init__(self, cents):
        self.cents = cents

    def __eq__(self, other):
        return self.cents == other.cents

    def __lt__(self, other):
        return self.cents < other.cents

    @cached_property
    def text(self):
        return f"{self.cents // 100}.{self.cents % 100:02d}"


print(Point(1), Point(1, y=2) == Point(1, 2), Line(Point(0)))
for attempt in (lambda: Point(), lambda: Point(1, 2, 3), lambda: Point(1, z=3)):
    try:
        attempt()
    except TypeError as error:
        print(error)
try:
    Line(Point(1)).start = None
except AttributeError as error:
    print(error)
match Line(Point(1, 2)):
    case Line(Point(x), Point(y=y)):
        print("matched", x, y)
print(Version(1, 2).bump(), Version(1) < Version(1, 1), max(Version(2), Version(1, 9, tags=["old"])))
print(Money(5) <= Money(7), Money(1234).text, sorted([Money(3), Money(1)])[0].text)
