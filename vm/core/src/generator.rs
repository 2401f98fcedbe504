//! `Generator`: the payload of generators, coroutines and async generators. Their methods are in `builtins/generator`.

#![allow(unsafe_code, clippy::multiple_unsafe_ops_per_block)]

use std::cell::{Cell, UnsafeCell};
use std::mem::offset_of;

use crate::builtins::builtin_type;
use crate::frame::{FRAME_WORDS, Frame, FrameFlags, FrameObject, Owner};
use crate::object::header::Header;
use crate::object::obj::release;
use crate::object::{Native, ObjCell, Object, Payload, Ref, Value, Visitor, heap};
use crate::types::TypeObject;
use crate::vm::{Handling, Vm};

/// A generator, with its frame behind it.
///
/// ```text
/// ├ header 16 ┼ names, state … ┼ Frame ┼ localsplus ┼ value stack ┤
/// ```
#[repr(C)]
pub struct Generator {
    /// `__name__`
    pub name: ObjCell,
    /// `__qualname__`
    pub qualname: ObjCell,
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
pub(crate) enum State {
    Created,
    Suspended,
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
            std::ptr::copy_nonoverlapping(frame.cast::<Value>(), place, used);
            let new = place.cast::<Frame>();
            (*new).prev = std::ptr::null_mut();
            (*new).sp = place.add(used);
            (*new).owner = Owner::Generator;
            (*new).flags = FrameFlags::GENERATOR;
            let function = (*new).function;
            let (name, qualname) = names_of(function, code);
            std::ptr::write(&raw mut (*payload).name, ObjCell::new(Some(name)));
            std::ptr::write(&raw mut (*payload).qualname, ObjCell::new(Some(qualname)));
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

    /// The frame.
    #[inline(always)]
    pub(crate) fn frame(&self) -> *mut Frame {
        self.frame.get()
    }

    /// Clears the frame of a generator that is over.
    ///
    /// # Safety
    /// The frame does not run, and its saved `sp` is right.
    pub(crate) unsafe fn finish(&self) {
        self.state.set(State::Finished);
        // SAFETY: as the caller promises.
        unsafe {
            crate::eval::leave_frame(self.frame());
            let handled = std::mem::replace(&mut (*self.handling.get()).exception, Value::NULL);
            release(handled);
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

fn names_of(function: Value, code: &Object<crate::code::Code>) -> (crate::object::Obj, crate::object::Obj) {
    let object = (!function.is_null()).then(|| crate::object::Obj::from_value(function));
    let function = object.as_ref().and_then(|object| object.downcast::<crate::function::Function>());
    let name = function.and_then(|function| function.name.get());
    let qualname = function.and_then(|function| function.qualname.get());
    (
        name.unwrap_or_else(|| code.name().as_obj().clone()),
        qualname.unwrap_or_else(|| code.qualname().as_obj().clone()),
    )
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
        if generator.state.get() != State::Finished {
            generator.abandon();
        }
        drop(generator.name.take());
        drop(generator.qualname.take());
        drop(generator.hook.take());
    }
}

unsafe fn traverse_generator(header: *const Header, visitor: &mut Visitor<'_>) {
    // SAFETY: the object is a live generator.
    unsafe {
        let generator: &Generator = &*header.cast::<Object<Generator>>();
        for cell in [&generator.name, &generator.qualname, &generator.hook] {
            cell.traverse(visitor);
        }
        visitor.word((*generator.handling.get()).exception);
        let frame = generator.frame();
        let first = Frame::locals(frame);
        let end = match generator.state.get() {
            State::Created | State::Suspended => (*frame).sp,
            // A running frame's stack pointer is in a register: what its stack holds then counts as held from outside.
            State::Running => first.add(Frame::code(frame).localsplusnames.len()),
            State::Finished => return,
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
