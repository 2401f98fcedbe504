"""Assertions with and without messages, and deletion of names, attributes, items, slices, cells and globals."""

from types import SimpleNamespace

ready = True
assert ready
assert ready, "not evaluated: " + missing_name


def check(value, *rest):
    assert value
    assert isinstance(value, int), f"{value!r} is no number"
    assert 0 < value < 100 and not rest, ("out of range", value, rest)
    assert value != 13 or not value, AssertionError("unlucky")
    return "fine"


def outcome(*values):
    try:
        return check(*values)
    except AssertionError as error:
        return error.args


def message_fails():
    try:
        assert None, 1 / 0
    except ZeroDivisionError as error:
        return type(error).__name__


def in_parts():
    caught = []
    for number in range(4):
        try:
            assert number % 2, number
        except AssertionError as error:
            caught.append(error.args[0])
        else:
            assert number == 1 or number == 3
        finally:
            assert number < 4
    return caught


def shadowed():
    """The statement doesn't look the name AssertionError up."""
    AssertionError = ValueError
    try:
        assert False
    except Exception as error:
        return type(error).__name__, AssertionError.__name__


def never():
    assert True
    assert 1, "constant"
    assert "text"
    if __debug__:
        return "debugging"


def delete_everything(box):
    local = other = [0, 1, 2, 3, 4, 5]
    del local
    del other[0], other[-1], other[1:3]
    box.a, box.b, box.items = 1, 2, {"k": 1, ("t", 1): 2}
    del box.a, (box.items["k"], box.items["t", 1]), [box.b]
    del ()
    del []
    return other, vars(box)


def deleted_twice():
    value = 1
    for _ in range(2):
        try:
            del value
        except UnboundLocalError as error:
            return str(error)


def deleted_in_closure():
    value = [1]

    def remove():
        nonlocal value
        del value

    remove()
    try:
        return value
    except NameError as error:
        problem = str(error)
    value = "again"
    return problem, value


def delete_global():
    global ready
    del ready
    try:
        del ready
    except NameError as error:
        return str(error)


class Body:
    kept, dropped = 1, 2
    del dropped
    try:
        del dropped
    except NameError as error:
        problem = str(error)


print(outcome(5), outcome(0), outcome("text"), outcome(500), outcome(5, 6), outcome(13))
print(message_fails(), in_parts(), shadowed(), never())
print(delete_everything(SimpleNamespace()), deleted_twice(), deleted_in_closure(), delete_global())
print(Body.problem, hasattr(Body, "dropped"), "ready" in globals())
first = second = third = 0
del first, (second, third)
