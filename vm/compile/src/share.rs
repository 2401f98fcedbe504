//! Which equal parts of one compilation are one object.
//!
//! CPython keeps a cache of constants for each compilation (Python/compile.c, `merge_consts_recursive`
//! and `_PyCompile_ConstCacheMergeOne`) and interns all names and the string constants that look like
//! names (Objects/codeobject.c, `intern_strings` and `intern_constants`). Marshal writes an object that
//! is used twice once, so what is shared shows in the bytes.

use std::collections::HashMap;
use std::collections::HashSet;
use std::collections::hash_map::Entry;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use lasti_code::{Bytes, CodeObject, Const, Names, Str, Tuple};
use rustpython_wtf8::Wtf8;

/// The constants and names of one compilation, each text and each value once.
#[derive(Default)]
pub(crate) struct Sharer {
    names: HashSet<Str>,
    constants: HashMap<Shallow, Const>,
}

impl Sharer {
    /// The interned string with this text.
    pub(crate) fn name(&mut self, text: &str) -> Str {
        self.interned(Wtf8::new(text))
    }

    fn interned(&mut self, text: &Wtf8) -> Str {
        if let Some(name) = self.names.get(text.as_bytes()) {
            return name.clone();
        }
        let name = Str::from_wtf8(text, true);
        self.names.insert(name.clone());
        name
    }

    /// A string constant.
    pub(crate) fn string(&mut self, text: &Wtf8) -> Const {
        if text.as_str().is_ok_and(Str::interns_constant) {
            return Const::Str(self.interned(text));
        }
        self.constant(Const::Str(Str::from_wtf8(text, false)))
    }

    /// The qualified name that a class body stores.
    ///
    /// It is the object that becomes `co_qualname`, and is interned as that, unless a string of equal text
    /// was a constant before, or a name.
    pub(crate) fn qualname_as_constant(&mut self, text: &Wtf8) -> Const {
        if self.names.contains(text.as_bytes()) {
            return self.string(text);
        }
        self.identifier(text)
    }

    /// A constant that is an interned object already, unless one of equal text was there before.
    pub(crate) fn identifier(&mut self, text: &Wtf8) -> Const {
        let name = self.interned(text);
        self.constant(Const::Str(name))
    }

    /// A tuple of names.
    pub(crate) fn names<'a>(&mut self, names: impl Iterator<Item = &'a str>) -> Names {
        let names: Tuple = names.map(|name| Const::Str(self.name(name))).collect();
        match self.constant(Const::Tuple(names)) {
            // Names are equal only to tuples of strings.
            Const::Tuple(names) => Names::try_from(names).unwrap_or_default(),
            _ => Names::default(),
        }
    }

    /// A linetable or exception table.
    pub(crate) fn bytes(&mut self, bytes: impl Into<Arc<[u8]>>) -> Bytes {
        match self.constant(Const::Bytes(bytes.into().into())) {
            Const::Bytes(bytes) => bytes,
            _ => Bytes::default(),
        }
    }

    /// The constants of a code object, which are shared already.
    ///
    /// When CPython interns the strings in them and finds the text of a frozen set's member interned
    /// already, it puts a new set in place of the set (Objects/codeobject.c, `intern_constants`). That is
    /// the case for identifiers, which the parser interns, or the program that calls the compiler did.
    pub(crate) fn constants_of_code(&mut self, constants: Vec<Const>) -> Tuple {
        let constants: Tuple = constants.into();
        let renewed = constants.iter().any(has_identifier).then(|| {
            let renewed = constants.iter().map(|constant| match constant {
                Const::FrozenSet(set) if has_identifier(constant) => {
                    Const::FrozenSet(set.iter().cloned().collect())
                }
                constant => constant.clone(),
            });
            renewed.collect::<Tuple>()
        });
        let constants = match self.constants.entry(Shallow(Const::Tuple(constants.clone()))) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => entry.insert(Const::Tuple(renewed.unwrap_or(constants))),
        };
        match constants {
            Const::Tuple(items) => items.clone(),
            _ => Tuple::default(),
        }
    }

    /// The first constant seen that equals this one, whose parts are shared already.
    pub(crate) fn constant(&mut self, constant: Const) -> Const {
        match self.constants.entry(Shallow(constant)) {
            Entry::Occupied(entry) => entry.get().clone(),
            Entry::Vacant(entry) => {
                let constant = entry.key().0.clone();
                entry.insert(constant).clone()
            }
        }
    }
}

