//! How things of the protocol are shown in a transcript: places by their markers, and nothing that another run
//! or another machine would show differently.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::story::{Markers, Place};

/// What the texts of a session are shown by.
pub(crate) struct Names<'a> {
    pub(crate) markers: &'a Markers,
    /// Where the story's files are.
    pub(crate) folder: PathBuf,
    /// A program beside the story, with the name that its markers know it by.
    pub(crate) beside: Option<(PathBuf, String)>,
}

impl Names<'_> {
    /// The file of the story that a path leads to.
    pub(crate) fn file(&self, path: &str) -> Option<String> {
        let path = Path::new(path);
        if let Some((beside, name)) = &self.beside {
            if path == beside {
                return Some(name.clone());
            }
            let relative = path.strip_prefix(beside.parent()?).ok()?;
            return Some(relative.to_string_lossy().into_owned());
        }
        Some(path.strip_prefix(&self.folder).ok()?.to_string_lossy().into_owned())
    }

    /// The path of a file of the story.
    pub(crate) fn path(&self, file: &str) -> PathBuf {
        match &self.beside {
            Some((beside, name)) if name == file => beside.clone(),
            Some((beside, _)) => beside.parent().unwrap_or(Path::new("")).join(file),
            None => self.folder.join(file),
        }
    }

    /// A line: its marker, or else file and number.
    pub(crate) fn place(&self, file: &str, line: usize) -> String {
        let place = Place { file: file.to_owned(), line };
        match self.markers.name(&place) {
            Some(marker) => format!("@{marker}"),
            None => format!("{file}:{line}"),
        }
    }

    /// Where a stack frame, or anything else with `source` and `line`, is.
    pub(crate) fn place_of(&self, what: &Value) -> String {
        let Some(path) = what["source"]["path"].as_str() else {
            return match what["source"]["name"].as_str() {
                Some(name) => format!("({name})"),
                None => "(no source)".into(),
            };
        };
        match self.file(path) {
            Some(file) => self.place(&file, number(&what["line"])),
            None => format!("({})", last_part(path)),
        }
    }

    /// A text of one line, without paths and addresses.
    pub(crate) fn text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        let beside = self.beside.as_ref().and_then(|(path, _)| path.parent());
        for folder in [Some(self.folder.as_path()), beside].into_iter().flatten() {
            let folder = folder.to_string_lossy();
            if folder.len() > 1 {
                text = text.replace(&*folder, "<story>");
            }
        }
        let mut shown = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(at) = rest.find("0x") {
            let digits = rest[at + 2..].bytes().take_while(u8::is_ascii_hexdigit).count();
            shown.push_str(&rest[..at + 2]);
            rest = &rest[at + 2..];
            if digits >= 8 {
                shown.push_str("...");
                rest = &rest[digits..];
            }
        }
        shown.push_str(rest);
        shown.replace('\r', "\\r").replace('\n', "\\n").replace("  # ", " # ")
    }

    /// What went wrong: the last line of a traceback, or the whole.
    pub(crate) fn error(&self, message: &str) -> String {
        let last = message.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default();
        let shown = if message.contains("Traceback (most recent call last)") { last.trim() } else { message };
        format!("error {}", self.text(shown.trim()))
    }
}

/// A count that the protocol has as an integer.
pub(crate) fn number(value: &Value) -> usize {
    value.as_u64().and_then(|number| usize::try_from(number).ok()).unwrap_or_default()
}

fn last_part(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// From where to where something lies: `5..9`, columns as the protocol counts them; with another last line,
/// `5..+1:9`.
pub(crate) fn columns(what: &Value) -> String {
    let start = number(&what["column"]);
    let Some(end) = what["endColumn"].as_u64() else { return start.to_string() };
    match (what["line"].as_u64(), what["endLine"].as_u64()) {
        (Some(line), Some(last)) if last > line => format!("{start}..+{}:{end}", last - line),
        _ => format!("{start}..{end}"),
    }
}

/// A piece of output: the line itself, or in quotes what would not be seen or taken for something else.
pub(crate) fn output(category: &str, text: &str) -> String {
    let line = text.strip_suffix('\n').filter(|line| {
        !line.is_empty()
            && line.trim() == *line
            && !line.starts_with('"')
            && !line.contains("  # ")
            && !line.contains(char::is_control)
    });
    match line {
        Some(line) => format!("{category} {line}"),
        // A JSON string has no way to fail.
        None => format!("{category} {}", Value::from(text)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_without_what_changes() {
        let markers = Markers::default();
        let names = Names { markers: &markers, folder: "/tmp/s1".into(), beside: None };
        assert_eq!(names.text("<C at 0x7f001122aabb>, 0x1f"), "<C at 0x...>, 0x1f");
        assert_eq!(names.text("in /tmp/s1/main.py"), "in <story>/main.py");
        assert_eq!(names.text("a\nb"), "a\\nb");
        assert_eq!(names.error("Traceback (most recent call last):\n  x\nE: y\n"), "error E: y");
        assert_eq!(names.error("a\nb"), "error a\\nb");
        assert_eq!(names.place_of(&json!({"line": 3, "source": {"path": "/tmp/s1/pkg/m.py"}})), "pkg/m.py:3");
        assert_eq!(names.place_of(&json!({"line": 3, "source": {"path": "/usr/lib/x.py"}})), "(x.py)");
        assert_eq!(names.place_of(&json!({"line": 0})), "(no source)");
    }

    #[test]
    fn output_that_would_not_be_seen_is_quoted() {
        assert_eq!(output("stdout", "a b\n"), "stdout a b");
        assert_eq!(output("stdout", "a"), r#"stdout "a""#);
        assert_eq!(output("stdout", "\n"), r#"stdout "\n""#);
        assert_eq!(output("stdout", " a\n"), r#"stdout " a\n""#);
        assert_eq!(output("stdout", "\"a\"\n"), r#"stdout "\"a\"\n""#);
    }

    #[test]
    fn extents() {
        assert_eq!(columns(&json!({"line": 3, "column": 5})), "5");
        assert_eq!(columns(&json!({"line": 3, "column": 5, "endLine": 3, "endColumn": 9})), "5..9");
        assert_eq!(columns(&json!({"line": 3, "column": 5, "endLine": 5, "endColumn": 9})), "5..+2:9");
    }
}
