//! What only bytearray has: changing in place.

use super::{Source, from_arguments, index_within, length, out_of_range};
use crate::buffer::ByteArray;
use crate::bytes::Bytes;
use crate::call::{Args, Signature};
use crate::errors::PyResult;
use crate::iterators::Slice;
use crate::number::Int;
use crate::object::{Obj, Ref};
use crate::sequence::Tuple;
use crate::text::Str;
use crate::types::{NativeCall, NativeDef, Slots, TypeObject};
use crate::vm::Vm;

pub(super) const DOC: &str = "bytearray(iterable_of_ints) -> bytearray\nbytearray(string, encoding[, errors]) -> bytearray\nbytearray(bytes_or_buffer) -> mutable copy of bytes_or_buffer\nbytearray(int) -> bytes array of size given by the parameter initialized with null bytes\nbytearray() -> empty bytes array\n\nConstruct a mutable bytearray object from:\n  - an iterable yielding integers in range(256)\n  - a text string encoded using the specified encoding\n  - a bytes or a buffer object\n  - any object implementing the buffer API.\n  - an integer";

const RANGE: &str = "byte must be in range(0, 256)";

fn this<'a>(vm: &Vm, object: &'a Obj) -> PyResult<&'a Ref<ByteArray>> {
    vm.receiver::<ByteArray>(object)
}

fn new(_: &Vm, ty: &TypeObject, _: Args<'_>) -> PyResult {
    Ok(Ref::new_in(ty, ByteArray::default()).into_obj())
}

static SIGNATURE: Signature<3> = Signature::new("bytearray", ["source", "encoding", "errors"], 0);

