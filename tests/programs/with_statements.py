"""With statements: several items, parenthesised, targets of all kinds, swallowing, leaving early, async with."""

from contextlib import contextmanager


class Track:
    def __init__(self, name, log, swallow=()):
        self.name, self.log, self.swallow = name, log, swallow

    def __enter__(self):
        self.log.append(f"+{self.name}")
        return self.name

    def __exit__(self, kind, error, traceback):
        self.log.append(f"-{self.name}" + (f"({kind.__name__})" if kind else ""))
        return kind is not None and issubclass(kind, self.swallow)

    async def __aenter__(self):
        return self.__enter__()

    async def __aexit__(self, *exception):
        return self.__exit__(*exception)


@contextmanager
def section(log, title):
    log.append(f"<{title}>")
    try:
        yield title.upper(), (1, 2)
    except LookupError as error:
        log.append(repr(error))
    finally:
        log.append(f"</{title}>")


def several(log):
    with Track("a", log) as a, Track("b", log), Track("c", log) as c:
        log.append(a + c)
    with (
        Track("d", log) as d,
        Track("e", log, ValueError) as e,
    ):
        log.append(d + e)
        raise ValueError("swallowed by e")
    with (Track("f", log)):
        return log


def targets(log):
    class Box: ...

    box = Box()
    table = {}
    with Track("x", log) as box.name, Track("y", log) as table["key"]:
        pass
    with section(log, "part") as (title, (first, *rest)), section(log, "inner") as [*_, (last, _)]:
        pass
    return box.name, table, title, first, rest, last


def early(log, how):
    for _ in range(2):
        with Track("outer", log):
            with Track("inner", log):
                if how == "return":
                    return "returned"
                elif how == "break":
                    break
                elif how == "continue":
                    continue
                log.append("body")
    return "fell out"


def raising(log):
    try:
        with Track("one", log), Track("two", log, KeyError), section(log, "three"):
            raise ZeroDivisionError
    except ZeroDivisionError as error:
        log.append("escaped")
    with section(log, "last"):
        {}["nothing"]
    return log


async def asynchronous(log):
    async with Track("p", log) as p, Track("q", log, OSError) as q:
        log.append(p + q)
        raise OSError
    for number in range(3):
        async with (Track(str(number), log) as digit,):
            if number == 0:
                continue
            with Track("sync", log):
                break
    async with Track("r", log):
        return digit


def run(coroutine):
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value


print(several([]))
log = []
print(targets(log), log)
for how in "return", "break", "continue", "fall":
    log = []
    print(early(log, how), log)
print(raising([]))
log = []
print(run(asynchronous(log)), log)
with Track("module", log) as name:
    assert name == "module"
print(log[-2:])
