//! `tee`: iterators that share what one iterator gives, in a chain of blocks; a block goes when the last of them has
//! read it.

use std::cell::Cell;

use lasti_vm::call::Args;
use lasti_vm::module::Module;
use lasti_vm::object::{Obj, ObjCell, ObjVec};
use lasti_vm::sequence::Tuple;
use lasti_vm::types::{NativeCall, NativeDef, TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{PyResult, Ref, Vm};

use super::NAME;
use crate::iterator::{IteratorType, iterator_type};

/// How many items a block holds.
const BLOCK: usize = 57;

/// `_tee_dataobject`: a block.
pub(crate) struct TeeBlock {
    iterator: ObjCell,
    values: ObjVec,
    next: ObjCell,
    /// Whether the iterator is asked for an item right now.
    running: Cell<bool>,
}

iterator_type!(/** `itertools._tee_dataobject` */ TEE_BLOCK, "_tee_dataobject", TeeBlock, [iterator, values, next]);

impl TeeBlock {
    fn make(iterator: Option<Obj>) -> Ref<Self> {
        Ref::new(Self {
            iterator: ObjCell::new(iterator),
            values: ObjVec::new(Vec::new()),
            next: ObjCell::empty(),
            running: Cell::new(false),
        })
    }

    /// The item number `index` of the block.
    fn item(&self, vm: &Vm, index: usize) -> PyResult<Option<Obj>> {
        if let Some(item) = self.values.get(index) {
            return Ok(Some(item));
        }
        if self.running.replace(true) {
            return Err(vm.runtime_error("cannot re-enter the tee iterator"));
        }
        let item = self.iterator.get().map_or(Ok(None), |iterator| vm.next(&iterator));
        self.running.set(false);
        if let Ok(Some(item)) = &item {
            self.values.push(item.clone());
        }
        item
    }

    /// The block behind this one.
    fn following(&self) -> Ref<Self> {
        if let Some(next) = self.next.get_as::<Self>() {
            return next;
        }
        let next = Self::make(self.iterator.get());
        self.next.set(next.as_obj().clone());
        next
    }
}

/// `_tee`
pub(crate) struct Tee {
    block: ObjCell,
    index: Cell<usize>,
}

iterator_type!(/** `itertools._tee` */ TEE, "_tee", Tee, [block]);

impl Tee {
    fn over(ty: &TypeObject, iterator: Obj) -> Obj {
        let block = TeeBlock::make(Some(iterator)).into_obj();
        Ref::new_in(ty, Self { block: ObjCell::new(Some(block)), index: Cell::new(0) }).into_obj()
    }

    fn copy(&self) -> Obj {
        Ref::new(Self { block: ObjCell::new(self.block.get()), index: self.index.clone() }).into_obj()
    }
}

/// A `_tee` over an iterable: a copy, if that is one itself.
fn from_iterable(vm: &Vm, iterable: &Obj) -> PyResult {
    let iterator = vm.iter(iterable)?;
    Ok(match iterator.downcast::<Tee>() {
        Some(tee) => tee.copy(),
        None => Tee::over(&TEE, iterator),
    })
}

fn tee_new(vm: &Vm, _: &TypeObject, args: Args<'_>) -> PyResult {
    from_iterable(vm, &args.exactly(vm, "_tee", 1, 1)?[0])
}

fn tee_next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let tee = vm.receiver::<Tee>(object)?;
    let Some(mut block) = tee.block.get_as::<TeeBlock>() else { return Ok(None) };
    if tee.index.get() >= BLOCK {
        block = block.following();
        tee.block.set(block.as_obj().clone());
        tee.index.set(0);
    }
    let item = block.item(vm, tee.index.get())?;
    if item.is_some() {
        tee.index.set(tee.index.get() + 1);
    }
    Ok(item)
}

fn tee_copy(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.receiver::<Tee>(object)?.copy())
}

static TEE_METHODS: &[NativeDef] = &[NativeDef::new(
    "__copy__",
    "($self, /)",
    "Returns an independent iterator.",
    NativeCall::NoArgs(tee_copy),
)];

/// `itertools.tee`
pub(super) static FUNCTIONS: &[NativeDef] = &[NativeDef::new(
    "tee",
    "($module, iterable, n=2, /)",
    "Returns a tuple of n independent iterators.",
    NativeCall::Positional(1, 2, tee),
)];

fn tee(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let count = args.get(1).map_or(Ok(2), |count| vm.index_i64(count))?;
    let Ok(count) = usize::try_from(count) else { return Err(vm.value_error("n must be >= 0")) };
    if count == 0 {
        return Ok(vm.empty_tuple().into_obj());
    }
    let first = from_iterable(vm, &args[0])?;
    let mut all = Vec::new();
    if all.try_reserve(count).is_err() {
        return Err(vm.error_with(&lasti_vm::builtins::MEMORY_ERROR, Vec::new()));
    }
    if let Some(tee) = first.downcast::<Tee>() {
        all.extend((1..count).map(|_| tee.copy()));
    }
    all.insert(0, first);
    Ok(Tuple::new(all).into_obj())
}

pub(super) fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    let tee = IteratorType {
        ty: &TEE,
        doc: "_tee(iterable, /)\n--\n\nIterator wrapped to make it copyable.",
        new: Some(tee_new),
        next: tee_next,
        methods: TEE_METHODS,
    };
    tee.ready_with(vm, NAME, |builder| builder.flags(TypeFlags::BASETYPE | TypeFlags::WEAKREFABLE));
    module.add_type(vm, &TEE)?;
    if !TEE_BLOCK.has(TypeFlags::READY) {
        TypeBuilder::new(vm, &TEE_BLOCK)
            .doc("Data container common to multiple tee objects.")
            .module(NAME)
            .flags(TypeFlags::DISALLOW_INSTANTIATION)
            .ready();
    }
    module.add_type(vm, &TEE_BLOCK)
}
