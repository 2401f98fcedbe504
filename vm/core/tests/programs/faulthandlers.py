"""Tracebacks of threads, asked for, after a time, and at a signal."""
import faulthandler
import os
import re
import signal
import threading
import time

reader, writer = os.pipe()


def show():
    text = os.read(reader, 10000).decode()
    text = re.sub(r"0x[0-9a-f]+ \[.*?\]", "ID [NAME]", text)
    text = re.sub(r'File "[^"]*/', 'File "', text)
    print(re.sub(r"(threading.py.*), line \d+", r"\1, line N", text))


def innér():
    faulthandler.dump_traceback(writer, all_threads=False)
    show()


class Waits(threading.Thread):
    def run(self):
        waits(ready, done)


def waits(ready, done):
    ready.set()
    done.acquire()


innér()
ready, done = threading.Event(), threading.Lock()
done.acquire()
thread = Waits(name="waits")
thread.start()
ready.wait()
time.sleep(0.05)
faulthandler.dump_traceback(file=writer)
show()
faulthandler.dump_traceback_later(0.05, file=writer)
time.sleep(0.4)
show()
faulthandler.dump_traceback_later(0.2, file=writer)
faulthandler.cancel_dump_traceback_later()
done.release()
thread.join()
time.sleep(0.3)
signal.signal(signal.SIGUSR1, lambda number, frame: print("the handler before", number == signal.SIGUSR1))
faulthandler.register(signal.SIGUSR1, file=writer, all_threads=False, chain=True)
os.kill(os.getpid(), signal.SIGUSR1)
print(os.read(reader, 1000).decode().splitlines()[0])
print(faulthandler.unregister(signal.SIGUSR1), faulthandler.unregister(signal.SIGUSR1))
os.kill(os.getpid(), signal.SIGUSR1)
print(faulthandler.is_enabled(), faulthandler.enable(writer), faulthandler.is_enabled(), faulthandler.disable())
for wrong in (
    lambda: faulthandler.dump_traceback_later(0),
    lambda: faulthandler.dump_traceback("x"),
    lambda: faulthandler.dump_traceback(-1),
    lambda: faulthandler.register(999, writer),
    lambda: faulthandler.register(signal.SIGSEGV, writer),
):
    try:
        wrong()
    except (ValueError, AttributeError, RuntimeError) as error:
        print(type(error).__name__, error)
