"""Writes verify.txt: code objects compiled by CPython 3.14, a name and the marshalled bytes in hex a line."""
import marshal, types

SOURCE = '''
def loops(items, limit):
    total = 0
    for item in items:
        if item > limit:
            continue
        while total < item:
            total += 1
    return f"{total:>3}{items!r}"
def handlers(path, read):
    try:
        with read(path) as file:
            return [line.strip() for line in file]
    except OSError as error:
        raise ValueError(path) from error
    finally:
        path = None
def closures(a, *rest, b=1, **more):
    def inner(x):
        nonlocal a
        a = x + b
        del x
        return rest, more
    return inner, [lambda: y for y in rest]
def generator(items):
    for item in items:
        sent = yield item
        if sent:
            yield from sent
async def coroutine(items):
    async with items as entered:
        async for item in entered:
            await item
    return {k: v async for k, v in entered}
def matching(subject):
    match subject:
        case {"a": x, **rest}:
            return x, rest
        case [first, *others] if others:
            return first
        case str(name) | int(name):
            return name
class C[T](list):
    T = "c"
    made = [lambda: T for T in (1, 2)]
    def method(self, n):
        return super().pop(n)[1:2] < n is not None
def groups():
    try:
        a, *b, c = groups(1, *groups, k=2, **groups)
    except* ValueError:
        assert c, t"{b!r:{c}}"
'''

def walk(code, out):
    out.append(code)
    for const in code.co_consts:
        if isinstance(const, types.CodeType):
            walk(const, out)
    return out

def alone(code):
    """Without nested code objects: each is an item of its own."""
    return code.replace(co_consts=tuple(None if isinstance(c, types.CodeType) else c for c in code.co_consts))

with open(__file__.replace("make_verify.py", "verify.txt"), "w") as out:
    for code in walk(compile(SOURCE, "verify.py", "exec"), []):
        print(code.co_qualname.replace(" ", "_"), marshal.dumps(alone(code)).hex(), file=out)
