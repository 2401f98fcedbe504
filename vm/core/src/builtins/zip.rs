//! `zip`, and what `zip` and `map` share: iterators that advance together, strictly or not. CPython: bltinmodule.c.

use std::cell::Cell;

use super::builtin_type;
use super::object::iter_self;
use super::sequence_iterators::{reduce_def, setstate_def};
use crate::call::Args;
use crate::errors::PyResult;
use crate::object::{Obj, ObjCell, ObjVec, Payload, Ref, Visitor};
use crate::sequence::Tuple;
use crate::text::Str;
use crate::types::{NativeDef, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

/// Iterators that advance together.
pub(super) struct Parallel {
    /// The first iterator; none if there are none.
    first: ObjCell,
    /// The others.
    others: ObjVec,
    /// Whether all must end at the same time.
    pub(super) strict: Cell<bool>,
    /// `zip` or `map`
    name: &'static str,
}

/// One item of each iterator.
pub(super) type Items = smallvec::SmallVec<[Obj; 4]>;

impl Parallel {
    /// Iterators over all of `iterables`.
    pub(super) fn new(vm: &Vm, name: &'static str, iterables: &[Obj], strict: bool) -> PyResult<Self> {
        let (first, others) = match iterables {
            [] => (None, Vec::new()),
            [only] => (Some(vm.iter(only)?), Vec::new()),
            [first, others @ ..] => {
                let first = vm.iter(first)?;
                (Some(first), others.iter().map(|other| vm.iter(other)).collect::<PyResult<_>>()?)
            }
        };
        let (first, others) = (ObjCell::new(first), ObjVec::new(others));
        Ok(Self { first, others, strict: Cell::new(strict), name })
    }

    /// The iterator with a number.
    fn get(&self, index: usize) -> Option<Obj> {
        match index.checked_sub(1) {
            None => self.first.get(),
            Some(other) => self.others.get(other),
        }
    }

    /// The only iterator, if there is one.
    #[inline]
    pub(super) fn only(&self) -> Option<Obj> {
        if self.others.is_empty() { self.first.get() } else { None }
    }

    /// All iterators.
    pub(super) fn to_vec(&self) -> Vec<Obj> {
        self.first.get().into_iter().chain(self.others.to_vec()).collect()
    }

    /// Visits them.
    pub(super) fn traverse(&self, visitor: &mut Visitor<'_>) {
        self.first.traverse(visitor);
        self.others.traverse(visitor);
    }

    /// Takes them out.
    pub(super) fn clear(&self) {
        drop(self.first.take());
        drop(self.others.take());
    }

    /// The next item of each; None when the first of them ends.
    pub(super) fn next(&self, vm: &Vm) -> PyResult<Option<Items>> {
        let mut items = Items::new();
        while let Some(iterator) = self.get(items.len()) {
            match vm.next(&iterator)? {
                Some(item) => items.push(item),
                None if self.strict.get() => return self.check_all_ended(vm, items.len()),
                None => return Ok(None),
            }
        }
        Ok(if items.is_empty() { None } else { Some(items) })
    }

    /// The iterator number `ended` came to its end: a ValueError unless it is the first and all others end, too.
    fn check_all_ended(&self, vm: &Vm, ended: usize) -> PyResult<Option<Items>> {
        let others = |count: usize| if count == 1 { " 1".to_owned() } else { format!("s 1-{count}") };
        if ended > 0 {
            return Err(vm.value_error(format!(
                "{}() argument {} is shorter than argument{}",
                self.name,
                ended + 1,
                others(ended)
            )));
        }
        let mut index = 1;
        while let Some(iterator) = self.get(index) {
            if vm.next(&iterator)?.is_some() {
                return Err(vm.value_error(format!(
                    "{}() argument {} is longer than argument{}",
                    self.name,
                    index + 1,
                    others(index)
                )));
            }
            index += 1;
        }
        Ok(None)
    }
}

/// The keyword `strict`, the only one that `name` takes.
pub(super) fn strict_keyword(vm: &Vm, name: &str, args: Args<'_>) -> PyResult<bool> {
    let mut strict = false;
    for (keyword, value) in args.keywords() {
        match keyword.downcast::<Str>() {
            Some(text) if text.as_bytes() == b"strict" => strict = vm.is_true(value)?,
            Some(text) => {
                return Err(vm.type_error(format!(
                    "{name}() got an unexpected keyword argument '{}'",
                    text.to_string_lossy()
                )));
            }
            None => return Err(vm.type_error("keywords must be strings")),
        }
    }
    Ok(strict)
}

/// `zip`
pub(crate) struct Zip(Parallel);

impl Payload for Zip {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &ZIP
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        self.0.traverse(visitor);
    }

    fn clear(&self) {
        self.0.clear();
    }
}

builtin_type!(/** `zip` */ ZIP, "zip", Zip);

static METHODS: &[NativeDef] = &[reduce_def(reduce), setstate_def(setstate)];

fn new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    let strict = strict_keyword(vm, "zip", args)?;
    Ok(Ref::new_in(ty, Zip(Parallel::new(vm, "zip", args.positional(), strict)?)).into_obj())
}

fn next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let items = vm.receiver::<Zip>(object)?.0.next(vm)?;
    Ok(items.map(|mut items| match (items.len(), items.pop(), items.pop()) {
        (2, Some(last), Some(first)) => Tuple::of([first, last]).into_obj(),
        (_, last, before) => {
            items.extend(before.into_iter().chain(last));
            Tuple::new(items.into_vec()).into_obj()
        }
    }))
}

fn reduce(vm: &Vm, object: &Obj) -> PyResult {
    let zip = &vm.receiver::<Zip>(object)?.0;
    let mut parts = vec![object.ty().to_obj(), Tuple::new(zip.to_vec()).into_obj()];
    if zip.strict.get() {
        parts.push(vm.bool(true));
    }
    Ok(Tuple::new(parts).into_obj())
}

fn setstate(vm: &Vm, object: &Obj, state: &Obj) -> PyResult {
    vm.receiver::<Zip>(object)?.0.strict.set(vm.is_true(state)?);
    Ok(vm.none())
}

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &ZIP)
        .doc("zip(*iterables, strict=False)\n--\n\nThe zip object yields n-length tuples, where n is the number of iterables\npassed as positional arguments to zip().  The i-th element in every tuple\ncomes from the i-th iterable argument to zip().  This continues until the\nshortest argument is exhausted.\n\nIf strict is true and one of the arguments is exhausted before the others,\nraise a ValueError.\n\n   >>> list(zip('abcdefg', range(3), range(4)))\n   [('a', 0, 0), ('b', 1, 1), ('c', 2, 2)]")
        .flags(TypeFlags::BASETYPE)
        .slots(|slots| {
            slots.new.set(Some(new));
            slots.iter.set(Some(iter_self));
            slots.iternext.set(Some(next));
        })
        .methods(METHODS)
        .ready();
}
