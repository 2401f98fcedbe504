//! What lies in a directory of the virtual tree: modules, packages, data files.

use std::collections::BTreeMap;

use crate::module::{Module, children, find};
use crate::{Data, ROOT, data_files};

/// One entry of a directory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Its name within the directory.
    pub name: &'static str,
    /// What it is.
    pub kind: EntryKind,
}

/// What an entry of a directory is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EntryKind {
    /// A directory, of a package or of data files.
    Directory,
    /// A module's source.
    Source(Module),
    /// Another file.
    Data(Data),
}

/// The entries of a directory, sorted by name; `None` if there is no such directory. Its path has no slash
/// at its end.
pub fn entries(directory: &str) -> Option<Vec<Entry>> {
    let inner = directory.strip_prefix(ROOT)?;
    if !inner.is_empty() && (!inner.starts_with('/') || inner.ends_with('/')) {
        return None;
    }
    let package = inner.trim_start_matches('/').replace('/', ".");
    let own = find(&package).filter(|module| module.directory() == Some(directory));
    let mut entries = BTreeMap::new();
    if own.is_some() || package.is_empty() {
        for module in own.into_iter().chain(children(&package)) {
            let path = &module.path()[directory.len() + 1..];
            match path.split_once('/') {
                Some((name, _)) => entries.insert(name, EntryKind::Directory),
                None => entries.insert(path, EntryKind::Source(module)),
            };
        }
    }
    for data in data_files() {
        let path = data.path().strip_prefix(directory).and_then(|rest| rest.strip_prefix('/'));
        match path.map(|path| path.split_once('/').ok_or(path)) {
            Some(Ok((name, _))) => entries.insert(name, EntryKind::Directory),
            Some(Err(name)) => entries.insert(name, EntryKind::Data(data)),
            None => continue,
        };
    }
    let entries: Vec<_> = entries.into_iter().map(|(name, kind)| Entry { name, kind }).collect();
    (!entries.is_empty()).then_some(entries)
}
