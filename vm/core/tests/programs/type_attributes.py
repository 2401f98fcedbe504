# Attributes of types, functions, methods and descriptors; calling slots as methods.


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
# many descriptors & introspection
class A:
    "doc A"
    x: int = 3
    def f(self, a: int, b: str = 'q') -> float: "doc f"
    class In: pass
print(A.__doc__, A.f.__doc__, A.f.__annotations__, A.f.__qualname__, A.In.__qualname__, A.__module__, A.__firstlineno__, A.__static_attributes__)
A.__doc__ = 'new'; print(A.__doc__); A.__name__ = 'AA'; print(A, A.__qualname__); A.__qualname__ = 'QQ'; print(A); A.__module__ = 'mod'; print(A, A()) if 0 else print(A)
t(lambda: setattr(A, '__name__', 'a\0')); t(lambda: setattr(A, '__qualname__', 1)); t(lambda: setattr(A, '__module__', 5)); print(A.__module__)
print(sorted(dir(A))[:5], 'x' in dir(A()), dir(object)[:3])
print(A.__dict__['x'], type(A.__dict__), A.__dict__.get('zz'), len(A.__dict__) > 3, 'x' in A.__dict__, sorted(A.__dict__ | {'zzz': 1})[-1])
t(lambda: A.__dict__.__setitem__('a', 1)); t(lambda: object.__setattr__(A, 'x', 1)); t(lambda: type.__setattr__(A, 'x', 8)); print(A.x)
t(lambda: type.__call__(A)); t(lambda: type.__call__(5)); t(lambda: int.__add__(1)); t(lambda: object.__getattribute__(1, 2)); t(lambda: object.__repr__(5)[:16])
t(lambda: object().__eq__(1)); t(lambda: object().__ne__(1)); t(lambda: object().__lt__(1)); t(lambda: (1).__eq__('a')); t(lambda: int.__eq__(1, 1)); t(lambda: (5).__hash__()); t(lambda: 'a'.__len__()); t(lambda: [1].__contains__(1)); t(lambda: (1).__bool__()); t(lambda: (3).__rsub__(10)); t(lambda: 'a'.__add__(1)); t(lambda: [1].__mul__('a')); t(lambda: [1].__rmul__(2)); t(lambda: [1].__iadd__('ab')); t(lambda: (2).__rpow__(3)); t(lambda: (2).__pow__(3, 5)); t(lambda: {}.__setitem__(1, 2)); t(lambda: [].__delitem__(0)); t(lambda: iter([1]).__next__()); t(lambda: iter([]).__next__()); t(lambda: 'abc'.__getitem__(1)); t(lambda: (1.5).__float__()); t(lambda: (1).__class__); t(lambda: (lambda: 0).__get__(1)); t(lambda: A.f.__get__(None, A)); t(lambda: (1).__index__()); t(lambda: 'x'.__iter__().__next__()); t(lambda: (1).__init__()); t(lambda: (1).__init__(2)); t(lambda: [].__init__((1, 2))); t(lambda: object.__init__()); t(lambda: object.__init__(1)); t(lambda: object.__init__(object(), 1)); t(lambda: object.__new__(object, 1)); t(lambda: type.__init__(A)); t(lambda: type.__init__(A, 1)); t(lambda: type.__new__(type, 'a')); t(lambda: type.__new__(int, 'a', (), {})); t(lambda: type.__new__())
t(lambda: object().__format__('')[:7]); t(lambda: object().__format__('x')); t(lambda: object().__format__(1)); t(lambda: object().__sizeof__() > 0); t(lambda: object().__dir__()[:2]); t(lambda: object().__subclasshook__()); t(lambda: object.__subclasshook__(1)); t(lambda: object.__init_subclass__()); t(lambda: object.__init_subclass__(1)); t(lambda: object.__init_subclass__(a=1));

# bound method identity / hash / eq
class C:
    def m(self): return self
