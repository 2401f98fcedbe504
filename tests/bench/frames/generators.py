"""What a generator costs: to make, resume and drop one."""
from measure import measure


def counter(n):
    for i in range(n):
        yield i


def outer(n):
    yield from counter(n)


def created(times):
    """Created and dropped, never run."""
    for _ in range(times):
        counter(3)


def resumed_by_loop(times):
    for _ in counter(times):
        pass


def resumed_by_next(times):
    generator = counter(times)
    for _ in range(times):
        next(generator)


def sent_to(times):
    def echo():
        value = None
        while True:
            value = yield value

    generator = echo()
    next(generator)
    send = generator.send
    for i in range(times):
        send(i)


def delegated(times):
    for _ in outer(times):
        pass


def short_lived(times):
    """Made, run to the end, gone."""
    for _ in range(times):
        for _ in counter(2):
            pass


def dropped_suspended(times):
    for _ in range(times):
        next(counter(2))


measure(
    300_000, created, resumed_by_loop, resumed_by_next, sent_to, delegated, short_lived, dropped_suspended
)
