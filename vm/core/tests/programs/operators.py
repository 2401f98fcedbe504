# Operators and other special methods of classes: which is called, with what, and messages.


def masked(value):
    text, parts = str(value), []
    while True:
        before, found, text = text.partition("0x")
        parts.append(before + found)
        if not found:
            return "".join(parts)
        text = text.lstrip("0123456789abcdef")


def print(*values, plain=print):
    plain(*map(masked, values))


def t(f):
    try: print(repr(f()))
    except BaseException as e: print(type(e).__name__, e)
log = []
ops = 'add sub mul matmul truediv floordiv mod divmod pow lshift rshift and xor or'.split()
def mk(name, res):
    def f(self, *a): log.append((type(self).__name__, name, len(a))); return res
    return f
L1 = type('L1', (), {f'__{o}__': mk(o, 'L'+o) for o in ops} | {f'__r{o}__': mk('r'+o, 'Lr'+o) for o in ops} | {f'__i{o}__': mk('i'+o, 'Li'+o) for o in ops})
L2 = type('L2', (L1,), {f'__r{o}__': mk('r'+o, 'L2r'+o) for o in ops})
L3 = type('L3', (L1,), {})
L4 = type('L4', (), {f'__{o}__': mk(o, NotImplemented) for o in ops})
L5 = type('L5', (L4,), {f'__r{o}__': mk('r'+o, 'L5'+o) for o in ops})
sy = {'add':'+','sub':'-','mul':'*','matmul':'@','truediv':'/','floordiv':'//','mod':'%','pow':'**','lshift':'<<','rshift':'>>','and':'&','xor':'^','or':'|'}
for a in (L1, L2, L3, L4, L5, int):
    for b in (L1, L2, L3, L4, L5, int):
        for o in ops:
            x, y = a(), b()
            for e in ([f'x {sy[o]} y'] if o in sy else ['divmod(x, y)']):
                t(lambda: eval(e, {'x': x, 'y': y}))
            if o in sy:
                d = {'x': x, 'y': y}
                def run(): exec(f'x {sy[o]}= y', d); return d['x']
                if not isinstance(x, int) or not isinstance(y, int): t(run)
print(len(log), log[:20], hash(tuple(log)) == hash(tuple(log)))
t(lambda: pow(L1(), 2, 3)); t(lambda: pow(2, L1(), 3)); t(lambda: pow(2, 3, L1())); t(lambda: pow(L4(), L5(), 1))
class Cmp:
    def __lt__(self, o): return 'lt'
    def __gt__(self, o): return 'gt'
    def __eq__(self, o): return NotImplemented
class Cmp2(Cmp):
    def __gt__(self, o): return 'gt2'
t(lambda: Cmp() < 1); t(lambda: 1 < Cmp()); t(lambda: Cmp() < Cmp2()); t(lambda: Cmp() == 1); t(lambda: Cmp() != 1); t(lambda: Cmp() <= 1); t(lambda: hash(Cmp())); t(lambda: Cmp() > 3)
class Un:
    __neg__ = lambda s: 'neg'; __pos__ = lambda s: 'pos'; __invert__ = lambda s: 'inv'; __abs__ = lambda s: 'abs'
    __int__ = lambda s: 5; __float__ = lambda s: 2.5; __index__ = lambda s: 7
    __repr__ = lambda s: 3; __str__ = lambda s: 'S'; __bool__ = lambda s: 1; __len__ = lambda s: -1
    __hash__ = lambda s: -1; __iter__ = lambda s: 3; __contains__ = lambda s, x: []
u = Un()
for f in ('-u', '+u', '~u', 'abs(u)', 'int(u)', 'float(u)', '[0]*8 and [1,2,3,4,5,6,7,8][u]', 'repr(u)', 'str(u)', 'bool(u)', 'len(u)', 'hash(u)', 'iter(u)', 'list(u)', '1 in u', 'range(u)', 'hex(u)', '"%d" % u', 'f"{u}"', 'format(u)', 'format(u, "x")', 'u[0]', 'u()', 'u.x', 'next(u)', 'u @ 1', 'round(u)', 'divmod(u, 1)', 'complex(u)', 'u < 1', 'del_(u)', 'not u'):
    t(lambda: eval(f, {'u': u}))
