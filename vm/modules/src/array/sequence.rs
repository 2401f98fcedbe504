//! Arrays as sequences: operators and subscripts.

use lasti_vm::iterators::Slice;
use lasti_vm::text::Str;
use lasti_vm::types::{CompareOp, Slots};
use lasti_vm::{Obj, PyResult, Vm};

use super::object::{Array, receiver};

pub(super) fn fill(slots: &Slots) {
    slots.length.set(Some(|vm, object| Ok(receiver(vm, object)?.len())));
    slots.getitem.set(Some(getitem));
    slots.setitem.set(Some(setitem));
    slots.contains.set(Some(contains));
    slots.sq_concat.set(Some(concat));
    slots.sq_repeat.set(Some(repeat));
    slots.sq_inplace_concat.set(Some(inplace_concat));
    slots.sq_inplace_repeat.set(Some(inplace_repeat));
    slots.iter.set(Some(super::iterator::iter));
    slots.richcompare.set(Some(compare));
    slots.repr.set(Some(repr));
}

/// The index of an item; `None` where there is none.
fn index_of(vm: &Vm, array: &Array, key: &Obj) -> PyResult<Option<usize>> {
    if key.as_int().is_none() && key.ty().slots.nb_index.get().is_none() {
        return Err(vm.type_error("array indices must be integers"));
    }
    let index = vm.index_i64(key)?;
    let length = array.len() as i64;
    let index = if index < 0 { index + length } else { index };
    Ok((0..length).contains(&index).then_some(index as usize))
}

fn getitem(vm: &Vm, object: &Obj, key: &Obj) -> PyResult {
    let array = receiver(vm, object)?;
    if let Some(item) = array.quick_item(key) {
        return Ok(item);
    }
    let Some(slice) = key.downcast::<Slice>() else {
        return match index_of(vm, array, key)? {
            Some(index) => array.item(vm, index),
            None => Err(vm.index_error("array index out of range")),
        };
    };
    let parts = vm.unpack_slice(slice)?;
    let range = parts.adjust(array.len());
    let bytes = if range.step == 1 {
        array.range(range.start as usize, range.start as usize + range.count)
    } else {
        range.indices().flat_map(|index| array.range(index, index + 1)).collect()
    };
    Ok(Array::plain(array.kind, bytes))
}

fn setitem(vm: &Vm, object: &Obj, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let array = receiver(vm, object)?;
    if let Some(value) = value
        && array.set_quick_item(key, value)
    {
        return Ok(());
    }
    let size = array.kind.size();
    let Some(slice) = key.downcast::<Slice>() else {
        let out_of_range = || vm.index_error("array assignment index out of range");
        let Some(index) = index_of(vm, array, key)? else { return Err(out_of_range()) };
        return match value {
            None => array.resize(vm, |bytes| drop(bytes.drain(index * size..(index + 1) * size))),
            Some(value) => {
                let item = array.encode(vm, value)?;
                // Making a number of the value may have changed the array.
                let place = |bytes: &mut [u8]| match bytes.get_mut(index * size..(index + 1) * size) {
                    Some(place) => {
                        place.copy_from_slice(&item);
                        true
                    }
                    None => false,
                };
                if array.write(place) { Ok(()) } else { Err(out_of_range()) }
            }
        };
    };
    let new = match value {
        None => Vec::new(),
        Some(value) => {
            let Some(other) = value.downcast::<Array>() else {
                let ty = value.ty().tp_name();
                return Err(vm.type_error(format!("can only assign array (not \"{ty}\") to array slice")));
            };
            if other.kind != array.kind {
                return Err(bad_kind(vm));
            }
            other.to_vec()
        }
    };
    let range = vm.unpack_slice(slice)?.adjust(array.len());
    let (count, given) = (range.count, new.len() / size);
    if range.step == 1 {
        let start = range.start as usize * size;
        let end = start + count * size;
        if given == count {
            array.write(|bytes| bytes[start..end].copy_from_slice(&new));
            return Ok(());
        }
        return array.resize(vm, |bytes| drop(bytes.splice(start..end, new)));
    }
    if value.is_none() {
        let mut gone: Vec<usize> = range.indices().collect();
        gone.sort_unstable();
        return array.resize(vm, |bytes| {
            for index in gone.into_iter().rev() {
                bytes.drain(index * size..(index + 1) * size);
            }
        });
    }
    if given != count {
        return Err(vm.value_error(format!(
            "attempt to assign array of size {given} to extended slice of size {count}"
        )));
    }
    array.write(|bytes| {
        for (index, item) in range.indices().zip(new.chunks_exact(size)) {
            bytes[index * size..(index + 1) * size].copy_from_slice(item);
        }
    });
    Ok(())
}

