//! `_sre`: what `re` compiles to, and matching. CPython: Modules/_sre/sre.c.
//!
//! The engine is RustPython's; `engine` calls it. This folder has what Python sees: patterns, matches, scanners,
//! templates; and `validate`, which lets no code to the engine that it could not run.

mod automaton;
mod engine;
mod matches;
mod pattern;
mod scanner;
mod subject;
mod substitute;
mod template;
mod validate;

use lasti_vm::module::{Module, NativeModule};
use lasti_vm::number::Int;
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef, TypeFlags};
use lasti_vm::{Obj, PyResult, Ref, Vm};
use rustpython_sre_engine::string::{lower_ascii, lower_unicode, upper_unicode};
use rustpython_sre_engine::{CODESIZE, MAXGROUPS, MAXREPEAT, SRE_MAGIC};

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule { name: "_sre", doc: "", functions: FUNCTIONS, fill };

/// A code point as C's `unsigned int` has it.
fn character(vm: &Vm, argument: &Obj) -> PyResult<u32> {
    Ok(vm.c_int_argument(argument)? as u32)
}

fn code_point(code_point: u32) -> Obj {
    Int::new(i64::from(code_point as i32))
}

fn getcodesize(_: &Vm, _: &Obj) -> PyResult {
    Ok(Int::from_usize(CODESIZE))
}

fn ascii_iscased(vm: &Vm, _: &Obj, argument: &Obj) -> PyResult {
    let c = character(vm, argument)?;
    Ok(vm.bool(u8::try_from(c).is_ok_and(|byte| byte.is_ascii_alphabetic())))
}

fn unicode_iscased(vm: &Vm, _: &Obj, argument: &Obj) -> PyResult {
    let c = character(vm, argument)?;
    // One that becomes several has case, too.
    let several = |c: char| c.to_uppercase().len() > 1 || c.to_lowercase().len() > 1;
    let cased = c != lower_unicode(c) || c != upper_unicode(c) || char::from_u32(c).is_some_and(several);
    Ok(vm.bool(cased))
}

fn ascii_tolower(vm: &Vm, _: &Obj, argument: &Obj) -> PyResult {
    Ok(code_point(lower_ascii(character(vm, argument)?)))
}

fn unicode_tolower(vm: &Vm, _: &Obj, argument: &Obj) -> PyResult {
    Ok(code_point(lower_unicode(character(vm, argument)?)))
}

const FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "compile",
        "($module, /, pattern, flags, code, groups, groupindex,\n        indexgroup)",
        "",
        NativeCall::Full(pattern::compile),
    ),
    NativeDef::new(
        "template",
        "($module, pattern, template, /)",
        "\n\n  template\n    A list containing interleaved literal strings (str or bytes) and group\n    indices (int), as returned by re._parser.parse_template():\n        [literal1, group1, ..., literalN, groupN]",
        NativeCall::Positional(2, 2, template::make),
    ),
    NativeDef::new("getcodesize", "($module, /)", "", NativeCall::NoArgs(getcodesize)),
    NativeDef::new("ascii_iscased", "($module, character, /)", "", NativeCall::One(ascii_iscased)),
    NativeDef::new("unicode_iscased", "($module, character, /)", "", NativeCall::One(unicode_iscased)),
    NativeDef::new("ascii_tolower", "($module, character, /)", "", NativeCall::One(ascii_tolower)),
    NativeDef::new("unicode_tolower", "($module, character, /)", "", NativeCall::One(unicode_tolower)),
];

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    if !pattern::PATTERN.has(TypeFlags::READY) {
        pattern::ready(vm);
        matches::ready(vm);
        scanner::ready(vm);
        template::ready(vm);
    }
    module.add(vm, "MAGIC", Int::from_usize(SRE_MAGIC))?;
    module.add(vm, "CODESIZE", Int::from_usize(CODESIZE))?;
    module.add(vm, "MAXREPEAT", Int::from_usize(MAXREPEAT))?;
    module.add(vm, "MAXGROUPS", Int::from_usize(MAXGROUPS / 2))?;
    module.add(vm, "copyright", Str::new(" SRE 2.2.2 Copyright (c) 1997-2002 by Secret Labs AB "))
}
