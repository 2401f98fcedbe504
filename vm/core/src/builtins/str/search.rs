//! Methods of str that look for a part of it, and those that take a part away.

use lasti_text::search;
use lasti_text::split::Alphabet;
use lasti_text::strip::{self, Side};

use super::{part, this};
use crate::errors::PyResult;
use crate::number::Int;
use crate::object::{Obj, Ref};
use crate::sequence::Tuple;
use crate::text::Str;
use crate::types::{NativeCall, NativeDef};
use crate::vm::Vm;

type Bounds = (Option<isize>, Option<isize>);

/// The arguments of `find` and its like: what to look for, and where.
fn arguments<'a>(vm: &Vm, function: &str, args: &'a [Obj]) -> PyResult<(&'a Ref<Str>, Bounds)> {
    let [needle, bounds @ ..] = args else { return Err(vm.type_error("missing argument")) };
    let needle = vm.str_argument(function, "1", needle)?;
    Ok((needle, (vm.bound_argument(bounds.first())?, vm.bound_argument(bounds.get(1))?)))
}

fn look(vm: &Vm, object: &Obj, function: &str, args: &[Obj]) -> PyResult<Option<usize>> {
    let text = this(vm, object)?;
    let (needle, (start, end)) = arguments(vm, function, args)?;
    let search = if function.starts_with('r') { search::rfind_in_text } else { search::find_in_text };
    Ok(search(text.text(), needle.as_bytes(), start, end))
}

fn find(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    Ok(look(vm, object, "find", args)?.map_or_else(|| Int::new(-1), Int::from_usize))
}

fn rfind(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    Ok(look(vm, object, "rfind", args)?.map_or_else(|| Int::new(-1), Int::from_usize))
}

fn index(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let found = look(vm, object, "index", args)?;
    found.map(Int::from_usize).ok_or_else(|| vm.value_error("substring not found"))
}

fn rindex(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let found = look(vm, object, "rindex", args)?;
    found.map(Int::from_usize).ok_or_else(|| vm.value_error("substring not found"))
}

fn count(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let text = this(vm, object)?;
    let (needle, (start, end)) = arguments(vm, "count", args)?;
    Ok(Int::from_usize(search::count_in_text(text.text(), needle.as_bytes(), start, end)))
}

fn tail_match(vm: &Vm, object: &Obj, function: &str, args: &[Obj]) -> PyResult {
    let text = this(vm, object)?;
    let [needle, bounds @ ..] = args else { return Ok(vm.none()) };
    let bounds = (vm.bound_argument(bounds.first())?, vm.bound_argument(bounds.get(1))?);
    let at_start = function == "startswith";
    let matches = |needle: &Str| {
        search::bounds(text.text(), bounds.0, bounds.1).is_some_and(|bounds| {
            let needles = std::iter::once(needle.as_bytes());
            if at_start {
                search::starts_with(text.as_bytes(), bounds, needles)
            } else {
                search::ends_with(text.as_bytes(), bounds, needles)
            }
        })
    };
    if let Some(needle) = needle.downcast::<Str>() {
        return Ok(vm.bool(matches(needle)));
    }
    let Some(needles) = needle.downcast::<Tuple>() else {
        return Err(vm.type_error(format!(
            "{function} first arg must be str or a tuple of str, not {}",
            needle.ty().name()
        )));
    };
    for needle in needles.items() {
        let Some(needle) = needle.downcast::<Str>() else {
            return Err(vm.type_error(format!(
                "tuple for {function} must only contain str, not {}",
                needle.ty().name()
            )));
        };
        if matches(needle) {
            return Ok(vm.bool(true));
        }
    }
    Ok(vm.bool(false))
}

fn startswith(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    tail_match(vm, object, "startswith", args)
}

fn endswith(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    tail_match(vm, object, "endswith", args)
}

fn strip_with(vm: &Vm, object: &Obj, function: &str, args: &[Obj], side: Side) -> PyResult {
    let text = this(vm, object)?;
    let range = match args.first().filter(|set| !vm.is_none(set)) {
        None => strip::strip_space(text.as_bytes(), Alphabet::Text, side),
        Some(set) => match set.downcast::<Str>() {
            Some(set) => strip::strip_chars(text.as_wtf8(), set.as_wtf8(), side),
            None => return Err(vm.type_error(format!("{function} arg must be None or str"))),
        },
    };
    Ok(part(text, range))
}

fn strip(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    strip_with(vm, object, "strip", args, Side::Both)
}

fn lstrip(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    strip_with(vm, object, "lstrip", args, Side::Left)
}

