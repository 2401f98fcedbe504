//! `typing.TypeVar`.

use super::no_default::is_no_default;
use super::type_param::{self, Given, TYPE_VAR, TypeParam};
use super::{call_typing, evaluated, evaluator, no_subclass};
use crate::call::{Args, Signature};
use crate::errors::PyResult;
use crate::object::Obj;
use crate::sequence::Tuple;
use crate::types::{NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

static NEW: Signature<6> = Signature::new(
    "typevar",
    ["name", "bound", "default", "covariant", "contravariant", "infer_variance"],
    1,
)
.keyword_only(1);

fn new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    // What follows the name are the constraints.
    let positional = args.positional();
    let mut plain: Vec<Obj> = positional.iter().take(1).cloned().collect();
    plain.extend(args.keywords().map(|(_, value)| value.clone()));
    let plain = Args::new(&plain, args.names());
    let [Some(name), bound, default, covariant, contravariant, infer] = plain.bind(vm, &NEW)? else {
        return Err(vm.type_error("typevar() missing required argument 'name' (pos 1)"));
    };
    let constraints = match positional.get(1..).unwrap_or_default() {
        [] => None,
        [_] => return Err(vm.type_error("A single constraint is not allowed")),
        several => Some(Tuple::from_slice(several).into_obj()),
    };
    let given = Given { bound, default, variance: [covariant, contravariant, infer] };
    type_param::construct(vm, ty, "typevar", name, constraints, &given)
}

fn get_bound(vm: &Vm, object: &Obj) -> PyResult {
    let parameter = vm.receiver::<TypeParam>(object)?;
    Ok(vm.or_none(evaluated(vm, &parameter.bound, &parameter.evaluate_bound)?))
}

fn get_evaluate_bound(vm: &Vm, object: &Obj) -> PyResult {
    let parameter = vm.receiver::<TypeParam>(object)?;
    Ok(evaluator(vm, &parameter.bound, &parameter.evaluate_bound))
}

fn get_constraints(vm: &Vm, object: &Obj) -> PyResult {
    let parameter = vm.receiver::<TypeParam>(object)?;
    let constraints = evaluated(vm, &parameter.constraints, &parameter.evaluate_constraints)?;
    Ok(constraints.unwrap_or_else(|| vm.empty_tuple().into_obj()))
}

fn get_evaluate_constraints(vm: &Vm, object: &Obj) -> PyResult {
    let parameter = vm.receiver::<TypeParam>(object)?;
    Ok(evaluator(vm, &parameter.constraints, &parameter.evaluate_constraints))
}

fn subst(vm: &Vm, object: &Obj, arg: &Obj) -> PyResult {
    call_typing(vm, "_typevar_subst", &[object.clone(), arg.clone()])
}

/// Fills in the default where the argument for this parameter is the first that is missing.
fn prepare_subst(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let [alias, args] = args else { return Err(vm.type_error("expected 2 arguments")) };
    let parameters = vm.getattr(alias, &vm.names().__parameters__)?;
    let mut index = None;
    for (place, parameter) in vm.collect(&parameters)?.iter().enumerate() {
        if vm.eq(parameter, object)? {
            index = Some(place);
            break;
        }
    }
    let Some(index) = index else {
        return Err(vm.value_error("sequence.index(x): x not in sequence"));
    };
    let count = vm.len(args)?;
    if index < count {
        return Ok(args.clone());
    }
    if index == count {
        let default = vm.receiver::<TypeParam>(object)?.default_value(vm)?;
        if !is_no_default(&default) {
            let more = Tuple::new(vec![default]).into_obj();
            return vm.binary(crate::ops::BinaryOp::Add, args, &more);
        }
    }
    Err(vm.type_error(format!(
        "Too few arguments for {}; actual {count}, expected at least {}",
        vm.str_text(alias)?,
        index + 1
    )))
}

fn mro_entries(vm: &Vm, _: &Obj, _: &Obj) -> PyResult {
    Err(no_subclass(vm, "TypeVar"))
}

static PROPERTIES: &[Property] = &[
    Property::new("__bound__", "", get_bound),
    Property::new("__constraints__", "", get_constraints),
    Property::new("evaluate_bound", "", get_evaluate_bound),
    Property::new("evaluate_constraints", "", get_evaluate_constraints),
];

static METHODS: &[NativeDef] = &[
    NativeDef::new("__typing_subst__", "($self, arg, /)", "", NativeCall::One(subst)),
    NativeDef::new(
        "__typing_prepare_subst__",
        "($self, alias, args, /)",
        "",
        NativeCall::Positional(2, 2, prepare_subst),
    ),
    NativeDef::new("__mro_entries__", "($self, object, /)", "", NativeCall::One(mro_entries)),
];

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &TYPE_VAR)
        .module("typing")
        .attribute("__module__", vm.intern("typing").into_obj())
        .doc("A type variable: stands for a type, in generic classes, functions and aliases.\n\n'def f[T](x: T) -> T' makes one, and so does TypeVar('T'). It may have a bound, or\nconstraints, and a default:\n\n    class C[T: int, U: (str, bytes), V = int]: ...\n\nBounds, constraints and defaults in that syntax are evaluated when they are asked for.\n")
        .flags(TypeFlags::WEAKREFABLE)
        .with_dict()
        .slots(|slots| {
            slots.new.set(Some(new));
            slots.repr.set(Some(type_param::repr));
            slots.nb_or.set(Some(type_param::union));
        })
        .properties(type_param::NAME)
        .properties(type_param::VARIANCE)
        .properties(type_param::DEFAULT)
        .properties(PROPERTIES)
        .methods(METHODS)
        .methods(type_param::METHODS)
        .ready();
}
