//! `unicodedata`: the Unicode character database. The object `ucd_3_2_0` is missing.
//! CPython: Modules/unicodedata.c.

use lasti_text::unicode;
use lasti_vm::builtins::KEY_ERROR;
use lasti_vm::module::{Module, NativeModule};
use lasti_vm::number::{Float, Int};
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef};
use lasti_vm::{Obj, PyResult, Ref, Vm};
use rustpython_unicode::{LookupResult, NormalizeForm, Ucd};
use rustpython_wtf8::{CodePoint, Wtf8Buf};

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "unicodedata",
    doc: "This module provides access to the Unicode Character Database which\ndefines character properties for all Unicode characters. The data in\nthis database is based on the UnicodeData.txt file version\n16.0.0 which is publicly available from the Unicode Consortium\nat https://www.unicode.org/.\n",
    functions: FUNCTIONS,
    fill,
};

const DATA: Ucd = Ucd::new(true);

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    module.add(vm, "unidata_version", Str::new(unicode::UNIDATA_VERSION))
}

/// The character of a name, as `\N{...}` has it.
pub(crate) fn by_name(name: &str) -> Option<Wtf8Buf> {
    rustpython_unicode::lookup_character(name).map(|c| Wtf8Buf::from(CodePoint::from_char(c)))
}

/// The one character of an argument.
fn character(vm: &Vm, function: &str, argument: &str, given: &Obj) -> PyResult<CodePoint> {
    let Some(text) = given.downcast::<Str>() else {
        return Err(vm.bad_argument(function, argument, "a unicode character", given));
    };
    let mut chars = text.as_wtf8().code_points();
    match (chars.next(), chars.next()) {
        (Some(c), None) => Ok(c),
        _ => Err(vm.type_error(format!(
            "{function}(){}{argument} must be a unicode character, not a string of length {}",
            if argument.is_empty() { " argument" } else { ": argument " },
            text.char_len()
        ))),
    }
}

fn property(vm: &Vm, function: &str, given: &Obj, of: impl Fn(CodePoint) -> String) -> PyResult {
    Ok(Str::new(&of(character(vm, function, "", given)?)).into_obj())
}

fn lookup(vm: &Vm, _: &Obj, name: &Obj) -> PyResult {
    let text = vm.str_argument("lookup", "", name)?.to_string_lossy().into_owned();
    match rustpython_unicode::lookup_name(&text) {
        Some(LookupResult::Character(c)) => Ok(Str::new(c.encode_utf8(&mut [0; 4])).into_obj()),
        Some(LookupResult::Sequence(sequence)) => Ok(Str::new(sequence).into_obj()),
        None => Err(vm.error(&KEY_ERROR, &format!("undefined character name '{text}'"))),
    }
}

/// The second argument, or the error where there is none.
fn or_default(vm: &Vm, found: Option<Obj>, args: &[Obj], missing: &str) -> PyResult {
    found.or_else(|| args.get(1).cloned()).ok_or_else(|| vm.value_error(missing))
}

fn name(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let [given, ..] = args else { return Ok(vm.none()) };
    let c = character(vm, "name", "1", given)?;
    let found = c.to_char().and_then(rustpython_unicode::character_name);
    or_default(vm, found.map(|name| Str::new(&name).into_obj()), args, "no such name")
}

fn decimal(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let [given, ..] = args else { return Ok(vm.none()) };
    let found = DATA.decimal(character(vm, "decimal", "1", given)?).map(Int::from_u64);
    or_default(vm, found, args, "not a decimal")
}

fn digit(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let [given, ..] = args else { return Ok(vm.none()) };
    let found = DATA.digit(character(vm, "digit", "1", given)?).map(Int::from_u64);
    or_default(vm, found, args, "not a digit")
}

fn numeric(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let [given, ..] = args else { return Ok(vm.none()) };
    let found = DATA.numeric(character(vm, "numeric", "1", given)?).map(Float::new);
    or_default(vm, found, args, "not a numeric character")
}

fn category(vm: &Vm, _: &Obj, given: &Obj) -> PyResult {
    property(vm, "category", given, |c| DATA.category(c).to_owned())
}

fn bidirectional(vm: &Vm, _: &Obj, given: &Obj) -> PyResult {
    property(vm, "bidirectional", given, |c| DATA.bidirectional(c).to_owned())
}

fn east_asian_width(vm: &Vm, _: &Obj, given: &Obj) -> PyResult {
    property(vm, "east_asian_width", given, |c| DATA.east_asian_width(c).to_owned())
}

fn decomposition(vm: &Vm, _: &Obj, given: &Obj) -> PyResult {
    property(vm, "decomposition", given, |c| DATA.decomposition(c))
}

fn combining(vm: &Vm, _: &Obj, given: &Obj) -> PyResult {
    Ok(Int::new(DATA.combining(character(vm, "combining", "", given)?).into()))
}

