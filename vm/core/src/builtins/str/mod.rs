//! `str`: its constructor, operators and subscripts. Methods are grouped by what they are about.

mod case;
mod format;
mod iter;
mod percent;
mod search;
mod split;
#[cfg(test)]
mod tests;
mod translate;

use lasti_text::search as text_search;
use lasti_text::{replace, repr};
use rustpython_wtf8::Wtf8Buf;

use super::STR;
use super::text_error::OrRaise;
use crate::call::{Args, Signature};
use crate::errors::{Exc, PyResult};
use crate::iterators::Slice;
use crate::number::Int;
use crate::object::{Obj, Ref};
use crate::sequence::Tuple;
use crate::text::Str;
use crate::types::{CompareOp, NativeCall, NativeDef, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

const DOC: &str = "str(object='') -> str\nstr(bytes_or_buffer[, encoding[, errors]]) -> str\n\nCreate a new string object from the given object. If encoding or\nerrors is specified, then the object must expose a data buffer\nthat will be decoded using the given encoding and error handler.\nOtherwise, returns the result of object.__str__() (if defined)\nor repr(object).\nencoding defaults to 'utf-8'.\nerrors defaults to 'strict'.";

/// The receiver of a method of str.
#[inline]
fn this<'a>(vm: &Vm, object: &'a Obj) -> PyResult<&'a Ref<Str>> {
    vm.receiver::<Str>(object)
}

/// A method's result that is the string itself: an exact str.
fn unchanged(text: &Ref<Str>) -> Obj {
    if text.as_obj().is_exact(&STR) {
        text.as_obj().clone()
    } else {
        Str::from_wtf8(text.as_wtf8()).into_obj()
    }
}

/// A method's result, or the string itself where nothing changed.
fn changed(text: &Ref<Str>, result: Option<Wtf8Buf>) -> Obj {
    match result {
        Some(result) => Str::from_wtf8(&result).into_obj(),
        None => unchanged(text),
    }
}

/// The bytes `from..to` of a string, which begin and end with code points.
fn part(text: &Ref<Str>, range: std::ops::Range<usize>) -> Obj {
    if range.len() == text.as_bytes().len() {
        return unchanged(text);
    }
    Str::from_wtf8(&text.as_wtf8()[range]).into_obj()
}

static SIGNATURE: Signature<3> = Signature::new("str", ["object", "encoding", "errors"], 0);

/// `str.__new__`
fn new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    let text = if let ([object], []) = (args.all(), args.names()) {
        vm.str(object)?
    } else {
        if args.names().is_empty() {
            crate::call::check_count(vm, "str", args.all().len(), 0, 3)?;
        }
        let [object, encoding, errors] = args.bind(vm, &SIGNATURE)?;
        let encoding = encoding.map(|name| vm.plain_str_argument("str", "'encoding'", name)).transpose()?;
        let errors = errors.map(|name| vm.plain_str_argument("str", "'errors'", name)).transpose()?;
        match (object, encoding.is_some() || errors.is_some()) {
            (None, _) => vm.intern(""),
            (Some(object), false) => vm.str(object)?,
            (Some(object), true) => decode_object(vm, object, encoding.as_deref(), errors.as_deref())?,
        }
    };
    if ty.is(&STR) {
        return Ok(text.into_obj());
    }
    Ok(Str::new_in(ty, text.as_wtf8()).into_obj())
}

/// `str(object, encoding, errors)`. CPython: `PyUnicode_FromEncodedObject`.
fn decode_object(vm: &Vm, object: &Obj, encoding: Option<&str>, errors: Option<&str>) -> PyResult<Ref<Str>> {
    if object.downcast::<Str>().is_some() {
        return Err(vm.type_error("decoding str is not supported"));
    }
    if object.ty().slots.buffer.get().is_none() {
        return Err(
            vm.type_error(format!("decoding to str: need a bytes-like object, {} found", object.ty().name()))
        );
    }
    let bytes = vm.bytes_like(object)?;
    vm.decode(&bytes, encoding.unwrap_or("utf-8"), errors.unwrap_or("strict"))
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    Ok(Str::new(&repr::repr(this(vm, object)?.as_wtf8())).into_obj())
}

fn str(vm: &Vm, object: &Obj) -> PyResult {
    Ok(unchanged(this(vm, object)?))
}

fn hash(vm: &Vm, object: &Obj) -> PyResult<i64> {
    Ok(this(vm, object)?.hash())
}

fn length(vm: &Vm, object: &Obj) -> PyResult<usize> {
    Ok(this(vm, object)?.char_len())
}

fn richcompare(vm: &Vm, left: &Obj, right: &Obj, op: CompareOp) -> PyResult {
    let (Some(a), Some(b)) = (left.downcast::<Str>(), right.downcast::<Str>()) else {
        return Ok(vm.not_implemented());
    };
    Ok(vm.bool(match op {
        CompareOp::Eq => a.same_text(b),
        CompareOp::Ne => !a.same_text(b),
        // The order of WTF-8 is that of the code points.
        _ => op.holds(a.as_bytes().cmp(b.as_bytes())),
    }))
}

fn concat(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    let a = this(vm, left)?;
    let Some(b) = right.downcast::<Str>() else {
        return Err(
            vm.type_error(format!("can only concatenate str (not \"{}\") to str", right.ty().tp_name()))
        );
    };
    if a.is_empty() {
        return Ok(unchanged(b));
    }
    if b.is_empty() {
        return Ok(unchanged(a));
    }
    Ok(a.concat(b).into_obj())
}

