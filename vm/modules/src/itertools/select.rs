//! `compress`, `dropwhile`, `takewhile`, `filterfalse`, `islice`.

use std::cell::Cell;

use lasti_vm::call::{Args, Signature};
use lasti_vm::module::Module;
use lasti_vm::object::{Obj, ObjCell};
use lasti_vm::types::TypeObject;
use lasti_vm::{PyResult, Ref, Vm};

use super::NAME;
use crate::iterator::{IteratorType, arguments, iterator_type};

pub(crate) struct Compress {
    data: ObjCell,
    selectors: ObjCell,
}

iterator_type!(/** `itertools.compress` */ COMPRESS, "compress", Compress, [data, selectors]);

static COMPRESS_SIGNATURE: Signature<2> = Signature::new("compress", ["data", "selectors"], 2);

fn compress_new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    let [Some(data), Some(selectors)] = args.bind(vm, &COMPRESS_SIGNATURE)? else {
        return Err(vm.type_error("compress() missing required argument 'data' (pos 1)"));
    };
    let data = ObjCell::new(Some(vm.iter(data)?));
    let selectors = ObjCell::new(Some(vm.iter(selectors)?));
    Ok(Ref::new_in(ty, Compress { data, selectors }).into_obj())
}

fn compress_next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let compress = vm.receiver::<Compress>(object)?;
    let (Some(data), Some(selectors)) = (compress.data.get(), compress.selectors.get()) else {
        return Ok(None);
    };
    loop {
        let Some(datum) = vm.next(&data)? else { return Ok(None) };
        let Some(selector) = vm.next(&selectors)? else { return Ok(None) };
        if vm.is_true(&selector)? {
            return Ok(Some(datum));
        }
    }
}

/// `dropwhile`, `takewhile` and `filterfalse`: an iterator with a predicate.
pub(crate) struct Sift {
    predicate: ObjCell,
    iterator: ObjCell,
    /// dropwhile: an item was let through; takewhile: the end was reached.
    done: Cell<bool>,
}

iterator_type!(/** `itertools.dropwhile` */ DROPWHILE, "dropwhile", Sift, [predicate, iterator]);
lasti_vm::builtin_type!(/** `itertools.takewhile` */ TAKEWHILE, "takewhile", Sift, on DROPWHILE);
lasti_vm::builtin_type!(/** `itertools.filterfalse` */ FILTERFALSE, "filterfalse", Sift, on DROPWHILE);

fn sift_new(vm: &Vm, ty: &TypeObject, args: Args<'_>, name: &str) -> PyResult {
    let args = arguments(vm, ty, name, args, 2, 2)?;
    let iterator = ObjCell::new(Some(vm.iter(&args[1])?));
    let predicate = ObjCell::new(Some(args[0].clone()));
    Ok(Ref::new_in(ty, Sift { predicate, iterator, done: Cell::new(false) }).into_obj())
}

impl Sift {
    fn parts(&self) -> Option<(Obj, Obj)> {
        Some((self.predicate.get()?, self.iterator.get()?))
    }
}

fn holds(vm: &Vm, predicate: &Obj, item: &Obj) -> PyResult<bool> {
    let answer = vm.call(predicate, std::slice::from_ref(item))?;
    vm.is_true(&answer)
}

fn dropwhile_next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let sift = vm.receiver::<Sift>(object)?;
    let Some((predicate, iterator)) = sift.parts() else { return Ok(None) };
    loop {
        let Some(item) = vm.next(&iterator)? else { return Ok(None) };
        if sift.done.get() {
            return Ok(Some(item));
        }
        if !holds(vm, &predicate, &item)? {
            sift.done.set(true);
            return Ok(Some(item));
        }
    }
}

fn takewhile_next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let sift = vm.receiver::<Sift>(object)?;
    let Some((predicate, iterator)) = sift.parts() else { return Ok(None) };
    if sift.done.get() {
        return Ok(None);
    }
    let Some(item) = vm.next(&iterator)? else { return Ok(None) };
    if holds(vm, &predicate, &item)? {
        return Ok(Some(item));
    }
    sift.done.set(true);
    Ok(None)
}

fn filterfalse_next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let sift = vm.receiver::<Sift>(object)?;
    let Some((predicate, iterator)) = sift.parts() else { return Ok(None) };
    let plain = vm.is_none(&predicate) || predicate.is(&lasti_vm::builtins::BOOL.to_obj());
    while let Some(item) = vm.next(&iterator)? {
        let good = if plain { vm.is_true(&item)? } else { holds(vm, &predicate, &item)? };
        if !good {
            return Ok(Some(item));
        }
    }
    Ok(None)
}

pub(crate) struct Islice {
    /// None once the end was reached.
    iterator: ObjCell,
    /// The index of the next item to return.
    next: Cell<usize>,
    /// None: to the end.
    stop: Option<usize>,
    step: usize,
    /// How many items were taken.
    taken: Cell<usize>,
}

iterator_type!(/** `itertools.islice` */ ISLICE, "islice", Islice, [iterator]);

