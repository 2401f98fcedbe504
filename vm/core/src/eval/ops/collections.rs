//! Building, extending and unpacking containers.

use super::object;
use crate::builtins as types;
use crate::dict::Dict;
use crate::errors::{Exc, PyResult};
use crate::eval::{Sp, effect_op, fail, next, next_or_raise, next_releasing, op, value_op};
use crate::iterators::Slice;
use crate::object::obj::{keep, release, share};
use crate::object::{Obj, Object, Value};
use crate::sequence::{List, Tuple};
use crate::set::Set;
use crate::vm::Vm;

/// Takes `count` values off the stack, owned.
unsafe fn take(sp: Sp, count: usize) -> Vec<Obj> {
    let base = sp.sub(count);
    (0..count).map(|i| Obj::from_owned(keep(*base.add(i)))).collect()
}

op! {
    /// BUILD_TUPLE (items … -- tuple)
    fn build_tuple(ip, sp, fp, vm, oparg) {
        let base = sp.sub(oparg as usize);
        *base = build_tuple_of(sp, oparg as usize);
        next!(ip.add(1), base.add(1), fp, vm)
    }
}

#[inline(never)]
unsafe fn build_tuple_of(sp: Sp, count: usize) -> Value {
    if count == 0 {
        return Tuple::new(Vec::new()).into_obj().into_value();
    }
    let tuple = Tuple::allocate(&types::TUPLE, count);
    let (base, first) = (sp.sub(count), Tuple::first(tuple).cast::<Value>());
    for i in 0..count {
        *first.add(i) = keep(*base.add(i));
    }
    crate::object::Ref::from_raw(tuple).into_obj().into_value()
}

op! {
    /// BUILD_LIST (items … -- list)
    fn build_list(ip, sp, fp, vm, oparg) {
        let base = sp.sub(oparg as usize);
        *base = build_list_of(sp, oparg as usize);
        next!(ip.add(1), base.add(1), fp, vm)
    }
}

#[inline(never)]
unsafe fn build_list_of(sp: Sp, count: usize) -> Value {
    List::new(take(sp, count)).into_obj().into_value()
}

value_op! {
    /// BUILD_SET (elements … -- set)
    fn build_set(vm, fp, args, oparg) pops oparg as usize, caches 0, {
        let set = Set::new();
        for element in args {
            set.add(vm, element)?;
        }
        Ok(set.into_obj())
    }
}

value_op! {
    /// BUILD_MAP (key value … -- dict)
    fn build_map(vm, fp, args, oparg) pops oparg as usize * 2, caches 0, {
        let dict = Dict::new();
        for pair in args.chunks_exact(2) {
            dict.set(vm, &pair[0], pair[1].clone())?;
        }
        Ok(dict.into_obj())
    }
}

value_op! {
    /// BUILD_SLICE (start stop [step] -- slice)
    fn build_slice(vm, fp, args, oparg) pops oparg as usize, caches 0, {
        let step = args.get(2).cloned().unwrap_or_else(|| vm.none());
        Ok(Slice::new(args[0].clone(), args[1].clone(), step).into_obj())
    }
}

op! {
    /// LIST_APPEND (list … item -- list …)
    fn list_append(ip, sp, fp, vm, oparg) {
        let list = *sp.sub(1 + oparg as usize);
        if !list.is_int()
            && std::ptr::eq((*list.header()).ty(), &raw const types::LIST)
            && (&*list.header().cast::<Object<List>>()).items.push_within(*sp.sub(1))
        {
            next!(ip.add(1), sp.sub(1), fp, vm);
        }
        list_append_slow(ip, sp, fp, vm, oparg)
    }
}

effect_op! {
    /// LIST_APPEND where the list has to grow.
    fn list_append_slow(vm, fp, args, oparg) pops 1, caches 0, {
        let list = object((&raw const args[0]).cast_mut().cast::<Value>().sub(oparg as usize));
        let Some(list) = list.downcast::<List>() else { return Err(vm.system_error("LIST_APPEND needs a list")) };
        list.items.push(args[0].clone());
        Ok(())
    }
}

effect_op! {
    /// LIST_EXTEND (list … iterable -- list …)
    fn list_extend(vm, fp, args, oparg) pops 1, caches 0, {
        let list = object((&raw const args[0]).cast_mut().cast::<Value>().sub(oparg as usize));
        let Some(list) = list.downcast::<List>() else { return Err(vm.system_error("LIST_EXTEND needs a list")) };
        match vm.collect(&args[0]) {
            Ok(items) => {
                list.items.extend(items);
                Ok(())
            }
            Err(error)
                if error.is(&types::TYPE_ERROR)
                    && args[0].ty().slots.iter.get().is_none()
                    && args[0].ty().slots.getitem.get().is_none() =>
            {
                Err(vm.type_error(format!("Value after * must be an iterable, not {}", args[0].ty().name())))
            }
            Err(error) => Err(error),
        }
    }
}