fn mirrored(vm: &Vm, _: &Obj, given: &Obj) -> PyResult {
    Ok(Int::new(DATA.mirrored(character(vm, "mirrored", "", given)?).into()))
}

fn form_and_text<'a>(vm: &Vm, function: &str, args: &'a [Obj]) -> PyResult<(NormalizeForm, &'a Ref<Str>)> {
    let [form, text] = args else { return Err(vm.type_error("two arguments are needed")) };
    let form = vm.str_argument(function, "1", form)?.to_string_lossy().into_owned();
    let text = vm.str_argument(function, "2", text)?;
    let form = form.parse().map_err(|()| vm.value_error("invalid normalization form"))?;
    Ok((form, text))
}

fn normalize(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let (form, text) = form_and_text(vm, "normalize", args)?;
    if text.is_ascii() {
        return Ok(text.as_obj().clone());
    }
    Ok(Str::from_wtf8(&rustpython_unicode::normalize(form, text.as_wtf8())).into_obj())
}

fn is_normalized(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let (form, text) = form_and_text(vm, "is_normalized", args)?;
    Ok(vm.bool(text.is_ascii() || rustpython_unicode::is_normalized(form, text.as_wtf8())))
}

const FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "decimal",
        "($self, chr, default=<unrepresentable>, /)",
        "Converts a Unicode character into its equivalent decimal value.\n\nReturns the decimal value assigned to the character chr as integer.\nIf no such value is defined, default is returned, or, if not given,\nValueError is raised.",
        NativeCall::Positional(1, 2, decimal),
    ),
    NativeDef::new(
        "digit",
        "($self, chr, default=<unrepresentable>, /)",
        "Converts a Unicode character into its equivalent digit value.\n\nReturns the digit value assigned to the character chr as integer.\nIf no such value is defined, default is returned, or, if not given,\nValueError is raised.",
        NativeCall::Positional(1, 2, digit),
    ),
    NativeDef::new(
        "numeric",
        "($self, chr, default=<unrepresentable>, /)",
        "Converts a Unicode character into its equivalent numeric value.\n\nReturns the numeric value assigned to the character chr as float.\nIf no such value is defined, default is returned, or, if not given,\nValueError is raised.",
        NativeCall::Positional(1, 2, numeric),
    ),
    NativeDef::new(
        "category",
        "($self, chr, /)",
        "Returns the general category assigned to the character chr as string.",
        NativeCall::One(category),
    ),
    NativeDef::new(
        "bidirectional",
        "($self, chr, /)",
        "Returns the bidirectional class assigned to the character chr as string.\n\nIf no such value is defined, an empty string is returned.",
        NativeCall::One(bidirectional),
    ),
    NativeDef::new(
        "combining",
        "($self, chr, /)",
        "Returns the canonical combining class assigned to the character chr as integer.\n\nReturns 0 if no combining class is defined.",
        NativeCall::One(combining),
    ),
    NativeDef::new(
        "mirrored",
        "($self, chr, /)",
        "Returns the mirrored property assigned to the character chr as integer.\n\nReturns 1 if the character has been identified as a \"mirrored\"\ncharacter in bidirectional text, 0 otherwise.",
        NativeCall::One(mirrored),
    ),
    NativeDef::new(
        "east_asian_width",
        "($self, chr, /)",
        "Returns the east asian width assigned to the character chr as string.",
        NativeCall::One(east_asian_width),
    ),
    NativeDef::new(
        "decomposition",
        "($self, chr, /)",
        "Returns the character decomposition mapping assigned to the character chr as string.\n\nAn empty string is returned in case no such mapping is defined.",
        NativeCall::One(decomposition),
    ),
    NativeDef::new(
        "name",
        "($self, chr, default=<unrepresentable>, /)",
        "Returns the name assigned to the character chr as a string.\n\nIf no name is defined, default is returned, or, if not given,\nValueError is raised.",
        NativeCall::Positional(1, 2, name),
    ),
    NativeDef::new(
        "lookup",
        "($self, name, /)",
        "Look up character by name.\n\nIf a character with the given name is found, return the\ncorresponding character.  If not found, KeyError is raised.",
        NativeCall::One(lookup),
    ),
    NativeDef::new(
        "normalize",
        "($self, form, unistr, /)",
        "Return the normal form 'form' for the Unicode string unistr.\n\nValid values for form are 'NFC', 'NFKC', 'NFD', and 'NFKD'.",
        NativeCall::Positional(2, 2, normalize),
    ),
    NativeDef::new(
        "is_normalized",
        "($self, form, unistr, /)",
        "Return whether the Unicode string unistr is in the normal form 'form'.\n\nValid values for form are 'NFC', 'NFKC', 'NFD', and 'NFKD'.",
        NativeCall::Positional(2, 2, is_normalized),
    ),
];
