"""Code objects, frames and the write-through f_locals."""
import sys
def f(a,b,/,c,*d,e=1,**g):
    x=[i for i in a]
    def h(): return x,a
    while x:
        if a: pass
    return h
c=f.__code__
print([n for n in dir(c) if not n.startswith('__')])
print(list(c.co_branches()))
print(type(c.co_lines()),type(c.co_positions()),type(c.co_branches()))
async def q():
    async for z in y:
        pass
print(list(q.__code__.co_branches()))
for e in ["type(c)()","types.CodeType(1)","c.replace(1)","c.replace(x=1)","c.replace(co_argcount='a')","c.replace(co_argcount=-1)","c.replace(co_code=b'a')","c.replace(co_names=[1])","c.replace(co_names=(1,))","c.replace(co_varnames=())","c.replace(co_nlocals=99)","c.replace(co_name=1)","c.replace(co_code='')","c.replace(co_consts=[])","c.co_name","c._varname_from_oparg(0)","c._varname_from_oparg(100)","c._varname_from_oparg('a')","c==c.replace()","hash(c)==hash(c.replace())","c==c.replace(co_name='zz')","c<c","c.replace(co_linetable=1)","c.replace(co_stacksize=-1)","c.co_x","setattr(c,'co_name',1)","c.replace(co_freevars=('zz',)).co_freevars", "c.__replace__(co_name='hh').co_name","c.replace(co_argcount=50)","type(c)(0,0,0,0,0,0,b'',(),(),(),'f','n','q',1,b'',b'',(),(),3)","type(c)(*['a']*16)"]:
    try: print(e, '->', eval(e))
    except BaseException as x: print(e,'!!',type(x).__name__,x)
fr=sys._getframe()
print([n for n in dir(fr) if not n.startswith("__")])
def g():
    x=1
    fr=sys._getframe()
    l=fr.f_locals
    print(type(l), [n for n in dir(l)])
    for e in ["l['x']","l['zz']","l.__setitem__(1,2)","l.__delitem__('x')","l.__delitem__('zz')","l.pop('x')","l.pop('zz')","l.pop('zz',3)","l.clear","l.popitem","(l|{}) == l","({}|l) == l","l|3","l==l","l=={}","l<l","hash(l)","len(l)","list(l)","l.keys()","len(l.items())","len(l.copy())","l.setdefault('x',4)","l.setdefault('n',4)","l.update({'a':1})","l.update(a=1)","l.update([('b',3)])","l.get('x')","l.get(1)","'x' in l","list(reversed(l))","type(l)(fr) == l","type(l)()","type(l)(1)","len(l.__ior__({'u':1}))","l.get('pp',5)","type(l)(x=1)","setattr(fr,'f_lineno',3)","setattr(fr,'f_trace_lines',3)","setattr(fr,'f_trace',3)","delattr(fr,'f_trace')","fr.f_trace","fr.f_generator","fr.clear()","setattr(fr,'f_trace_opcodes',True)","l.__class__.__module__","l.__class__.__mro__","delattr(fr,'f_lineno')", "l.update(1)","len(l|l)","type(l).__doc__","l.pop(1)","l.pop(1,2)","l.pop()"]:
        try: print(e, '->', eval(e,{},{'l':l,'fr':fr}))
        except BaseException as x1: print(e,'!!',type(x1).__name__,x1)
g()
def writes():
    x, y = 1, 2
    def inner(): return y
    proxy = sys._getframe().f_locals
    proxy['x'] = 10
    proxy['y'] = 20
    proxy['extra'] = 30
    return x, y, inner(), proxy['extra'], sorted(locals()), sys._getframe().f_locals['extra']
print(writes())
def caller():
    return sys._getframe(1).f_code.co_name, sys._getframe(0).f_back.f_lineno
def calls():
    return caller()
print(calls())
def left():
    kept = 5
    return sys._getframe()
frame = left()
print(frame.f_locals['kept'], frame.f_back.f_code.co_name if frame.f_back else None, frame.f_lineno)
frame.clear()
print(dict(frame.f_locals))
def gen():
    yield 1
g = gen()
print(g.gi_frame.f_generator is g)
next(g)
try: g.gi_frame.clear()
except RuntimeError as error: print(error)
