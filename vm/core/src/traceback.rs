//! `Traceback`: the payload of tracebacks. What Python sees of it is in `builtins/exceptions/traceback`.

use std::cell::Cell;

use lasti_code::CodeUnitIdx;

use crate::code::Code;
use crate::frame::FrameObject;
use crate::object::{Obj, ObjCell, Payload, Ref, Visitor};
use crate::types::TypeObject;

/// One entry of a traceback: a frame that an exception passed through, and where it was then.
pub struct Traceback {
    /// `tb_next`: the entry of the frame that was called, nearer to the `raise`.
    pub next: ObjCell,
    /// `tb_frame`
    pub frame: Obj,
    /// `tb_lasti`: the byte offset of the instruction.
    pub lasti: Cell<i32>,
    /// `tb_lineno`; -1 while nobody asked for it.
    pub lineno: Cell<i32>,
}

impl Traceback {
    /// An entry in front of `next`.
    pub fn new(next: Option<Obj>, frame: Obj, lasti: i32) -> Ref<Self> {
        Ref::new(Self { next: ObjCell::new(next), frame, lasti: Cell::new(lasti), lineno: Cell::new(-1) })
    }

    /// The code of the frame.
    pub fn code(&self) -> Option<Ref<Code>> {
        self.frame.downcast::<FrameObject>().map(|frame| crate::frame::code_of(frame))
    }

    /// `tb_lineno`: none where the code has no line.
    pub fn line(&self) -> Option<i32> {
        if self.lineno.get() == -1 {
            let code = self.code();
            self.lineno.set(code.and_then(|code| line_at(&code, self.lasti.get()))?);
        }
        Some(self.lineno.get())
    }
}

/// The line of the instruction at a byte offset.
pub(crate) fn line_at(code: &Code, lasti: i32) -> Option<i32> {
    let Ok(offset) = u32::try_from(lasti) else { return Some(code.data().firstlineno) };
    code.data().line_table().location_at(CodeUnitIdx(offset / 2)).map(|location| location.line)
}

impl Payload for Traceback {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &crate::builtins::exceptions::traceback::TRACEBACK
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        self.next.traverse(visitor);
        visitor.visit(&self.frame);
    }

    fn clear(&self) {
        drop(self.next.take());
    }
}
