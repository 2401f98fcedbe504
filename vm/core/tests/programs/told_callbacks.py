"""Callbacks of tools: what they return, raise, and are called on; and what goes when frames and calls are left."""
import sys


class Dropped:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("dropped", self.name)


def numbers(n):
    for i in range(n):
        yield i


def work(n):
    total = 0
    for i in range(n):
        total += i
    return total


# A bound method, and a function that returns another one.
class Tracer:
    def __init__(self):
        self.events = []

    def start(self, frame, event, argument):
        self.events.append((event, frame.f_code.co_name))
        return self.inner

    def inner(self, frame, event, argument):
        self.events.append((event, frame.f_lineno - frame.f_code.co_firstlineno, argument))
        return self.inner


tracer = Tracer()
sys.settrace(tracer.start)
work(2)
sys.settrace(None)
print(tracer.events)


# One that raises: tracing ends, and the exception comes up where the line begins.
def failing(frame, event, argument):
    if event == "line" and frame.f_lineno == frame.f_code.co_firstlineno + 3:
        raise ValueError("no")
    return failing


sys.settrace(failing)
try:
    work(2)
except ValueError as error:
    entry = error.__traceback__.tb_next
    print(entry.tb_lineno - work.__code__.co_firstlineno, entry.tb_next.tb_frame.f_code.co_name, sys.gettrace())


# One with a default, one that takes anything: called all the same. A generator's function returns what can't be called.
def lazy(frame, event, argument):
    yield event


def with_default(frame, event, argument, more=1):
    seen.append(event)
    return with_default


def any_arguments(*arguments):
    seen.append(arguments[1])
    return any_arguments


for function in lazy, with_default, any_arguments:
    seen = []
    sys.settrace(function)
    try:
        work(1)
    except TypeError as error:
        print(error)
    sys.settrace(None)
    print(seen)


# Setting the line from a callback, on a line and at a jump back.
def skip(frame, event, argument):
    if event == "line" and frame.f_lineno == frame.f_code.co_firstlineno + 3:
        frame.f_lineno = frame.f_code.co_firstlineno + 4
    return skip


sys.settrace(skip)
result = work(3)
sys.settrace(None)
print(result)


# Profiling: a call's arguments go after the call was told of to its end.
def profile(frame, event, argument):
    if event.startswith("c_"):
        print(event, argument.__name__)
    else:
        print(event, frame.f_code.co_name, argument if event == "return" else "")


def native():
    next(numbers(2))
    id(Dropped("a"))
    [].append(Dropped("b"))
    max(map(work, (2, 3)))
    try:
        next(iter(()))
    except StopIteration:
        pass


sys.setprofile(profile)
native()
sys.setprofile(None)


# Raising when a call has been made.
def refuse(frame, event, argument):
    if event == "c_return" and argument is id:
        raise KeyError("told")


def calls():
    for name in "cd":
        try:
            id(Dropped(name))
        except KeyError as error:
            print("caught", error, sys.getprofile())


sys.setprofile(refuse)
calls()
sys.setprofile(None)

# Monitoring: switching off, and what can't be switched off.
monitoring = sys.monitoring
monitoring.use_tool_id(1, "test")
lines = []


def line(code, number):
    lines.append(number - code.co_firstlineno)
    if number == code.co_firstlineno + 3:
        return monitoring.DISABLE


def returned(code, offset, value):
    lines.append(("returned", value))


def called(code, offset, callable, argument):
    lines.append(("call", getattr(callable, "__name__", "?"), argument is monitoring.MISSING))


def ended(code, offset, callable, argument):
    lines.append(("ended", callable.__name__))
    return monitoring.DISABLE


events = monitoring.events
monitoring.register_callback(1, events.LINE, line)
monitoring.register_callback(1, events.PY_RETURN, returned)
monitoring.set_local_events(1, work.__code__, events.LINE | events.PY_RETURN)
work(3)
work(3)
monitoring.set_local_events(1, work.__code__, 0)
print(lines)
lines.clear()


def empty():
    return len(str())


monitoring.register_callback(1, events.CALL, called)
monitoring.register_callback(1, events.C_RETURN, ended)
monitoring.set_local_events(1, empty.__code__, events.CALL)
try:
    empty()
except ValueError as error:
    print(error)
empty()
monitoring.set_local_events(1, empty.__code__, 0)
monitoring.free_tool_id(1)
print(lines)
print(work(4), sys.gettrace(), sys.getprofile())


# After f_trace_opcodes, code runs as it did before.
def opcodes(frame, event, argument):
    frame.f_trace_opcodes = True
    return opcodes


def everything(frame, event, argument):
    seen.append(event)
    return everything


sys.settrace(opcodes)
work(2)
sys.settrace(None)
work(2)
seen = []
sys.settrace(everything)
work(1)
sys.settrace(None)
print(seen)


# The frames of an exception, and what they hold, go in the order in which they were left.
def deep(n):
    held = Dropped(n)
    if n:
        deep(n - 1)
    raise ValueError(n)


try:
    deep(3)
except ValueError as error:
    kept = error
print("kept")
del kept
print("gone")

generator = numbers(Dropped("argument") and 3)
next(generator)
del generator
