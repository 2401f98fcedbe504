"""Async generators: async for with else, break and continue, async comprehensions, asend, athrow, aclose."""


def run(coroutine):
    """Drives a coroutine that never really waits; requests of step() are answered by 'go'."""
    answer = None
    while True:
        try:
            answer = "go" if coroutine.send(answer) else None
        except StopIteration as stop:
            return stop.value


class Step:
    def __await__(self):
        return (yield True)


async def ticks(limit):
    for tick in range(limit):
        await Step()
        yield tick


async def echo(log):
    received = None
    try:
        while True:
            try:
                received = yield received
            except ValueError as error:
                received = f"value error: {error}"
    finally:
        await Step()
        log.append("echo closed")


class Countdown:
    """An async iterator written as a class."""

    def __init__(self, start):
        self.left = start

    def __aiter__(self):
        return self

    async def __anext__(self):
        if not self.left:
            raise StopAsyncIteration
        self.left -= 1
        return self.left


async def first_above(source, limit):
    async for value in source:
        if value <= limit:
            continue
        found = value
        break
    else:
        found = "nothing"
    return found


async def pairs(source):
    async for left in source:
        async for right in Countdown(left):
            if right == 2:
                break
            yield left, right


async def find(source, wanted):
    try:
        async for index, value in source:
            if value == wanted:
                return index
    finally:
        await Step()


async def main():
    print(await first_above(ticks(9), 5), await first_above(Countdown(3), 5))
    print([pair async for pair in pairs(ticks(4))])
    print({n async for n in ticks(3)}, {n: n * n async for n in Countdown(3) if n})
    print([[inner async for inner in ticks(outer)] async for outer in ticks(3)])
    generator = (await Step() async for _ in ticks(2))
    print([value async for value in generator])
    print([n + m async for n in ticks(2) for m in (10, 20)])
    print(await find(pairs(ticks(4)), 1))

    log = []
    answering = echo(log)
    await anext(answering)
    print(await answering.asend("hello"), await answering.athrow(ValueError("bad")))
    await answering.aclose()
    print(log, await anext(answering, "exhausted"))

    targets = {}
    async for targets["last"] in ticks(3):
        pass
    print(targets)


run(main())
