//! `FrameObject`: a frame as Python holds it, made when somebody asks. Its attributes are in `builtins/frame`.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

use lasti_code::LocalKind;

use super::{Frame, FrameFlags, Owner};
use crate::builtins::builtin_type;
use crate::function::CellObject;
use crate::generator::{Generator, State};
use crate::object::obj::own;
use crate::object::{Obj, ObjCell, Payload, Ref, Value, Visitor, heap};
use crate::types::TypeObject;
use crate::vm::Vm;

/// A frame object. While the frame runs it points to it; when the frame is left and somebody still holds the
/// object, the frame's words move here.
pub(crate) struct FrameObject {
    frame: Cell<*mut Frame>,
    /// How many words the frame has here, once the call is over; 0 before.
    words: Cell<u32>,
    /// What the frame is known by; 0 if nobody asked.
    id: Cell<u64>,
    /// `f_trace`
    pub(crate) trace: ObjCell,
    /// `f_trace_lines`
    pub(crate) trace_lines: Cell<bool>,
    /// `f_trace_opcodes`
    pub(crate) trace_opcodes: Cell<bool>,
    /// Names in `f_locals` that are no variables of the code.
    pub(crate) extra_locals: ObjCell,
    /// Values of variables that `f_locals` overwrote: the value stack may borrow from them.
    pub(crate) overwritten: ObjCell,
    /// `f_back`, once the call is over.
    pub(crate) back: ObjCell,
}

builtin_type!(/** `frame` */ FRAME, "frame", FrameObject);

impl FrameObject {
    /// The object of a frame, made now if there was none.
    ///
    /// # Safety
    /// `frame` is a live frame.
    pub(crate) unsafe fn of(frame: *mut Frame) -> Ref<Self> {
        // SAFETY: as the caller promises.
        let known = unsafe { (*frame).object };
        if !known.is_null()
            && let Ok(object) = Obj::from_value(known).into_ref::<Self>()
        {
            return object;
        }
        let object = Ref::new(Self {
            frame: Cell::new(frame),
            words: Cell::new(0),
            id: Cell::new(0),
            trace: ObjCell::empty(),
            trace_lines: Cell::new(true),
            trace_opcodes: Cell::new(false),
            extra_locals: ObjCell::empty(),
            overwritten: ObjCell::empty(),
            back: ObjCell::empty(),
        });
        // SAFETY: as the caller promises.
        unsafe { (*frame).object = own(object.as_obj().value()) };
        object
    }

    /// What the frame is known by to its end. Given to it now if it had nothing.
    pub(crate) fn give_id(&self) -> u64 {
        static LAST: AtomicU64 = AtomicU64::new(0);
        if self.id.get() == 0 {
            self.id.set(LAST.fetch_add(1, Ordering::Relaxed) + 1);
        }
        self.id.get()
    }

    /// [`Self::give_id`], if it was given one.
    pub(crate) fn id(&self) -> Option<u64> {
        Some(self.id.get()).filter(|&id| id != 0)
    }

    /// The frame.
    pub(crate) fn frame(&self) -> *mut Frame {
        self.frame.get()
    }

    /// The frame's words were moved.
    pub(crate) fn moved_to(&self, frame: *mut Frame) {
        self.frame.set(frame);
    }

    /// Whether the call is over.
    pub(crate) fn is_over(&self) -> bool {
        // SAFETY: the frame is alive as long as its object.
        unsafe { (*self.frame.get()).owner == Owner::FrameObject }
    }

    /// Takes over the words of a frame that is left. The frame's own words are void then.
    ///
    /// # Safety
    /// `frame` is this object's, is not running any more, and its saved `sp` is right.
    pub(crate) unsafe fn take_over(&self, frame: *mut Frame) {
        // SAFETY: as the caller promises; the words are moved, not copied.
        unsafe {
            Frame::own_all(frame);
            let used = (*frame).sp.offset_from(frame.cast::<Value>()) as usize;
            let storage = heap::take(used * 8).cast::<Value>();
            super::copy_words(frame.cast::<Value>(), storage, used);
            let new = storage.cast::<Frame>();
            (*new).sp = storage.add(used);
            (*new).owner = Owner::FrameObject;
            (*new).flags = FrameFlags::NONE;
            (*new).prev = std::ptr::null_mut();
            // The object does not own itself.
            (*new).object = Value::NULL;
            self.words.set(used as u32);
            self.frame.set(new);
        }
    }

