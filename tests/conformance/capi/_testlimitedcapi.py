"""Stands where CPython's test files import `_testlimitedcapi`: all that is in it needs the C interface."""


def _py_getbuiltwithassert():
    """Whether the interpreter checks itself by C's assertions."""
    return False
