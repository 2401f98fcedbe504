//! The embedded standard library, as the virtual machine asks for it.

use lasti_stdlib::{EntryKind, Module};
use lasti_vm::vm::config::{Library, LibraryModule};

/// The embedded standard library.
pub(crate) struct Embedded;

fn module(module: Module) -> LibraryModule {
    LibraryModule {
        name: module.name(),
        path: module.path(),
        origin: module.origin(),
        is_package: module.is_package(),
        code: Box::new(move || module.code_bytes()),
        source: Box::new(move || module.source()),
    }
}

impl Library for Embedded {
    fn root(&self) -> &'static str {
        lasti_stdlib::ROOT
    }

    fn find(&self, name: &str) -> Option<LibraryModule> {
        lasti_stdlib::find(name).map(module)
    }

    fn frozen(&self, name: &str) -> Option<LibraryModule> {
        lasti_stdlib::frozen(name).map(module)
    }

    fn contents(&self, path: &str) -> Option<Vec<u8>> {
        match lasti_stdlib::by_path(path) {
            Some(module) => Some(module.source().into_bytes()),
            None => lasti_stdlib::data(path).map(lasti_stdlib::Data::contents),
        }
    }

    fn entries(&self, directory: &str) -> Option<Vec<(String, bool)>> {
        let entries = lasti_stdlib::entries(directory)?;
        Some(
            entries
                .into_iter()
                .map(|entry| (entry.name.to_owned(), entry.kind == EntryKind::Directory))
                .collect(),
        )
    }
}
