//! The modules: finding them, and what is known of each.

use std::fmt;
use std::iter::FusedIterator;
use std::ops::Range;

use crate::ROOT;
use crate::blob::{Record, Table};
use crate::layout::module;

/// A module of the library. Cheap to copy; it refers to the executable.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Module {
    record: Record,
}

impl Module {
    /// The dotted name, as in `import`.
    pub fn name(self) -> &'static str {
        self.record.text(module::NAME)
    }

    /// The `co_filename` of its code. For a module on the path also its `__file__`, below [`ROOT`]; for a
    /// frozen one `<frozen importlib._bootstrap>` and the like.
    pub fn path(self) -> &'static str {
        self.record.text(module::PATH)
    }

    /// The name of the module that a frozen one was made of, its `__origname__`; else its own name.
    pub fn origin(self) -> &'static str {
        self.record.text(module::ORIGIN)
    }

    /// Whether it is a package.
    pub fn is_package(self) -> bool {
        self.has(module::PACKAGE)
    }

    /// Whether it stands in for a module that CPython has in C alone: no directory with CPython's library has it.
    pub fn is_stand_in(self) -> bool {
        self.has(module::STAND_IN)
    }

    fn has(self, flag: u32) -> bool {
        self.record.number(module::FLAGS) & flag as usize != 0
    }

    /// For a package on the path, the one entry of its `__path__`.
    pub fn directory(self) -> Option<&'static str> {
        self.path().strip_suffix("/__init__.py")
    }

    /// The code object, marshalled, at optimization level 0. For `-O`, compile [`Module::source`].
    pub fn code_bytes(self) -> Vec<u8> {
        self.record.lz4(module::CODE)
    }

    /// The source text.
    pub fn source(self) -> String {
        String::from_utf8(self.record.deflate(module::SOURCE)).expect("sources are UTF-8")
    }

    /// The length of the source text in bytes, without unpacking it.
    pub fn source_len(self) -> usize {
        self.record.number(module::SOURCE + 2)
    }

    /// The modules directly in this package, sorted by name; none for a module.
    pub fn children(self) -> Children {
        children(self.name())
    }
}

impl fmt::Debug for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Module")
            .field("name", &self.name())
            .field("path", &self.path())
            .finish_non_exhaustive()
    }
}

/// The module of this dotted name.
pub fn find(name: &str) -> Option<Module> {
    Table::modules().find(module::NAME, name).map(|record| Module { record })
}

/// The frozen module of this name: `_frozen_importlib`, `_frozen_importlib_external` or `zipimport`.
pub fn frozen(name: &str) -> Option<Module> {
    Table::frozen().find(module::NAME, name).map(|record| Module { record })
}

/// The module with this [path](Module::path), frozen or not.
pub fn by_path(path: &str) -> Option<Module> {
    if path.starts_with('<') {
        return frozen_modules().find(|module| module.path() == path);
    }
    let inner = path.strip_prefix(ROOT)?.strip_prefix('/')?;
    let stem = inner.strip_suffix("/__init__.py").or_else(|| inner.strip_suffix(".py"))?;
    // Names are sorted, and a name with its dots as slashes is the path.
    let table = Table::modules();
    let index = table.partition_point(module::NAME, |name| {
        name.bytes().lt(stem.bytes().map(|byte| if byte == b'/' { b'.' } else { byte }))
    });
    let found = (index < table.len()).then(|| Module { record: table.record(index) })?;
    (found.path() == path).then_some(found)
}

/// All modules on the path, sorted by name.
pub fn modules() -> Modules {
    Modules::all(Table::modules())
}

/// The frozen modules, sorted by name.
pub fn frozen_modules() -> Modules {
    Modules::all(Table::frozen())
}

/// The modules directly in a package; with an empty name, those in none.
pub(crate) fn children(package: &str) -> Children {
    let table = Table::modules();
    let range = if package.is_empty() {
        0..table.len()
    } else {
        // What begins with the name and a dot lies between it and the next character after the dot.
        let below = |end: u8| {
            table.partition_point(module::NAME, |name| name.bytes().lt(package.bytes().chain([end])))
        };
        below(b'.')..below(b'.' + 1)
    };
    let inner = if package.is_empty() { 0 } else { package.len() + 1 };
    Children { modules: Modules { table, range }, inner }
}

/// Modules, sorted by name.
#[derive(Clone)]
pub struct Modules {
    table: Table,
    range: Range<usize>,
}

impl Modules {
    fn all(table: Table) -> Self {
        Self { table, range: 0..table.len() }
    }
}

impl Iterator for Modules {
    type Item = Module;

    fn next(&mut self) -> Option<Module> {
        self.range.next().map(|index| Module { record: self.table.record(index) })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.range.size_hint()
    }
}

impl ExactSizeIterator for Modules {}
impl FusedIterator for Modules {}

/// The modules directly in a package, sorted by name.
#[derive(Clone)]
pub struct Children {
    modules: Modules,
    /// Where the last part of their names begins.
    inner: usize,
}

impl Iterator for Children {
    type Item = Module;

    fn next(&mut self) -> Option<Module> {
        let inner = self.inner;
        self.modules.find(|module| !module.name()[inner..].contains('.'))
    }
}

impl FusedIterator for Children {}
