//! Owns the text of an error as `traceback.format_exception_only` gives it: file and line, the source
//! line, carets below it, type and message. Adds no colours.
use super::SyntaxError;
use std::fmt;

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.lineno {
            writeln!(f, "  File \"{}\", line {line}", self.filename)?;
            if let Some(text) = &self.text {
                write_source(f, self, text)?;
            }
        }
        match (self.kind.name(), self.msg.as_str()) {
            (name, "") => f.write_str(name),
            (name, msg) => write!(f, "{name}: {msg}"),
        }
    }
}

/// The line without its indentation, and carets under what is wrong.
/// `traceback.py: TracebackException._format_syntax_error`
fn write_source(f: &mut fmt::Formatter<'_>, error: &SyntaxError, text: &str) -> fmt::Result {
    let right = text.trim_end_matches('\n');
    let left = right.trim_start_matches([' ', '\n', '\x0c']);
    let indentation = (right.chars().count() - left.chars().count()) as i32;
    writeln!(f, "    {left}")?;
    let Some(offset) = error.offset else { return Ok(()) };
    let length = right.chars().count() as i32;
    let mut end = match (error.end_lineno, error.end_offset) {
        (last, Some(end)) if last == error.lineno && end != 0 => end,
        (last, _) if last != error.lineno && last.is_some() => length + 1,
        _ => offset,
    };
    if offset == end || end == -1 {
        end = offset + 1;
    }
    let column = offset - 1 - indentation;
    if column < 0 {
        return Ok(());
    }
    let spaces = left.chars().take(column as usize).map(|c| if c.is_whitespace() { c } else { ' ' });
    let spaces: String = spaces.collect();
    let spaces = format!("{spaces:<width$}", width = column as usize);
    writeln!(f, "    {spaces}{}", "^".repeat((end - 1 - indentation - column).max(0) as usize))
}
