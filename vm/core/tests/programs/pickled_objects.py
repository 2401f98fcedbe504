"""Objects as pickles and back: protocols, hooks, what is refused and how it is said."""

import copyreg
import io
import pickle
import pickletools


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __repr__(self):
        return f"Point({self.x!r}, {self.y!r})"


class Slotted:
    __slots__ = ("a", "b")


class Keyworded(int):
    def __new__(cls, value, *, unit):
        self = super().__new__(cls, value)
        self.unit = unit
        return self

    def __getnewargs_ex__(self):
        return (int(self),), {"unit": self.unit}


shared = ["shared"]
plain = {
    "numbers": [0, 255, 256, 65536, -1, 2**31, -(2**31), 2**63, -(2**100), 1.5, float("inf"), 3j],
    "texts": ["", "abc", "\u00e9\u4e2d\U0001f600", "line\n\\", b"", b"\x00\xff", bytearray(b"xy")],
    "sets": [frozenset([1]), {2}, None, True, False, ..., NotImplemented, int, len],
    "shared": (shared, shared, (shared,)),
    "point": Point(1, [2]),
}
for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
    data = pickle.dumps(plain, protocol)
    again = pickle.loads(data)
    first, second, (third,) = again["shared"]
    print(protocol, repr(again) == repr(plain), first is second is third)

print(pickle.dumps({"a": [1, (2, 3)], "b": "a"}, 4))
print(pickle.dumps([Point(1, 2)], 2))
pickletools.dis(pickle.dumps([("x", 1), ("x", 2)], 5))

loop = []
loop.append((loop,))
again = pickle.loads(pickle.dumps(loop))
print(again[0][0] is again)

slotted = Slotted()
slotted.a = 5
again = pickle.loads(pickle.dumps(slotted))
print(again.a, hasattr(again, "b"))
for protocol in (2, 5):
    again = pickle.loads(pickle.dumps(Keyworded(7, unit="m"), protocol))
    print(int(again), again.unit)


class Database(pickle.Pickler):
    dispatch_table = copyreg.dispatch_table | {Point: lambda point: (complex, (point.x, point.y))}

    def persistent_id(self, obj):
        return "the list" if obj is shared else None

    def reducer_override(self, obj):
        return "shared_name" if obj is len else NotImplemented


class Loader(pickle.Unpickler):
    def persistent_load(self, pid):
        return f"<{pid}>"

    def find_class(self, module, name):
        return super().find_class(module, name) if module == "builtins" else f"{module}.{name}"


file = io.BytesIO()
pickler = Database(file)
pickler.dump([shared, Point(1, 2), shared])
pickler.dump(Point(3, 4))
file.seek(0)
loader = Loader(file)
print(loader.load(), loader.load())
pickler.clear_memo()
pickler.memo = pickler.memo.copy()

buffers = []
data = pickle.dumps([pickle.PickleBuffer(bytearray(b"large")), 1], 5, buffer_callback=buffers.append)
print(data, [bytes(buffer) for buffer in buffers])
print(pickle.loads(data, buffers=[b"other"]))


def attempt(action):
    try:
        print(action())
    except Exception as error:
        print(type(error).__name__, error, getattr(error, "__notes__", None))


class Wrong:
    def __reduce__(self):
        return 5


def outer():
    def inner():
        pass
    return inner


attempt(lambda: pickle.dumps({"a": [1, Wrong()]}))
attempt(lambda: pickle.dumps(pickle.PickleBuffer(b""), 4))
attempt(lambda: pickle.dumps(1, 9))
for data in (b"", b"\x80", b"\x80\x09.", b"K.", b"(.", b"0.", b"h\x05.", b"]Na]u.", b"?", b"\\",
             b"cbuiltins\nnothing\n.", b"X\x05\x00\x00\x00abc.", b"S'a\n.", b"Ia\n.", b"\x82\x00.", b"P1\n.",
             b"\x80\x04\x8c\x02os\x8c\x03a.b\x93.", b"\x97.", b"N)\x81.", b"Np-1\n.", b"}NNNu.", b"\x95\xff"):
    attempt(lambda: pickle.loads(data))
