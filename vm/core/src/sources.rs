//! The texts that `compile()` was given, for a debugger to show: nobody else keeps them. Kept as long as the code
//! lives, and only if somebody asked for it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use lasti_code::CodeObject;

type Texts = HashMap<usize, (Weak<CodeObject>, Arc<str>)>;

static WANTED: AtomicBool = AtomicBool::new(false);
static TEXTS: Mutex<Option<Texts>> = Mutex::new(None);

fn texts<R>(f: impl FnOnce(&mut Texts) -> R) -> R {
    f(TEXTS.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default())
}

/// From now on texts are kept.
pub fn keep_texts() {
    WANTED.store(true, Ordering::Relaxed);
}

/// A text was compiled.
pub(crate) fn compiled(code: &Arc<CodeObject>, text: &str) {
    if !WANTED.load(Ordering::Relaxed) {
        return;
    }
    texts(|texts| {
        if texts.len().is_power_of_two() {
            texts.retain(|_, (code, _)| code.strong_count() > 0);
        }
        texts.insert(Arc::as_ptr(code) as usize, (Arc::downgrade(code), text.into()));
    });
}

/// The text that code was compiled from, if it was kept.
pub fn text_of(code: &Arc<CodeObject>) -> Option<Arc<str>> {
    texts(|texts| {
        let (known, text) = texts.get(&(Arc::as_ptr(code) as usize))?;
        known.upgrade().filter(|known| Arc::ptr_eq(known, code)).map(|_| text.clone())
    })
}

/// A line of a source file, decoded as its coding cookie says, with its end of line. CPython: Python/errors.c,
/// `_PyErr_ProgramDecodedTextObject`.
pub(crate) fn line_of_file(filename: &str, line: i32) -> Option<String> {
    let index = usize::try_from(line).ok()?.checked_sub(1)?;
    let library = crate::vm::config::Config::get().stdlib;
    let bytes =
        library.and_then(|library| library.contents(filename)).or_else(|| std::fs::read(filename).ok())?;
    let origin = lasti_compile::source::Origin::File;
    let text = lasti_compile::source::decode(&bytes, filename, origin).ok()?;
    text.split_inclusive('\n').nth(index).map(str::to_owned)
}
