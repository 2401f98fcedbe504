"""Finally parts that are left by return, break or continue, and so swallow what was under way.

CPython 3.14 prints a SyntaxWarning for each of these when it compiles the file (PEP 765).
"""


def return_over_return():
    try:
        return "try"
    finally:
        return "finally"


def return_over_exception(number):
    try:
        return 1 // number
    except TypeError:
        return "type"
    finally:
        if number < 1:
            return "swallowed"


def break_over_exception(log):
    for number in range(3):
        try:
            log.append(1 // number)
        finally:
            break
    else:
        log.append("never")
    return log


def break_over_return():
    while True:
        try:
            return "lost"
        finally:
            break
    return "kept"


def continue_over_everything(log):
    for number in range(4):
        try:
            if number == 0:
                raise ValueError
            if number == 1:
                return "lost"
            if number == 2:
                break
            log.append("end of try")
        except ValueError:
            log.append("except")
        finally:
            log.append(number)
            continue
        log.append("never")
    else:
        log.append("ran out")
    return log


def in_nested_loops(log):
    for row in range(3):
        try:
            for column in range(3):
                try:
                    if column == row:
                        raise KeyError(row)
                finally:
                    log.append((row, column))
                    if column:
                        break
        except KeyError as error:
            log.append(error.args[0])
        finally:
            if row == 1:
                break
    return log


def with_value_on_the_stack(items):
    for first in items:
        for second in first:
            try:
                return second
            finally:
                if second < 3:
                    continue
                return second, "final"
    return None


def generator(log):
    while True:
        try:
            yield "value"
        finally:
            log.append("closing")
            return


print(return_over_return(), return_over_exception(0), return_over_exception(1))
print(break_over_exception([]), break_over_return())
print(continue_over_everything([]))
print(in_nested_loops([]))
print(with_value_on_the_stack([[1, 2], [2, 3]]), with_value_on_the_stack([[1]]))
log = []
values = generator(log)
next(values)
values.close()
print(log)
