//! Methods of str about letters' case and kinds, and about padding.

use lasti_text::pad::{self, Justify};
use lasti_text::{case, predicates};
use rustpython_wtf8::{CodePoint, Wtf8, Wtf8Buf};

use super::super::text_error::OrRaise;
use super::{changed, this};
use crate::call::{Args, Signature};
use crate::errors::PyResult;
use crate::object::Obj;
use crate::text::Str;
use crate::types::{NativeCall, NativeDef};
use crate::vm::Vm;

fn map(vm: &Vm, object: &Obj, map: fn(&Wtf8) -> Wtf8Buf) -> PyResult {
    Ok(Str::from_wtf8(&map(this(vm, object)?.as_wtf8())).into_obj())
}

fn ask(vm: &Vm, object: &Obj, is: fn(&Wtf8) -> bool) -> PyResult {
    Ok(vm.bool(is(this(vm, object)?.as_wtf8())))
}

/// A method without arguments that gives another text or an answer.
macro_rules! simple {
    ($name:literal, $how:ident $function:path, $doc:literal) => {
        NativeDef::new(
            $name,
            "($self, /)",
            $doc,
            NativeCall::NoArgs(|vm, object| $how(vm, object, $function)),
        )
    };
}

/// The character that pads.
fn fill(vm: &Vm, args: &[Obj]) -> PyResult<CodePoint> {
    let Some(fill) = args.get(1) else { return Ok(CodePoint::from_char(' ')) };
    let Some(text) = fill.downcast::<Str>() else {
        return Err(vm.type_error(format!(
            "The fill character must be a unicode character, not {}",
            fill.ty().name()
        )));
    };
    let mut chars = text.as_wtf8().code_points();
    match (chars.next(), chars.next()) {
        (Some(fill), None) => Ok(fill),
        _ => Err(vm.type_error("The fill character must be exactly one character long")),
    }
}

fn justify(vm: &Vm, object: &Obj, args: &[Obj], how: Justify) -> PyResult {
    let text = this(vm, object)?;
    let [width, ..] = args else { return Ok(object.clone()) };
    let width = vm.size_argument(width)?;
    let fill = fill(vm, args)?;
    Ok(changed(text, pad::justify(text.text(), how, width, fill).or_raise(vm)?))
}

fn center(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    justify(vm, object, args, Justify::Center)
}

fn ljust(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    justify(vm, object, args, Justify::Left)
}

fn rjust(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    justify(vm, object, args, Justify::Right)
}

fn zfill(vm: &Vm, object: &Obj, width: &Obj) -> PyResult {
    let text = this(vm, object)?;
    let width = vm.size_argument(width)?;
    Ok(changed(text, pad::zfill_text(text.text(), width).or_raise(vm)?))
}

static EXPANDTABS: Signature<1> = Signature::new("expandtabs", ["tabsize"], 0);

fn expandtabs(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let text = this(vm, object)?;
    let [size] = args.bind(vm, &EXPANDTABS)?;
    let size = size.map_or(Ok(8), |size| vm.c_int_argument(size))?;
    if object.is_exact(&crate::builtins::STR) && !text.as_bytes().contains(&b'\t') {
        return Ok(object.clone());
    }
    let expanded = pad::expand_tabs(text.text(), size as isize).or_raise(vm)?;
    Ok(Str::from_wtf8(&expanded).into_obj())
}

