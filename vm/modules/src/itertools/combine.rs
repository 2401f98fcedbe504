//! `chain`, `starmap`, `zip_longest`, `pairwise`, `batched`, `accumulate`.

use std::cell::Cell;

use lasti_vm::builtins::class_getitem_def;
use lasti_vm::call::{Args, Signature};
use lasti_vm::module::Module;
use lasti_vm::object::{Obj, ObjCell, ObjVec};
use lasti_vm::ops::BinaryOp;
use lasti_vm::sequence::Tuple;
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef, TypeData, TypeObject};
use lasti_vm::{PyResult, Ref, Vm};

use super::NAME;
use crate::iterator::{IteratorType, arguments, iterator_type};

pub(crate) struct Chain {
    /// The iterator over the iterables; none once the end was reached.
    source: ObjCell,
    active: ObjCell,
}

iterator_type!(/** `itertools.chain` */ CHAIN, "chain", Chain, [source, active]);

static CHAIN_METHODS: &[NativeDef] = &[
    class_getitem_def(
        "chain is generic over the type of its contents.\nThis is the union of the types of the input iterable contents.",
    ),
    NativeDef::new(
        "from_iterable",
        "($type, iterable, /)",
        "Alternative chain() constructor taking a single iterable argument that evaluates lazily.",
        NativeCall::One(chain_from_iterable),
    )
    .class_method(),
];

fn chain_over(ty: &TypeObject, source: Obj) -> Obj {
    Ref::new_in(ty, Chain { source: ObjCell::new(Some(source)), active: ObjCell::empty() }).into_obj()
}

fn chain_new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    let args = arguments(vm, ty, "chain", args, 0, usize::MAX)?;
    Ok(chain_over(ty, vm.iter(Tuple::from_slice(args).as_obj())?))
}

fn chain_from_iterable(vm: &Vm, class: &Obj, iterable: &Obj) -> PyResult {
    let ty = class.downcast::<TypeData>().ok_or_else(|| vm.type_error("a type is required"))?;
    Ok(chain_over(ty, vm.iter(iterable)?))
}

fn chain_next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let chain = vm.receiver::<Chain>(object)?;
    loop {
        if let Some(active) = chain.active.get() {
            if let Some(item) = vm.next(&active)? {
                return Ok(Some(item));
            }
            drop(chain.active.take());
        }
        let Some(source) = chain.source.get() else { return Ok(None) };
        match vm.next(&source).and_then(|iterable| iterable.map(|iterable| vm.iter(&iterable)).transpose()) {
            Ok(Some(iterator)) => chain.active.set(iterator),
            end => {
                drop(chain.source.take());
                return end;
            }
        }
    }
}

pub(crate) struct Starmap {
    function: ObjCell,
    iterator: ObjCell,
}

iterator_type!(/** `itertools.starmap` */ STARMAP, "starmap", Starmap, [function, iterator]);

fn starmap_new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    let args = arguments(vm, ty, "starmap", args, 2, 2)?;
    let iterator = ObjCell::new(Some(vm.iter(&args[1])?));
    Ok(Ref::new_in(ty, Starmap { function: ObjCell::new(Some(args[0].clone())), iterator }).into_obj())
}

fn starmap_next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let starmap = vm.receiver::<Starmap>(object)?;
    let (Some(function), Some(iterator)) = (starmap.function.get(), starmap.iterator.get()) else {
        return Ok(None);
    };
    match vm.next(&iterator)? {
        Some(args) => vm.call(&function, &vm.collect(&args)?).map(Some),
        None => Ok(None),
    }
}

pub(crate) struct ZipLongest {
    /// The iterators; None in the place of one that came to its end.
    iterators: ObjVec,
    left: Cell<usize>,
    fill: ObjCell,
}

iterator_type!(/** `itertools.zip_longest` */ ZIP_LONGEST, "zip_longest", ZipLongest, [iterators, fill]);

fn zip_longest_new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    let mut fill = vm.none();
    for (name, value) in args.keywords() {
        match name.downcast::<Str>() {
            Some(text) if text.as_bytes() == b"fillvalue" => fill = value.clone(),
            _ => return Err(vm.type_error("zip_longest() got an unexpected keyword argument")),
        }
    }
    let iterators = args.positional().iter().map(|arg| vm.iter(arg)).collect::<PyResult<Vec<_>>>()?;
    let left = Cell::new(iterators.len());
    let payload = ZipLongest { iterators: ObjVec::new(iterators), left, fill: ObjCell::new(Some(fill)) };
    Ok(Ref::new_in(ty, payload).into_obj())
}

