"""Jumps, handlers, generators, scopes."""


def loops(xs):
    for x in xs:
        while x:
            x -= 1
            if x is None:
                continue
            elif x is not xs:
                break
        else:
            pass
    return [y for x in xs if x for y in x]


def handlers(name):
    try:
        with open(name) as f, f:
            return f.read()
    except OSError as error:
        raise ValueError from error
    finally:
        print("done")


def groups():
    try:
        yield 1
    except* (TypeError, KeyError) as group:
        yield from group.exceptions


async def asynchronous(source):
    async with source as s:
        async for item in s:
            await item
        return [i async for i in s]


def matching(value):
    match value:
        case {"key": [first, *_], **rest} if first:
            return rest
        case str(text) | bytes(text):
            return text
        case 1 | None:
            return 0


def outer(a):
    b = a
    class Inner[T: int = str](list[T]):
        field: T
        def method(self, c: T = None, *, k=1):
            nonlocal b
            b = super().method(a, __class__)
            return lambda: (b, c, self)
    type Alias[*Ts, **P] = dict[b, Ts]
    return Inner
