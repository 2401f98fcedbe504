//! `enumerate` and `reversed`. CPython: Objects/enumobject.c.

use std::cell::Cell;

use super::builtin_type;
use super::object::iter_self;
use super::sequence::refuses_keywords;
use super::sequence_iterators::{length_hint_def, reduce_def, setstate_def};
use crate::call::{Args, check_count};
use crate::errors::PyResult;
use crate::number::Int;
use crate::object::{Obj, ObjCell, Payload, Ref, Visitor};
use crate::ops::BinaryOp;
use crate::sequence::Tuple;
use crate::text::Str;
use crate::types::{NativeDef, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

/// `enumerate`
pub(crate) struct Enumerate {
    iterator: ObjCell,
    /// The number of the next item: an int of any size.
    number: ObjCell,
}

impl Payload for Enumerate {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &ENUMERATE
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        self.iterator.traverse(visitor);
        self.number.traverse(visitor);
    }

    fn clear(&self) {
        drop(self.iterator.take());
    }
}

builtin_type!(/** `enumerate` */ ENUMERATE, "enumerate", Enumerate);

static ENUMERATE_METHODS: &[NativeDef] = &[
    super::class_getitem_def("'enumerate' objects are generic over the type of their values"),
    reduce_def(enumerate_reduce),
];

fn enumerate_new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    let positional = args.positional();
    let (mut iterable, mut start) = (positional.first(), positional.get(1));
    if args.all().len() > 2 {
        return Err(
            vm.type_error(format!("enumerate() takes at most 2 arguments ({} given)", args.all().len()))
        );
    }
    for (name, value) in args.keywords() {
        let Some(text) = name.downcast::<Str>() else {
            return Err(vm.type_error("keywords must be strings"));
        };
        let place = match text.as_bytes() {
            b"iterable" if iterable.is_none() => &mut iterable,
            b"start" if start.is_none() => &mut start,
            _ => {
                return Err(vm.type_error(format!(
                    "'{}' is an invalid keyword argument for enumerate()",
                    text.to_string_lossy()
                )));
            }
        };
        *place = Some(value);
    }
    let Some(iterable) = iterable else {
        return Err(vm.type_error("enumerate() missing required argument 'iterable'"));
    };
    let number = start.map_or_else(|| Ok(Int::new(0)), |start| vm.index(start))?;
    let iterator = vm.iter(iterable)?;
    let payload = Enumerate { iterator: ObjCell::new(Some(iterator)), number: ObjCell::new(Some(number)) };
    Ok(Ref::new_in(ty, payload).into_obj())
}

fn enumerate_next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let enumerate = vm.receiver::<Enumerate>(object)?;
    let (Some(iterator), Some(number)) = (enumerate.iterator.get(), enumerate.number.get()) else {
        return Ok(None);
    };
    let Some(item) = vm.next(&iterator)? else { return Ok(None) };
    let following = match number.as_i64().and_then(|number| number.checked_add(1)) {
        Some(following) => Int::new(following),
        None => vm.binary(BinaryOp::Add, &number, &Int::new(1))?,
    };
    enumerate.number.set(following);
    Ok(Some(Tuple::of([number, item]).into_obj()))
}

fn enumerate_reduce(vm: &Vm, object: &Obj) -> PyResult {
    let enumerate = vm.receiver::<Enumerate>(object)?;
    let args = vec![vm.or_none(enumerate.iterator.get()), vm.or_none(enumerate.number.get())];
    Ok(Tuple::new(vec![object.ty().to_obj(), Tuple::new(args).into_obj()]).into_obj())
}

/// `reversed`: over a sequence without a `__reversed__` of its own.
pub(crate) struct Reversed {
    sequence: ObjCell,
    /// The index of the next item, -1 behind the last.
    index: Cell<i64>,
}

impl Payload for Reversed {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &REVERSED
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        self.sequence.traverse(visitor);
    }

    fn clear(&self) {
        drop(self.sequence.take());
    }
}

builtin_type!(/** `reversed` */ REVERSED, "reversed", Reversed);

static REVERSED_METHODS: &[NativeDef] =
    &[length_hint_def(reversed_hint), reduce_def(reversed_reduce), setstate_def(reversed_setstate)];

