"""Ways through try, except, else and finally: leaving each part by its end, return, break, continue and raise.

Leaving a finally part itself by return, break or continue is in finally_overrides.py.
"""


def leave_by_return(log, where):
    try:
        log.append("try")
        if where == "try":
            return "from try"
        if where == "except":
            raise KeyError(where)
    except KeyError as error:
        log.append("except")
        if where == "except":
            return f"from except {error}"
    else:
        log.append("else")
        if where == "else":
            return "from else"
    finally:
        log.append("finally")
    log.append("after")
    return "from the end"


def leave_loop(log, plan):
    """Each entry of the plan says in which part to do what."""
    for part, deed in plan:
        try:
            if part == "try":
                if deed == "break":
                    break
                elif deed == "continue":
                    continue
            if part == "except":
                raise LookupError
            log.append("t")
        except LookupError:
            if deed == "break":
                break
            if deed == "continue":
                continue
            log.append("x")
        else:
            if part == "else" and deed == "break":
                break
            if part == "else" and deed == "continue":
                continue
            log.append("e")
        finally:
            log.append("f")
        log.append("|")
    else:
        log.append("no break")
    return "".join(log)


def nested(log, depth):
    while depth:
        depth -= 1
        try:
            try:
                if depth == 3:
                    continue
                if depth == 2:
                    raise ValueError("two")
                if depth == 0:
                    return "nested return"
            finally:
                log.append(f"inner {depth}")
                try:
                    if depth == 1:
                        raise OSError("in finally")
                finally:
                    log.append("innermost")
        except ValueError:
            log.append("value")
        except OSError as error:
            log.append(str(error))
            try:
                continue
            finally:
                log.append("leaving the handler")
        finally:
            log.append(f"outer {depth}")


def value_is_kept():
    """The value of return is computed before finally runs."""
    value = [1]
    number = 1
    try:
        return number, value
    finally:
        number = 2
        value.append(number)


def with_inside(log):
    class Manager:
        def __enter__(self):
            log.append("enter")

        def __exit__(self, *exception):
            log.append("exit")

    for number in 1, 2:
        try:
            with Manager():
                if number == 1:
                    continue
                return number
        finally:
            log.append("finally")


def generator(log):
    for number in range(3):
        try:
            yield number
        finally:
            log.append(number)


for where in "try", "except", "else", "nowhere":
    log = []
    print(leave_by_return(log, where), log)
for deed in "break", "continue", "fall":
    print(deed, [leave_loop([], [("none", ""), (part, deed), ("none", "")]) for part in ("try", "except", "else")])
log = []
print(nested(log, 4), log)
log = []
print(value_is_kept(), with_inside(log), log)
log = []
for number in generator(log):
    if number == 1:
        break
del number
print(log, [*generator(log)], log)
