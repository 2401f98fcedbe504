"""A million generators that are suspended at once: bytes for each, beyond what the list of them takes."""
import sys


def rss():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


def waiting(value):
    yield value


def measured(count):
    generators = [None] * count
    before = rss()
    for i in range(count):
        generators[i] = generator = waiting(None)
        next(generator)
    return (rss() - before) / count


measured(1000)
print("bytes", measured(1_000_000))
sys.stdout.flush()
