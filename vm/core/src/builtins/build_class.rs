//! `__build_class__`: what a class statement calls. CPython: Python/bltinmodule.c.

use super::TYPE;
use crate::call::Args;
use crate::dict::Dict;
use crate::errors::PyResult;
use crate::function::{CellObject, Function};
use crate::object::{Obj, Ref};
use crate::sequence::Tuple;
use crate::text::Str;
use crate::types::class::bases;
use crate::types::{NativeCall, NativeDef, TypeData};
use crate::vm::Vm;

/// Replaces bases that are no classes by what their `__mro_entries__` returns; none if there is no such base.
fn resolve_bases(vm: &Vm, bases: &[Obj]) -> PyResult<Option<Ref<Tuple>>> {
    let mut resolved = Vec::with_capacity(bases.len());
    let mut changed = false;
    for base in bases {
        if base.downcast::<TypeData>().is_none()
            && let Some(method) = vm.find_attr(base, &vm.names().__mro_entries__)?
        {
            let entries = vm.call(&method, &[Tuple::from_slice(bases).into_obj()])?;
            let Some(entries) = entries.downcast::<Tuple>() else {
                return Err(vm.type_error("__mro_entries__ must return a tuple"));
            };
            resolved.extend(entries.items().iter().cloned());
            changed = true;
        } else {
            resolved.push(base.clone());
        }
    }
    Ok(changed.then(|| Tuple::new(resolved)))
}

/// `__build_class__(function, name, /, *bases, metaclass=None, **keywords)`
fn build_class(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [function, name, original @ ..] = args.positional() else {
        return Err(vm.type_error("__build_class__: not enough arguments"));
    };
    if function.downcast::<Function>().is_none() {
        return Err(vm.type_error("__build_class__: func must be a function"));
    }
    if name.downcast::<Str>().is_none() {
        return Err(vm.type_error("__build_class__: name is not a string"));
    }
    let resolved = resolve_bases(vm, original)?;
    let changed = resolved.is_some();
    let class_bases = resolved.unwrap_or_else(|| Tuple::from_slice(original));

    let mut metaclass = None;
    let (mut names, mut values) = (Vec::new(), Vec::new());
    for (keyword, value) in args.keywords() {
        if keyword.downcast::<Str>().is_some_and(|keyword| keyword.as_bytes() == b"metaclass") {
            metaclass = Some(value.clone());
        } else {
            names.push(keyword.clone());
            values.push(value.clone());
        }
    }
    let metaclass = metaclass.unwrap_or_else(|| match class_bases.items().first() {
        Some(base) => base.ty().to_obj(),
        None => TYPE.to_obj(),
    });
    // A metaclass may be any callable; only real ones are compared with the bases'.
    let (metaclass, metaclass_name) = match metaclass.downcast::<TypeData>() {
        Some(meta) => {
            let winner = bases::metaclass(vm, meta, class_bases.items())?;
            let name = winner.tp_name();
            (winner.into_obj(), name)
        }
        None => (metaclass, "<metaclass>".to_owned()),
    };

    let mut call_args = vec![name.clone(), class_bases.as_obj().clone()];
    let namespace = match vm.find_attr(&metaclass, &vm.names().__prepare__)? {
        Some(prepare) => {
            let mut prepare_args = call_args.clone();
            prepare_args.extend(values.iter().cloned());
            vm.call_with(&prepare, Args::new(&prepare_args, &names))?
        }
        None => Dict::new().into_obj(),
    };
    if namespace.ty().slots.getitem.get().is_none() {
        return Err(vm.type_error(format!(
            "{metaclass_name}.__prepare__() must return a mapping, not {}",
            namespace.ty().tp_name()
        )));
    }
    let cell = crate::eval::run_class_body(vm, function, &namespace)?;
    if changed {
        vm.setitem(&namespace, vm.names().__orig_bases__.as_obj(), Tuple::from_slice(original).as_obj())?;
    }
    call_args.push(namespace);
    call_args.extend(values);
    let class = vm.call_with(&metaclass, Args::new(&call_args, &names))?;
    check_cell(vm, &class, name, &cell)?;
    Ok(class)
}

/// The body's `__class__` cell must have become the class.
fn check_cell(vm: &Vm, class: &Obj, name: &Obj, cell: &Obj) -> PyResult<()> {
    let (Some(_), Some(cell)) = (class.downcast::<TypeData>(), cell.downcast::<CellObject>()) else {
        return Ok(());
    };
    match cell.contents.get() {
        None => Err(vm.runtime_error(format!(
            "__class__ not set defining {} as {}. Was __classcell__ propagated to type.__new__?",
            vm.repr_text(name)?,
            vm.repr_text(class)?
        ))),
        Some(set) if !set.is(class) => Err(vm.type_error(format!(
            "__class__ set to {} defining {} as {}",
            vm.repr_text(&set)?,
            vm.repr_text(name)?,
            vm.repr_text(class)?
        ))),
        Some(_) => Ok(()),
    }
}

/// `__build_class__`, for the namespace of `builtins`.
pub(crate) static BUILD_CLASS: NativeDef = NativeDef::new(
    "__build_class__",
    "",
    "__build_class__(func, name, /, *bases, [metaclass], **kwds) -> class\n\nInternal helper function used by the class statement.\n",
    NativeCall::Full(build_class),
);
