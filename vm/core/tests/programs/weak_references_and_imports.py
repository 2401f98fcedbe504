import weakref, gc, atexit, _thread, abc
class A: pass
a = A(); r = weakref.ref(a, lambda r: print('gone', r() is None)); p = weakref.proxy(a); p.x = 3
print(a.x, r() is a, weakref.getweakrefcount(a)); del a
try: p.x
except ReferenceError as e: print(e)
class B(abc.ABC):
    @abc.abstractmethod
    def f(self): ...
try: B()
except TypeError as e: print(e)
B.register(int); print(isinstance(3, B), isinstance('', B), issubclass(bool, B))
l = _thread.allocate_lock()
with l: print(l.locked(), l.acquire(False))
atexit.register(print, 'bye', sep='-')
x = []; x.append(x); del x; print(gc.collect() >= 1, gc.isenabled())
try:
    from weakref import nope
except ImportError as e: print(str(e).split(' (')[0], e.name, e.name_from)
except ModuleNotFoundError as e: print(e, e.name)
