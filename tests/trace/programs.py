"""The programs that `streams.py` traces: by hand, and every kind of block around every kind of statement."""
from textwrap import dedent, indent

# Blocks, with a place for what is inside.
BLOCKS = {
    'for': 'for i in 1, 2:\n{}\nelse:\n    log("else")',
    'for_range': 'for i in range(2):\n{}',
    'for_python': 'for i in Counter(2):\n{}',
    'while': 'n = 2\nwhile n:\n    n -= 1\n{}\nelse:\n    log("else")',
    'while_true': 'w = 0\nwhile True:\n    w += 1\n    if w > 2:\n        break\n{}',
    'if': 'if log:\n{}\nelse:\n    log(0)',
    'else': 'if not log:\n    log(0)\nelif log is None:\n    pass\nelse:\n{}',
    'try': 'try:\n{}\nexcept ValueError:\n    log("except")',
    'try_as': 'try:\n{}\nexcept (TypeError, ValueError) as error:\n    log(error)\nelse:\n    log("else")\nfinally:\n    log("finally")',
    'except': 'try:\n    raise KeyError\nexcept KeyError:\n{}',
    'finally': 'try:\n    log(1)\nfinally:\n{}',
    'finally_raised': 'try:\n    try:\n        raise ValueError\n    finally:\n    {}\nexcept ValueError:\n    pass',
    'try_finally': 'try:\n{}\nfinally:\n    log("finally")',
    'try_star': 'try:\n    try:\n{}\n    except* ValueError as group:\n        log(group)\nexcept KeyError:\n    pass',
    'with': 'with Manager():\n{}',
    'with_two': 'with Manager(True) as a, Manager() as b:\n{}',
    'with_lines': 'with (\n    Manager(),\n    Manager(True) as b,\n):\n{}',
    'match': 'match (1, 2):\n    case (1, x) if x > 5:\n        log(x)\n    case (1, 2) | [3]:\n{}\n    case _:\n        pass',
}
DEEPER = {'finally_raised', 'try_star', 'match'}

# Statements, within a loop of a function.
STATEMENTS = {
    'pass': 'pass',
    'call': 'log(1,\n    log(2),\n    *(3,\n     4))',
    'raise': 'raise ValueError("x")',
    'raise_other': 'raise KeyError',
    'divide': 'x = (1 +\n     1 / 0)',
    'return': 'return 5',
    'return_call': 'return log(1)',
    'break': 'break',
    'continue': 'continue',
    'one_line': 'x = 1; y = x; log(x, y)',
    'one_line_if': 'if log: x = 1',
    'one_line_loop': 'for j in 1, 2: log(j)',
    'one_line_while': 'm = 2\nwhile m: m -= 1',
    'conditional': 'x = (1 if log\n     else 2)',
    'compare': 'x = 1 < 2 < 3 > 5',
    'bool': 'x = (log and\n     not log or\n     7)',
    'comprehension': 'x = [a + b for a in (1, 2)\n     for b in (3,) if a > 1]',
    'nested_function': 'def g(a, b=log(1), *, c=2) -> log:\n    return a\nx = g(1)',
    'lambda': 'x = (lambda a: a +\n     1)(2)',
    'class': 'class C(object):\n    "text"\n    x = 1\n    def m(self): return self.x\nx = C().m()',
    'assert': 'assert log, "no"\nassert not log, log(1)',
    'del': 'x = [1, 2]\ndel x[0], x',
    'unpack': '(a, *b), c = (1, 2, 3), 4',
    'augmented': 'x = [1]\nx[0] += 2\nx = x[:1] + x[-1:]',
    'f_string': "x = 3\nx = f'{x!r:>{x}}' f'{log(1)}'",
    'import': 'import sys as s\nfrom sys import path, argv as v',
    'walrus': 'if (x := log(1)) is None and (y := 2) is not None:\n    log(y)',
    'dict': 'x = {\n    1: 2,\n    **{3: 4},\n}',
    'generator': 'x = sum(a for a in (1, 2))',
    'with_empty': 'with Manager(): pass',
}


def put(block, inside):
    depth = 8 if block in DEEPER else 4
    template = BLOCKS[block].replace('    {}', '{}') if block == 'finally_raised' else BLOCKS[block]
    return template.format(indent(inside, ' ' * depth))


def function(body):
    return 'def f():\n    for outer in 1, 2:\n' + indent(body, ' ' * 8) + '\n    return outer\nf()\n'


