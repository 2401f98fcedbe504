//! `product`, `permutations`, `combinations`, `combinations_with_replacement`: tuples of a pool's items, picked by
//! indices that are counted on.

use std::cell::{Cell, RefCell};

use lasti_vm::call::{Args, Signature};
use lasti_vm::module::Module;
use lasti_vm::object::{Obj, ObjVec};
use lasti_vm::sequence::Tuple;
use lasti_vm::types::TypeObject;
use lasti_vm::{PyResult, Ref, Vm};

use super::NAME;
use crate::iterator::{IteratorType, iterator_type};

/// Where an iterator stands.
#[derive(Clone, Copy, PartialEq)]
enum Progress {
    /// The first tuple was not returned yet.
    Start,
    Running,
    Ended,
}

/// The indices of the tuple that was returned last, and how far the iterator is.
struct Counter {
    indices: RefCell<Vec<usize>>,
    progress: Cell<Progress>,
}

impl Counter {
    fn new(indices: Vec<usize>, ended: bool) -> Self {
        let progress = if ended { Progress::Ended } else { Progress::Start };
        Self { indices: RefCell::new(indices), progress: Cell::new(progress) }
    }

    /// Counts on with `advance`, but for the first tuple. `advance` says whether there is another one; it sees only
    /// numbers. Then the indices are picked by `pick`.
    fn next(
        &self,
        advance: impl FnOnce(&mut [usize]) -> bool,
        pick: impl FnOnce(&[usize]) -> Vec<Obj>,
    ) -> Option<Obj> {
        match self.progress.get() {
            Progress::Ended => return None,
            Progress::Start => self.progress.set(Progress::Running),
            Progress::Running => {
                if !advance(&mut self.indices.borrow_mut()) {
                    self.progress.set(Progress::Ended);
                    return None;
                }
            }
        }
        let items = pick(&self.indices.borrow());
        Some(Tuple::new(items).into_obj())
    }
}

/// Picks items of one pool.
fn picked(pool: &ObjVec) -> impl Fn(&[usize]) -> Vec<Obj> {
    |indices| indices.iter().filter_map(|&index| pool.get(index)).collect()
}

pub(crate) struct Product {
    /// Tuples.
    pools: ObjVec,
    counter: Counter,
}

iterator_type!(/** `itertools.product` */ PRODUCT, "product", Product, [pools]);

static PRODUCT_SIGNATURE: Signature<1> = Signature::new("product", ["repeat"], 0);

fn product_new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    let named = Args::new(&args.all()[args.positional().len()..], args.names());
    let [repeat] = named.bind(vm, &PRODUCT_SIGNATURE)?;
    let repeat = repeat.map_or(Ok(1), |repeat| vm.index_i64(repeat))?;
    let Ok(repeat) = usize::try_from(repeat) else {
        return Err(vm.value_error("repeat argument cannot be negative"));
    };
    let pools: Vec<Obj> = if repeat == 0 {
        Vec::new()
    } else {
        args.positional()
            .iter()
            .map(|arg| Ok(Tuple::new(vm.collect(arg)?).into_obj()))
            .collect::<PyResult<_>>()?
    };
    if pools.len().checked_mul(repeat).is_none_or(|total| total > isize::MAX as usize / 16) {
        return Err(vm.overflow_error("repeat argument too large"));
    }
    let empty = pools.iter().any(|pool| pool.downcast::<Tuple>().is_some_and(|pool| pool.is_empty()));
    let total = pools.len() * repeat;
    let pools: Vec<Obj> = pools.iter().cycle().take(total).cloned().collect();
    let counter = Counter::new(vec![0; pools.len()], empty);
    Ok(Ref::new_in(ty, Product { pools: ObjVec::new(pools), counter }).into_obj())
}

