//! `upper`, `lower`, `title`, `capitalize`, `swapcase` and `casefold` of `str`.

use rustpython_wtf8::{Wtf8, Wtf8Buf};

use crate::text::{decode, decode_last, from_parts, push};
use crate::unicode::{self, Mapped};

const CAPITAL_SIGMA: u32 = 0x3A3;

fn write(out: &mut Vec<u8>, mapped: Mapped) {
    match mapped {
        Mapped::One(c) => push(out, c),
        Mapped::Many(text) => out.extend_from_slice(text.as_bytes()),
    }
}

/// Lowers the code point `at` in the bytes; a capital sigma that ends a word becomes a final one.
fn lower_into(out: &mut Vec<u8>, c: u32, bytes: &[u8], at: usize) {
    if c == CAPITAL_SIGMA {
        let sigma = if is_final_sigma(bytes, at) { 0x3C2 } else { 0x3C3 };
        push(out, sigma);
    } else {
        write(out, unicode::to_lower(c));
    }
}

/// A cased character before, none after, looking through what is case-ignorable.
fn is_final_sigma(bytes: &[u8], at: usize) -> bool {
    let mut before = &bytes[..at];
    let cased_before = loop {
        let Some((c, len)) = decode_last(before) else { break false };
        before = &before[..before.len() - len];
        if !unicode::is_case_ignorable(c) {
            break unicode::is_cased(c);
        }
    };
    if !cased_before {
        return false;
    }
    let mut after = &bytes[at + 2..];
    loop {
        let Some((c, len)) = decode(after) else { return true };
        after = &after[len..];
        if !unicode::is_case_ignorable(c) {
            return !unicode::is_cased(c);
        }
    }
}

/// Maps each code point, told its place.
fn map(text: &Wtf8, mut each: impl FnMut(&mut Vec<u8>, u32, usize)) -> Wtf8Buf {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some((c, len)) = decode(&bytes[at..]) {
        each(&mut out, c, at);
        at += len;
    }
    from_parts(out)
}

/// The text, if it is ASCII, after a change of its bytes.
fn ascii(text: &Wtf8, change: impl FnOnce(&mut str)) -> Option<Wtf8Buf> {
    let text = text.as_str().ok().filter(|text| text.is_ascii())?;
    let mut out = text.to_owned();
    change(&mut out);
    Some(Wtf8Buf::from_string(out))
}

/// `str.upper`.
pub fn upper(text: &Wtf8) -> Wtf8Buf {
    ascii(text, str::make_ascii_uppercase)
        .unwrap_or_else(|| map(text, |out, c, _| write(out, unicode::to_upper(c))))
}

/// `str.lower`.
pub fn lower(text: &Wtf8) -> Wtf8Buf {
    ascii(text, str::make_ascii_lowercase)
        .unwrap_or_else(|| map(text, |out, c, at| lower_into(out, c, text.as_bytes(), at)))
}

/// `str.casefold`.
pub fn casefold(text: &Wtf8) -> Wtf8Buf {
    ascii(text, str::make_ascii_lowercase)
        .unwrap_or_else(|| map(text, |out, c, _| write(out, unicode::to_folded(c))))
}

/// `str.capitalize`.
pub fn capitalize(text: &Wtf8) -> Wtf8Buf {
    map(text, |out, c, at| {
        if at == 0 {
            write(out, unicode::to_title(c));
        } else {
            lower_into(out, c, text.as_bytes(), at);
        }
    })
}

/// `str.title`.
pub fn title(text: &Wtf8) -> Wtf8Buf {
    let mut in_word = false;
    map(text, |out, c, at| {
        if in_word {
            lower_into(out, c, text.as_bytes(), at);
        } else {
            write(out, unicode::to_title(c));
        }
        in_word = unicode::is_cased(c);
    })
}

/// `str.swapcase`.
pub fn swapcase(text: &Wtf8) -> Wtf8Buf {
    map(text, |out, c, at| {
        if unicode::is_upper(c) {
            lower_into(out, c, text.as_bytes(), at);
        } else if unicode::is_lower(c) {
            write(out, unicode::to_upper(c));
        } else {
            push(out, c);
        }
    })
}
