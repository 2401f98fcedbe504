//! Owns the way from the compiler library's errors to ours. The library's parse errors are replaced by
//! what `diagnose` finds; errors of its symbol table and code generator keep their message and place.
use super::{ErrorKind, SyntaxError, parse_error};
use crate::options::Options;
use rustpython_codegen::error::CodegenErrorType;
use rustpython_compiler::CompileError;

/// The error CPython raises where the library failed with `error` on `source`.
pub fn explain(error: &CompileError, source: &str, filename: &str, options: &Options) -> SyntaxError {
    if let Some(found) = parse_error(source, filename, options) {
        return found;
    }
    if let CompileError::Codegen(codegen) = error
        && matches!(codegen.error, CodegenErrorType::RecursionError)
    {
        return SyntaxError::bare(ErrorKind::RecursionError, error.to_string(), filename);
    }
    if let Some(found) = mapping_key(error, source, filename) {
        return found;
    }
    let (line, column) = error.python_location();
    let mut end = error.python_end_location();
    let mut msg = error.to_string();
    if msg.starts_with("get_ref_type") {
        // The library's own trouble, not the source's.
        msg = format!("the compiler has a fault with the scopes of names here, please report it: {msg}");
    }
    if let Some((end_line, end_column)) = &mut end
        && msg == "cannot assign to __debug__"
        && let Some(text) = source.split('\n').nth(end_line.saturating_sub(1))
    {
        // CPython marks all of `name as __debug__`, the library the name.
        let rest: String = text.chars().skip(end_column.saturating_sub(1)).collect();
        let trimmed = rest.trim_start();
        if let Some(target) = trimmed.strip_prefix("as ").map(str::trim_start)
            && target.starts_with("__debug__")
        {
            *end_column += rest.chars().count() - target.chars().count() + "__debug__".len();
        }
    }
    SyntaxError {
        kind: ErrorKind::SyntaxError,
        msg,
        filename: filename.to_owned(),
        lineno: Some(line as i32),
        offset: Some(column as i32),
        end_lineno: end.map(|(line, _)| line as i32),
        end_offset: end.map(|(_, column)| column as i32),
        text: None,
    }
}

/// The library's parser takes no f-string as a mapping pattern's key; CPython's does, its code generator
/// does not.
fn mapping_key(error: &CompileError, source: &str, filename: &str) -> Option<SyntaxError> {
    let CompileError::Parse(parse) = error else { return None };
    let at = parse.raw_location.start().to_usize();
    if !source.get(at..)?.starts_with(['f', 'F', 'r', 'R', 't', 'T']) {
        return None;
    }
    let open = source[..at].rfind('{')?;
    let mut depth = 0usize;
    let close = source[open..].find(|c| {
        depth = match c {
            '{' => depth + 1,
            '}' => depth.saturating_sub(1),
            _ => depth,
        };
        depth == 0
    })?;
    let line_start = source[..open].rfind('\n').map_or(0, |newline| newline + 1);
    let line = source[..open].matches('\n').count() as i32 + 1;
    let column = |at: usize| source[line_start..at].chars().count() as i32 + 1;
    let msg = "mapping pattern keys may only match literals and attribute lookups";
    Some(SyntaxError {
        lineno: Some(line),
        offset: Some(column(open)),
        end_lineno: Some(line),
        end_offset: Some(column(open + close + 1)),
        ..SyntaxError::bare(ErrorKind::SyntaxError, msg, filename)
    })
}
