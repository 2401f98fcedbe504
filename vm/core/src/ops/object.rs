//! repr, str, hash, truth, comparison, length. CPython: Objects/object.c, Objects/abstract.c.

use crate::builtins as types;
use crate::bytes::Bytes;
use crate::errors::{Exc, PyResult};
use crate::object::{Obj, Ref};
use crate::sequence::Tuple;
use crate::text::Str;
use crate::types::CompareOp;
use crate::vm::Vm;

/// The `hash` slot of unhashable types.
pub(crate) fn unhashable(vm: &Vm, object: &Obj) -> PyResult<i64> {
    Err(vm.type_error(format!("unhashable type: '{}'", object.ty().tp_name())))
}

/// The hash of a number within 62 bits: the number modulo 2**61 - 1, with its sign; never -1.
#[inline(always)]
pub(crate) fn small_int_hash(int: i64) -> i64 {
    const MODULUS: i64 = (1 << 61) - 1;
    match int % MODULUS {
        -1 => -2,
        hash => hash,
    }
}

impl Vm {
    /// `repr(object)`
    pub fn repr(&self, object: &Obj) -> PyResult<Ref<Str>> {
        self.check_native_stack()?;
        let Some(repr) = object.ty().slots.repr.get() else {
            return Ok(Str::new(&format!("<{} object at {:#x}>", object.ty().tp_name(), object.id())));
        };
        self.expect_str(repr(self, object)?, "__repr__")
    }

    /// `str(object)`
    pub fn str(&self, object: &Obj) -> PyResult<Ref<Str>> {
        if let Some(text) = object.downcast_exact::<Str>() {
            return Ok(text.clone());
        }
        self.check_native_stack()?;
        match object.ty().slots.str.get() {
            Some(str) => self.expect_str(str(self, object)?, "__str__"),
            None => self.repr(object),
        }
    }

    fn expect_str(&self, result: Obj, method: &str) -> PyResult<Ref<Str>> {
        result.into_ref::<Str>().map_err(|other| {
            self.type_error(format!("{method} returned non-string (type {})", other.ty().tp_name()))
        })
    }

    /// `ascii(object)`
    pub fn ascii(&self, object: &Obj) -> PyResult<Ref<Str>> {
        let text = self.repr(object)?;
        if text.is_ascii() {
            return Ok(text);
        }
        Ok(Str::new(&lasti_text::repr::ascii_of_repr(text.as_wtf8())))
    }

    /// `format(object, spec)`, with an empty specification if there is none.
    pub fn format(&self, object: &Obj, spec: Option<&Ref<Str>>) -> PyResult<Ref<Str>> {
        let empty;
        let spec = match spec {
            Some(spec) => spec,
            None => {
                empty = Str::new("");
                &empty
            }
        };
        if spec.is_empty() {
            if let Some(text) = object.downcast_exact::<Str>() {
                return Ok(text.clone());
            }
            if object.is_exact_int() {
                return self.str(object);
            }
        }
        let Some(result) = self.call_special(object, &self.names().__format__, &[spec.as_obj().clone()])?
        else {
            return Err(self.type_error(format!("Type {} doesn't define __format__", object.ty().tp_name())));
        };
        result.into_ref::<Str>().map_err(|other| {
            self.type_error(format!("__format__ must return a str, not {}", other.ty().tp_name()))
        })
    }

    /// Issues a DeprecationWarning at the caller.
    pub fn warn_deprecated(&self, message: &str) -> PyResult<()> {
        self.warn(&types::DEPRECATION_WARNING, message, 1)
    }

    /// `repr(object)` for messages: lone surrogates become U+FFFD.
    pub fn repr_text(&self, object: &Obj) -> PyResult<String> {
        Ok(self.repr(object)?.to_string_lossy().into_owned())
    }

    /// `str(object)` for messages: lone surrogates become U+FFFD.
    pub fn str_text(&self, object: &Obj) -> PyResult<String> {
        Ok(self.str(object)?.to_string_lossy().into_owned())
    }

    /// `hash(object)`
    #[inline]
    pub fn hash(&self, object: &Obj) -> PyResult<i64> {
        if let Some(text) = object.downcast_exact::<Str>() {
            return Ok(text.hash());
        }
        if object.value().is_int() {
            return Ok(small_int_hash(object.value().as_int()));
        }
        match object.ty().slots.hash.get() {
            Some(hash) => hash(self, object),
            None => unhashable(self, object),
        }
    }

    /// The hash of a dict's key; the TypeError of an unhashable one says what it was for.
    #[inline]
    pub fn hash_key(&self, key: &Obj) -> PyResult<i64> {
        self.hash(key).map_err(|error| self.unhashable_as(key, error, "a dict key"))
    }

    /// The hash of a set's element, as [`Self::hash_key`].
    #[inline]
    pub fn hash_element(&self, element: &Obj) -> PyResult<i64> {
        self.hash(element).map_err(|error| self.unhashable_as(element, error, "a set element"))
    }

    #[cold]
    fn unhashable_as(&self, object: &Obj, error: Exc, role: &str) -> Exc {
        if !error.exception().as_obj().is_exact(&types::TYPE_ERROR) {
            return error;
        }
        let text = self.str_text(error.exception().as_obj());
        match object.ty().display_name(self).and_then(|name| Ok((name, text?))) {
            Ok((name, text)) => self.type_error(format!("cannot use '{name}' as {role} ({text})")),
            Err(error) => error,
        }
    }

