//! Owns the way from source bytes to text: byte order mark, coding cookie (PEP 263), decoding, null
//! bytes, newlines. Does not add a missing final newline (the tokenizer does) and reads no files.
//!
//! CPython reads a script line by line, so there an error before the badly encoded line comes first;
//! here the whole source is decoded first. Differences in single lines are noted where they arise.
mod codecs;

use crate::error::{ErrorKind, SyntaxError};
use codecs::{Decoded, decode_with};

/// Where bytes come from: messages and positions of decoding errors differ.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    /// A script file, as `python FILE` reads it.
    File,
    /// The argument of `compile()` (the import system too).
    Bytes,
}

/// Decodes source bytes to text with `\n` newlines.
pub fn decode(bytes: &[u8], filename: &str, origin: Origin) -> Result<String, SyntaxError> {
    if bytes.contains(&0) {
        return Err(null_byte(bytes, filename, origin));
    }
    let (has_mark, body) = match bytes.strip_prefix(b"\xef\xbb\xbf") {
        Some(body) => (true, body),
        None => (false, bytes),
    };
    let cookie = find_cookie(body);
    let Some(cookie) = cookie else {
        return match std::str::from_utf8(body) {
            Ok(text) => Ok(translate_newlines(text)),
            Err(error) => Err(not_utf8(body, error.valid_up_to(), filename, origin)),
        };
    };
    if has_mark && cookie.name != "utf-8" {
        let text = lossy_line(body, cookie.line_start);
        // CPython has one more in the second line.
        let end = text.chars().count() as i32 + cookie.line - 1;
        let msg = format!("encoding problem: {} with BOM", cookie.name);
        return Err(at(filename, msg, cookie.line, 0, end, Some(text)));
    }
    if cookie.name == "utf-8" {
        return match std::str::from_utf8(body) {
            Ok(text) => Ok(translate_newlines(text)),
            Err(error) if origin == Origin::Bytes => {
                Err(not_utf8(body, error.valid_up_to(), filename, origin))
            }
            Err(error) => Err(bad_utf8_in_declared_file(body, &error, filename)),
        };
    }
    match decode_with(&cookie.name, body) {
        Decoded::Text(text) => Ok(translate_newlines(&text)),
        Decoded::Unknown => Err(unplaced(filename, format!("unknown encoding: {}", cookie.name))),
        Decoded::Unsupported => Err(unplaced(
            filename,
            format!("encoding not supported by lasti: {}; save the file as UTF-8", cookie.name),
        )),
        Decoded::Bad { codec, at, reason } => {
            // A file is decoded from the end of the cookie's line on.
            let position = if origin == Origin::File { at.saturating_sub(cookie.line_end) } else { at };
            let byte = body.get(at).copied().unwrap_or(0);
            let msg =
                format!("'{codec}' codec can't decode byte 0x{byte:02x} in position {position}: {reason}");
            Err(unplaced(filename, msg))
        }
    }
}

/// Source given as text: checks for null characters and translates newlines. Cookies mean nothing here.
pub fn from_text(text: &str, filename: &str) -> Result<String, SyntaxError> {
    if text.contains('\0') {
        return Err(null_byte(text.as_bytes(), filename, Origin::Bytes));
    }
    Ok(translate_newlines(text))
}

/// `\r\n` and a lone `\r` are newlines.
fn translate_newlines(text: &str) -> String {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() }
}

struct Cookie {
    /// Normalized as CPython does.
    name: String,
    line: i32,
    line_start: usize,
    line_end: usize,
}

/// Looks for a coding cookie in the first line, and in the second if the first has no code.
fn find_cookie(body: &[u8]) -> Option<Cookie> {
    let mut start = 0;
    for line in 1..=2 {
        let rest = body.get(start..)?;
        let len = rest.iter().position(|b| matches!(b, b'\n' | b'\r')).unwrap_or(rest.len());
        let text = &rest[..len];
        if let Some(name) = cookie_in(text) {
            return Some(Cookie { name: normalize(name), line, line_start: start, line_end: start + len });
        }
        let code = text.iter().find(|b| !matches!(b, b' ' | b'\t' | b'\x0c'));
        if code.is_some_and(|b| *b != b'#') {
            return None;
        }
        start += len + if rest[len..].starts_with(b"\r\n") { 2 } else { 1 };
    }
    None
}

