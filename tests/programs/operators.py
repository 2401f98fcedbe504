"""Operators: unary, binary, in place, comparisons and chains, short circuit, walrus, conditional expressions."""


class Spy:
    """Answers every operator with a note of which method was asked."""

    def __init__(self, log="s"):
        self.log = log

    def __repr__(self):
        return self.log

    def __bool__(self):
        return not self.log.startswith("falsy")

    def __hash__(self):
        return 1

    __contains__ = lambda self, item: item == self.log


def spied(method):
    return lambda self, *others: Spy(f"{method}({self},{','.join(map(str, others))})")


for method in (
    "add sub mul matmul truediv floordiv mod pow lshift rshift and or xor "
    "radd rsub rmul rmatmul iadd imatmul ipow ior eq ne lt le gt ge neg pos invert getitem"
).split():
    setattr(Spy, f"__{method}__", spied(method))


def binary(a, b):
    return [a + b, a - b, a * b, a @ b, a / b, a // b, a % b, a**b, a << b, a >> b, a & b, a | b, a ^ b, a[b], 1 + a, 2 @ b]


def unary(a):
    return [-a, +a, ~a, not a, not not a, -~+-a]


def in_place(a, b):
    results = []
    a += b; results.append(a)
    a @= b; results.append(a)
    a **= b; results.append(a)
    a |= b; results.append(a)
    a -= b; a *= b; a /= b; a //= b; a %= b; a <<= b; a >>= b; a &= b; a ^= b
    results.append(len(a.log))
    return results


def comparisons(a, b):
    return [a == b, a != b, a < b, a <= b, a > b, a >= b, a is b, a is not b, "s" in a, "x" not in a]


def chains(x, y, z, log):
    def seen(value):
        log.append(value)
        return value

    if not x < y <= z:
        log.append("not ordered")
    while x < y < z:
        x += 1 if x >= -y else 2
    return seen(x) == seen(y) != seen(z), seen(5) > seen(6) > seen(7), x is not None is not y, 1 < x in (x, 2) == True


def short_circuit(a, b, c):
    taken = []
    if a and b or c:
        taken.append(1)
    if not (a or b) and not c:
        taken.append(2)
    if (a or b) and (b or c):
        taken.append(3)
    if a if b else c:
        taken.append(4)
    if not a or not (b and not c):
        taken.append(5)
    if a is None or b is not None and c is None:
        taken.append(6)
    return taken, a and b and c, a or b or c, a and b or c, (a or b) and c, not a or b, a if b else c if a else b


def constants_short_circuit(x):
    return 0 or x, 1 and x, x and 0 or "" or 5, None and x(), True or x(), x or (), "a" if 1 else x(), not None


def walrus(values):
    if (n := len(values)) > 2 and (last := values[-1]):
        n += last
    total = 0
    while (value := values.pop() if values else None) is not None:
        total += value
    return n, total, [(y := v * 2) + y for v in (1, 2)], y, (z := 3, 4), max(w := 1, w + 1)


def precedence(a, b):
    return a + b * a ** b % 7 - (a - b) * 2 << 1 & 255 | a ^ b, not a == b, -a ** 2, a < b == b, (a, b) < (a, b + 1)


left, right = Spy("l"), Spy("r")
print(binary(left, right))
print(unary(left), in_place(Spy("i"), 2))
print(comparisons(left, right), Spy("s") in [Spy("t")], not Spy("falsy"))
log = []
print(chains(1, 4, 9, log), chains(9, 4, 1, log), log)
print([short_circuit(a, b, c) for a, b, c in [(0, 1, 2), (1, 0, 2), (3, 4, 0), (None, "", ())]])
print(constants_short_circuit([]), walrus([1, 2, 3]), precedence(5, 3))
