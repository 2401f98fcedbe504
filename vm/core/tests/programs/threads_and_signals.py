"""Threads, their locks and locals, signals, and children: what the interpreter lock and its safepoints must get right."""

import os
import signal
import subprocess
import sys
import threading
import time

print("# threads take turns, and a lock keeps them apart")
counter = 0
lock = threading.Lock()


def count(times):
    global counter
    for _ in range(times):
        with lock:
            counter += 1


threads = [threading.Thread(target=count, args=(500,)) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(counter)

print("# one that never waits is interrupted")
stop = False


def spin():
    while not stop:
        pass


spinner = threading.Thread(target=spin)
spinner.start()
print("meanwhile", spinner.is_alive())
stop = True
spinner.join()
print(spinner.is_alive())

print("# locks")
print(lock.acquire(timeout=0.01), lock.acquire(timeout=0.01), lock.locked())
lock.release()
try:
    lock.release()
except RuntimeError as error:
    print(error)
try:
    lock.acquire(False, 1)
except ValueError as error:
    print(error)
recursive = threading.RLock()
with recursive, recursive:
    print(recursive._recursion_count())

print("# each thread has its own")


class Local(threading.local):
    def __init__(self, start):
        self.number = start


local = Local(5)
local.number += 1


def look():
    print(local.number, local.__dict__)


thread = threading.Thread(target=look)
thread.start()
thread.join()
print(local.number)
try:
    local.__dict__ = {}
except AttributeError as error:
    print(error)
try:
    threading.local(1)
except TypeError as error:
    print(error)

print("# what a thread raises is shown, and it is over")


def shown(args):
    print(args.exc_type.__name__, args.exc_value, args.thread.name)


threading.excepthook = shown
thread = threading.Thread(target=lambda: 1 / 0, name="divides")
thread.start()
thread.join()
try:
    threading.current_thread().join()
except RuntimeError as error:
    print(error)

print("# other threads' frames")
begun, done = threading.Event(), threading.Event()


def waits():
    begun.set()
    done.wait()


thread = threading.Thread(target=waits)
thread.start()
begun.wait()
frame = sys._current_frames()[thread.ident]
names = []
while frame:
    names.append(frame.f_code.co_name)
    frame = frame.f_back
print("waits" in names, sys._current_frames()[threading.get_ident()].f_code.co_name)
done.set()
thread.join()

print("# signals: handlers run at safepoints and in blocking calls, which then go on")
came = []
signal.signal(signal.SIGUSR1, lambda number, frame: came.append(signal.Signals(number).name))
os.kill(os.getpid(), signal.SIGUSR1)
print(came)
signal.signal(signal.SIGALRM, lambda number, frame: came.append("alarm"))
signal.setitimer(signal.ITIMER_REAL, 0.01)
before = time.monotonic()
time.sleep(0.05)
print(came, time.monotonic() - before >= 0.05)


def raises(number, frame):
    raise TimeoutError("too late")


signal.signal(signal.SIGALRM, raises)
reader, writer = os.pipe()
held = threading.Lock()
held.acquire()


def endless():
    while True:
        pass


for blocking in (lambda: os.read(reader, 1), held.acquire, lambda: time.sleep(60), endless):
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    try:
        blocking()
    except TimeoutError as error:
        print(error)
try:
    signal.raise_signal(signal.SIGINT)
except KeyboardInterrupt:
    print("interrupted")


def not_here():
    try:
        signal.signal(signal.SIGUSR1, signal.SIG_DFL)
    except ValueError as error:
        print(error)


thread = threading.Thread(target=not_here)
thread.start()
thread.join()

print("# a child has one thread, whatever the parent had")
sys.stdout.flush()
waiting = threading.Thread(target=held.acquire, daemon=True)
waiting.start()
import warnings

warnings.simplefilter("ignore", DeprecationWarning)
pid = os.fork()
if pid == 0:
    os.write(1, f"child: {threading.active_count()} {waiting.is_alive()}\n".encode())
    os._exit(3)
print("parent:", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
print(subprocess.run(["sh", "-c", "echo out; echo err >&2; exit 4"], capture_output=True))
try:
    subprocess.run(["/no/such/program"])
except FileNotFoundError as error:
    print(error)
print(subprocess.run(["cat"], input=b"through", capture_output=True, preexec_fn=os.getpid).stdout)

print("# threads that are no daemons are waited for")


def last():
    time.sleep(0.05)
    print("last")


threading.Thread(target=last).start()
print("end of main")