/// `^[ \t\f]*#.*?coding[:=][ \t]*([-_.a-zA-Z0-9]+)`
fn cookie_in(line: &[u8]) -> Option<&str> {
    let comment = line.iter().position(|b| !matches!(b, b' ' | b'\t' | b'\x0c'))?;
    if line[comment] != b'#' {
        return None;
    }
    let mut rest = &line[comment..];
    while let Some(found) = rest.windows(6).position(|word| word == b"coding") {
        rest = &rest[found + 6..];
        if !matches!(rest.first(), Some(b':' | b'=')) {
            continue;
        }
        let spaces = rest[1..].iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        let name = &rest[1 + spaces..];
        let len = name.iter().take_while(|b| b.is_ascii_alphanumeric() || b"-_.".contains(b)).count();
        if len > 0 {
            return std::str::from_utf8(&name[..len]).ok();
        }
    }
    None
}

/// `CPython: tokenizer/helpers.c::get_normal_name`.
fn normalize(name: &str) -> String {
    let short: String =
        name.chars().take(12).map(|c| if c == '_' { '-' } else { c.to_ascii_lowercase() }).collect();
    let is =
        |known: &str| short == known || short.strip_prefix(known).is_some_and(|rest| rest.starts_with('-'));
    if is("utf-8") {
        "utf-8".to_owned()
    } else if is("latin-1") || is("iso-8859-1") || is("iso-latin-1") {
        "iso-8859-1".to_owned()
    } else {
        name.to_owned()
    }
}

fn lossy_line(body: &[u8], start: usize) -> String {
    let rest = body.get(start..).unwrap_or_default();
    let len = rest.iter().position(|b| matches!(b, b'\n' | b'\r')).unwrap_or(rest.len());
    String::from_utf8_lossy(&rest[..len]).into_owned()
}

/// The line that holds byte `at`: its number and its start.
fn line_of(body: &[u8], at: usize) -> (i32, usize) {
    let (mut line, mut start) = (1, 0);
    for (i, byte) in body[..at.min(body.len())].iter().enumerate() {
        let ends = *byte == b'\n' || (*byte == b'\r' && body.get(i + 1) != Some(&b'\n'));
        if ends {
            (line, start) = (line + 1, i + 1);
        }
    }
    (line, start)
}

fn at(filename: &str, msg: String, line: i32, offset: i32, end: i32, text: Option<String>) -> SyntaxError {
    SyntaxError {
        lineno: Some(line),
        offset: Some(offset),
        end_lineno: Some(line),
        end_offset: Some(end),
        text,
        ..SyntaxError::bare(ErrorKind::SyntaxError, msg, filename)
    }
}

/// Errors of the decoder stand at line 0. `CPython: _PyPegen_raise_tokenizer_init_error`.
fn unplaced(filename: &str, msg: String) -> SyntaxError {
    SyntaxError {
        lineno: Some(0),
        offset: Some(-1),
        ..SyntaxError::bare(ErrorKind::SyntaxError, msg, filename)
    }
}

fn null_byte(body: &[u8], filename: &str, origin: Origin) -> SyntaxError {
    if origin == Origin::Bytes {
        let msg = "source code string cannot contain null bytes";
        return SyntaxError::bare(ErrorKind::SyntaxError, msg, filename);
    }
    let null = body.iter().position(|b| *b == 0).unwrap_or(0);
    let (line, start) = line_of(body, null);
    let text = String::from_utf8_lossy(&body[start..null]).into_owned();
    at(filename, "source code cannot contain null bytes".to_owned(), line, 0, 0, Some(text))
}

/// Not UTF-8, and no cookie says what else. In a file whose first line is code, CPython names line 1
/// for an error in line 2; here it is the line itself.
fn not_utf8(body: &[u8], bad: usize, filename: &str, origin: Origin) -> SyntaxError {
    let (line, start) = line_of(body, bad);
    let byte = body.get(bad).copied().unwrap_or(0);
    let file = if origin == Origin::File { format!(" in file {filename}") } else { String::new() };
    let msg = format!(
        "Non-UTF-8 code starting with '\\x{byte:02x}'{file} on line {line}, but no encoding declared; \
         see https://peps.python.org/pep-0263/ for details"
    );
    let offset = String::from_utf8_lossy(&body[start..bad]).chars().count() as i32 + 1;
    at(filename, msg, line, offset, offset, Some(lossy_line(body, start)))
}

fn bad_utf8_in_declared_file(body: &[u8], error: &std::str::Utf8Error, filename: &str) -> SyntaxError {
    let bad = error.valid_up_to();
    let (line, start) = line_of(body, bad);
    let byte = body.get(bad).copied().unwrap_or(0);
    let reason = if matches!(byte, 0xc2..=0xf4) { "invalid continuation byte" } else { "invalid start byte" };
    let position = bad - start;
    let msg = format!(
        "(unicode error) 'utf-8' codec can't decode byte 0x{byte:02x} in position {position}: {reason}"
    );
    at(filename, msg, line, 0, -1, Some(lossy_line(body, start)))
}

#[cfg(test)]
mod tests;
