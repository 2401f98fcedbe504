//! Python's `repr()` of constants and code objects: the text that `dis` shows. Shortest floats and
//! the escapes of bytes come from `rustpython-literal`, whose escapes of strings follow another version of
//! Unicode; this module owns the rest and formats no other object.
//!
//! Two texts differ from CPython's. A frozen set's members stand in stored order (there: in hash order,
//! which for strings is another one in each process). An integer of more digits than
//! `sys.int_info.default_max_str_digits`, for which `repr()` raises, is described in words.

mod printable;
mod string;

use std::fmt::{self, Write as _};

use malachite_bigint::BigInt;
use rustpython_literal::{complex, escape, float};

use crate::code_object::CodeObject;
use crate::constant::{Const, Int};
use crate::text::Str;

/// `sys.int_info.default_max_str_digits`.
const MAX_STR_DIGITS: usize = 4300;
/// Integers of more bits have more than [`MAX_STR_DIGITS`] digits: 4300 / log10(2), rounded up.
const MAX_STR_BITS: u64 = 14_285;
/// After so many bytes a container's text is cut off with `...`. Tuples of a file may share their items
/// level by level, so that the text's length is exponential in the file's.
const MAX_TEXT: usize = 64 << 20;

/// Shows a constant as Python's `repr()` does.
#[derive(Clone, Copy, Debug)]
pub struct Repr<'a>(pub &'a Const);

impl fmt::Display for Repr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = Counted { out: f, written: 0 };
        let mut open: Vec<Container<'_>> = Vec::new();
        let mut next = Some(self.0);
        loop {
            if let Some(constant) = next.take() {
                match Container::open(constant) {
                    Some(container) => {
                        out.write_str(container.before)?;
                        open.push(container);
                    }
                    None => write_plain(constant, &mut out)?,
                }
            }
            // The stack is on the heap: how deep a file nests its tuples is for the file to say.
            let Some(container) = open.last_mut() else { return Ok(()) };
            if out.written > MAX_TEXT {
                return out.write_str("...");
            }
            next = container.items.next();
            if next.is_none() {
                out.write_str(container.after)?;
                open.pop();
            } else if !std::mem::take(&mut container.at_first) {
                out.write_str(", ")?;
            }
        }
    }
}

/// A container whose members are being written.
struct Container<'a> {
    before: &'static str,
    items: std::slice::Iter<'a, Const>,
    after: &'static str,
    at_first: bool,
}

impl<'a> Container<'a> {
    fn open(constant: &'a Const) -> Option<Self> {
        let (before, items, after) = match constant {
            Const::Tuple(items) => ("(", &**items, if items.len() == 1 { ",)" } else { ")" }),
            Const::FrozenSet(items) if items.is_empty() => ("frozenset(", &**items, ")"),
            Const::FrozenSet(items) => ("frozenset({", &**items, "})"),
            Const::Slice(parts) => ("slice(", &parts[..], ")"),
            _ => return None,
        };
        Some(Self { before, items: items.iter(), after, at_first: true })
    }
}

fn write_plain(constant: &Const, out: &mut impl fmt::Write) -> fmt::Result {
    match constant {
        Const::None => out.write_str("None"),
        Const::Bool(true) => out.write_str("True"),
        Const::Bool(false) => out.write_str("False"),
        Const::Ellipsis => out.write_str("Ellipsis"),
        Const::Int(Int::Small(value)) => write!(out, "{value}"),
        Const::Int(Int::Big(value)) => write_big(value, out),
        Const::Float(value) => out.write_str(&float::to_string(*value)),
        Const::Complex(real, imag) => out.write_str(&complex::to_string(*real, *imag)),
        Const::Str(text) => string::write_quoted(text.as_wtf8(), out),
        Const::Bytes(bytes) => escape::AsciiEscape::new_repr(bytes).bytes_repr().write(out),
        Const::Code(code) => write!(out, "{}", CodeRepr(code)),
        // Containers are opened by the caller.
        Const::Tuple(_) | Const::FrozenSet(_) | Const::Slice(_) => Ok(()),
    }
}

fn write_big(value: &BigInt, out: &mut impl fmt::Write) -> fmt::Result {
    // Checked before the conversion, which takes more than linear time.
    if value.bits() <= MAX_STR_BITS {
        let digits = value.to_string();
        if digits.trim_start_matches('-').len() <= MAX_STR_DIGITS {
            return out.write_str(&digits);
        }
    }
    write!(out, "<int of {} bits: more than {MAX_STR_DIGITS} digits>", value.bits())
}

/// Shows a code object as Python's `repr()` does, the address being that of the [`CodeObject`].
#[derive(Clone, Copy, Debug)]
pub struct CodeRepr<'a>(pub &'a CodeObject);

impl fmt::Display for CodeRepr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(code) = *self;
        let line = if code.firstlineno == 0 { -1 } else { code.firstlineno };
        f.write_str("<code object ")?;
        write_text(&code.name, f)?;
        write!(f, " at {:p}, file \"", std::ptr::from_ref(code))?;
        write_text(&code.filename, f)?;
        write!(f, "\", line {line}>")
    }
}

/// Writes a string as it is, but for lone surrogates, which no encoding of the output can hold: they
/// become `\udcff` and the like, as with Python's `backslashreplace`.
pub fn write_text(text: &Str, out: &mut impl fmt::Write) -> fmt::Result {
    if let Some(text) = text.as_str() {
        return out.write_str(text);
    }
    for point in text.as_wtf8().code_points() {
        match point.to_char() {
            Some(char) => out.write_char(char)?,
            None => write!(out, "\\u{:04x}", point.to_u32())?,
        }
    }
    Ok(())
}

/// Counts the bytes that pass through.
struct Counted<'f, 'b> {
    out: &'f mut fmt::Formatter<'b>,
    written: usize,
}

impl fmt::Write for Counted<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.written += text.len();
        self.out.write_str(text)
    }
}

#[cfg(test)]
mod tests;
