//! What is there once in a process: singletons, interned strings, counters, caches, `sys`'s state.

#![allow(unsafe_code)]

use std::borrow::Borrow;
use std::cell::{Cell, OnceCell, UnsafeCell};
use std::hash::{Hash, Hasher};

use lasti_text::hash::HashKey;
use rustc_hash::FxHashMap;
use rustpython_wtf8::Wtf8;

use super::names::Names;
use crate::codecs::Registry;
use crate::dict::Dict;
use crate::object::{Obj, ObjCell, ObjVec, Ref};
use crate::sequence::Tuple;
use crate::text::Str;
use crate::trace::Tracing;
use crate::types::lookup::{MethodCache, SuperCache, WayCache};

/// The interpreter. Only a thread that holds the interpreter lock uses it.
pub struct Interp {
    names: OnceCell<Names>,
    interned: UnsafeCell<Option<FxHashMap<Interned, ()>>>,
    /// The strs of one code point below 256.
    short: UnsafeCell<[Option<Ref<Str>>; 256]>,
    empty_str: OnceCell<Ref<Str>>,
    empty_tuple: OnceCell<Ref<Tuple>>,
    type_version: Cell<u32>,
    keys_version: Cell<u32>,
    function_version: Cell<u32>,
    hash_key: HashKey,
    pub(crate) tracing: Tracing,
    pub(crate) known_calls: OnceCell<crate::eval::KnownCalls>,
    int_digit_limit: Cell<usize>,
    pub(crate) line_reader: Cell<Option<crate::interactive::LineReader>>,
    pub(crate) method_cache: MethodCache,
    pub(crate) super_cache: SuperCache,
    pub(crate) way_cache: WayCache,
    codecs: OnceCell<Registry>,
    modules: OnceCell<Ref<Dict>>,
    builtins: OnceCell<Ref<Dict>>,
    sys: OnceCell<Ref<Dict>>,
    /// The import system, whatever became of its entry in `sys.modules`.
    importlib: OnceCell<Obj>,
    /// `all` and `any` as they were made, whatever the program called so since.
    all_and_any: OnceCell<[Obj; 2]>,
    ast_classes: OnceCell<crate::modules::ast::Classes>,
    /// What `sys.path` began with for the program's sake: a str.
    pub(crate) first_path: ObjCell,
    /// Weak references to the handles of threads.
    pub(crate) thread_handles: ObjVec,
    /// Python's handlers of the signals, by number; empty where the program did not say.
    pub(crate) signal_handlers: [ObjCell; lasti_system::signal::COUNT],
}

// SAFETY: invariant 1 of the crate: only a thread that holds the interpreter lock touches it.
unsafe impl Sync for Interp {}

static INTERP: Interp = Interp {
    names: OnceCell::new(),
    interned: UnsafeCell::new(None),
    short: UnsafeCell::new([const { None }; 256]),
    empty_str: OnceCell::new(),
    empty_tuple: OnceCell::new(),
    type_version: Cell::new(0),
    keys_version: Cell::new(0),
    function_version: Cell::new(0),
    hash_key: HashKey::WITHOUT_SECRET,
    tracing: Tracing::new(),
    known_calls: OnceCell::new(),
    line_reader: Cell::new(None),
    int_digit_limit: Cell::new(lasti_text::int::DEFAULT_DIGIT_LIMIT),
    method_cache: MethodCache::new(),
    super_cache: SuperCache::new(),
    way_cache: WayCache::new(),
    codecs: OnceCell::new(),
    modules: OnceCell::new(),
    builtins: OnceCell::new(),
    sys: OnceCell::new(),
    importlib: OnceCell::new(),
    all_and_any: OnceCell::new(),
    ast_classes: OnceCell::new(),
    first_path: ObjCell::empty(),
    thread_handles: ObjVec::new(Vec::new()),
    signal_handlers: [const { ObjCell::empty() }; lasti_system::signal::COUNT],
};

/// A key of the table of interned strings: found by its bytes.
struct Interned(Ref<Str>);

impl Borrow<[u8]> for Interned {
    fn borrow(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl Hash for Interned {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.as_bytes().hash(state);
    }
}

impl PartialEq for Interned {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes() == other.0.as_bytes()
    }
}

impl Eq for Interned {}

