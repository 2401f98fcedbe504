//! The methods of arrays.

use lasti_vm::builtins::{EOF_ERROR, class_getitem_def};
use lasti_vm::bytes::Bytes;
use lasti_vm::number::Int;
use lasti_vm::sequence::{List, Tuple};
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef, Property};
use lasti_vm::{Obj, PyResult, Vm};
use rustpython_wtf8::{CodePoint, Wtf8Buf};

use super::object::{Array, receiver, text_bytes};
use super::pickle;

fn append(vm: &Vm, object: &Obj, value: &Obj) -> PyResult {
    let array = receiver(vm, object)?;
    let item = array.encode(vm, value)?;
    array.resize(vm, |bytes| bytes.extend(item))?;
    Ok(vm.none())
}

fn insert(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let array = receiver(vm, object)?;
    let index = vm.index_i64(&args[0])?;
    let item = array.encode(vm, &args[1])?;
    let length = array.len() as i64;
    let index = if index < 0 { (index + length).max(0) } else { index.min(length) } as usize;
    let at = index * array.kind.size();
    array.resize(vm, |bytes| drop(bytes.splice(at..at, item)))?;
    Ok(vm.none())
}

fn pop(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let array = receiver(vm, object)?;
    let index = args.first().map_or(Ok(-1), |index| vm.index_i64(index))?;
    let length = array.len() as i64;
    if length == 0 {
        return Err(vm.index_error("pop from empty array"));
    }
    let index = if index < 0 { index + length } else { index };
    if !(0..length).contains(&index) {
        return Err(vm.index_error("pop index out of range"));
    }
    let item = array.item(vm, index as usize)?;
    remove_at(vm, array, index as usize)?;
    Ok(item)
}

fn remove_at(vm: &Vm, array: &Array, index: usize) -> PyResult<()> {
    let size = array.kind.size();
    array.resize(vm, |bytes| drop(bytes.drain(index * size..(index + 1) * size)))
}

/// The first item from `start` on that equals the value.
fn find(vm: &Vm, array: &Array, value: &Obj, start: usize, stop: usize) -> PyResult<Option<usize>> {
    let mut index = start;
    while index < stop.min(array.len()) {
        if vm.eq(&array.item(vm, index)?, value)? {
            return Ok(Some(index));
        }
        index += 1;
    }
    Ok(None)
}

fn index(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let array = receiver(vm, object)?;
    let length = array.len() as i64;
    let bound = |place: usize, default: i64| -> PyResult<usize> {
        let bound = vm.bound_argument(args.get(place))?.map_or(default, |bound| bound as i64);
        Ok(if bound < 0 { (bound + length).max(0) } else { bound } as usize)
    };
    let (start, stop) = (bound(1, 0)?, bound(2, i64::MAX)?);
    match find(vm, array, &args[0], start, stop)? {
        Some(index) => Ok(Int::from_usize(index)),
        None => Err(vm.value_error("array.index(x): x not in array")),
    }
}

fn remove(vm: &Vm, object: &Obj, value: &Obj) -> PyResult {
    let array = receiver(vm, object)?;
    match find(vm, array, value, 0, usize::MAX)? {
        Some(index) => remove_at(vm, array, index).map(|()| vm.none()),
        None => Err(vm.value_error("array.remove(x): x not in array")),
    }
}

fn count(vm: &Vm, object: &Obj, value: &Obj) -> PyResult {
    let array = receiver(vm, object)?;
    let (mut count, mut at) = (0, 0);
    while let Some(found) = find(vm, array, value, at, usize::MAX)? {
        count += 1;
        at = found + 1;
    }
    Ok(Int::new(count))
}

fn clear(vm: &Vm, object: &Obj) -> PyResult {
    receiver(vm, object)?.resize(vm, Vec::clear)?;
    Ok(vm.none())
}

fn reverse(vm: &Vm, object: &Obj) -> PyResult {
    let array = receiver(vm, object)?;
    let size = array.kind.size();
    array.write(|bytes| {
        bytes.reverse();
        bytes.chunks_exact_mut(size).for_each(<[u8]>::reverse);
    });
    Ok(vm.none())
}

fn byteswap(vm: &Vm, object: &Obj) -> PyResult {
    let array = receiver(vm, object)?;
    let size = array.kind.size();
    array.write(|bytes| bytes.chunks_exact_mut(size).for_each(<[u8]>::reverse));
    Ok(vm.none())
}

/// Appends the items of another array of the same kind.
pub(super) fn extend_array(vm: &Vm, array: &Array, other: &Obj) -> PyResult<()> {
    let Some(other) = other.downcast::<Array>() else { return Ok(()) };
    if other.kind != array.kind {
        return Err(vm.type_error("can only extend with array of same kind"));
    }
    let more = other.to_vec();
    array.resize(vm, |bytes| bytes.extend(more))
}

