"""Work that is done over and over: once warm, it must leave no block of memory behind."""
import asyncio, collections, contextlib, dataclasses, gc, io, json, re, sys, threading, weakref


def classes():
    class Base:
        __slots__ = ("a", "__weakref__")

    class Derived(Base):
        @property
        def p(self): return self.a
        @classmethod
        def c(cls): return cls

    d = Derived()
    d.a = d
    d.extra = [d.p, Derived.c(), super(Derived, d)]
    return weakref.ref(d)


def generators():
    def inner(n):
        try:
            for i in range(n):
                got = yield i
        finally:
            n = None
    def outer():
        yield from inner(3)
    for _ in range(5):
        g = outer(); next(g); del g
        g = outer(); next(g)
        try: g.throw(ValueError("x"))
        except ValueError: pass
    list(outer())


def exceptions():
    def fail(n):
        if n: fail(n - 1)
        raise KeyError(n)
    for _ in range(5):
        try: fail(5)
        except KeyError as e:
            keep = e
            try: raise ValueError from e
            except* ValueError as group: pass


def coroutines():
    async def gen():
        for i in range(3): yield i
    async def work():
        async for i in gen():
            await asyncio.sleep(0)
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.sleep(0))
        try:
            async with asyncio.timeout(0): await asyncio.sleep(1)
        except TimeoutError: pass
    asyncio.run(work())


def containers():
    d = {i: str(i) for i in range(100)}
    d.update(a=[d], b=(d,), c={1, 2}, e=frozenset([3]))
    s = sorted(d, key=str); s.append(s)
    dq = collections.deque([1, 2, s], 2); dq.append(dq)
    od = collections.OrderedDict(d); od.move_to_end(3)
    match d:
        case {"a": [x], **rest}: pass
    f"{len(d):>10}{d['b']!r}"


def text():
    re.sub(r"(\w+) (\w+)", r"\2 \1", "hello world " * 10)
    json.loads(json.dumps({"a": [1, 2.5, None, True, "x"]}))
    out = io.StringIO(); print("x", 1, file=out)
    io.TextIOWrapper(io.BytesIO(b"a\nb"), "utf-8").readlines()
    "ab".encode("utf-16").decode("utf-16")


def dynamic():
    scope = {}
    exec("def f(x, *a, k=1, **kw):\n  y = [x for _ in a]\n  def g(): return x, y\n  return g", scope)
    scope["f"](1, 2, 3, z=4)()
    f = scope["f"]; f.__defaults__; f.__dict__["z"] = f
    @dataclasses.dataclass(order=True)
    class D: x: int = 0
    D(1) < D(2)


def threads():
    lock = threading.Lock()
    def work():
        with lock: pass
    ts = [threading.Thread(target=work) for _ in range(3)]
    for t in ts: t.start()
    for t in ts: t.join()


def frames():
    def traced(frame, event, arg):
        frame.f_trace_opcodes = True
        return traced
    def f(a):
        b = lambda: a
        sys._getframe().f_locals["extra"] = 1
        return b()
    sys.settrace(traced)
    try: f(1); list(f(x) for x in range(2))
    finally: sys.settrace(None)
    with contextlib.suppress(Exception): f()


for work in classes, generators, exceptions, coroutines, containers, text, dynamic, threads, frames:
    left = []
    for round in range(8):
        work(); gc.collect(); gc.collect()
        left.append(sys.getallocatedblocks())
    grown = [b - a for a, b in zip(left[3:], left[4:])]
    print(work.__name__, "flat" if sum(grown) <= 0 else f"grows {grown}")
