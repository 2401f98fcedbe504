"""Ordinary code of many kinds of statement, to be run as it is, and traced."""


class Account:
    rate = 3

    def __init__(self, owner, balance):
        self.owner = owner
        self.balance = balance
        self.log = []

    def deposit(self, amount):
        if amount <= 0:
            raise ValueError(amount)
        self.balance += amount
        self.log.append(("in", amount))
        return self.balance

    @property
    def worth(self):
        return self.balance * (100 + self.rate) // 100


class Guard:
    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False


def words(text):
    seen = {}
    for word in text.split():
        word = word.strip(".,")
        if word in seen:
            seen[word] += 1
        else:
            seen[word] = 1
    return sorted(seen.items(), key=lambda item: (-item[1], item[0]))


def evens(n):
    i = 0
    while i < n:
        if i % 2 == 0:
            yield i
        i += 1


def matrix(n):
    rows = [[i * j for j in range(n)] for i in range(n)]
    total = 0
    for i in range(n):
        row = rows[i]
        for j in range(n):
            total += row[j] * rows[j][i] % 7
    return total


def numbers(n):
    a, b = 0, 1
    x = 0.5
    for k in range(n):
        a, b = b, (a + b) & 0xFFFF
        x = x * 1.5 if x < 100.0 else x / 3.0
        if k % 3 == 0:
            continue
        a ^= k
    return a, x


def tried(n):
    failed = 0
    for i in range(n):
        try:
            if i % 8 == 0:
                raise KeyError(i)
            value = i
        except KeyError as error:
            failed += error.args[0] % 2
        finally:
            value = None
    return failed, value


def kind(value):
    match value:
        case 0:
            return "zero"
        case [first, *_]:
            return f"list of {first}"
        case {"key": key}:
            return key
        case str():
            return value.upper()
        case _:
            return "other"


def once():
    account = Account("me", 10)
    for amount in (5, 7, 9):
        account.deposit(amount)
    with Guard() as guard:
        assert guard is not None
        name = f"{account.owner}: {account.worth:>8}"
    counts = words("the cat, the dog and the bird. the end of the cat.")
    total = sum(evens(20)) + matrix(6)
    kinds = [kind(value) for value in (0, [1, 2], {"key": "k"}, "text", 1.5)]
    low, high = numbers(20)
    failures = tried(16)
    chosen = {key: value for key, value in counts if value > 1}
    text = ",".join(str(part) for part in (name, total, low, failures[0]))
    return len(text) + len(kinds) + len(chosen) + int(high > 0)


def work(times):
    total = 0
    for _ in range(times):
        total += once()
    return total
