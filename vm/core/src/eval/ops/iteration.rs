//! Iteration.

use super::object;
use crate::builtins as types;
use crate::errors::{Exc, PyResult};
use crate::eval::{Exit, Fp, Ip, Sp, dispatch_item, next, op, specialize, throw, value_op};
use crate::frame::{Frame, FrameFlags};
use crate::generator::{Generator, State};
use crate::iterators::{ListIter, RangeIter, TupleIter};
use crate::object::obj::{own, share};
use crate::object::{Obj, Object, Value};
use crate::sequence::{List, Tuple};
use crate::trace::{Event, tell_exception};
use crate::vm::Vm;

value_op! {
    /// GET_ITER (iterable -- iterator)
    fn get_iter(vm, fp, args, oparg) pops 1, caches 0, {
        if let Some(list) = args[0].downcast_exact::<List>() {
            return Ok(ListIter::new(list.clone()).into_obj());
        }
        if args[0].is_exact(&crate::generator::GENERATOR) {
            return Ok(args[0].clone());
        }
        vm.iter(&args[0])
    }
}

op! {
    /// FOR_ITER (iterator -- iterator item), or at the end a jump behind END_FOR
    fn for_iter(ip, sp, fp, vm, oparg) {
        (*fp).ip = ip;
        (*fp).sp = sp;
        if specialize::due(ip.add(1)) && specialize::for_iter(ip, sp, fp) {
            return specialize::redo(ip, sp, fp, vm, oparg);
        }
        match advance(vm, fp, object(sp.sub(1))) {
            Ok(Some(item)) => {
                *sp = item.into_value();
                next!(ip.add(2), sp.add(1), fp, vm)
            }
            // Behind END_FOR, which pops what was not pushed.
            Ok(None) => next!(ip.add(3 + oparg as usize), sp, fp, vm),
            Err(error) => throw!(ip, sp, fp, vm, error),
        }
    }
}

/// The next item of a loop's iterator. A StopIteration that ends the loop is told of.
#[inline(always)]
pub(in crate::eval) unsafe fn advance(vm: &Vm, fp: Fp, iterator: &Obj) -> PyResult<Option<Obj>> {
    match iterator.ty().slots.iternext.get() {
        Some(next) => match next(vm, iterator) {
            // By value: a handler that lends its locals can't leave by a jump.
            Err(error) => ended(vm, fp, error),
            result => result,
        },
        None => vm.next(iterator),
    }
}

/// What an iterator raised: its end, if that is a StopIteration.
#[cold]
#[inline(never)]
unsafe fn ended(vm: &Vm, fp: Fp, error: Exc) -> PyResult<Option<Obj>> {
    if error.is(&types::STOP_ITERATION) { stopped(vm, fp, &error).map(|()| None) } else { Err(error) }
}

/// Tells of a StopIteration that is no error.
#[cold]
pub(in crate::eval) unsafe fn stopped(vm: &Vm, fp: Fp, error: &Exc) -> PyResult<()> {
    let at = Frame::instruction(fp).max(0) as u32;
    tell_exception(vm, fp, at, Event::Raise, error.exception().as_obj(), false)
}

op! {
    /// FOR_ITER_LIST
    fn for_iter_list(ip, sp, fp, vm, oparg) {
        let iterator = *sp.sub(1);
        if iterator.is_int() || !std::ptr::eq((*iterator.header()).ty(), &raw const types::LIST_ITERATOR) {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        }
        let iterator = &*iterator.header().cast::<Object<ListIter>>();
        if let Some(list) = iterator.list.peek() {
            let items = (&*list.value().header().cast::<Object<List>>()).items.slice();
            if let Some(item) = items.get(iterator.index.get()) {
                iterator.index.set(iterator.index.get() + 1);
                return dispatch_item(ip.add(2), sp, fp, vm, share(item.value()));
            }
            return list_ended(ip, sp, fp, vm, oparg);
        }
        next!(ip.add(3 + oparg as usize), sp, fp, vm)
    }
}

