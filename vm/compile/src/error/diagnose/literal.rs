//! Owns the checks of string literals' escapes and of what bytes may contain. Does not make values.
//!
//! Positions in messages are those of CPython's decoder, which sees every non-ASCII character as a
//! ten-byte `\UXXXXXXXX`. `CPython: string_parser.c`, `unicodeobject.c::_PyUnicode_DecodeUnicodeEscapeInternal`.

pub(super) struct LiteralError {
    pub message: String,
    /// The error stands at the literal's token, whatever was read since.
    pub at_token: bool,
}

/// Checks a whole literal with prefix and quotes. `true`: bytes.
pub(super) fn check(literal: &str) -> Result<bool, LiteralError> {
    let quote_at = literal.find(['\'', '"']).unwrap_or(0);
    let (prefix, rest) = literal.split_at(quote_at);
    let prefix = prefix.to_ascii_lowercase();
    let quotes =
        if rest.len() >= 6 && (rest.starts_with("'''") || rest.starts_with("\"\"\"")) { 3 } else { 1 };
    let body = rest.get(quotes..rest.len().saturating_sub(quotes)).unwrap_or_default();
    let is_bytes = prefix.contains('b');
    if is_bytes && !body.is_ascii() {
        let message = "bytes can only contain ASCII literal characters".to_owned();
        return Err(LiteralError { message, at_token: true });
    }
    if !prefix.contains('r') && body.contains('\\') {
        if is_bytes {
            check_bytes(body.as_bytes())?;
        } else {
            check_text(body)?;
        }
    }
    Ok(is_bytes)
}

fn check_bytes(body: &[u8]) -> Result<(), LiteralError> {
    let mut at = 0;
    while let Some(byte) = body.get(at) {
        if *byte != b'\\' {
            at += 1;
            continue;
        }
        if body.get(at + 1) == Some(&b'x') {
            let digits = body.get(at + 2..at + 4).unwrap_or_default();
            if digits.len() < 2 || !digits.iter().all(u8::is_ascii_hexdigit) {
                let message = format!("(value error) invalid \\x escape at position {at}");
                return Err(LiteralError { message, at_token: false });
            }
        }
        at += 2;
    }
    Ok(())
}

/// Checks the escapes of a string's text.
pub(super) fn check_text(body: &str) -> Result<(), LiteralError> {
    if !body.contains('\\') {
        return Ok(());
    }
    let seen = as_the_decoder_sees(body);
    let mut at = 0;
    while let Some(byte) = seen.get(at) {
        if *byte != b'\\' {
            at += 1;
            continue;
        }
        let start = at;
        at += 2;
        let (end, reason) = match seen.get(start + 1) {
            Some(b'x') => hex(&seen, at, 2, "truncated \\xXX escape"),
            Some(b'u') => hex(&seen, at, 4, "truncated \\uXXXX escape"),
            Some(b'U') => hex(&seen, at, 8, "truncated \\UXXXXXXXX escape"),
            Some(b'N') => named(&seen, at),
            Some(_) => continue,
            None => (at - 1, Some("\\ at end of string")),
        };
        let Some(reason) = reason else {
            at = end;
            continue;
        };
        let message = if end - start == 1 {
            format!(
                "(unicode error) 'unicodeescape' codec can't decode byte 0x5c in position {start}: {reason}"
            )
        } else {
            let last = end - 1;
            format!(
                "(unicode error) 'unicodeescape' codec can't decode bytes in position {start}-{last}: {reason}"
            )
        };
        return Err(LiteralError { message, at_token: false });
    }
    Ok(())
}

fn as_the_decoder_sees(body: &str) -> Vec<u8> {
    let mut seen = Vec::with_capacity(body.len());
    let mut chars = body.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\\' {
            seen.push(b'\\');
            match chars.peek() {
                Some(next) if next.is_ascii() => {
                    seen.push(*next as u8);
                    chars.next();
                }
                // A backslash before a non-ASCII character, or last, is itself.
                _ => seen.extend_from_slice(b"u005c"),
            }
        } else if c.is_ascii() {
            seen.push(c as u8);
        } else {
            seen.extend_from_slice(format!("\\U{:08x}", u32::from(c)).as_bytes());
        }
    }
    seen
}

