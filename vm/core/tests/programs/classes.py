# Making classes: MRO, __slots__, metaclasses, hooks, subclasses of builtin types.


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
# mro, diamond, super
class A:
    def f(self): return ['A']
class B(A):
    def f(self): return ['B'] + super().f()
class C(A):
    def f(self): return ['C'] + super().f()
class D(B, C):
    def f(self): return ['D'] + super().f()
print(D().f(), [k.__name__ for k in D.__mro__], D.mro() == list(D.__mro__))
t(lambda: type('E', (A, B), {})); t(lambda: type('E', (A, A), {}))
print(B.__subclasses__(), A.__subclasses__(), A.__bases__, D.__base__, object.__base__, type.__mro__)
print(super(B, D()).f(), super(D, D).f, super(B, D()).__thisclass__, super(B, D()).__self_class__)
class P:
    @property
    def v(self): return self._v
    @v.setter
    def v(self, x): self._v = x
    @classmethod
    def make(cls): return cls()
    @staticmethod
    def st(): return 'st'
class Q(P):
    @property
    def v(self): return super().v * 2
    @classmethod
    def make(cls): return ('Q', super().make().__class__.__name__)
    @staticmethod
    def st(): return 'q' + P.st()
q = Q(); q._v = 4; print(q.v, Q.make(), q.st()); t(lambda: setattr(q, 'v', 3)); t(lambda: Q.nope); t(lambda: q.nope)
# slots
class S1:
    __slots__ = ('a', 'b')
class S2(S1):
    __slots__ = ('c',)
class S3(S2): pass
class S4(S2): __slots__ = ('__dict__', '__weakref__')
s = S3(); s.a, s.b, s.c, s.d = 1, 2, 3, 4; print(s.a, s.b, s.c, s.d, s.__dict__)
s = S4(); s.a, s.c, s.e = 1, 3, 5; print(s.a, s.c, s.e, s.__dict__); del s.a; t(lambda: s.a); t(lambda: delattr(s, 'a'))
s = S2(); t(lambda: setattr(s, 'zz', 1)); t(lambda: s.__dict__); print(S2.a, S2.c, S1.__slots__)
class M1: pass
class S5(S1, M1): pass
class S6(M1, S1): __slots__ = ()
s = S5(); s.a = 1; s.x = 2; print(s.a, s.__dict__, S5.__base__); s = S6(); s.b = 3; s.q = 2; print(s.b, s.__dict__, S6.__base__)
class S7: __slots__ = ('x',)
t(lambda: type('bad', (S1, S7), {}))
class Priv:
    __slots__ = ('__p',)
    def set(self, v): self.__p = v; return self.__p
p = Priv(); print(p.set(4), p._Priv__p)
class Sd:
    __slots__ = {'a': 'doc a'}
print(Sd.__slots__, Sd.a.__doc__)
# many attributes -> dict fallback, order
class Many: pass
m = Many()
for i in range(50): setattr(m, f'a{i}', i)
print(list(m.__dict__)[:3], len(m.__dict__), m.a49, m.a0); del m.a0; print(hasattr(m, 'a0'), len(vars(m)))
class Ord:
    def __init__(self, rev):
        if rev: self.y = 1; self.x = 2
        else: self.x = 1; self.y = 2
print(Ord(0).__dict__, Ord(1).__dict__)
o = Ord(0); del o.x; o.x = 5; print(o.__dict__, o.x, o.y); o.__dict__ = {'z': 1}; print(o.z, hasattr(o, 'x')); t(lambda: setattr(o, '__dict__', 3)); del o.__dict__; print(o.__dict__)
# class attr vs instance
class Sh: x = 1
a, b = Sh(), Sh(); a.x = 2; print(a.x, b.x); del a.x; print(a.x); Sh.x = 9; print(a.x, b.x); del Sh.x; t(lambda: a.x)
# __class__
class K1:
    def hi(self): return 'k1'
class K2:
    def hi(self): return 'k2'
k = K1(); k.z = 1; k.__class__ = K2; print(k.hi(), k.z, type(k)); t(lambda: setattr(k, '__class__', int)); t(lambda: setattr(k, '__class__', S1))
# __bases__
class X1:
    def w(self): return 'x1'
class X2:
    def w(self): return 'x2'
    def __len__(self): return 42