/// Whether this is a frozen set with an identifier of more than one character in it.
fn has_identifier(constant: &Const) -> bool {
    let Const::FrozenSet(members) = constant else { return false };
    members.iter().any(|member| match member {
        Const::Str(text) if text.is_interned() => {
            matches!(text.as_bytes(), [first, _, ..] if !first.is_ascii_digit())
        }
        _ => false,
    })
}

/// A constant whose parts are shared: containers are equal if they are one object, so that comparing
/// and hashing does not descend.
struct Shallow(Const);

impl PartialEq for Shallow {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Const::Tuple(a), Const::Tuple(b)) => same_items(a, b),
            (Const::FrozenSet(a), Const::FrozenSet(b)) => {
                a.len() == b.len() && a.iter().all(|x| b.iter().any(|y| same_part(x, y)))
            }
            (Const::Code(a), Const::Code(b)) => same_code(a, b),
            (a, b) => !holds_nan(a) && a == b,
        }
    }
}

impl Eq for Shallow {}

/// A NaN equals nothing, so that a constant with one is never merged.
fn holds_nan(constant: &Const) -> bool {
    match constant {
        Const::Float(value) => value.is_nan(),
        Const::Complex(real, imag) => real.is_nan() || imag.is_nan(),
        Const::Slice(parts) => parts.iter().any(holds_nan),
        Const::Tuple(items) => items.iter().any(holds_nan),
        Const::FrozenSet(items) => items.iter().any(holds_nan),
        _ => false,
    }
}

fn same_items(a: &[Const], b: &[Const]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_part(a, b))
}

/// Whether two parts that are shared already are equal.
fn same_part(a: &Const, b: &Const) -> bool {
    match (a, b) {
        (Const::Tuple(a), Const::Tuple(b)) => a.same_object(b),
        (Const::FrozenSet(a), Const::FrozenSet(b)) => a.as_tuple().same_object(b.as_tuple()),
        (Const::Bytes(a), Const::Bytes(b)) => a.same_object(b),
        (Const::Code(a), Const::Code(b)) => Arc::ptr_eq(a, b),
        (Const::Slice(a), Const::Slice(b)) => Arc::ptr_eq(a, b),
        (a, b) => !holds_nan(a) && a == b,
    }
}

/// Equality of code objects as [`CodeObject`] has it, with shared parts compared by identity.
fn same_code(a: &CodeObject, b: &CodeObject) -> bool {
    a.firstlineno == b.firstlineno
        && a.name == b.name
        && a.argcount == b.argcount
        && a.posonlyargcount == b.posonlyargcount
        && a.kwonlyargcount == b.kwonlyargcount
        && a.flags == b.flags
        && a.linetable.same_object(&b.linetable)
        && a.consts.same_object(&b.consts)
        && a.names.as_tuple().same_object(b.names.as_tuple())
        && a.localsplusnames.as_tuple().same_object(b.localsplusnames.as_tuple())
        && a.exceptiontable.same_object(&b.exceptiontable)
        && a.code == b.code
        && a.localspluskinds == b.localspluskinds
}

impl Hash for Shallow {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(&self.0).hash(state);
        match &self.0 {
            Const::Tuple(items) => {
                items.len().hash(state);
                for item in items.iter() {
                    hash_part(item, state);
                }
            }
            // Which order the members come in does not matter.
            Const::FrozenSet(items) => items.len().hash(state),
            Const::Code(code) => {
                code.firstlineno.hash(state);
                code.name.hash(state);
                code.linetable.as_ptr().hash(state);
            }
            other => other.hash(state),
        }
    }
}

fn hash_part<H: Hasher>(part: &Const, state: &mut H) {
    match part {
        Const::Tuple(items) => items.as_ptr().hash(state),
        Const::FrozenSet(items) => items.as_ptr().hash(state),
        Const::Bytes(bytes) => bytes.as_ptr().hash(state),
        Const::Code(code) => Arc::as_ptr(code).hash(state),
        Const::Slice(parts) => Arc::as_ptr(parts).hash(state),
        other => other.hash(state),
    }
}
