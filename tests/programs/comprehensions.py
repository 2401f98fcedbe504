"""Comprehensions of all kinds: nested, filtered, unpacking targets, walrus, lambdas, in classes and at module level."""

matrix = [[row * 4 + column for column in range(4)] for row in range(3)]
flat = [cell for row in matrix for cell in row]
evens = {cell for row in matrix if row[0] for cell in row if cell % 2 == 0 if cell > 4}
index = {cell: (r, c) for r, row in enumerate(matrix) for c, cell in enumerate(row)}
lazily = (cell * cell for cell in flat)


class Palette:
    """In a class body only the outermost iterable sees the class's own names."""

    names = ["red", "green", "blue"]
    lengths = [len(name) for name in names]
    by_initial = {name[0]: name for name in names}
    shouted = [each.upper() for each in sorted(name for name in names)]
    same = [name is name for name in names]


def transpose(rows):
    return [[row[i] for row in rows] for i in range(len(rows[0]))]


def captured(limit):
    """Each lambda of a comprehension closes over the same variable."""
    late = [lambda: n for n in range(limit)]
    early = [lambda n=n: n for n in range(limit)]
    return [f() for f in late], [f() for f in early]


def shadowing(x):
    before = x
    inner = [x for x in (x, x + 1) if [x for x in "ab"]]
    return before, inner, x


def walrus(lines):
    stripped = [clean for line in lines if (clean := line.strip())]
    return stripped, clean


def primes(limit):
    return [n for n in range(2, limit) if all(n % d for d in range(2, int(n**0.5) + 1))]


def unpacking(pairs):
    table = {key: [first, *rest] for key, (first, *rest) in pairs}
    starred = [*(key for key, _ in pairs), *[value for _, value in pairs]]
    return table, len(starred)


def targets():
    box = [None]
    history = [box[0] for box[0] in range(3)]
    return box, history


def conditional(values):
    return ["even" if v % 2 == 0 else "odd" for v in values], [v or "zero" for v in values], [v and -v for v in values]


def survives_an_exception(values):
    """The variable of the comprehension is put back when its body raises."""
    v = "kept"
    try:
        return [10 // v for v in values]
    except ZeroDivisionError:
        return v


def with_free_variable(factor):
    def scaled(values):
        return [value * factor for value in values], {factor: [factor for _ in values]}

    return scaled


def constant_sources():
    return [x for x in [1]], [x for x in (1, 2)], [y for x in (3,) for y in [x]], {x for x in {1, 1}}, [_ for _ in ()]


print(flat[-1], sorted(evens), index[7], sum(lazily))
print(Palette.lengths, Palette.by_initial, Palette.shouted, Palette.same)
print(transpose(matrix))
print(captured(3), shadowing(5))
print(walrus([" a ", "  ", "b"]), primes(30))
print(unpacking([("k", (1, 2, 3)), ("l", "xyz")]), targets())
print(conditional([0, 1, 2]), survives_an_exception([5, 2, 0, 1]))
print(with_free_variable(3)([1, 2]), constant_sources())
