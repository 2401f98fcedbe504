//! `_heapq`: heaps in lists. CPython: Modules/_heapqmodule.c.

use lasti_vm::module::{Module, NativeModule};
use lasti_vm::object::Obj;
use lasti_vm::sequence::List;
use lasti_vm::types::{CompareOp, NativeCall, NativeDef};
use lasti_vm::{PyResult, Ref, Vm};

static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "heappush",
        "($module, heap, item, /)",
        "Push item onto heap, maintaining the heap invariant.",
        NativeCall::Positional(2, 2, |vm, _, args| push(vm, args, Order::Min)),
    ),
    NativeDef::new(
        "heappushpop",
        "($module, heap, item, /)",
        "Push item on the heap, then pop and return the smallest item from the heap.\n\nThe combined action runs more efficiently than heappush() followed by\na separate call to heappop().",
        NativeCall::Positional(2, 2, |vm, _, args| push_pop(vm, args, Order::Min)),
    ),
    NativeDef::new(
        "heappop",
        "($module, heap, /)",
        "Pop the smallest item off the heap, maintaining the heap invariant.",
        NativeCall::One(|vm, _, heap| pop(vm, heap, Order::Min)),
    ),
    NativeDef::new(
        "heapreplace",
        "($module, heap, item, /)",
        "Pop and return the current smallest value, and add the new item.\n\nThis is more efficient than heappop() followed by heappush(), and can be\nmore appropriate when using a fixed-size heap.  Note that the value\nreturned may be larger than item!  That constrains reasonable uses of\nthis routine unless written as part of a conditional replacement:\n\n    if item > heap[0]:\n        item = heapreplace(heap, item)",
        NativeCall::Positional(2, 2, |vm, _, args| replace(vm, args, Order::Min)),
    ),
    NativeDef::new(
        "heapify",
        "($module, heap, /)",
        "Transform list into a heap, in-place, in O(len(heap)) time.",
        NativeCall::One(|vm, _, heap| heapify(vm, heap, Order::Min)),
    ),
    NativeDef::new(
        "heappush_max",
        "($module, heap, item, /)",
        "Push item onto max heap, maintaining the heap invariant.",
        NativeCall::Positional(2, 2, |vm, _, args| push(vm, args, Order::Max)),
    ),
    NativeDef::new(
        "heappushpop_max",
        "($module, heap, item, /)",
        "Maxheap variant of heappushpop.\n\nThe combined action runs more efficiently than heappush_max() followed by\na separate call to heappop_max().",
        NativeCall::Positional(2, 2, |vm, _, args| push_pop(vm, args, Order::Max)),
    ),
    NativeDef::new(
        "heappop_max",
        "($module, heap, /)",
        "Maxheap variant of heappop.",
        NativeCall::One(|vm, _, heap| pop(vm, heap, Order::Max)),
    ),
    NativeDef::new(
        "heapreplace_max",
        "($module, heap, item, /)",
        "Maxheap variant of heapreplace.",
        NativeCall::Positional(2, 2, |vm, _, args| replace(vm, args, Order::Max)),
    ),
    NativeDef::new(
        "heapify_max",
        "($module, heap, /)",
        "Maxheap variant of heapify.",
        NativeCall::One(|vm, _, heap| heapify(vm, heap, Order::Max)),
    ),
];

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "_heapq",
    doc: "Heap queue algorithm (a.k.a. priority queue).\n",
    functions: FUNCTIONS,
    fill: |_: &Vm, _: &Ref<Module>| Ok(()),
};

/// Which item is at the top.
#[derive(Clone, Copy)]
enum Order {
    Min,
    Max,
}

impl Order {
    /// Whether `left` belongs above `right`.
    fn above(self, vm: &Vm, left: &Obj, right: &Obj) -> PyResult<bool> {
        let (left, right) = match self {
            Self::Min => (left, right),
            Self::Max => (right, left),
        };
        let result = vm.compare(left, right, CompareOp::Lt)?;
        vm.is_true(&result)
    }
}

