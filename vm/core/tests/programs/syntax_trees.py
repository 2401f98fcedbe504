# Syntax trees: nodes as objects, sources as trees, trees as code.
import _ast as ast


def t(f):
    try: print(repr(f()))
    except BaseException as e: print(type(e).__name__, e)


def parse(source, mode="exec"):
    return compile(source, "<source>", mode, ast.PyCF_ONLY_AST)


def dump(node, positions=True):
    if isinstance(node, ast.AST):
        at = [getattr(node, name) for name in node._attributes] if positions else []
        fields = [f"{name}={dump(getattr(node, name), positions)}" for name in node._fields]
        return f"{type(node).__name__}{tuple(at) if at else ''}({', '.join(fields)})"
    if isinstance(node, list):
        return f"[{', '.join(dump(item, positions) for item in node)}]"
    return repr(node)


# Nodes
for call in [lambda: ast.AST(), lambda: ast.AST(1), lambda: ast.Name("x"), lambda: ast.Name("x", ast.Load(), 3), lambda: ast.Name("x", id="y"),
             lambda: ast.FunctionDef("f", ast.arguments()), lambda: ast.Name("x", lineno=3).__reduce__(), lambda: ast.Name("x").__replace__(id="z"),
             lambda: ast.Name("x").__replace__(foo=3), lambda: ast.Name("x").__replace__(1), lambda: ast.Name("x").lineno, lambda: ast.Name("x").__dict__,
             lambda: ast.Tuple([ast.Name("x")] * 8), lambda: ast.Module([ast.Expr(ast.Name("x"))]), lambda: ast.Constant(3, kind="u").kind,
             lambda: ast.FunctionDef.__doc__, lambda: ast.FunctionDef._fields, lambda: ast.FunctionDef._field_types["returns"],
             lambda: ast.FunctionDef.__match_args__, lambda: ast.expr._attributes, lambda: ast.stmt.__bases__, lambda: ast.stmt.end_lineno,
             lambda: ast.Dict._field_types, lambda: ast.AST.__match_args__, lambda: ast.Name.__module__]:
    t(call)
class Mine(ast.AST):
    _fields = ("a", "b")
t(lambda: Mine(1, 2).a); t(lambda: Mine(1))
match ast.BinOp(ast.Constant(1), ast.Add(), ast.Constant(2)):
    case ast.BinOp(ast.Constant(left), ast.Add(), ast.Constant(right)): print(left, right)

# Sources
for source in ["x = y, = [*z]", "@a\n@b (1)\nasync def f(p, /, q: int = 1, *args: str, r=2, s, **kw) -> None:\n    '''doc'''\n    return await x\n",
               "class C[T: int = str, *U, **V](B, metaclass=M):\n    x: int = 3; (y): str\n", "if a:\n    pass\nelif b:\n    pass;\nelse:\n    pass\n",
               "for x in y: break\nelse: continue\n", "while 1: pass", "try: a\nexcept* (B, C) as d: e\nelse: f\nfinally: g\n", "with a as b, (c): d",
               "match x:\n    case [1, -2j, *_] | {'a': None, **r} | C(1, k=x.y) as z if g: pass\n    case _: pass\n",
               "import a.b as c, d\nfrom ..e import (f as g, h)\nfrom . import *\n", "del a, b[1:2, ::3]; assert x, y; raise A from B; global g, h\n",
               "f(x for x in y); f(*a, k=1, **b); lambda *, a=1: a; a if b else c; not -~+a; a < b <= c is not d not in e\n",
               "{1: 2, **a}; {1, 2}; {a: b for a in b if c async for d in e}; (yield x); (x := 3); a[b].c @= 2; a and b or c\n",
               "1.5; 2j; 10**30; 0xfffffffffffffffffffff; b'a' b'b'; u'x' 'y'; '\\ud800'; ...; True; None\n", "type A[T] = list[T]\n",
               "f'a{x}b{y!r:>{w}.2f}' 'c' f'{z = }' f'{z=!s}' f'{z=:3}'; f''; f'a' 'b'; '' f'{a}' ''\n", "t'a{x}{ y + 1 !r:>{w}}b{z = }' t'c'\n", "é = '日本' + x  # ü\n"]:
    print(dump(parse(source)))
