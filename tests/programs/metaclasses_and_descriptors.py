"""Metaclasses with __prepare__ and keywords, descriptors, __set_name__, __class_getitem__, __getattr__, computed bases."""


class Ordered(type):
    """Remembers the order in which the names of a class body were bound."""

    @classmethod
    def __prepare__(metacls, name, bases, /, **keywords):
        namespace = super().__prepare__(name, bases, **keywords)
        namespace["prepared_for"] = name
        return namespace

    def __new__(metacls, name, bases, namespace, *, suffix="", **keywords):
        cls = super().__new__(metacls, name + suffix, bases, namespace, **keywords)
        cls.fields = tuple(key for key in namespace if not key.startswith("_"))
        return cls

    def __init__(cls, name, bases, namespace, **keywords):
        super().__init__(name, bases, namespace)
        cls.keywords = sorted(keywords)

    def __call__(cls, *arguments):
        instance = super().__call__()
        for field, value in zip(cls.fields[1:], arguments):
            setattr(instance, field, value)
        return instance

    def __len__(cls):
        return len(cls.fields)

    def __contains__(cls, name):
        return name in cls.fields


class Record(metaclass=Ordered, suffix="Type"):
    first = None
    second = None


class Typed:
    """A data descriptor that checks what it is given."""

    def __init__(self, kind):
        self.kind = kind

    def __set_name__(self, owner, name):
        self.name = name
        self.slot = f"_{owner.__name__}_{name}"

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        return instance.__dict__.get(self.slot)

    def __set__(self, instance, value):
        if not isinstance(value, self.kind):
            raise TypeError(f"{self.name} must be {self.kind.__name__}, not {type(value).__name__}")
        instance.__dict__[self.slot] = value

    def __delete__(self, instance):
        del instance.__dict__[self.slot]


class Point:
    x = Typed(int)
    y = Typed(int)

    def __class_getitem__(cls, item):
        return cls.__name__, item

    def __getattr__(self, name):
        if name.startswith("missing"):
            return name.partition("_")[2]
        raise AttributeError(name)


class EntriesOf:
    def __init__(self, base):
        self.base = base

    def __mro_entries__(self, bases):
        return (self.base,)


def bases():
    return [dict]


options = {"suffix": "Extended"}


class Extended(Record, **options):
    third: int = 3


class Starred(*bases()):
    pass


class Computed(EntriesOf(list), metaclass=type):
    pass


record = Record(1, 2)
print(Record.__name__, Record.fields, Record.keywords, len(Record), "first" in Record)
print(record.first, record.second, record.prepared_for, Extended.__name__, Extended.fields)
point = Point()
point.x = 3
try:
    point.y = "four"
except TypeError as error:
    print(error)
print(point.x, point.y, Point.x.slot, Point[int, 2], point.missing_piece)
del point.x
print(point.x, Starred.__bases__, Computed.__orig_bases__[0].base, Computed([1]))
print(type("Dynamic", (Point,), {"z": 1}).z)
