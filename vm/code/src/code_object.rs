//! The code object: what one function, class body, comprehension or module compiles to.

use std::collections::HashSet;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::constant::{Bytes, Const, Names, Tuple};
use crate::exception_table::ExceptionTable;
use crate::flags::CodeFlags;
use crate::linetable::LineTable;
use crate::localsplus::{LocalKind, LocalsPlusIdx};
use crate::stable_hash::StableHasher;
use crate::text::Str;
use crate::units::CodeUnits;

/// A code object as plain data: the attributes that CPython 3.14 marshals, by their `co_` names.
///
/// The fields are public and unchecked: a code object from a file may hold anything. What may be relied
/// on is said by [`crate::verify::VerifiedCode`].
///
/// Two code objects are equal as in Python (Objects/codeobject.c, `code_richcompare`): file name,
/// qualified name, stack size and the kinds of the slots take no part. Where constants hold a NaN, Python
/// calls only the very same object equal.
#[derive(Clone, Debug)]
pub struct CodeObject {
    /// How many positional parameters there are, positional-only ones included.
    pub argcount: u32,
    /// How many parameters are positional-only.
    pub posonlyargcount: u32,
    /// How many parameters are keyword-only.
    pub kwonlyargcount: u32,
    /// The most values that the value stack holds at any time.
    pub stacksize: u32,
    /// What kind of code this is.
    pub flags: CodeFlags,
    /// The bytecode: code units, with empty inline caches.
    pub code: Bytes,
    /// The constants.
    pub consts: Tuple,
    /// Names of globals, attributes and imports.
    pub names: Names,
    /// The names of the localsplus slots: locals, cells, free variables.
    pub localsplusnames: Names,
    /// One [`LocalKind`] byte for each localsplus slot.
    pub localspluskinds: Bytes,
    /// The file that the source came from.
    pub filename: Str,
    /// The function's or class's name, or a description such as `<module>`.
    pub name: Str,
    /// The name with the names of the scopes around it.
    pub qualname: Str,
    /// The first source line.
    pub firstlineno: i32,
    /// Source positions of the code units.
    pub linetable: Bytes,
    /// Which code units are guarded by which handler.
    pub exceptiontable: Bytes,
}

impl CodeObject {
    /// The code units.
    pub fn units(&self) -> CodeUnits<'_> {
        CodeUnits::new(&self.code)
    }

    /// The linetable, with the line that it counts from.
    pub fn line_table(&self) -> LineTable<'_> {
        LineTable::new(&self.linetable, self.firstlineno)
    }

    /// The exception table.
    pub fn exception_table(&self) -> ExceptionTable<'_> {
        ExceptionTable::new(&self.exceptiontable)
    }

    /// How many localsplus slots a frame has.
    pub fn nlocalsplus(&self) -> usize {
        self.localsplusnames.len()
    }

    /// The kind of a slot.
    pub fn local_kind(&self, slot: LocalsPlusIdx) -> Option<LocalKind> {
        self.localspluskinds.get(slot.get()).copied().map(LocalKind::from_bits_retain)
    }

    /// Every slot with its name and kind.
    pub fn slots(&self) -> impl Iterator<Item = (LocalsPlusIdx, &Str, LocalKind)> {
        let kinds = self.localspluskinds.iter().copied().map(LocalKind::from_bits_retain);
        self.localsplusnames
            .iter()
            .zip(kinds)
            .enumerate()
            .map(|(index, (name, kind))| (LocalsPlusIdx(index as u32), name, kind))
    }

    fn names_of(&self, kind: LocalKind) -> impl Iterator<Item = &Str> {
        self.slots().filter(move |(_, _, k)| k.contains(kind)).map(|(_, name, _)| name)
    }

    /// `co_varnames`: arguments and fast locals, captured arguments included.
    pub fn varnames(&self) -> impl Iterator<Item = &Str> {
        self.names_of(LocalKind::LOCAL)
    }

    /// `co_cellvars`: variables that nested code captures.
    pub fn cellvars(&self) -> impl Iterator<Item = &Str> {
        self.names_of(LocalKind::CELL)
    }

    /// `co_freevars`: variables that come from the closure.
    pub fn freevars(&self) -> impl Iterator<Item = &Str> {
        self.names_of(LocalKind::FREE)
    }

    /// The code objects among the constants, those in nested tuples included, each once.
    pub fn children(&self) -> impl Iterator<Item = &Arc<CodeObject>> {
        let mut pending: Vec<&Const> = self.consts.iter().rev().collect();
        let mut seen = HashSet::new();
        std::iter::from_fn(move || {
            while let Some(constant) = pending.pop() {
                match constant {
                    Const::Code(code) if seen.insert(Arc::as_ptr(code) as usize) => return Some(code),
                    Const::Tuple(items) if seen.insert(items.address()) => pending.extend(items.iter().rev()),
                    _ => {}
                }
            }
            None
        })
    }

    /// `code.replace()`: a copy in which `change` has set some fields and nothing else differs.
    ///
    /// ```
    /// # use lasti_code::{CodeObject, Tuple};
    /// # fn demo(code: &CodeObject) -> CodeObject {
    /// code.replace(|new| new.consts = Tuple::default())
    /// # }
    /// ```
    #[must_use]
    pub fn replace(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut new = self.clone();
        change(&mut new);
        new
    }

    /// A hash that is the same in every process and on every platform. Equal code objects have equal
    /// hashes, whatever their file names: a key for what depends on the code alone.
    pub fn stable_hash(&self) -> u64 {
        let mut hasher = StableHasher::default();
        self.hash(&mut hasher);
        hasher.finish()
    }
}

impl PartialEq for CodeObject {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
            && self.argcount == other.argcount
            && self.posonlyargcount == other.posonlyargcount
            && self.kwonlyargcount == other.kwonlyargcount
            && self.flags == other.flags
            && self.firstlineno == other.firstlineno
            && self.code == other.code
            && self.consts == other.consts
            && self.names == other.names
            && self.localsplusnames == other.localsplusnames
            && self.linetable == other.linetable
            && self.exceptiontable == other.exceptiontable
    }
}

impl Eq for CodeObject {}

impl Hash for CodeObject {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
        (self.argcount, self.posonlyargcount, self.kwonlyargcount).hash(state);
        self.flags.bits().hash(state);
        self.firstlineno.hash(state);
        self.code.hash(state);
        self.consts.hash(state);
        self.names.hash(state);
        self.localsplusnames.hash(state);
        self.linetable.hash(state);
        self.exceptiontable.hash(state);
    }
}
