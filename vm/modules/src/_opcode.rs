//! `_opcode`: facts about opcodes for `opcode` and `dis`. CPython: Modules/_opcode.c.

use lasti_code::opcode::{
    ArgKind, BINARY_OPERATOR_NAMES, BINARY_OPERATORS, INTRINSICS_1, INTRINSICS_2, JumpKind, Opcode,
    PSEUDO_OPCODES, PseudoOpcode, SPECIAL_METHODS,
};
use lasti_vm::call::{Args, Signature};
use lasti_vm::code::Code;
use lasti_vm::module::{Module, NativeModule};
use lasti_vm::number::Int;
use lasti_vm::sequence::{List, Tuple};
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef};
use lasti_vm::{Obj, PyResult, Ref, Vm};

/// The module.
pub(crate) static MODULE: NativeModule =
    NativeModule { name: "_opcode", doc: "Opcode support module.", functions: FUNCTIONS, fill };

/// An opcode that code can hold, or one of the compiler's own.
#[derive(Clone, Copy)]
enum AnyOpcode {
    Real(Opcode),
    Pseudo(&'static PseudoOpcode),
}

impl AnyOpcode {
    fn from_number(number: i32) -> Option<Self> {
        if let Ok(number) = u8::try_from(number) {
            return Opcode::from_u8(number).map(Self::Real);
        }
        PSEUDO_OPCODES.iter().find(|opcode| i32::from(opcode.number) == number).map(Self::Pseudo)
    }

    fn has(self, real: impl Fn(Opcode) -> bool, pseudo: &[&str]) -> bool {
        match self {
            Self::Real(opcode) => real(opcode),
            Self::Pseudo(opcode) => pseudo.contains(&opcode.name),
        }
    }

    /// The effect on the value stack; of both ways the greater one if it is not said which.
    fn stack_effect(self, arg: i32, jump: Option<bool>) -> Option<i64> {
        match self {
            Self::Real(opcode) if opcode.is_specialized() => None,
            Self::Real(opcode) => Some(opcode.stack_effect(u32::try_from(arg).ok()?)),
            Self::Pseudo(opcode) => Some(i64::from(match jump {
                Some(true) => opcode.effect_jump,
                Some(false) => opcode.effect,
                None => opcode.effect.max(opcode.effect_jump),
            })),
        }
    }
}

static STACK_EFFECT: Signature<3> =
    Signature::new("stack_effect", ["opcode", "oparg", "jump"], 1).positional_only(2).keyword_only(2);

fn stack_effect(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(opcode), oparg, jump] = args.bind(vm, &STACK_EFFECT)? else { return Ok(vm.none()) };
    let opcode = vm.c_int_argument(opcode)?;
    let jump = match jump {
        None => None,
        Some(jump) if vm.is_none(jump) => None,
        Some(jump) if jump.is(&vm.bool(true)) => Some(true),
        Some(jump) if jump.is(&vm.bool(false)) => Some(false),
        Some(_) => return Err(vm.value_error("stack_effect: jump must be False, True or None")),
    };
    let arg = match oparg.filter(|oparg| !vm.is_none(oparg)) {
        Some(oparg) => vm.c_int_argument(oparg)?,
        None => 0,
    };
    match AnyOpcode::from_number(opcode).and_then(|opcode| opcode.stack_effect(arg, jump)) {
        Some(effect) => Ok(Int::new(effect)),
        None => Err(vm.value_error("invalid opcode or oparg")),
    }
}

/// Whether the function's argument is the number of an opcode with `property`.
fn ask(vm: &Vm, function: &'static str, args: Args<'_>, property: impl Fn(AnyOpcode) -> bool) -> PyResult {
    let [Some(number)] = args.bind(vm, &Signature::new(function, ["opcode"], 1))? else {
        return Ok(vm.none());
    };
    let number = vm.c_int_argument(number)?;
    Ok(vm.bool(AnyOpcode::from_number(number).is_some_and(property)))
}

fn is_valid(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    ask(vm, "is_valid", args, |_| true)
}