fn product_next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let product = vm.receiver::<Product>(object)?;
    let pool = |at: usize| product.pools.get(at).and_then(|pool| pool.into_ref::<Tuple>().ok());
    Ok(product.counter.next(
        |indices| {
            for (at, index) in indices.iter_mut().enumerate().rev() {
                *index += 1;
                if pool(at).is_some_and(|pool| *index < pool.len()) {
                    return true;
                }
                *index = 0;
            }
            false
        },
        |indices| {
            let item = |(at, &index)| pool(at).and_then(|pool: Ref<Tuple>| pool.items().get(index).cloned());
            indices.iter().enumerate().filter_map(item).collect()
        },
    ))
}

/// `combinations`, `combinations_with_replacement`: tuples of as many items as there are indices.
pub(crate) struct Combinations {
    pool: ObjVec,
    counter: Counter,
}

iterator_type!(/** `itertools.combinations` */ COMBINATIONS, "combinations", Combinations, [pool]);
lasti_vm::builtin_type!(
    /** `itertools.combinations_with_replacement` */
    COMBINATIONS_WITH_REPLACEMENT, "combinations_with_replacement", Combinations, on COMBINATIONS
);

static COMBINATIONS_SIGNATURE: Signature<2> = Signature::new("combinations", ["iterable", "r"], 2);
static REPLACEMENT_SIGNATURE: Signature<2> =
    Signature::new("combinations_with_replacement", ["iterable", "r"], 2);

/// The pool, and how many items are picked.
fn pool_and_count(vm: &Vm, args: Args<'_>, signature: &Signature<2>) -> PyResult<(Vec<Obj>, usize)> {
    let [Some(iterable), Some(count)] = args.bind(vm, signature)? else {
        return Err(vm.type_error(format!("{}() missing required argument", signature.function)));
    };
    let count = vm.index_i64(count)?;
    let pool = vm.collect(iterable)?;
    match usize::try_from(count) {
        Ok(count) => Ok((pool, count)),
        Err(_) => Err(vm.value_error("r must be non-negative")),
    }
}

fn combinations_new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    let (pool, count) = pool_and_count(vm, args, &COMBINATIONS_SIGNATURE)?;
    let ended = count > pool.len();
    let counter = Counter::new(if ended { Vec::new() } else { (0..count).collect() }, ended);
    Ok(Ref::new_in(ty, Combinations { pool: ObjVec::new(pool), counter }).into_obj())
}

fn combinations_next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let combinations = vm.receiver::<Combinations>(object)?;
    let size = combinations.pool.len();
    Ok(combinations.counter.next(
        |indices| {
            let count = indices.len();
            // The last index that can still move on, and all behind it close up.
            let Some(at) = (0..count).rev().find(|&at| indices[at] + count < at + size) else { return false };
            let first = indices[at] + 1;
            for (offset, index) in indices[at..].iter_mut().enumerate() {
                *index = first + offset;
            }
            true
        },
        picked(&combinations.pool),
    ))
}

fn replacement_new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    let (pool, count) = pool_and_count(vm, args, &REPLACEMENT_SIGNATURE)?;
    let ended = pool.is_empty() && count > 0;
    let counter = Counter::new(if ended { Vec::new() } else { indices(vm, count)? }, ended);
    Ok(Ref::new_in(ty, Combinations { pool: ObjVec::new(pool), counter }).into_obj())
}

/// `count` zeros, or a MemoryError.
fn indices(vm: &Vm, count: usize) -> PyResult<Vec<usize>> {
    let mut indices = Vec::new();
    if indices.try_reserve_exact(count).is_err() {
        return Err(vm.error_with(&lasti_vm::builtins::MEMORY_ERROR, Vec::new()));
    }
    indices.resize(count, 0);
    Ok(indices)
}

fn replacement_next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let combinations = vm.receiver::<Combinations>(object)?;
    let size = combinations.pool.len();
    Ok(combinations.counter.next(
        |indices| {
            let Some(at) = indices.iter().rposition(|&index| index + 1 < size) else { return false };
            let next = indices[at] + 1;
            indices[at..].fill(next);
            true
        },
        picked(&combinations.pool),
    ))
}

pub(crate) struct Permutations {
    pool: ObjVec,
    /// All of the pool's indices; the first `count` are picked.
    counter: Counter,
    /// How many exchanges each place has left before it starts over.
    cycles: RefCell<Vec<usize>>,
    count: usize,
}

