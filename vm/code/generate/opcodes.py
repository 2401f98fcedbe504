"""Writes src/opcode/generated.rs from the facts of a CPython 3.14.

    python3.14 vm/code/generate/opcodes.py PATH/TO/internal/pycore_opcode_metadata.h

The header (in CPython's source under Include/internal, in Debian's libpython3.14-dev) says how many
values each opcode pops and pushes; all else is asked of the running interpreter. The result is
committed: this program is only needed when CPython's opcodes change.
"""

import pathlib
import re
import subprocess
import sys

import _opcode
import opcode
import _opcode_metadata as metadata

assert sys.version_info[:2] == (3, 14), "run me with CPython 3.14"

# How `dis` reads the argument (Lib/dis.py, ArgResolver). What the interpreter classifies itself
# (constants, names, locals, cells, jumps) is checked against this below.
SPECIAL_KINDS = {
    "LOAD_GLOBAL": "NameShift1",
    "LOAD_ATTR": "NameShift1",
    "LOAD_SUPER_ATTR": "NameShift2",
    "LOAD_FAST_LOAD_FAST": "LocalPair",
    "LOAD_FAST_BORROW_LOAD_FAST_BORROW": "LocalPair",
    "STORE_FAST_LOAD_FAST": "LocalPair",
    "STORE_FAST_STORE_FAST": "LocalPair",
    "BINARY_OP": "BinaryOp",
    "COMPARE_OP": "Compare",
    "CONVERT_VALUE": "Conversion",
    "SET_FUNCTION_ATTRIBUTE": "FunctionAttribute",
    "CALL_INTRINSIC_1": "Intrinsic1",
    "CALL_INTRINSIC_2": "Intrinsic2",
    "LOAD_COMMON_CONSTANT": "CommonConstant",
    "LOAD_SPECIAL": "SpecialMethod",
    "LOAD_SMALL_INT": "SmallInt",
    "IS_OP": "Invert",
    "CONTAINS_OP": "Invert",
}


def camel(name):
    return "".join(part.capitalize() for part in name.split("_"))


def kind_of(op, name):
    special = SPECIAL_KINDS.get(name)
    has = {
        "Const": _opcode.has_const(op),
        "Name": _opcode.has_name(op),
        "Jump": _opcode.has_jump(op),
        "Free": _opcode.has_free(op),
        "Local": _opcode.has_local(op),
    }
    found = [kind for kind, yes in has.items() if yes]
    assert len(found) <= 1, (name, found)
    if special:
        assert all(special.startswith(kind) for kind in found), (name, special, found)
        return special
    if found:
        return found[0]
    return "Raw" if _opcode.has_arg(op) else "None"


def jump_of(op, name):
    if not _opcode.has_jump(op):
        return "None"
    if name == "END_ASYNC_FOR":
        return "Origin"
    return "Backward" if "BACKWARD" in name else "Forward"


def effects(header, function):
    """{opcode name: C expression of oparg} for one of the header's two functions."""
    body = re.search(r"int %s\(int opcode, int oparg\)  \{(.*?)\n\}" % function, header, re.S).group(1)
    found = {}
    for name, expression in re.findall(r"case (\w+):\s+return ([^;]+);", body):
        found[name] = re.sub(r"\s*([+*&-]|>>)\s*", r" \1 ", expression.replace("oparg", "arg")).strip()
    return found


def rust_effect(expression):
    expression = expression.replace("arg >> 8", "arg.wrapping_shr(8)")
    expression = re.sub(r"^(\d+) \+ \(arg - (\d+)\)$", lambda m: sub(int(m[1]), int(m[2])), expression)
    return re.sub(r"^\((.*)\)$", r"\1", expression)


def sub(plus, minus):
    if plus == minus:
        return "arg"
    return f"arg + {plus - minus}" if plus > minus else f"arg - {minus - plus}"


def grouped(pairs):
    """Match arms with equal results made one."""
    groups = {}
    for variant, result in pairs:
        groups.setdefault(result, []).append(variant)
    return groups


def match(pairs, default):
    arms = []
    for result, variants in grouped(pairs).items():
        if result != default:
            arms.append(" | ".join(f"Self::{v}" for v in variants) + f" => {result},")
    return "match self {\n" + "\n".join(arms) + f"\n_ => {default},\n}}"