fn zip_longest_next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let zip = vm.receiver::<ZipLongest>(object)?;
    if zip.left.get() == 0 {
        return Ok(None);
    }
    let fill = vm.or_none(zip.fill.get());
    let mut items = Vec::with_capacity(zip.iterators.len());
    while let Some(iterator) = zip.iterators.get(items.len()) {
        if vm.is_none(&iterator) {
            items.push(fill.clone());
            continue;
        }
        let item = match vm.next(&iterator) {
            Ok(Some(item)) => item,
            Ok(None) => {
                // The iterator may have come here again, and ended first.
                let left = zip.left.get().saturating_sub(1);
                zip.left.set(left);
                if left == 0 {
                    return Ok(None);
                }
                let _ = zip.iterators.set(items.len(), vm.none());
                fill.clone()
            }
            Err(error) => {
                zip.left.set(0);
                return Err(error);
            }
        };
        items.push(item);
    }
    Ok(Some(Tuple::new(items).into_obj()))
}

pub(crate) struct Pairwise {
    iterator: ObjCell,
    old: ObjCell,
}

iterator_type!(/** `itertools.pairwise` */ PAIRWISE, "pairwise", Pairwise, [iterator, old]);

fn pairwise_new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    let args = args.exactly(vm, "pairwise", 1, 1)?;
    let iterator = ObjCell::new(Some(vm.iter(&args[0])?));
    Ok(Ref::new_in(ty, Pairwise { iterator, old: ObjCell::empty() }).into_obj())
}

fn pairwise_next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let pairwise = vm.receiver::<Pairwise>(object)?;
    let Some(iterator) = pairwise.iterator.get() else { return Ok(None) };
    let end = || {
        drop(pairwise.iterator.take());
        drop(pairwise.old.take());
    };
    let old = if let Some(old) = pairwise.old.get() {
        old
    } else {
        let Some(first) = vm.next(&iterator)? else {
            end();
            return Ok(None);
        };
        pairwise.old.set(first.clone());
        // Getting the first item may have ended this very iterator.
        if pairwise.iterator.is_empty() {
            end();
            return Ok(None);
        }
        first
    };
    let Some(new) = vm.next(&iterator)? else {
        end();
        return Ok(None);
    };
    pairwise.old.set(new.clone());
    Ok(Some(Tuple::new(vec![old, new]).into_obj()))
}

pub(crate) struct Batched {
    iterator: ObjCell,
    size: usize,
    strict: bool,
}

iterator_type!(/** `itertools.batched` */ BATCHED, "batched", Batched, [iterator]);

static BATCHED_SIGNATURE: Signature<3> =
    Signature::new("batched", ["iterable", "n", "strict"], 2).keyword_only(2);

fn batched_new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    let [Some(iterable), Some(size), strict] = args.bind(vm, &BATCHED_SIGNATURE)? else {
        return Err(vm.type_error("batched() missing required argument 'iterable' (pos 1)"));
    };
    let size = vm.index_i64(size)?;
    let strict = strict.map_or(Ok(false), |strict| vm.is_true(strict))?;
    if size < 1 {
        return Err(vm.value_error("n must be at least one"));
    }
    let iterator = ObjCell::new(Some(vm.iter(iterable)?));
    Ok(Ref::new_in(ty, Batched { iterator, size: size as usize, strict }).into_obj())
}

fn batched_next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let batched = vm.receiver::<Batched>(object)?;
    let Some(iterator) = batched.iterator.get() else { return Ok(None) };
    let mut items = Vec::with_capacity(batched.size.min(1024));
    while items.len() < batched.size {
        match vm.next(&iterator) {
            Ok(Some(item)) => items.push(item),
            Ok(None) => {
                drop(batched.iterator.take());
                if items.is_empty() {
                    return Ok(None);
                }
                if batched.strict {
                    return Err(vm.value_error("batched(): incomplete batch"));
                }
                break;
            }
            Err(error) => {
                drop(batched.iterator.take());
                return Err(error);
            }
        }
    }
    Ok(Some(Tuple::new(items).into_obj()))
}

pub(crate) struct Accumulate {
    total: ObjCell,
    iterator: ObjCell,
    /// None: addition.
    function: ObjCell,
    /// What comes first, if it was given and did not come yet.
    initial: ObjCell,
}

iterator_type!(/** `itertools.accumulate` */ ACCUMULATE, "accumulate", Accumulate, [total, iterator, function, initial]);

