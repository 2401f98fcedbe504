//! The tests that are known to fail, with the reason: `tests/conformance/expected.txt`, and for the embedded library
//! `expected-embedded.txt` too.
//!
//! A line is a test's id, or the beginning of ids with `*` behind it, a colon, and why. A reason that begins with
//! "C API:" says that the test is about CPython's C interface, and does not count.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The known failures.
#[derive(Default)]
pub(crate) struct Expected {
    exact: BTreeMap<String, String>,
    beginnings: Vec<(String, String)>,
}

impl Expected {
    /// Adds what is in a file.
    pub(crate) fn read(&mut self, file: &Path) -> Result<(), String> {
        let name = file.display();
        let text = fs::read_to_string(file).map_err(|error| format!("{name}: {error}"))?;
        self.add(&text).map_err(|error| format!("{name} {error}"))
    }

    /// Adds what is in a file's text; an error names the line.
    fn add(&mut self, text: &str) -> Result<(), String> {
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let Some((test, why)) = line.split_once(": ").filter(|(_, why)| !why.trim().is_empty()) else {
                return Err(format!("line {}: write `TEST: REASON`", number + 1));
            };
            match test.strip_suffix('*') {
                Some(beginning) => self.beginnings.push((beginning.to_owned(), why.to_owned())),
                None => drop(self.exact.insert(test.to_owned(), why.to_owned())),
            }
        }
        Ok(())
    }

    /// Why a test is expected to fail, if it is.
    pub(crate) fn reason(&self, test: &str) -> Option<&str> {
        let beginning = || self.beginnings.iter().find(|(beginning, _)| test.starts_with(beginning.as_str()));
        self.exact.get(test).or_else(|| beginning().map(|(_, why)| why)).map(String::as_str)
    }

    /// Whether a test is expected to fail by its own name.
    pub(crate) fn is_named(&self, test: &str) -> bool {
        self.exact.contains_key(test)
    }

    /// Whether a test does not count: it is about CPython's C interface.
    pub(crate) fn is_about_c(&self, test: &str) -> bool {
        self.reason(test).is_some_and(|why| why.starts_with("C API:"))
    }
}

#[cfg(test)]
mod tests {
    use super::Expected;

    #[test]
    fn exact_ids_and_beginnings() {
        let mut expected = Expected::default();
        expected.add("# why\ntest.a.B.c: slow\ntest.d.*: C API: needs _testcapi\n").unwrap();
        assert_eq!(expected.reason("test.a.B.c"), Some("slow"));
        assert_eq!(expected.reason("test.a.B.cd"), None);
        assert!(expected.is_about_c("test.d.E.f"));
        assert!(!expected.is_about_c("test.a.B.c"));
    }

    #[test]
    fn a_line_without_a_reason_is_refused() {
        let error = Expected::default().add("test.a.B.c\n").err();
        assert_eq!(error.as_deref(), Some("line 1: write `TEST: REASON`"));
    }
}
