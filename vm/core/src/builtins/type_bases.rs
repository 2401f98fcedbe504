//! `__bases__` of classes, and assigning other ones. CPython: Objects/typeobject.c, `type_set_bases`.

use super::type_object::{check_settable, receiver};
use crate::errors::PyResult;
use crate::object::{Obj, Ref};
use crate::sequence::Tuple;
use crate::types::TypeData;
use crate::types::class::bases::{best_base, resolve_mro, solid_class};
use crate::types::slotdefs::update_all_slots;
use crate::vm::Vm;

pub(super) fn get(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.or_none(receiver(vm, object)?.bases().map(Ref::into_obj)))
}

pub(super) fn set(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let ty = receiver(vm, object)?;
    let value = check_settable(vm, ty, value, "__bases__")?;
    let Some(bases) = value.downcast::<Tuple>() else {
        return Err(vm.type_error(format!(
            "can only assign tuple to {}.__bases__, not {}",
            ty.tp_name(),
            value.ty().tp_name()
        )));
    };
    if bases.is_empty() {
        return Err(
            vm.type_error(format!("can only assign non-empty tuple to {}.__bases__, not ()", ty.tp_name()))
        );
    }
    for base in bases.items() {
        let Some(base) = base.downcast::<TypeData>() else {
            return Err(vm.type_error(format!(
                "{}.__bases__ must be tuple of classes, not '{}'",
                ty.tp_name(),
                base.ty().tp_name()
            )));
        };
        if base.is_subtype_of(ty) || is_based_on(base, ty) {
            return Err(vm.type_error("a __bases__ item causes an inheritance cycle"));
        }
    }
    let new_base = best_base(vm, bases.items())?;
    let Some(old_base) = ty.base() else { return Ok(()) };
    // Instances exist already: payload and slots must lie where they lay.
    let fits = solid_class(&new_base).is(&solid_class(&old_base))
        && (new_base.dict_offset() == 0 || new_base.dict_offset() == ty.dict_offset());
    if !fits {
        return Err(vm.type_error(format!(
            "__bases__ assignment: '{}' object layout differs from '{}'",
            new_base.tp_name(),
            old_base.tp_name()
        )));
    }
    replace(vm, ty, bases, new_base)
}

/// Whether `other` is among the bases that decide the layout of `class`: an MRO that is being resolved may not say so yet.
fn is_based_on(class: &Ref<TypeData>, other: &Ref<TypeData>) -> bool {
    let mut base = Some(class.clone());
    while let Some(class) = base {
        if class.as_obj().is(other.as_obj()) {
            return true;
        }
        base = class.base();
    }
    false
}

/// Sets the bases and resolves the MROs again; on an error everything is as it was.
fn replace(vm: &Vm, ty: &Ref<TypeData>, bases: &Ref<Tuple>, base: Ref<TypeData>) -> PyResult<()> {
    let (old_bases, old_base) = (ty.bases(), ty.base());
    ty.set_bases(bases.clone());
    ty.set_base(base.clone());
    let mut done: Vec<(Ref<TypeData>, Option<Ref<Tuple>>)> = Vec::new();
    if let Err(error) = resolve_below(vm, ty, &mut done) {
        for (class, mro) in done.into_iter().rev() {
            if let Some(mro) = mro {
                class.set_mro(mro);
            }
        }
        // Unless `mro()` of a metaclass has set other ones meanwhile.
        let still = ty.bases().is_some_and(|now| now.is(bases));
        if let (Some(bases), Some(base), true) = (old_bases, old_base, still) {
            ty.set_bases(bases);
            ty.set_base(base);
        }
        ty.modified();
        return Err(error);
    }
    // Resolving runs `mro()` of metaclasses, which may have set other bases meanwhile: theirs count.
    if !ty.base().is_some_and(|now| now.as_obj().is(base.as_obj())) {
        return Ok(());
    }
    for old in old_bases.iter().flat_map(|bases| bases.items()).filter_map(|base| base.downcast::<TypeData>())
    {
        old.remove_subclass(ty);
    }
    for new in bases.items().iter().filter_map(|base| base.downcast::<TypeData>()) {
        new.add_subclass(ty);
    }
    ty.modified();
    update_all_slots(vm, ty);
    Ok(())
}

fn resolve_below(
    vm: &Vm,
    ty: &Ref<TypeData>,
    done: &mut Vec<(Ref<TypeData>, Option<Ref<Tuple>>)>,
) -> PyResult<()> {
    vm.check_native_stack()?;
    let bases = ty.bases().map(|bases| bases.items().to_vec()).unwrap_or_default();
    let mro = resolve_mro(vm, ty, &bases)?;
    done.push((ty.clone(), ty.mro()));
    ty.set_mro(Tuple::new(mro));
    ty.modified();
    for subclass in ty.subclass_refs() {
        resolve_below(vm, &subclass, done)?;
    }
    Ok(())
}