static ACCUMULATE_SIGNATURE: Signature<3> =
    Signature::new("accumulate", ["iterable", "func", "initial"], 1).keyword_only(2);

fn accumulate_new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    let [iterable, function, initial] = args.bind(vm, &ACCUMULATE_SIGNATURE)?;
    let given = |arg: Option<&Obj>| ObjCell::new(arg.filter(|arg| !vm.is_none(arg)).cloned());
    let iterator = iterable.map(|iterable| vm.iter(iterable)).transpose()?;
    let payload = Accumulate {
        total: ObjCell::empty(),
        iterator: ObjCell::new(iterator),
        function: given(function),
        initial: given(initial),
    };
    Ok(Ref::new_in(ty, payload).into_obj())
}

fn accumulate_next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let accumulate = vm.receiver::<Accumulate>(object)?;
    if let Some(initial) = accumulate.initial.take() {
        accumulate.total.set(initial.clone());
        return Ok(Some(initial));
    }
    let Some(iterator) = accumulate.iterator.get() else { return Ok(None) };
    let Some(item) = vm.next(&iterator)? else { return Ok(None) };
    let total = match (accumulate.total.get(), accumulate.function.get()) {
        (None, _) => item,
        (Some(total), None) => vm.binary(BinaryOp::Add, &total, &item)?,
        (Some(total), Some(function)) => vm.call(&function, &[total, item])?,
    };
    accumulate.total.set(total.clone());
    Ok(Some(total))
}

pub(super) fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    IteratorType {
        ty: &CHAIN,
        doc: "chain(*iterables)\n--\n\nReturn a chain object whose .__next__() method returns elements from the\nfirst iterable until it is exhausted, then elements from the next iterable,\nuntil all of the iterables are exhausted.",
        new: Some(chain_new),
        next: chain_next,
        methods: CHAIN_METHODS,
    }
    .add(vm, module, NAME)?;
    IteratorType {
        ty: &STARMAP,
        doc: "starmap(function, iterable, /)\n--\n\nReturn an iterator whose values are returned from the function evaluated with an argument tuple taken from the given sequence.",
        new: Some(starmap_new),
        next: starmap_next,
        methods: &[],
    }
    .add(vm, module, NAME)?;
    IteratorType {
        ty: &ZIP_LONGEST,
        doc: "zip_longest(*iterables, fillvalue=None)\n--\n\nReturn a zip_longest object whose .__next__() method returns a tuple where\nthe i-th element comes from the i-th iterable argument.  The .__next__()\nmethod continues until the longest iterable in the argument sequence\nis exhausted and then it raises StopIteration.  When the shorter iterables\nare exhausted, the fillvalue is substituted in their place.  The fillvalue\ndefaults to None or can be specified by a keyword argument.",
        new: Some(zip_longest_new),
        next: zip_longest_next,
        methods: &[],
    }
    .add(vm, module, NAME)?;
    IteratorType {
        ty: &PAIRWISE,
        doc: "pairwise(iterable, /)\n--\n\nReturn an iterator of overlapping pairs taken from the input iterator.\n\n    s -> (s0,s1), (s1,s2), (s2, s3), ...",
        new: Some(pairwise_new),
        next: pairwise_next,
        methods: &[],
    }
    .add(vm, module, NAME)?;
    IteratorType {
        ty: &BATCHED,
        doc: "batched(iterable, n, *, strict=False)\n--\n\nBatch data into tuples of length n. The last batch may be shorter than n.\n\nLoops over the input iterable and accumulates data into tuples\nup to size n.  The input is consumed lazily, just enough to\nfill a batch.  The result is yielded as soon as a batch is full\nor when the input iterable is exhausted.\n\n    >>> for batch in batched('ABCDEFG', 3):\n    ...     print(batch)\n    ...\n    ('A', 'B', 'C')\n    ('D', 'E', 'F')\n    ('G',)\n\nIf \"strict\" is True, raises a ValueError if the final batch is shorter\nthan n.",
        new: Some(batched_new),
        next: batched_next,
        methods: &[],
    }
    .add(vm, module, NAME)?;
    IteratorType {
        ty: &ACCUMULATE,
        doc: "accumulate(iterable, func=None, *, initial=None)\n--\n\nReturn series of accumulated sums (or other binary function results).",
        new: Some(accumulate_new),
        next: accumulate_next,
        methods: &[],
    }
    .add(vm, module, NAME)
}
