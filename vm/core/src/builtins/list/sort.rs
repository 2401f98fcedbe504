//! `list.sort` and `sorted()`: a stable merge sort that takes runs as it finds them. CPython: Objects/listsort.txt.
//!
//! What is sorted is the order of indices, so that an exception in the middle of it leaves a permutation. Keys that
//! are all ints, all floats or all strs are compared without calling anything.

use crate::call::{Args, Signature};
use crate::errors::PyResult;
use crate::number::Float;
use crate::object::{Obj, Ref};
use crate::sequence::{List, Tuple};
use crate::text::Str;
use crate::types::CompareOp;
use crate::vm::Vm;

static SORT: Signature<2> = Signature::new("sort", ["key", "reverse"], 0).keyword_only(0);

pub(crate) fn sort(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let list = vm.receiver::<List>(object)?;
    let [key, reverse] = args.bind(vm, &SORT)?;
    let reverse = match reverse {
        Some(reverse) => vm.is_true(reverse)?,
        None => false,
    };
    sort_list(vm, list, key.filter(|key| !vm.is_none(key)), reverse)?;
    Ok(vm.none())
}

/// Sorts a list in place. While that goes on the list is empty.
pub(crate) fn sort_list(vm: &Vm, list: &Ref<List>, key: Option<&Obj>, reverse: bool) -> PyResult<()> {
    let items = list.items.take();
    let (items, result) = sort_items(vm, items, key, reverse);
    let modified = list.items.capacity() != 0;
    let meanwhile = list.items.replace(items);
    drop(meanwhile);
    result?;
    if modified { Err(vm.value_error("list modified during sort")) } else { Ok(()) }
}

/// The items in order; where something raises, in some order.
fn sort_items(vm: &Vm, mut items: Vec<Obj>, key: Option<&Obj>, reverse: bool) -> (Vec<Obj>, PyResult<()>) {
    let mut keys = Vec::new();
    if let Some(key) = key {
        keys.reserve_exact(items.len());
        for item in &items {
            match vm.call(key, std::slice::from_ref(item)) {
                Ok(key) => keys.push(key),
                Err(error) => return (items, Err(error)),
            }
        }
    }
    if items.len() < 2 {
        return (items, Ok(()));
    }
    if key.is_none() && items.iter().all(|item| item.value().is_int()) {
        // Equal ints can't be told apart.
        items.sort_unstable_by_key(|item| item.value().as_int());
        if reverse {
            items.reverse();
        }
        return (items, Ok(()));
    }
    // Turned round before and after, equal items keep their order.
    if reverse {
        items.reverse();
        keys.reverse();
    }
    let mut order: Vec<usize> = (0..items.len()).collect();
    let result = sort_order(vm, &mut order, if key.is_some() { &keys } else { &items });
    if reverse {
        order.reverse();
    }
    let mut places: Vec<Option<Obj>> = items.into_iter().map(Some).collect();
    let sorted = order.into_iter().filter_map(|index| places[index].take()).collect();
    drop(keys);
    (sorted, result)
}

/// Sorts indices by the keys that they mean.
fn sort_order(vm: &Vm, order: &mut [usize], keys: &[Obj]) -> PyResult<()> {
    if keys.iter().all(|key| key.value().is_int()) {
        order.sort_by_key(|&index| keys[index].value().as_int());
        return Ok(());
    }
    if let Some(texts) = keys.iter().map(|key| key.downcast_exact::<Str>()).collect::<Option<Vec<_>>>() {
        // WTF-8 has the order of code points.
        order.sort_by(|&a, &b| texts[a].as_bytes().cmp(texts[b].as_bytes()));
        return Ok(());
    }
    if let Some(floats) =
        keys.iter().map(|key| key.downcast_exact::<Float>().map(|float| float.0)).collect::<Option<Vec<_>>>()
    {
        return merge_sort(order, &mut |a, b| Ok(floats[a] < floats[b]));
    }
    if let Some(tuples) = keys.iter().map(|key| key.downcast_exact::<Tuple>()).collect::<Option<Vec<_>>>() {
        return merge_sort(order, &mut |a, b| tuple_less(vm, tuples[a], tuples[b]));
    }
    merge_sort(order, &mut |a, b| less(vm, &keys[a], &keys[b]))
}

#[inline]
fn less(vm: &Vm, left: &Obj, right: &Obj) -> PyResult<bool> {
    if left.value().is_int() && right.value().is_int() {
        return Ok(left.value().as_int() < right.value().as_int());
    }
    let result = vm.compare(left, right, CompareOp::Lt)?;
    vm.is_true(&result)
}

/// `left < right` for tuples.
fn tuple_less(vm: &Vm, left: &Ref<Tuple>, right: &Ref<Tuple>) -> PyResult<bool> {
    for (a, b) in left.items().iter().zip(right.items()) {
        if !vm.eq(a, b)? {
            return less(vm, a, b);
        }
    }
    Ok(left.len() < right.len())
}

/// Runs shorter than this are made longer by insertion.
const MIN_RUN: usize = 32;

/// Sorts stably. `less` need not be consistent, and may raise: then the order is some permutation.
fn merge_sort(order: &mut [usize], less: &mut impl FnMut(usize, usize) -> PyResult<bool>) -> PyResult<()> {
    let min_run = min_run(order.len());
    // Ends of the runs that are not merged yet, with the starts before them.
    let mut runs: Vec<(usize, usize)> = Vec::new();
    let mut buffer = Vec::new();
    let mut at = 0;
    while at < order.len() {
        let mut run = count_run(&mut order[at..], less)?;
        if run < min_run {
            let wanted = min_run.min(order.len() - at);
            insertion_sort(&mut order[at..at + wanted], run, less)?;
            run = wanted;
        }
        runs.push((at, at + run));
        at += run;
        while must_merge(&runs) {
            merge_last(order, &mut runs, &mut buffer, less)?;
        }
    }
    while runs.len() > 1 {
        merge_last(order, &mut runs, &mut buffer, less)?;
    }
    Ok(())
}

