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

/// In builds for AddressSanitizer: who touches words that no frame has is told on.
#[cfg(feature = "sanitize")]
mod guard {
    use crate::object::Value;

    unsafe extern "C" {
        fn __asan_poison_memory_region(address: *const Value, size: usize);
        fn __asan_unpoison_memory_region(address: *const Value, size: usize);
    }

    /// Nobody may touch the words from `at` to `end`.
    pub(super) fn close(at: *mut Value, end: *mut Value) {
        // SAFETY: the words are the stack's; the call changes only what the sanitizer knows of them.
        unsafe { __asan_poison_memory_region(at, end as usize - at as usize) };
    }

    /// A frame has the `words` words from `at` on.
    pub(super) fn open(at: *mut Value, words: usize) {
        // SAFETY: as in `close`.
        unsafe { __asan_unpoison_memory_region(at, words * size_of::<Value>()) };
    }
}

#[cfg(not(feature = "sanitize"))]
mod guard {
    use crate::object::Value;

    #[inline(always)]
    pub(super) fn close(_: *mut Value, _: *mut Value) {}

    #[inline(always)]
    pub(super) fn open(_: *mut Value, _: usize) {}
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
        guard::close(range.start, range.end);
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
        guard::open(at, words);
        // SAFETY: so many words are left.
        self.top.set(unsafe { at.add(words) });
        at
    }

    /// Gives back what [`Self::push`] returned last.
    #[inline(always)]
    pub(crate) fn pop(&self, at: *mut Value) {
        if self.is_first(at) { self.pop_chunk(at) } else { self.pop_within(at) }
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
        guard::open(at, words);
        // SAFETY: the caller asked.
        self.top.set(unsafe { at.add(words) });
        at
    }

    /// [`Self::pop`] where [`Self::is_first`] is false.
    #[inline(always)]
    pub(crate) fn pop_within(&self, at: *mut Value) {
        guard::close(at, self.top.get());
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
        guard::close(range.start, range.end);
        guard::open(range.start, words);
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
        guard::close(at, self.top.get());
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

#[cfg(all(test, feature = "sanitize"))]
mod tests {
    use super::*;

    unsafe extern "C" {
        fn __asan_address_is_poisoned(address: *const Value) -> i32;
    }

    fn is_closed(at: *mut Value, word: usize) -> bool {
        // SAFETY: the question touches nothing.
        unsafe { __asan_address_is_poisoned(at.wrapping_add(word)) != 0 }
    }

    #[test]
    fn words_that_no_frame_has_are_closed() {
        let stack = FrameStack::new();
        let first = stack.push(10);
        let second = stack.push(20);
        assert!(!is_closed(first, 9) && !is_closed(second, 19) && is_closed(second, 20));
        stack.pop_within(second);
        assert!(!is_closed(first, 9) && is_closed(second, 0) && is_closed(second, 19));
        // One that needs a chunk of its own, and again one in what is left of it.
        let wide = stack.push(FIRST);
        assert!(stack.is_first(wide) && !is_closed(wide, FIRST - 1) && is_closed(wide, FIRST));
        let next = stack.push(3);
        assert!(!is_closed(next, 2) && is_closed(next, 3));
        stack.pop(next);
        stack.pop(wide);
        assert!(is_closed(wide, 0) && is_closed(next, 0) && !is_closed(first, 0));
    }
}
