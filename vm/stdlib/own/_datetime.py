"""The types of `datetime` under the name of CPython's native module: here they are those in Python."""

from _pydatetime import *
from _pydatetime import __doc__
from _types import _capsule

datetime_CAPI = _capsule("datetime.datetime_CAPI")