/// Whether a specialised form no longer looks at the argument.
fn ignores_arg(opcode: Opcode) -> bool {
    opcode.is_specialized()
        && (matches!(opcode.base(), Opcode::BinaryOp | Opcode::Resume)
            || matches!(opcode, Opcode::CallLen | Opcode::StoreAttrInstanceValue | Opcode::StoreAttrSlot))
}

/// Whether a form of an opcode that has a name looks the name up itself: many specialised ones do not.
fn looks_up(opcode: Opcode) -> bool {
    !opcode.is_specialized()
        || matches!(
            opcode,
            Opcode::LoadAttrGetattributeOverridden
                | Opcode::LoadAttrWithHint
                | Opcode::LoadSuperAttrAttr
                | Opcode::LoadSuperAttrMethod
                | Opcode::StoreAttrWithHint
        )
}

fn has_arg(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let without = ["ANNOTATIONS_PLACEHOLDER", "POP_BLOCK"];
    ask(vm, "has_arg", args, |opcode| match opcode {
        AnyOpcode::Real(opcode) => opcode.has_arg() && !ignores_arg(opcode),
        AnyOpcode::Pseudo(opcode) => !without.contains(&opcode.name),
    })
}

fn has_const(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    ask(vm, "has_const", args, |opcode| opcode.has(|opcode| opcode.arg_kind() == ArgKind::Const, &[]))
}

fn has_name(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let name = |opcode: Opcode| {
        matches!(opcode.arg_kind(), ArgKind::Name | ArgKind::NameShift1 | ArgKind::NameShift2)
            && looks_up(opcode)
    };
    ask(vm, "has_name", args, |opcode| opcode.has(name, &[]))
}

fn has_jump(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let jump = |opcode: Opcode| {
        opcode.jump() != JumpKind::None
            && !matches!(opcode, Opcode::ForIterGen | Opcode::SendGen)
            && (!opcode.is_instrumented()
                || matches!(opcode, Opcode::InstrumentedForIter | Opcode::InstrumentedEndAsyncFor))
    };
    let pseudo = ["JUMP", "JUMP_IF_FALSE", "JUMP_IF_TRUE", "JUMP_NO_INTERRUPT"];
    ask(vm, "has_jump", args, |opcode| opcode.has(jump, &pseudo))
}

fn has_free(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    ask(vm, "has_free", args, |opcode| opcode.has(|opcode| opcode.arg_kind() == ArgKind::Free, &[]))
}

fn has_local(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let local = |opcode: Opcode| {
        matches!(opcode.arg_kind(), ArgKind::Local | ArgKind::LocalPair)
            || opcode == Opcode::BinaryOpInplaceAddUnicode
    };
    ask(vm, "has_local", args, |opcode| opcode.has(local, &["LOAD_CLOSURE", "STORE_FAST_MAYBE_NULL"]))
}

fn has_exc(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let pseudo = ["SETUP_CLEANUP", "SETUP_FINALLY", "SETUP_WITH"];
    ask(vm, "has_exc", args, |opcode| opcode.has(|_| false, &pseudo))
}

/// As in a CPython that was built without counting: None.
fn get_specialization_stats(vm: &Vm, _: &Obj) -> PyResult {
    Ok(vm.none())
}

fn texts(texts: &[&str]) -> Obj {
    List::new(texts.iter().map(|text| Str::new(text).into_obj()).collect()).into_obj()
}

fn get_nb_ops(_: &Vm, _: &Obj) -> PyResult {
    let pairs = BINARY_OPERATOR_NAMES.iter().zip(BINARY_OPERATORS).map(|(name, symbol)| {
        Tuple::new(vec![Str::new(name).into_obj(), Str::new(symbol).into_obj()]).into_obj()
    });
    Ok(List::new(pairs.collect()).into_obj())
}

fn get_intrinsic1_descs(_: &Vm, _: &Obj) -> PyResult {
    Ok(texts(&INTRINSICS_1))
}

fn get_intrinsic2_descs(_: &Vm, _: &Obj) -> PyResult {
    Ok(texts(&INTRINSICS_2))
}

