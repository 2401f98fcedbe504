"""Runs the cases of the table, in this process, and writes what each printed.

    run.py CASES OUT

CASES: JSON, a list of [name, source]. OUT: JSON, what each case printed. Their code's file is `<NAME>`.
"""

import contextlib
import dis
import io
import itertools
import json
import opcode
import sys
import traceback

TOOL = 3
opname = {number: name for name, number in dis.opmap.items() if number < 256}


def told(event, function, *args):
    """Calls a function and says at which instructions an event is told of; of LINE, the lines, from the function's
    first on."""
    found = []
    monitoring = sys.monitoring
    file = sys._getframe(1).f_code.co_filename

    def callback(code, place, *rest):
        if code.co_filename != file or code.co_name == "<module>":
            return
        if event == "LINE":
            found.append(place - code.co_firstlineno)
        else:
            number = code.co_code[place]
            found.append(opname[number])

    event_bit = getattr(monitoring.events, event)
    monitoring.use_tool_id(TOOL, "table")
    monitoring.register_callback(TOOL, event_bit, callback)
    monitoring.set_events(TOOL, event_bit)
    try:
        function(*args)
    finally:
        monitoring.set_events(TOOL, 0)
        monitoring.free_tool_id(TOOL)
    return found


def run(name, source):
    """What a program prints, and its code."""
    out = io.StringIO()
    file = f"<{name}>"
    code = compile(source, file, "exec", dont_inherit=True)
    with contextlib.redirect_stdout(out):
        try:
            exec(code, {"__name__": "__main__", "__file__": file, "told": told})
        except Exception:
            traceback.print_exc(file=out)
    return out.getvalue(), code


def refused():
    """What becomes of code that holds each opcode number behind its RESUME: none if it may run."""
    found = {}
    plain = (lambda: None).__code__
    for number in range(256):
        code = bytes([dis.opmap["RESUME"], 0, number, 0]) + plain.co_code[2:]
        try:
            function = type(run)(plain.replace(co_code=code, co_stacksize=20), {})
        except Exception as error:
            found[number] = f"{type(error).__name__}: {error}"
    return found


# What instructions put on the stack: NULL first, then a value of each kind that some opcode counts on.
OPERANDS = [
    ("PUSH_NULL", 0),
    ("LOAD_FAST_AND_CLEAR", 3),
    ("LOAD_SMALL_INT", 1),
    ("BUILD_LIST", 0),
    ("BUILD_MAP", 0),
    ("BUILD_TUPLE", 0),
    *[("LOAD_CONST", index) for index in range(7)],
    ("LOAD_FAST", 0),
]
CONSTANTS = (None, len, ValueError("x"), "text", iter([1]), ("a",), (lambda: None).__code__)
CACHES = {name: sum(entries.values()) for name, entries in opcode._cache_format.items()}


def assemble(instructions):
    return b"".join(
        bytes([dis.opmap[name], arg]) + bytes(2 * CACHES.get(name, 0)) for name, arg in instructions
    )


def hostile():
    """Runs each opcode on operands that no compiler gives it. What becomes of that, counted: there is an error or a result,
    and the process lives."""
    plain = (lambda a, b, c: None).__code__.replace(co_nlocals=4, co_varnames=("a", "b", "c", "unbound"))
    plain = plain.replace(
        co_stacksize=40, co_consts=CONSTANTS, co_names=("x", "real"), co_exceptiontable=b"", co_linetable=b""
    )
    found = {"refused": 0, "raised": 0, "returned": 0}
    for name in opname.values():
        # Loops that would not end.
        if name.startswith(("INSTRUMENTED_", "JUMP_BACKWARD")):
            continue
        for arg in range(7):
            for kind, step, depth in itertools.product(range(len(OPERANDS)), range(2), range(6)):
                stack = [OPERANDS[(kind + i * step) % len(OPERANDS)] for i in range(depth)]
                try:
                    left = depth + dis.stack_effect(dis.opmap[name], arg if dis.opmap[name] in dis.hasarg else None)
                except ValueError:
                    continue
                code = [("RESUME", 0), ("LOAD_SMALL_INT", 9), *stack, (name, arg), *[("POP_TOP", 0)] * left]
                try:
                    code = plain.replace(co_code=assemble([*code, ("RETURN_VALUE", 0)]))
                    function = type(run)(code, {})
                except SystemError:
                    found["refused"] += 1
                    continue
                # Once as written, then in the form that it takes on, and in what becomes of that.
                for arguments in [(1, [2], {3: 4})] * 2 + [((), "text", None)]:
                    try:
                        with contextlib.redirect_stdout(None):
                            function(*arguments)
                        found["returned"] += 1
                    except BaseException:
                        found["raised"] += 1
    # A loop over what is no iterator, where it had become one over lists, tuples, ranges or generators.
    loop = [("RESUME", 0), ("LOAD_FAST", 0), ("FOR_ITER", 3), ("POP_TOP", 0), ("JUMP_BACKWARD", 5), ("END_FOR", 0)]
    code = plain.replace(co_code=assemble([*loop, ("POP_ITER", 0), ("LOAD_CONST", 0), ("RETURN_VALUE", 0)]))
    for iterable in [1, 2], (1, 2), range(2), (i for i in "abcdefgh"):
        function = type(run)(code.replace(), {})
        for _ in range(3):
            function(iter(iterable), 0, 0)
        for wrong in 5, None, [], "text":
            try:
                function(wrong, 0, 0)
            except TypeError:
                found["raised"] += 1
    # The second half of an instruction finds nothing in its slot.
    half = [("RESUME", 0), ("LOAD_SMALL_INT", 1), ("STORE_FAST_LOAD_FAST", 3), ("RETURN_VALUE", 0)]
    try:
        type(run)(plain.replace(co_code=assemble(half)), {})(1, 2, 3)
        raise AssertionError("a slot that is not bound was read")
    except UnboundLocalError:
        found["raised"] += 1
    # A RESUME says that something is waited for, and there is nothing.
    waits = [("LOAD_CONST", 0), ("YIELD_VALUE", 0), ("RESUME", 2), ("RETURN_VALUE", 0)]
    code = assemble([("RETURN_GENERATOR", 0), ("POP_TOP", 0), ("RESUME", 0), *waits])
    generator = type(run)(plain.replace(co_code=code, co_flags=plain.co_flags | 0x20), {})(1, 2, 3)
    assert next(generator) is None and generator.gi_yieldfrom is None
    try:
        generator.throw(KeyError)
    except KeyError:
        found["raised"] += 1
    # What is handled now was borrowed from a slot, and outlives that.
    def handle(instruction, value):
        handles = [("RESUME", 0), instruction, ("POP_EXCEPT", 0), ("LOAD_CONST", 0), ("RETURN_VALUE", 0)]
        type(run)(plain.replace(co_code=assemble(handles)), {})(value, 0, 0)

    error = KeyError("handled")
    handle(("LOAD_FAST_BORROW", 0), error)
    held = sys.getrefcount(error)
    handle(("LOAD_CONST", 0), None)
    assert held == sys.getrefcount(error) + 1, "it is not counted"
    return found


def main(cases, out):
    with open(cases, encoding="utf-8") as file:
        cases = json.load(file)
    result = {name: run(name, source)[0] for name, source in cases}
    result["(refused)"] = refused()
    result["(hostile)"] = hostile()
    with open(out, "w", encoding="utf-8") as file:
        json.dump(result, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