impl Interp {
    /// The interpreter.
    #[inline(always)]
    pub fn get() -> &'static Self {
        &INTERP
    }

    /// How many decimal digits an int may have that is converted from or to text; 0: any number.
    #[inline]
    pub fn int_digit_limit(&self) -> usize {
        self.int_digit_limit.get()
    }

    /// `sys.set_int_max_str_digits()`
    pub fn set_int_digit_limit(&self, limit: usize) {
        self.int_digit_limit.set(limit);
    }

    /// The names that the interpreter looks up.
    #[inline(always)]
    pub fn names(&self) -> &Names {
        self.names.get_or_init(|| Names::new(|name| self.intern(name)))
    }

    #[allow(clippy::mut_from_ref, reason = "the inside of a cell")]
    fn table(&self) -> &mut FxHashMap<Interned, ()> {
        // SAFETY: the lock is held; callers neither run Python code nor come back here meanwhile.
        unsafe { (*self.interned.get()).get_or_insert_with(FxHashMap::default) }
    }

    /// The interned str of `text`.
    pub fn intern(&self, text: &str) -> Ref<Str> {
        if let Some((known, ())) = self.table().get_key_value(text.as_bytes()) {
            return known.0.clone();
        }
        self.add_interned(Str::new(text))
    }

    /// The interned str of `text`.
    pub fn intern_wtf8(&self, text: &Wtf8) -> Ref<Str> {
        if let Some((known, ())) = self.table().get_key_value(text.as_bytes()) {
            return known.0.clone();
        }
        self.add_interned(Str::from_wtf8(text))
    }

    /// The interned str with the text of `text`, which is itself interned if none was. Must be an exact str.
    pub fn intern_str(&self, text: &Ref<Str>) -> Ref<Str> {
        if text.is_interned() {
            return text.clone();
        }
        if let Some((known, ())) = self.table().get_key_value(text.as_bytes()) {
            return known.0.clone();
        }
        if !text.as_obj().is_exact(&crate::builtins::STR) {
            return self.add_interned(Str::from_wtf8(text.as_wtf8()));
        }
        self.add_interned(text.clone())
    }

    fn add_interned(&self, text: Ref<Str>) -> Ref<Str> {
        text.set_interned(true);
        self.table().insert(Interned(text.clone()), ());
        text
    }

    /// The shared str of no or one code point below 256, by its UTF-8 bytes.
    pub(crate) fn short_str(&self, bytes: &[u8]) -> Option<Ref<Str>> {
        let code_point = match *bytes {
            [] => {
                return Some(
                    self.empty_str.get_or_init(|| Str::make(&crate::builtins::STR, Wtf8::new(""))).clone(),
                );
            }
            [byte] if byte < 0x80 => usize::from(byte),
            [lead @ (0xC2 | 0xC3), next] => usize::from(lead & 3) << 6 | usize::from(next & 0x3F),
            _ => return None,
        };
        // SAFETY: the lock is held, and nothing in between runs Python code.
        let place = unsafe { &mut (*self.short.get())[code_point] };
        if place.is_none() {
            let text = std::str::from_utf8(bytes).ok()?;
            let made = Str::make(&crate::builtins::STR, Wtf8::new(text));
            *place = Some(self.add_interned(made));
        }
        place.clone()
    }

    /// `()`
    #[inline]
    pub fn empty_tuple(&self) -> Ref<Tuple> {
        self.empty_tuple.get_or_init(|| Tuple::make(&crate::builtins::TUPLE, Vec::new())).clone()
    }

    /// The key that strings and bytes are hashed with.
    pub fn hash_key(&self) -> &HashKey {
        &self.hash_key
    }

    pub(crate) fn next_type_version(&self) -> u32 {
        next(&self.type_version)
    }

    pub(crate) fn next_keys_version(&self) -> u32 {
        next(&self.keys_version)
    }

    pub(crate) fn next_function_version(&self) -> u32 {
        next(&self.function_version)
    }

    /// Registered codecs, and whether they were asked for the first time.
    pub(crate) fn codecs(&self) -> (&Registry, bool) {
        let new = self.codecs.get().is_none();
        (self.codecs.get_or_init(Registry::default), new)
    }

    /// `sys.modules`
    pub fn modules(&self) -> &Ref<Dict> {
        self.modules.get_or_init(Dict::new)
    }

    /// The namespace of `builtins`.
    #[inline(always)]
    pub fn builtins(&self) -> &Ref<Dict> {
        self.builtins.get_or_init(Dict::new)
    }

    /// `importlib._bootstrap`, once it is there.
    pub(crate) fn importlib(&self) -> &OnceCell<Obj> {
        &self.importlib
    }

    /// `all` and `any` as they were made.
    pub(crate) fn all_and_any(&self) -> &OnceCell<[Obj; 2]> {
        &self.all_and_any
    }

    /// The classes of syntax trees, once they are made.
    pub(crate) fn ast_classes(&self) -> &OnceCell<crate::modules::ast::Classes> {
        &self.ast_classes
    }

    /// The namespace of `sys`.
    pub fn sys(&self) -> &Ref<Dict> {
        self.sys.get_or_init(Dict::new)
    }
}

/// The next number; 0 stays "none", also when the numbers run out.
fn next(counter: &Cell<u32>) -> u32 {
    let next = counter.get().saturating_add(1);
    if next == u32::MAX {
        return 0;
    }
    counter.set(next);
    next
}
