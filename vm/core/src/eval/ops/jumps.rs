//! Jumps.

use crate::builtins as types;
use crate::eval::{dispatch_not_taken, next, next_releasing, op};
use crate::vm::approximate_stack_pointer;

op! {
    /// JUMP_FORWARD ( -- )
    fn jump_forward(ip, sp, fp, vm, oparg) { next!(ip.add(1 + oparg as usize), sp, fp, vm) }
}

op! {
    /// JUMP_BACKWARD, which is JUMP_BACKWARD_NO_JIT from then on: so CPython shows code that ran.
    fn jump_backward_first(ip, sp, fp, vm, oparg) {
        crate::eval::instrument::rewrite(fp, ip, lasti_code::Opcode::JumpBackwardNoJit);
        jump_backward(ip, sp, fp, vm, oparg)
    }
}

op! {
    /// JUMP_BACKWARD_NO_JIT ( -- ) A safepoint.
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
        if value.is_counted() {
            next_releasing!(ip.add(2), sp.sub(1), fp, vm, value);
        }
        dispatch_not_taken(ip.add(2), sp.sub(1), fp, vm)
    }
}

op! {
    /// POP_JUMP_IF_TRUE (bool -- )
    fn pop_jump_if_true(ip, sp, fp, vm, oparg) {
        let value = *sp.sub(1);
        if value == types::TRUE.value() {
            next!(ip.add(2 + oparg as usize), sp.sub(1), fp, vm);
        }
        if value.is_counted() {
            next_releasing!(ip.add(2), sp.sub(1), fp, vm, value);
        }
        dispatch_not_taken(ip.add(2), sp.sub(1), fp, vm)
    }
}

op! {
    /// POP_JUMP_IF_NONE (value -- )
    fn pop_jump_if_none(ip, sp, fp, vm, oparg) {
        let value = *sp.sub(1);
        if value == types::NONE.value() {
            next!(ip.add(2 + oparg as usize), sp.sub(1), fp, vm);
        }
        next_releasing!(ip.add(2), sp.sub(1), fp, vm, value)
    }
}

op! {
    /// POP_JUMP_IF_NOT_NONE (value -- )
    fn pop_jump_if_not_none(ip, sp, fp, vm, oparg) {
        let value = *sp.sub(1);
        if value == types::NONE.value() {
            return dispatch_not_taken(ip.add(2), sp.sub(1), fp, vm);
        }
        next_releasing!(ip.add(2 + oparg as usize), sp.sub(1), fp, vm, value)
    }
}
