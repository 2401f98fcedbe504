"""Runs one of CPython's test modules and writes down what became of each test.

    PYTHON run_file.py RECORD MODULE [ID ...]

The tests whose ids are given are left out: they were run before, and the process did not live to tell the rest. Of
tests with the same id the second has `#2` behind it, and so on.
A line of RECORD is a letter and a test's id, written at once: `>` it begins, `+` it passed, `-` it failed, `s` it was
skipped, `x` it failed as expected, `!` the module cannot be run (then the reason stands for the id), `.` all were run.
A failure is followed by `#` and its last line.
"""

import os
import sys
import unittest


def flatten(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from flatten(test)
        else:
            yield test


class Record(unittest.TestResult):
    def __init__(self, path):
        super().__init__()
        self.names = {}
        self.times = {}
        self.out = open(path, "w", encoding="utf-8", errors="backslashreplace")
        self.process = os.getpid()
        self.worst = None

    def name(self, test):
        """Names a test; to be asked in the order of the suite at first."""
        if id(test) not in self.names:
            name = test.id()
            self.times[name] = times = self.times.get(name, 0) + 1
            # The test is kept: two may not have the same id().
            self.names[id(test)] = test, name if times == 1 else f"{name}#{times}"
        return self.names[id(test)][1]

    def put(self, kind, text):
        if os.getpid() == self.process:
            self.out.write(kind + " " + str(text).replace("\n", " ").replace("\r", " ")[:400] + "\n")
            self.out.flush()

    def mark(self, test, kind, error=None):
        if not isinstance(getattr(test, "test_case", test), unittest.TestCase):
            # A fixture of a module or class: no test of its own.
            self.put("#", f"{test}: {error[0].__name__}: {error[1]}" if error else test)
            return
        if self.worst is None or "+xs-".index(kind) > "+xs-".index(self.worst):
            self.worst = kind
        if error is not None and kind == "-":
            self.put("#", f"{error[0].__name__}: {error[1]}")

    def startTest(self, test):
        super().startTest(test)
        self.worst = None
        self.put(">", self.name(test))

    def stopTest(self, test):
        super().stopTest(test)
        self.put(self.worst or "+", self.name(test))

    def addFailure(self, test, error):
        self.mark(test, "-", error)

    def addError(self, test, error):
        self.mark(test, "-", error)

    def addSkip(self, test, reason):
        if getattr(test, "test_case", test) is test:
            self.mark(test, "s")

    def addExpectedFailure(self, test, error):
        self.mark(test, "x")

    def addUnexpectedSuccess(self, test):
        self.mark(test, "-")
        self.put("#", "succeeded unexpectedly")

    def addSubTest(self, test, subtest, error):
        if error is not None:
            self.mark(test, "-", error)


def main():
    path, module, *leave_out = sys.argv[1:]
    sys.argv[1:] = []
    record = Record(path)
    try:
        suite = unittest.defaultTestLoader.loadTestsFromName(module)
    except BaseException as error:
        record.put("!", f"{type(error).__name__}: {error}")
        return
    wanted = unittest.TestSuite()
    left_out = set(leave_out)
    for test in flatten(suite):
        if type(test).__name__ == "_FailedTest":
            record.put("!", test._exception)
            return
        if record.name(test) not in left_out:
            wanted.addTest(test)
    wanted.run(record)
    record.put(".", "")


if __name__ == "__main__":
    # The processes that tests start run this file under another name.
    main()
