//! Arguments of native functions: conversions that many of them share, with CPython's messages.
//! CPython: Python/getargs.c, `_PyArg_BadArgument` and the converters of Argument Clinic.

use crate::errors::{Exc, PyResult};
use crate::object::{Obj, Ref};
use crate::text::Str;
use crate::vm::Vm;

impl Vm {
    /// The TypeError for an argument of the wrong type: `function() argument 1 must be str, not int`.
    #[cold]
    pub fn bad_argument(&self, function: &str, argument: &str, expected: &str, given: &Obj) -> Exc {
        let given = if self.is_none(given) { "None".to_owned() } else { given.ty().name() };
        let space = if argument.is_empty() { "" } else { " " };
        self.type_error(format!("{function}() argument{space}{argument} must be {expected}, not {given}"))
    }

    /// A str argument; `argument` is its number, or its name in quotes.
    #[inline]
    pub fn str_argument<'a>(&self, function: &str, argument: &str, given: &'a Obj) -> PyResult<&'a Ref<Str>> {
        match given.downcast::<Str>() {
            Some(text) => Ok(text),
            None => Err(self.bad_argument(function, argument, "str", given)),
        }
    }

    /// A str argument that becomes a C string: no null characters, no lone surrogates.
    pub fn plain_str_argument(&self, function: &str, argument: &str, given: &Obj) -> PyResult<String> {
        let text = self.str_argument(function, argument, given)?;
        match text.as_str() {
            Some(text) if text.contains('\0') => Err(self.value_error("embedded null character")),
            Some(text) => Ok(text.to_owned()),
            None => self.encode(text, "utf-8", "strict").map(|_| String::new()),
        }
    }

    /// An integer argument of C's `Py_ssize_t`.
    #[inline]
    pub fn size_argument(&self, given: &Obj) -> PyResult<isize> {
        self.index_i64(given).map(|size| size as isize)
    }

    /// An optional argument where None means its absence, and any number is clamped: the bounds of `str.find`.
    pub fn bound_argument(&self, given: Option<&Obj>) -> PyResult<Option<isize>> {
        let Some(given) = given.filter(|given| !self.is_none(given)) else { return Ok(None) };
        if given.as_int().is_none() && given.ty().slots.nb_index.get().is_none() {
            return Err(self.type_error("slice indices must be integers or None or have an __index__ method"));
        }
        self.index_clamped(given).map(|index| Some(index as isize))
    }

    /// An argument of C's `int`.
    pub fn c_int_argument(&self, given: &Obj) -> PyResult<i32> {
        let index = self.index(given)?;
        let Some(int) = index.as_i64() else {
            return Err(self.overflow_error("Python int too large to convert to C long"));
        };
        i32::try_from(int).map_err(|_| {
            self.overflow_error(if int < 0 {
                "signed integer is less than minimum"
            } else {
                "signed integer is greater than maximum"
            })
        })
    }
}

/// How often to split or replace: `None` for Python's -1 and all below zero.
pub(crate) fn max_count(count: isize) -> Option<usize> {
    usize::try_from(count).ok()
}