/// The heap that `function` was called with.
fn list<'a>(vm: &Vm, heap: &'a Obj, function: &str, order: Order, argument: &str) -> PyResult<&'a Ref<List>> {
    heap.downcast::<List>().ok_or_else(|| {
        let suffix = if matches!(order, Order::Max) { "_max" } else { "" };
        let given = heap.ty().tp_name();
        vm.type_error(format!("{function}{suffix}() argument{argument} must be list, not {given}"))
    })
}

/// The items at two places, compared: whether the first belongs above. The list must keep its length meanwhile.
fn above_at(vm: &Vm, heap: &Ref<List>, order: Order, left: usize, right: usize) -> PyResult<bool> {
    let length = heap.items.len();
    let (Some(a), Some(b)) = (heap.items.get(left), heap.items.get(right)) else {
        return Err(vm.index_error("index out of range"));
    };
    let above = order.above(vm, &a, &b)?;
    if heap.items.len() != length {
        return Err(vm.runtime_error("list changed size during iteration"));
    }
    Ok(above)
}

fn swap(heap: &Ref<List>, a: usize, b: usize) {
    if let (Some(left), Some(right)) = (heap.items.get(a), heap.items.get(b)) {
        let _ = heap.items.set(a, right);
        let _ = heap.items.set(b, left);
    }
}

/// Moves the item at `at` up towards `top` as far as it belongs.
fn sift_down(vm: &Vm, heap: &Ref<List>, order: Order, top: usize, mut at: usize) -> PyResult<()> {
    while at > top {
        let parent = (at - 1) / 2;
        if !above_at(vm, heap, order, at, parent)? {
            break;
        }
        swap(heap, at, parent);
        at = parent;
    }
    Ok(())
}

/// Moves the item at `top` down to a leaf, its better children up, and from there up to where it belongs.
fn sift_up(vm: &Vm, heap: &Ref<List>, order: Order, top: usize) -> PyResult<()> {
    let end = heap.items.len();
    let mut at = top;
    while at < end / 2 {
        let mut child = 2 * at + 1;
        if child + 1 < end && !above_at(vm, heap, order, child, child + 1)? {
            child += 1;
        }
        swap(heap, at, child);
        at = child;
    }
    sift_down(vm, heap, order, top, at)
}

fn push(vm: &Vm, args: &[Obj], order: Order) -> PyResult {
    let heap = list(vm, &args[0], "heappush", order, " 1")?;
    heap.items.push(args[1].clone());
    sift_down(vm, heap, order, 0, heap.items.len() - 1)?;
    Ok(vm.none())
}

fn pop(vm: &Vm, heap: &Obj, order: Order) -> PyResult {
    let heap = list(vm, heap, "heappop", order, "")?;
    let Some(last) = heap.items.pop() else { return Err(vm.index_error("index out of range")) };
    let Some(first) = heap.items.get(0) else { return Ok(last) };
    let _ = heap.items.set(0, last);
    sift_up(vm, heap, order, 0)?;
    Ok(first)
}

fn replace(vm: &Vm, args: &[Obj], order: Order) -> PyResult {
    let heap = list(vm, &args[0], "heapreplace", order, " 1")?;
    let Some(first) = heap.items.get(0) else { return Err(vm.index_error("index out of range")) };
    let _ = heap.items.set(0, args[1].clone());
    sift_up(vm, heap, order, 0)?;
    Ok(first)
}

fn push_pop(vm: &Vm, args: &[Obj], order: Order) -> PyResult {
    let heap = list(vm, &args[0], "heappushpop", order, " 1")?;
    match heap.items.get(0) {
        Some(first) if order.above(vm, &first, &args[1])? => replace(vm, args, order),
        _ => Ok(args[1].clone()),
    }
}

fn heapify(vm: &Vm, heap: &Obj, order: Order) -> PyResult {
    let heap = list(vm, heap, "heapify", order, "")?;
    for top in (0..heap.items.len() / 2).rev() {
        sift_up(vm, heap, order, top)?;
    }
    Ok(vm.none())
}