fn bad_kind(vm: &Vm) -> lasti_vm::Exc {
    vm.type_error("bad argument type for built-in operation")
}

fn contains(vm: &Vm, object: &Obj, value: &Obj) -> PyResult<bool> {
    let array = receiver(vm, object)?;
    let mut index = 0;
    while index < array.len() {
        if vm.eq(&array.item(vm, index)?, value)? {
            return Ok(true);
        }
        index += 1;
    }
    Ok(false)
}

fn concat(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    let array = receiver(vm, left)?;
    let Some(other) = right.downcast::<Array>() else {
        let ty = right.ty().tp_name();
        return Err(vm.type_error(format!("can only append array (not \"{ty}\") to array")));
    };
    if other.kind != array.kind {
        return Err(bad_kind(vm));
    }
    let mut bytes = array.to_vec();
    bytes.extend(other.to_vec());
    Ok(Array::plain(array.kind, bytes))
}

fn inplace_concat(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    if right.downcast::<Array>().is_none() {
        let ty = right.ty().tp_name();
        return Err(vm.type_error(format!("can only extend array with array (not \"{ty}\")")));
    }
    super::methods::extend_array(vm, receiver(vm, left)?, right)?;
    Ok(left.clone())
}

/// The bytes so many times.
fn repeated(vm: &Vm, bytes: &[u8], count: i64) -> PyResult<Vec<u8>> {
    let count = usize::try_from(count).unwrap_or(0);
    let total = bytes.len().checked_mul(count).filter(|&total| isize::try_from(total).is_ok());
    let total = total.ok_or_else(|| vm.out_of_memory())?;
    let mut all = Vec::new();
    all.try_reserve_exact(total).map_err(|_| vm.out_of_memory())?;
    for _ in 0..if bytes.is_empty() { 0 } else { count } {
        all.extend_from_slice(bytes);
    }
    Ok(all)
}

fn repeat(vm: &Vm, object: &Obj, count: i64) -> PyResult {
    let array = receiver(vm, object)?;
    Ok(Array::plain(array.kind, repeated(vm, &array.to_vec(), count)?))
}

fn inplace_repeat(vm: &Vm, object: &Obj, count: i64) -> PyResult {
    let array = receiver(vm, object)?;
    if count != 1 && array.len() > 0 {
        let all = repeated(vm, &array.to_vec(), count)?;
        array.resize(vm, |bytes| *bytes = all)?;
    }
    Ok(object.clone())
}

fn compare(vm: &Vm, left: &Obj, right: &Obj, op: CompareOp) -> PyResult {
    let (Some(a), Some(b)) = (left.downcast::<Array>(), right.downcast::<Array>()) else {
        return Ok(vm.not_implemented());
    };
    let equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
    if equality && a.len() != b.len() {
        return Ok(vm.bool(op == CompareOp::Ne));
    }
    for index in 0..a.len().min(b.len()) {
        let (x, y) = (a.item(vm, index)?, b.item(vm, index)?);
        if vm.eq(&x, &y)? {
            continue;
        }
        return match op {
            CompareOp::Eq => Ok(vm.bool(false)),
            CompareOp::Ne => Ok(vm.bool(true)),
            _ => vm.compare(&x, &y, op),
        };
    }
    Ok(vm.bool(op.holds(a.len().cmp(&b.len()))))
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    let array = receiver(vm, object)?;
    let name = object.ty().name();
    let code = array.kind.code();
    if array.len() == 0 {
        return Ok(Str::new(&format!("{name}('{code}')")).into_obj());
    }
    let method = if array.kind.is_text() { "tounicode" } else { "tolist" };
    let items = vm.call_method_named(object, method, &[])?;
    let mut text = rustpython_wtf8::Wtf8Buf::from_string(format!("{name}('{code}', "));
    text.push_wtf8(vm.repr(&items)?.as_wtf8());
    text.push_str(")");
    Ok(Str::from_wtf8(&text).into_obj())
}