pub(super) const METHODS: &[NativeDef] = &[
    simple!("capitalize", map case::capitalize, "Return a capitalized version of the string.\n\nMore specifically, make the first character have upper case and the rest lower\ncase."),
    simple!("casefold", map case::casefold, "Return a version of the string suitable for caseless comparisons."),
    simple!("title", map case::title, "Return a version of the string where each word is titlecased.\n\nMore specifically, words start with uppercased characters and all remaining\ncased characters have lower case."),
    simple!("lower", map case::lower, "Return a copy of the string converted to lowercase."),
    simple!("swapcase", map case::swapcase, "Convert uppercase characters to lowercase and lowercase characters to uppercase."),
    simple!("upper", map case::upper, "Return a copy of the string converted to uppercase."),
    simple!("isascii", ask predicates::is_ascii, "Return True if all characters in the string are ASCII, False otherwise.\n\nASCII characters have code points in the range U+0000-U+007F.\nEmpty string is ASCII too."),
    simple!("islower", ask predicates::is_lower, "Return True if the string is a lowercase string, False otherwise.\n\nA string is lowercase if all cased characters in the string are lowercase and\nthere is at least one cased character in the string."),
    simple!("isupper", ask predicates::is_upper, "Return True if the string is an uppercase string, False otherwise.\n\nA string is uppercase if all cased characters in the string are uppercase and\nthere is at least one cased character in the string."),
    simple!("istitle", ask predicates::is_title, "Return True if the string is a title-cased string, False otherwise.\n\nIn a title-cased string, upper- and title-case characters may only\nfollow uncased characters and lowercase characters only cased ones."),
    simple!("isspace", ask predicates::is_space, "Return True if the string is a whitespace string, False otherwise.\n\nA string is whitespace if all characters in the string are whitespace and there\nis at least one character in the string."),
    simple!("isdecimal", ask predicates::is_decimal, "Return True if the string is a decimal string, False otherwise.\n\nA string is a decimal string if all characters in the string are decimal and\nthere is at least one character in the string."),
    simple!("isdigit", ask predicates::is_digit, "Return True if the string is a digit string, False otherwise.\n\nA string is a digit string if all characters in the string are digits and there\nis at least one character in the string."),
    simple!("isnumeric", ask predicates::is_numeric, "Return True if the string is a numeric string, False otherwise.\n\nA string is numeric if all characters in the string are numeric and there is at\nleast one character in the string."),
    simple!("isalpha", ask predicates::is_alpha, "Return True if the string is an alphabetic string, False otherwise.\n\nA string is alphabetic if all characters in the string are alphabetic and there\nis at least one character in the string."),
    simple!("isalnum", ask predicates::is_alnum, "Return True if the string is an alpha-numeric string, False otherwise.\n\nA string is alpha-numeric if all characters in the string are alpha-numeric and\nthere is at least one character in the string."),
    simple!("isidentifier", ask predicates::is_identifier, "Return True if the string is a valid Python identifier, False otherwise.\n\nCall keyword.iskeyword(s) to test whether string s is a reserved identifier,\nsuch as \"def\" or \"class\"."),
    simple!("isprintable", ask predicates::is_printable, "Return True if all characters in the string are printable, False otherwise.\n\nA character is printable if repr() may use it in its output."),
    NativeDef::new(
        "center",
        "($self, width, fillchar=' ', /)",
        "Return a centered string of length width.\n\nPadding is done using the specified fill character (default is a space).",
        NativeCall::Positional(1, 2, center),
    ),
    NativeDef::new(
        "ljust",
        "($self, width, fillchar=' ', /)",
        "Return a left-justified string of length width.\n\nPadding is done using the specified fill character (default is a space).",
        NativeCall::Positional(1, 2, ljust),
    ),
    NativeDef::new(
        "rjust",
        "($self, width, fillchar=' ', /)",
        "Return a right-justified string of length width.\n\nPadding is done using the specified fill character (default is a space).",
        NativeCall::Positional(1, 2, rjust),
    ),
    NativeDef::new(
        "zfill",
        "($self, width, /)",
        "Pad a numeric string with zeros on the left, to fill a field of the given width.\n\nThe string is never truncated.",
        NativeCall::One(zfill),
    ),
    NativeDef::new(
        "expandtabs",
        "($self, /, tabsize=8)",
        "Return a copy where all tab characters are expanded using spaces.\n\nIf tabsize is not given, a tab size of 8 characters is assumed.",
        NativeCall::Full(expandtabs),
    ),
];
