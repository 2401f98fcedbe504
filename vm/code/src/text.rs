//! Python strings as code objects hold them: names, string constants, file names.

use std::borrow::Borrow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use rustpython_wtf8::{Wtf8, Wtf8Buf};

/// A Python `str` in a code object. Nearly all are valid UTF-8; one with lone surrogates is kept as
/// WTF-8, of which UTF-8 is a part.
///
/// Two strings are equal when their text is. Whether a string is interned takes no part in that: it is
/// a property of the object, which marshal writes down.
#[derive(Clone)]
pub struct Str {
    text: Text,
    interned: bool,
}

#[derive(Clone)]
enum Text {
    Utf8(Arc<str>),
    /// With at least one lone surrogate.
    Surrogates(Arc<Wtf8Buf>),
}

impl Str {
    /// A string that is not interned.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self { text: Text::Utf8(text.into()), interned: false }
    }

    /// An interned string, as all names are.
    pub fn interned(text: impl Into<Arc<str>>) -> Self {
        Self { text: Text::Utf8(text.into()), interned: true }
    }

    /// A string that may hold lone surrogates.
    pub fn from_wtf8(text: &Wtf8, interned: bool) -> Self {
        let text = match text.as_str() {
            Ok(utf8) => Text::Utf8(utf8.into()),
            Err(_) => Text::Surrogates(Arc::new(text.to_wtf8_buf())),
        };
        Self { text, interned }
    }

    /// Whether the string is interned.
    pub fn is_interned(&self) -> bool {
        self.interned
    }

    /// The text, if it has no lone surrogate.
    pub fn as_str(&self) -> Option<&str> {
        match &self.text {
            Text::Utf8(text) => Some(text),
            Text::Surrogates(_) => None,
        }
    }

    /// The text as WTF-8.
    pub fn as_wtf8(&self) -> &Wtf8 {
        match &self.text {
            Text::Utf8(text) => Wtf8::new(&**text),
            Text::Surrogates(text) => text,
        }
    }

    /// The text's UTF-8 bytes; a lone surrogate stands as three bytes, as Python's `surrogatepass`
    /// writes it.
    pub fn as_bytes(&self) -> &[u8] {
        match &self.text {
            Text::Utf8(text) => text.as_bytes(),
            Text::Surrogates(text) => text.as_bytes(),
        }
    }

    /// The text for people: lone surrogates become U+FFFD.
    pub fn to_string_lossy(&self) -> std::borrow::Cow<'_, str> {
        match &self.text {
            Text::Utf8(text) => (&**text).into(),
            Text::Surrogates(text) => text.to_string_lossy(),
        }
    }

    /// The address of the text, which is the same for clones: the object's identity.
    pub(crate) fn address(&self) -> usize {
        match &self.text {
            Text::Utf8(text) => Arc::as_ptr(text).cast::<u8>() as usize,
            Text::Surrogates(text) => Arc::as_ptr(text) as usize,
        }
    }

    /// Whether CPython holds a string constant with this text interned: one of ASCII letters, digits and
    /// underscores only (Objects/codeobject.c, `should_intern_string`), or a single Latin-1 character.
    pub fn interns_constant(text: &str) -> bool {
        let name = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let mut chars = text.chars();
        name || chars.next().is_some_and(|c| c <= '\u{ff}') && chars.next().is_none()
    }
}

impl From<&str> for Str {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl PartialEq for Str {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Str {}

impl PartialEq<str> for Str {
    fn eq(&self, other: &str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Hash for Str {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

impl Borrow<[u8]> for Str {
    fn borrow(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl fmt::Debug for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_wtf8(), f)
    }
}

impl fmt::Display for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_string_lossy())
    }
}