#[cold]
#[inline(never)]
unsafe fn list_ended(ip: Ip, sp: Sp, fp: Fp, vm: &Vm, oparg: u32) -> Exit {
    drop((&*(*sp.sub(1)).header().cast::<Object<ListIter>>()).list.take());
    next!(ip.add(3 + oparg as usize), sp, fp, vm)
}

op! {
    /// FOR_ITER_TUPLE
    fn for_iter_tuple(ip, sp, fp, vm, oparg) {
        let iterator = *sp.sub(1);
        if iterator.is_int() || !std::ptr::eq((*iterator.header()).ty(), &raw const types::TUPLE_ITERATOR) {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        }
        let iterator = &*iterator.header().cast::<Object<TupleIter>>();
        if let Some(tuple) = iterator.tuple.peek() {
            let items = (&*tuple.value().header().cast::<Object<Tuple>>()).items();
            if let Some(item) = items.get(iterator.index.get()) {
                iterator.index.set(iterator.index.get() + 1);
                return dispatch_item(ip.add(2), sp, fp, vm, share(item.value()));
            }
        }
        next!(ip.add(3 + oparg as usize), sp, fp, vm)
    }
}

op! {
    /// FOR_ITER_RANGE
    fn for_iter_range(ip, sp, fp, vm, oparg) {
        let iterator = *sp.sub(1);
        if iterator.is_int() || !std::ptr::eq((*iterator.header()).ty(), &raw const types::RANGE_ITERATOR) {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        }
        let range = &*iterator.header().cast::<Object<RangeIter>>();
        let left = range.left.get();
        if left <= 0 {
            next!(ip.add(3 + oparg as usize), sp, fp, vm);
        }
        let number = range.next.get();
        range.next.set(number.wrapping_add(range.step));
        range.left.set(left - 1);
        dispatch_item(ip.add(2), sp, fp, vm, Value::int(number))
    }
}

op! {
    /// FOR_ITER_GEN: goes on in the generator's frame.
    fn for_iter_gen(ip, sp, fp, vm, oparg) {
        let value = *sp.sub(1);
        if value.is_int() || !std::ptr::eq((*value.header()).ty(), &raw const crate::generator::GENERATOR) {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        }
        let generator = &*value.header().cast::<Object<Generator>>();
        if !matches!(generator.state.get(), State::Suspended | State::Created) || vm.recursion_left.get() <= 0 {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        }
        (*fp).ip = ip;
        (*fp).sp = sp;
        (*fp).return_offset = 2;
        let frame = generator.frame();
        (*frame).finish_offset = (3 + oparg) as u16;
        (*frame).flags = FrameFlags::GENERATOR.with(FrameFlags::FOR_LOOP);
        let (ip, sp) = enter_generator(vm, generator, fp, own(types::NONE.value()));
        next!(ip, sp, frame, vm)
    }
}

/// Links a suspended generator's frame behind `caller` and pushes the sent value. Returns where it goes on.
#[inline(always)]
pub(in crate::eval) unsafe fn enter_generator(
    vm: &Vm,
    generator: &Object<Generator>,
    caller: Fp,
    sent: Value,
) -> (Ip, Sp) {
    let frame = generator.frame();
    generator.state.set(State::Running);
    (*frame).prev = caller;
    vm.frame.set(frame);
    vm.recursion_left.set(vm.recursion_left.get() - 1);
    let handling = generator.handling.get();
    (*handling).outer = vm.handling.get();
    vm.handling.set(handling);
    let sp = (*frame).sp;
    *sp = sent;
    (resume_at(frame), sp.add(1))
}

/// The instruction behind the one that suspended the frame.
#[inline(always)]
unsafe fn resume_at(frame: *mut Frame) -> Ip {
    (*frame).ip.add(1)
}
