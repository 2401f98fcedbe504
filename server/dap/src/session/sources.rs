//! The sources that the engine has loaded, as the client knows them: paths on its side, columns in its unit.
//!
//! The engine counts columns in bytes of UTF-8, from 0; DAP in UTF-16 code units, from 1 or 0 as the client
//! wishes. The two differ on lines that are not ASCII; only those are kept, once a source's text was asked for.

use std::collections::BTreeMap;

use lasti_engine::SourceId;
use lasti_engine::place::SourceName;
use lasti_engine::snapshot::SourceInfo;

use super::{ErrorId, RequestError};
use crate::launch::PathMapping;
use crate::protocol::{Source, SourcePresentationHint};

/// How the client counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Counting {
    /// The number of the first line.
    pub(crate) line: u32,
    /// The number of the first column.
    pub(crate) column: u32,
}

impl Default for Counting {
    fn default() -> Self {
        Self { line: 1, column: 1 }
    }
}

impl Counting {
    /// The client's number of a line.
    pub(crate) fn line_out(self, line: u32) -> u64 {
        u64::from(line) + u64::from(self.line) - 1
    }

    /// The engine's number of a client's line.
    pub(crate) fn line_in(self, line: u64) -> u32 {
        u32::try_from(line.saturating_add(1).saturating_sub(u64::from(self.line))).unwrap_or(u32::MAX)
    }
}

/// What is known of a source's text.
#[derive(Debug, Default)]
struct Text {
    /// The lines that are not ASCII.
    lines: BTreeMap<u32, String>,
}

impl Text {
    fn new(text: &str) -> Self {
        // Lines as Python counts them.
        let (mut lines, mut number, mut rest) = (BTreeMap::new(), 1, text);
        while !rest.is_empty() {
            let end = rest.find(['\n', '\r']).unwrap_or(rest.len());
            if !rest[..end].is_ascii() {
                lines.insert(number, rest[..end].to_owned());
            }
            let ending = if rest[end..].starts_with("\r\n") { 2 } else { 1 };
            rest = rest.get(end + ending..).unwrap_or_default();
            number += 1;
        }
        Self { lines }
    }

    /// UTF-16 code units before a byte of a line.
    fn units(&self, line: u32, bytes: u32) -> u64 {
        let Some(text) = self.lines.get(&line) else { return u64::from(bytes) };
        let mut units = 0;
        for (at, character) in text.char_indices() {
            if at >= bytes as usize {
                return units;
            }
            units += character.len_utf16() as u64;
        }
        units + (bytes as usize - text.len()) as u64
    }

    /// Bytes before a UTF-16 code unit of a line.
    fn bytes(&self, line: u32, units: u64) -> u32 {
        let narrow = |value: u64| u32::try_from(value).unwrap_or(u32::MAX);
        let Some(text) = self.lines.get(&line) else { return narrow(units) };
        let mut seen = 0;
        for (at, character) in text.char_indices() {
            if seen >= units {
                return narrow(at as u64);
            }
            seen += character.len_utf16() as u64;
        }
        narrow((text.len() as u64).saturating_add(units.saturating_sub(seen)))
    }
}

#[derive(Debug)]
struct Loaded {
    info: SourceInfo,
    text: Option<Text>,
}

/// All loaded sources.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    loaded: BTreeMap<SourceId, Loaded>,
    mappings: Vec<PathMapping>,
    counting: Counting,
}

impl Sources {
    /// How the client counts.
    pub(crate) fn set_counting(&mut self, counting: Counting) {
        self.counting = counting;
    }

    /// How the client counts.
    pub(crate) fn counting(&self) -> Counting {
        self.counting
    }

    /// Where the client's folders are for the program.
    pub(crate) fn set_mappings(&mut self, mappings: Vec<PathMapping>) {
        self.mappings = mappings;
    }

    /// A source was loaded.
    pub(crate) fn load(&mut self, info: SourceInfo) {
        self.loaded.insert(info.id, Loaded { info, text: None });
    }

    /// The program is gone.
    pub(crate) fn clear(&mut self) {
        self.loaded.clear();
    }

    /// What is known of a source.
    pub(crate) fn info(&self, id: SourceId) -> Option<&SourceInfo> {
        self.loaded.get(&id).map(|source| &source.info)
    }

    /// All of them, in the order in which they were loaded.
    pub(crate) fn all(&self) -> impl Iterator<Item = &SourceInfo> {
        self.loaded.values().map(|source| &source.info)
    }

    /// The source last loaded under that name.
    pub(crate) fn find(&self, name: &SourceName) -> Option<SourceId> {
        match name {
            SourceName::Loaded(id) => self.loaded.contains_key(id).then_some(*id),
            SourceName::Path(path) => {
                let named = |source: &&Loaded| source.info.is_file && source.info.name == *path;
                self.loaded.values().rfind(named).map(|source| source.info.id)
            }
        }
    }

    /// Whether a source's columns cannot be told yet.
    pub(crate) fn lacks_text(&self, id: SourceId) -> bool {
        self.loaded.get(&id).is_some_and(|source| source.text.is_none())
    }

    /// A source's text came. Without one, columns are taken as if it were ASCII.
    pub(crate) fn set_text(&mut self, id: SourceId, text: &str) {
        if let Some(source) = self.loaded.get_mut(&id) {
            source.text = Some(Text::new(text));
        }
    }

    /// The client's number of a column.
    pub(crate) fn column_out(&self, source: Option<SourceId>, line: u32, bytes: u32) -> u64 {
        let text = source.and_then(|id| self.loaded.get(&id)).and_then(|source| source.text.as_ref());
        let units = text.map_or(u64::from(bytes), |text| text.units(line, bytes));
        units + u64::from(self.counting.column)
    }

