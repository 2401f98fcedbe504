//! Setting variables, items, attributes, and what expressions denote.

use lasti_engine::snapshot::ValueInfo;
use lasti_engine::{EngineError, RequestId, VariableRef};
use lasti_vm::generator::Generator;
use lasti_vm::trace::Activation;
use lasti_vm::{Obj, PyResult};

use super::scopes::Home;
use super::{Handle, Holder, SHORT, Session, suspended};
use crate::evaluate;
use crate::show::{Code, last_line};

/// How long what is set may take to evaluate.
const MILLISECONDS: u32 = 50_000;

impl<'a> Session<'a> {
    pub(super) fn set_variable(
        &mut self,
        request: RequestId,
        of: VariableRef,
        name: &str,
        text: &str,
    ) -> Result<ValueInfo, EngineError> {
        let handle = self.handle(of)?;
        let frame = handle.frame();
        let value = self.evaluated(request, frame, text)?;
        let context = self.context(Some(frame));
        let set = evaluate::limited(context, Some(request), MILLISECONDS, || {
            self.set(&handle, name, value.clone())
        })?;
        if !set {
            return Err(EngineError::ReadOnly(name.to_owned()));
        }
        self.show_set(request, frame, value, name)
    }

    fn set(&self, handle: &Handle<'a>, name: &str, value: Obj) -> PyResult<bool> {
        let vm = self.vm;
        match handle {
            Handle::Special(of) => self.set(of, name, value),
            Handle::Scope(scope, frame) => {
                let home = self.scope_variables(*scope, frame).into_iter().find(|(known, ..)| known == name);
                match home {
                    Some((_, _, Home::Slot(slot))) => {
                        frame.set_variable(slot, value);
                        Ok(true)
                    }
                    Some((_, _, Home::Name)) => match scope {
                        lasti_engine::snapshot::ScopeKind::Globals => {
                            frame.globals().set_str(vm, &vm.intern(name), value).map(|()| true)
                        }
                        lasti_engine::snapshot::ScopeKind::Builtins => {
                            frame.builtins().set_str(vm, &vm.intern(name), value).map(|()| true)
                        }
                        _ => evaluate::set_by_name(vm, frame, name, value),
                    },
                    _ => Ok(false),
                }
            }
            Handle::Value(holder) => {
                if let Some(generator) = holder.value.downcast::<Generator>() {
                    return Ok(suspended::set(generator, name, value));
                }
                if let Some(key) = self.item_key(&holder.value, name) {
                    return vm.setitem(&holder.value, &key, &value).map(|()| true);
                }
                vm.setattr(&holder.value, &vm.intern(name), &value).map(|()| true)
            }
            Handle::Property(holder, property) => {
                vm.setattr(&holder.value, &vm.intern(property), &value).map(|()| true)
            }
        }
    }

    pub(super) fn set_expression(
        &mut self,
        request: RequestId,
        frame: Activation<'a>,
        target: &str,
        text: &str,
    ) -> Result<ValueInfo, EngineError> {
        let context = self.context(Some(frame));
        let statement = format!("{target} = (\n{text}\n)");
        let run = || match evaluate::console(context, &statement) {
            Ok(result) => result.map(|_| Ok(())),
            Err(error) => Ok(Err(error)),
        };
        evaluate::limited(context, Some(request), MILLISECONDS, run)??;
        let value = self.evaluated(request, frame, target)?;
        self.show_set(request, frame, value, target)
    }

    fn evaluated(&self, request: RequestId, frame: Activation<'a>, text: &str) -> Result<Obj, EngineError> {
        let context = self.context(Some(frame));
        let run = || match evaluate::expression(context, text) {
            Ok(Ok(value)) => Ok(Ok(value)),
            Ok(Err(error)) => Ok(Err(EngineError::Raised(last_line(self.vm, &error)))),
            Err(error) => Ok(Err(error)),
        };
        evaluate::limited(context, Some(request), MILLISECONDS, run)?
    }

    fn show_set(
        &mut self,
        request: RequestId,
        frame: Activation<'a>,
        value: Obj,
        name: &str,
    ) -> Result<ValueInfo, EngineError> {
        let context = self.context(Some(frame));
        let holder = Holder { value, frame, expression: Some(name.to_owned()) };
        evaluate::while_showing(context, request, || self.value_info(holder, SHORT, Code::Runs))
    }
}
