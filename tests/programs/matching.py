"""Match statements: every kind of pattern, guards, captures, alternatives, nesting, and subjects without parentheses."""

from enum import Enum


class Colour(Enum):
    RED = 1
    BLUE = "b"


class Point:
    __match_args__ = "x", "y"

    def __init__(self, x, y):
        self.x = x
        self.y = y


class Limits:
    low, high = -1, 10


def literal(value):
    match value:
        case 0:
            return "zero"
        case -1 | -1.5:
            return "negative"
        case 2 + 3j | -4j:
            return "complex"
        case "text" "joined":
            return "string"
        case b"bytes":
            return "bytes"
        case True | False:
            return "boolean"
        case None:
            return "none"
        case Limits.high | Colour.RED | Colour.BLUE:
            return "value pattern"
        case other:
            return f"other {other!r}"


def sequence(value):
    match value:
        case []:
            return "empty"
        case [x]:
            return f"one {x}"
        case [1, 2, *_]:
            return "starts with 1, 2"
        case (first, (second, [third])):
            return f"nested {first}{second}{third}"
        case [first, *middle, 9 as last] if len(middle) > 1:
            return f"{first} {middle} {last}"
        case [*start, "end"]:
            return f"{start} then end"
        case (int() | float() as number, str(word)):
            return f"number {number} and {word}"
        case [_, _, *_]:
            return "two or more"
    return "no sequence"


def mapping(value):
    match value:
        case {"kind": "move", "by": [dx, dy]}:
            return dx + dy
        case {"kind": ("jump" | "hop") as kind, "height": int(height)} if height > 0:
            return f"{kind} {height}"
        case {1: one, -2: two, None: _, Limits.low: low}:
            return one, two, low
        case {"nested": {"deep": {**inner}}, **rest}:
            return inner, rest
        case {}:
            return f"some mapping of {len(value)}"


def classes(value):
    match value:
        case Point(0, 0):
            return "origin"
        case Point(x, y) if x == y:
            return f"diagonal {x}"
        case Point(x=0) | Point(y=0):
            return "on an axis"
        case Point(int(x), y=Point(inner, _)):
            return f"{x} of {inner}"
        case str() | bytes() as text:
            return f"text {len(text)}"
        case bool(flag):
            return f"flag {flag}"
        case Exception(args=(message,)):
            return message
        case _:
            return "unknown"


def state_machine(words):
    state = "start"
    trace = []
    for word in words:
        match state, word:
            case "start", "go":
                state = "running"
            case "running", "stop" | "halt":
                state = "start"
                continue
            case _, "quit":
                break
            case (current, _) if current in trace:
                pass
        trace.append(state)
    else:
        trace.append("ran out")
    return trace


samples = 0, -1.5, -4j, 2 + 3j, "textjoined", b"bytes", False, None, 10, Colour.BLUE, "x"
print([literal(value) for value in samples])
for value in [], [5], (1, 2, 3), ("a", ("b", ["c"])), [4, 5, 6, 9], "s", ["x", "y", "end"], [2.5, "w"], [{}, {}], range(3):
    print(sequence(value), end="; ")
print()
for value in {"kind": "move", "by": (1, 2)}, {"kind": "hop", "height": 3}, {1: "a", -2: "b", None: 0, -1: "c"}:
    print(mapping(value), end="; ")
print(mapping({"nested": {"deep": {"k": 1}}, "more": 2}), mapping({5: 5}), mapping([]))
points = Point(0, 0), Point(2, 2), Point(3, 0), Point(1, Point("in", 0)), "word", True, ValueError("oops"), 3.5
print([classes(value) for value in points])
print(state_machine("go go stop go".split()), state_machine(["go", "quit", "go"]))
match = {"match": 1}
match match["match"], *[2, 3]:
    case case, 2, _ as type:
        print(match, case, type)