print(dump(parse("a + 1", "eval"))); print(dump(parse("a + 1; b\n", "single")))
t(lambda: parse("a +")); t(lambda: compile("x", "", "func_type")); t(lambda: compile("x", "", "what", 1024))
tree = parse("x = 1")
print(compile(tree, "", "exec", ast.PyCF_ONLY_AST) is tree, parse("a").body[0].value.ctx is parse("b").body[0].value.ctx)

# Trees as code: positions and all.
source = '''
def f(a, *, b: int = 3):
    """doc"""
    return [f"{x!r:>{b}}" for x in a if x], t"{a}!", "\\ud800", 1 in (1, 2), {**{}}
print(f([0, 1, 2], b=5)[0], f.__doc__, f.__annotations__, ascii(f("")[2]))
class C[T]:
    @property
    def p(self): return self.__class__.__name__
    match 5:
        case int(n) if n > 3: kept = n
print(C().p, C.kept, C.__type_params__)
try: f(1, 2)
except TypeError as e: print(e)
'''
code, again = compile(source, "<s>", "exec"), compile(parse(source), "<s>", "exec")
print(code.co_code == again.co_code, code.co_linetable == again.co_linetable, code.co_names == again.co_names)
exec(again, {"__name__": "m"})
print(eval(compile(parse("(1, 2) + (x,)", "eval"), "", "eval"), {"x": 3}))

at = dict(lineno=1, col_offset=0, end_lineno=1, end_col_offset=0)
def expression(node): return lambda: eval(compile(ast.Expression(node), "", "eval"), {"x": 4})
def statement(node): return lambda: compile(ast.Module([node]), "", "exec")
name = ast.Name("x", **at)
one = ast.Constant(1, **at)
for call in [expression(ast.Constant((1, (2, frozenset({3}))), **at)), expression(ast.Constant(-5, **at)), expression(ast.Constant([], **at)), expression(ast.Constant(10**30, **at)),
             expression(ast.BinOp(name, ast.Add(), one, **at)), expression(ast.BinOp(name, name, one, **at)), expression(None), expression(ast.Name("x", lineno=1)), expression(ast.Name("x")), expression(ast.Name(3, **at)),
             expression(ast.Name("True", **at)), expression(ast.Name("x", ast.Store(), **at)), expression(ast.BoolOp(ast.And(), [name], **at)), expression(ast.Compare(name, [], [], **at)), expression(ast.Dict([one], [], **at)), expression(ast.ListComp(name, [], **at)),
             expression(ast.Name("x", lineno=2, col_offset=0, end_lineno=1, end_col_offset=0)), expression(ast.Name("x", lineno=1, col_offset=5, end_lineno=1, end_col_offset=1)), expression(ast.Name("x", lineno="1", col_offset=0)),
             expression(ast.Tuple([None], **at)), expression(ast.Tuple((one,), **at)), expression(ast.Call(name, [], **at)), expression(ast.JoinedStr([ast.Constant("a", **at), ast.FormattedValue(name, 114, **at)], **at)),
             statement(ast.Pass()), statement(ast.Delete([], **at)), statement(ast.Assign([one], one, **at)), statement(ast.FunctionDef("f", ast.arguments(), [], **at)), statement(ast.Try([ast.Pass(**at)], **at)),
             statement(ast.Raise(None, one, **at)), statement(ast.ImportFrom("a", [ast.alias("b", **at)], -1, **at)), statement(ast.Expr(None, **at)), statement(one), statement(ast.Return(one, **at)), statement(ast.AnnAssign(ast.Tuple([], ast.Store(), **at), one, None, 1, **at)),
             statement(ast.Match(name, [ast.match_case(ast.MatchValue(name, **at), None, [ast.Pass(**at)])], **at)), statement(ast.Match(name, [ast.match_case(ast.MatchAs(None, "_", **at), None, [ast.Pass(**at)])], **at)),
             lambda: compile(ast.Expression(one), "", "exec"), lambda: compile(ast.Module([], []), "", "eval"), lambda: exec(compile(ast.Interactive([ast.Expr(one, **at)]), "", "single"))]:
    t(call)
