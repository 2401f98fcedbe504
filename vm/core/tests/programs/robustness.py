"""What once broke the interpreter: tables without empty slots, long arguments, frames seen while they are left."""
import sys

# A table whose last key comes and goes keeps empty slots: a search for an absent key ends.
table = {i: i for i in range(10)}
for i in range(3000):
    table[1000 + i * 7] = 1
    del table[1000 + i * 7]
print(len(table), 5 in table, 99999 in table)
numbers = set(range(12))
for i in range(3000):
    numbers.add(1000 + i * 7)
    numbers.discard(1000 + i * 7)
print(len(numbers), 99999 in numbers)


# A member of another class's `__slots__` is not read where the instance ends.
class Wide:
    __slots__ = ("p", "q", "r", "x")


class Narrow:
    __slots__ = ()
    x = Wide.__dict__["x"]


def get_x(owner):
    return owner.x


def set_x(owner, value):
    owner.x = value


for _ in range(6):
    for action in (lambda: get_x(Narrow()), lambda: set_x(Narrow(), "abc")):
        try:
            action()
            print("no error")
        except TypeError as error:
            print(error)
wide = Wide()
for i in range(6):
    set_x(wide, i)
    print(get_x(wide), end=" ")
print()

# Finalizers that run while a frame is left see its caller.
kept = []


class Watcher:
    def __del__(self):
        kept.append(type(sys._getframe(1)).__name__)
        try:
            1 / 0
        except ZeroDivisionError as error:
            kept.append(error)


def leave(value):
    watcher = Watcher()
    pair = [value, value]
    return pair


def leave_raising(value):
    watcher = Watcher()
    raise LookupError(value)


def caller():
    for i in range(5):
        leave(i)
        try:
            leave_raising(i)
        except LookupError:
            pass


caller()
print([entry if isinstance(entry, str) else repr(entry) for entry in kept if isinstance(entry, str)][::2])


# Code that is replaced while it runs stays until the frame is left.
def new():
    return "new"


def replaced():
    replaced.__code__ = new.__code__
    junk = [compile("x = %d\ny = (1, 2, %d)" % (i, i), "f", "exec") for i in range(50)]
    items = ("a", "b", len(junk))
    for i in range(3):
        items += (i, "constant")
    return items


print(replaced())
print(replaced())

# A context that is a cycle already does not hang what raises in its handler.
first, second, third = ValueError(1), ValueError(2), KeyError(3)
first.__context__ = second
second.__context__ = first
try:
    try:
        raise first
    except ValueError:
        raise third
except KeyError as error:
    print(repr(error), repr(error.__context__))

# Arguments of more than eight bits survive specialisation.
names = ["n%d" % i for i in range(300)]
source = "class Holder: pass\n"
source += "def get(o):\n    r = []\n" + "".join("    r.append(o.%s)\n" % name for name in names) + "    return r\n"
source += "def put(o):\n" + "".join("    o.%s = %d\n" % (name, i) for i, name in enumerate(names))
source += "def big(%s):\n    return a0 + a299\n" % ", ".join("a%d" % i for i in range(300))
source += "def call_big():\n    return big(%s)\n" % ", ".join(map(str, range(300)))
body = "".join("        x = x + %d - len([%d])\n" % (i + 1000, i) for i in range(60))
source += "def loop(seq):\n    x = 0\n    for i in seq:\n" + body + "    return ('end', x)\n"
namespace = {}
exec(source, namespace)
holder = namespace["Holder"]()
for _ in range(6):
    namespace["put"](holder)
    print(namespace["get"](holder) == list(range(300)), namespace["call_big"]())
for sequence in ([1], [1], [], [], (1,), (), (), range(0), range(0)):
    print(namespace["loop"](sequence), end=" ")
print()
for empty in ((), [], range(0)):
    again = {}
    exec(source, again)
    print([again["loop"](empty) for _ in range(5)])


# What the metaclass gets later hides what the class has.
class Meta(type):
    pass


class Class(metaclass=Meta):
    x = 1


def class_x():
    return Class.x


print([class_x() for _ in range(5)])
Meta.x = property(lambda cls: "meta")
print([class_x() for _ in range(5)])

# A slice's parts may change the length that they are applied to.
array = bytearray(b"abcdef")


class Clearing:
    def __index__(self):
        array.clear()
        return 65


array[Clearing():] = b"xx"
print(array)
