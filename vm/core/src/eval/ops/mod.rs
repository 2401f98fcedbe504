//! The opcodes' handlers, a group a file.

pub(super) mod attrs;
pub(super) mod calls;
pub(super) mod cells;
pub(super) mod collections;
pub(super) mod exceptions;
pub(super) mod functions;
pub(super) mod generators;
pub(super) mod imports;
pub(super) mod intrinsics;
pub(super) mod iteration;
pub(super) mod jumps;
pub(super) mod locals;
pub(super) mod matching;
pub(super) mod names;
pub(super) mod operators;
pub(super) mod strings;

use super::{Fp, Sp};
use crate::code::Code;
use crate::frame::Frame;
use crate::object::obj::release;
use crate::object::{Obj, Object, Ref, Value};
use crate::text::Str;

/// A slot of localsplus.
#[inline(always)]
pub(super) unsafe fn slot(fp: Fp, index: u32) -> *mut Value {
    Frame::locals(fp).add(index as usize)
}

/// Words of the value stack as objects.
#[inline(always)]
pub(super) unsafe fn objects<'a>(base: Sp, count: usize) -> &'a [Obj] {
    std::slice::from_raw_parts(base.cast::<Obj>(), count)
}

/// A word of the value stack as an object.
#[inline(always)]
pub(super) unsafe fn object<'a>(at: Sp) -> &'a Obj {
    &*at.cast::<Obj>()
}

/// Gives back what `count` words from `base` on hold, the last first.
#[inline(always)]
pub(super) unsafe fn release_range(base: Sp, count: usize) {
    let mut at = base.add(count);
    while at > base {
        at = at.sub(1);
        release(*at);
    }
}

/// The name with index `index` of the running code.
#[inline(always)]
pub(super) unsafe fn name<'a>(fp: Fp, index: u32) -> &'a Ref<Str> {
    let code: &'a Object<Code> = Frame::code(fp);
    code.names.get_unchecked(index as usize)
}
