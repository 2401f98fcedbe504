"""Exceptions: raise forms, cause and context, tuples of classes, else, nesting, re-raise, notes, names that are unbound."""


class AppError(Exception):
    def __init__(self, message, code=1):
        super().__init__(message)
        self.code = code


class NotReady(AppError): ...


def classify(action):
    try:
        result = action()
    except NotReady as error:
        return f"not ready, code {error.code}"
    except (AppError, KeyError) as error:
        return f"{type(error).__name__} {error.args}"
    except ArithmeticError:
        return "arithmetic"
    except:
        return "anything else"
    else:
        return f"fine: {result}"


def raising(error):
    raise error


def chain():
    try:
        try:
            raise KeyError("inner")
        except KeyError as inner:
            raise AppError("outer", 7) from inner
    except AppError as outer:
        return outer.__cause__.args, outer.__context__ is outer.__cause__, outer.code


def context():
    try:
        try:
            {}["missing"]
        except KeyError:
            undefined_name
    except NameError as error:
        return type(error.__context__).__name__, error.__suppress_context__, error.name


def suppressed():
    try:
        try:
            [][0]
        except IndexError:
            raise ValueError("clean") from None
    except ValueError as error:
        return error.__cause__, error.__suppress_context__, type(error.__context__).__name__


def bare_reraise(log):
    try:
        try:
            int("x")
        except ValueError:
            log.append("first")
            raise
        finally:
            log.append("finally")
    except ValueError as error:
        log.append(str(error))
    return log


def name_is_unbound():
    error = "before"
    try:
        raise AppError("x")
    except AppError as error:
        error.add_note("seen here")
        notes = error.__notes__
    try:
        error
    except UnboundLocalError as problem:
        return notes, type(problem).__name__


def handler_raises():
    try:
        try:
            1 / 0
        except TypeError:
            return "wrong handler"
        except (lambda: ZeroDivisionError)():
            return "computed handler"
    finally: pass


def depth(n):
    if n == 0:
        raise AppError("bottom")
    try:
        depth(n - 1)
    except AppError as error:
        error.code += 1
        raise


print(classify(lambda: 42), classify(lambda: 1 / 0), classify(lambda: raising(KeyError("k", 2))))
print(classify(lambda: raising(NotReady("n", code=3))), classify(lambda: raising(AppError)), classify(lambda: None.x))
print(classify(lambda: raising(AppError("instance"))), classify(lambda: raising(SystemExit)))
print(chain(), context(), suppressed())
print(bare_reraise([]), name_is_unbound(), handler_raises())
try:
    depth(4)
except AppError as error:
    lines = []
    step = error.__traceback__
    while step:
        lines.append(step.tb_lineno - step.tb_frame.f_code.co_firstlineno)
        step = step.tb_next
    print(error, error.code, lines[1:])
