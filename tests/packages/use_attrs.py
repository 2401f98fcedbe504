"""A small inventory, with classes made by attrs: slots, converters, validators, frozen ones, evolving."""

import attrs
from attrs import define, field, frozen, validators


@define
class Part:
    name: str = field(validator=validators.instance_of(str))
    price: float = field(converter=float, validator=validators.ge(0))
    tags: list[str] = field(factory=list, repr=False)
    sold: int = field(default=0, kw_only=True)

    @price.validator
    def _not_absurd(self, attribute, value):
        if value > 1e6:
            raise ValueError(f"{attribute.name} of {self.name} is absurd")

    @property
    def revenue(self):
        return self.price * self.sold


@frozen(order=True)
class Version:
    major: int
    minor: int = 0
    note: str = field(default="", eq=False, order=False)


@define(slots=False)
class Node:
    value: int
    children: list["Node"] = field(factory=list)

    def __attrs_post_init__(self):
        self.size = 1 + sum(child.size for child in self.children)


@define
class Base:
    a: int

    def name(self):
        return __class__.__name__


@define
class Derived(Base):
    b: int = field(alias="bee", default=attrs.Factory(lambda self: self.a * 2, takes_self=True))

    def name(self):
        return super().name() + ", " + __class__.__name__


def attempt(make):
    try:
        print(make())
    except Exception as error:
        print(f"{type(error).__name__}: {str(error.args[0]).splitlines()[0]}")


part = Part("bolt", "0.25", ["steel"], sold=12)
print(part, part.revenue, part.tags)
attempt(lambda: Part(7, 1))
attempt(lambda: Part("nut", -1))
attempt(lambda: Part("gear", 2e6))
attempt(lambda: Part("bolt"))
attempt(lambda: setattr(part, "color", "red"))
attempt(lambda: setattr(part, "price", "cheap"))
print(attrs.asdict(part), attrs.astuple(part))
print(attrs.evolve(part, name="screw", sold=1))

versions = [Version(1, 2), Version(1), Version(0, 9, "beta"), Version(1, 2, "again")]
print(sorted(versions), len(set(versions)), max(versions))
attempt(lambda: setattr(versions[0], "major", 3))

tree = Node(1, [Node(2), Node(3, [Node(4)])])
print(tree, tree.size)
print(attrs.asdict(tree, filter=lambda attribute, value: value != []))

derived = Derived(4)
print(derived, derived.name(), Derived(1, bee=9), Derived.__slots__)
print([(a.name, a.default is attrs.NOTHING, a.kw_only, a.alias) for a in attrs.fields(Derived)])
print(attrs.fields_dict(Part)["price"].type, attrs.has(Part), attrs.has(int))
match Version(3, 1, "x"):
    case Version(major, minor):
        print("matched", major, minor)
Point = attrs.make_class("Point", {"x": field(default=0), "y": field(default=0)}, order=True)
print(Point(1) < Point(1, 2), Point(), hash(Version(1)) == hash(Version(1, 0, "n")))