    /// `bool(object)`
    #[inline]
    pub fn is_true(&self, object: &Obj) -> PyResult<bool> {
        let value = object.value();
        if value == types::TRUE.value() {
            return Ok(true);
        }
        if value == types::FALSE.value() || value == types::NONE.value() {
            return Ok(false);
        }
        if value.is_int() {
            return Ok(value.as_int() != 0);
        }
        let slots = &object.ty().slots;
        if let Some(bool) = slots.nb_bool.get() {
            bool(self, object)
        } else if let Some(length) = slots.length.get() {
            Ok(length(self, object)? != 0)
        } else {
            Ok(true)
        }
    }

    /// `len(object)`
    pub fn len(&self, object: &Obj) -> PyResult<usize> {
        match object.ty().slots.length.get() {
            Some(length) => length(self, object),
            None => Err(self.type_error(format!("object of type '{}' has no len()", object.ty().tp_name()))),
        }
    }

    /// `left op right`: any object may come out.
    pub fn compare(&self, left: &Obj, right: &Obj, op: CompareOp) -> PyResult {
        if left.value().is_int() && right.value().is_int() {
            return Ok(self.bool(op.holds(left.value().as_int().cmp(&right.value().as_int()))));
        }
        self.check_native_stack()?;
        let (left_ty, right_ty) = (left.ty(), right.ty());
        let mut reflected = false;
        if !left_ty.is(right_ty)
            && right_ty.is_subtype_of(left_ty)
            && let Some(compare) = right_ty.slots.richcompare.get()
        {
            reflected = true;
            let result = compare(self, right, left, op.swapped())?;
            if !self.is_not_implemented(&result) {
                return Ok(result);
            }
        }
        if let Some(compare) = left_ty.slots.richcompare.get() {
            let result = compare(self, left, right, op)?;
            if !self.is_not_implemented(&result) {
                return Ok(result);
            }
        }
        if !reflected && let Some(compare) = right_ty.slots.richcompare.get() {
            let result = compare(self, right, left, op.swapped())?;
            if !self.is_not_implemented(&result) {
                return Ok(result);
            }
        }
        match op {
            CompareOp::Eq => Ok(self.bool(left.is(right))),
            CompareOp::Ne => Ok(self.bool(!left.is(right))),
            _ => Err(self.type_error(format!(
                "'{}' not supported between instances of '{}' and '{}'",
                op.symbol(),
                left_ty.tp_name(),
                right_ty.tp_name()
            ))),
        }
    }

    /// The truth of `left op right`. The same object is equal to itself, as in containers.
    pub fn compare_bool(&self, left: &Obj, right: &Obj, op: CompareOp) -> PyResult<bool> {
        if left.is(right) && matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(op == CompareOp::Eq);
        }
        let result = self.compare(left, right, op)?;
        self.is_true(&result)
    }

    /// Whether both are the same object or equal.
    #[inline]
    pub fn eq(&self, left: &Obj, right: &Obj) -> PyResult<bool> {
        match Self::quick_eq(left, right) {
            Some(equal) => Ok(equal),
            None => self.compare_bool(left, right, CompareOp::Eq),
        }
    }

    /// [`Self::eq`] where no Python code is asked and nothing can go wrong; otherwise `None`.
    #[inline]
    pub(crate) fn quick_eq(left: &Obj, right: &Obj) -> Option<bool> {
        if left.is(right) {
            return Some(true);
        }
        if left.value().is_int() && right.value().is_int() {
            return Some(false);
        }
        match (left.downcast_exact::<Str>(), right.downcast_exact::<Str>()) {
            (Some(a), Some(b)) => Some(a.same_text(b)),
            _ => None,
        }
    }

    /// [`Self::quick_eq`] for tuples and bytes too; tuples in tuples no deeper than `depth`.
    pub(crate) fn quick_eq_deep(left: &Obj, right: &Obj, depth: u32) -> Option<bool> {
        if let Some(equal) = Self::quick_eq(left, right) {
            return Some(equal);
        }
        if let (Some(a), Some(b)) = (left.downcast_exact::<Tuple>(), right.downcast_exact::<Tuple>()) {
            if depth == 0 {
                return None;
            }
            for (a, b) in a.items().iter().zip(b.items()) {
                if !Self::quick_eq_deep(a, b, depth - 1)? {
                    return Some(false);
                }
            }
            return Some(a.len() == b.len());
        }
        match (left.downcast_exact::<Bytes>(), right.downcast_exact::<Bytes>()) {
            (Some(a), Some(b)) => Some(a.as_slice() == b.as_slice()),
            _ => None,
        }
    }

    /// `isinstance(object, class)` for a class or a tuple of such.
    pub fn is_instance(&self, object: &Obj, class: &Obj) -> PyResult<bool> {
        crate::builtins::classes::is_instance(self, object, class)
    }

    /// `issubclass(class, of)` for a class or a tuple of such.
    pub fn is_subclass(&self, class: &Obj, of: &Obj) -> PyResult<bool> {
        crate::builtins::classes::is_subclass(self, class, of)
    }
}
