"""What a switch between coroutines costs."""
from measure import measure


class Switch:
    def __await__(self):
        yield


SWITCH = Switch()


async def switching(n):
    for _ in range(n):
        await SWITCH


async def nothing():
    pass


async def awaiting(n):
    for _ in range(n):
        await nothing()


async def deep(n, depth):
    if depth:
        await deep(n, depth - 1)
    else:
        await switching(n)


async def items(n):
    for i in range(n):
        yield i


async def iterating(n):
    async for _ in items(n):
        pass


def run(coroutine):
    send = coroutine.send
    try:
        while True:
            send(None)
    except StopIteration:
        pass


def switch_coroutine(times):
    run(switching(times))


def await_finished(times):
    run(awaiting(times))


def switch_through_20(times):
    run(deep(times // 5, 20))


def switch_among_100(times):
    """Round robin."""
    sends = [switching(times // 100 + 1).send for _ in range(100)]
    for _ in range(times // 100):
        for send in sends:
            send(None)


def async_iteration(times):
    run(iterating(times))


measure(200_000, switch_coroutine, await_finished, switch_through_20, switch_among_100, async_iteration)