def generated():
    for statement, text in STATEMENTS.items():
        yield f'{statement}', function(text)
    few = 'pass', 'raise', 'raise_other', 'return_call', 'break', 'continue', 'one_line_loop', 'bool'
    for block in BLOCKS:
        for statement in few:
            yield f'{block} {statement}', function(put(block, STATEMENTS[statement]))
    # Blocks in blocks, each with another statement inside.
    inside = 'raise', 'return', 'break', 'continue', 'raise_other', 'call'
    count = 0
    for outer in BLOCKS:
        for block in BLOCKS:
            count += 1
            if count % 2 and (outer != block or not block.startswith('while')):
                statement = inside[count // 2 % len(inside)]
                body = put(outer, put(block, STATEMENTS[statement]))
                yield f'{outer} {block} {statement}', function(body)
    for block in BLOCKS:
        body = put(block, 'x = yield 1\nlog(x)')
        yield f'{block} yield', function(body).replace('f()\n', 'list(f())\n')
        yield f'{block} yield thrown', function(body).replace('\nf()\n', dedent('''
            g = f()
            next(g)
            try:
                log(g.throw(ValueError))
            except (ValueError, StopIteration):
                pass
            g.close()
        '''))
        body = put(block, 'x = await Once()\nlog(x)')
        yield f'{block} await', 'async ' + function(body).replace('\nf()\n', '\ndrive(f())\n')


BY_HAND = '''
## module lines
x = 1

y = 2
if x: y = 3
else: y = 4
## empty
## only text
"text"
## decorators
def d(n):
    return lambda f: f
@d(1)
@d(
    2
)
def f(a=1,
      b=2):
    return a
f()
@d(3)
class C:
    pass
## class body
class A:
    x = 1
    def f(self):
        return 1
    y = [x for x in (1, 2)]
class B(A, metaclass=type):
    def f(self):
        return super().f()
B().f()
## generator lines
def g():
    yield 1
    yield from h()
    return 3
def h():
    x = yield 2
    return x
for i in g(): log(i)
## generator return value in for
def g():
    yield 1
    return 2
for i in g():
    pass
## generator return value again
def g():
    yield 1
    return 2
def f():
    for i in g(): pass
for i in range(12): f()
## python iterator
for i in Counter(2):
    log(i)
x = [i for i in Counter(2)]
a, b = Counter(2)
## yield from python iterator
def g():
    r = yield from Counter(2)
    return r
list(g())
## yield from list
def g():
    yield from [1, 2]
list(g())
## throw into delegate
def inner():
    try:
        yield 1
    except ValueError:
        yield 2
def outer():
    yield from inner()
    yield 3
g = outer()
next(g)
g.throw(ValueError)
next(g)
g.close()
## close outside try
def g():
    yield 1
    yield 2
x = g()
next(x)
x.close()
## close inside try
def g():
    try:
        yield 1
    finally:
        log(1)
x = g()
next(x)
x.close()
## close never begun
def g():
    yield 1
x = g()
x.close()
## dropped
def g():
    with Manager():
        yield 1
x = g()
next(x)
del x
## send
def g():
    x = yield 1
    while x:
        x = yield x - 1
c = g()
next(c)
c.send(2)
try:
    c.send(0)
except StopIteration:
    pass
## generator expression
x = list(i * 2
         for i in range(3)
         if i)
## generator raises
def g():
    yield 1
    raise ValueError
try:
    for i in g(): log(i)
except ValueError as e:
    log(e)
## StopIteration in generator
def g():
    yield 1
    raise StopIteration
try:
    list(g())
except RuntimeError:
    pass
## async for
async def f():
    async for i in Steps(2):
        log(i)
    else:
        log('else')
drive(f())
## async for break
async def f():
    async for i in Steps(2):
        if i: break
    return i
drive(f())
## async for one line
async def f():
    async for i in Steps(2): log(i)
drive(f())
## async with
async def f():
    async with Manager() as m, Manager(True):
        raise ValueError
    return m
drive(f())
## async comprehension
async def f():
    return [i async for i in Steps(2)
            if i]
drive(f())
## async generator
async def g():
    for i in range(2):
        yield i
        await Once()
async def f():
    async for i in g():
        log(i)
    return [i async for i in g()]
drive(f())
## async generator closed
async def g():
    try:
        yield 1
    finally:
        await Once()
async def f():
    a = g()
    await a.asend(None)
    await a.aclose()
drive(f())
## async generator thrown
async def g():
    try:
        yield 1
    except ValueError:
        yield 2
async def f():
    a = g()
    await anext(a)
    await a.athrow(ValueError)
drive(f())
## await chain
async def a(): return await b()
async def b():
    await Once()
    return 1
async def c():
    return (await a() +
            await b())
drive(c())
## await raises
async def a():
    await Once()
    raise KeyError
async def f():
    try:
        await a()
    except KeyError:
        return 1
drive(f())
## except named cleanup
def f():
    try:
        raise ValueError
    except ValueError as e:
        pass
    except TypeError as e:
        log(e)
f()
## reraise
def f():
    try:
        try:
            1 / 0
        except ZeroDivisionError:
            log(1)
            raise
        finally:
            log(2)
    except Exception as e:
        raise RuntimeError from e
try: f()
except RuntimeError: pass
## through frames
def a(): b()
def b(): return c()
def c():
    raise KeyError(1)
try:
    a()
except KeyError:
    pass
## native raises
def f():
    return int('x')
try:
    f()
except ValueError:
    pass
## native calls back
def key(x):
    return -x
sorted([1, 2], key=key)
list(map(lambda x: x + 1, [1, 2]))
class K:
    def __eq__(self, other): return True
    def __hash__(self): return 1
    def __len__(self): return 0
    def __bool__(self):
        return False
    def __getattr__(self, name):
        return name
k = K()
{k: 1}[K()]
if k: pass
k == 1; k.x
## property and descriptors
class P:
    @property
    def x(self):
        return 1
    @staticmethod
    def s(): return 2
    @classmethod
    def c(cls):
        return 3
p = P()
p.x + p.s() + p.c()
for i in range(5): p.x
## finally with return
def f():
    try:
        return log(1)
    finally:
        log(2)
def g():
    for i in (1, 2):
        try:
            continue
        finally:
            log(i)
    while True:
        try:
            break
        finally:
            log(3)
f(); g()
## finally overrides
def f():
    for i in 1, 2:
        try:
            raise KeyError
        finally:
            continue
    try:
        raise KeyError
    finally:
        return 1
f()
## exception groups
def f():
    try:
        raise ExceptionGroup('g', [ValueError(), TypeError()])
    except* ValueError as e:
        log(e)
    except* (TypeError,
             KeyError):
        log(1)
    else:
        log(2)
    finally:
        log(3)
f()
## nested with
def f():
    with Manager(True):
        with Manager():
            with Manager() as m:
                raise ValueError(m)
            log(1)
        log(2)
    return 3
f()
## match kinds
class P:
    __match_args__ = 'x', 'y'
    def __init__(self, x, y): self.x, self.y = x, y
def f(v):
    match v:
        case None | True: return 1
        case 1: return 2
        case 'a' as x: return x
        case [a, *rest, {'k': 1, **more}]:
            return rest
        case {'k': [x]} if x > 1:
            return x
        case P(1, y=y):
            return y
        case P(x=_, y=P()):
            return 7
        case int(n):
            return n
        case _:
            return 0
for v in None, 1, 'a', [1, 2, {'k': 1}], {'k': [2]}, {'k': [0]}, P(1, 2), P(3, P(1, 1)), 5, 6.0: f(v)
## chained comparisons
def f(a, b, c):
    return (a <
            b
            < c)
f(1, 2, 3); f(3, 2, 1)
if 1 < len('ab') < 3 and not (
        4 < 5 > 6):
    x = 1
## multi-line calls
def f(*a, **k):
    return f
f(
    1,
    f(2)(
        3
    ),
    k=[
        4,
        5,
    ],
).__name__.upper(
).lower()
## multi-line strings
x = """a
b""" + f"""{
    1
}
c"""
y = ("a"
     "b")
## docstrings and globals
def f():
    """text"""
    global z
    z = 1
    nonlocals()
def nonlocals():
    a = 1
    def g():
        nonlocal a
        a = 2
    g()
    return a
f()
## loop with pass
for i in range(3):
    pass
while False:
    pass
while 0: log(1)
if 0:
    log(2)
## loop else
for i in ():
    pass
else:
    x = 1
for i in (1, 2):
    if i == 2: break
else:
    x = 2
while x:
    x = 0
else: x = 3
## nested loops on one line
def f():
    for i in 1, 2:
        for j in 3, 4: log(i, j)
    x = [[a for a in (1, 2)] for b in (3, 4)]
    return {a: b for a, b in x}, {a for a, b in x}
f()
## infinite loop with condition
def f():
    n = 0
    while 1:
        n += 1
        if n < 3: continue
        break
    return n
f()
## while with complex test
n = 3
while (n > 0 and
       n != 1):
    n -= 1
## recursion
def f(n):
    if n <= 0: return 0
    return n + f(n - 1)
f(3)
## closures
def f():
    x = 1
    def g():
        return x
    x = 2
    return g()
f()
## lambdas on lines
f = lambda x: (
    x +
    1)
f(1)
(lambda: (yield))
list((lambda: (yield 1))())
## default arguments
def f(a=[
    1,
    2,
], *,
      b: int = 3,
      **c) -> dict[str,
                   int]:
    return a
f()
## type parameters
def f[T: int](x: T) -> T:
    return x
class C[T](list[T]):
    pass
type A[T] = list[
    T]
f(1); C(); A.__value__
## annotations
x: int = 1
y: str
class C:
    a: int
    b: list[
        int] = []
C.__annotations__
## conditional import
try:
    import nothing_like_that
except ImportError:
    pass
import math as m
from math import (
    pi,
    tau,
)
## assertion fails
def f():
    assert log(1) is None
    assert (
        log(1)
    ), (
        'message'
    )
try:
    f()
except AssertionError:
    pass
## delete
x = {1: 2, 3: 4}
del x[1]
def f():
    a = b = 1
    del a, b
    class C: pass
    C.x = 1
    del C.x
f()
## starred
def f(a, *b, c=1, **d): return a
f(*[1, 2], *(3,), **{'c': 4}, **dict(e=5))
x = [*(1, 2), *[3]]
y = {**{1: 2},
     3: 4}
## slices and subscripts
x = list(range(5))
x[1:3] = [7]
x[::2]
x[
    0
] += 1
del x[:2]
## unpacking
a, b = 1, 2
a, b = b, a
(a,
 b), *c = (1, 2), 3, 4
for a, (b, *c) in [(1, (2, 3))]: log(a)
try:
    a, b = 1,
except ValueError: pass
## augmented
class N:
    def __iadd__(self, other):
        return self
n = N()
n += (1 +
      2)
x = 5
x **= 2; x //= 3; x |= 1
## f-strings
x = 3
f'{x}{x!r:>5}{x:{x}}{f"{x}"}'
f'{
    x + 1
:>3}'
t'{x}'
## walrus
if (n := len([1])) > 0:
    x = [y := 1, y + 1]
while (n := n - 1) > -2: pass
## ternary chain
def f(x):
    return ('a' if x == 1 else
            'b' if x == 2
            else 'c')
f(1), f(2), f(3)
## short circuits
def f(a, b):
    x = a or b
    y = a and b and 1
    if not (a and b) or x:
        return y
    return x
f(0, 1); f(1, 0); f(1, 1)
## try in loop
for i in range(3):
    try:
        if i == 1:
            raise ValueError
        if i == 2:
            break
    except ValueError:
        continue
    else:
        log(i)
    finally:
        log('f')
## nested functions raising
def f():
    def g():
        try:
            return h()
        except LookupError:
            return 1
    def h():
        return {}[1]
    return g()
f()
## exec and eval
exec("x = 1\\ny = 2")
eval("(1 +\\n 2)")
## sorted with error
def k(x): raise TypeError(x)
try: sorted([1, 2], key=k)
except TypeError: pass
## constructor
class A:
    def __init__(self, x):
        self.x = x
    def __new__(cls, x):
        return super().__new__(cls)
A(1)
class B:
    def __init__(self): pass
def make():
    return B()
for i in range(4): make()
## metaclass
class M(type):
    def __new__(m, name, bases, d):
        return super().__new__(m, name, bases, d)
    def __call__(cls):
        return super().__call__()
class C(metaclass=M):
    x = 1
C()
## super and attributes
class A:
    def f(self): return 1
    x = 2
class B(A):
    def f(self):
        return (super().f() +
                super().x)
B().f()
## int loop specialised
def f(n):
    s = 0
    for i in range(n):
        s += i
    return s
f(12)
## with raising in enter
class E:
    def __enter__(self): raise ValueError
    def __exit__(self, *a): pass
try:
    with E():
        log(1)
except ValueError:
    pass
## with raising in exit
class E:
    def __enter__(self): return 1
    def __exit__(self, *a): raise KeyError
try:
    with E() as x:
        log(x)
except KeyError:
    pass
## contextmanager
import contextlib
@contextlib.contextmanager
def m():
    try:
        yield 1
    finally:
        log(2)
with m() as x:
    log(x)
## comments and blank lines

# one

x = 1  # two

# three
def f():

    # four
    return 1

f()
## semicolons
x = 1; y = 2; z = 3
def f(): x = 1; return x
f()
if x: y = 1; z = 2
## backslashes
x = 1 + \\
    2 + \\
    3
assert x == \\
    6
'''


def by_hand():
    for part in BY_HAND.split('\n## ')[1:]:
        name, _, source = part.partition('\n')
        yield name, source


def large():
    """More than 255 names and constants, and jumps too far for one byte."""
    lines = [f'    x{i} = {i + 300}' for i in range(270)]
    yield 'extended arguments', 'def f():\n' + '\n'.join(lines) + '\n    return x0 + x269\nf()\n'
    lines = [f'        log({i}, "{i}")' for i in range(40)]
    yield 'far jumps', 'def f():\n    for i in 1, 2:\n' + '\n'.join(lines) + '\n    return i\nf()\n'


PROGRAMS = {**dict(by_hand()), **dict(generated()), **dict(large())}
