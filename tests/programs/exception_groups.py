"""Exception groups: except* with several handlers, names, tuples, re-raise, nesting, else and finally, split."""


def fail_with(*errors):
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise ExceptionGroup("several", errors)


def sort_out(*errors):
    log = []
    try:
        fail_with(*errors)
    except* ValueError as group:
        log.append(("value", [str(error) for error in group.exceptions]))
    except* (KeyError, IndexError) as group:
        log.append(("lookup", len(group.exceptions)))
    except* OSError:
        log.append("os")
    else:
        log.append("nothing raised")
    finally:
        log.append("finally")
    return log


def unhandled_rest():
    try:
        try:
            raise ExceptionGroup("mixed", [TypeError("t"), ValueError("v"), TypeError("u")])
        except* ValueError:
            pass
    except ExceptionGroup as rest:
        return rest.message, [type(error).__name__ for error in rest.exceptions]


def raise_inside():
    try:
        try:
            raise ExceptionGroup("mixed", [TypeError("t"), ValueError("v")])
        except* TypeError:
            raise RuntimeError("new")
        except* ValueError as group:
            raise
    except ExceptionGroup as result:
        return shape(result)


def shape(error):
    """The tree of a group's types, as nested lists."""
    if isinstance(error, BaseExceptionGroup):
        return [shape(inner) for inner in error.exceptions]
    return type(error).__name__


def nested_groups():
    tree = ExceptionGroup("top", [ExceptionGroup("a", [ValueError(1), KeyError(2)]), ExceptionGroup("b", [ValueError(3)])])
    matched, rest = tree.split(ValueError)
    found = []
    try:
        raise tree
    except* KeyError as keys:
        found.append(shape(keys))
    except* ValueError as values:
        found.append(shape(values))
    return shape(matched), shape(rest), found, tree.subgroup(OSError)


def inner_try_star():
    order = []
    try:
        try:
            fail_with(KeyError("k"), OSError("o"))
        except* OSError:
            order.append("inner os")
            try:
                fail_with(ValueError("from a handler"))
            except* ValueError as error:
                order.append(f"innermost {error.exceptions[0]}")
    except* KeyError:
        order.append("outer key")
    return order


def in_a_loop():
    kinds = []
    for error in (ValueError("a"), TypeError("b"), None):
        try:
            if error:
                raise error
        except* ValueError:
            kind = "value"
        except* TypeError:
            kind = "type"
        else:
            kind = "none"
        kinds.append(kind)
    return kinds


print(sort_out())
print(sort_out(ValueError("single")))
print(sort_out(ValueError("a"), KeyError("b"), ValueError("c"), OSError("d"), IndexError("e")))
print(unhandled_rest(), raise_inside())
print(nested_groups())
print(inner_try_star(), in_a_loop())
try:
    sort_out(ValueError("v"), ArithmeticError("left over"))
except* ArithmeticError as leftover:
    print(shape(leftover), leftover.exceptions[0])
