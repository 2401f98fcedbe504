"""Code under Python's own tracers."""
import sys
from measure import measure
from statements import work


def under(function):
    def run(times):
        sys.settrace(function)
        try:
            work(times)
        finally:
            sys.settrace(None)

    return run


def lines(frame, event, argument):
    return lines


def calls(frame, event, argument):
    return None


seen = 0


def counted(frame, event, argument):
    global seen
    if event == "line":
        seen += frame.f_lineno
    return counted


def opcodes(frame, event, argument):
    frame.f_trace_opcodes = True
    return opcodes


def named(name, run):
    run.__name__ = name
    return run


def profiled(times):
    sys.setprofile(calls)
    try:
        work(times)
    finally:
        sys.setprofile(None)


def monitored_lines(times):
    monitoring = sys.monitoring
    monitoring.use_tool_id(3, "bench")
    monitoring.register_callback(3, monitoring.events.LINE, lambda code, line: None)
    monitoring.set_events(3, monitoring.events.LINE)
    try:
        work(times)
    finally:
        monitoring.set_events(3, 0)
        monitoring.free_tool_id(3)


measure(
    200,
    named("untraced", work),
    named("traced_lines", under(lines)),
    named("traced_lines_counted", under(counted)),
    named("traced_calls_only", under(calls)),
    named("traced_opcodes", under(opcodes)),
    profiled,
    monitored_lines,
)
