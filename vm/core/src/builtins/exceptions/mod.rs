//! The exception types: what Python sees of them.
//!
//! - `types`: the type objects, their tree, and the fields of each
//! - `base`: what all exceptions have
//! - `simple`, `os_error`, `syntax_error`, `unicode`, `group`: types with more to them
//! - `traceback`: the type of tracebacks
//! - `report`: exceptions that nobody can catch

pub(crate) mod base;
pub(crate) mod group;
mod os_error;
mod report;
mod simple;
mod syntax_error;
pub(crate) mod traceback;
pub(crate) mod types;
mod unicode;

#[cfg(test)]
mod tests;

pub(crate) use group::{match_group, prepare_reraise_star};
pub use os_error::strerror;
pub(crate) use report::{report_unraisable, show_unraisable};

use crate::call::Args;
use crate::errors::{BaseException, Exc, PyResult};
use crate::object::{Obj, ObjCell, Ref};
use crate::sequence::Tuple;
use crate::text::Str;
use crate::types::{NativeDef, Property, TypeData, TypeObject};
use crate::vm::Vm;

/// Properties and methods that a type has beyond its base's.
type Additions = (&'static [Property], &'static [NativeDef]);

/// How many cells beyond those of BaseException an exception of type `ty` has.
pub(crate) fn field_count(ty: &TypeObject) -> usize {
    fields_of(ty).len()
}

fn fields_of(ty: &TypeObject) -> &'static [&'static str] {
    types::FIELDS.iter().find(|(base, _)| ty.is_subtype_of(base)).map_or(&[], |(_, fields)| *fields)
}

/// Sets the fields that follow from the arguments, as the types' `__init__` does.
pub(crate) fn fill_fields(vm: &Vm, exception: &Ref<BaseException>) -> PyResult<()> {
    if exception.fields.is_empty() {
        return Ok(());
    }
    let args = exception.args();
    if exception.as_obj().is_instance_of(&types::OS_ERROR) {
        return os_error::read(vm, exception, &args);
    }
    match exception.as_obj().ty().slots.init.get() {
        Some(init) => init(vm, exception.as_obj(), Args::positional_only(&args)),
        None => Ok(()),
    }
}

/// The field `name` of an exception, by the table of its type.
pub(crate) fn field<'a>(exception: &'a BaseException, ty: &TypeObject, name: &str) -> Option<&'a ObjCell> {
    exception.fields.get(fields_of(ty).iter().position(|other| *other == name)?)
}

/// Sets the field `name`, if exceptions of this type have it.
pub(crate) fn set_field(exception: &Ref<BaseException>, name: &str, value: &Obj) {
    if let Some(cell) = field(exception, exception.as_obj().ty(), name) {
        cell.set(value.clone());
    }
}

/// Sets `name` of a NameError.
pub(crate) fn set_name(exception: &Ref<BaseException>, name: &Ref<Str>) {
    set_field(exception, "name", name.as_obj());
}

/// Sets `name` and `obj` of an AttributeError.
pub(crate) fn set_name_and_object(exception: &Ref<BaseException>, name: &Ref<Str>, object: &Obj) {
    set_name(exception, name);
    set_field(exception, "obj", object);
}

/// Sets `name` and `obj` of an AttributeError that came without. CPython: `_PyObject_SetAttributeErrorContext`.
#[cold]
pub(crate) fn complete_attribute_error(error: &Exc, object: &Obj, name: &Ref<Str>) {
    if !error.is(&types::ATTRIBUTE_ERROR) {
        return;
    }
    let exception = error.exception();
    let ty = exception.as_obj().ty();
    let empty = |name: &str| field(exception, ty, name).is_some_and(ObjCell::is_empty);
    if empty("name") && empty("obj") {
        set_name_and_object(exception, name, object);
    }
}

/// Whether an exception of type `ty` is one of `class`, an exception class or a tuple of such: what `except` asks.
/// CPython: `PyErr_GivenExceptionMatches`.
pub(crate) fn matches(ty: &TypeObject, class: &Obj) -> bool {
    if let Some(class) = class.downcast::<TypeData>() {
        return ty.is_subtype_of(class);
    }
    class.downcast::<Tuple>().is_some_and(|classes| classes.items().iter().any(|class| matches(ty, class)))
}

pub(super) fn init(vm: &Vm) {
    types::init(vm);
    group::init_exception_group(vm);
    traceback::init(vm);
}
