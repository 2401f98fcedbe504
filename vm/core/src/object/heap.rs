//! Memory for objects: free lists by size, filled from arenas.
//!
//! The interpreter lock guards the lists, so taking and giving back memory is a handful of instructions.
//! Arenas are kept until the process ends.

use std::alloc::{self, Layout};
use std::cell::{Cell, UnsafeCell};
use std::ptr;

use super::header::Header;
use super::payload::Payload;
use super::reference::Object;
use super::value::Value;
use crate::types::TypeObject;

/// Sizes are rounded up to this, which is also the alignment of every object.
const GRAIN: usize = 16;
/// The largest size, in bytes, that comes from the lists.
const LARGEST: usize = 512;
const CLASSES: usize = LARGEST / GRAIN + 1;
const ARENA: usize = 256 * 1024;

struct Lists {
    free: UnsafeCell<[*mut u8; CLASSES]>,
    /// What is left of the newest arena.
    at: Cell<*mut u8>,
    end: Cell<*mut u8>,
    /// Blocks cut from arenas, free ones too.
    cut: Cell<usize>,
    /// Blocks in use that came from the system.
    large: Cell<usize>,
}

// SAFETY: only a thread that holds the interpreter lock allocates or frees objects.
unsafe impl Sync for Lists {}

static LISTS: Lists = Lists {
    free: UnsafeCell::new([ptr::null_mut(); CLASSES]),
    at: Cell::new(ptr::null_mut()),
    end: Cell::new(ptr::null_mut()),
    cut: Cell::new(0),
    large: Cell::new(0),
};

/// How many blocks are in use. Walks the free lists, so that taking a block need not count it.
pub(crate) fn blocks() -> usize {
    let mut free = 0;
    for class in 0..CLASSES {
        // SAFETY: the lock is held; a free block begins with the address of the next.
        unsafe {
            let mut block = (*LISTS.free.get())[class];
            while !block.is_null() {
                free += 1;
                block = *block.cast::<*mut u8>();
            }
        }
    }
    LISTS.large.get() + LISTS.cut.get() - free
}

/// Memory for `size` bytes, aligned to 16, not initialised.
#[inline(always)]
pub(crate) fn take(size: usize) -> *mut u8 {
    if cfg!(feature = "system-alloc") || size > LARGEST {
        LISTS.large.set(LISTS.large.get() + 1);
        return system(size);
    }
    let class = size.div_ceil(GRAIN);
    // SAFETY: `class` is below CLASSES; the lock guards the lists.
    unsafe {
        let head = LISTS.free.get().cast::<*mut u8>().add(class);
        let block = *head;
        if block.is_null() {
            return refill(class);
        }
        *head = *block.cast::<*mut u8>();
        block
    }
}

/// A new object of a builtin type that the collector does not track and whose instances are all as large as the
/// payload, if there is a free block.
#[inline(always)]
pub(crate) fn allocate_free<T: Payload>(payload: T) -> Option<Value> {
    const { assert!(!T::GC && size_of::<Object<T>>() <= LARGEST) };
    if cfg!(feature = "system-alloc") {
        return None;
    }
    // SAFETY: as in `take`; the block has room for the object.
    unsafe {
        let head = LISTS.free.get().cast::<*mut u8>().add(size_of::<Object<T>>().div_ceil(GRAIN));
        let block = *head;
        if block.is_null() {
            return None;
        }
        *head = *block.cast::<*mut u8>();
        ptr::write(block.cast::<Object<T>>(), Object::new(T::class(), payload));
        #[cfg(feature = "audit")]
        super::audit::born(block.cast());
        Some(Value(block as u64))
    }
}

