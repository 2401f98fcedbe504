//! Jumps.

use crate::builtins as types;
use crate::eval::{next, op};
use crate::object::obj::release;
use crate::vm::approximate_stack_pointer;

op! {
    /// JUMP_FORWARD ( -- )
    fn jump_forward(ip, sp, fp, vm, oparg) { next!(ip.add(1 + oparg as usize), sp, fp, vm) }
}

op! {
    /// JUMP_BACKWARD ( -- ) A safepoint.
    fn jump_backward(ip, sp, fp, vm, oparg) {
        let to = ip.add(2).sub(oparg as usize);
        if approximate_stack_pointer() < vm.limit.load(std::sync::atomic::Ordering::Relaxed) {
            return super::locals::safepoint(ip, to, sp, fp, vm);
        }
        next!(to, sp, fp, vm)
    }
}

op! {
    /// JUMP_BACKWARD_NO_INTERRUPT ( -- )
    fn jump_backward_no_interrupt(ip, sp, fp, vm, oparg) { next!(ip.add(1).sub(oparg as usize), sp, fp, vm) }
}

// A condition is a bool, made by TO_BOOL or a comparison; anything else counts as true, and is released.

op! {
    /// POP_JUMP_IF_FALSE (bool -- )
    fn pop_jump_if_false(ip, sp, fp, vm, oparg) {
        let value = *sp.sub(1);
        if value == types::FALSE.value() {
            next!(ip.add(2 + oparg as usize), sp.sub(1), fp, vm);
        }
        release(value);
        next!(ip.add(2), sp.sub(1), fp, vm)
    }
}

op! {
    /// POP_JUMP_IF_TRUE (bool -- )
    fn pop_jump_if_true(ip, sp, fp, vm, oparg) {
        let value = *sp.sub(1);
        if value == types::TRUE.value() {
            next!(ip.add(2 + oparg as usize), sp.sub(1), fp, vm);
        }
        release(value);
        next!(ip.add(2), sp.sub(1), fp, vm)
    }
}

op! {
    /// POP_JUMP_IF_NONE (value -- )
    fn pop_jump_if_none(ip, sp, fp, vm, oparg) {
        let value = *sp.sub(1);
        if value == types::NONE.value() {
            next!(ip.add(2 + oparg as usize), sp.sub(1), fp, vm);
        }
        release(value);
        next!(ip.add(2), sp.sub(1), fp, vm)
    }
}

op! {
    /// POP_JUMP_IF_NOT_NONE (value -- )
    fn pop_jump_if_not_none(ip, sp, fp, vm, oparg) {
        let value = *sp.sub(1);
        if value == types::NONE.value() {
            next!(ip.add(2), sp.sub(1), fp, vm);
        }
        release(value);
        next!(ip.add(2 + oparg as usize), sp.sub(1), fp, vm)
    }
}
