//! What all exceptions have: construction, `args`, the links to other exceptions, notes, pickling.
//! CPython: Objects/exceptions.c, `BaseException_*`.

use super::types::{BASE_EXCEPTION, KEY_ERROR};
use crate::call::Args;
use crate::dict::Dict;
use crate::errors::{BaseException, PyResult};
use crate::object::{Obj, ObjCell, Ref};
use crate::sequence::{List, Tuple};
use crate::text::Str;
use crate::traceback::Traceback;
use crate::types::{NativeCall, NativeDef, Property, TypeObject, instance};
use crate::vm::Vm;

pub(super) fn this<'a>(vm: &Vm, object: &'a Obj) -> PyResult<&'a Ref<BaseException>> {
    vm.receiver::<BaseException>(object)
}

/// `BaseException.__new__`
pub(super) fn new(_: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    Ok(make(ty, args.positional()).into_obj())
}

/// An exception of type `ty` with `args`, not initialized further.
pub(super) fn make(ty: &TypeObject, args: &[Obj]) -> Ref<BaseException> {
    BaseException::new_in(ty, Tuple::from_slice(args), super::field_count(ty))
}

/// `BaseException.__init__`
pub(super) fn init(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult<()> {
    let exception = this(vm, object)?;
    if !args.names().is_empty() {
        args.no_keywords(vm, &object.ty().name())?;
    }
    exception.args.set(Tuple::from_slice(args.positional()).into_obj());
    Ok(())
}

fn args_tuple(vm: &Vm, exception: &BaseException) -> Ref<Tuple> {
    exception.args.get_as::<Tuple>().unwrap_or_else(|| vm.empty_tuple())
}

pub(super) fn repr(vm: &Vm, object: &Obj) -> PyResult {
    let args = args_tuple(vm, this(vm, object)?);
    let mut text = rustpython_wtf8::Wtf8Buf::from_string(object.ty().name());
    if let [only] = args.items() {
        text.push_str("(");
        text.push_wtf8(vm.repr(only)?.as_wtf8());
        text.push_str(")");
    } else {
        text.push_wtf8(vm.repr(args.as_obj())?.as_wtf8());
    }
    Ok(Str::from_wtf8(&text).into_obj())
}

pub(super) fn str(vm: &Vm, object: &Obj) -> PyResult {
    let args = args_tuple(vm, this(vm, object)?);
    Ok(match args.items() {
        [] => vm.intern("").into_obj(),
        [only] => vm.str(only)?.into_obj(),
        _ => vm.str(args.as_obj())?.into_obj(),
    })
}

fn key_error_str(vm: &Vm, object: &Obj) -> PyResult {
    // A bare key may look like no message at all: it is shown as a literal.
    match this(vm, object)?.args().as_slice() {
        [only] => Ok(vm.repr(only)?.into_obj()),
        _ => str(vm, object),
    }
}

fn get_args(vm: &Vm, object: &Obj) -> PyResult {
    Ok(args_tuple(vm, this(vm, object)?).into_obj())
}

fn set_args(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let exception = this(vm, object)?;
    let Some(value) = value else { return Err(vm.type_error("args may not be deleted")) };
    let items = Tuple::new(vm.collect(value)?);
    exception.args.set(items.into_obj());
    Ok(())
}

fn get_traceback(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.or_none(this(vm, object)?.traceback.get()))
}

fn set_traceback(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let exception = this(vm, object)?;
    let Some(value) = value else { return Err(vm.type_error("__traceback__ may not be deleted")) };
    if vm.is_none(value) {
        exception.traceback.set(None);
    } else if value.downcast::<Traceback>().is_some() {
        exception.traceback.set(value.clone());
    } else {
        return Err(vm.type_error("__traceback__ must be a traceback or None"));
    }
    Ok(())
}

/// The exception that a link is set to; none for None.
fn link(vm: &Vm, value: Option<&Obj>, name: &str, what: &str) -> PyResult<Option<Obj>> {
    let Some(value) = value else { return Err(vm.type_error(format!("{name} may not be deleted"))) };
    if vm.is_none(value) {
        Ok(None)
    } else if value.is_instance_of(&BASE_EXCEPTION) {
        Ok(Some(value.clone()))
    } else {
        Err(vm.type_error(format!("exception {what} must be None or derive from BaseException")))
    }
}

fn get_context(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.or_none(this(vm, object)?.context.get()))
}

fn set_context(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let exception = this(vm, object)?;
    exception.context.set(link(vm, value, "__context__", "context")?);
    Ok(())
}

fn get_cause(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.or_none(this(vm, object)?.cause.get()))
}

fn set_cause(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let exception = this(vm, object)?;
    exception.cause.set(link(vm, value, "__cause__", "cause")?);
    exception.suppress_context.set(true);
    Ok(())
}

fn get_suppress_context(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.bool(this(vm, object)?.suppress_context.get()))
}

fn set_suppress_context(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let exception = this(vm, object)?;
    let Some(value) = value else { return Err(vm.type_error("can't delete numeric/char attribute")) };
    if !value.is_exact(&crate::builtins::BOOL) {
        return Err(vm.type_error("attribute value type must be bool"));
    }
    exception.suppress_context.set(vm.is_true(value)?);
    Ok(())
}

