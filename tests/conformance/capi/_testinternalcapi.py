"""What CPython's test files take from its module `_testinternalcapi` and a program can say without a C interface.

Every other name is missing, so that the test that needs it fails.
"""

import ast as _ast
import sys as _sys
import types as _types

from _absent import Absent as _Absent

# After so many runs an instruction is specialised, and it is tried again after so many that did not fit: CPython's
# numbers, which tests take for how often something must be run until it is.
SPECIALIZATION_THRESHOLD = 2
SPECIALIZATION_COOLDOWN = 53

_STATIC_BUILTIN = 1 << 1

# Named by test_class while it loads.
has_inline_values = _Absent("has_inline_values")


def get_recursion_depth():
    """How many frames there are."""
    depth = 0
    frame = _sys._getframe()
    while frame is not None:
        depth += 1
        frame = frame.f_back
    return depth


def compiler_cleandoc(text, /):
    """What the compiler makes of a docstring."""
    tree = _ast.Module([_ast.Expr(_ast.Constant(text))], [])
    namespace = {}
    exec(compile(_ast.fix_missing_locations(tree), "<docstring>", "exec"), namespace)
    return namespace["__doc__"]


def get_static_builtin_types():
    """All types that are the interpreter's own."""
    seen = {object: None}
    for cls in (found := [object]):
        for subclass in type.__subclasses__(cls):
            if subclass.__flags__ & _STATIC_BUILTIN and subclass not in seen:
                seen[subclass] = None
                found.append(subclass)
    return list(seen)


def identify_type_slot_wrappers():
    """The names of all methods that stand for slots of types."""
    names = {}
    for cls in get_static_builtin_types():
        for name, value in vars(cls).items():
            if isinstance(value, _types.WrapperDescriptorType):
                names[name] = None
    return list(names)
