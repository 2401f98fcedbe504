//! `bytes` and `bytearray`. What they have in common is in `methods`, `search` and `percent`.

pub(crate) mod bytearray;
mod iter;
mod methods;
mod percent;
mod search;

pub(super) use methods::hex_of;

use std::borrow::Cow;

use lasti_text::replace;

use super::text_error::OrRaise;
use super::{BYTEARRAY, BYTES};
use crate::buffer::{self, ByteArray};
use crate::bytes::Bytes;
use crate::call::{Args, Signature};
use crate::errors::{Exc, PyResult};
use crate::iterators::Slice;
use crate::number::Int;
use crate::object::Obj;
use crate::sequence::Tuple;
use crate::text::Str;
use crate::types::{CompareOp, NativeCall, NativeDef, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

/// The contents of a method's receiver: borrowed from a bytes object, copied from a bytearray, which may change.
#[inline]
fn this<'a>(vm: &Vm, object: &'a Obj) -> PyResult<Cow<'a, [u8]>> {
    if let Some(bytes) = object.downcast::<Bytes>() {
        return Ok(Cow::Borrowed(bytes.as_slice()));
    }
    vm.receiver::<ByteArray>(object).map(|array| Cow::Owned(array.to_vec()))
}

fn is_bytearray(object: &Obj) -> bool {
    object.downcast::<ByteArray>().is_some()
}

/// The name of the receiver's builtin type, for messages.
fn kind(object: &Obj) -> &'static str {
    if is_bytearray(object) { "bytearray" } else { "bytes" }
}

/// A result of a method of `like`: bytes or bytearray.
fn make(like: &Obj, bytes: &[u8]) -> Obj {
    if is_bytearray(like) { ByteArray::new(bytes.to_vec()).into_obj() } else { Bytes::new(bytes).into_obj() }
}

/// A result that is the object itself, where that can't change.
fn unchanged(object: &Obj) -> Obj {
    if object.is_exact(&BYTES) {
        return object.clone();
    }
    match object.downcast::<Bytes>() {
        Some(bytes) => Bytes::new(bytes.as_slice()).into_obj(),
        None => object
            .downcast::<ByteArray>()
            .map_or_else(|| object.clone(), |array| ByteArray::new(array.to_vec()).into_obj()),
    }
}

/// Keeps a bytearray from changing its size while its method's arguments are looked at.
fn hold(object: &Obj) -> Option<buffer::Held> {
    object.downcast::<ByteArray>().map(ByteArray::hold)
}

/// A result, or the object itself where nothing changed.
fn changed(object: &Obj, result: Option<Vec<u8>>) -> Obj {
    result.map_or_else(|| unchanged(object), |result| make(object, &result))
}

/// The part of the object's contents `bytes` in `range`.
fn part(object: &Obj, bytes: &[u8], range: std::ops::Range<usize>) -> Obj {
    if range.len() == bytes.len() { unchanged(object) } else { make(object, &bytes[range]) }
}

fn concat(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    if right.ty().slots.buffer.get().is_none() {
        return Err(vm.type_error(format!("can't concat {} to {}", right.ty().name(), left.ty().name())));
    }
    let (a, b) = (this(vm, left)?, vm.bytes_like(right)?);
    if left.is_exact(&BYTES) && b.is_empty() {
        return Ok(left.clone());
    }
    if right.is_exact(&BYTES) && a.is_empty() && !is_bytearray(left) {
        return Ok(right.clone());
    }
    Ok(make(left, &[&*a, &*b].concat()))
}

fn repeat(vm: &Vm, object: &Obj, count: i64) -> PyResult {
    if count == 1 && object.is_exact(&BYTES) {
        return Ok(object.clone());
    }
    let repeated = replace::repeat(&this(vm, object)?, count as isize).or_raise(vm)?;
    Ok(make(object, &repeated))
}

fn contains(vm: &Vm, object: &Obj, item: &Obj) -> PyResult<bool> {
    let _held = hold(object);
    if item.ty().slots.nb_index.get().is_some() {
        let byte = vm.byte_of(item, "byte must be in range(0, 256)")?;
        return Ok(this(vm, object)?.contains(&byte));
    }
    let item = vm.bytes_like(item)?;
    Ok(lasti_text::search::contains(&this(vm, object)?, &item))
}

fn length(vm: &Vm, object: &Obj) -> PyResult<usize> {
    match buffer::with_bytes_object(object, <[u8]>::len) {
        Some(length) => Ok(length),
        None => this(vm, object).map(|bytes| bytes.len()),
    }
}