    /// Visits what the frame owns, if the words are here.
    fn traverse_storage(&self, visitor: &mut Visitor<'_>) {
        // SAFETY: the lock is held; the words are whole.
        unsafe {
            if self.words.get() == 0 {
                return;
            }
            let frame = self.frame.get();
            visitor.word((*frame).function);
            visitor.word((*frame).namespace);
            let mut at = Frame::locals(frame);
            while at < (*frame).sp {
                visitor.word(*at);
                at = at.add(1);
            }
        }
    }

    /// Empties the variables, if the call is over.
    pub(crate) fn clear_storage(&self) {
        // SAFETY: the call is over: nothing runs on these words.
        unsafe {
            if self.words.get() == 0 {
                return;
            }
            let frame = self.frame.get();
            let mut at = (*frame).sp;
            while at > Frame::locals(frame) {
                at = at.sub(1);
                let value = std::mem::replace(&mut *at, Value::NULL);
                crate::object::obj::release(value);
            }
        }
    }
}

impl Drop for FrameObject {
    fn drop(&mut self) {
        // SAFETY: nobody holds the object; the words are its own.
        unsafe {
            let words = self.words.get() as usize;
            if words > 0 {
                Frame::clear(self.frame.get());
                heap::give_back(self.frame.get().cast(), words * 8);
            }
        }
    }
}

impl Payload for FrameObject {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &FRAME
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        for cell in [&self.trace, &self.extra_locals, &self.overwritten, &self.back] {
            cell.traverse(visitor);
        }
        self.traverse_storage(visitor);
    }

    fn clear(&self) {
        for cell in [&self.trace, &self.extra_locals, &self.overwritten, &self.back] {
            drop(cell.take());
        }
        self.clear_storage();
    }
}

/// The namespace of the module or class body that a frame runs.
pub(crate) fn namespace_of(object: &FrameObject) -> Option<Obj> {
    // SAFETY: the frame is alive as long as its object.
    let namespace = unsafe { (*object.frame()).namespace };
    (!namespace.is_null()).then(|| Obj::from_value(namespace))
}

fn is_hidden(code: &crate::code::Code, slot: usize) -> bool {
    code.data().localspluskinds[slot] & LocalKind::HIDDEN.bits() != 0
}

/// Whether a comprehension within a module or class body is under way, whose variables lie in hidden slots. CPython:
/// `_PyFrame_HasHiddenLocals`.
pub(crate) fn has_hidden_variables(object: &FrameObject) -> bool {
    let code = code_of(object);
    (0..code.localsplusnames.len()).any(|slot| is_hidden(&code, slot) && variable_of(object, slot).is_some())
}

/// The names of a frame's slots, the hidden ones left out unless they are in use, with their places.
pub(crate) fn slots_of(object: &FrameObject) -> Vec<(usize, Ref<crate::text::Str>)> {
    let code = code_of(object);
    let visible = |slot: usize| !is_hidden(&code, slot) || variable_of(object, slot).is_some();
    let names = code.localsplusnames.iter().enumerate();
    names.filter(|&(index, _)| visible(index)).map(|(index, name)| (index, name.clone())).collect()
}

/// Whether the slot is a variable that lives in a cell.
pub(super) fn is_cell(code: &crate::code::Code, slot: usize) -> bool {
    let kind = LocalKind::from_bits_retain(code.data().localspluskinds[slot]);
    kind.intersects(LocalKind::CELL | LocalKind::FREE)
}

/// The value of a frame's variable, through its cell if it has one. `slot` is one of [`slots_of`].
pub(crate) fn variable_of(object: &FrameObject, slot: usize) -> Option<Obj> {
    let frame = object.frame();
    // SAFETY: the frame is alive as long as its object, and has this slot.
    let (value, code) = unsafe { (*Frame::locals(frame).add(slot), Frame::code(frame)) };
    if value.is_null() {
        return None;
    }
    let value = Obj::from_value(value);
    match value.downcast::<CellObject>().filter(|_| is_cell(code, slot)) {
        Some(cell) => cell.contents.get(),
        None => Some(value),
    }
}

