"""A small suite run by pytest: fixtures, parameters, marks, failing asserts with their introspection, reports."""

import os
import re
import subprocess
import sys
import tempfile

SUITE = {
    "conftest.py": '''
import pytest


def pytest_addoption(parser):
    parser.addoption("--fast", action="store_true", help="only what is fast")


@pytest.fixture(scope="session")
def shop(request):
    stock = {"bolt": 3}
    yield stock
    print("closing", sorted(stock))


@pytest.fixture
def item(shop, request):
    name = getattr(request, "param", "nut")
    shop[name] = 1
    yield name
    del shop[name]


def pytest_collection_modifyitems(config, items):
    items.sort(key=lambda item: "last" in item.keywords)


def pytest_assertrepr_compare(op, left, right):
    if isinstance(left, complex) and op == "==":
        return ["complex numbers differ:", f"   {left} != {right}"]
''',
    "test_good.py": '''
import pytest


def test_item(shop, item):
    assert item in shop and shop["bolt"] == 3


@pytest.mark.parametrize("item", ["gear", "cog"], indirect=True)
@pytest.mark.parametrize(("a", "b"), [(1, 2), pytest.param(3, 4, id="big"), pytest.param(0, 0, marks=pytest.mark.xfail)])
def test_grid(item, a, b):
    assert a < b


class TestStack:
    @pytest.fixture(autouse=True)
    def stack(self):
        self.stack = [1]

    def test_push(self):
        self.stack.append(2)
        assert self.stack == [1, 2]

    def test_pop_of_fresh(self):
        assert self.stack.pop() == 1


def test_raises():
    with pytest.raises(ValueError, match=r"invalid literal .*'x'") as caught:
        int("x")
    assert caught.type is ValueError and "base 10" in str(caught.value)


def test_warns_and_approximates(recwarn):
    import warnings
    with pytest.warns(UserWarning, match="careful"):
        warnings.warn("be careful")
    assert 0.1 + 0.2 == pytest.approx(0.3) and [0.1 + 0.2] == pytest.approx([0.3])


def test_tools(tmp_path, monkeypatch, capsys, caplog):
    import logging, os
    (tmp_path / "a.txt").write_text("text")
    monkeypatch.setenv("LASTI_SHOP", "open")
    print("shop is", os.environ["LASTI_SHOP"])
    logging.getLogger("shop").warning("low on %s", "bolts")
    assert capsys.readouterr().out == "shop is open\\n"
    assert caplog.record_tuples == [("shop", logging.WARNING, "low on bolts")]
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.skip(reason="not today")
def test_skipped():
    raise AssertionError


@pytest.mark.last
def test_last(pytestconfig):
    assert not pytestconfig.getoption("--fast")


async def test_async_needs_a_plugin():
    pass
''',
    "test_bad.py": '''
import pytest
from dataclasses import dataclass


@dataclass
class Point:
    x: int
    y: int


def double(n):
    return n + n


def test_compare():
    n = 3
    assert double(n) == n ** 2 + 1, f"n was {n}"


def test_list():
    assert [1, 2, 3, 4] == [1, 2, 5, 4]


def test_dict():
    assert {"a": 1, "b": [2]} == {"a": 1, "b": [3], "c": 4}


def test_text():
    assert "one\\ntwo\\nthree" == "one\\n2\\nthree"


def test_set_and_in():
    assert {1, 2} == {2, 3} or "x" in "abc"


def test_dataclass():
    assert Point(1, 2) == Point(1, 3)


def test_call():
    assert not any(double(n) == 6 for n in range(5))


def test_attribute():
    point = Point(1, 2)
    assert point.x == point.y


def test_complex():
    assert 1j == 2j


def test_error():
    def inner(data):
        return data["key"]
    print("captured output")
    inner({})


def test_chain():
    try:
        1 / 0
    except ZeroDivisionError as error:
        raise RuntimeError("while dividing") from error


def test_no_raise():
    with pytest.raises(ValueError):
        pass


@pytest.fixture
def broken():
    raise OSError("no disk")


def test_fixture_error(broken):
    pass


def test_no_such_fixture(nothing):
    pass


@pytest.mark.xfail(strict=True)
def test_passes_unexpectedly():
    pass
''',
    "test_case.py": '''
import unittest


class Case(unittest.TestCase):
    def setUp(self):
        self.numbers = [1, 2]

    def test_sum(self):
        self.assertEqual(sum(self.numbers), 3)

    def test_fails(self):
        self.assertEqual(self.numbers, [1, 3])

    def test_subtests(self):
        for n in self.numbers:
            with self.subTest(n=n):
                self.assertLess(n, 2)


def test_doc():
    """
    >>> 1 + 1
    2
    """
''',
    "test_syntax.py": "def broken(:\n    pass\n",
    "pytest.ini": "[pytest]\nmarkers =\n    last: runs last\nfilterwarnings =\n    ignore::DeprecationWarning\n",
}


def run(folder, *arguments):
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--color=no", *arguments]
    environment = {**os.environ, "COLUMNS": "100", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    print(f"$ pytest {' '.join(arguments)} -> {done.returncode}")
    text = re.sub(r"in \d+\.\d+s", "in TIMEs", done.stdout).replace(folder, "FOLDER").replace(os.path.dirname(os.__file__), "LIBRARY")
    text = re.sub(r"\S*/(_pytest/)", r"\1", text)
    text = re.sub(r"at 0x[0-9a-f]+", "at ADDRESS", text)
    print(re.sub(r"\d+\.\d+s (call|setup|teardown)", r"TIMEs \1", text))
    print(done.stderr)


with tempfile.TemporaryDirectory() as folder:
    folder = os.path.realpath(folder)
    for name, text in SUITE.items():
        with open(os.path.join(folder, name), "w") as file:
            file.write(text.removeprefix("\n"))
    run(folder, "--no-header", "-v", "-rA", "test_good.py")
    run(folder, "--no-header", "test_bad.py", "test_case.py")
    run(folder, "--no-header", "-q", "--tb=short", "test_bad.py", "-k", "error or chain")
    run(folder, "-q", "--tb=line", "-x", "test_bad.py")
    run(folder, "--no-header", "test_syntax.py")
    run(folder, "-q", "--collect-only", "test_good.py")
    run(folder, "-q", "--doctest-modules", "test_case.py::test_doc", "--fixtures-per-test")
    run(folder, "-q", "--setup-show", "test_good.py::test_item")
    run(folder, "-q", "nothing.py")
