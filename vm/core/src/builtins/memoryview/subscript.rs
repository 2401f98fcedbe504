//! Subscripts of memoryview: items by index or tuple of indices, views by slice.

use super::{MemoryView, item, this};
use crate::buffer::Layout;
use crate::errors::{Exc, PyResult};
use crate::iterators::Slice;
use crate::object::{Obj, Ref};
use crate::sequence::Tuple;
use crate::vm::Vm;

fn is_index(key: &Obj) -> bool {
    key.as_int().is_some() || key.ty().slots.nb_index.get().is_some()
}

/// What a key means.
enum Target {
    /// The item at this offset.
    Item(isize),
    /// Another view.
    View(Layout),
}

/// How far the index `key` of a dimension is from the dimension's beginning.
fn step(vm: &Vm, layout: &Layout, dimension: usize, key: &Obj) -> PyResult<isize> {
    let index = vm.index(key)?;
    let Some(index) = index.as_i64() else {
        return Err(vm.index_error(format!("cannot fit '{}' into an index-sized integer", key.ty().name())));
    };
    let count = layout.shape.get(dimension).copied().unwrap_or(0) as i64;
    let stride = layout.strides.get(dimension).copied().unwrap_or(0);
    let index = if index < 0 { index + count } else { index };
    if !(0..count).contains(&index) {
        return Err(vm.index_error(format!("index out of bounds on dimension {}", dimension + 1)));
    }
    Ok(index as isize * stride)
}

/// A view on every so many items of the first dimension.
fn sliced(vm: &Vm, layout: &Layout, slice: &Ref<Slice>) -> PyResult<Layout> {
    let mut new = layout.clone();
    let (Some(&count), Some(&stride)) = (layout.shape.first(), layout.strides.first()) else {
        return Err(vm.type_error("invalid indexing of 0-dim memory"));
    };
    let range = vm.slice_range(slice, count)?;
    new.offset += range.start as isize * stride;
    new.shape[0] = range.count;
    new.strides[0] = stride * range.step as isize;
    new.size = new.shape.iter().product::<usize>() * new.item_size;
    Ok(new)
}

fn target(vm: &Vm, view: &MemoryView, key: &Obj) -> PyResult<Target> {
    let layout = &view.layout;
    let dimensions = layout.shape.len();
    if dimensions == 0 {
        return match key.downcast::<Tuple>() {
            Some(tuple) if tuple.is_empty() => Ok(Target::Item(layout.offset)),
            _ if key.is(&vm.ellipsis()) => Ok(Target::View(layout.clone())),
            _ => Err(vm.type_error("invalid indexing of 0-dim memory")),
        };
    }
    if is_index(key) {
        if dimensions > 1 {
            return Err(vm.not_implemented_error("multi-dimensional sub-views are not implemented"));
        }
        return Ok(Target::Item(layout.offset + step(vm, layout, 0, key)?));
    }
    if let Some(slice) = key.downcast::<Slice>() {
        return sliced(vm, layout, slice).map(Target::View);
    }
    let Some(keys) = key.downcast::<Tuple>() else { return Err(invalid_key(vm)) };
    if keys.items().iter().all(is_index) {
        if keys.len() < dimensions {
            return Err(vm.not_implemented_error("sub-views are not implemented"));
        }
        if keys.len() > dimensions {
            return Err(vm.type_error(format!(
                "cannot index {dimensions}-dimension view with {}-element tuple",
                keys.len()
            )));
        }
        let mut at = layout.offset;
        for (dimension, key) in keys.items().iter().enumerate() {
            at += step(vm, layout, dimension, key)?;
        }
        return Ok(Target::Item(at));
    }
    if keys.items().iter().all(|key| key.downcast::<Slice>().is_some()) {
        return Err(vm.not_implemented_error("multi-dimensional slicing is not implemented"));
    }
    Err(invalid_key(vm))
}

#[cold]
fn invalid_key(vm: &Vm) -> Exc {
    vm.type_error("memoryview: invalid slice key")
}

pub(super) fn getitem(vm: &Vm, object: &Obj, key: &Obj) -> PyResult {
    let view = this(vm, object)?;
    match target(vm, view, key)? {
        Target::View(layout) => view.with_layout(vm, layout),
        Target::Item(at) => {
            let format = item::native_format(vm, &view.layout.format)?;
            let size = view.layout.item_size;
            let at = usize::try_from(at).unwrap_or(usize::MAX - size);
            let bytes = view.base(vm)?.read_memory(|memory| memory.get(at..at + size).map(<[u8]>::to_vec));
            match bytes.flatten() {
                Some(bytes) => item::unpack(vm, format, &bytes),
                None => Err(vm.index_error("index out of bounds on dimension 1")),
            }
        }
    }
}

pub(super) fn setitem(vm: &Vm, object: &Obj, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let view = this(vm, object)?;
    if view.layout.readonly {
        return Err(vm.type_error("cannot modify read-only memory"));
    }
    let Some(value) = value else { return Err(vm.type_error("cannot delete memory")) };
    let format = item::native_format(vm, &view.layout.format)?;
    match target(vm, view, key)? {
        Target::Item(at) => {
            let bytes = item::pack(vm, format, value)?;
            // Making the bytes may have run code that released the view.
            let view = this(vm, object)?;
            write(vm, view, &[at], &bytes)
        }
        Target::View(_) if view.layout.shape.len() > 1 => {
            Err(vm.not_implemented_error("memoryview slice assignments are currently restricted to ndim = 1"))
        }
        Target::View(layout) => {
            let source = vm.buffer(value)?;
            let plain = |format: &str| format.trim_start_matches('@').to_owned();
            if source.layout.shape != layout.shape
                || plain(&source.layout.format) != plain(&layout.format)
                || source.layout.item_size != layout.item_size
            {
                return Err(
                    vm.value_error("memoryview assignment: lvalue and rvalue have different structures")
                );
            }
            let bytes = source.to_vec();
            let mut places = Vec::with_capacity(layout.shape.first().copied().unwrap_or(1));
            layout.for_each(&mut |at| places.push(at));
            write(vm, view, &places, &bytes)
        }
    }
}

/// Writes items to their offsets.
fn write(vm: &Vm, view: &MemoryView, places: &[isize], bytes: &[u8]) -> PyResult<()> {
    let size = view.layout.item_size.max(1);
    let written = view.base(vm)?.write_memory(|memory| {
        for (&at, item) in places.iter().zip(bytes.chunks(size)) {
            let at = usize::try_from(at).ok().filter(|at| at + size <= memory.len());
            if let Some(at) = at {
                memory[at..at + size].copy_from_slice(item);
            }
        }
    });
    written.ok_or_else(|| vm.type_error("cannot modify read-only memory"))
}