/// Sets a frame's variable, or takes its value away. `slot` is one of [`slots_of`].
pub(crate) fn set_variable_of(object: &FrameObject, slot: usize, value: Option<Obj>) {
    let frame = object.frame();
    // SAFETY: the frame is alive as long as its object, and has this slot.
    unsafe {
        let place = Frame::locals(frame).add(slot);
        if !(*place).is_null() {
            let before = Obj::from_value(*place);
            if let Some(cell) = before.downcast::<CellObject>().filter(|_| is_cell(Frame::code(frame), slot))
            {
                cell.contents.set(value);
                return;
            }
        }
        let before = std::mem::replace(&mut *place, value.map_or(Value::NULL, Obj::into_value));
        if before.is_counted() {
            // The value stack may hold a borrowed word of it.
            let kept = object.overwritten.get_as::<crate::sequence::List>();
            let kept = kept.unwrap_or_else(|| crate::sequence::List::new(Vec::new()));
            kept.items.push(Obj::from_owned(before));
            object.overwritten.set(kept.into_obj());
        }
    }
}

/// The variables of a frame that have a value.
pub(crate) fn locals_of(object: &FrameObject) -> Vec<(Ref<crate::text::Str>, Obj)> {
    let slots = slots_of(object).into_iter();
    slots.filter_map(|(slot, name)| Some((name, variable_of(object, slot)?))).collect()
}

/// The frame that a frame was called from.
pub(crate) fn back_of(object: &FrameObject) -> Option<Obj> {
    if object.is_over() {
        return object.back.get();
    }
    // SAFETY: a frame that runs was called from a live frame or from none.
    unsafe {
        let back = (*object.frame()).prev;
        (!back.is_null()).then(|| FrameObject::of(back).into_obj())
    }
}

/// The globals of a frame.
pub(crate) fn globals_of(object: &FrameObject) -> Obj {
    // SAFETY: the frame's function keeps them alive.
    unsafe { (&*(*object.frame()).globals).to_obj() }
}

/// The builtins of a frame.
pub(crate) fn builtins_of(vm: &Vm, object: &FrameObject) -> Obj {
    // SAFETY: the frame's function keeps them alive.
    let builtins = unsafe { (&*(*object.frame()).builtins).to_ref() };
    crate::builtins::builtins_mapping::shown(vm, builtins)
}

/// The generator, coroutine or async generator that a frame belongs to.
pub(crate) fn generator_of(object: &FrameObject) -> Option<Ref<Generator>> {
    // SAFETY: the owner says that the frame lies in a generator.
    unsafe {
        let frame = object.frame();
        ((*frame).owner == Owner::Generator).then(|| Generator::of_frame(frame).to_ref())
    }
}

/// File, line (-1: none) and name of the code at the instruction that a frame is at.
pub(crate) fn place_of(object: &FrameObject) -> (Obj, i32, String) {
    let frame = object.frame();
    // SAFETY: the frame is alive as long as its object.
    unsafe {
        let code = Frame::code(frame);
        let at = shown_instruction(frame).max(0) as u32;
        let line = line_of(code, at);
        (code.filename().as_obj().clone(), line, code.name().to_string_lossy().into_owned())
    }
}

/// The line that a frame is at; -1 for none.
pub(crate) fn line_of_frame(object: &FrameObject) -> i32 {
    // SAFETY: the frame is alive as long as its object.
    unsafe {
        let frame = object.frame();
        let (code, at) = (Frame::code(frame), shown_instruction(frame).max(0) as u32);
        let known = crate::eval::instrument::known_line_at(code, at as usize);
        known.unwrap_or_else(|| line_of(code, at))
    }
}

/// The instruction that a frame shows to be at: that of a suspended one is the RESUME where it goes on.
///
/// # Safety
/// `frame` is a live frame.
unsafe fn shown_instruction(frame: *mut Frame) -> i32 {
    // SAFETY: as the caller promises; the owner says that the frame lies in a generator.
    unsafe {
        let at = Frame::instruction(frame);
        let suspended =
            (*frame).owner == Owner::Generator && Generator::of_frame(frame).state.get() == State::Suspended;
        if suspended { at + 1 } else { at }
    }
}

/// The code that a frame runs.
pub(crate) fn code_of(object: &FrameObject) -> Ref<crate::code::Code> {
    // SAFETY: the frame is alive as long as its object.
    unsafe { Frame::code(object.frame()).to_ref() }
}

/// The byte offset of a frame's instruction.
pub(crate) fn lasti_of(object: &FrameObject) -> i32 {
    // SAFETY: the frame is alive as long as its object.
    unsafe { shown_instruction(object.frame()) * 2 }
}

/// The line of an instruction; -1 if it has none.
pub(crate) fn line_of(code: &crate::code::Code, instruction: u32) -> i32 {
    let location = code.data().line_table().location_at(lasti_code::CodeUnitIdx(instruction));
    location.map_or(-1, |location| location.line)
}