type Escape = (usize, Option<&'static str>);

fn hex(seen: &[u8], at: usize, count: usize, truncated: &'static str) -> Escape {
    let digits = seen[at.min(seen.len())..].iter().take(count).take_while(|b| b.is_ascii_hexdigit()).count();
    let end = at + digits;
    if digits < count {
        return (end, Some(truncated));
    }
    let value = std::str::from_utf8(&seen[at..end]).ok().and_then(|t| u32::from_str_radix(t, 16).ok());
    if value.is_none_or(|value| value > 0x0010_FFFF) {
        return (end, Some("illegal Unicode character"));
    }
    (end, None)
}

fn named(seen: &[u8], at: usize) -> Escape {
    const MALFORMED: &str = "malformed \\N character escape";
    if seen.get(at) != Some(&b'{') {
        return (at, Some(MALFORMED));
    }
    let name = &seen[at + 1..];
    let Some(len) = name.iter().position(|b| *b == b'}') else {
        return (seen.len(), Some(MALFORMED));
    };
    if len == 0 {
        return (at + 1, Some(MALFORMED));
    }
    let end = at + len + 2;
    let known = std::str::from_utf8(&name[..len])
        .is_ok_and(|name| rustpython_unicode::lookup_character(name).is_some());
    (end, if known { None } else { Some("unknown Unicode character name") })
}

/// The first escape in a literal that means nothing: where its backslash is, and CPython's warning.
pub(super) fn doubtful_escape(literal: &str) -> Option<(usize, String)> {
    let quote_at = literal.find(['\'', '"'])?;
    let prefix = literal[..quote_at].to_ascii_lowercase();
    if prefix.contains('r') {
        return None;
    }
    doubtful_escape_in(&literal[quote_at..], prefix.contains('b')).map(|(at, text)| (at + quote_at, text))
}

/// The same in the text of an f-string. A brace after a backslash was the tokenizer's to warn of.
pub(super) fn doubtful_escape_in_text(body: &str) -> Option<(usize, String)> {
    let found = doubtful_escape_in(body, false)?;
    let escaped = body.as_bytes().get(found.0 + 1);
    if matches!(escaped, Some(b'{' | b'}')) { None } else { Some(found) }
}

fn doubtful_escape_in(body: &str, is_bytes: bool) -> Option<(usize, String)> {
    let bytes = body.as_bytes();
    let mut at = 0;
    while let Some(found) = bytes.get(at..).and_then(|rest| rest.iter().position(|b| *b == b'\\')) {
        let start = at + found;
        let Some(next) = bytes.get(start + 1) else { break };
        at = start + 2;
        let message = match next {
            b'\n' | b'\\' | b'\'' | b'"' | b'a' | b'b' | b'f' | b'n' | b'r' | b't' | b'v' | b'x' => continue,
            b'N' | b'u' | b'U' if !is_bytes => continue,
            b'4'..=b'7' => {
                let digits =
                    bytes[start + 1..].iter().take(3).take_while(|b| matches!(b, b'0'..=b'7')).count();
                if digits < 3 {
                    continue;
                }
                doubt(body.get(start + 1..start + 4)?, "octal escape")
            }
            b'0'..=b'3' => continue,
            other if other.is_ascii() => doubt(&char::from(*other).to_string(), "escape"),
            _ => continue,
        };
        return Some((start, message));
    }
    None
}

pub(super) fn doubt(escape: &str, what: &str) -> String {
    format!(
        "\"\\{escape}\" is an invalid {what} sequence. Such sequences will not work in the future. \
         Did you mean \"\\\\{escape}\"? A raw string is also an option."
    )
}
