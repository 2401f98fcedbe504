"""Tracing, profiling and monitoring where several threads run."""
import sys
import threading

THIS = __file__


def collector(into):
    """A trace function that notes what happens in this file, by thread."""

    def trace(frame, event, argument):
        code = frame.f_code
        if code.co_filename == THIS and code.co_name.startswith("work"):
            line = frame.f_lineno - code.co_firstlineno
            into.setdefault(threading.current_thread().name, []).append(f"{event} {code.co_name} +{line}")
            return trace
        return None

    return trace


def work(n):
    total = 0
    for i in range(n):
        total += i
    return total


def run(*threads):
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


print("# threading.settrace: threads that begin later")
events = {}
threading.settrace(collector(events))
run(*[threading.Thread(target=work, args=(n,), name=f"T{n}") for n in range(3)])
threading.settrace(None)
work(1)
for name in sorted(events):
    print(name, *events[name], sep="\n    ")

print("# sys.settrace: this thread alone")
events = {}
sys.settrace(collector(events))
run(threading.Thread(target=work, args=(2,), name="other"))
work(0)
sys.settrace(None)
print(sorted(events), events.get("MainThread"))


def waiting(begun, go, done):
    begun.set()
    go.wait()
    work_late()
    done.set()


def work_late():
    return work(1)


def live_threads(count):
    """Threads that run already, and how to let them go on and end."""
    go = threading.Event()
    threads, dones = [], []
    for index in range(count):
        begun, done = threading.Event(), threading.Event()
        thread = threading.Thread(target=waiting, args=(begun, go, done), name=f"L{index}")
        thread.start()
        begun.wait()
        threads.append(thread)
        dones.append(done)

    def finish():
        go.set()
        for thread in threads:
            thread.join()
        assert all(done.is_set() for done in dones)

    return finish


print("# threading.settrace_all_threads: threads that run already, too")
events = {}
finish = live_threads(2)
threading.settrace_all_threads(collector(events))
finish()
run(threading.Thread(target=work, args=(1,), name="new"))
print(threading.gettrace() is not None, sys.gettrace() is not None)
threading.settrace_all_threads(None)
print(threading.gettrace(), sys.gettrace())
for name in sorted(events):
    print(name, *events[name], sep="\n    ")

print("# sys._settraceallthreads ends it for threads that run")
events = {}
finish = live_threads(2)
sys._settraceallthreads(collector(events))
sys._settraceallthreads(None)
finish()
print(events)

print("# threading.setprofile_all_threads")
events = {}


def profile(frame, event, argument):
    if frame.f_code.co_filename == THIS and frame.f_code.co_name.startswith("work"):
        name = getattr(argument, "__name__", argument) if event.startswith("c_") else argument
        events.setdefault(threading.current_thread().name, []).append((event, frame.f_code.co_name, name))


finish = live_threads(2)
threading.setprofile_all_threads(profile)
finish()
threading.setprofile_all_threads(None)
work(1)
for name in sorted(events):
    print(name, *events[name], sep="\n    ")

print("# each thread has a function of its own")
seen = {}


def own(name, rounds):
    count = 0

    def trace(frame, event, argument):
        nonlocal count
        if frame.f_code is work.__code__:
            count += 1
            return trace

    sys.settrace(trace)
    for _ in range(rounds):
        work(2)
    assert sys.gettrace() is trace
    sys.settrace(None)
    work(2)
    seen[name] = count


run(*[threading.Thread(target=own, args=(f"O{n}", n)) for n in range(1, 5)])
print(sorted(seen.items()))

print("# a function that raises ends tracing in its own thread alone")
outcome = {}
ready, raised = threading.Event(), threading.Event()


def raising():
    def trace(frame, event, argument):
        if frame.f_code is work.__code__:
            raise ValueError("from the trace function")

    sys.settrace(trace)
    try:
        work(1)
    except ValueError as error:
        outcome["raising"] = (str(error), sys.gettrace())
    raised.set()


def steady():
    count = 0

    def trace(frame, event, argument):
        nonlocal count
        if frame.f_code is work.__code__:
            count += 1
            return trace

    sys.settrace(trace)
    ready.set()
    raised.wait()
    work(1)
    outcome["steady"] = (count, sys.gettrace() is trace)
    sys.settrace(None)


first = threading.Thread(target=steady)
first.start()
ready.wait()
run(threading.Thread(target=raising))
first.join()
print(sorted(outcome.items()))

print("# sys.monitoring tells of all threads")
monitoring = sys.monitoring
TOOL = monitoring.PROFILER_ID
lines, starts = {}, {}


def name_of_thread():
    return threading.current_thread().name


def on_line(code, line):
    lines.setdefault(name_of_thread(), []).append(line - code.co_firstlineno)


def on_start(code, offset):
    if code is work.__code__:
        starts[name_of_thread()] = starts.get(name_of_thread(), 0) + 1


monitoring.use_tool_id(TOOL, "test")
monitoring.register_callback(TOOL, monitoring.events.LINE, on_line)
monitoring.register_callback(TOOL, monitoring.events.PY_START, on_start)
monitoring.set_local_events(TOOL, work.__code__, monitoring.events.LINE)
monitoring.set_events(TOOL, monitoring.events.PY_START)
finish = live_threads(2)
finish()
run(threading.Thread(target=work, args=(0,), name="M"))
work(0)
monitoring.set_local_events(TOOL, work.__code__, 0)
monitoring.set_events(TOOL, 0)
run(threading.Thread(target=work, args=(0,), name="unseen"))
print(sorted(lines.items()))
print(sorted(starts.items()))

print("# DISABLE is for all threads")
calls = []


def once(code, line):
    calls.append(line - code.co_firstlineno)
    return monitoring.DISABLE


monitoring.register_callback(TOOL, monitoring.events.LINE, once)
monitoring.set_local_events(TOOL, work.__code__, monitoring.events.LINE)
run(*[threading.Thread(target=work, args=(2,)) for _ in range(4)])
print(sorted(calls))
monitoring.restart_events()
work(0)
print(sorted(calls))
monitoring.set_local_events(TOOL, work.__code__, 0)
monitoring.free_tool_id(TOOL)

print("# many threads that switch all the time")
sys.setswitchinterval(1e-6)
counts = {}


def busy(name):
    count = 0

    def trace(frame, event, argument):
        nonlocal count
        if frame.f_code is work.__code__:
            count += event == "line"
            return trace

    sys.settrace(trace)
    for _ in range(20):
        work(10)
    sys.settrace(None)
    counts[name] = count


run(*[threading.Thread(target=busy, args=(n,)) for n in range(6)])
print(sorted(counts.items()))
