"""Times functions: prints for each its name and the best of some runs, in seconds.

Of the processor, not of the clock on the wall: machines are shared.
"""
import sys
import time


def measure(times, *functions, repeat=5):
    for function in functions:
        function(times // 10 + 1)
        best = float("inf")
        for _ in range(repeat):
            start = time.process_time()
            function(times)
            best = min(best, time.process_time() - start)
        print(function.__name__, best)
    sys.stdout.flush()
