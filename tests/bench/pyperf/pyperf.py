"""What pyperformance's programs need of pyperf, for one process that measures itself.

Each benchmark is run once untimed, then as often as lasts about TARGET seconds, three times. The median of the three,
seconds for one run, is appended to the file that LASTI_BENCH_OUT names: name, seconds, peak memory in KiB.
"""

import argparse
import os
import resource
from time import perf_counter

__version__ = "0"
VERSION = (0,)
TARGET = 0.15


def python_implementation():
    import sys

    return sys.implementation.name


class Runner:
    def __init__(self, *args, add_cmdline_args=None, **options):
        self.metadata = {}
        self.argparser = argparse.ArgumentParser()
        self.args = None

    def parse_args(self, args=None):
        if self.args is None:
            self.args = self.argparser.parse_args(args)
        return self.args

    def _measure(self, name, timed, inner=1):
        self.parse_args()
        first = timed(1)
        loops = 1
        best = first
        while best * loops < TARGET and loops < 1 << 22:
            loops *= 2
            best = timed(loops) / loops
        values = sorted(timed(loops) / loops for _ in range(3)) if first < 5 else [first]
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with open(os.environ["LASTI_BENCH_OUT"], "a") as out:
            out.write(f"{name} {values[len(values) // 2] / inner:.9f} {memory}\n")

    def bench_func(self, name, function, *args, inner_loops=1, metadata=None):
        def timed(loops):
            start = perf_counter()
            for _ in range(loops):
                function(*args)
            return perf_counter() - start

        self._measure(name, timed, inner_loops)

    def bench_time_func(self, name, function, *args, inner_loops=1, metadata=None):
        self._measure(name, lambda loops: function(loops, *args), inner_loops)

    def bench_async_func(self, name, function, *args, inner_loops=1, metadata=None, loop_factory=None):
        import asyncio

        async def run(loops):
            start = perf_counter()
            for _ in range(loops):
                await function(*args)
            return perf_counter() - start

        self._measure(name, lambda loops: asyncio.run(run(loops)), inner_loops)

    def bench_command(self, name, command):
        raise NotImplementedError("benchmarks of commands are not run here")