class It:
    def __init__(self): self.i = 0
    def __iter__(self): return self
    def __next__(self):
        self.i += 1
        if self.i > 3: raise StopIteration
        return self.i
print(list(It()), sum(It()), max(It()), [*It()], tuple(It()))
class Seq:
    def __getitem__(self, i):
        if i > 3: raise IndexError
        return i * i
    def __len__(self): return 4
print(list(Seq()), 4 in Seq(), 5 in Seq(), list(reversed(Seq())), bool(Seq()))
class NoIter(list):
    __iter__ = None
    __contains__ = None
    __hash__ = None
t(lambda: iter(NoIter())); t(lambda: 1 in NoIter()); t(lambda: hash(NoIter()))
class GA:
    def __getattribute__(self, n):
        if n == 'a': return 'A'
        return object.__getattribute__(self, n)
    def __getattr__(self, n): return 'ga ' + n
    def __setattr__(self, n, v): log.append((n, v)); object.__setattr__(self, n, v)
    def __delattr__(self, n): log.append(n); super().__delattr__(n)
g = GA(); g.x = 1; print(g.a, g.x, g.y); del g.x; print(g.x, log[-2:])
t(lambda: delattr(g, 'zz'))
del GA.__getattr__; t(lambda: g.y); del GA.__getattribute__; t(lambda: g.a)
class D:
    def __get__(self, i, o=None): return ('get', i is None, o.__name__)
    def __set__(self, i, v): log.append(('set', v))
    def __delete__(self, i): log.append('delete')
class HD: d = D()
h = HD(); h.__dict__['d'] = 3; print(h.d, HD.d); h.d = 4; del h.d; print(log[-2:])
class ND:
    def __get__(self, i, o): return 'nd'
class HN: n = ND()
h = HN(); print(h.n); h.n = 5; print(h.n, HN.n)
class RO:
    def __get__(self, i, o): return 1
    def __set__(self, i, v): raise AttributeError('ro')
class HR: r = RO()
t(lambda: setattr(HR(), 'r', 1)); t(lambda: delattr(HR(), 'r'))
class Cont:
    def __getitem__(self, k): return ('get', k)
    def __setitem__(self, k, v): log.append((k, v))
    def __delitem__(self, k): log.append(('del', k))
c = Cont(); c[1] = 2; del c[3]; c[1:2] = 4; print(c[1, 2], c[1:2:3], log[-3:])
class Ctx:
    def __enter__(self): return 'in'
    def __exit__(self, *a): log.append(a[0]); return True
with Ctx() as x: print(x); 1 / 0
print(log[-1])
class CM:
    def __new__(cls, *a, **k): log.append(('new', a, k)); return super().__new__(cls)
    def __init__(self, *a, **k): log.append(('init', a, k))
CM(1, b=2); print(log[-2:])
class NN:
    def __new__(cls): return 5
    def __init__(self): print('never')
print(NN())
class BI:
    def __init__(self): return 5
t(BI)
class NI:
    def __new__(cls, x): return object.__new__(cls)
t(lambda: NI(1)); t(lambda: object.__new__(NI, 1)); t(lambda: object.__init__(NI(1), 2))
class OI:
    def __init__(self, x): super().__init__(x)
t(lambda: OI(1)); t(lambda: object.__new__(OI, 1))
class Nothing: pass
t(lambda: Nothing(1)); t(lambda: Nothing(a=1)); t(lambda: object(1)); t(lambda: int.__new__(bool, 1)); t(lambda: object.__new__(list)); t(lambda: list.__new__(Nothing)); t(lambda: dict.__new__(int))
