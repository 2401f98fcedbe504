//! `_suggestions`: which name somebody may have meant, for `traceback`. CPython: Modules/_suggestions.c.

use lasti_vm::module::{Module, NativeModule};
use lasti_vm::sequence::List;
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef};
use lasti_vm::{Obj, PyResult, Ref, Vm, suggest};

static FUNCTIONS: &[NativeDef] = &[NativeDef::new(
    "_generate_suggestions",
    "($module, candidates, item, /)",
    "Returns the candidate in candidates that's closest to item",
    NativeCall::Positional(2, 2, generate),
)];

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "_suggestions",
    doc: "",
    functions: FUNCTIONS,
    fill: |_: &Vm, _: &Ref<Module>| Ok(()),
};

fn generate(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let [candidates, item] = args else { return Ok(vm.none()) };
    let item = vm.str_argument("_generate_suggestions", "2", item)?;
    let Some(candidates) = candidates.downcast_exact::<List>() else {
        return Err(vm.type_error("candidates must be a list"));
    };
    let candidates = candidates.items.to_vec();
    let mut names = Vec::with_capacity(candidates.len());
    for candidate in &candidates {
        match candidate.downcast::<Str>() {
            Some(name) => names.push(name.as_bytes()),
            None => return Err(vm.type_error("all elements in 'candidates' must be strings")),
        }
    }
    let closest = suggest::closest(item.as_bytes(), &names);
    Ok(vm.or_none(closest.and_then(|index| candidates.get(index).cloned())))
}