/// Comparison with anything that has a buffer.
fn richcompare(vm: &Vm, left: &Obj, right: &Obj, op: CompareOp) -> PyResult {
    if right.ty().slots.buffer.get().is_none() || left.ty().slots.buffer.get().is_none() {
        return Ok(vm.not_implemented());
    }
    let (a, b) = (vm.bytes_like(left)?, vm.bytes_like(right)?);
    Ok(vm.bool(match op {
        CompareOp::Eq => a == b,
        CompareOp::Ne => a != b,
        _ => op.holds(a.cmp(&b)),
    }))
}

#[cold]
fn out_of_range(vm: &Vm, object: &Obj) -> Exc {
    vm.index_error(if is_bytearray(object) { "bytearray index out of range" } else { "index out of range" })
}

/// A subscript's index within the length; negative ones count from the end.
fn index_within(vm: &Vm, object: &Obj, key: &Obj, length: usize) -> PyResult<usize> {
    if key.as_int().is_none() && key.ty().slots.nb_index.get().is_none() {
        let what = if is_bytearray(object) { "bytearray" } else { "byte" };
        return Err(
            vm.type_error(format!("{what} indices must be integers or slices, not {}", key.ty().name()))
        );
    }
    let index = vm.index(key)?;
    let Some(index) = index.as_i64() else {
        return Err(vm.index_error(format!("cannot fit '{}' into an index-sized integer", key.ty().name())));
    };
    let index = if index < 0 { index + length as i64 } else { index };
    usize::try_from(index).ok().filter(|&index| index < length).ok_or_else(|| out_of_range(vm, object))
}

fn getitem(vm: &Vm, object: &Obj, key: &Obj) -> PyResult {
    if let Some(slice) = key.downcast::<Slice>() {
        let range = vm.slice_range(slice, length(vm, object)?)?;
        let bytes = this(vm, object)?;
        if range.step == 1 {
            let start = (range.start as usize).min(bytes.len());
            let end = (start + range.count).min(bytes.len());
            return Ok(part(object, &bytes, start..end));
        }
        let picked: Vec<u8> = range.indices().filter_map(|index| bytes.get(index).copied()).collect();
        return Ok(make(object, &picked));
    }
    let index = index_within(vm, object, key, length(vm, object)?)?;
    let byte = buffer::with_bytes_object(object, |bytes| bytes.get(index).copied()).flatten();
    byte.map(|byte| Int::new(byte.into())).ok_or_else(|| out_of_range(vm, object))
}

/// What the constructors were given.
enum Source<'a> {
    Nothing,
    Bytes(Cow<'a, [u8]>),
}

fn no_bytes(vm: &Vm, source: &Obj, result: &Obj) -> Exc {
    let (class, given) = (source.ty().name(), result.ty().name());
    vm.type_error(format!("{class}.__bytes__() must return a bytes, not {given}"))
}

/// The arguments of `bytes()` and `bytearray()`. CPython: `bytes_new_impl`, `bytearray___init___impl`.
fn from_arguments<'a>(
    vm: &Vm,
    args: Args<'a>,
    signature: &Signature<3>,
    range_message: &str,
) -> PyResult<Source<'a>> {
    let name = signature.function;
    let [source, encoding, errors] = args.bind(vm, signature)?;
    let encoding = encoding.map(|given| vm.plain_str_argument(name, "'encoding'", given)).transpose()?;
    let errors = errors.map(|given| vm.plain_str_argument(name, "'errors'", given)).transpose()?;
    let text = source.and_then(|source| source.downcast::<Str>());
    if let Some(text) = text
        && (encoding.is_some() || errors.is_some())
    {
        if encoding.is_none() {
            return Err(vm.type_error("string argument without an encoding"));
        }
        let encoded =
            vm.encode(text, encoding.as_deref().unwrap_or("utf-8"), errors.as_deref().unwrap_or("strict"))?;
        return vm.bytes_like(&encoded).map(|bytes| Source::Bytes(Cow::Owned(bytes.into_owned())));
    }
    if encoding.is_some() {
        return Err(vm.type_error("encoding without a string argument"));
    }
    if errors.is_some() {
        return Err(vm.type_error("errors without a string argument"));
    }
    let Some(source) = source else { return Ok(Source::Nothing) };
    if name == "bytes"
        && let Some(result) = vm.call_special(source, &vm.names().__bytes__, &[])?
    {
        return match result.downcast::<Bytes>() {
            Some(bytes) => Ok(Source::Bytes(Cow::Owned(bytes.as_slice().to_vec()))),
            None => Err(no_bytes(vm, source, &result)),
        };
    }
    if text.is_some() {
        return Err(vm.type_error("string argument without an encoding"));
    }
    // Where `__index__` raises TypeError, the other ways are still open.
    let index = match source.ty().slots.nb_index.get().map(|_| vm.index(source)) {
        Some(Err(error)) if !error.is(&super::TYPE_ERROR) => return Err(error),
        index => index.and_then(Result::ok),
    };
    if let Some(index) = index {
        let Some(count) = index.as_i64() else {
            return Err(
                vm.overflow_error(format!("cannot fit '{}' into an index-sized integer", source.ty().name()))
            );
        };
        let count = usize::try_from(count).map_err(|_| vm.value_error("negative count"))?;
        let mut zeros = Vec::new();
        zeros.try_reserve_exact(count).map_err(|_| vm.out_of_memory())?;
        zeros.resize(count, 0);
        return Ok(Source::Bytes(Cow::Owned(zeros)));
    }
    vm.bytes_of_items(source, name, range_message).map(Source::Bytes)
}