const INDICES: &str = "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.";

/// A bound of an islice: None, or an int of at least 0.
fn bound(vm: &Vm, object: &Obj, message: &str) -> PyResult<Option<usize>> {
    if vm.is_none(object) {
        return Ok(None);
    }
    match vm.index_i64(object) {
        Ok(bound) => usize::try_from(bound).map(Some).map_err(|_| {
            // CPython tells -1 from other negative numbers, since it stands for errors.
            vm.value_error(if bound == -1 { message } else { INDICES })
        }),
        Err(error)
            if error.is(&lasti_vm::builtins::TYPE_ERROR) || error.is(&lasti_vm::builtins::OVERFLOW_ERROR) =>
        {
            Err(vm.value_error(message))
        }
        Err(error) => Err(error),
    }
}

fn islice_new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    const STOP: &str = "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
    let args = arguments(vm, ty, "islice", args, 2, 4)?;
    let (start, stop) = match args {
        [_, stop] => (0, bound(vm, stop, STOP)?),
        [_, start, stop, ..] => (bound(vm, start, INDICES)?.unwrap_or(0), bound(vm, stop, STOP)?),
        _ => (0, None),
    };
    let step = match args.get(3) {
        Some(step) if !vm.is_none(step) => {
            let message = "Step for islice() must be a positive integer or None.";
            match bound(vm, step, message) {
                Ok(Some(step)) if step > 0 => step,
                Err(error) if !error.is(&lasti_vm::builtins::VALUE_ERROR) => return Err(error),
                _ => return Err(vm.value_error(message)),
            }
        }
        _ => 1,
    };
    let iterator = ObjCell::new(Some(vm.iter(&args[0])?));
    let payload = Islice { iterator, next: Cell::new(start), stop, step, taken: Cell::new(0) };
    Ok(Ref::new_in(ty, payload).into_obj())
}

fn islice_next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let islice = vm.receiver::<Islice>(object)?;
    let Some(iterator) = islice.iterator.get() else { return Ok(None) };
    let wanted = islice.stop.map_or(islice.next.get(), |stop| islice.next.get().min(stop));
    while islice.taken.get() < wanted {
        if vm.next(&iterator)?.is_none() {
            drop(islice.iterator.take());
            return Ok(None);
        }
        islice.taken.set(islice.taken.get() + 1);
    }
    if islice.stop.is_some_and(|stop| islice.taken.get() >= stop) {
        drop(islice.iterator.take());
        return Ok(None);
    }
    let item = vm.next(&iterator)?;
    if item.is_none() {
        drop(islice.iterator.take());
        return Ok(None);
    }
    islice.taken.set(islice.taken.get() + 1);
    let next = islice.next.get().saturating_add(islice.step);
    islice.next.set(islice.stop.map_or(next, |stop| next.min(stop)));
    Ok(item)
}

pub(super) fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    IteratorType {
        ty: &COMPRESS,
        doc: "compress(data, selectors)\n--\n\nReturn data elements corresponding to true selector elements.\n\nForms a shorter iterator from selected data elements using the selectors to\nchoose the data elements.",
        new: Some(compress_new),
        next: compress_next,
        methods: &[],
    }
    .add(vm, module, NAME)?;
    IteratorType {
        ty: &DROPWHILE,
        doc: "dropwhile(predicate, iterable, /)\n--\n\nDrop items from the iterable while predicate(item) is true.\n\nAfterwards, return every element until the iterable is exhausted.",
        new: Some(|vm, ty, args| sift_new(vm, ty, args, "dropwhile")),
        next: dropwhile_next,
        methods: &[],
    }
    .add(vm, module, NAME)?;
    IteratorType {
        ty: &TAKEWHILE,
        doc: "takewhile(predicate, iterable, /)\n--\n\nReturn successive entries from an iterable as long as the predicate evaluates to true for each entry.",
        new: Some(|vm, ty, args| sift_new(vm, ty, args, "takewhile")),
        next: takewhile_next,
        methods: &[],
    }
    .add(vm, module, NAME)?;
    IteratorType {
        ty: &FILTERFALSE,
        doc: "filterfalse(function, iterable, /)\n--\n\nReturn those items of iterable for which function(item) is false.\n\nIf function is None, return the items that are false.",
        new: Some(|vm, ty, args| sift_new(vm, ty, args, "filterfalse")),
        next: filterfalse_next,
        methods: &[],
    }
    .add(vm, module, NAME)?;
    IteratorType {
        ty: &ISLICE,
        doc: "islice(iterable, stop) --> islice object\nislice(iterable, start, stop[, step]) --> islice object\n\nReturn an iterator whose next() method returns selected values from an\niterable.  If start is specified, will skip all preceding elements;\notherwise, start defaults to zero.  Step defaults to one.  If\nspecified as another value, step determines how many values are\nskipped between successive calls.  Works like a slice() on a list\nbut returns an iterator.",
        new: Some(islice_new),
        next: islice_next,
        methods: &[],
    }
    .add(vm, module, NAME)
}
