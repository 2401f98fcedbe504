//! Evaluating without running any of the program's code: for what is only looked at. Names, attributes that stand
//! where they are looked for, items of built-in containers, and operators on built-in numbers and strings; everything else
//! is refused.

use std::cell::OnceCell;

use lasti_code::Opcode;
use lasti_compile::Mode;
use lasti_engine::EngineError;
use lasti_vm::code::Code;
use lasti_vm::dict::Dict;
use lasti_vm::module::Module;
use lasti_vm::number::{Float, Int};
use lasti_vm::sequence::{List, Tuple};
use lasti_vm::text::Str;
use lasti_vm::trace::Activation;
use lasti_vm::types::TypeData;
use lasti_vm::{Obj, Ref, Vm, builtins, inspect};

use super::names::Names;
use super::prepare;

/// `NB_SUBSCR`: the operator of `a[b]`.
const SUBSCRIPT: u32 = 26;

/// A value stack, and where names are looked up.
pub(crate) struct Machine<'a> {
    vm: &'a Vm,
    frame: Activation<'a>,
    names: OnceCell<Names>,
    /// The value stack; none where a value is not known.
    pub(crate) stack: Vec<Option<Obj>>,
}

/// An instruction that may do anything.
pub(crate) struct Impure;

impl<'a> Machine<'a> {
    pub(crate) fn new(vm: &'a Vm, frame: Activation<'a>) -> Self {
        Self { vm, frame, names: OnceCell::new(), stack: Vec::new() }
    }

    pub(crate) fn pop(&mut self) -> Option<Obj> {
        self.stack.pop().flatten()
    }

    /// Does what an instruction of `code` does.
    pub(crate) fn step(&mut self, code: &Ref<Code>, opcode: Opcode, arg: u32) -> Result<(), Impure> {
        let name = |index: u32| code.names().get(index as usize);
        let value = match opcode.base() {
            Opcode::Nop | Opcode::NotTaken | Opcode::Resume | Opcode::PushNull => return Ok(()),
            Opcode::LoadConst => code.consts().get(arg as usize).cloned(),
            Opcode::LoadSmallInt => Some(Int::new(arg.into())),
            Opcode::LoadGlobal => name(arg >> 1).and_then(|name| global(self.vm, &self.frame, name)),
            Opcode::LoadName => name(arg).and_then(|name| self.name(name)),
            Opcode::LoadFast | Opcode::LoadFastBorrow | Opcode::LoadFastCheck | Opcode::LoadDeref => {
                self.slot(arg)
            }
            Opcode::LoadFastLoadFast | Opcode::LoadFastBorrowLoadFastBorrow => {
                let first = self.slot(arg >> 4);
                self.stack.push(first);
                self.slot(arg & 15)
            }
            Opcode::LoadAttr if arg & 1 == 0 => {
                let (object, name) = (self.pop(), name(arg >> 1));
                object.zip(name).and_then(|(object, name)| attribute(self.vm, &object, name))
            }
            Opcode::BuildTuple => {
                let from = self.stack.len().checked_sub(arg as usize).ok_or(Impure)?;
                let items: Option<Vec<Obj>> = self.stack.drain(from..).collect();
                items.map(|items| Tuple::new(items).into_obj())
            }
            Opcode::BinaryOp => {
                let (right, left) = (self.pop().ok_or(Impure)?, self.pop().ok_or(Impure)?);
                Some(self.binary(arg, &left, &right).ok_or(Impure)?)
            }
            Opcode::UnaryNegative => {
                let value = self.pop().filter(is_number).ok_or(Impure)?;
                self.vm.negative(&value).ok()
            }
            _ => return Err(Impure),
        };
        self.stack.push(value);
        Ok(())
    }

    fn slot(&self, slot: u32) -> Option<Obj> {
        self.frame.variable(slot as usize)
    }