/// How long a run is at least: so that there is about a power of two of them.
fn min_run(mut length: usize) -> usize {
    let mut rest = 0;
    while length >= 2 * MIN_RUN {
        rest |= length & 1;
        length >>= 1;
    }
    length + rest
}

/// Whether the last two runs are merged before the next one is looked for: while the last is not clearly the shorter.
fn must_merge(runs: &[(usize, usize)]) -> bool {
    let [.., (before, start), (_, end)] = *runs else { return false };
    start - before <= 2 * (end - start)
}

/// The length of the run at the beginning. A descending one, equal neighbours within it included, is turned round.
fn count_run(order: &mut [usize], less: &mut impl FnMut(usize, usize) -> PyResult<bool>) -> PyResult<usize> {
    let length = order.len();
    let mut n = 1;
    while n < length && !less(order[n], order[n - 1])? {
        n += 1;
    }
    if n == length {
        return Ok(n);
    }
    // What comes next is less. Unless all before it are equal, the run ends here.
    if n > 1 {
        if less(order[0], order[n - 1])? {
            return Ok(n);
        }
        // Equal ones are turned round twice, to keep their order.
        order[..n].reverse();
    }
    n += 1;
    let mut equal = 0;
    while n < length {
        if less(order[n], order[n - 1])? {
            if equal > 0 {
                order[n - equal - 1..n].reverse();
                equal = 0;
            }
        } else if less(order[n - 1], order[n])? {
            break;
        } else {
            equal += 1;
        }
        n += 1;
    }
    if equal > 0 {
        order[n - equal - 1..n].reverse();
    }
    order[..n].reverse();
    while n < length && !less(order[n], order[n - 1])? {
        n += 1;
    }
    Ok(n)
}

/// Sorts by insertion, halving; the first `sorted` are in order.
fn insertion_sort(
    order: &mut [usize],
    sorted: usize,
    less: &mut impl FnMut(usize, usize) -> PyResult<bool>,
) -> PyResult<()> {
    for at in sorted.max(1)..order.len() {
        let pivot = order[at];
        let (mut low, mut high) = (0, at);
        while low < high {
            let middle = usize::midpoint(low, high);
            if less(pivot, order[middle])? {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        order[low..=at].rotate_right(1);
    }
    Ok(())
}

/// Merges the last two runs.
fn merge_last(
    order: &mut [usize],
    runs: &mut Vec<(usize, usize)>,
    buffer: &mut Vec<usize>,
    less: &mut impl FnMut(usize, usize) -> PyResult<bool>,
) -> PyResult<()> {
    let (Some((middle, end)), Some((start, _))) = (runs.pop(), runs.pop()) else { return Ok(()) };
    runs.push((start, end));
    // Already in order: nothing to do.
    if !less(order[middle], order[middle - 1])? {
        return Ok(());
    }
    buffer.clear();
    let (mut left, mut right) = (start, middle);
    while left < middle && right < end {
        if less(order[right], order[left])? {
            buffer.push(order[right]);
            right += 1;
        } else {
            buffer.push(order[left]);
            left += 1;
        }
    }
    // What is left of the right run stands where it belongs.
    buffer.extend_from_slice(&order[left..middle]);
    order[start..start + buffer.len()].copy_from_slice(buffer);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{merge_sort, sort_list};
    use crate::number::Int;
    use crate::sequence::List;
    use crate::testing::with_vm;

    #[test]
    fn merging_sorts_stably_whatever_the_shape() {
        let mut state = 1_u64;
        let mut random = move |bound: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % bound
        };
        for length in (0..200).chain([1000, 4096, 5000]) {
            for bound in [1, 3, 50, 100_000] {
                let keys: Vec<u64> = (0..length).map(|_| random(bound)).collect();
                let mut order: Vec<usize> = (0..keys.len()).collect();
                merge_sort(&mut order, &mut |a, b| Ok(keys[a] < keys[b])).unwrap();
                let mut expected: Vec<usize> = (0..keys.len()).collect();
                expected.sort_by_key(|&index| keys[index]);
                assert_eq!(order, expected, "length {length}, bound {bound}");
            }
        }
        for keys in [(0..300).rev().collect::<Vec<u64>>(), (0..300).map(|i| 300 - i / 4).collect()] {
            let mut order: Vec<usize> = (0..keys.len()).collect();
            merge_sort(&mut order, &mut |a, b| Ok(keys[a] < keys[b])).unwrap();
            let mut expected: Vec<usize> = (0..keys.len()).collect();
            expected.sort_by_key(|&index| keys[index]);
            assert_eq!(order, expected);
        }
    }

    #[test]
    fn an_exception_leaves_all_items() {
        with_vm(|vm| {
            let list = List::new((0..100).map(|i| Int::new(i * 37 % 100)).chain([vm.none()]).collect());
            let error = sort_list(vm, &list, None, false).unwrap_err();
            assert!(error.is(&crate::builtins::TYPE_ERROR));
            let mut left: Vec<i64> = list.items.to_vec().iter().filter_map(crate::Obj::as_i64).collect();
            left.sort_unstable();
            assert_eq!(left, (0..100).collect::<Vec<_>>());
            assert_eq!(list.items.len(), 101);
        });
    }
}
