"""Simple queues: order, time limits, threads, and a put within a put."""

import gc
import queue
import signal
import threading
import time

q = queue.SimpleQueue()
for item in "abc":
    q.put(item)
print(q.qsize(), q.get(), q.get_nowait(), q.get(timeout=1), q.empty())

for action in (q.get_nowait, lambda: q.get(timeout=0.01), lambda: q.get(block=False),
               lambda: q.get(timeout=-1), lambda: queue.SimpleQueue(1)):
    try:
        action()
    except Exception as error:
        print(type(error).__module__, type(error).__name__, error)

got = []
done = threading.Barrier(5)


def take():
    got.append(q.get())
    done.wait()


threads = [threading.Thread(target=take) for _ in range(4)]
for thread in threads:
    thread.start()
time.sleep(0.05)
for number in range(4):
    q.put(number)
done.wait()
for thread in threads:
    thread.join()
print(sorted(got), q.qsize())


class Last:
    def __del__(self):
        q.put("from a finalizer")


cycle = [Last()]
cycle.append(cycle)
del cycle
gc.collect()
print(q.get())


class Interrupt(Exception):
    pass


def interrupt(number, frame):
    q.put("from a handler")
    raise Interrupt


signal.signal(signal.SIGALRM, interrupt)
signal.setitimer(signal.ITIMER_REAL, 0.05)
try:
    q.get()
except Interrupt:
    print("interrupted,", q.get())
