"""Generators: yield as statement and expression, send, throw, close, yield from, return values, recursion."""


def countdown(start):
    while start > 0:
        yield start
        start -= 1
    return "lift-off"


def running_mean():
    """A generator that is fed with send() and answers with the mean so far."""
    total = 0.0
    count = 0
    mean = None
    while True:
        value = yield mean
        if value is None:
            return total, count
        total += value
        count += 1
        mean = total / count


def delegating(log):
    result = yield from countdown(3)
    log.append(result)
    yield from [10, 20]
    yield from "ab"
    pair = (yield), (yield 7)
    log.append(pair)


def resilient(log):
    """Survives one kind of exception, and tidies up when closed."""
    number = 0
    try:
        while True:
            try:
                number = yield number
            except LookupError as error:
                log.append(f"caught {error!r}")
                number = -1
            else:
                number = (number or 0) * 2
    finally:
        log.append("closed")


def outer(log):
    try:
        return (yield from resilient(log))
    except ZeroDivisionError:
        log.append("outer saw a division")
        yield "recovered"


def in_order(tree):
    if tree is not None:
        left, value, right = tree
        yield from in_order(left)
        yield value
        yield from in_order(right)


def empty():
    return
    yield


def main():
    print(list(countdown(4)), list(empty()))

    mean = running_mean()
    next(mean)
    print([mean.send(value) for value in (2, 4, 9)])
    try:
        mean.send(None)
    except StopIteration as stop:
        print("mean of", stop.value)

    log = []
    generator = delegating(log)
    seen = [next(generator) for _ in range(8)]
    seen.append(generator.send("first"))
    print(seen, next(generator, "exhausted"), log)

    log = []
    generator = outer(log)
    print(next(generator), generator.send(21), generator.throw(KeyError("lost")), generator.send(None))
    print(generator.throw(ZeroDivisionError), next(generator, "done"), log)

    log = []
    generator = resilient(log)
    next(generator)
    generator.close()
    print(log, generator.gi_frame)

    tree = (((None, 1, None), 2, (None, 3, None)), 4, (None, 5, None))
    print(list(in_order(tree)))
    squares = (n * n for n in range(10) if n % 2)
    print(next(squares), sum(squares), tuple(n for n in "abc"))
    print(any(n > 3 for n in countdown(5)), all(n > 3 for n in countdown(5)))

    def unlucky():
        yield 1
        raise StopIteration("never escapes")

    try:
        list(unlucky())
    except RuntimeError as error:
        print(error, type(error.__cause__).__name__)


main()
