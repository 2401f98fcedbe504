"""Unpacking: sequences, stars, nesting, in loops and calls, in displays, swaps, and what happens when it fails."""


def swaps():
    a, b, c, d = 1, 2, 3, 4
    a, b = b, a
    b, c, d = d, b, c
    a, b, c, d = d, c, b, a
    return a, b, c, d


def stars(values):
    first, *rest = values
    *start, last = values
    one, *middle, end = values
    *everything, = values
    return first, rest, start, last, one, middle, end, everything


def nested():
    (a, b), [c, (d, *e)], f = (1, 2), [3, (4, 5, 6)], *"x"
    [*(g, h), i] = 7, 8, 9
    (((deep,),),) = [[[10]]]
    return a, b, c, d, e, f, g, h, i, deep


def displays(a, b):
    return (
        [*a, 0, *b],
        (*a, *b),
        (1, *a),
        sorted({*a, *b, 99}),
        {**dict.fromkeys(a), "k": 1, **dict.fromkeys(b, 2)},
        [*a],
        {*()},
        {**{}},
    )


def returned(*values):
    return 0, *values, -1


def yielded(*values):
    yield *values, "end"


def subscripts():
    class Show:
        def __getitem__(self, key):
            return key

    show = Show()
    parts = 1, 2
    return show[*parts], show[0, *parts, 3], show[*parts, 1:2]


def failures():
    messages = []
    for values in (), (1, 2, 3), 5, {1: 2}:
        try:
            a, b = values
        except (TypeError, ValueError) as error:
            messages.append(str(error))
    try:
        a, *b, c = [1]
    except ValueError as error:
        messages.append(str(error))
    return messages


def order_of_assignment():
    """Targets are bound from left to right, so that the second subscript sees the new index."""
    values = [0, 0, 0]
    index = 0
    index, values[index] = 2, "second"
    values[0], first = first, values[0] = "x", "y"
    return index, values, first


def many(sequence):
    a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, *r = sequence
    return a + q, l * m, r


for (x, y), *z in [((1, 2), 3, 4), ("ab", 5)]:
    print(x, y, z, end="; ")
print(swaps(), stars([1, 2, 3, 4]), nested())
print(displays((1, 2), (3, 2)), returned(5), *yielded(1, 2), subscripts())
print(order_of_assignment())
print(many(range(20)))
for message in failures():
    print(message)
head, *tail = {"k": 1, "l": 2}.items()
print(head, tail, *[1, 2], *(), sep=", ", **{"end": "\n"})
