"""Line ends of two characters, as on Windows:
they count as one in strings, comments, continuation and columns.
"""

text = """first
second
"""
joined = "one \
two"; after = len(joined)


def continued(a,
              b=2,
              *rest):
    total = a + \
        b + \
        sum(rest)
    # a comment before an empty line

    if (total > 5 and
            total < 100):
        return [
            total,
            f"""{
                total
            }
            """,
        ]

    return total; total = "never"


class Reader:
    r"""A raw docstring \
    with a backslash at the end of a line."""

    @property
    def lines(self):
        with open(__file__, "rb") as file:
            return file.read().splitlines(keepends=True)

    def ends(self):
        return {line[-2:] for line in self.lines}


def raising():
    try:
        [
            1,
            1 / 0,
        ]
    except ZeroDivisionError as error:
        return error.__traceback__.tb_lineno - raising.__code__.co_firstlineno


print(repr(text), repr(joined), after)
print(continued(1), continued(1, 2, 3), Reader().ends(), raising())
print(repr(__doc__[-10:]), repr(Reader.__doc__), repr(b"""bytes
over lines"""))
