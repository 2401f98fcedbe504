//! What the algorithms of `lasti_text` report, as exceptions; numbers and texts on their way to and from them.

use lasti_text::int::{Int as TextInt, IntRef};
use lasti_text::{Error, ErrorKind, Text};

use crate::builtins as types;
use crate::errors::{Exc, PyResult};
use crate::number::{Int, IntView};
use crate::object::Obj;
use crate::text::Str;
use crate::vm::Vm;

impl Vm {
    /// The exception that an error of `lasti_text` stands for.
    #[cold]
    pub fn text_error(&self, error: &Error) -> Exc {
        let ty = match error.kind {
            ErrorKind::Value => &types::VALUE_ERROR,
            ErrorKind::Type => &types::TYPE_ERROR,
            ErrorKind::Overflow => &types::OVERFLOW_ERROR,
            ErrorKind::ZeroDivision => &types::ZERO_DIVISION_ERROR,
            ErrorKind::Index => &types::INDEX_ERROR,
            ErrorKind::Lookup => &types::LOOKUP_ERROR,
            ErrorKind::Memory => return self.out_of_memory(),
            // The struct module has a type of its own and asks for the kind first.
            ErrorKind::Struct => &types::VALUE_ERROR,
        };
        self.error(ty, &error.message)
    }

    /// `MemoryError()`
    #[cold]
    pub fn out_of_memory(&self) -> Exc {
        self.error_with(&types::MEMORY_ERROR, Vec::new())
    }
}

/// Results of `lasti_text`, with its errors raised.
pub trait OrRaise<T> {
    /// The value, or the error as an exception.
    fn or_raise(self, vm: &Vm) -> PyResult<T>;
}

impl<T> OrRaise<T> for Result<T, Error> {
    #[inline]
    fn or_raise(self, vm: &Vm) -> PyResult<T> {
        self.map_err(|error| vm.text_error(&error))
    }
}

impl<'a> From<IntView<'a>> for IntRef<'a> {
    #[inline]
    fn from(int: IntView<'a>) -> Self {
        match int {
            IntView::Small(int) => Self::Small(int),
            IntView::Big(int) => Self::Big(int),
        }
    }
}

impl Int {
    /// An int object.
    pub fn from_text(int: TextInt) -> Obj {
        match int {
            TextInt::Small(int) => Self::new(int),
            TextInt::Big(int) => Self::from_big(int),
        }
    }
}

impl Str {
    /// The text with its length, as `lasti_text` takes it.
    #[inline]
    pub fn text(&self) -> Text<'_> {
        Text::with_length(self.as_wtf8(), self.char_len())
    }
}