fn extend(vm: &Vm, object: &Obj, other: &Obj) -> PyResult {
    let array = receiver(vm, object)?;
    if other.downcast::<Array>().is_some() {
        extend_array(vm, array, other)?;
    } else {
        vm.for_each(other, |item| append(vm, object, &item).map(|_| true))?;
    }
    Ok(vm.none())
}

fn fromlist(vm: &Vm, object: &Obj, list: &Obj) -> PyResult {
    let array = receiver(vm, object)?;
    let Some(list) = list.downcast::<List>() else { return Err(vm.type_error("arg must be list")) };
    let length = list.items.len();
    let mut more = Vec::new();
    for index in 0..length {
        let Some(item) = list.items.get(index) else { break };
        array.kind.write(vm, &item, &mut more)?;
        if list.items.len() != length {
            return Err(vm.runtime_error("list changed size during iteration"));
        }
    }
    if length > 0 {
        array.resize(vm, |bytes| bytes.extend(more))?;
    }
    Ok(vm.none())
}

fn tolist(vm: &Vm, object: &Obj) -> PyResult {
    let array = receiver(vm, object)?;
    let items = (0..array.len()).map(|index| array.item(vm, index)).collect::<PyResult<Vec<_>>>()?;
    Ok(List::new(items).into_obj())
}

fn frombytes(vm: &Vm, object: &Obj, data: &Obj) -> PyResult {
    let array = receiver(vm, object)?;
    let data = vm.bytes_like(data)?.into_owned();
    if data.len() % array.kind.size() != 0 {
        return Err(vm.value_error("bytes length not a multiple of item size"));
    }
    array.resize(vm, |bytes| bytes.extend(data))?;
    Ok(vm.none())
}

fn tobytes(vm: &Vm, object: &Obj) -> PyResult {
    Ok(Bytes::new(&receiver(vm, object)?.to_vec()).into_obj())
}

fn fromunicode(vm: &Vm, object: &Obj, text: &Obj) -> PyResult {
    let array = receiver(vm, object)?;
    let text = vm.str_argument("fromunicode", "", text)?;
    if !array.kind.is_text() {
        return Err(vm.value_error("fromunicode() may only be called on unicode type arrays ('u' or 'w')"));
    }
    let more = text_bytes(text);
    array.resize(vm, |bytes| bytes.extend(more))?;
    Ok(vm.none())
}

fn tounicode(vm: &Vm, object: &Obj) -> PyResult {
    let array = receiver(vm, object)?;
    if !array.kind.is_text() {
        return Err(vm.value_error("tounicode() may only be called on unicode type arrays ('u' or 'w')"));
    }
    let mut text = Wtf8Buf::new();
    for item in array.to_vec().chunks_exact(4) {
        let number = u32::from_le_bytes([item[0], item[1], item[2], item[3]]);
        let c = CodePoint::from_u32(number).ok_or_else(|| {
            vm.value_error(format!("character U+{number:x} is not in range [U+0000; U+10ffff]"))
        })?;
        text.push(c);
    }
    Ok(Str::from_wtf8(&text).into_obj())
}

fn fromfile(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let array = receiver(vm, object)?;
    let count = vm.index_i64(&args[1])?;
    let Ok(count) = usize::try_from(count) else { return Err(vm.value_error("negative count")) };
    let Some(wanted) = count.checked_mul(array.kind.size()) else { return Err(vm.out_of_memory()) };
    let data = vm.call_method_named(&args[0], "read", &[Int::from_usize(wanted)])?;
    let Some(bytes) = data.downcast::<Bytes>() else {
        return Err(vm.type_error("read() didn't return bytes"));
    };
    let short = bytes.as_slice().len() != wanted;
    frombytes(vm, object, &data)?;
    if short {
        return Err(vm.error(&EOF_ERROR, "read() didn't return enough bytes"));
    }
    Ok(vm.none())
}

fn tofile(vm: &Vm, object: &Obj, file: &Obj) -> PyResult {
    for block in receiver(vm, object)?.to_vec().chunks(64 * 1024) {
        vm.call_method_named(file, "write", &[Bytes::new(block).into_obj()])?;
    }
    Ok(vm.none())
}

/// An array's memory moves as it grows: the address is good until then.
fn buffer_info(vm: &Vm, object: &Obj) -> PyResult {
    let array = receiver(vm, object)?;
    let address = array.write(|bytes| bytes.as_ptr() as usize);
    Ok(Tuple::new(vec![Int::from_usize(address), Int::from_usize(array.len())]).into_obj())
}

fn copy(vm: &Vm, object: &Obj) -> PyResult {
    let array = receiver(vm, object)?;
    Ok(Array::plain(array.kind, array.to_vec()))
}

fn sizeof(vm: &Vm, object: &Obj) -> PyResult {
    let array = receiver(vm, object)?;
    Ok(Int::from_usize(64 + array.len() * array.kind.size()))
}