fn rstrip(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    strip_with(vm, object, "rstrip", args, Side::Right)
}

fn removeprefix(vm: &Vm, object: &Obj, prefix: &Obj) -> PyResult {
    let text = this(vm, object)?;
    let prefix = vm.str_argument("removeprefix", "", prefix)?;
    Ok(part(text, strip::remove_prefix(text.as_bytes(), prefix.as_bytes())))
}

fn removesuffix(vm: &Vm, object: &Obj, suffix: &Obj) -> PyResult {
    let text = this(vm, object)?;
    let suffix = vm.str_argument("removesuffix", "", suffix)?;
    Ok(part(text, strip::remove_suffix(text.as_bytes(), suffix.as_bytes())))
}

pub(super) const METHODS: &[NativeDef] = &[
    NativeDef::new(
        "count",
        "($self, sub[, start[, end]], /)",
        "Return the number of non-overlapping occurrences of substring sub in string S[start:end].\n\nOptional arguments start and end are interpreted as in slice notation.",
        NativeCall::Positional(1, 3, count),
    ),
    NativeDef::new(
        "find",
        "($self, sub[, start[, end]], /)",
        "Return the lowest index in S where substring sub is found, such that sub is contained within S[start:end].\n\nOptional arguments start and end are interpreted as in slice notation.\nReturn -1 on failure.",
        NativeCall::Positional(1, 3, find),
    ),
    NativeDef::new(
        "index",
        "($self, sub[, start[, end]], /)",
        "Return the lowest index in S where substring sub is found, such that sub is contained within S[start:end].\n\nOptional arguments start and end are interpreted as in slice notation.\nRaises ValueError when the substring is not found.",
        NativeCall::Positional(1, 3, index),
    ),
    NativeDef::new(
        "rfind",
        "($self, sub[, start[, end]], /)",
        "Return the highest index in S where substring sub is found, such that sub is contained within S[start:end].\n\nOptional arguments start and end are interpreted as in slice notation.\nReturn -1 on failure.",
        NativeCall::Positional(1, 3, rfind),
    ),
    NativeDef::new(
        "rindex",
        "($self, sub[, start[, end]], /)",
        "Return the highest index in S where substring sub is found, such that sub is contained within S[start:end].\n\nOptional arguments start and end are interpreted as in slice notation.\nRaises ValueError when the substring is not found.",
        NativeCall::Positional(1, 3, rindex),
    ),
    NativeDef::new(
        "startswith",
        "($self, prefix[, start[, end]], /)",
        "Return True if the string starts with the specified prefix, False otherwise.\n\n  prefix\n    A string or a tuple of strings to try.\n  start\n    Optional start position. Default: start of the string.\n  end\n    Optional stop position. Default: end of the string.",
        NativeCall::Positional(1, 3, startswith),
    ),
    NativeDef::new(
        "endswith",
        "($self, suffix[, start[, end]], /)",
        "Return True if the string ends with the specified suffix, False otherwise.\n\n  suffix\n    A string or a tuple of strings to try.\n  start\n    Optional start position. Default: start of the string.\n  end\n    Optional stop position. Default: end of the string.",
        NativeCall::Positional(1, 3, endswith),
    ),
    NativeDef::new(
        "strip",
        "($self, chars=None, /)",
        "Return a copy of the string with leading and trailing whitespace removed.\n\nIf chars is given and not None, remove characters in chars instead.",
        NativeCall::Positional(0, 1, strip),
    ),
    NativeDef::new(
        "lstrip",
        "($self, chars=None, /)",
        "Return a copy of the string with leading whitespace removed.\n\nIf chars is given and not None, remove characters in chars instead.",
        NativeCall::Positional(0, 1, lstrip),
    ),
    NativeDef::new(
        "rstrip",
        "($self, chars=None, /)",
        "Return a copy of the string with trailing whitespace removed.\n\nIf chars is given and not None, remove characters in chars instead.",
        NativeCall::Positional(0, 1, rstrip),
    ),
    NativeDef::new(
        "removeprefix",
        "($self, prefix, /)",
        "Return a str with the given prefix string removed if present.\n\nIf the string starts with the prefix string, return string[len(prefix):].\nOtherwise, return a copy of the original string.",
        NativeCall::One(removeprefix),
    ),
    NativeDef::new(
        "removesuffix",
        "($self, suffix, /)",
        "Return a str with the given suffix string removed if present.\n\nIf the string ends with the suffix string and that suffix is not empty,\nreturn string[:-len(suffix)]. Otherwise, return a copy of the original\nstring.",
        NativeCall::One(removesuffix),
    ),
];
