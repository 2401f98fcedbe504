//! The bases of a new class: which metaclass they ask for, and whose instance layout it extends.

use super::super::data::{TypeData, TypeFlags, TypeObject};
use crate::builtins as types;
use crate::errors::PyResult;
use crate::object::{Obj, Ref};
use crate::vm::Vm;

/// The most derived metaclass of `meta` and the bases' types. CPython: `_PyType_CalculateMetaclass`.
pub(crate) fn metaclass(vm: &Vm, meta: &Ref<TypeData>, bases: &[Obj]) -> PyResult<Ref<TypeData>> {
    let mut winner = meta.clone();
    for base in bases {
        let other = base.ty();
        if winner.is_subtype_of(other) {
            continue;
        }
        if other.is_subtype_of(&winner) {
            winner = other.to_ref();
            continue;
        }
        return Err(vm.type_error(
            "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases",
        ));
    }
    Ok(winner)
}

/// The nearest class that says where instances keep something: a builtin type's payload, or `__slots__`.
pub(crate) fn solid_class(ty: &TypeObject) -> Ref<TypeData> {
    let mut class = ty.to_ref();
    loop {
        let solid = if class.is_heap() {
            class.slot_words() > 0
        } else {
            std::ptr::eq(class.solid_base(), &raw const *class)
                || types::exceptions::types::FIELDS.iter().any(|(owner, _)| owner.is(&class))
                || super::super::words::has_own_words(&class)
        };
        if solid {
            return class;
        }
        match class.base() {
            Some(base) => class = base,
            None => return class,
        }
    }
}

/// The base whose layout the new class extends: `__base__`. CPython: `best_base`.
pub(crate) fn best_base(vm: &Vm, bases: &[Obj]) -> PyResult<Ref<TypeData>> {
    let mut best: Option<(Ref<TypeData>, Ref<TypeData>)> = None;
    for base in bases {
        let Some(base) = base.downcast::<TypeData>() else {
            return Err(vm.type_error("bases must be types"));
        };
        if !base.has(TypeFlags::BASETYPE) {
            return Err(vm.type_error(format!("type '{}' is not an acceptable base type", base.tp_name())));
        }
        let candidate = solid_class(base);
        best = match best {
            None => Some((base.clone(), candidate)),
            Some((best, winner)) if winner.is_subtype_of(&candidate) => Some((best, winner)),
            Some((_, winner)) if candidate.is_subtype_of(&winner) => Some((base.clone(), candidate)),
            Some(_) => return Err(vm.type_error("multiple bases have instance lay-out conflict")),
        };
    }
    Ok(best.map_or_else(|| types::OBJECT.to_ref(), |(best, _)| best))
}

/// Whether `class` is among the bases or theirs.
fn is_reached(bases: &[Ref<TypeData>], class: &Ref<TypeData>) -> bool {
    bases.iter().any(|base| {
        let above: Vec<Ref<TypeData>> = base.bases().map_or_else(Vec::new, |bases| {
            bases.items().iter().filter_map(|base| base.downcast::<TypeData>()).cloned().collect()
        });
        base.is(class) || is_reached(&above, class)
    })
}

/// The MRO of a class: what its metaclass's `mro()` returns. CPython: `mro_invoke`.
pub(crate) fn resolve_mro(vm: &Vm, ty: &Ref<TypeData>, bases: &[Obj]) -> PyResult<Vec<Obj>> {
    let meta = ty.as_obj().ty();
    let bases: Vec<Ref<TypeData>> =
        bases.iter().filter_map(|base| base.downcast::<TypeData>()).cloned().collect();
    if meta.is(&types::TYPE) {
        return super::super::mro::compute(vm, ty, &bases);
    }
    let name = &vm.names().mro;
    let own = super::super::lookup::lookup(vm, meta, name);
    let builtin = super::super::lookup::lookup(vm, &types::TYPE, name);
    if let (Some(own), Some(builtin)) = (&own, &builtin)
        && own.is(builtin)
    {
        return super::super::mro::compute(vm, ty, &bases);
    }
    let Some(result) = vm.call_special(ty.as_obj(), name, &[])? else {
        return super::super::mro::compute(vm, ty, &bases);
    };
    let order = vm.collect(&result)?;
    // Changes of a class that is not among the bases don't reach this one: nothing about it can be cached.
    let all_known = order
        .iter()
        .filter_map(|class| class.downcast::<TypeData>())
        .all(|class| class.is(ty) || is_reached(&bases, class));
    if !all_known {
        ty.set_flag(TypeFlags::NEVER_CACHED, true);
    }
    let solid = solid_class(ty);
    for class in &order {
        let Some(class) = class.downcast::<TypeData>() else {
            return Err(vm.type_error(format!("mro() returned a non-class ('{}')", class.ty().name())));
        };
        if !solid.is_subtype_of(&solid_class(class)) {
            return Err(
                vm.type_error(format!("mro() returned base with unsuitable layout ('{}')", class.tp_name()))
            );
        }
    }
    Ok(order)
}