    /// The engine's number of a client's column; the line is the engine's.
    pub(crate) fn column_in(&self, source: Option<SourceId>, line: u32, column: u64) -> u32 {
        let units = column.saturating_sub(u64::from(self.counting.column));
        let text = source.and_then(|id| self.loaded.get(&id)).and_then(|source| source.text.as_ref());
        text.map_or_else(|| u32::try_from(units).unwrap_or(u32::MAX), |text| text.bytes(line, units))
    }

    /// A source for the client.
    pub(crate) fn to_dap(&self, id: SourceId, user_code: bool) -> Option<Source> {
        let info = self.info(id)?;
        let name = info.name.rsplit(['/', '\\']).next().filter(|name| !name.is_empty());
        let reference = i32::try_from(id.0).ok().and_then(|id| id.checked_add(1));
        Some(Source {
            name: Some(name.unwrap_or(&info.name).to_owned()),
            path: info.is_file.then(|| self.local(&info.name)),
            source_reference: if info.is_file { None } else { reference },
            presentation_hint: (!user_code).then_some(SourcePresentationHint::Deemphasize),
            ..Source::default()
        })
    }

    /// Which source a client means.
    pub(crate) fn named_by(&self, source: &Source) -> Result<SourceName, RequestError> {
        if let Some(reference @ 1..) = source.source_reference {
            return Ok(SourceName::Loaded(SourceId(reference as u32 - 1)));
        }
        match &source.path {
            Some(path) if !path.is_empty() => Ok(SourceName::Path(self.remote(path))),
            _ => Err(RequestError::new(
                ErrorId::InvalidArguments,
                "`source` needs a `path` or a `sourceReference`",
            )),
        }
    }

    fn local(&self, path: &str) -> String {
        self.map(path, |mapping| (&mapping.remote_root, &mapping.local_root))
    }

    fn remote(&self, path: &str) -> String {
        self.map(path, |mapping| (&mapping.local_root, &mapping.remote_root))
    }

    fn map(&self, path: &str, direction: fn(&PathMapping) -> (&String, &String)) -> String {
        for mapping in &self.mappings {
            let (from, to) = direction(mapping);
            let from = from.trim_end_matches(['/', '\\']);
            if let Some(rest) = path.strip_prefix(from)
                && (rest.is_empty() || rest.starts_with(['/', '\\']))
            {
                return format!("{}{rest}", to.trim_end_matches(['/', '\\']));
            }
        }
        path.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(counting: Counting) -> Sources {
        let mut sources = Sources::default();
        sources.set_counting(counting);
        let info = |id, name: &str, is_file| SourceInfo {
            id: SourceId(id),
            name: name.into(),
            is_file,
            module: None,
        };
        sources.load(info(0, "/srv/app/a.py", true));
        sources.load(info(1, "<string>", false));
        sources
    }

    #[test]
    fn columns_are_counted_as_the_client_counts() {
        let mut sources = sources(Counting::default());
        let id = Some(SourceId(0));
        assert!(sources.lacks_text(SourceId(0)));
        sources.set_text(SourceId(0), "x = 1\r\né = '𝄞' + y\nz\n");
        assert!(!sources.lacks_text(SourceId(0)));
        assert_eq!(sources.column_out(id, 1, 4), 5);
        // é: 2 bytes, 1 unit; the clef: 4 bytes, 2 units.
        for (bytes, column) in [(0, 1), (2, 2), (6, 6), (10, 8), (14, 12), (15, 13), (20, 18)] {
            assert_eq!(sources.column_out(id, 2, bytes), column, "{bytes}");
            assert_eq!(sources.column_in(id, 2, column), bytes, "{column}");
        }
        let from_zero = Counting { line: 0, column: 0 };
        sources.set_counting(from_zero);
        assert_eq!((sources.column_out(id, 2, 2), sources.column_in(id, 2, 1)), (1, 2));
        assert_eq!((from_zero.line_out(1), from_zero.line_in(0)), (0, 1));
        assert_eq!(Counting::default().line_in(0), 0, "there is no such line; the engine says so");
        assert_eq!(sources.column_in(id, 2, u64::MAX), u32::MAX);
    }

    #[test]
    fn paths_are_mapped_by_whole_folders() {
        let mut sources = sources(Counting::default());
        sources.set_mappings(vec![PathMapping {
            local_root: "/home/me/app/".into(),
            remote_root: "/srv/app".into(),
        }]);
        let shown = sources.to_dap(SourceId(0), true).unwrap();
        assert_eq!(shown.path.as_deref(), Some("/home/me/app/a.py"));
        assert_eq!(shown.name.as_deref(), Some("a.py"));
        assert_eq!(sources.named_by(&shown), Ok(SourceName::Path("/srv/app/a.py".into())));
        assert_eq!(sources.find(&SourceName::Path("/srv/app/a.py".into())), Some(SourceId(0)));
        let other = Source { path: Some("/home/me/apple/a.py".into()), ..Source::default() };
        assert_eq!(sources.named_by(&other), Ok(SourceName::Path("/home/me/apple/a.py".into())));
        let nameless = sources.to_dap(SourceId(1), true).unwrap();
        assert_eq!((nameless.path.clone(), nameless.source_reference), (None, Some(2)));
        assert_eq!(sources.named_by(&nameless), Ok(SourceName::Loaded(SourceId(1))));
        assert!(sources.named_by(&Source::default()).is_err());
    }
}