pub(super) const METHODS: &[NativeDef] = &[
    NativeDef::new(
        "append",
        "($self, v, /)",
        "Append new value v to the end of the array.",
        NativeCall::One(append),
    ),
    NativeDef::new(
        "buffer_info",
        "($self, /)",
        "Return a tuple (address, length) giving the current memory address and the length in items of the buffer used to hold array's contents.\n\nThe length should be multiplied by the itemsize attribute to\ncalculate the buffer length in bytes.",
        NativeCall::NoArgs(buffer_info),
    ),
    NativeDef::new(
        "byteswap",
        "($self, /)",
        "Byteswap all items of the array.\n\nIf the items in the array are not 1, 2, 4, or 8 bytes in size,\nRuntimeError is raised.",
        NativeCall::NoArgs(byteswap),
    ),
    NativeDef::new("clear", "($self, /)", "Remove all items from the array.", NativeCall::NoArgs(clear)),
    NativeDef::new(
        "count",
        "($self, v, /)",
        "Return number of occurrences of v in the array.",
        NativeCall::One(count),
    ),
    NativeDef::new(
        "extend",
        "($self, bb, /)",
        "Append items to the end of the array.",
        NativeCall::One(extend),
    ),
    NativeDef::new(
        "fromfile",
        "($self, f, n, /)",
        "Read n objects from the file object f and append them to the end of the array.",
        NativeCall::Positional(2, 2, fromfile),
    ),
    NativeDef::new(
        "fromlist",
        "($self, list, /)",
        "Append items to array from list.",
        NativeCall::One(fromlist),
    ),
    NativeDef::new(
        "frombytes",
        "($self, buffer, /)",
        "Appends items from the string, interpreting it as an array of machine values, as if it had been read from a file using the fromfile() method.",
        NativeCall::One(frombytes),
    ),
    NativeDef::new(
        "fromunicode",
        "($self, ustr, /)",
        "Extends this array with data from the unicode string ustr.\n\nThe array must be a unicode type array; otherwise a ValueError is\nraised.  Use array.frombytes(ustr.encode(...)) to append Unicode\ndata to an array of some other type.",
        NativeCall::One(fromunicode),
    ),
    NativeDef::new(
        "index",
        "($self, v, start=0, stop=sys.maxsize, /)",
        "Return index of first occurrence of v in the array.\n\nRaise ValueError if the value is not present.",
        NativeCall::Positional(1, 3, index),
    ),
    NativeDef::new(
        "insert",
        "($self, i, v, /)",
        "Insert a new item v into the array before position i.",
        NativeCall::Positional(2, 2, insert),
    ),
    NativeDef::new(
        "pop",
        "($self, i=-1, /)",
        "Return the i-th element and delete it from the array.\n\ni defaults to -1.",
        NativeCall::Positional(0, 1, pop),
    ),
    NativeDef::new(
        "remove",
        "($self, v, /)",
        "Remove the first occurrence of v in the array.",
        NativeCall::One(remove),
    ),
    NativeDef::new(
        "reverse",
        "($self, /)",
        "Reverse the order of the items in the array.",
        NativeCall::NoArgs(reverse),
    ),
    NativeDef::new(
        "tofile",
        "($self, f, /)",
        "Write all items (as machine values) to the file object f.",
        NativeCall::One(tofile),
    ),
    NativeDef::new(
        "tolist",
        "($self, /)",
        "Convert array to an ordinary list with the same items.",
        NativeCall::NoArgs(tolist),
    ),
    NativeDef::new(
        "tobytes",
        "($self, /)",
        "Convert the array to an array of machine values and return the bytes representation.",
        NativeCall::NoArgs(tobytes),
    ),
    NativeDef::new(
        "tounicode",
        "($self, /)",
        "Extends this array with data from the unicode string ustr.\n\nConvert the array to a unicode string.  The array must be a unicode\ntype array; otherwise a ValueError is raised.  Use\narray.tobytes().decode() to obtain a unicode string from an array of\nsome other type.",
        NativeCall::NoArgs(tounicode),
    ),
    NativeDef::new("__copy__", "($self, /)", "Return a copy of the array.", NativeCall::NoArgs(copy)),
    NativeDef::new(
        "__deepcopy__",
        "($self, unused, /)",
        "Return a copy of the array.",
        NativeCall::One(|vm, object, _| copy(vm, object)),
    ),
    NativeDef::new(
        "__reduce_ex__",
        "($self, value, /)",
        "Return state information for pickling.",
        NativeCall::One(pickle::reduce),
    ),
    NativeDef::new(
        "__sizeof__",
        "($self, /)",
        "Size of the array in memory, in bytes.",
        NativeCall::NoArgs(sizeof),
    ),
    class_getitem_def("Arrays are generic over the type of their elements"),
];

pub(super) const PROPERTIES: &[Property] = &[
    Property::new("typecode", "the typecode character used to create the array", |vm, object| {
        Ok(Str::new(receiver(vm, object)?.kind.code().encode_utf8(&mut [0; 4])).into_obj())
    }),
    Property::new("itemsize", "the size, in bytes, of one array item", |vm, object| {
        Ok(Int::from_usize(receiver(vm, object)?.kind.size()))
    }),
];