const DOC: &str = "bytes(iterable_of_ints) -> bytes\nbytes(string, encoding[, errors]) -> bytes\nbytes(bytes_or_buffer) -> immutable copy of bytes_or_buffer\nbytes(int) -> bytes object of size given by the parameter initialized with null bytes\nbytes() -> empty bytes object\n\nConstruct an immutable array of bytes from:\n  - an iterable yielding integers in range(256)\n  - a text string encoded using the specified encoding\n  - any object implementing the buffer API.\n  - an integer";

static SIGNATURE: Signature<3> = Signature::new("bytes", ["source", "encoding", "errors"], 0);

/// `bytes.__new__`
fn new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    if let ([object], []) = (args.all(), args.names())
        && object.is_exact(&BYTES)
        && ty.is(&BYTES)
    {
        return Ok(object.clone());
    }
    // What `__bytes__` returns is the result, be it of a subclass.
    if let ([source], []) = (args.all(), args.names())
        && ty.is(&BYTES)
        && let Some(result) = vm.call_special(source, &vm.names().__bytes__, &[])?
    {
        return if result.downcast::<Bytes>().is_some() {
            Ok(result)
        } else {
            Err(no_bytes(vm, source, &result))
        };
    }
    let bytes = match from_arguments(vm, args, &SIGNATURE, "bytes must be in range(0, 256)")? {
        Source::Nothing => Cow::Borrowed(&[][..]),
        Source::Bytes(bytes) => bytes,
    };
    Ok(Bytes::new_in(ty, &bytes).into_obj())
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    Ok(Str::new(&lasti_text::repr::repr_bytes(&this(vm, object)?)).into_obj())
}

fn hash(vm: &Vm, object: &Obj) -> PyResult<i64> {
    Ok(vm.receiver::<Bytes>(object)?.hash())
}

fn new_arguments(vm: &Vm, object: &Obj) -> PyResult {
    Ok(Tuple::new(vec![Bytes::new(&this(vm, object)?).into_obj()]).into_obj())
}

fn to_bytes(vm: &Vm, object: &Obj) -> PyResult {
    this(vm, object)?;
    Ok(unchanged(object))
}

const METHODS: &[NativeDef] = &[
    NativeDef::new("__getnewargs__", "($self, /)", "", NativeCall::NoArgs(new_arguments)),
    NativeDef::new(
        "__bytes__",
        "($self, /)",
        "Convert this value to exact type bytes.",
        NativeCall::NoArgs(to_bytes),
    ),
];

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &BYTES)
        .doc(DOC)
        .flags(TypeFlags::BASETYPE | TypeFlags::MATCH_SELF | TypeFlags::LEAF | TypeFlags::VAR_SIZED)
        .slots(|slots| {
            slots.new.set(Some(new));
            slots.repr.set(Some(repr));
            slots.str.set(Some(repr));
            slots.hash.set(Some(hash));
            slots.iter.set(Some(iter::bytes_iter));
            slots.buffer.set(Some(buffer::bytes_buffer));
            fill(slots);
        })
        .methods(METHODS)
        .methods(methods::METHODS)
        .methods(search::METHODS)
        .ready();
    TypeBuilder::new(vm, &BYTEARRAY)
        .doc(bytearray::DOC)
        .flags(TypeFlags::BASETYPE | TypeFlags::MATCH_SELF)
        .slots(|slots| {
            bytearray::fill(slots);
            slots.iter.set(Some(iter::bytearray_iter));
            slots.buffer.set(Some(buffer::bytearray_buffer));
            fill(slots);
        })
        .methods(bytearray::METHODS)
        .methods(methods::METHODS)
        .methods(search::METHODS)
        .ready();
    iter::init(vm);
}

/// The slots that both types have.
fn fill(slots: &crate::types::Slots) {
    slots.richcompare.set(Some(richcompare));
    slots.length.set(Some(length));
    slots.getitem.set(Some(getitem));
    slots.contains.set(Some(contains));
    slots.sq_concat.set(Some(concat));
    slots.sq_repeat.set(Some(repeat));
    slots.nb_remainder.set(Some(percent::remainder));
}
