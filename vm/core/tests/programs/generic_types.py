# Generic aliases, unions, modules, mapping proxies, annotations, abstract classes.


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


import sys
def t(f):
    try: print(repr(f()))
    except BaseException as e: print(type(e).__name__, e)
GA = type(list[int]); U = type(int | str)
print(GA, U, GA.__module__, U.__module__, U.__name__)
t(lambda: GA(list, int)); t(lambda: GA(list, (int, str))); t(lambda: GA(1)); t(lambda: GA(list, int).__origin__); t(lambda: list[int].__args__); t(lambda: list[int].__parameters__); t(lambda: list[int]([1, 2])); t(lambda: list[int].append); t(lambda: list[int] == list[int]); t(lambda: hash(list[int]) == hash(list[int])); t(lambda: list[int] != list[str]); t(lambda: dict[str, list[int]]); t(lambda: tuple[int, ...]); t(lambda: list['x']); t(lambda: list[[int, str]]); t(lambda: [*tuple[int, str]][0].__unpacked__); t(lambda: tuple[*tuple[int, str]]); t(lambda: list[int].__unpacked__); t(lambda: list[int].__mro_entries__(())); t(lambda: list[int].foo); t(lambda: setattr(list[int], 'x', 1)); t(lambda: list[int].__reduce__()); t(lambda: type(list[int])); t(lambda: list[int].__doc__ == list.__doc__); t(lambda: list[None]); t(lambda: callable(list[int])); t(lambda: list[int].__class__ is GA)
class TV:
    def __init__(self, n): self.__name__ = n
    def __typing_subst__(self, x): return x
    def __repr__(self): return '~' + self.__name__
T, S = TV('T'), TV('S')
t(lambda: list[T].__parameters__); t(lambda: dict[T, S].__parameters__); t(lambda: dict[T, list[S]][int, str]); t(lambda: dict[T, T][int]); t(lambda: list[T][int, str]); t(lambda: dict[T, S][int]); t(lambda: list[int][int]); t(lambda: dict[str, dict[T, int]][float]); t(lambda: (list[T] | dict[S, T]).__parameters__); t(lambda: (list[T] | int)[str])
t(lambda: int | None); t(lambda: None | int); t(lambda: int | str | int); t(lambda: (int | str).__args__); t(lambda: int | list[int]); t(lambda: (int | str) == (str | int)); t(lambda: hash(int | str) == hash(str | int)); t(lambda: isinstance(None, int | None)); t(lambda: issubclass(bool, int | str)); t(lambda: isinstance(1, list[int] | str)); t(lambda: issubclass(int, list[int] | str)); t(lambda: (int | str)()); t(lambda: int | 1); t(lambda: 1 | int); t(lambda: (int | str).__origin__); t(lambda: (int | str).__name__); t(lambda: type('q', (int | str,), {})); t(lambda: (int | str).foo); t(lambda: int | int); t(lambda: bool | int); t(lambda: (int | str) | (float | str)); t(lambda: U[int, str]); t(lambda: U[int]); t(lambda: isinstance(int | str, U))
class M(type):
    def __or__(c, o): return 'mor'
class MC(metaclass=M): pass
t(lambda: MC | int); t(lambda: int | MC)
class CG:
    def __class_getitem__(cls, k): return f'{cls.__name__}[{k}]'
class CG2(CG): pass
print(CG[1], CG2[2]); t(lambda: CG()[1]); t(lambda: int[3]); t(lambda: type[int]); t(lambda: type[int].__args__)
# modules
MT = type(sys)
m = MT('m', 'doc'); m.x = 1; print(m.x, m.__doc__, m.__name__, sorted(vars(m))); del m.x; t(lambda: m.x); t(lambda: delattr(m, 'x'))
class Sub(MT):
    @property
    def p(self): return 'prop ' + self.__name__
    def __getattr__(self, n): return 'sub ' + n
s = Sub('nm'); s.y = 2; print(s.p, s.y, s.zz, s, s.__dict__['y'], isinstance(s, MT)); t(lambda: setattr(s, '__dict__', {}))
m.__class__ = Sub; print(m.p, m.foo); t(lambda: setattr(m, '__class__', int))
class SubS(MT): __slots__ = ('q',)
s = SubS('k'); s.q = 3; s.w = 4; print(s.q, s.w, 'q' in s.__dict__)
m2 = MT('lazy'); m2.__getattr__ = lambda n: n.upper(); print(m2.abc); m2.__dir__ = lambda: ['b', 'a']; print(dir(m2))
m2.__annotate__ = lambda f: {'a': int}; print(m2.__annotations__); m2.__annotations__ = {}; print(m2.__annotations__, '__annotate__' in vars(m2)); del m2.__annotations__; t(lambda: m2.__annotations__)
# mappingproxy
MP = type(int.__dict__)
mp = MP({'a': 1}); print(mp, mp['a'], len(mp), list(mp), mp.get('z', 5), mp.get('q'), mp | {'b': 2}, mp == {'a': 1}, mp.copy(), 'a' in mp, list(mp.items()), list(reversed(mp)), hasattr(mp, 'pop')); t(lambda: MP(1)); t(lambda: MP([])); t(lambda: mp['zz']); t(lambda: hash(mp)); t(lambda: MP()); t(lambda: MP[int]); t(lambda: mp.__ior__({})); t(lambda: mp.get()); t(lambda: str(mp)); t(lambda: mp < mp)
def ior():
    x = MP({}); x |= {}; return x
t(ior)
# annotations of classes
class An:
    a: int
    b: undefined_name
t(lambda: An.__annotations__); undefined_name = str; print(An.__annotations__, An.__annotate__(1) == An.__annotations__); An.__annotations__ = {'z': 1}; print(An.__annotations__, An.__annotate__); del An.__annotations__; t(lambda: An.__annotations__)
class An2(An): pass
print(An2.__annotations__); An2.__annotate__ = lambda f: {'k': f}; print(An2.__annotations__); t(lambda: setattr(An2, '__annotate__', 3)); t(lambda: delattr(An2, '__annotate__')); t(lambda: An2.__annotate__.__name__)
def fa(x: int, y: 'str') -> None: pass
print(fa.__annotations__, fa.__annotate__(1)); fa.__annotations__ = {'q': 2}; print(fa.__annotations__, fa.__annotate__)
# classmethod wrapping
class W:
    @classmethod
    def c(cls): "cd"; return cls
    @staticmethod
    def s(): "sd"
print(W.__dict__['c'].__doc__, W.__dict__['c'].__name__, W.__dict__['s'].__wrapped__.__name__, W.__dict__['c'].__func__ is W.c.__func__, W.c.__self__ is W, W.__dict__['c'].__isabstractmethod__, W.__dict__['s'].__dict__.keys()); t(lambda: W.__dict__['c']()); t(lambda: classmethod(1).__get__(None, int)()); t(lambda: classmethod(len).__get__('abc')); t(lambda: staticmethod(len)('abc')); t(lambda: W.__dict__['s'].__annotations__); t(lambda: classmethod[int])
class AB:
    def f(self): pass
    f.__isabstractmethod__ = True
AB.__abstractmethods__ = frozenset(['f', 'g']); t(AB); AB.__abstractmethods__ = frozenset(['f']); t(AB); print(AB.__abstractmethods__, AB.__flags__ >> 20 & 1); del AB.__abstractmethods__; t(lambda: type(AB()).__name__); t(lambda: AB.__abstractmethods__)
print(int.__flags__ >> 24 & 1, bool.__flags__ >> 10 & 1, list.__flags__ >> 25 & 1, W.__flags__ >> 9 & 1, type.__flags__ >> 31 & 1)
