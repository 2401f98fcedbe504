//! Methods of bytes and bytearray that look for a part, and those that take one away.

use std::borrow::Cow;

use lasti_text::search;
use lasti_text::split::Alphabet;
use lasti_text::strip::{self, Side};
use lasti_text::text::adjust;

use super::{part, this};
use crate::errors::PyResult;
use crate::number::Int;
use crate::object::Obj;
use crate::sequence::Tuple;
use crate::types::{NativeCall, NativeDef};
use crate::vm::Vm;

/// What to look for: bytes, or one byte as a number.
fn needle<'a>(vm: &Vm, given: &'a Obj) -> PyResult<Cow<'a, [u8]>> {
    if given.ty().slots.buffer.get().is_some() {
        return vm.bytes_like(given);
    }
    if given.ty().slots.nb_index.get().is_none() {
        return Err(vm.type_error(format!(
            "argument should be integer or bytes-like object, not '{}'",
            given.ty().name()
        )));
    }
    vm.byte_of(given, "byte must be in range(0, 256)").map(|byte| Cow::Owned(vec![byte]))
}

type Search = fn(&[u8], &[u8], Option<isize>, Option<isize>) -> Option<usize>;

fn look(vm: &Vm, object: &Obj, args: &[Obj], search: Search) -> PyResult<Option<usize>> {
    let [wanted, bounds @ ..] = args else { return Ok(None) };
    let _held = super::hold(object);
    let wanted = needle(vm, wanted)?;
    let (start, end) = (vm.bound_argument(bounds.first())?, vm.bound_argument(bounds.get(1))?);
    Ok(search(&this(vm, object)?, &wanted, start, end))
}

fn or_minus_one(found: Option<usize>) -> Obj {
    found.map_or_else(|| Int::new(-1), Int::from_usize)
}

fn find(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    look(vm, object, args, search::find_in_bytes).map(or_minus_one)
}

fn rfind(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    look(vm, object, args, search::rfind_in_bytes).map(or_minus_one)
}

fn or_error(vm: &Vm, found: Option<usize>) -> PyResult {
    found.map(Int::from_usize).ok_or_else(|| vm.value_error("subsection not found"))
}

fn index(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    or_error(vm, look(vm, object, args, search::find_in_bytes)?)
}

fn rindex(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    or_error(vm, look(vm, object, args, search::rfind_in_bytes)?)
}

fn count(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let found = look(vm, object, args, |hay, needle, start, end| {
        Some(search::count_in_bytes(hay, needle, start, end))
    })?;
    Ok(Int::from_usize(found.unwrap_or(0)))
}

fn tail_match(vm: &Vm, object: &Obj, function: &str, args: &[Obj]) -> PyResult {
    let [wanted, bounds @ ..] = args else { return Ok(vm.none()) };
    let (start, end) = (vm.bound_argument(bounds.first())?, vm.bound_argument(bounds.get(1))?);
    let at_start = function == "startswith";
    let matches = |wanted: &[u8]| -> PyResult<bool> {
        let bytes = this(vm, object)?;
        let bounds = adjust(start, end, bytes.len());
        let wanted = std::iter::once(wanted);
        Ok(if at_start {
            search::starts_with(&bytes, bounds, wanted)
        } else {
            search::ends_with(&bytes, bounds, wanted)
        })
    };
    if let Some(several) = wanted.downcast::<Tuple>() {
        for wanted in several.items() {
            if matches(&vm.bytes_like(wanted)?)? {
                return Ok(vm.bool(true));
            }
        }
        return Ok(vm.bool(false));
    }
    if wanted.ty().slots.buffer.get().is_none() {
        return Err(vm.type_error(format!(
            "{function} first arg must be bytes or a tuple of bytes, not {}",
            wanted.ty().name()
        )));
    }
    Ok(vm.bool(matches(&vm.bytes_like(wanted)?)?))
}

fn startswith(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    tail_match(vm, object, "startswith", args)
}

fn endswith(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    tail_match(vm, object, "endswith", args)
}

fn strip_with(vm: &Vm, object: &Obj, args: &[Obj], side: Side) -> PyResult {
    let set = args.first().filter(|set| !vm.is_none(set)).map(|set| vm.bytes_like(set)).transpose()?;
    let bytes = this(vm, object)?;
    let range = match set {
        None => strip::strip_space(&bytes, Alphabet::Bytes, side),
        Some(set) => strip::strip_bytes(&bytes, &set, side),
    };
    Ok(part(object, &bytes, range))
}

fn strip(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    strip_with(vm, object, args, Side::Both)
}

fn lstrip(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    strip_with(vm, object, args, Side::Left)
}

fn rstrip(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    strip_with(vm, object, args, Side::Right)
}

