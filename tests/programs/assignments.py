"""Assignments: targets of all kinds, chains, stars, in place on attributes, subscripts and slices, order of evaluation."""


class Recorder:
    """Logs how its attributes and items are read, written and deleted."""

    def __init__(self):
        self.__dict__.update(log=[], data={})

    def __getattr__(self, name):
        self.log.append(f"get .{name}")
        return self.data.get(name, 0)

    def __setattr__(self, name, value):
        self.log.append(f"set .{name}={value}")
        self.data[name] = value

    def __delattr__(self, name):
        self.log.append(f"del .{name}")

    def __getitem__(self, key):
        self.log.append(f"get {key}")
        return self.data.get(str(key), [])

    def __setitem__(self, key, value):
        self.log.append(f"set {key}={value}")
        self.data[str(key)] = value

    def __delitem__(self, key):
        self.log.append(f"del {key}")


def evaluation_order():
    order = []

    def see(name, value):
        order.append(name)
        return value

    see("target", [0, 0])[see("index", 1)] = see("value", 5)
    see("left", [1])[see("inner", 0)] += see("right", 2)
    see("first", {})["a"] = see("second", {})["b"] = see("shared", 3)
    see("slice", [1, 2, 3])[see("from", 0):see("to", 2)] = see("new", "xy")
    return order


def slices():
    values = list(range(10))
    start, end, step = 1, 3, 2
    values[start:end] = "a", "b", "c"
    values[:2] += [100]
    values[::step] = values[::-step][:len(values[::step])]
    values[-1:] *= 2
    values[start:end][0] = "lost"
    del values[5:], values[0], values[::2]
    return values


def globals_and_cells():
    global shared
    cell = 1

    def bump(by=1):
        global shared
        nonlocal cell
        cell += by
        shared *= cell
        shared, cell = cell, shared
        return cell

    shared = 2
    return bump(), bump(3), cell, shared


def chained():
    a = b = c = []
    a += [1]
    b = b + [2]
    d, e = f = [g, *h] = (3, 4)
    i = j, k = l = "mn"
    return a is c, b, d, e, f, g, h, i, j, k, l


def attributes(box):
    box.a = 1
    box.a += 1
    box.b, box["k"] = box["k", 1] = "xy"
    box[0] += [7]
    box[1:2] = box.c = None
    box[1:2] |= {9} if box["q"] else []
    box[...].append(1)
    del box.a, box[0], (box[1:2], [box["a", "b"]])
    return box


def augmented(x, y):
    x += y; x -= 1; x *= 2; x //= 3; x %= 100; x **= 2; x <<= 2; x >>= 1; x |= 8; x &= ~1; x ^= y
    x /= 4
    total = [x]
    total[0] += (extra := 1)
    total += extra,
    return total


a: int = 1; b: list[int] = [2]; b[0]: int = 3
(c) = [d] = (e,) = [4]
[f, (g)], h = (5, 6), 7
i, = j = "x"
() = []
[] = ()
shared = None

print(a, b, c, d, e, f, g, h, i, j)
print(evaluation_order())
print(slices(), globals_and_cells(), chained(), augmented(1000, 77))
try:
    attributes(box := Recorder())
except TypeError as error:
    print(error)
print(*box.log, sep="; ")