fn init(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult<()> {
    let array = this(vm, object)?;
    if !array.is_empty() {
        array.resize(vm, Vec::clear)?;
    }
    if let ([source], []) = (args.all(), args.names())
        && is_iterable_only(source)
    {
        // The bytes are there as they come.
        return vm.for_each(source, |item| {
            let byte = vm.byte_of(&item, RANGE)?;
            array.resize(vm, |bytes| bytes.push(byte))?;
            Ok(true)
        });
    }
    let bytes = match from_arguments(vm, args, &SIGNATURE, RANGE)? {
        Source::Nothing => Vec::new(),
        Source::Bytes(bytes) => bytes.into_owned(),
    };
    if bytes.is_empty() {
        return Ok(());
    }
    array.resize(vm, |contents| *contents = bytes)
}

/// Whether an object is nothing but iterable, and its items are not at hand: otherwise all bytes come at once.
fn is_iterable_only(source: &Obj) -> bool {
    let slots = &source.ty().slots;
    slots.iter.get().is_some()
        && slots.buffer.get().is_none()
        && slots.nb_index.get().is_none()
        && source.downcast::<Str>().is_none()
        && !source.is_exact(&crate::builtins::LIST)
        && !source.is_exact(&crate::builtins::TUPLE)
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    let text = this(vm, object)?.read(|bytes| lasti_text::repr::repr_bytearray(&object.ty().name(), bytes));
    Ok(Str::new(&text).into_obj())
}

fn inplace_concat(vm: &Vm, object: &Obj, other: &Obj) -> PyResult {
    if other.ty().slots.buffer.get().is_none() {
        return Err(vm.type_error(format!("can't concat {} to {}", other.ty().name(), object.ty().name())));
    }
    let more = vm.bytes_like(other)?;
    if !more.is_empty() {
        this(vm, object)?.resize(vm, |bytes| bytes.extend_from_slice(&more))?;
    }
    Ok(object.clone())
}

fn inplace_repeat(vm: &Vm, object: &Obj, count: i64) -> PyResult {
    if count != 1 {
        let array = this(vm, object)?;
        let repeated = lasti_text::replace::repeat(&array.to_vec(), count as isize);
        let repeated = repeated.map_err(|error| vm.text_error(&error))?;
        array.resize(vm, |bytes| *bytes = repeated)?;
    }
    Ok(object.clone())
}

fn setitem(vm: &Vm, object: &Obj, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
    if let Some(slice) = key.downcast::<Slice>() {
        return set_slice(vm, object, slice, value);
    }
    let index = index_within(vm, object, key, length(vm, object)?)?;
    let array = this(vm, object)?;
    match value {
        Some(value) => {
            let byte = vm.byte_of(value, RANGE)?;
            let found = array.write(|bytes| bytes.get_mut(index).map(|place| *place = byte));
            found.ok_or_else(|| out_of_range(vm, object))
        }
        None => array.resize(vm, |bytes| {
            if index < bytes.len() {
                bytes.remove(index);
            }
        }),
    }
}

fn set_slice(vm: &Vm, object: &Obj, slice: &Ref<Slice>, value: Option<&Obj>) -> PyResult<()> {
    let new = match value {
        None => Vec::new(),
        Some(value) if value.ty().slots.buffer.get().is_some() => vm.bytes_like(value)?.into_owned(),
        Some(value)
            if value.downcast::<Str>().is_some()
                || value.as_int().is_some()
                || value.ty().slots.iter.get().is_none() && value.ty().slots.getitem.get().is_none() =>
        {
            return Err(
                vm.type_error("can assign only bytes, buffers, or iterables of ints in range(0, 256)")
            );
        }
        Some(value) => vm.bytes_of_items(value, "bytearray", RANGE)?.into_owned(),
    };
    let array = this(vm, object)?;
    // An `__index__` may change the length.
    let parts = vm.unpack_slice(slice)?;
    let range = parts.adjust(array.len());
    if range.step == 1 {
        let start = range.start as usize;
        let end = start + range.count;
        if new.len() == range.count {
            array.write(|bytes| bytes[start..end].copy_from_slice(&new));
            return Ok(());
        }
        return array.resize(vm, |bytes| {
            bytes.splice(start..end, new);
        });
    }
    if new.is_empty() {
        let gone: std::collections::HashSet<usize> = range.indices().collect();
        return array.resize(vm, |bytes| {
            let mut index = 0;
            bytes.retain(|_| {
                index += 1;
                !gone.contains(&(index - 1))
            });
        });
    }
    if new.len() != range.count {
        return Err(vm.value_error(format!(
            "attempt to assign bytes of size {} to extended slice of size {}",
            new.len(),
            range.count
        )));
    }
    array.write(|bytes| {
        for (index, byte) in range.indices().zip(new) {
            bytes[index] = byte;
        }
    });
    Ok(())
}

pub(super) fn fill(slots: &Slots) {
    slots.new.set(Some(new));
    slots.init.set(Some(init));
    slots.repr.set(Some(repr));
    slots.str.set(Some(repr));
    slots.setitem.set(Some(setitem));
    slots.sq_inplace_concat.set(Some(inplace_concat));
    slots.sq_inplace_repeat.set(Some(inplace_repeat));
}

fn append(vm: &Vm, object: &Obj, item: &Obj) -> PyResult {
    let byte = vm.byte_of(item, RANGE)?;
    this(vm, object)?.resize(vm, |bytes| bytes.push(byte))?;
    Ok(vm.none())
}

fn extend(vm: &Vm, object: &Obj, items: &Obj) -> PyResult {
    let array = this(vm, object)?;
    let name = items.ty().name();
    let end = array.len();
    let more = if items.ty().slots.buffer.get().is_some() {
        vm.bytes_like(items)?.into_owned()
    } else if items.downcast::<Str>().is_some() {
        return Err(vm.type_error(format!("expected iterable of integers; got: '{name}'")));
    } else if items.ty().slots.iter.get().is_none() && items.ty().slots.getitem.get().is_none() {
        return Err(vm.type_error(format!("can't extend bytearray with {name}")));
    } else {
        vm.bytes_of_items(items, "bytearray", RANGE)?.into_owned()
    };
    if !more.is_empty() {
        // Behind what was there before, as far as it still is.
        array.resize(vm, |bytes| {
            let end = end.min(bytes.len());
            bytes.splice(end..end, more);
        })?;
    }
    Ok(vm.none())
}

fn insert(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let [index, item] = args else { return Ok(vm.none()) };
    let index = vm.size_argument(index)?;
    let byte = vm.byte_of(item, RANGE)?;
    this(vm, object)?.resize(vm, |bytes| {
        let length = bytes.len();
        let index = if index < 0 {
            length.saturating_sub(index.unsigned_abs())
        } else {
            index.unsigned_abs().min(length)
        };
        bytes.insert(index, byte);
    })?;
    Ok(vm.none())
}

fn pop(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let index = args.first().map_or(Ok(-1), |index| vm.size_argument(index))?;
    let array = this(vm, object)?;
    if array.is_empty() {
        return Err(vm.index_error("pop from empty bytearray"));
    }
    let length = array.len();
    let index = if index < 0 { length.checked_sub(index.unsigned_abs()) } else { Some(index.unsigned_abs()) };
    let Some(index) = index.filter(|&index| index < length) else {
        return Err(vm.index_error("pop index out of range"));
    };
    array.resize(vm, |bytes| bytes.remove(index)).map(|byte| Int::new(byte.into()))
}

fn remove(vm: &Vm, object: &Obj, item: &Obj) -> PyResult {
    let byte = vm.byte_of(item, RANGE)?;
    let array = this(vm, object)?;
    let Some(index) = array.read(|bytes| bytes.iter().position(|&other| other == byte)) else {
        return Err(vm.value_error("value not found in bytearray"));
    };
    array.resize(vm, |bytes| bytes.remove(index))?;
    Ok(vm.none())
}

fn reverse(vm: &Vm, object: &Obj) -> PyResult {
    this(vm, object)?.write(<[u8]>::reverse);
    Ok(vm.none())
}

fn clear(vm: &Vm, object: &Obj) -> PyResult {
    this(vm, object)?.resize(vm, Vec::clear)?;
    Ok(vm.none())
}

fn copy(vm: &Vm, object: &Obj) -> PyResult {
    Ok(ByteArray::new(this(vm, object)?.to_vec()).into_obj())
}

fn resize(vm: &Vm, object: &Obj, size: &Obj) -> PyResult {
    let size = vm.size_argument(size)?;
    let size = usize::try_from(size)
        .map_err(|_| vm.value_error(format!("Can only resize to positive sizes, got {size}")))?;
    let array = this(vm, object)?;
    if array.len() == size {
        return Ok(vm.none());
    }
    let fits = array.resize(vm, |bytes| {
        let more = size.saturating_sub(bytes.len());
        let fits = bytes.try_reserve_exact(more).is_ok();
        if fits {
            bytes.resize(size, 0);
        }
        fits
    })?;
    if fits { Ok(vm.none()) } else { Err(vm.out_of_memory()) }
}

/// What CPython allocates: nothing for no bytes, otherwise one more than there are.
fn allocated(vm: &Vm, object: &Obj) -> PyResult<usize> {
    Ok(match this(vm, object)?.len() {
        0 => 0,
        length => length + 1,
    })
}

fn alloc(vm: &Vm, object: &Obj) -> PyResult {
    allocated(vm, object).map(Int::from_usize)
}

fn sizeof(vm: &Vm, object: &Obj) -> PyResult {
    allocated(vm, object).map(|size| Int::from_usize(56 + size))
}

fn reduce_to(vm: &Vm, object: &Obj, protocol: i64) -> PyResult {
    let bytes = this(vm, object)?.to_vec();
    let state = vm.call_method(object, &vm.names().__getstate__, &[])?;
    let args = if protocol < 3 {
        let text: String = bytes.iter().map(|&byte| char::from(byte)).collect();
        if bytes.is_empty() {
            vec![]
        } else {
            vec![Str::new(&text).into_obj(), vm.intern("latin-1").into_obj()]
        }
    } else if bytes.is_empty() {
        vec![]
    } else {
        vec![Bytes::new(&bytes).into_obj()]
    };
    Ok(Tuple::new(vec![object.ty().to_obj(), Tuple::new(args).into_obj(), state]).into_obj())
}

fn reduce(vm: &Vm, object: &Obj) -> PyResult {
    reduce_to(vm, object, 2)
}

fn reduce_ex(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let protocol = args.first().map_or(Ok(0), |protocol| vm.index_i64(protocol))?;
    reduce_to(vm, object, protocol)
}

pub(super) const METHODS: &[NativeDef] = &[
    NativeDef::new(
        "append",
        "($self, item, /)",
        "Append a single item to the end of the bytearray.\n\n  item\n    The item to be appended.",
        NativeCall::One(append),
    ),
    NativeDef::new(
        "extend",
        "($self, iterable_of_ints, /)",
        "Append all the items from the iterator or sequence to the end of the bytearray.\n\n  iterable_of_ints\n    The iterable of items to append.",
        NativeCall::One(extend),
    ),
    NativeDef::new(
        "insert",
        "($self, index, item, /)",
        "Insert a single item into the bytearray before the given index.\n\n  index\n    The index where the value is to be inserted.\n  item\n    The item to be inserted.",
        NativeCall::Positional(2, 2, insert),
    ),
    NativeDef::new(
        "pop",
        "($self, index=-1, /)",
        "Remove and return a single item from B.\n\n  index\n    The index from where to remove the item.\n    -1 (the default value) means remove the last item.\n\nIf no index argument is given, will pop the last item.",
        NativeCall::Positional(0, 1, pop),
    ),
    NativeDef::new(
        "remove",
        "($self, value, /)",
        "Remove the first occurrence of a value in the bytearray.\n\n  value\n    The value to remove.",
        NativeCall::One(remove),
    ),
    NativeDef::new(
        "reverse",
        "($self, /)",
        "Reverse the order of the values in B in place.",
        NativeCall::NoArgs(reverse),
    ),
    NativeDef::new("clear", "($self, /)", "Remove all items from the bytearray.", NativeCall::NoArgs(clear)),
    NativeDef::new("copy", "($self, /)", "Return a copy of B.", NativeCall::NoArgs(copy)),
    NativeDef::new(
        "resize",
        "($self, size, /)",
        "Resize the internal buffer of bytearray to len.\n\n  size\n    New size to resize to..",
        NativeCall::One(resize),
    ),
    NativeDef::new(
        "__alloc__",
        "",
        "B.__alloc__() -> int\n\nReturn the number of bytes actually allocated.",
        NativeCall::NoArgs(alloc),
    ),
    NativeDef::new(
        "__sizeof__",
        "($self, /)",
        "Returns the size of the bytearray object in memory, in bytes.",
        NativeCall::NoArgs(sizeof),
    ),
    NativeDef::new(
        "__reduce__",
        "($self, /)",
        "Return state information for pickling.",
        NativeCall::NoArgs(reduce),
    ),
    NativeDef::new(
        "__reduce_ex__",
        "($self, proto=0, /)",
        "Return state information for pickling.",
        NativeCall::Positional(0, 1, reduce_ex),
    ),
];