fn repeat(vm: &Vm, object: &Obj, count: i64) -> PyResult {
    let text = this(vm, object)?;
    if count == 1 {
        return Ok(unchanged(text));
    }
    let result = replace::repeat_text(text.as_wtf8(), count as isize).or_raise(vm)?;
    Ok(Str::from_wtf8(&result).into_obj())
}

fn contains(vm: &Vm, object: &Obj, item: &Obj) -> PyResult<bool> {
    let text = this(vm, object)?;
    match item.downcast::<Str>() {
        Some(item) => Ok(text_search::contains(text.as_bytes(), item.as_bytes())),
        None => Err(
            vm.type_error(format!("'in <string>' requires string as left operand, not {}", item.ty().name()))
        ),
    }
}

#[cold]
fn out_of_range(vm: &Vm) -> Exc {
    vm.index_error("string index out of range")
}

/// `text[index]`
pub(crate) fn char_at(vm: &Vm, text: &Ref<Str>, index: i64) -> PyResult {
    let length = text.char_len();
    let index = if index < 0 { index + length as i64 } else { index };
    let index =
        usize::try_from(index).ok().filter(|&index| index < length).ok_or_else(|| out_of_range(vm))?;
    if text.is_ascii() {
        return Ok(Str::from_wtf8(&text.as_wtf8()[index..index + 1]).into_obj());
    }
    Ok(Str::from_wtf8(text.text().slice(index..index + 1)).into_obj())
}

fn getitem(vm: &Vm, object: &Obj, key: &Obj) -> PyResult {
    let text = this(vm, object)?;
    if let Some(slice) = key.downcast::<Slice>() {
        let range = vm.slice_range(slice, text.char_len())?;
        if range.count == 0 {
            return Ok(vm.intern("").into_obj());
        }
        if range.step == 1 {
            let start = range.start as usize;
            return Ok(part(text, text.text().byte_range(start..start + range.count)));
        }
        let stepped =
            lasti_text::pad::stepped(text.text(), range.start as usize, range.step as isize, range.count);
        return Ok(Str::from_wtf8(&stepped).into_obj());
    }
    if key.as_int().is_none() && key.ty().slots.nb_index.get().is_none() {
        return Err(vm.type_error(format!("string indices must be integers, not '{}'", key.ty().name())));
    }
    let index = vm.index(key)?;
    match index.as_i64() {
        Some(index) => char_at(vm, text, index),
        None => Err(vm.index_error(format!("cannot fit '{}' into an index-sized integer", key.ty().name()))),
    }
}

static ENCODE: Signature<2> = Signature::new("encode", ["encoding", "errors"], 0);

fn encode(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let text = this(vm, object)?;
    if args.is_empty() {
        return vm.encode(text, "utf-8", "strict");
    }
    let [encoding, errors] = args.bind(vm, &ENCODE)?;
    let encoding = encoding.map(|name| vm.plain_str_argument("encode", "'encoding'", name)).transpose()?;
    let errors = errors.map(|name| vm.plain_str_argument("encode", "'errors'", name)).transpose()?;
    vm.encode(text, encoding.as_deref().unwrap_or("utf-8"), errors.as_deref().unwrap_or("strict"))
}

fn new_arguments(vm: &Vm, object: &Obj) -> PyResult {
    let text = this(vm, object)?;
    Ok(Tuple::new(vec![Str::from_wtf8(text.as_wtf8()).into_obj()]).into_obj())
}

/// What CPython's object of this text takes.
fn sizeof(vm: &Vm, object: &Obj) -> PyResult {
    let text = this(vm, object)?;
    let length = text.char_len();
    if text.is_ascii() {
        return Ok(Int::from_usize(40 + length + 1));
    }
    let width = match text.as_bytes().iter().max() {
        Some(..=0xC3) => 1,
        Some(..=0xEF) => 2,
        _ => 4,
    };
    Ok(Int::from_usize(56 + (length + 1) * width))
}

const METHODS: &[NativeDef] = &[
    NativeDef::new(
        "encode",
        "($self, /, encoding='utf-8', errors='strict')",
        "Encode the string using the codec registered for encoding.\n\n  encoding\n    The encoding in which to encode the string.\n  errors\n    The error handling scheme to use for encoding errors.\n    The default is 'strict' meaning that encoding errors raise a\n    UnicodeEncodeError.  Other possible values are 'ignore', 'replace' and\n    'xmlcharrefreplace' as well as any other name registered with\n    codecs.register_error that can handle UnicodeEncodeErrors.",
        NativeCall::Full(encode),
    ),
    NativeDef::new(
        "__sizeof__",
        "($self, /)",
        "Return the size of the string in memory, in bytes.",
        NativeCall::NoArgs(sizeof),
    ),
    NativeDef::new("__getnewargs__", "($self, /)", "", NativeCall::NoArgs(new_arguments)),
];

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &STR)
        .doc(DOC)
        .flags(TypeFlags::BASETYPE | TypeFlags::MATCH_SELF | TypeFlags::LEAF | TypeFlags::VAR_SIZED)
        .slots(|slots| {
            slots.new.set(Some(new));
            slots.repr.set(Some(repr));
            slots.str.set(Some(str));
            slots.hash.set(Some(hash));
            slots.richcompare.set(Some(richcompare));
            slots.iter.set(Some(iter::iter));
            slots.length.set(Some(length));
            slots.getitem.set(Some(getitem));
            slots.contains.set(Some(contains));
            slots.sq_concat.set(Some(concat));
            slots.sq_repeat.set(Some(repeat));
            slots.nb_remainder.set(Some(percent::remainder));
        })
        .methods(METHODS)
        .methods(case::METHODS)
        .methods(search::METHODS)
        .methods(split::METHODS)
        .methods(translate::METHODS)
        .methods(format::METHODS)
        .ready();
    iter::init(vm);
}
