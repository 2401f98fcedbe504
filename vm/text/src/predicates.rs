//! `isalpha`, `isidentifier`, `istitle` and the other questions that `str` answers about itself.

use rustpython_wtf8::Wtf8;

use crate::unicode;

fn all(text: &Wtf8, is: impl Fn(u32) -> bool) -> bool {
    !text.is_empty() && text.code_points().all(|c| is(c.to_u32()))
}

macro_rules! every {
    ($($(#[$doc:meta])* $name:ident: $ascii:ident, $is:path;)*) => {
        $($(#[$doc])*
        pub fn $name(text: &Wtf8) -> bool {
            let ascii = |c: u32| c < 0x80 && (c as u8).$ascii();
            all(text, |c| ascii(c) || $is(c))
        })*
    };
}

every! {
    /// `str.isalpha`.
    is_alpha: is_ascii_alphabetic, unicode::is_alpha;
    /// `str.isalnum`.
    is_alnum: is_ascii_alphanumeric, unicode::is_alnum;
    /// `str.isdecimal`.
    is_decimal: is_ascii_digit, unicode::is_decimal;
    /// `str.isdigit`.
    is_digit: is_ascii_digit, unicode::is_digit;
    /// `str.isnumeric`.
    is_numeric: is_ascii_digit, unicode::is_numeric;
}

/// `str.isspace`.
pub fn is_space(text: &Wtf8) -> bool {
    all(text, unicode::is_space)
}

/// `str.isprintable`: true of the empty string.
pub fn is_printable(text: &Wtf8) -> bool {
    text.code_points().all(|c| unicode::is_printable(c.to_u32()))
}

/// `str.isascii`: true of the empty string.
pub fn is_ascii(text: &Wtf8) -> bool {
    text.as_bytes().is_ascii()
}

/// `str.isidentifier`.
pub fn is_identifier(text: &Wtf8) -> bool {
    let mut chars = text.code_points().map(rustpython_wtf8::CodePoint::to_u32);
    chars.next().is_some_and(unicode::is_id_start) && chars.all(unicode::is_id_continue)
}

/// `str.islower`: something in lower case, nothing in upper or title case.
pub fn is_lower(text: &Wtf8) -> bool {
    let mut cased = false;
    for c in text.code_points() {
        let c = c.to_u32();
        if unicode::is_upper(c) || unicode::is_title(c) {
            return false;
        }
        cased |= unicode::is_lower(c);
    }
    cased
}

/// `str.isupper`: something in upper case, nothing in lower or title case.
pub fn is_upper(text: &Wtf8) -> bool {
    let mut cased = false;
    for c in text.code_points() {
        let c = c.to_u32();
        if unicode::is_lower(c) || unicode::is_title(c) {
            return false;
        }
        cased |= unicode::is_upper(c);
    }
    cased
}

/// `str.istitle`: capitals at the beginning of words, and only there.
pub fn is_title(text: &Wtf8) -> bool {
    let mut cased = false;
    let mut in_word = false;
    for c in text.code_points() {
        let c = c.to_u32();
        if unicode::is_upper(c) || unicode::is_title(c) {
            if in_word {
                return false;
            }
            in_word = true;
            cased = true;
        } else if unicode::is_lower(c) {
            if !in_word {
                return false;
            }
            cased = true;
        } else {
            in_word = false;
        }
    }
    cased
}
