"""A pipeline of generators over orders, and what a session of the debugger looks at: see tests/sessions."""

import json
from collections import Counter
from dataclasses import dataclass

LINES = ["tea 2 3.5", "milk 1 1.25", "tea 4 3.5", "bread one 2.0", "salt 5 0.4"]


@dataclass
class Order:
    """One line of the input."""

    name: str
    count: int
    price: float

    @property
    def total(self):
        return self.count * self.price


class Ledger:
    """Counts what passes, for as long as it is open."""

    def __init__(self):
        self.seen = Counter()
        self.open = False

    def __enter__(self):
        self.open = True
        return self

    def __exit__(self, kind, error, traceback):
        self.open = False  #@ exit
        return False


def parsed(lines, skipped):
    for line in lines:  #@ parsed-for
        name, count, price = line.split()  #@ split
        try:
            order = Order(name, int(count), float(price))
        except ValueError as error:
            skipped.append(str(error))  #@ skip
            continue
        yield order  #@ yield
        price = None  #@ resumed


def discounted(orders, rate):
    factor = 1 - rate

    def apply(order):
        return Order(order.name, order.count, order.price * factor)  #@ applied

    for order in orders:  #@ discounted-for
        cheaper = apply(order)  #@ apply
        yield cheaper  #@ cheaper


def counted(orders, ledger):
    for order in orders:  #@ counted-for
        ledger.seen[order.name] += order.count  #@ count
        yield order.total  #@ total


def report(lines, rate):
    skipped = []
    with Ledger() as ledger:  #@ with
        totals = [round(total, 2) for total in counted(discounted(parsed(lines, skipped), rate), ledger)]  #@ totals
    print(json.dumps({"totals": totals, "seen": ledger.seen, "skipped": skipped}))  #@ print
    return sum(totals)  #@ return


def check(amount, limit):
    if amount > limit:
        raise OverflowError(f"{amount:.2f} is more than {limit}")  #@ raise
    return amount


if __name__ == "__main__":
    amount = report(LINES, 0.5)  #@ report
    print("amount", amount)  #@ amount
    check(amount, 8)  #@ check
