//! `groupby` and its groups.

use std::cell::Cell;

use lasti_vm::call::{Args, Signature};
use lasti_vm::module::Module;
use lasti_vm::object::{Obj, ObjCell};
use lasti_vm::sequence::Tuple;
use lasti_vm::types::TypeObject;
use lasti_vm::{PyResult, Ref, Vm};

use super::NAME;
use crate::iterator::{IteratorType, iterator_type};

pub(crate) struct GroupBy {
    iterator: ObjCell,
    /// None: the items are the keys.
    key_function: ObjCell,
    /// The key of the group that was returned last.
    target_key: ObjCell,
    /// The key of the item that was got last.
    current_key: ObjCell,
    current_value: ObjCell,
    /// The number of the group that was returned last: only that one gives items; 0: none does.
    group: Cell<u64>,
    groups: Cell<u64>,
}

iterator_type!(
    /** `itertools.groupby` */ GROUPBY, "groupby", GroupBy,
    [iterator, key_function, target_key, current_key, current_value]
);

pub(crate) struct Group {
    parent: ObjCell,
    key: ObjCell,
    number: u64,
}

iterator_type!(/** `itertools._grouper` */ GROUPER, "_grouper", Group, [parent, key]);

static SIGNATURE: Signature<2> = Signature::new("groupby", ["iterable", "key"], 1);

fn groupby_new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    let [iterable, key] = args.bind(vm, &SIGNATURE)?;
    let iterator = iterable.map(|iterable| vm.iter(iterable)).transpose()?;
    let payload = GroupBy {
        iterator: ObjCell::new(iterator),
        key_function: ObjCell::new(key.filter(|key| !vm.is_none(key)).cloned()),
        target_key: ObjCell::empty(),
        current_key: ObjCell::empty(),
        current_value: ObjCell::empty(),
        group: Cell::new(0),
        groups: Cell::new(0),
    };
    Ok(Ref::new_in(ty, payload).into_obj())
}

impl GroupBy {
    /// Gets the next item; false at the end.
    fn step(&self, vm: &Vm) -> PyResult<bool> {
        let Some(iterator) = self.iterator.get() else { return Ok(false) };
        let Some(value) = vm.next(&iterator)? else { return Ok(false) };
        let key = match self.key_function.get() {
            Some(function) => vm.call(&function, std::slice::from_ref(&value))?,
            None => value.clone(),
        };
        let old = (self.current_value.replace(Some(value)), self.current_key.replace(Some(key)));
        drop(old);
        Ok(true)
    }
}

fn groupby_next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let groupby = vm.receiver::<GroupBy>(object)?;
    groupby.group.set(0);
    // On to the first item of another group.
    loop {
        match (groupby.current_key.get(), groupby.target_key.get()) {
            (Some(_), None) => break,
            (Some(current), Some(target)) if !vm.eq(&target, &current)? => break,
            _ => {}
        }
        if !groupby.step(vm)? {
            return Ok(None);
        }
    }
    let key = vm.or_none(groupby.current_key.get());
    groupby.target_key.set(key.clone());
    let number = groupby.groups.get() + 1;
    groupby.groups.set(number);
    groupby.group.set(number);
    let parent = ObjCell::new(Some(object.clone()));
    let group = Ref::new(Group { parent, key: ObjCell::new(Some(key.clone())), number });
    Ok(Some(Tuple::new(vec![key, group.into_obj()]).into_obj()))
}

fn group_next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let group = vm.receiver::<Group>(object)?;
    let (Some(groupby), Some(key)) = (group.parent.get_as::<GroupBy>(), group.key.get()) else {
        return Ok(None);
    };
    if groupby.group.get() != group.number {
        return Ok(None);
    }
    if groupby.current_value.is_empty() && !groupby.step(vm)? {
        return Ok(None);
    }
    let Some(current) = groupby.current_key.get() else { return Ok(None) };
    if !vm.eq(&key, &current)? {
        return Ok(None);
    }
    Ok(groupby.current_value.take())
}

pub(super) fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    IteratorType {
        ty: &GROUPBY,
        doc: "groupby(iterable, key=None)\n--\n\nmake an iterator that returns consecutive keys and groups from the iterable\n\n  iterable\n    Elements to divide into groups according to the key function.\n  key\n    A function for computing the group category for each element.\n    If the key function is not specified or is None, the element itself\n    is used for grouping.",
        new: Some(groupby_new),
        next: groupby_next,
        methods: &[],
    }
    .add(vm, module, NAME)?;
    let grouper = IteratorType { ty: &GROUPER, doc: "", new: None, next: group_next, methods: &[] };
    grouper.add(vm, module, NAME)
}
