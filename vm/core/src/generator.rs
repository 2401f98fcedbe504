//! `Generator`: the payload of generators, coroutines and async generators. Their methods are in `builtins/generator`.

#![allow(unsafe_code, clippy::multiple_unsafe_ops_per_block)]

use std::cell::{Cell, UnsafeCell};
use std::mem::offset_of;

use crate::builtins::builtin_type;
use crate::code::Code;
use crate::frame::{FRAME_WORDS, Frame, FrameFlags, FrameObject, Owner};
use crate::function::Function;
use crate::object::header::Header;
use crate::object::obj::{own, release};
use crate::object::{Native, Obj, ObjCell, Object, Payload, Ref, Value, Visitor, heap};
use crate::text::Str;
use crate::types::TypeObject;
use crate::vm::{Handling, Vm};

/// A generator, with its frame behind it.
///
/// ```text
/// ├ header 16 ┼ names, state … ┼ Frame ┼ localsplus ┼ value stack ┤
/// ```
#[repr(C)]
pub struct Generator {
    /// `__name__`; empty: the code's.
    pub(crate) own_name: ObjCell,
    /// `__qualname__`; empty: the code's.
    pub(crate) own_qualname: ObjCell,
    /// Async generators: what is called when one is dropped unfinished; coroutines: `cr_origin`.
    pub hook: ObjCell,
    pub(crate) handling: UnsafeCell<Handling>,
    pub(crate) state: Cell<State>,
    /// Async generators: the first-iteration hook was called.
    pub(crate) hooks_called: Cell<bool>,
    /// Async generators: `aclose` was begun.
    pub(crate) closed: Cell<bool>,
    /// Async generators: an `asend`, `athrow` or `aclose` is under way.
    pub(crate) running_async: Cell<bool>,
    words: u32,
    pub(crate) frame: UnsafeCell<Frame>,
}

/// Where a generator is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// None of its code has run.
    Created,
    /// At a `yield` or `await`.
    Suspended,
    /// It runs, or called what does.
    Running,
    /// It returned, raised or was closed; the frame is cleared.
    Finished,
}

builtin_type!(/** `generator` */ GENERATOR, "generator", native Generator::NATIVE);
builtin_type!(/** `coroutine` */ COROUTINE, "coroutine", native Generator::NATIVE, on GENERATOR);
builtin_type!(/** `async_generator` */ ASYNC_GENERATOR, "async_generator", native Generator::NATIVE, on GENERATOR);

const FRAME_OFFSET: usize = offset_of!(Generator, frame) + size_of::<Header>();

impl Generator {
    /// Makes a generator of the frame that runs, whose words move into it. The frame's memory is the caller's to
    /// give back.
    ///
    /// # Safety
    /// `frame` is a thread's frame; its saved `sp` is right.
    pub(crate) unsafe fn make(ty: &TypeObject, frame: *mut Frame) -> Ref<Self> {
        // SAFETY: all of the payload is written before the object is seen.
        unsafe {
            let code = Frame::code(frame);
            let words = FRAME_WORDS + code.frame_words as usize;
            let header = heap::allocate_var(ty, FRAME_OFFSET + words * 8);
            let payload = header.cast::<u8>().add(size_of::<Header>()).cast::<Self>();
            Frame::own_all(frame);
            let used = (*frame).sp.offset_from(frame.cast::<Value>()) as usize;
            let place = header.cast::<u8>().add(FRAME_OFFSET).cast::<Value>();
            crate::frame::copy_words(frame.cast::<Value>(), place, used);
            let new = place.cast::<Frame>();
            (*new).prev = std::ptr::null_mut();
            (*new).sp = place.add(used);
            (*new).owner = Owner::Generator;
            (*new).flags = FrameFlags::GENERATOR;
            let (name, qualname) = other_names((*new).function, code);
            std::ptr::write(&raw mut (*payload).own_name, ObjCell::new(name));
            std::ptr::write(&raw mut (*payload).own_qualname, ObjCell::new(qualname));
            std::ptr::write(&raw mut (*payload).hook, ObjCell::empty());
            let handling = Handling { exception: Value::NULL, outer: std::ptr::null_mut() };
            std::ptr::write(&raw mut (*payload).handling, UnsafeCell::new(handling));
            std::ptr::write(&raw mut (*payload).state, Cell::new(State::Created));
            std::ptr::write(&raw mut (*payload).hooks_called, Cell::new(false));
            std::ptr::write(&raw mut (*payload).closed, Cell::new(false));
            std::ptr::write(&raw mut (*payload).running_async, Cell::new(false));
            std::ptr::write(&raw mut (*payload).words, words as u32);
            Ref::from_raw_in(ty, header.cast::<Object<Self>>())
        }
    }

