"""What CPython's test files take from its module `_testcapi` and a program can say without a C interface.

The limits are the platform's. A name that a test file needs while it loads, and that only the C interface could
give, is an `Absent`; every other name is missing, so that the test that needs it fails.
"""

import struct as _struct
import sys as _sys

from _absent import Absent as _Absent


def _limits(letter):
    bits = 8 * _struct.calcsize(letter)
    return -(1 << bits - 1), (1 << bits - 1) - 1, (1 << bits) - 1


CHAR_MIN, CHAR_MAX, UCHAR_MAX = _limits("b")
SHRT_MIN, SHRT_MAX, USHRT_MAX = _limits("h")
INT_MIN, INT_MAX, UINT_MAX = _limits("i")
LONG_MIN, LONG_MAX, ULONG_MAX = _limits("l")
LLONG_MIN, LLONG_MAX, ULLONG_MAX = _limits("q")
INT32_MIN, INT32_MAX, UINT32_MAX = _limits("=i")
INT64_MIN, INT64_MAX, UINT64_MAX = _limits("=q")
PY_SSIZE_T_MIN, PY_SSIZE_T_MAX, SIZE_MAX = _limits("n")
SIZEOF_VOID_P = _struct.calcsize("P")
(FLT_MAX,) = _struct.unpack("=f", b"\x7f\x7f\xff\xff"[:: 1 if _sys.byteorder == "big" else -1])
FLT_MIN = 2.0**-126
DBL_MAX = _sys.float_info.max
DBL_MIN = _sys.float_info.min
Py_Version = _sys.hexversion
# Of the processors that Lasti is built for, none has it the other way round.
nan_msb_is_signaling = False
# Lasti allocates with neither.
WITH_PYMALLOC = False
WITH_MIMALLOC = False


def config_get(name):
    """The setting of the interpreter's configuration, of those that can be seen from outside."""
    if name != "code_debug_ranges":
        raise NotImplementedError(f"C API: PyConfig_Get({name!r})")
    return any(column is not None for _, _, column, _ in config_get.__code__.co_positions())


def exception_print(exception, legacy=False, /):
    """Has the interpreter print the exception, as if nothing had caught it."""
    _sys.__excepthook__(type(exception), exception, getattr(exception, "__traceback__", None))


def raise_memoryerror():
    """Raises MemoryError."""
    raise MemoryError


class _Methods:
    """The names of the functions of all of C's calling conventions."""

    meth_varargs = _Absent("meth_varargs")
    meth_varargs_keywords = _Absent("meth_varargs_keywords")
    meth_o = _Absent("meth_o")
    meth_noargs = _Absent("meth_noargs")
    meth_fastcall = _Absent("meth_fastcall")
    meth_fastcall_keywords = _Absent("meth_fastcall_keywords")


class MethInstance(_Methods):
    """Its methods would be C functions."""


class MethClass(_Methods):
    """Its class methods would be C functions."""


class MethStatic(_Methods):
    """Its static methods would be C functions."""


meth_varargs = _Methods.meth_varargs
meth_varargs_keywords = _Methods.meth_varargs_keywords
meth_o = _Methods.meth_o
meth_noargs = _Methods.meth_noargs
meth_fastcall = _Methods.meth_fastcall
meth_fastcall_keywords = _Methods.meth_fastcall_keywords


def code_offset_to_line(code, offset, /):
    """The line of the instruction at a byte offset; -1 for none."""
    for start, end, line in code.co_lines():
        if start <= offset < end:
            return -1 if line is None else line
    return -1


class CodeLike:
    """What would fire events of its own; a fixture makes one before each of its tests."""

    def __init__(self, num_events):
        self.num_events = num_events


fire_event_py_start = _Absent("PyMonitoring_FirePyStartEvent")
fire_event_py_resume = _Absent("PyMonitoring_FirePyResumeEvent")
fire_event_py_return = _Absent("PyMonitoring_FirePyReturnEvent")
fire_event_py_yield = _Absent("PyMonitoring_FirePyYieldEvent")
fire_event_call = _Absent("PyMonitoring_FireCallEvent")
fire_event_jump = _Absent("PyMonitoring_FireJumpEvent")
fire_event_branch_right = _Absent("PyMonitoring_FireBranchRightEvent")
fire_event_branch_left = _Absent("PyMonitoring_FireBranchLeftEvent")
fire_event_py_throw = _Absent("PyMonitoring_FirePyThrowEvent")
fire_event_raise = _Absent("PyMonitoring_FireRaiseEvent")
fire_event_exception_handled = _Absent("PyMonitoring_FireExceptionHandledEvent")
fire_event_py_unwind = _Absent("PyMonitoring_FirePyUnwindEvent")
fire_event_stop_iteration = _Absent("PyMonitoring_FireStopIterationEvent")