fn removeprefix(vm: &Vm, object: &Obj, prefix: &Obj) -> PyResult {
    let prefix = vm.bytes_like(prefix)?;
    let bytes = this(vm, object)?;
    Ok(part(object, &bytes, strip::remove_prefix(&bytes, &prefix)))
}

fn removesuffix(vm: &Vm, object: &Obj, suffix: &Obj) -> PyResult {
    let suffix = vm.bytes_like(suffix)?;
    let bytes = this(vm, object)?;
    Ok(part(object, &bytes, strip::remove_suffix(&bytes, &suffix)))
}

pub(super) const METHODS: &[NativeDef] = &[
    NativeDef::new(
        "count",
        "($self, sub[, start[, end]], /)",
        "Return the number of non-overlapping occurrences of subsection 'sub' in bytes B[start:end].\n\n  start\n    Optional start position. Default: start of the bytes.\n  end\n    Optional stop position. Default: end of the bytes.",
        NativeCall::Positional(1, 3, count),
    ),
    NativeDef::new(
        "find",
        "($self, sub[, start[, end]], /)",
        "Return the lowest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].\n\n  start\n    Optional start position. Default: start of the bytes.\n  end\n    Optional stop position. Default: end of the bytes.\n\nReturn -1 on failure.",
        NativeCall::Positional(1, 3, find),
    ),
    NativeDef::new(
        "index",
        "($self, sub[, start[, end]], /)",
        "Return the lowest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].\n\n  start\n    Optional start position. Default: start of the bytes.\n  end\n    Optional stop position. Default: end of the bytes.\n\nRaise ValueError if the subsection is not found.",
        NativeCall::Positional(1, 3, index),
    ),
    NativeDef::new(
        "rfind",
        "($self, sub[, start[, end]], /)",
        "Return the highest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].\n\n  start\n    Optional start position. Default: start of the bytes.\n  end\n    Optional stop position. Default: end of the bytes.\n\nReturn -1 on failure.",
        NativeCall::Positional(1, 3, rfind),
    ),
    NativeDef::new(
        "rindex",
        "($self, sub[, start[, end]], /)",
        "Return the highest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].\n\n  start\n    Optional start position. Default: start of the bytes.\n  end\n    Optional stop position. Default: end of the bytes.\n\nRaise ValueError if the subsection is not found.",
        NativeCall::Positional(1, 3, rindex),
    ),
    NativeDef::new(
        "startswith",
        "($self, prefix[, start[, end]], /)",
        "Return True if the bytes starts with the specified prefix, False otherwise.\n\n  prefix\n    A bytes or a tuple of bytes to try.\n  start\n    Optional start position. Default: start of the bytes.\n  end\n    Optional stop position. Default: end of the bytes.",
        NativeCall::Positional(1, 3, startswith),
    ),
    NativeDef::new(
        "endswith",
        "($self, suffix[, start[, end]], /)",
        "Return True if the bytes ends with the specified suffix, False otherwise.\n\n  suffix\n    A bytes or a tuple of bytes to try.\n  start\n    Optional start position. Default: start of the bytes.\n  end\n    Optional stop position. Default: end of the bytes.",
        NativeCall::Positional(1, 3, endswith),
    ),
    NativeDef::new(
        "strip",
        "($self, bytes=None, /)",
        "Strip leading and trailing bytes contained in the argument.\n\nIf the argument is omitted or None, strip leading and trailing ASCII whitespace.",
        NativeCall::Positional(0, 1, strip),
    ),
    NativeDef::new(
        "lstrip",
        "($self, bytes=None, /)",
        "Strip leading bytes contained in the argument.\n\nIf the argument is omitted or None, strip leading  ASCII whitespace.",
        NativeCall::Positional(0, 1, lstrip),
    ),
    NativeDef::new(
        "rstrip",
        "($self, bytes=None, /)",
        "Strip trailing bytes contained in the argument.\n\nIf the argument is omitted or None, strip trailing ASCII whitespace.",
        NativeCall::Positional(0, 1, rstrip),
    ),
    NativeDef::new(
        "removeprefix",
        "($self, prefix, /)",
        "Return a bytes object with the given prefix string removed if present.\n\nIf the bytes starts with the prefix string, return bytes[len(prefix):].\nOtherwise, return a copy of the original bytes.",
        NativeCall::One(removeprefix),
    ),
    NativeDef::new(
        "removesuffix",
        "($self, suffix, /)",
        "Return a bytes object with the given suffix string removed if present.\n\nIf the bytes ends with the suffix string and that suffix is not empty,\nreturn bytes[:-len(prefix)].  Otherwise, return a copy of the original\nbytes.",
        NativeCall::One(removesuffix),
    ),
];