effect_op! {
    /// SET_ADD (set … element -- set …)
    fn set_add(vm, fp, args, oparg) pops 1, caches 0, {
        let set = object((&raw const args[0]).cast_mut().cast::<Value>().sub(oparg as usize));
        let Some(set) = set.downcast::<Set>().filter(|_| set.ty().is_subtype_of(&types::SET)) else {
            return Err(vm.type_error(format!("'{}' object is not a set", set.ty().tp_name())));
        };
        set.add(vm, &args[0])?;
        Ok(())
    }
}

effect_op! {
    /// SET_UPDATE (set … iterable -- set …)
    fn set_update(vm, fp, args, oparg) pops 1, caches 0, {
        let set = object((&raw const args[0]).cast_mut().cast::<Value>().sub(oparg as usize));
        let Some(set) = set.downcast::<Set>() else { return Err(vm.system_error("SET_UPDATE needs a set")) };
        vm.for_each(&args[0], |element| {
            set.add(vm, &element)?;
            Ok(true)
        })
    }
}

effect_op! {
    /// MAP_ADD (dict … key value -- dict …)
    fn map_add(vm, fp, args, oparg) pops 2, caches 0, {
        let dict = object((&raw const args[0]).cast_mut().cast::<Value>().sub(oparg as usize));
        let Some(dict) = dict.downcast::<Dict>() else { return Err(vm.system_error("MAP_ADD needs a dict")) };
        dict.set(vm, &args[0], args[1].clone())
    }
}

effect_op! {
    /// DICT_UPDATE (dict … mapping -- dict …)
    fn dict_update(vm, fp, args, oparg) pops 1, caches 0, {
        let dict = object((&raw const args[0]).cast_mut().cast::<Value>().sub(oparg as usize));
        let Some(dict) = dict.downcast::<Dict>() else { return Err(vm.system_error("DICT_UPDATE needs a dict")) };
        let result = each_item(vm, &args[0], |key, value| dict.set(vm, &key, value));
        match result {
            Err(error) if error.is(&types::ATTRIBUTE_ERROR) => {
                Err(vm.type_error(format!("'{}' object is not a mapping", args[0].ty().name())))
            }
            result => result,
        }
    }
}

/// Calls `f` with each key and value of a mapping.
fn each_item(vm: &Vm, mapping: &Obj, mut f: impl FnMut(Obj, Obj) -> PyResult<()>) -> PyResult<()> {
    if let Some(dict) = mapping.downcast_exact::<Dict>() {
        for (key, value) in dict.items() {
            f(key, value)?;
        }
        return Ok(());
    }
    let keys = vm.call_method(mapping, &vm.names().keys, &[])?;
    vm.for_each(&keys, |key| {
        let value = vm.getitem(mapping, &key)?;
        f(key, value)?;
        Ok(true)
    })
}

effect_op! {
    /// DICT_MERGE (callable … dict … mapping -- callable … dict …): keywords of a call.
    fn dict_merge(vm, fp, args, oparg) pops 1, caches 0, {
        let place = (&raw const args[0]).cast_mut().cast::<Value>();
        let Some(dict) = object(place.sub(oparg as usize)).downcast::<Dict>() else {
            return Err(vm.system_error("DICT_MERGE needs a dict"));
        };
        let callable = object(place.sub(oparg as usize + 3));
        let result = each_item(vm, &args[0], |key, value| {
            if dict.contains(vm, &key)? {
                let function = super::calls::describe(vm, callable);
                let key = vm.str_text(&key)?;
                return Err(vm.type_error(format!("{function} got multiple values for keyword argument '{key}'")));
            }
            dict.set(vm, &key, value)
        });
        match result {
            Err(error) if error.is(&types::ATTRIBUTE_ERROR) => Err(vm.type_error(format!(
                "{} argument after ** must be a mapping, not {}",
                super::calls::describe(vm, callable),
                args[0].ty().name()
            ))),
            result => result,
        }
    }
}