iterator_type!(/** `itertools.permutations` */ PERMUTATIONS, "permutations", Permutations, [pool]);

static PERMUTATIONS_SIGNATURE: Signature<2> = Signature::new("permutations", ["iterable", "r"], 1);

fn permutations_new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    let [iterable, count] = args.bind(vm, &PERMUTATIONS_SIGNATURE)?;
    let pool = iterable.map_or_else(|| Ok(Vec::new()), |iterable| vm.collect(iterable))?;
    let count = match count.filter(|count| !vm.is_none(count)) {
        Some(count) if count.as_int().is_none() => return Err(vm.type_error("Expected int as r")),
        Some(count) => match usize::try_from(vm.index_i64(count)?) {
            Ok(count) => count,
            Err(_) => return Err(vm.value_error("r must be non-negative")),
        },
        None => pool.len(),
    };
    let size = pool.len();
    let ended = count > size;
    let cycles = if ended { Vec::new() } else { (0..count).map(|at| size - at).collect() };
    let payload = Permutations {
        pool: ObjVec::new(pool),
        counter: Counter::new((0..size).collect(), ended),
        cycles: RefCell::new(cycles),
        count,
    };
    Ok(Ref::new_in(ty, payload).into_obj())
}

fn permutations_next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let permutations = vm.receiver::<Permutations>(object)?;
    let pick = picked(&permutations.pool);
    Ok(permutations.counter.next(
        |indices| {
            let mut cycles = permutations.cycles.borrow_mut();
            let size = indices.len();
            for at in (0..permutations.count).rev() {
                cycles[at] -= 1;
                if cycles[at] > 0 {
                    indices.swap(at, size - cycles[at]);
                    return true;
                }
                indices[at..].rotate_left(1);
                cycles[at] = size - at;
            }
            false
        },
        |indices| pick(&indices[..permutations.count]),
    ))
}

pub(super) fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    IteratorType {
        ty: &PRODUCT,
        doc: "product(*iterables, repeat=1)\n--\n\nCartesian product of input iterables.  Equivalent to nested for-loops.\n\nFor example, product(A, B) returns the same as:  ((x,y) for x in A for y in B).\nThe leftmost iterators are in the outermost for-loop, so the output tuples\ncycle in a manner similar to an odometer (with the rightmost element changing\non every iteration).\n\nTo compute the product of an iterable with itself, specify the number\nof repetitions with the optional repeat keyword argument. For example,\nproduct(A, repeat=4) means the same as product(A, A, A, A).",
        new: Some(product_new),
        next: product_next,
        methods: &[],
    }
    .add(vm, module, NAME)?;
    IteratorType {
        ty: &PERMUTATIONS,
        doc: "permutations(iterable, r=None)\n--\n\nReturn successive r-length permutations of elements in the iterable.\n\npermutations(range(3), 2) --> (0,1), (0,2), (1,0), (1,2), (2,0), (2,1)",
        new: Some(permutations_new),
        next: permutations_next,
        methods: &[],
    }
    .add(vm, module, NAME)?;
    IteratorType {
        ty: &COMBINATIONS,
        doc: "combinations(iterable, r)\n--\n\nReturn successive r-length combinations of elements in the iterable.\n\ncombinations(range(4), 3) --> (0,1,2), (0,1,3), (0,2,3), (1,2,3)",
        new: Some(combinations_new),
        next: combinations_next,
        methods: &[],
    }
    .add(vm, module, NAME)?;
    IteratorType {
        ty: &COMBINATIONS_WITH_REPLACEMENT,
        doc: "combinations_with_replacement(iterable, r)\n--\n\nReturn successive r-length combinations of elements in the iterable allowing individual elements to have successive repeats.\n\ncombinations_with_replacement('ABC', 2) --> ('A','A'), ('A','B'), ('A','C'), ('B','B'), ('B','C'), ('C','C')",
        new: Some(replacement_new),
        next: replacement_next,
        methods: &[],
    }
    .add(vm, module, NAME)
}
