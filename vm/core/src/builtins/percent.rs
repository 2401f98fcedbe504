//! The arguments of the `%` operator, for str and for bytes: fetching values in the format's order.
//! CPython: `unicode_format_arg_parse` and its like in Objects/bytesobject.c.

use lasti_text::percent::{self, Field};

use super::text_error::OrRaise;
use super::{BYTES, STR, TYPE_ERROR};
use crate::buffer::ByteArray;
use crate::errors::{Exc, PyResult};
use crate::number::IntView;
use crate::object::Obj;
use crate::sequence::Tuple;
use crate::vm::Vm;

/// The right side of `%`.
pub(super) struct Values<'a> {
    vm: &'a Vm,
    right: &'a Obj,
    /// The values of a tuple; otherwise the one value.
    values: Vec<Obj>,
    next: usize,
    mapping: bool,
    /// Whether a key was used: then values that remain are no error.
    keyed: bool,
    width: isize,
    precision: Option<i32>,
}

impl<'a> Values<'a> {
    pub(super) fn new(vm: &'a Vm, right: &'a Obj) -> Self {
        let tuple = right.downcast::<Tuple>();
        let mapping = tuple.is_none()
            && right.ty().slots.getitem.get().is_some()
            && !right.is_instance_of(&STR)
            && !right.is_instance_of(&BYTES)
            && right.downcast::<ByteArray>().is_none();
        let values = match tuple {
            Some(tuple) => tuple.items().to_vec(),
            None => vec![right.clone()],
        };
        Self { vm, right, values, next: 0, mapping, keyed: false, width: 0, precision: None }
    }

    /// The next value.
    pub(super) fn take(&mut self) -> PyResult {
        match self.values.get(self.next) {
            Some(value) => {
                self.next += 1;
                Ok(value.clone())
            }
            None => Err(self.vm.type_error("not enough arguments for format string")),
        }
    }

    /// The next value is the mapping's for `key`.
    pub(super) fn key(&mut self, key: &Obj) -> PyResult<()> {
        if !self.mapping {
            return Err(self.vm.type_error("format requires a mapping"));
        }
        self.values = vec![self.vm.getitem(self.right, key)?];
        self.next = 0;
        self.keyed = true;
        Ok(())
    }

    fn star(&mut self) -> PyResult<Obj> {
        let value = self.take()?;
        if value.as_int().is_none() {
            return Err(self.vm.type_error("* wants int"));
        }
        Ok(value)
    }

    /// `*`
    pub(super) fn star_width(&mut self) -> PyResult<()> {
        let value = self.star()?;
        self.width = match value.as_i64() {
            Some(i64::MIN) => return Err(self.vm.overflow_error("width too big")),
            Some(width) => width as isize,
            None => {
                return Err(self.vm.overflow_error("Python int too large to convert to C ssize_t"));
            }
        };
        Ok(())
    }

    /// `.*`
    pub(super) fn star_precision(&mut self) -> PyResult<()> {
        let value = self.star()?;
        self.precision = Some(self.vm.c_int_argument(&value)?);
        Ok(())
    }

    /// The field with what stars stood for.
    pub(super) fn complete(&mut self, field: &mut Field) {
        let width = std::mem::take(&mut self.width);
        if width != 0 {
            percent::star_width(field, width);
        }
        if let Some(precision) = self.precision.take() {
            percent::star_precision(field, precision);
        }
    }

    /// Raises if values remain.
    pub(super) fn finish(&self, what: &str) -> PyResult<()> {
        if self.keyed || self.mapping || self.next >= self.values.len() {
            return Ok(());
        }
        Err(self.vm.type_error(format!("not all arguments converted during {what} formatting")))
    }
}

/// The error for a value of the wrong type.
pub(super) fn wrong_type(vm: &Vm, field: &Field, value: &Obj) -> Exc {
    let name = match field.kind() {
        'c' => value.ty().fully_qualified_name(vm),
        _ => Ok(value.ty().name()),
    };
    match name {
        Ok(name) => vm.text_error(&percent::argument_error(field, &name, None)),
        Err(error) => error,
    }
}

/// A value for `%d` and its like as text.
pub(super) fn integer(vm: &Vm, value: &Obj, field: &Field) -> PyResult<String> {
    let decimal = matches!(field.kind(), 'd' | 'i' | 'u');
    let number = if value.as_int().is_some() {
        Ok(value.clone())
    } else if decimal && value.ty().slots.nb_int.get().is_some() {
        vm.int(value)
    } else if value.ty().slots.nb_index.get().is_some() {
        vm.index(value)
    } else {
        return Err(wrong_type(vm, field, value));
    };
    let number = match number {
        Err(error) if error.is(&TYPE_ERROR) => return Err(wrong_type(vm, field, value)),
        number => number?,
    };
    let view = number.as_int().unwrap_or(IntView::Small(0));
    percent::format_int(view.into(), field, vm.interp().int_digit_limit()).or_raise(vm)
}

/// A value for `%f` and its like as text.
pub(super) fn real(vm: &Vm, value: &Obj, field: &Field) -> PyResult<String> {
    percent::format_float(vm.float(value)?, field).or_raise(vm)
}