    fn name(&self, name: &Ref<Str>) -> Option<Obj> {
        let in_module = self.frame.namespace().is_some_and(|names| names.is(self.frame.globals().as_obj()));
        if in_module && self.frame.code_data().localsplusnames.is_empty() {
            return global(self.vm, &self.frame, name);
        }
        let text = name.to_string_lossy();
        let names = self.names.get_or_init(|| Names::of(self.vm, &self.frame));
        let place = names.places.iter().find(|(known, _)| *known == *text);
        let own = place.and_then(|(_, place)| place.value(self.vm, &self.frame, &text).ok().flatten());
        let spaced = || {
            let namespace = self.frame.namespace()?.into_ref::<Dict>().ok()?;
            namespace.get_str(self.vm, name).ok().flatten()
        };
        own.or_else(spaced).or_else(|| global(self.vm, &self.frame, name))
    }

    fn binary(&self, operator: u32, left: &Obj, right: &Obj) -> Option<Obj> {
        if operator == SUBSCRIPT {
            let indexed = left.downcast_exact::<List>().is_some() || left.downcast_exact::<Tuple>().is_some();
            let keyed = left.downcast_exact::<Dict>().is_some();
            let plain = right.is_exact_int() || right.downcast_exact::<Str>().is_some();
            return if (indexed || keyed) && plain { self.vm.getitem(left, right).ok() } else { None };
        }
        if !is_number(left) || !is_number(right) {
            return None;
        }
        let operator = match operator {
            0 => lasti_vm::ops::BinaryOp::Add,
            5 => lasti_vm::ops::BinaryOp::Multiply,
            10 => lasti_vm::ops::BinaryOp::Subtract,
            11 => lasti_vm::ops::BinaryOp::TrueDivide,
            _ => return None,
        };
        self.vm.binary(operator, left, right).ok()
    }
}

/// The value of a name that is no variable of a frame's own.
fn global(vm: &Vm, frame: &Activation<'_>, name: &Ref<Str>) -> Option<Obj> {
    let found = frame.globals().get_str(vm, name).ok()?;
    found.or_else(|| frame.builtins().get_str(vm, name).ok().flatten())
}

fn is_number(value: &Obj) -> bool {
    value.is_exact_int() || value.downcast_exact::<Float>().is_some()
}

/// An attribute, if no code of the program has a say in it.
pub(crate) fn attribute(vm: &Vm, object: &Obj, name: &Ref<Str>) -> Option<Obj> {
    if let Some(module) = object.downcast_exact::<Module>() {
        return module.dict.get_str(vm, name).ok().flatten();
    }
    if let Some(class) = object.downcast::<TypeData>().filter(|_| object.is_exact(&builtins::TYPE)) {
        return inspect::class_attribute(vm, class, name);
    }
    let ty = object.ty();
    if !inspect::has_plain_attributes(vm, ty) {
        return None;
    }
    let on_class = inspect::class_attribute(vm, ty, name);
    let computed = on_class.is_some_and(|found| {
        let own_get = inspect::class_attribute(vm, found.ty(), &vm.intern("__get__")).is_some();
        found.ty().name() == "property" || own_get && found.ty().is_heap()
    });
    if computed { None } else { vm.getattr(object, name).ok() }
}

/// The value of an expression, without running any of the program's code.
pub(crate) fn expression(vm: &Vm, frame: Activation<'_>, text: &str) -> Result<Obj, EngineError> {
    let refused = || EngineError::Unsupported("evaluating this would run code of the program".into());
    let data = prepare::alone(text, Mode::Eval)?;
    let code = Code::new(vm, &data);
    let mut machine = Machine::new(vm, frame);
    for instruction in data.units().instructions() {
        let opcode = instruction.opcode().ok_or_else(refused)?;
        if opcode.base() == Opcode::ReturnValue {
            break;
        }
        machine.step(&code, opcode, instruction.arg).map_err(|_| refused())?;
        if machine.stack.last().is_some_and(Option::is_none) {
            return Err(EngineError::Unsupported(format!("`{text}` has no value that can be looked at")));
        }
    }
    machine.pop().ok_or_else(refused)
}
