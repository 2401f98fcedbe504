//! Frames: what an activation of a code object is, and the stack that a thread keeps them on.
//!
//! ```text
//! ├ Frame 88 bytes ┼ locals ┼ cells ┼ free variables ┼ value stack … ┤
//!                  └───────── localsplus ────────────┘
//! ```
//! A frame lies on its thread's frame stack, within a generator, or, once it outlived its call, in its frame
//! object. It is never copied while it runs; a generator's is moved into the generator once, by
//! `RETURN_GENERATOR`.

#![allow(unsafe_code, clippy::multiple_unsafe_ops_per_block)]

mod activation;
mod jump;
mod object;
mod stack;

pub use activation::{Activation, GlobalPlace, Place, Variable};
pub(crate) use jump::{find_jump, jump_to_line};
pub(crate) use object::{
    FRAME, FrameObject, back_of, builtins_of, code_of, generator_of, globals_of, has_hidden_variables,
    lasti_of, line_of, line_of_frame, locals_of, namespace_of, place_of, set_variable_of, slots_of,
    variable_of,
};
pub(crate) use stack::FrameStack;

use crate::code::Code;
use crate::dict::Dict;
use crate::object::obj::{own, release};
use crate::object::{Object, Value};

/// An activation.
#[repr(C)]
pub(crate) struct Frame {
    /// The caller's frame; null for the first of a thread, and for a suspended generator's.
    pub(crate) prev: *mut Frame,
    /// The instruction that was last begun: saved before anything that may look at the frame.
    pub(crate) ip: *mut u16,
    /// Where the value stack ends: saved when the frame calls or is suspended.
    pub(crate) sp: *mut Value,
    /// The constants' words.
    pub(crate) consts: *const Value,
    /// Kept alive by the function.
    pub(crate) code: *const Object<Code>,
    /// Kept alive by the function.
    pub(crate) globals: *const Object<Dict>,
    /// Kept alive by the function.
    pub(crate) builtins: *const Object<Dict>,
    /// The function that runs; owned.
    pub(crate) function: Value,
    /// The namespace of class bodies and modules; owned. NULL in functions.
    pub(crate) namespace: Value,
    /// The frame object, if anybody asked for it; owned. NULL if not.
    pub(crate) object: Value,
    /// Code units from `ip` to where this frame goes on when the frame it called returns or yields.
    pub(crate) return_offset: u16,
    /// For a generator's frame that was resumed by FOR_ITER or SEND: code units from the caller's `ip` to
    /// where the caller goes on when the generator returns.
    pub(crate) finish_offset: u16,
    pub(crate) flags: FrameFlags,
    pub(crate) owner: Owner,
    /// For the frame of a tool's callback: what it was told of. See `eval::callback`.
    pub(crate) told: u16,
}

pub(crate) const FRAME_WORDS: usize = size_of::<Frame>() / 8;
const _: () = assert!(size_of::<Frame>() == 88);

/// How a frame is left.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(transparent)]
pub(crate) struct FrameFlags(pub(crate) u8);

impl FrameFlags {
    pub(crate) const NONE: Self = Self(0);
    /// Native code entered the loop with this frame, and is returned to when it is left.
    pub(crate) const ENTRY: Self = Self(1);
    /// An `__init__` that a class was called for: the instance is on the caller's stack, and the result dropped.
    pub(crate) const INIT: Self = Self(4);
    /// A generator's, coroutine's or async generator's frame.
    pub(crate) const GENERATOR: Self = Self(2);
    /// Resumed by FOR_ITER, which drops the return value.
    pub(crate) const FOR_LOOP: Self = Self(8);
    /// An async generator's, resumed by SEND into a request that `asend` or `__anext__` made, which lies on the
    /// caller's stack.
    pub(crate) const REQUEST: Self = Self(16);
    /// A tool's callback, which the loop itself entered: the caller waits before an instruction that the tool was told of.
    pub(crate) const CALLBACK: Self = Self(32);