/// Gives back what [`take`] gave for the same size.
#[inline(always)]
pub(crate) fn give_back(block: *mut u8, size: usize) {
    if cfg!(feature = "system-alloc") || size > LARGEST {
        LISTS.large.set(LISTS.large.get() - 1);
        // SAFETY: the block came from `system` with this layout.
        unsafe { alloc::dealloc(block, layout(size)) };
        return;
    }
    let class = size.div_ceil(GRAIN);
    // SAFETY: the block is free and at least 16 bytes; the lock guards the lists.
    unsafe {
        let head = LISTS.free.get().cast::<*mut u8>().add(class);
        *block.cast::<*mut u8>() = *head;
        *head = block;
    }
}

fn layout(size: usize) -> Layout {
    Layout::from_size_align(size.max(1), GRAIN)
        .unwrap_or_else(|_| alloc::handle_alloc_error(Layout::new::<u8>()))
}

#[cold]
#[inline(never)]
fn system(size: usize) -> *mut u8 {
    let layout = layout(size);
    // SAFETY: the size is not zero.
    let block = unsafe { alloc::alloc(layout) };
    if block.is_null() {
        alloc::handle_alloc_error(layout);
    }
    block
}

/// Takes a block of `class` from the newest arena, and makes a new arena when that is used up.
#[cold]
#[inline(never)]
fn refill(class: usize) -> *mut u8 {
    let size = class.max(1) * GRAIN;
    let left = LISTS.end.get() as usize - LISTS.at.get() as usize;
    if left < size {
        if left >= GRAIN {
            // The rest of the arena serves a smaller size.
            LISTS.cut.set(LISTS.cut.get() + 1);
            give_back(LISTS.at.get(), left);
        }
        let arena = system(ARENA);
        LISTS.at.set(arena);
        // SAFETY: one past the arena's end.
        LISTS.end.set(unsafe { arena.add(ARENA) });
    }
    LISTS.cut.set(LISTS.cut.get() + 1);
    let block = LISTS.at.get();
    // SAFETY: `size` bytes are left.
    LISTS.at.set(unsafe { block.add(size) });
    block
}

/// A new object of fixed size: header, payload, and the empty words that `ty` puts behind it.
#[inline(always)]
pub(crate) fn allocate<T>(ty: &TypeObject, payload: T) -> *mut Object<T> {
    let size = ty.instance_size();
    debug_assert!(size >= size_of::<Object<T>>());
    let object = take(size).cast::<Object<T>>();
    // SAFETY: the block has room for `size` bytes.
    unsafe {
        ptr::write(object, Object::new(ty, payload));
        if size > size_of::<Object<T>>() {
            init_words(object.cast(), size_of::<Object<T>>(), ty);
        }
    }
    ty.count_instance();
    #[cfg(feature = "audit")]
    super::audit::born(object.cast());
    object
}

/// A new object whose payload, `size` bytes with the header, is not written yet. For payloads with items.
///
/// # Safety
/// The caller writes the whole payload before anybody sees the object.
pub(crate) unsafe fn allocate_var(ty: &TypeObject, size: usize) -> *mut Header {
    let prefix = ty.prefix_size();
    let block = take(prefix + size);
    // SAFETY: the block has room for the prefix and the object.
    unsafe {
        // The words before the header.
        for word in 1..=ty.prefix_words() {
            ptr::write(block.add(prefix - 8 * word).cast::<Value>(), Value::NULL);
        }
        let header = block.add(prefix).cast::<Header>();
        ptr::write(header, Header::new(ty));
        ty.count_instance();
        #[cfg(feature = "audit")]
        super::audit::born(header);
        header
    }
}

/// Fills the words behind the payload.
#[inline(never)]
unsafe fn init_words(object: *mut Header, from: usize, ty: &TypeObject) {
    let words = (ty.instance_size() - from) / 8;
    // SAFETY: the instance has these words.
    unsafe {
        let first = object.cast::<u8>().add(from).cast::<Value>();
        for i in 0..words {
            ptr::write(first.add(i), Value::NULL);
        }
        if let Some(offset) = ty.inline_dict_offset() {
            // Inline values, none of them set.
            ptr::write(object.cast::<u8>().add(offset).cast::<Value>(), Value::int(0));
        }
    }
}
