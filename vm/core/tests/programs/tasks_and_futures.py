"""Futures and tasks of asyncio: what a program sees of them."""
import asyncio
import contextvars
import gc
import weakref

var = contextvars.ContextVar("var", default="unset")


class Recorder:
    """An event loop's stand-in: keeps what it is asked to call."""

    def __init__(self):
        self.calls = []
        self.told = []

    def get_debug(self):
        return False

    def call_soon(self, callback, *args, context=None):
        self.calls.append((callback, args))

    def call_exception_handler(self, context):
        shown = {name: value if name == "message" else type(value).__name__ for name, value in context.items()}
        self.told.append(shown)

    def run(self):
        while self.calls:
            callback, args = self.calls.pop(0)
            callback(*args)


def attempt(what, *args):
    try:
        print(what.__name__, "->", what(*args))
    except BaseException as error:
        print(what.__name__, "!", type(error).__name__, error)


def futures():
    loop = Recorder()
    future = asyncio.Future(loop=loop)
    print(future._state, future.done(), future.get_loop() is loop)
    attempt(future.result)
    attempt(future.exception)
    future.add_done_callback(lambda f: print("first", f.result()))
    second = lambda f: print("second")
    future.add_done_callback(second)
    future.add_done_callback(second)
    print(len(future._callbacks), future.remove_done_callback(second))
    future.set_result(3)
    attempt(future.set_result, 4)
    loop.run()
    failed = asyncio.Future(loop=loop)
    attempt(failed.set_exception, 5)
    failed.set_exception(StopIteration(1))
    attempt(failed.result)
    cancelled = asyncio.Future(loop=loop)
    print(cancelled.cancel("why"), cancelled.cancel(), cancelled.cancelled())
    attempt(cancelled.result)
    attempt(asyncio.Future.__new__(asyncio.Future).get_loop)
    iterator = iter(asyncio.Future(loop=loop))
    print(next(iterator)._asyncio_future_blocking)
    attempt(iterator.__next__)
    attempt(iterator.throw, ValueError("thrown"))


def endings():
    """What is told of futures and tasks that go."""
    loop = Recorder()

    async def never():
        await asyncio.Future(loop=loop)

    future = asyncio.Future(loop=loop)
    future.set_exception(ValueError("nobody looks"))
    del future
    asyncio._set_running_loop(loop)
    task = asyncio.Task(never(), loop=loop, name="lonely")
    known = weakref.ref(task)
    loop.run()
    print(asyncio.all_tasks(loop) == {task}, task.get_name())
    del task
    gc.collect()
    print(known(), asyncio.all_tasks(loop), loop.told)
    asyncio._set_running_loop(None)


class Named(asyncio.Task):
    def __repr__(self):
        return f"<Named {self.get_name()}>"


async def child(log, name, delay=0):
    try:
        for _ in range(3):
            log.append((name, var.get()))
            await asyncio.sleep(delay)
        return name.upper()
    except asyncio.CancelledError as error:
        log.append((name, "cancelled", error.args))
        raise


async def tasks():
    log = []
    var.set("parent")
    a = asyncio.create_task(child(log, "a"), name="A")
    context = contextvars.Context()
    b = asyncio.create_task(child(log, "b", 10), context=context)
    await asyncio.sleep(0)
    print(b.cancelling(), b.cancel("enough"), b.cancelling(), b.uncancel(), b.cancel("again"))
    print(await asyncio.gather(a, b, return_exceptions=True))
    print(log)
    print(str(a).split(" coro=")[0], a.get_coro().cr_frame, b.cancelled())
    try:
        await b
    except asyncio.CancelledError as error:
        print("cancelled", error.args)
    waited = asyncio.get_running_loop().create_future()

    async def wait():
        return await waited

    tasks = [Named(wait(), name=name) for name in "xy"]
    await asyncio.sleep(0)
    print(sorted(map(repr, waited._asyncio_awaited_by)), tasks[0]._fut_waiter is waited)
    waited.set_result("done")
    print(await asyncio.gather(*tasks), waited._asyncio_awaited_by)


async def wrong():
    class Bad:
        def __await__(self):
            yield 5

    class Yields:
        def __init__(self, value):
            self.value = value

        def __await__(self):
            yield self.value

    async def run(awaitable):
        return await awaitable

    other = asyncio.new_event_loop()
    foreign = asyncio.Future(loop=other)
    for awaitable in (Bad(), Yields(asyncio.get_running_loop().create_future()), foreign):
        try:
            await asyncio.Task(run(awaitable), name="t")
        except RuntimeError as error:
            print(str(error).split(" <")[0].split(" coro=")[0])
    other.close()
    for what in (lambda: asyncio.Task(5), lambda: asyncio.Task(0, nonsense=1)):
        try:
            what()
        except TypeError as error:
            print(error)


async def eager():
    loop = asyncio.get_running_loop()
    loop.set_task_factory(asyncio.eager_task_factory)
    log = []

    async def quick():
        log.append(asyncio.current_task().get_name())
        return 1

    task = asyncio.create_task(quick(), name="eager")
    print(task.done(), task.get_coro(), log, asyncio.current_task().get_name() != "eager")
    slow = asyncio.create_task(child(log, "slow"))
    print(slow.done(), log[1:], slow in asyncio.all_tasks())
    print(await slow)


async def generators():
    """Async generators are driven without an exception for each value, and are as before."""
    async def numbers():
        try:
            for number in range(3):
                sent = yield number
                if sent:
                    print("sent", sent)
        finally:
            print("closed")

    print([number async for number in numbers()])
    agen = numbers()
    print(await anext(agen), await agen.asend("hello"))
    request = agen.__anext__()
    try:
        request.send(None)
    except StopIteration as stop:
        print("stop", stop.value)
    try:
        request.send(None)
    except RuntimeError as error:
        print(error)
    await agen.aclose()
    print(await anext(agen, "default"))


futures()
endings()
asyncio.run(tasks())
asyncio.run(wrong())
asyncio.run(eager())
asyncio.run(generators())
