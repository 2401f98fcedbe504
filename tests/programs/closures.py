"""Closures: cells, free variables over several levels, nonlocal, captured parameters, deletion of captured names."""


def counter(start=0, /, *, step=1):
    count = start

    def advance():
        nonlocal count
        count += step
        return count

    def reset(value=start):
        nonlocal count
        count = value

    return advance, reset


def levels(a):
    def second(b):
        def third(c):
            def fourth():
                return a, b, c

            return fourth

        return third

    return second


def every_kind(positional, /, normal, *rest, keyword, **others):
    """All kinds of parameter are captured, so each of them lives in a cell."""
    local = normal + 1
    return lambda: (positional, normal, rest, keyword, others, local)


def memoized(function):
    cache = {}

    def wrapper(*arguments):
        if arguments not in cache:
            cache[arguments] = function(*arguments)
        return cache[arguments]

    wrapper.cache = cache
    return wrapper


@memoized
def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


def recursive_inner(n):
    factorial = lambda n: 1 if n <= 1 else n * factorial(n - 1)
    return factorial(n)


def deleted_cell():
    value = "here"

    def look():
        return value

    first = look()
    del value
    try:
        look()
    except NameError as error:
        return first, str(error)


def unbound_cell(flag):
    def look():
        return later

    try:
        look()
    except NameError as error:
        problem = str(error)
    if flag:
        later = "now"
    return problem, look()


def class_in_function(prefix):
    name = "outer"

    class Inner:
        greeting = prefix + " " + name
        later = [prefix for _ in "ab"]

        def method(self):
            return prefix, name, __class__.__name__

    return Inner


def loop_cells():
    functions = []
    for number in range(3):
        functions.append(lambda: number)

        def keep(number=number):
            return number

        functions.append(keep)
    return [function() for function in functions]


advance, reset = counter(5, step=2)
print(advance(), advance(), reset(1), advance())
print([cell.cell_contents for cell in advance.__closure__], advance.__code__.co_freevars)
print(levels(1)(2)(3)(), levels.__code__.co_cellvars)
print(every_kind(1, 2, 3, keyword=4, other=5)())
print(fibonacci(30), len(fibonacci.cache), recursive_inner(6))
print(deleted_cell(), unbound_cell(True))
Inner = class_in_function("hello")
print(Inner.greeting, Inner.later, Inner().method(), loop_cells())
