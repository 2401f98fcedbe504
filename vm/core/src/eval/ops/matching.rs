//! Pattern matching.

use super::object;
use crate::builtins as types;
use crate::dict::Dict;
use crate::errors::PyResult;
use crate::eval::{Sp, fail, next, next_or_raise, op, value_op};
use crate::object::Obj;
use crate::sequence::Tuple;
use crate::set::Set;
use crate::text::Str;
use crate::types::{TypeData, TypeFlags};
use crate::vm::Vm;

op! {
    /// MATCH_MAPPING (subject -- subject bool)
    fn match_mapping(ip, sp, fp, vm, oparg) {
        *sp = super::operators::bool_word(object(sp.sub(1)).ty().has(TypeFlags::MAPPING));
        next!(ip.add(1), sp.add(1), fp, vm)
    }
}

op! {
    /// MATCH_SEQUENCE (subject -- subject bool)
    fn match_sequence(ip, sp, fp, vm, oparg) {
        *sp = super::operators::bool_word(object(sp.sub(1)).ty().has(TypeFlags::SEQUENCE));
        next!(ip.add(1), sp.add(1), fp, vm)
    }
}

op! {
    /// MATCH_KEYS (subject keys -- subject keys values), `None` instead of the values if a key is missing
    fn match_keys(ip, sp, fp, vm, oparg) {
        (*fp).ip = ip;
        next_or_raise!(ip, ip.add(1), sp, match_keys_generic(sp, vm), fp, vm)
    }
}

#[inline(never)]
unsafe fn match_keys_generic(sp: Sp, vm: &Vm) -> Sp {
    match keys(vm, object(sp.sub(2)), object(sp.sub(1))) {
        Ok(values) => {
            *sp = values.into_value();
            sp.add(1)
        }
        Err(error) => fail(vm, error),
    }
}

/// CPython: Python/ceval.c, `_PyEval_MatchKeys`.
fn keys(vm: &Vm, subject: &Obj, keys: &Obj) -> PyResult {
    let Some(keys) = keys.downcast::<Tuple>() else {
        return Err(vm.system_error("MATCH_KEYS needs a tuple"));
    };
    if keys.is_empty() {
        return Ok(Tuple::new(Vec::new()).into_obj());
    }
    let get = vm.getattr(subject, &vm.names().get)?;
    let seen = Set::new();
    let missing = vm.call(&types::OBJECT.to_obj(), &[])?;
    let mut values = Vec::with_capacity(keys.len());
    for key in keys.items() {
        if !seen.add(vm, key)? {
            return Err(
                vm.value_error(format!("mapping pattern checks duplicate key ({})", vm.repr_text(key)?))
            );
        }
        let value = match subject.downcast_exact::<Dict>() {
            Some(dict) => dict.get(vm, key)?,
            None => Some(vm.call(&get, &[key.clone(), missing.clone()])?).filter(|value| !value.is(&missing)),
        };
        match value {
            Some(value) => values.push(value),
            None => return Ok(vm.none()),
        }
    }
    Ok(Tuple::new(values).into_obj())
}

value_op! {
    /// MATCH_CLASS (subject class names -- values), `None` instead of the values if it does not match
    fn match_class(vm, fp, args, oparg) pops 3, caches 0, {
        let Some(names) = args[2].downcast::<Tuple>() else { return Err(vm.system_error("MATCH_CLASS needs a tuple")) };
        let values = class(vm, &args[0], &args[1], oparg as usize, names.items())?;
        Ok(values.map_or_else(|| vm.none(), |values| Tuple::new(values).into_obj()))
    }
}

/// CPython: Python/ceval.c, `_PyEval_MatchClass`.
fn class(
    vm: &Vm,
    subject: &Obj,
    class: &Obj,
    positional: usize,
    names: &[Obj],
) -> PyResult<Option<Vec<Obj>>> {
    let Some(ty) = class.downcast::<TypeData>() else {
        return Err(vm.type_error("called match pattern must be a class"));
    };
    if !vm.is_instance(subject, class)? {
        return Ok(None);
    }
    let mut seen: Vec<Obj> = Vec::new();
    let mut values = Vec::with_capacity(positional + names.len());
    if positional > 0 {
        let mut allowed = 0;
        let mut match_args = None;
        let mut is_self = false;
        match vm.find_attr(class, &vm.names().__match_args__)? {
            Some(args) => match args.downcast_exact::<Tuple>() {
                Some(tuple) => {
                    allowed = tuple.len();
                    match_args = Some(tuple.clone());
                }
                None => {
                    return Err(vm.type_error(format!(
                        "{}.__match_args__ must be a tuple (got {})",
                        ty.name(),
                        args.ty().name()
                    )));
                }
            },
            None if ty.has(TypeFlags::MATCH_SELF) => {
                is_self = true;
                allowed = 1;
            }
            None => {}
        }
        if allowed < positional {
            let plural = if allowed == 1 { "" } else { "s" };
            return Err(vm.type_error(format!(
                "{}() accepts {allowed} positional sub-pattern{plural} ({positional} given)",
                ty.name()
            )));
        }
        if is_self {
            values.push(subject.clone());
        } else if let Some(match_args) = match_args {
            for name in &match_args.items()[..positional] {
                if name.downcast::<Str>().is_none() {
                    return Err(vm.type_error(format!(
                        "__match_args__ elements must be strings (got {})",
                        name.ty().name()
                    )));
                }
                match attribute(vm, subject, ty, name, &mut seen)? {
                    Some(value) => values.push(value),
                    None => return Ok(None),
                }
            }
        }
    }
    for name in names {
        match attribute(vm, subject, ty, name, &mut seen)? {
            Some(value) => values.push(value),
            None => return Ok(None),
        }
    }
    Ok(Some(values))
}

fn attribute(
    vm: &Vm,
    subject: &Obj,
    ty: &TypeData,
    name: &Obj,
    seen: &mut Vec<Obj>,
) -> PyResult<Option<Obj>> {
    let Some(text) = name.downcast::<Str>() else {
        return Err(vm.type_error("attribute name must be string"));
    };
    if seen.iter().any(|other| other.downcast::<Str>().is_some_and(|other| other.same_text(text))) {
        return Err(vm.type_error(format!(
            "{}() got multiple sub-patterns for attribute {}",
            ty.name(),
            vm.repr_text(name)?
        )));
    }
    seen.push(name.clone());
    vm.find_attr(subject, &vm.intern_str(text))
}