    /// The generator that a frame belongs to.
    ///
    /// # Safety
    /// `frame` is the frame of a generator.
    #[inline(always)]
    pub(crate) unsafe fn of_frame<'a>(frame: *mut Frame) -> &'a Object<Self> {
        // SAFETY: the frame lies at this offset in the object.
        unsafe { &*frame.cast::<u8>().sub(FRAME_OFFSET).cast::<Object<Self>>() }
    }

    /// Where it is.
    pub fn state(&self) -> State {
        self.state.get()
    }

    /// The frame.
    #[inline(always)]
    pub(crate) fn frame(&self) -> *mut Frame {
        self.frame.get()
    }

    /// `__name__`
    pub(crate) fn name(&self) -> Obj {
        // SAFETY: the frame keeps the code, by its function or in its place, as long as the generator is there.
        self.own_name.get().unwrap_or_else(|| unsafe { Frame::code(self.frame()) }.name().as_obj().clone())
    }

    /// `__qualname__`
    pub(crate) fn qualname(&self) -> Obj {
        // SAFETY: as for `name`.
        let code = || unsafe { Frame::code(self.frame()) };
        self.own_qualname.get().unwrap_or_else(|| code().qualname().as_obj().clone())
    }

    /// Whether it was suspended while it handled an exception.
    pub(crate) fn handles(&self) -> bool {
        // SAFETY: the lock is held, and the borrow ends here.
        let handled = unsafe { (*self.handling.get()).exception };
        !handled.is_null() && !handled.is(crate::builtins::NONE.value())
    }

    /// Clears the frame of a generator that is over.
    ///
    /// # Safety
    /// The frame does not run, and its saved `sp` is right.
    pub(crate) unsafe fn finish(&self) {
        self.state.set(State::Finished);
        // SAFETY: as the caller promises. The code, which can still be asked for, takes its function's place.
        unsafe {
            let frame = self.frame();
            let code = own((*(*frame).code).value());
            // A finalizer has nothing to do any more.
            Self::of_frame(frame).header().set_finalized();
            crate::eval::leave_frame(frame);
            (*frame).function = code;
            let handled = std::mem::replace(&mut (*self.handling.get()).exception, Value::NULL);
            release(handled);
        }
    }

    /// Whether it is a generator or coroutine that is over, and that no weak reference knows: it has its code and
    /// its names, no more.
    ///
    /// # Safety
    /// `header` is that of an object of type `ty`.
    #[inline(always)]
    pub(crate) unsafe fn is_spent(header: *mut Header, ty: &TypeObject) -> bool {
        // SAFETY: the type says that the payload is a generator.
        unsafe {
            (*header).is_finalized()
                && (std::ptr::eq(ty, &raw const COROUTINE) || std::ptr::eq(ty, &raw const GENERATOR))
                && !(*header).has_weakrefs()
                && (&*header.cast::<Object<Self>>()).state.get() == State::Finished
        }
    }

    /// Whether it is a generator whose end nobody could notice: it did not begin, or waits in no `try` of its own and for
    /// nobody else, and neither a tool nor a debugger follows its frame.
    ///
    /// # Safety
    /// `header` is that of an object of type `ty`.
    #[inline(always)]
    pub(crate) unsafe fn ends_quietly(header: *mut Header, ty: &TypeObject) -> bool {
        // SAFETY: the type says that the payload is a generator; a suspended one has a frame.
        unsafe {
            if !std::ptr::eq(ty, &raw const GENERATOR) || (*header).has_weakrefs() {
                return false;
            }
            let generator: &Self = &*header.cast::<Object<Self>>();
            let frame = generator.frame();
            match generator.state.get() {
                State::Created => (*frame).object.is_null(),
                State::Suspended => {
                    (*frame).object.is_null()
                        && crate::eval::waits_at_plain_yield(frame)
                        && !crate::trace::unwinding_is_told()
                }
                State::Running | State::Finished => false,
            }
        }
    }