fn reversed_new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    if refuses_keywords(ty, &REVERSED) {
        args.no_keywords(vm, "reversed")?;
    }
    let positional = args.positional();
    check_count(vm, "reversed", positional.len(), 1, 1)?;
    let sequence = &positional[0];
    let not_reversible = || vm.type_error(format!("'{}' object is not reversible", sequence.ty().name()));
    if let Some(method) = vm.find_special(sequence, &vm.names().__reversed__)? {
        if vm.is_none(&method) {
            return Err(not_reversible());
        }
        return vm.call(&method, &[]);
    }
    if sequence.ty().slots.getitem.get().is_none() || sequence.ty().has(TypeFlags::MAPPING) {
        return Err(not_reversible());
    }
    let length = vm.len(sequence)? as i64;
    let payload = Reversed { sequence: ObjCell::new(Some(sequence.clone())), index: Cell::new(length - 1) };
    Ok(Ref::new_in(ty, payload).into_obj())
}

fn reversed_next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let reversed = vm.receiver::<Reversed>(object)?;
    let index = reversed.index.get();
    if index >= 0 {
        let Some(sequence) = reversed.sequence.get() else { return Ok(None) };
        match vm.getitem(&sequence, &Int::new(index)) {
            Ok(item) => {
                reversed.index.set(index - 1);
                return Ok(Some(item));
            }
            Err(error) if error.is(&super::INDEX_ERROR) || error.is(&super::STOP_ITERATION) => {}
            Err(error) => return Err(error),
        }
    }
    reversed.index.set(-1);
    drop(reversed.sequence.take());
    Ok(None)
}

fn reversed_hint(vm: &Vm, object: &Obj) -> PyResult {
    let reversed = vm.receiver::<Reversed>(object)?;
    let Some(sequence) = reversed.sequence.get() else { return Ok(Int::new(0)) };
    let length = vm.len(&sequence)? as i64;
    let left = reversed.index.get() + 1;
    Ok(Int::new(if length < left { 0 } else { left }))
}

fn reversed_reduce(vm: &Vm, object: &Obj) -> PyResult {
    let reversed = vm.receiver::<Reversed>(object)?;
    let (sequence, state) = match reversed.sequence.get() {
        Some(sequence) => (sequence, Some(Int::new(reversed.index.get()))),
        None => (vm.empty_tuple().into_obj(), None),
    };
    let mut parts = vec![object.ty().to_obj(), Tuple::new(vec![sequence]).into_obj()];
    parts.extend(state);
    Ok(Tuple::new(parts).into_obj())
}

fn reversed_setstate(vm: &Vm, object: &Obj, state: &Obj) -> PyResult {
    let reversed = vm.receiver::<Reversed>(object)?;
    let index = vm.index_i64(state)?;
    if let Some(sequence) = reversed.sequence.get() {
        let length = vm.len(&sequence)? as i64;
        reversed.index.set(index.clamp(-1, length - 1));
    }
    Ok(vm.none())
}

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &ENUMERATE)
        .doc("enumerate(iterable, start=0)\n--\n\nReturn an enumerate object.\n\n  iterable\n    an object supporting iteration\n\nThe enumerate object yields pairs containing a count (from start, which\ndefaults to zero) and a value yielded by the iterable argument.\n\nenumerate is useful for obtaining an indexed list:\n    (0, seq[0]), (1, seq[1]), (2, seq[2]), ...")
        .flags(TypeFlags::BASETYPE)
        .slots(|slots| {
            slots.new.set(Some(enumerate_new));
            slots.iter.set(Some(iter_self));
            slots.iternext.set(Some(enumerate_next));
        })
        .methods(ENUMERATE_METHODS)
        .ready();
    TypeBuilder::new(vm, &REVERSED)
        .doc("reversed(sequence, /)\n--\n\nReturn a reverse iterator over the values of the given sequence.")
        .flags(TypeFlags::BASETYPE)
        .slots(|slots| {
            slots.new.set(Some(reversed_new));
            slots.iter.set(Some(iter_self));
            slots.iternext.set(Some(reversed_next));
        })
        .methods(REVERSED_METHODS)
        .ready();
}
