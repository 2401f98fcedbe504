"""LINE events of sys.monitoring, where nobody is told of calls: what is on the line of its `def` has none."""
import sys
m=sys.monitoring
ev=[]
def f(c,l): ev.append((c.co_name,l))
m.use_tool_id(3,'b'); m.register_callback(3,m.events.LINE,f)
g = lambda x: x
def h(x): return x
def two(x):
    return x
def gen(): yield 1; yield 2
def ggg():
    yield 1
    yield 2
def run(n):
    for i in range(n): g(1); h(1); two(1)
    list(map(h,[1,2,3])); list(gen()); list(ggg()); list(gen()); [*map(g,[1,2])]
def run2():
    for _ in (1,2,3): g(1)
    for _ in (1,2,3):
        g(1)
    h(1); h(2)
    x = (i for i in (1,2)); list(x)
m.set_events(3,m.events.LINE)
run(3)
ev.append('run2')
run2()
ev.append('closed')
def inner():
    yield
def outer():
    yield from inner()
next(outer())
m.set_events(3,0)
print(*ev, sep="\n")