    #[inline(always)]
    pub(crate) const fn has(self, flag: Self) -> bool {
        self.0 & flag.0 != 0
    }

    #[inline(always)]
    pub(crate) const fn with(self, flag: Self) -> Self {
        Self(self.0 | flag.0)
    }
}

/// Where a frame lies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum Owner {
    /// On its thread's frame stack.
    Thread,
    /// In its generator.
    Generator,
    /// In its frame object: the call is over.
    FrameObject,
}

impl Frame {
    /// The localsplus slots.
    ///
    /// # Safety
    /// `frame` is a frame.
    #[inline(always)]
    pub(crate) unsafe fn locals(frame: *mut Self) -> *mut Value {
        // SAFETY: the slots follow the frame.
        unsafe { frame.add(1).cast() }
    }

    /// The first word of the value stack.
    ///
    /// # Safety
    /// `frame` is a frame.
    #[inline(always)]
    pub(crate) unsafe fn stack_base(frame: *mut Self) -> *mut Value {
        // SAFETY: the value stack follows the slots.
        unsafe { Self::locals(frame).add((&*(*frame).code).nlocalsplus as usize) }
    }

    /// The code.
    ///
    /// # Safety
    /// `frame` is a frame, and the reference is not kept beyond it.
    #[inline(always)]
    pub(crate) unsafe fn code<'a>(frame: *const Self) -> &'a Object<Code> {
        // SAFETY: the frame's function keeps the code alive.
        unsafe { &*(*frame).code }
    }

    /// The index of the instruction that was last begun, in code units; -1 before the first.
    ///
    /// # Safety
    /// `frame` is a frame whose code has an execution copy.
    pub(crate) unsafe fn instruction(frame: *const Self) -> i32 {
        // SAFETY: `ip` points into the execution copy, or just before it.
        unsafe { (*frame).ip.offset_from(Self::code(frame).units.get()) as i32 }
    }

    /// Releases all slots and what else the frame owns, from `sp` down.
    ///
    /// # Safety
    /// `frame` is a frame that is not running any more; its saved `sp` is right.
    pub(crate) unsafe fn clear(frame: *mut Self) {
        // SAFETY: as the caller promises. The stack goes before the slots: it may borrow from them.
        unsafe {
            let locals = Self::locals(frame);
            let mut at = (*frame).sp;
            while at > locals {
                at = at.sub(1);
                let value = *at;
                *at = Value::NULL;
                release(value);
            }
            (*frame).sp = locals;
            for place in [&raw mut (*frame).namespace, &raw mut (*frame).function] {
                let value = *place;
                *place = Value::NULL;
                release(value);
            }
        }
    }

    /// Makes owned words of all borrowed ones, before the frame outlives its caller.
    ///
    /// # Safety
    /// As for [`Self::clear`].
    pub(crate) unsafe fn own_all(frame: *mut Self) {
        // SAFETY: as the caller promises.
        unsafe {
            let mut at = Self::locals(frame);
            let end = (*frame).sp;
            while at < end {
                if !(*at).is_counted() {
                    *at = own(*at);
                }
                at = at.add(1);
            }
        }
    }
}

/// Copies `count` words, at least one: few enough that a loop is the quickest way.
///
/// # Safety
/// `from` and `to` have so many words, and do not overlap.
#[inline(always)]
pub(crate) unsafe fn copy_words(from: *const Value, to: *mut Value, count: usize) {
    let mut at = 0;
    while at < count {
        // SAFETY: as the caller promises. Volatile, so that no call is made of it.
        unsafe { to.add(at).write_volatile(*from.add(at)) };
        at += 1;
    }
}

/// The word on the top of a suspended frame's value stack.
///
/// # Safety
/// The frame is suspended, and its stack is not empty.
pub(crate) unsafe fn top_of_stack(frame: *mut Frame) -> Value {
    // SAFETY: as the caller promises.
    unsafe { *(*frame).sp.sub(1) }
}