fn get_dict(vm: &Vm, object: &Obj) -> PyResult {
    match instance::dict(object) {
        Some(dict) => Ok(dict.into_obj()),
        None => Err(vm.no_attribute(object, &vm.names().__dict__)),
    }
}

fn set_dict(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let Some(value) = value else { return Err(vm.type_error("cannot delete __dict__")) };
    let Some(dict) = value.downcast::<Dict>() else {
        return Err(
            vm.type_error(format!("__dict__ must be set to a dictionary, not a '{}'", value.ty().name()))
        );
    };
    instance::set_dict(object, Some(dict.clone()));
    Ok(())
}

/// The exception's own attributes, if there are any.
pub(super) fn attributes(object: &Obj) -> Option<Ref<Dict>> {
    if instance::attributes(object).is_empty() { None } else { instance::dict(object) }
}

/// What `__reduce__` returns: class, arguments, and the state where there is one.
pub(super) fn reduced(object: &Obj, args: Obj, state: Option<Obj>) -> Obj {
    let mut parts = vec![object.ty().to_obj(), args];
    parts.extend(state);
    Tuple::new(parts).into_obj()
}

fn reduce(vm: &Vm, object: &Obj) -> PyResult {
    let args = args_tuple(vm, this(vm, object)?).into_obj();
    Ok(reduced(object, args, attributes(object).map(Ref::into_obj)))
}

fn set_state(vm: &Vm, object: &Obj, state: &Obj) -> PyResult {
    if !vm.is_none(state) {
        let Some(state) = state.downcast::<Dict>() else {
            return Err(vm.type_error("state is not a dictionary"));
        };
        for (name, value) in state.items() {
            let Some(name) = name.downcast::<Str>() else {
                return Err(
                    vm.type_error(format!("attribute name must be string, not '{}'", name.ty().name()))
                );
            };
            vm.setattr(object, name, &value)?;
        }
    }
    Ok(vm.none())
}

fn with_traceback(vm: &Vm, object: &Obj, traceback: &Obj) -> PyResult {
    set_traceback(vm, object, Some(traceback))?;
    Ok(object.clone())
}

fn add_note(vm: &Vm, object: &Obj, note: &Obj) -> PyResult {
    if note.downcast::<Str>().is_none() {
        let given = if vm.is_none(note) { "None".to_owned() } else { note.ty().name() };
        return Err(vm.type_error(format!("add_note() argument must be str, not {given}")));
    }
    let name = &vm.names().__notes__;
    let notes = if let Some(notes) = vm.find_attr(object, name)? {
        notes
    } else {
        let notes = List::new(Vec::new()).into_obj();
        vm.setattr(object, name, &notes)?;
        notes
    };
    let Some(notes) = notes.downcast::<List>() else {
        return Err(vm.type_error("Cannot add note: __notes__ is not a list"));
    };
    notes.items.push(note.clone());
    Ok(vm.none())
}

/// Reads field number `I`.
pub(super) fn get_field<const I: usize>(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.or_none(this(vm, object)?.fields.get(I).and_then(ObjCell::get)))
}

/// Sets or empties field number `I`.
pub(super) fn set_field<const I: usize>(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    if let Some(field) = this(vm, object)?.fields.get(I) {
        field.set(value.cloned());
    }
    Ok(())
}

/// A field that Python may set and delete.
pub(super) const fn field<const I: usize>(name: &'static str, doc: &'static str) -> Property {
    Property::new(name, doc, get_field::<I>).with_setter(set_field::<I>).member()
}

/// A field that Python may only read.
pub(super) const fn read_only_field<const I: usize>(name: &'static str, doc: &'static str) -> Property {
    Property::new(name, doc, get_field::<I>).member()
}

pub(super) static PROPERTIES: &[Property] = &[
    Property::new("__suppress_context__", "", get_suppress_context)
        .with_setter(set_suppress_context)
        .member(),
    Property::new("__dict__", "", get_dict).with_setter(set_dict),
    Property::new("args", "", get_args).with_setter(set_args),
    Property::new("__traceback__", "", get_traceback).with_setter(set_traceback),
    Property::new("__context__", "", get_context).with_setter(set_context),
    Property::new("__cause__", "", get_cause).with_setter(set_cause),
];

pub(super) static METHODS: &[NativeDef] = &[
    NativeDef::new("__reduce__", "($self, /)", "", NativeCall::NoArgs(reduce)),
    NativeDef::new("__setstate__", "($self, state, /)", "", NativeCall::One(set_state)),
    NativeDef::new(
        "with_traceback",
        "($self, tb, /)",
        "Set self.__traceback__ to tb and return self.",
        NativeCall::One(with_traceback),
    ),
    NativeDef::new("add_note", "($self, note, /)", "Add a note to the exception", NativeCall::One(add_note)),
];

pub(super) fn customize(ty: &TypeObject) {
    if ty.is(&BASE_EXCEPTION) {
        ty.slots.new.set(Some(new));
        ty.slots.init.set(Some(init));
        ty.slots.repr.set(Some(repr));
        ty.slots.str.set(Some(str));
    } else if ty.is(&KEY_ERROR) {
        ty.slots.str.set(Some(key_error_str));
    }
}
