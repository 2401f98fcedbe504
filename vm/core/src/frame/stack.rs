//! The frame stack: words in chunks, so that frames never move. CPython: Python/pystate.c, `_PyThreadState_PushFrame`.

use std::cell::{Cell, UnsafeCell};

use crate::object::Value;

/// Words in the first chunk, and at least in every other: 16 KiB, then 64 KiB.
const FIRST: usize = 2 * 1024;
const CHUNK: usize = 8 * 1024;

struct Chunk {
    words: Box<[Value]>,
    /// Where the stack's top was in the chunk before, when this one was begun.
    previous_top: *mut Value,
}

/// A stack of words for frames. Pushing and popping are O(1) amortised: one emptied chunk is kept.
pub(crate) struct FrameStack {
    top: Cell<*mut Value>,
    end: Cell<*mut Value>,
    /// The first word of the newest chunk.
    base: Cell<*mut Value>,
    chunks: UnsafeCell<Vec<Chunk>>,
    spare: UnsafeCell<Option<Box<[Value]>>>,
}

impl FrameStack {
    pub(crate) fn new() -> Self {
        let mut words = vec![Value::NULL; FIRST].into_boxed_slice();
        let range = words.as_mut_ptr_range();
        Self {
            top: Cell::new(range.start),
            end: Cell::new(range.end),
            base: Cell::new(range.start),
            chunks: UnsafeCell::new(vec![Chunk { words, previous_top: std::ptr::null_mut() }]),
            spare: UnsafeCell::new(None),
        }
    }

    /// Room for `words` words on the top.
    #[inline(always)]
    pub(crate) fn push(&self, words: usize) -> *mut Value {
        let at = self.top.get();
        if (self.end.get() as usize) - (at as usize) < words * size_of::<Value>() {
            return self.push_chunk(words);
        }
        // SAFETY: so many words are left.
        self.top.set(unsafe { at.add(words) });
        at
    }

    /// Gives back what [`Self::push`] returned last.
    #[inline(always)]
    pub(crate) fn pop(&self, at: *mut Value) {
        if self.is_first(at) { self.pop_chunk(at) } else { self.top.set(at) }
    }

    /// Whether `at` is the first word of its chunk.
    #[inline(always)]
    pub(crate) fn is_first(&self, at: *mut Value) -> bool {
        std::ptr::eq(self.base.get(), at)
    }

    /// Whether `words` words fit into the newest chunk.
    #[inline(always)]
    pub(crate) fn fits(&self, words: usize) -> bool {
        (self.end.get() as usize) - (self.top.get() as usize) >= words * size_of::<Value>()
    }

    /// [`Self::push`] where [`Self::fits`] said so.
    #[inline(always)]
    pub(crate) unsafe fn push_fitting(&self, words: usize) -> *mut Value {
        let at = self.top.get();
        // SAFETY: the caller asked.
        self.top.set(unsafe { at.add(words) });
        at
    }

    /// [`Self::pop`] where [`Self::is_first`] is false.
    #[inline(always)]
    pub(crate) fn pop_within(&self, at: *mut Value) {
        self.top.set(at);
    }

    #[cold]
    fn push_chunk(&self, words: usize) -> *mut Value {
        // SAFETY: only the stack's thread comes here.
        let (chunks, spare) = unsafe { (&mut *self.chunks.get(), &mut *self.spare.get()) };
        let mut new = match spare.take() {
            Some(spare) if spare.len() >= words => spare,
            _ => vec![Value::NULL; words.max(CHUNK)].into_boxed_slice(),
        };
        let range = new.as_mut_ptr_range();
        chunks.push(Chunk { words: new, previous_top: self.top.get() });
        self.end.set(range.end);
        self.base.set(range.start);
        // SAFETY: the chunk has at least so many words.
        self.top.set(unsafe { range.start.add(words) });
        range.start
    }

    #[cold]
    fn pop_chunk(&self, at: *mut Value) {
        // SAFETY: only the stack's thread comes here.
        let (chunks, spare) = unsafe { (&mut *self.chunks.get(), &mut *self.spare.get()) };
        if chunks.len() == 1 {
            self.top.set(at);
            return;
        }
        if let Some(chunk) = chunks.pop() {
            self.top.set(chunk.previous_top);
            *spare = Some(chunk.words);
        }
        if let Some(chunk) = chunks.last_mut() {
            let range = chunk.words.as_mut_ptr_range();
            self.end.set(range.end);
            self.base.set(range.start);
        }
    }
}
