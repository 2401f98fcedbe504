"""What an exception that is thrown into a generator gets as its context: what the generator handles, not its caller."""


def waits():
    try:
        yield
    finally:
        pass


def handles():
    try:
        raise KeyError("handled in the generator")
    except KeyError:
        yield


def throw(generator, start=True):
    if start:
        next(generator)
    try:
        raise ValueError("handled by the caller")
    except ValueError:
        try:
            generator.throw(TypeError("thrown"))
        except TypeError as error:
            print(repr(error), repr(error.__context__), error.__context__ and repr(error.__context__.__context__))


throw(waits())
throw(handles())
throw(waits(), start=False)