fn get_special_method_names(_: &Vm, _: &Obj) -> PyResult {
    Ok(texts(&SPECIAL_METHODS))
}

static GET_EXECUTOR: Signature<2> = Signature::new("get_executor", ["code", "offset"], 2);

/// There are executors where code is compiled further than to bytecode.
fn get_executor(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(code), Some(offset)] = args.bind(vm, &GET_EXECUTOR)? else { return Ok(vm.none()) };
    vm.c_int_argument(offset)?;
    if code.downcast::<Code>().is_none() {
        return Err(vm.type_error(format!("expected a code object, not '{}'", code.ty().tp_name())));
    }
    Err(vm.value_error("no executor at given byte offset"))
}

const FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "stack_effect",
        "($module, opcode, oparg=None, /, *, jump=None)",
        "Compute the stack effect of the opcode.",
        NativeCall::Full(stack_effect),
    ),
    NativeDef::new(
        "is_valid",
        "($module, /, opcode)",
        "Return True if opcode is valid, False otherwise.",
        NativeCall::Full(is_valid),
    ),
    NativeDef::new(
        "has_arg",
        "($module, /, opcode)",
        "Return True if the opcode uses its oparg, False otherwise.",
        NativeCall::Full(has_arg),
    ),
    NativeDef::new(
        "has_const",
        "($module, /, opcode)",
        "Return True if the opcode accesses a constant, False otherwise.",
        NativeCall::Full(has_const),
    ),
    NativeDef::new(
        "has_name",
        "($module, /, opcode)",
        "Return True if the opcode accesses an attribute by name, False otherwise.",
        NativeCall::Full(has_name),
    ),
    NativeDef::new(
        "has_jump",
        "($module, /, opcode)",
        "Return True if the opcode has a jump target, False otherwise.",
        NativeCall::Full(has_jump),
    ),
    NativeDef::new(
        "has_free",
        "($module, /, opcode)",
        "Return True if the opcode accesses a free variable, False otherwise.\n\nNote that 'free' in this context refers to names in the current scope\nthat are referenced by inner scopes or names in outer scopes that are\nreferenced from this scope. It does not include references to global\nor builtin scopes.",
        NativeCall::Full(has_free),
    ),
    NativeDef::new(
        "has_local",
        "($module, /, opcode)",
        "Return True if the opcode accesses a local variable, False otherwise.",
        NativeCall::Full(has_local),
    ),
    NativeDef::new(
        "has_exc",
        "($module, /, opcode)",
        "Return True if the opcode sets an exception handler, False otherwise.",
        NativeCall::Full(has_exc),
    ),
    NativeDef::new(
        "get_specialization_stats",
        "($module, /)",
        "Return the specialization stats",
        NativeCall::NoArgs(get_specialization_stats),
    ),
    NativeDef::new(
        "get_nb_ops",
        "($module, /)",
        "Return array of symbols of binary ops.\n\nIndexed by the BINARY_OP oparg value.",
        NativeCall::NoArgs(get_nb_ops),
    ),
    NativeDef::new(
        "get_intrinsic1_descs",
        "($module, /)",
        "Return a list of names of the unary intrinsics.",
        NativeCall::NoArgs(get_intrinsic1_descs),
    ),
    NativeDef::new(
        "get_intrinsic2_descs",
        "($module, /)",
        "Return a list of names of the binary intrinsics.",
        NativeCall::NoArgs(get_intrinsic2_descs),
    ),
    NativeDef::new(
        "get_executor",
        "($module, /, code, offset)",
        "Return the executor object at offset in code if exists, None otherwise.",
        NativeCall::Full(get_executor),
    ),
    NativeDef::new(
        "get_special_method_names",
        "($module, /)",
        "Return a list of special method names.",
        NativeCall::NoArgs(get_special_method_names),
    ),
];

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    module.add(vm, "ENABLE_SPECIALIZATION", Int::new(1))?;
    module.add(vm, "ENABLE_SPECIALIZATION_FT", Int::new(1))
}
