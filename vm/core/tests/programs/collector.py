"""`gc`: generations, statistics, callbacks, frozen objects, debugging; and how code shows that it ran."""
import contextlib
import dis
import gc
import io
import weakref


class Node:
    pass


def cycle():
    node = Node()
    node.me = node
    return weakref.ref(node)


gc.collect()
gc.disable()

print("# an object grows old")
node = Node()


def generation(object):
    return [n for n in range(3) if any(object is one for one in gc.get_objects(n))]


print(generation(node))
gc.collect(0)
print(generation(node), gc.get_count()[1:])
gc.collect(1)
print(generation(node), gc.get_count()[1:])
gc.collect(2)
print(generation(node), gc.get_count()[1:])

print("# garbage is found in its generation")
young = cycle()
gc.collect(0)
print(young() is None)
keep = Node()
keep.me = keep
middle = weakref.ref(keep)
gc.collect(0)
del keep
gc.collect(0)
print(middle() is None)
gc.collect(1)
print(middle() is None)

print("# many objects that come and go, in all generations")
nodes = [Node() for _ in range(300)]
gc.collect(0)
more = [Node() for _ in range(300)]
del nodes[::2]
gc.collect(1)
nodes += more[::3]
del more
gc.collect(0)
del nodes[::3]
print(len(nodes), all(generation(one) for one in nodes[:20]))
del nodes
gc.collect()

print("# what was collected")
before = gc.get_stats()
cycle(), cycle()
print(gc.collect(1))
after = gc.get_stats()
print([{key: new[key] - old[key] for key in sorted(new)} for old, new in zip(before, after)])


class Phoenix(Node):
    def __del__(self):
        risen.append(self)


risen = []
phoenix = Phoenix()
phoenix.me = phoenix
del phoenix
print(gc.collect(), len(risen))
risen.clear()
print(gc.collect())

print("# callbacks")


def told(phase, info):
    print(phase, sorted(info.items()))


gc.callbacks.append(told)
cycle()
gc.collect(0)
gc.callbacks.remove(told)
gc.collect(0)

print("# frozen objects are not looked at")
frozen = cycle()
gc.freeze()
print(gc.get_freeze_count() > 100, gc.collect(), frozen() is None)
gc.unfreeze()
print(gc.get_freeze_count(), gc.collect(), frozen() is None)

print("# debugging")
gc.set_debug(gc.DEBUG_SAVEALL)
cycle()
print(gc.get_debug(), gc.collect(), [type(one).__name__ for one in gc.garbage])
gc.set_debug(0)
gc.garbage.clear()
with contextlib.redirect_stderr(io.StringIO()) as shown:
    gc.set_debug(gc.DEBUG_STATS | gc.DEBUG_COLLECTABLE)
    cycle()
    gc.collect(0)
    gc.set_debug(0)
for line in shown.getvalue().splitlines():
    print("".join("N" if letter.isdigit() else letter for letter in line.split(" 0x")[0])[:40])
try:
    gc.collect(3)
except ValueError as error:
    print(error)

print("# what objects refer to")
print(sorted(gc.get_referents([1, None, "a"], {2: 3.5}), key=repr), gc.get_referents(1, "a", 4j))


def ran(x):
    for _ in [0]:
        str(x)
    return x.__class__, tuple(x), "a b", None


for _ in range(50):
    ran("text")
for instruction in dis.get_instructions(ran, adaptive=True):
    print(instruction.opname, instruction.argrepr)
gc.enable()
