"""Classes: inheritance, super in all its forms, properties, static and class methods, slots, operators, class bodies."""


class Shape:
    """Counts its instances in an attribute of the class."""

    count = 0
    registry: dict = {}

    def __init__(self, name):
        self.name = name
        Shape.count += 1

    def __init_subclass__(cls, /, sides=0, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.sides = sides
        Shape.registry[cls.__name__] = cls

    @property
    def area(self):
        return 0

    @area.setter
    def area(self, value):
        raise AttributeError(f"the area of {self.name} is computed")

    @classmethod
    def named(cls, *names):
        return [cls(name) for name in names]

    @staticmethod
    def describe(shape):
        return f"{shape.name}: {shape.area}"

    def __repr__(self):
        return f"{type(self).__name__}({self.name!r})"


class Square(Shape, sides=4):
    __slots__ = ("side",)

    def __init__(self, name, side=1):
        super().__init__(name)
        self.side = side

    @property
    def area(self):
        return super().area + self.side**2

    def older_super(self):
        return super(Square, self).__repr__()

    def detour(self):
        parent = super()
        return parent.describe(self), super().count


class Vector:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, other):
        if not isinstance(other, Vector):
            return NotImplemented
        return Vector(self.x + other.x, self.y + other.y)

    def __iadd__(self, other):
        self.x += other.x
        self.y += other.y
        return self

    def __eq__(self, other):
        return (self.x, self.y) == (other.x, other.y)

    def __getitem__(self, index):
        return index

    def __bool__(self):
        return bool(self.x or self.y)

    def __call__(self, *arguments, **keywords):
        return self.x, arguments, keywords


class Left:
    who = lambda self: ["left"]


class Right:
    who = lambda self: ["right"]


class Both(Left, Right):
    def who(self):
        return super().who() + super(Left, self).who()

    class Nested:
        depth = 2
        where = __qualname__

    if Nested.depth > 1:
        deep = True
    for _letter in "xyz":
        locals()[_letter * 2] = _letter
    del _letter


class Empty: ...


print(Shape.named("a", "b"), Shape.count, sorted(Shape.registry), Square.sides)
square = Square("s", 3)
print(square.area, Shape.describe(square), square.older_super(), square.detour())
try:
    square.area = 5
except AttributeError as error:
    print(error)
vector = Vector(1, 2) + Vector(3, 4)
vector += Vector(1, 1)
print(vector == Vector(5, 7), vector[1:2, ...], not vector, vector(1, k=2))
print(Both().who(), Both.Nested.where, Both.deep, Both.xx, [c.__name__ for c in Both.__mro__])
print(Square.__static_attributes__, Shape.__firstlineno__, Empty.__doc__, Square.older_super.__qualname__)
