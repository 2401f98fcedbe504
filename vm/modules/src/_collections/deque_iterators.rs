//! `_deque_iterator`, `_deque_reverse_iterator`.

use std::cell::Cell;

use lasti_vm::builtins::sequence_iterators::{length_hint_def, reduce_def};
use lasti_vm::call::Args;
use lasti_vm::module::Module;
use lasti_vm::number::Int;
use lasti_vm::object::{Obj, ObjCell};
use lasti_vm::sequence::Tuple;
use lasti_vm::types::{NativeDef, TypeObject};
use lasti_vm::{PyResult, Ref, Vm};

use super::deque::{DEQUE, Deque};
use crate::iterator::{IteratorType, iterator_type};

pub(crate) struct DequeIter {
    deque: ObjCell,
    backwards: bool,
    /// How many items are left.
    left: Cell<usize>,
    changes: u64,
}

iterator_type!(/** `_collections._deque_iterator` */ DEQUE_ITERATOR, "_deque_iterator", DequeIter, [deque]);
lasti_vm::builtin_type!(
    /** `_collections._deque_reverse_iterator` */
    DEQUE_REVERSE_ITERATOR, "_deque_reverse_iterator", DequeIter, on DEQUE_ITERATOR
);

static METHODS: &[NativeDef] = &[length_hint_def(hint), reduce_def(reduce)];

impl DequeIter {
    pub(super) fn make(deque: &Ref<Deque>, backwards: bool) -> Obj {
        let ty = if backwards { &DEQUE_REVERSE_ITERATOR } else { &DEQUE_ITERATOR };
        let payload = Self {
            deque: ObjCell::new(Some(deque.as_obj().clone())),
            backwards,
            left: Cell::new(deque.len()),
            changes: deque.changes(),
        };
        Ref::new_in(ty, payload).into_obj()
    }
}

/// `_deque_iterator(deque, index)`: how unpickling makes one.
fn make_at(vm: &Vm, args: Args<'_>, backwards: bool) -> PyResult {
    let name = if backwards { "_deque_reverse_iterator" } else { "_deque_iterator" };
    let args = args.exactly(vm, name, 1, 2)?;
    let Some(deque) = args[0].downcast::<Deque>() else {
        return Err(vm.type_error(format!(
            "{name}() argument 1 must be {}, not {}",
            DEQUE.display_name(vm)?,
            args[0].ty().name()
        )));
    };
    let skip = args.get(1).map_or(Ok(0), |index| vm.index_i64(index))?;
    let iterator = DequeIter::make(deque, backwards);
    for _ in 0..skip.max(0) {
        if next(vm, &iterator)?.is_none() {
            break;
        }
    }
    Ok(iterator)
}

fn next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let iterator = vm.receiver::<DequeIter>(object)?;
    let Some(deque) = iterator.deque.get_as::<Deque>() else { return Ok(None) };
    if iterator.changes != deque.changes() {
        iterator.left.set(0);
        return Err(vm.runtime_error("deque mutated during iteration"));
    }
    let Some(left) = iterator.left.get().checked_sub(1) else { return Ok(None) };
    iterator.left.set(left);
    Ok(deque.get(if iterator.backwards { left } else { deque.len() - 1 - left }))
}

fn hint(vm: &Vm, object: &Obj) -> PyResult {
    Ok(Int::from_usize(vm.receiver::<DequeIter>(object)?.left.get()))
}

fn reduce(vm: &Vm, object: &Obj) -> PyResult {
    let iterator = vm.receiver::<DequeIter>(object)?;
    let done = iterator
        .deque
        .get_as::<Deque>()
        .map_or(0, |deque| deque.len() - iterator.left.get().min(deque.len()));
    let args = Tuple::new(vec![vm.or_none(iterator.deque.get()), Int::from_usize(done)]);
    Ok(Tuple::new(vec![object.ty().to_obj(), args.into_obj()]).into_obj())
}

fn new_forwards(vm: &Vm, _: &TypeObject, args: Args<'_>) -> PyResult {
    make_at(vm, args, false)
}

fn new_backwards(vm: &Vm, _: &TypeObject, args: Args<'_>) -> PyResult {
    make_at(vm, args, true)
}

pub(super) fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    for (ty, new) in
        [(&DEQUE_ITERATOR, new_forwards as lasti_vm::types::NewFn), (&DEQUE_REVERSE_ITERATOR, new_backwards)]
    {
        let iterator = IteratorType { ty, doc: "", new: Some(new), next, methods: METHODS };
        iterator.add_final(vm, module, "_collections")?;
    }
    Ok(())
}
