print(1, "a", sep="-")
try:
    raise ValueError("x")
except ValueError as e:
    print(repr(e), e.args, str(e))
def f(n): return 1/n
try:
    f(0)
except ZeroDivisionError as e:
    tb = e.__traceback__
    while tb:
        print(tb.tb_lineno)
        tb = tb.tb_next
try:
    try:
        raise KeyError('a')
    except KeyError as e:
        raise ValueError('b') from e
except ValueError as e:
    print(e.__cause__, e.__context__, e.__suppress_context__)
    e.add_note('hello')
    print(e.__notes__)
try:
    raise ExceptionGroup('g', [ValueError(1), TypeError(2), ExceptionGroup('h', [ValueError(3)])])
except* ValueError as e:
    print('V', repr(e))
except* TypeError as e:
    print('T', repr(e))
print(max([1,5,3]), min(4,2,key=lambda x:-x), sum([0.1]*10), sum([1,2,3]), sorted([3,1,2], reverse=True), any([0,1]), all([0,1]))
print(hex(255), oct(8), bin(-5), ascii('é'), chr(8364), ord('€'), divmod(7,2), pow(2,10), pow(2,10,1000), round(2.567,1), round(2.5), abs(-3))
print(isinstance(3,int), isinstance(3,(str,int)), issubclass(bool,int), callable(len), hash('a')==hash('a'), len([1,2]))
print(list(iter(lambda it=iter([1,2,3]): next(it), 3)), next(iter([]), 'd'))
class A: 
    x=1
    def m(self): return 5
a=A(); setattr(a,'y',2); print(getattr(a,'y'), hasattr(a,'z'), getattr(a,'z',9), vars(a))
delattr(a,'y')
print(dir(a)[-3:])
exec("q=3\nprint(q)"); print(eval("1+2")); print(eval("  q+1"))
c=compile("x=1\nprint('comp',x)","f","exec"); exec(c,{})
try: compile("x=","f","exec")
except SyntaxError as e: print(e, e.lineno, e.offset, e.text)
print(format(3.14159,'.2f'), format('a'), format(10,'x'))
import sys
try: sys.exit(3)
except SystemExit as e: print(e.code)
try: a.zz
except AttributeError as e: print(e, e.name, e.obj is a)
try: {}['k']
except KeyError as e: print(str(e))
print(sys.exc_info(), OSError(2,'x'), repr(OSError(2,'x','f')), str(OSError(13,'x','f')))
class MyE(Exception):
    def __init__(self, a, *, b): super().__init__(a); self.b=b
try: raise MyE(1,b=2)
except MyE as e: print(e, e.b, e.__dict__)
print(UnicodeDecodeError('utf8', b'a\xff', 1, 2, 'bad'))
def g():
    x = 1
    return locals()
print(g(), globals()['__name__'])
try: int('x')
except ValueError as e: print(e)

print("precisions that are too big")
for make in (
    lambda precision: format(1e300, ".%df" % precision),
    lambda precision: ("%%.%de" % precision) % 1e300,
    lambda precision: ("%%.%dg" % precision).encode() % 1e300,
):
    for precision in (2**31 - 1, 2**31 - 1024):
        try:
            make(precision)
        except ValueError as error:
            print(error)

text = "abcde"
print([made is text for made in ("%s" % text, "%5s" % text, "{0:.10s}".format(text), text % (), text.format())])
print(["%6s" % text, "{:.2}".format(text), "%s!" % text])