op! {
    /// UNPACK_SEQUENCE (sequence -- items … in reverse)
    fn unpack_sequence(ip, sp, fp, vm, oparg) {
        let sequence = *sp.sub(1);
        if !sequence.is_int() {
            let ty = (*sequence.header()).ty();
            let items: &[Obj] = if std::ptr::eq(ty, &raw const types::TUPLE) {
                (&*sequence.header().cast::<Object<Tuple>>()).items()
            } else if std::ptr::eq(ty, &raw const types::LIST) {
                (&*sequence.header().cast::<Object<List>>()).items.slice()
            } else {
                &[]
            };
            if items.len() == oparg as usize && !items.is_empty() {
                let mut to = sp.sub(1).add(items.len());
                let mut from = items.as_ptr();
                while to >= sp {
                    to = to.sub(1);
                    to.write_volatile(share((*from).value()));
                    from = from.add(1);
                }
                next_releasing!(ip.add(2), sp.sub(1).add(oparg as usize), fp, vm, sequence);
            }
        }
        (*fp).ip = ip;
        next_or_raise!(ip, ip.add(2), sp, unpack_any(sp, vm, oparg), fp, vm)
    }
}

#[inline(never)]
unsafe fn unpack_any(sp: Sp, vm: &Vm, oparg: u32) -> Sp {
    match unpack(vm, object(sp.sub(1)), oparg as usize) {
        Ok(items) => push_reversed(sp, items),
        Err(error) => fail(vm, error),
    }
}

/// Replaces the sequence on the top by its items, the first on the top.
unsafe fn push_reversed(sp: Sp, items: Vec<Obj>) -> Sp {
    let sequence = *sp.sub(1);
    let (base, count) = (sp.sub(1), items.len());
    for (i, item) in items.into_iter().rev().enumerate() {
        *base.add(i) = item.into_value();
    }
    release(sequence);
    base.add(count)
}

fn not_unpackable(vm: &Vm, iterable: &Obj, error: Exc) -> Exc {
    let slots = &iterable.ty().slots;
    if error.is(&types::TYPE_ERROR) && slots.iter.get().is_none() && slots.getitem.get().is_none() {
        return vm.type_error(format!("cannot unpack non-iterable {} object", iterable.ty().name()));
    }
    error
}

/// Exactly `count` items. CPython: Python/ceval.c, `_PyEval_UnpackIterableStackRef`.
fn unpack(vm: &Vm, iterable: &Obj, count: usize) -> PyResult<Vec<Obj>> {
    let iterator = vm.iter(iterable).map_err(|error| not_unpackable(vm, iterable, error))?;
    let mut items = Vec::with_capacity(count);
    while items.len() < count {
        match vm.next(&iterator)? {
            Some(item) => items.push(item),
            None => {
                return Err(vm.value_error(format!(
                    "not enough values to unpack (expected {count}, got {})",
                    items.len()
                )));
            }
        }
    }
    if vm.next(&iterator)?.is_some() {
        let exact = iterable.is_exact(&types::LIST)
            || iterable.is_exact(&types::TUPLE)
            || iterable.is_exact(&types::DICT);
        if exact && let Ok(length) = vm.len(iterable) {
            return Err(vm.value_error(format!("too many values to unpack (expected {count}, got {length})")));
        }
        return Err(vm.value_error(format!("too many values to unpack (expected {count})")));
    }
    Ok(items)
}

op! {
    /// UNPACK_EX (sequence -- items before, list, items after: in reverse)
    fn unpack_ex(ip, sp, fp, vm, oparg) {
        (*fp).ip = ip;
        next_or_raise!(ip, ip.add(1), sp, unpack_ex_generic(sp, vm, oparg), fp, vm)
    }
}

#[inline(never)]
unsafe fn unpack_ex_generic(sp: Sp, vm: &Vm, oparg: u32) -> Sp {
    match unpack_starred(vm, object(sp.sub(1)), (oparg & 0xFF) as usize, (oparg >> 8) as usize) {
        Ok(items) => push_reversed(sp, items),
        Err(error) => fail(vm, error),
    }
}

fn unpack_starred(vm: &Vm, iterable: &Obj, before: usize, after: usize) -> PyResult<Vec<Obj>> {
    vm.iter(iterable).map_err(|error| not_unpackable(vm, iterable, error))?;
    let mut items = vm.collect(iterable)?;
    if items.len() < before + after {
        return Err(vm.value_error(format!(
            "not enough values to unpack (expected at least {}, got {})",
            before + after,
            items.len()
        )));
    }
    let tail = items.split_off(items.len() - after);
    let middle = items.split_off(before);
    items.push(List::new(middle).into_obj());
    items.extend(tail);
    Ok(items)
}