    /// [`Self::finish`] of one that does not get to run again: a debugger that follows its frame is told.
    ///
    /// # Safety
    /// As for [`Self::finish`].
    pub(crate) unsafe fn abandon(&self) {
        // SAFETY: the frame owns its object.
        let id = unsafe {
            let object = (*self.frame()).object;
            if object.is_null() { None } else { (&*object.header().cast::<Object<FrameObject>>()).id() }
        };
        // SAFETY: as the caller promises.
        unsafe { self.finish() };
        if let Some(id) = id {
            crate::trace::gone(Vm::current(), self, id);
        }
    }

    pub(crate) const NATIVE: Native = Native {
        size: FRAME_OFFSET,
        gc: true,
        size_of: size_of_generator,
        drop: drop_generator,
        traverse: traverse_generator,
        clear: clear_generator,
    };
}

/// The function's names, where they are not its code's.
#[inline(always)]
unsafe fn other_names(function: Value, code: &Object<Code>) -> (Option<Obj>, Option<Obj>) {
    if function.is_null() {
        return (None, None);
    }
    // SAFETY: a frame's function is one, and alive.
    let function = unsafe { &*function.header().cast::<Object<Function>>() };
    let other = |name: &ObjCell, known: &Ref<Str>| match name.peek() {
        Some(name) if !name.is(known.as_obj()) => Some(name.clone()),
        _ => None,
    };
    (other(&function.name, code.name()), other(&function.qualname, code.qualname()))
}

unsafe fn size_of_generator(header: *const Header) -> usize {
    // SAFETY: the object is a live generator.
    FRAME_OFFSET + unsafe { &*header.cast::<Object<Generator>>() }.words as usize * 8
}

unsafe fn drop_generator(header: *mut Header) {
    // SAFETY: nobody holds the generator.
    unsafe {
        let object = header.cast::<Object<Generator>>();
        let generator: &Generator = &*object;
        let frame = generator.frame();
        if generator.state.get() != State::Finished {
            if (*frame).object.is_null() {
                // Nobody can ask for its code any more.
                generator.state.set(State::Finished);
                Frame::clear(frame);
                release((*generator.handling.get()).exception);
            } else {
                generator.abandon();
            }
        }
        release((*frame).function);
        drop(generator.own_name.take());
        drop(generator.own_qualname.take());
        drop(generator.hook.take());
    }
}

unsafe fn traverse_generator(header: *const Header, visitor: &mut Visitor<'_>) {
    // SAFETY: the object is a live generator.
    unsafe {
        let generator: &Generator = &*header.cast::<Object<Generator>>();
        for cell in [&generator.own_name, &generator.own_qualname, &generator.hook] {
            cell.traverse(visitor);
        }
        visitor.word((*generator.handling.get()).exception);
        let frame = generator.frame();
        let first = Frame::locals(frame);
        let end = match generator.state.get() {
            State::Created | State::Suspended => (*frame).sp,
            // A running frame's stack pointer is in a register: what its stack holds then counts as held from outside.
            State::Running => first.add(Frame::code(frame).localsplusnames.len()),
            State::Finished => {
                visitor.word((*frame).function);
                return;
            }
        };
        visitor.word((*frame).function);
        visitor.word((*frame).namespace);
        visitor.word((*frame).object);
        let mut at = first;
        while at < end {
            visitor.word(*at);
            at = at.add(1);
        }
    }
}

unsafe fn clear_generator(header: *const Header) {
    // SAFETY: the object is a live generator.
    unsafe {
        let generator: &Generator = &*header.cast::<Object<Generator>>();
        if matches!(generator.state.get(), State::Created | State::Suspended) {
            generator.abandon();
        }
    }
}

impl Payload for Generator {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &GENERATOR
    }
}
