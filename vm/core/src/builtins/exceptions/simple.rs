//! Exceptions with a few fields: StopIteration, SystemExit, ImportError, NameError, AttributeError.

use super::base::{self, attributes, field, reduced, this};
use super::types::{ATTRIBUTE_ERROR, IMPORT_ERROR, NAME_ERROR, STOP_ITERATION, SYSTEM_EXIT};
use crate::call::{Args, Signature};
use crate::dict::Dict;
use crate::errors::{BaseException, PyResult};
use crate::object::{Obj, ObjCell, Ref};
use crate::sequence::Tuple;
use crate::text::Str;
use crate::types::{NativeCall, NativeDef, Property, TypeObject};
use crate::vm::Vm;

fn stop_iteration_init(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult<()> {
    base::init(vm, object, args)?;
    set(this(vm, object)?, 0, Some(args.positional().first().cloned().unwrap_or_else(|| vm.none())));
    Ok(())
}

fn system_exit_init(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult<()> {
    base::init(vm, object, args)?;
    match args.positional() {
        [] => {}
        [code] => set(this(vm, object)?, 0, Some(code.clone())),
        several => set(this(vm, object)?, 0, Some(Tuple::from_slice(several).into_obj())),
    }
    Ok(())
}

fn set(exception: &BaseException, index: usize, value: Option<Obj>) {
    if let Some(cell) = exception.fields.get(index) {
        cell.set(value);
    }
}

/// The keyword arguments, by the names of `signature`; the positional ones are left to BaseException.
fn keywords<'a, const N: usize>(
    vm: &Vm,
    args: Args<'a>,
    signature: &Signature<N>,
) -> PyResult<[Option<&'a Obj>; N]> {
    let only = Args::new(&args.all()[args.positional().len()..], args.names());
    only.bind(vm, signature)
}

fn positional_init(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult<()> {
    base::init(vm, object, Args::positional_only(args.positional()))
}

static IMPORT_SIGNATURE: Signature<3> = Signature::new("ImportError", ["name", "path", "name_from"], 0);

fn import_error_init(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult<()> {
    positional_init(vm, object, args)?;
    let given = keywords(vm, args, &IMPORT_SIGNATURE)?;
    let exception = this(vm, object)?;
    for (index, value) in given.into_iter().enumerate() {
        set(exception, index + 1, value.cloned());
    }
    let message = if let [message] = args.positional() { Some(message.clone()) } else { None };
    set(exception, 0, message);
    Ok(())
}

fn import_error_str(vm: &Vm, object: &Obj) -> PyResult {
    match this(vm, object)?.fields.first().and_then(ObjCell::get) {
        Some(message) if message.is_exact(&crate::builtins::STR) => Ok(message),
        _ => base::str(vm, object),
    }
}

/// The fields with these names, where they are set, together with the attributes.
fn state(vm: &Vm, object: &Obj, fields: &[(usize, &str)]) -> PyResult<Option<Ref<Dict>>> {
    let exception = this(vm, object)?;
    let mut state = attributes(object).map(|attributes| attributes.copy());
    for &(index, name) in fields {
        if let Some(value) = exception.fields.get(index).and_then(ObjCell::get) {
            state.get_or_insert_with(Dict::new).set_str(vm, &vm.intern(name), value)?;
        }
    }
    Ok(state)
}

fn import_error_reduce(vm: &Vm, object: &Obj) -> PyResult {
    let state = state(vm, object, &[(1, "name"), (2, "path"), (3, "name_from")])?;
    let args = vm.or_none(this(vm, object)?.args.get());
    Ok(reduced(object, args, state.map(Ref::into_obj)))
}

static NAME_SIGNATURE: Signature<1> = Signature::new("NameError", ["name"], 0);

fn name_error_init(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult<()> {
    positional_init(vm, object, args)?;
    let [name] = keywords(vm, args, &NAME_SIGNATURE)?;
    set(this(vm, object)?, 0, name.cloned());
    Ok(())
}

static ATTRIBUTE_SIGNATURE: Signature<2> = Signature::new("AttributeError", ["name", "obj"], 0);

fn attribute_error_init(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult<()> {
    positional_init(vm, object, args)?;
    let [name, obj] = keywords(vm, args, &ATTRIBUTE_SIGNATURE)?;
    let exception = this(vm, object)?;
    set(exception, 0, obj.cloned());
    set(exception, 1, name.cloned());
    Ok(())
}

/// `obj` is left out: it may be anything, and much of it can't be pickled.
fn attribute_error_getstate(vm: &Vm, object: &Obj) -> PyResult {
    let state = state(vm, object, &[(1, "name")])?.unwrap_or_else(Dict::new);
    let args: Ref<Str> = vm.names().args.clone();
    state.set_str(vm, &args, vm.or_none(this(vm, object)?.args.get()))?;
    Ok(state.into_obj())
}

fn attribute_error_reduce(vm: &Vm, object: &Obj) -> PyResult {
    let state = attribute_error_getstate(vm, object)?;
    let args = vm.or_none(this(vm, object)?.args.get());
    Ok(reduced(object, args, Some(state)))
}

static STOP_ITERATION_FIELDS: &[Property] = &[field::<0>("value", "generator return value")];
static SYSTEM_EXIT_FIELDS: &[Property] = &[field::<0>("code", "exception code")];
static IMPORT_ERROR_FIELDS: &[Property] = &[
    field::<0>("msg", "exception message"),
    field::<1>("name", "module name"),
    field::<2>("path", "module path"),
    field::<3>("name_from", "name imported from module"),
];
static NAME_ERROR_FIELDS: &[Property] = &[field::<0>("name", "name")];
static ATTRIBUTE_ERROR_FIELDS: &[Property] =
    &[field::<1>("name", "attribute name"), field::<0>("obj", "object")];

static IMPORT_ERROR_METHODS: &[NativeDef] =
    &[NativeDef::new("__reduce__", "($self, /)", "", NativeCall::NoArgs(import_error_reduce))];
static ATTRIBUTE_ERROR_METHODS: &[NativeDef] = &[
    NativeDef::new("__getstate__", "($self, /)", "", NativeCall::NoArgs(attribute_error_getstate)),
    NativeDef::new("__reduce__", "($self, /)", "", NativeCall::NoArgs(attribute_error_reduce)),
];

pub(super) fn customize(ty: &TypeObject) -> super::Additions {
    let slots = &ty.slots;
    if ty.is(&STOP_ITERATION) {
        slots.init.set(Some(stop_iteration_init));
        (STOP_ITERATION_FIELDS, &[])
    } else if ty.is(&SYSTEM_EXIT) {
        slots.init.set(Some(system_exit_init));
        (SYSTEM_EXIT_FIELDS, &[])
    } else if ty.is(&IMPORT_ERROR) {
        slots.init.set(Some(import_error_init));
        slots.str.set(Some(import_error_str));
        (IMPORT_ERROR_FIELDS, IMPORT_ERROR_METHODS)
    } else if ty.is(&NAME_ERROR) {
        slots.init.set(Some(name_error_init));
        (NAME_ERROR_FIELDS, &[])
    } else if ty.is(&ATTRIBUTE_ERROR) {
        slots.init.set(Some(attribute_error_init));
        (ATTRIBUTE_ERROR_FIELDS, ATTRIBUTE_ERROR_METHODS)
    } else {
        (&[], &[])
    }
}