class Y(X1): pass
class Z(Y): pass
z = Z(); print(z.w()); Y.__bases__ = (X2,); print(z.w(), len(z), Z.__mro__); t(lambda: setattr(Y, '__bases__', (Z,))); t(lambda: setattr(object, '__bases__', ()))
# metaclass
class Meta(type):
    @classmethod
    def __prepare__(m, n, b, **k): print('prep', n, k); return {'pre': 1}
    def __new__(m, n, b, d, **k): return super().__new__(m, n, b, d)
    def __init__(c, n, b, d, **k): super().__init__(n, b, d)
    def __getattr__(c, n): return 'meta ' + n
    def __len__(c): return 5
    def __getitem__(c, k): return ('mi', k)
    def __iter__(c): return iter('abc')
    def __contains__(c, x): return x == 1
    def __add__(c, o): return 'madd'
    def __repr__(c): return 'REPR ' + c.__name__
    x = property(lambda c: 'prop')
class W(metaclass=Meta, kw=1): y = 2
print(W.pre, W.zip, len(W), W[3], list(W), 1 in W, W + 1, W, W.x, W.y); t(lambda: W().x)
t(lambda: isinstance(W, Meta)); t(lambda: type(W)); t(lambda: type.__repr__(W))
class MroM(type):
    def mro(c): return [c] + [object]
class MM(metaclass=MroM): pass
class MN(MM): pass
print(MN.__mro__)
class BadM(type):
    def mro(c): return [1]
t(lambda: BadM('q', (), {}))
# init_subclass, set_name errors
class IS:
    def __init_subclass__(cls, /, tag=None, **k): super().__init_subclass__(**k); cls.tag = tag
class IS2(IS, tag='hi'): pass
print(IS2.tag); t(lambda: type('IS3', (IS,), {}, foo=1))
class SN:
    def __set_name__(self, o, n): 1 / 0
try:
    class SNH: d = SN()
except ZeroDivisionError as e: print(e, e.__notes__)
# mro_entries
class ME:
    def __mro_entries__(self, bases): return (A,)
class MEC(ME()): pass
print(MEC.__bases__, MEC.__orig_bases__); t(lambda: type('q', (ME(),), {}))
class GL(list[int]): pass
print(GL.__bases__, GL.__orig_bases__)
# classcell
class CC:
    def f(self): return __class__
print(CC().f())
class MC(type):
    def __new__(m, n, b, d):
        d.pop('__classcell__', None); return super().__new__(m, n, b, d)
def mkc():
    class Bad(metaclass=MC):
        def f(self): return __class__
t(mkc)
def meta(n, b, d): return (n, b, sorted(d))
class Fn(metaclass=meta): a = 1
print(Fn)
# builtin subclasses
class LI(list): pass
l = LI('abc'); l.x = 1; print(l, l.x, l + [1], type(l * 2), l == ['a', 'b', 'c'], len(l))
class DI(dict):
    def __getitem__(self, k): return ('DI', k)
print(DI(a=1)['b'], DI(a=1), DI(a=1).get('a'))
class IN(int):
    def __new__(cls, v, extra): o = super().__new__(cls, v); o.extra = extra; return o
    def __repr__(self): return f'IN({int(self)})'
i = IN(5, 'x'); print(i, i + 1, i.extra, [i], i == 5, {5: 1}[i], isinstance(i, int), i.__dict__)
class FL(float): pass
f = FL(2.5); f.a = 1; print(f, f * 2, f.a, type(f + f))
class ST(str):
    __slots__ = ()
print(ST('x') + 'y', type(ST('x').upper())); t(lambda: setattr(ST('x'), 'a', 1))
class TU(tuple):
    def __new__(cls, *a): return tuple.__new__(cls, a)
    @property
    def first(self): return self[0]
x, y = TU(1, 2); print(x, y, TU(3, 4).first, TU(1) + (2,), TU(1, 2) == (1, 2), hash(TU(1)) == hash((1,)))
class EXC(ValueError):
    def __str__(self): return 'custom'
e = EXC(1, 2); e.foo = 3; print(e, repr(e), e.args, e.foo, e.__dict__)
class Fro(frozenset): pass
print(Fro([1]), {Fro([1]): 2}[frozenset([1])])
class SetS(set): pass
print(SetS([1]) | {2}, type(SetS([1]) | {2}))
class CX(complex): pass
print(CX(1, 2) + 1)
t(lambda: type('q', (list, dict), {})); t(lambda: type('q', (type(None),), {})); t(lambda: type('q', (type(lambda: 0),), {}))
