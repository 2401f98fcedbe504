"""Work that is done over and over: once warm, it must leave no block of memory behind."""
import asyncio, collections, contextlib, contextvars, copy, dataclasses, enum, functools, gc, io, itertools, json, operator
import pickle, re, struct, sys, threading, types, typing, weakref


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


def numbers():
    big = 3 ** 500
    for n in (big, -big, 2.5, 1j, True, 7):
        [n + n, n * n, -n, n == n, hash(n), str(n), repr(n), pow(n, 2), f"{n}", complex(n), bool(n)]
        for action in (lambda: n / 0, lambda: n % 3, lambda: n < 3, lambda: n << 70, lambda: n + "x", lambda: int(n)):
            with contextlib.suppress(ArithmeticError, TypeError, ValueError): action()
    [divmod(big, 10 ** 20), int(str(big)), int.from_bytes(big.to_bytes(200, "big"), "big"), float("1e300").hex()]
    round(2.675, 2), (5).bit_length(), float.fromhex("0x1p3"), (0.1).as_integer_ratio(), big.real


def buffers():
    b = bytearray(b"some bytes" * 20)
    m = memoryview(b); n = m[2:50:3]; m.cast("B").tolist(); n.tobytes(); del n
    with contextlib.suppress(BufferError): b.append(1)
    m.release(); b.extend(b"more"); b[3:5] = b"xyz"; del b[::2]
    bytes(b).split(b"e"), b.hex(), bytes.fromhex("00ff"), b.translate(None, b"s"), b"%d %s" % (1, b"x")
    struct.unpack("<ihd4s", struct.pack("<ihd4s", 1, 2, 3.0, b"abcd")), list(struct.iter_unpack("h", bytes(8)))


def iterators():
    for make in (lambda: iter([1, 2, 3]), lambda: iter((1, 2)), lambda: iter("aé"), lambda: iter(b"ab"), lambda: iter(range(9)),
                 lambda: iter({1: 2}), lambda: iter({1: 2}.items()), lambda: iter({1, 2}), lambda: reversed([1, 2]),
                 lambda: reversed({1: 2}), lambda: enumerate("ab"), lambda: zip("ab", [1, 2]), lambda: map(str, "ab"),
                 lambda: filter(None, [0, 1]), lambda: iter(iter([1, 0]).__next__, 0), lambda: (x for x in "ab"),
                 lambda: itertools.chain("a", "b"), lambda: itertools.groupby("aab"), lambda: itertools.product("ab", repeat=2),
                 lambda: itertools.islice(itertools.count(), 3), lambda: itertools.tee("abc")[0], lambda: itertools.batched("abc", 2),
                 lambda: itertools.permutations("abc", 2), lambda: itertools.accumulate([1, 2]), lambda: itertools.pairwise("abc")):
        list(make()); i = make(); next(i); del i
        i = make(); next(i)
        with contextlib.suppress(TypeError): list(copy.copy(i))
    a, *b = "abc"; {**{"a": 1}}, [*b, a], {*b}
    range(10)[2:8:3], range(3) == range(4), hash(slice(1, 2)), {1: 2} | {3: 4}, {1}.symmetric_difference({2})


def descriptors():
    class Meta(type):
        def __new__(meta, name, bases, body, **more): return super().__new__(meta, name, bases, body)
        def __prepare__(name, bases, **more): return {}
    class Field:
        def __set_name__(self, owner, name): self.name = name
        def __get__(self, owner, cls): return self
        def __set__(self, owner, value): owner.__dict__[self.name] = value
    class Holder(metaclass=Meta, keyword=1):
        field = Field()
        @staticmethod
        def s(): return 1
        @classmethod
        def c(cls): return cls
        @functools.cached_property
        def once(self): return [self]
        @functools.lru_cache
        def cached(self, n): return n
        def __getattr__(self, name): raise AttributeError(name)
        def __init_subclass__(cls, **more): pass
    class Sub(Holder): pass
    h = Sub(); h.field = 3; h.once; h.cached(1); h.s(), h.c(), h.field, getattr(h, "no", None)
    Holder.extra = property(operator.attrgetter("once")); h.extra; del Holder.extra
    h.__class__ = Holder; h.__dict__ = {"x": h}; Sub.__bases__ = (Holder,); h.method = types.MethodType(Holder.cached, h)
    class Color(enum.Enum): RED = 1
    functools.partial(h.s, 1).args, functools.reduce(operator.add, [[1], [2]]), functools.singledispatch(len)


def weak():
    class C: pass
    c, d = C(), C(); seen = []
    r = weakref.ref(c, seen.append); p = weakref.proxy(d); weakref.finalize(d, seen.append, 1)
    values, keys, those = weakref.WeakValueDictionary(a=c), weakref.WeakKeyDictionary({c: 1}), weakref.WeakSet([c, d])
    p.x = 1
    c.self = c; del c; gc.collect()
    class Risen:
        def __del__(self): seen.append(self)
    Risen(); seen.clear(); list(values), list(keys), len(those), r()


def typed():
    def f[T: int, *Ts, **P](x: T, *a: *Ts) -> list[T]: return x
    class G[T = int]: pass
    type A[K] = dict[K, G[K]]
    A[int].__value__, A.__type_params__, G[int](), f.__annotations__, int | str | None, typing.Optional[int]
    t = t"a{len('x')!r:>5}"; t.values, [i for i in t], t + t
    var = contextvars.ContextVar("v"); token = var.set([var]); contextvars.copy_context().run(var.set, 2); var.reset(token)
    class P(typing.NamedTuple): x: int = 1
    P()._replace(x=2), types.SimpleNamespace(a=1, b=[2]), types.MappingProxyType({1: 2}) | {3: 4}, types.ModuleType("m").__dict__
    pickle.loads(pickle.dumps([1, "x", {2: (3.0, None)}, b"y", {4}]))
    copy.deepcopy({"a": [1, (2, [3])]})
    # What its caches hold.
    for cleanup in typing._cleanups: cleanup()


for work in (classes, generators, exceptions, coroutines, containers, text, dynamic, threads, frames, numbers, buffers, iterators,
             descriptors, weak, typed):
    left = []
    for _ in range(8):
        work(); gc.collect(); gc.collect()
        left.append(sys.getallocatedblocks())
    grown = [b - a for a, b in zip(left[3:], left[4:])]
    print(work.__name__, "flat" if sum(grown) <= 0 else f"grows {grown}")