def main(header_path):
    header = pathlib.Path(header_path).read_text()
    names = {**metadata.opmap, **metadata._specialized_opmap}
    real = sorted((number, name) for name, number in names.items() if number < 256)
    pseudo = sorted((number, name) for name, number in names.items() if number >= 256)
    base = {special: family for family, members in metadata._specializations.items() for special in members}
    for _, name in real:
        stripped = name.removeprefix("INSTRUMENTED_")
        if stripped != name and stripped in metadata.opmap:
            base[name] = stripped
    popped, pushed = effects(header, "_PyOpcode_num_popped"), effects(header, "_PyOpcode_num_pushed")

    def family(name):
        return base.get(name, name)

    # The header and the interpreter must agree, for arguments of every shape, jumping or not.
    for number, name in real:
        if name.startswith("INSTRUMENTED_") or name in metadata._specialized_opmap:
            continue
        for arg in [*range(1, 40), 255, 256, 257, 1000, 65537]:
            if not _opcode.has_arg(number):
                arg = None
            for jump in (None, False, True):
                try:
                    said = _opcode.stack_effect(number, arg, jump=jump)
                except ValueError:
                    continue
                net = eval(pushed[name], {"arg": arg or 0}) - eval(popped[name], {"arg": arg or 0})
                assert said == net, (name, arg, jump, said, net)

    out = [
        "// Generated by vm/code/generate/opcodes.py from CPython %d.%d.%d. Do not edit." % sys.version_info[:3],
        "#![allow(clippy::all, clippy::pedantic)]",
        "",
        "use super::{ArgKind, JumpKind};",
        "",
        "/// Every opcode of CPython 3.14 that a code unit can hold: those the compiler writes, their",
        "/// specialised and their instrumented forms.",
        "#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]",
        "#[repr(u8)]",
        "pub enum Opcode {",
    ]
    for number, name in real:
        out += [f"/// `{name}`", f"{camel(name)} = {number},"]
    out += ["}", ""]
    out += [
        "impl Opcode {",
        "/// All opcodes by number.",
        f"pub const ALL: [Self; {len(real)}] = [",
        *(f"Self::{camel(name)}," for _, name in real),
        "];",
        "",
        "/// The opcode of this number.",
        "pub const fn from_u8(number: u8) -> Option<Self> {",
        "    BY_NUMBER[number as usize]",
        "}",
        "",
        "/// CPython's name.",
        "pub const fn name(self) -> &'static str {",
        "match self {",
        *(f'Self::{camel(name)} => "{name}",' for _, name in real),
        "}",
        "}",
        "",
        "/// The opcode that this one is a specialised or instrumented form of, or itself.",
        "/// `INSTRUMENTED_LINE` and `INSTRUMENTED_INSTRUCTION` stand before any opcode and have no base.",
        "pub const fn base(self) -> Self {",
        match(((camel(n), f"Self::{camel(base[n])}") for _, n in real if n in base), "self"),
        "}",
        "",
        "/// Whether this is a specialised form, which only running code contains.",
        "pub const fn is_specialized(self) -> bool {",
        match(((camel(n), "true") for _, n in real if n in metadata._specialized_opmap
               and not n.startswith("INSTRUMENTED_")), "false"),
        "}",
        "",
        "/// Whether this is an instrumented form, which only traced code contains.",
        "pub const fn is_instrumented(self) -> bool {",
        match(((camel(n), "true") for _, n in real if n.startswith("INSTRUMENTED_")), "false"),
        "}",
        "",
        "/// How many inline cache units follow it.",
        "pub const fn caches(self) -> u8 {",
        match(((camel(n), str(opcode._inline_cache_entries.get(family(n), 0))) for _, n in real), "0"),
        "}",
        "",
        "/// What its argument means.",
        "pub const fn arg_kind(self) -> ArgKind {",
        match(((camel(n), f"ArgKind::{kind_of(metadata.opmap.get(family(n), i), family(n))}")
               for i, n in real), "ArgKind::None"),
        "}",
        "",
        "/// Whether it jumps, and which way.",
        "pub const fn jump(self) -> JumpKind {",
        match(((camel(n), f"JumpKind::{jump_of(metadata.opmap.get(family(n), i), family(n))}")
               for i, n in real), "JumpKind::None"),
        "}",
        "",
        "/// How many values it takes off the value stack, of an argument below 2**30.",
        "pub const fn popped(self, arg: i64) -> i64 {",
        match(((camel(n), rust_effect(popped[n])) for _, n in real), "0"),
        "}",
        "",
        "/// How many values it puts on the value stack, of an argument below 2**30. Whether it jumps",
        "/// makes no difference.",
        "pub const fn pushed(self, arg: i64) -> i64 {",
        match(((camel(n), rust_effect(pushed[n])) for _, n in real), "0"),
        "}",
        "}",
        "",
        "static BY_NUMBER: [Option<Opcode>; 256] = {",
        "let mut table = [None; 256];",
        "let mut i = 0;",
        "while i < Opcode::ALL.len() {",
        "table[Opcode::ALL[i] as usize] = Some(Opcode::ALL[i]);",
        "i += 1;",
        "}",
        "table",
        "};",
        "",
        "/// An opcode that only the compiler uses; no code unit can hold it.",
        "#[derive(Clone, Copy, PartialEq, Eq, Debug)]",
        "pub struct PseudoOpcode {",
        "/// Its number, from 256 on.",
        "pub number: u16,",
        "/// CPython's name.",
        "pub name: &'static str,",
        "/// Its effect on the depth of the value stack when it does not jump.",
        "pub effect: i8,",
        "/// Its effect when it jumps.",
        "pub effect_jump: i8,",
        "}",
        "",
        "/// All pseudo opcodes by number.",
        f"pub const PSEUDO_OPCODES: [PseudoOpcode; {len(pseudo)}] = [",
    ]
    for number, name in pseudo:
        args = (0,) if _opcode.has_arg(number) else (None,)
        plain, jumping = (_opcode.stack_effect(number, *args, jump=jump) for jump in (False, True))
        out.append(f'PseudoOpcode {{ number: {number}, name: "{name}", effect: {plain}, effect_jump: {jumping} }},')
    out += ["];", ""]
    tables = {
        "COMPARE_OPERATORS": ("What `COMPARE_OP` compares by, by the argument shifted right by 5.", opcode.cmp_op),
        "BINARY_OPERATORS": ("What `BINARY_OP` does, by the argument.", [symbol for _, symbol in _opcode.get_nb_ops()]),
        "BINARY_OPERATOR_NAMES": ("The names of the `BINARY_OP` arguments.", [name for name, _ in _opcode.get_nb_ops()]),
        "INTRINSICS_1": ("The functions of `CALL_INTRINSIC_1`, by the argument.", _opcode.get_intrinsic1_descs()),
        "INTRINSICS_2": ("The functions of `CALL_INTRINSIC_2`, by the argument.", _opcode.get_intrinsic2_descs()),
        "SPECIAL_METHODS": ("The methods of `LOAD_SPECIAL`, by the argument.", _opcode.get_special_method_names()),
        "COMMON_CONSTANTS": (
            "The names of what `LOAD_COMMON_CONSTANT` loads, by the argument.",
            [getattr(c, "__qualname__", repr(c)) for c in opcode._common_constants],
        ),
    }
    for name, (doc, items) in tables.items():
        items = list(items)
        out += [f"/// {doc}", f"pub const {name}: [&str; {len(items)}] = ["]
        out += [f'"{item}",' for item in items] + ["];", ""]
    out += ["/// The names of the inline cache entries of each opcode that has any: what `dis -C` shows, with",
            "/// the number of code units of each.",
            "pub const CACHE_LAYOUTS: &[(Opcode, &[(&str, u8)])] = &["]
    for name, layout in opcode._cache_format.items():
        if layout:
            fields = ", ".join(f'("{field}", {size})' for field, size in layout.items())
            out.append(f"(Opcode::{camel(name)}, &[{fields}]),")
    out += ["];", ""]
    target = pathlib.Path(__file__).parent.parent / "src/opcode/generated.rs"
    target.write_text("\n".join(out))
    subprocess.run(["rustfmt", "--edition", "2024", target], check=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
