"""Calls counted by the native profiler, quantiles, and bzip2."""

import _lsprof
import bz2
import cProfile
import pstats
import statistics


def leaf(numbers):
    return sorted(numbers, key=abs)


def tree(depth):
    leaf([depth])
    if depth:
        tree(depth - 1)


profile = cProfile.Profile()
profile.runcall(tree, 2)
stats = pstats.Stats(profile)
for (file, line, name), (cc, nc, tt, ct, callers) in sorted(stats.stats.items(), key=lambda item: item[0][2]):
    print(name, cc, nc, sorted((caller[2], row[0]) for caller, row in callers.items()))

ticks = iter(range(1000))
timed = _lsprof.Profiler(lambda: next(ticks), 0.5)
timed.enable(builtins=False)
leaf([1])
timed.disable()
print([(entry.code.co_name, entry.callcount, entry.totaltime) for entry in timed.getstats()])
print([type(entry).__name__ for entry in timed.getstats()])
timed.enable()
try:
    _lsprof.Profiler().enable()
except ValueError as error:
    print(error)
timed.disable()
timed.clear()
print(timed.getstats())

print([statistics.NormalDist(10, 2).inv_cdf(p) for p in (1e-12, 0.001, 0.3, 0.5, 0.975)])

data = bytes(range(256)) * 1000
packed = bz2.compress(data)
print(len(packed), bz2.decompress(packed) == data, bz2.decompress(packed + packed) == data * 2)
decompressor = bz2.BZ2Decompressor()
parts = [decompressor.decompress(packed, 1000)]
while not decompressor.eof:
    parts.append(decompressor.decompress(b"", 100_000))
    print(len(parts[-1]), decompressor.needs_input, decompressor.eof)
print(b"".join(parts) == data, decompressor.unused_data)
for action in (lambda: decompressor.decompress(b"x"), lambda: bz2.decompress(b"not bzip2"),
               lambda: bz2.BZ2Compressor(10), lambda: bz2.decompress(packed[:-1])):
    try:
        action()
    except Exception as error:
        print(type(error).__name__, error)
