"""Loops: for and while with else, break and continue at several depths, unpacking targets, constant conditions."""


def find(items, wanted):
    for position, item in enumerate(items):
        if item == wanted:
            break
    else:
        return None
    return position


def collatz(number):
    steps = 0
    while number != 1:
        number = number // 2 if number % 2 == 0 else 3 * number + 1
        steps += 1
        if steps > 200:
            break
    else:
        return steps
    return "too many"


def grid(width, height):
    """Continue and break of the inner loop, and leaving the outer one from the inner one's else."""
    seen = []
    for y in range(height):
        for x in range(width):
            if x == y:
                continue
            if x > y + 2:
                break
            seen.append((x, y))
        else:
            seen.append("row")
            if y == 2:
                break
            continue
        seen.append("cut")
    else:
        seen.append("all")
    return seen


def constant_conditions():
    result = []
    while True:
        result.append(len(result))
        if len(result) == 3:
            break
    while False:
        result.append("never")
    else:
        result.append("else of while False")
    while 1:
        while not result:
            pass
        if result.pop() == 1:
            return result


def no_iterations(items):
    for item in items:
        pass
    else:
        item = "none"
    return item


def conditions(a, b, c):
    rounds = 0
    while a and (b or not c) and rounds < 5:
        rounds += 1
        if a > 2 or b and c:
            a -= 1
            continue
        elif not a == 1 and rounds != 3:
            b = c = 0
        else:
            c, a = a, 0
    return rounds, a, b, c


def targets():
    pair = [0, 0]
    spread = {}
    for pair[0], (pair[1], *spread["rest"]) in (1, "abc"), (2, "d"):
        pass
    for x in 1, 2, *[3, 4]:
        x += x
    return pair, spread, x


def modified_while_iterating():
    queue = [3]
    order = []
    for n in queue:
        order.append(n)
        if n:
            queue += [n - 1] * (n > 1)
    return order


def none_tests(values):
    kept = skipped = 0
    for value in values:
        if value is None:
            skipped += 1
            continue
        while value is not None:
            value = value[1]
            kept += 1
    return kept, skipped


print(find("abc", "c"), find("abc", "z"), collatz(27), collatz(9663))
print(grid(4, 3), grid(3, 1), grid(0, 2))
print(constant_conditions(), no_iterations([]), no_iterations("xy"))
print(conditions(3, 1, 1), conditions(1, 0, 0), conditions(2, 1, 0), targets())
print(modified_while_iterating(), none_tests([(1, (2, None)), None, (3, None)]))
for letter in "loop":
    if letter == "o":
        continue
    print(letter, end=" ")
else:
    print("done")