c = C(); print(c.m == c.m, c.m is c.m, hash(c.m) == hash(c.m), c.m.__self__ is c, c.m.__func__ is C.m, c.m.__name__, c.m.__doc__)
C.m.attr = 5; print(c.m.attr, C.m.__dict__); t(lambda: setattr(c.m, 'attr', 1))
print(len.__name__, [].append.__self__, [].append.__name__, str.upper.__name__, str.upper.__qualname__, str.upper.__objclass__, int.__add__.__name__, int.__add__.__objclass__, (1).__add__.__self__, (1).__add__.__name__, (1).__add__.__qualname__)
print(str.upper('a'), str.upper.__get__('b')(), dict.fromkeys([1]), dict.fromkeys.__self__, int.from_bytes, int.real.__name__, type(int.real), int.real.__get__(5), (5).real)
t(lambda: str.upper(1)); t(lambda: str.upper()); t(lambda: 'a'.upper(1)); t(lambda: 'a'.upper(x=1)); t(lambda: [].append()); t(lambda: [].append(1, 2)); t(lambda: [].append(x=1)); t(lambda: len()); t(lambda: len(1, 2)); t(lambda: len(x=1)); t(lambda: setattr(5, 'real', 1)); t(lambda: setattr(5, 'foo', 1)); t(lambda: (5).foo); t(lambda: delattr(5, 'real')); t(lambda: int.__add__.__doc__); t(lambda: int.__add__.__text_signature__); t(lambda: list.__iadd__.__doc__); t(lambda: list.__mul__.__doc__); t(lambda: list.__add__.__doc__); t(lambda: int.__iadd__); t(lambda: list.__len__.__text_signature__); t(lambda: object.__doc__[:20]); t(lambda: type.__doc__); t(lambda: type(A).__doc__ == type.__doc__); t(lambda: property.__doc__[:30]); t(lambda: super.__doc__[:30]); t(lambda: staticmethod.__text_signature__); t(lambda: property.__text_signature__); t(lambda: A.__text_signature__)
# isinstance with __class__ lies, abstract
class Liar:
    @property
    def __class__(self): return int
print(isinstance(Liar(), int), type(Liar()), isinstance(Liar(), Liar))
class Fake:
    def __init__(self, b): self.__bases__ = b
f1 = Fake(()); f2 = Fake((f1,)); print(issubclass(f2, f1), issubclass(f1, f2)); t(lambda: issubclass(f1, int)); t(lambda: isinstance(1, f1))
class IC(type):
    def __instancecheck__(c, o): return o == 5
    def __subclasscheck__(c, o): return o is str
class ICC(metaclass=IC): pass
print(isinstance(5, ICC), isinstance(6, ICC), issubclass(str, ICC), issubclass(int, ICC), isinstance(5, (int, ICC)), isinstance(ICC(), ICC), issubclass(ICC, ICC))
# unraisable __del__
class Dl:
    def __del__(self): print('gone')
d = Dl(); d = None
l = [Dl()]; l.clear()
class Res:
    keep = []
    def __del__(self): Res.keep.append(self); print('res')
r = Res(); del r; print(len(Res.keep)); Res.keep.clear(); print('end')
# type() 3-arg and dict not shared
d = {'q': 1}; T = type('T', (), d); d['q'] = 2; print(T.q)
t(lambda: type('T', (), {'__slots__': 'a b'})); t(lambda: type('T', (int,), {'__slots__': ('a',)})); t(lambda: type('T', (), {'__slots__': None}))
# function attributes
def fn(a, b=1, *c, d=2, **e): "D"
print(fn.__defaults__, fn.__kwdefaults__, fn.__closure__, fn.__globals__ is globals(), fn.__module__, fn.__name__, fn.__dict__, fn.__doc__, fn.__type_params__)
fn.zz = 1; print(fn.zz, fn.__dict__); fn.__defaults__ = (9,); fn.__name__ = 'other'; print(fn.__name__, fn.__qualname__); fn.__dict__ = {'n': 1}; print(fn.n)
def two(a, b=5): return a, b
two.__defaults__ = (1, 2); print(two()); two.__defaults__ = None; t(lambda: two(1)); two.__code__ = (lambda x: x * 2).__code__; print(two(4)); 
def kw(*, a=1): return a
kw.__kwdefaults__ = {'a': 7}; print(kw())
print(type(lambda: 0)((lambda x: x + 1).__code__, {})(3), type(lambda: 0)((lambda x=3: x).__code__, {}, 'nm', (8,))())
t(lambda: type(lambda: 0)()); t(lambda: type(lambda: 0)(1, 2))
class cp:
    @property
    def p(self): "pd"; return 1
    @p.setter
    def p(self, v): self.s = v
    @p.deleter
    def p(self): self.d = True
o = cp(); o.p = 3; del o.p; print(o.s, o.d, o.p, cp.p.__doc__, cp.p.fget.__name__, cp.p.__name__)
class sub(cp):
    @cp.p.getter
    def p(self): "sd"; return 2
print(sub().p, sub.p.__doc__, sub.p.fset is cp.p.fset)
