"""Coroutines: await in every position, hand-written awaitables, a small round-robin scheduler, cancellation."""

from collections import deque
from types import coroutine


class Pause:
    """An awaitable that hands one value to the scheduler and gets one back."""

    def __init__(self, value):
        self.value = value

    def __await__(self):
        answer = yield self.value
        return answer


@coroutine
def pause_by_generator(value):
    return (yield value)


class Scheduler:
    def __init__(self):
        self.ready = deque()
        self.trace = []

    def spawn(self, name, awaitable):
        self.ready.append((name, awaitable, None))

    def run(self):
        results = {}
        while self.ready:
            name, task, answer = self.ready.popleft()
            try:
                request = task.send(answer)
            except StopIteration as stop:
                results[name] = stop.value
            except ArithmeticError as error:
                results[name] = repr(error)
            else:
                self.trace.append((name, request))
                self.ready.append((name, task, request * 10 if isinstance(request, int) else request))
        return results


async def add(left, right):
    return await Pause(left) + await pause_by_generator(right)


async def nested(depth):
    if not depth:
        return 0
    return 1 + await nested(depth - 1)


async def summing(limit):
    total = 0
    for number in range(limit):
        if number == 3:
            continue
        total += await Pause(number)
    else:
        total += await nested(5)
    return total


async def failing():
    try:
        await Pause("before the failure")
        return 1 // 0
    finally:
        await Pause("cleaning up")


async def guarded():
    try:
        return await failing()
    except ZeroDivisionError as error:
        return f"guarded: {await Pause(str(error))}"


async def comprehensions():
    doubled = [await Pause(n) for n in range(3) if await nested(1)]
    table = {n: await nested(n) for n in (1, 2)}
    unique = {await nested(n % 2) for n in range(4)}
    return doubled, table, sorted(unique)


async def forever(log):
    try:
        while True:
            await Pause("tick")
    except GeneratorExit:
        log.append("cancelled")
        raise


def main():
    scheduler = Scheduler()
    scheduler.spawn("add", add(1, 2))
    scheduler.spawn("sum", summing(5))
    scheduler.spawn("guarded", guarded())
    scheduler.spawn("failing", failing())
    scheduler.spawn("comprehensions", comprehensions())
    scheduler.spawn("lambda", (lambda: nested(2))())
    for name, result in scheduler.run().items():
        print(name, "->", result)
    print(scheduler.trace[:6], len(scheduler.trace))

    log = []
    task = forever(log)
    print(task.send(None), task.send(None), task.cr_running)
    task.close()
    print(log)


main()
