"""Stands where a test file names something of CPython's C interface while it loads."""


class Absent:
    """Something that only the C interface could give: it has a name, and calling it says what is missing."""

    def __init__(self, name):
        self.name = name

    def __call__(self, *args, **kwargs):
        raise NotImplementedError(f"C API: {self.name}")

    def __repr__(self):
        return f"<absent {self.name}>"
