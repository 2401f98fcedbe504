//! The method resolution order: C3. CPython: Objects/typeobject.c, `mro_implementation`.

use super::data::{TypeData, TypeObject};
use crate::errors::PyResult;
use crate::object::{Obj, Ref};
use crate::vm::Vm;

/// The MRO of a type with these bases.
pub(crate) fn compute(vm: &Vm, ty: &TypeObject, bases: &[Ref<TypeData>]) -> PyResult<Vec<Obj>> {
    if let Some(base) = bases.iter().find(|base| base.mro_slice().is_empty()) {
        return Err(vm.type_error(format!("Cannot extend an incomplete type '{}'", base.tp_name())));
    }
    let mut order = vec![ty.to_obj()];
    if let [base] = bases {
        order.extend(base.mro_slice().iter().cloned());
        return Ok(order);
    }
    for (index, base) in bases.iter().enumerate() {
        if bases[..index].iter().any(|other| other.is(base)) {
            return Err(vm.type_error(format!("duplicate base class {}", base.name())));
        }
    }
    let mut sequences: Vec<Vec<Obj>> = bases.iter().map(|base| base.mro_slice().to_vec()).collect();
    sequences.push(bases.iter().map(|base| base.as_obj().clone()).collect());
    let mut heads = vec![0; sequences.len()];
    loop {
        let open = |index: usize| sequences[index].get(heads[index]);
        if (0..sequences.len()).all(|index| open(index).is_none()) {
            return Ok(order);
        }
        let in_tail = |candidate: &Obj| {
            sequences
                .iter()
                .zip(&heads)
                .any(|(sequence, &head)| sequence.iter().skip(head + 1).any(|other| other.is(candidate)))
        };
        let next = (0..sequences.len()).filter_map(open).find(|candidate| !in_tail(candidate)).cloned();
        let Some(next) = next else { return Err(conflict(vm, &sequences, &heads)) };
        for (sequence, head) in sequences.iter().zip(&mut heads) {
            if sequence.get(*head).is_some_and(|first| first.is(&next)) {
                *head += 1;
            }
        }
        order.push(next);
    }
}

fn conflict(vm: &Vm, sequences: &[Vec<Obj>], heads: &[usize]) -> crate::errors::Exc {
    let mut names: Vec<String> = Vec::new();
    for (sequence, &head) in sequences.iter().zip(heads) {
        if let Some(class) = sequence.get(head).and_then(|class| class.downcast::<TypeData>()) {
            let name = class.name();
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    vm.type_error(format!(
        "Cannot create a consistent method resolution order (MRO) for bases {}",
        names.join(", ")
    ))
}
