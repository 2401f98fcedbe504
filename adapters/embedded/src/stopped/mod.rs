//! What a stopped thread answers: stack, scopes, variables, expressions. Its references live as long as it is stopped.

mod assign;
mod children;
mod jump;
mod scopes;
mod special;
mod stack;
mod suspended;

use lasti_control::{ActivationId, FrameFacts};
use lasti_engine::command::{Command, EvaluatePurpose, Reply};
use lasti_engine::snapshot::{Children, ValueInfo};
use lasti_engine::{EngineError, FrameRef, RequestId, StopEpoch, ThreadId, VariableRef};
use lasti_vm::errors::BaseException;
use lasti_vm::trace::Activation;
use lasti_vm::{Obj, Ref, Vm};

use crate::evaluate::{self, Context, pure};
use crate::exceptions::{self, Fate};
use crate::hook::Returned;
use crate::show::{self, Code, Shown};
use crate::state::Shared;
use scopes::Scope;

/// How long the text of a value is that is shown with others.
const SHORT: usize = 1 << 12;
/// How long it is when it is asked for as a whole.
const LONG: usize = 1 << 20;

/// A thread that is stopped.
pub(crate) struct Session<'a> {
    shared: &'a Shared,
    vm: &'a Vm,
    frame: Activation<'a>,
    thread: ThreadId,
    epoch: StopEpoch,
    raised: Option<(Ref<BaseException>, Fate)>,
    result: Option<Returned>,
    /// From the innermost out; found when first asked for.
    frames: Option<Vec<Activation<'a>>>,
    /// What variable references stand for.
    handles: Vec<Handle<'a>>,
}

/// The stack of a thread that is stopped and waits in native code: another thread looks at it, while it has the interpreter
/// lock. More than that is known only where it comes back.
pub(crate) fn waiting_stack(
    shared: &Shared,
    vm: &Vm,
    thread: ThreadId,
    page: lasti_engine::place::Page,
) -> Result<lasti_engine::snapshot::StackPage, EngineError> {
    let (epoch, ident) = {
        let state = shared.state();
        let ident = state.threads.get(&thread).ok_or(EngineError::NoThread)?.ident;
        (state.stops.of(thread)?, ident)
    };
    match vm.frame_of(ident) {
        Some(frame) => Ok(Session::new(shared, vm, frame, thread, epoch, None, None).stack(page)),
        None => Ok(lasti_engine::snapshot::StackPage::default()),
    }
}

/// What has children.
#[derive(Clone)]
enum Handle<'a> {
    Scope(Scope, Activation<'a>),
    Value(Holder<'a>),
    /// Those of another's children whose names are special.
    Special(Box<Handle<'a>>),
    /// A property of an object, which is evaluated when it is asked for.
    Property(Holder<'a>, String),
}

impl<'a> Handle<'a> {
    /// The frame that expressions are evaluated in for it.
    fn frame(&self) -> Activation<'a> {
        match self {
            Self::Scope(_, frame) => *frame,
            Self::Value(holder) | Self::Property(holder, _) => holder.frame,
            Self::Special(of) => of.frame(),
        }
    }
}

/// A value, and how it is reached.
#[derive(Clone)]
struct Holder<'a> {
    value: Obj,
    frame: Activation<'a>,
    /// An expression that gives it in the frame.
    expression: Option<String>,
}

impl<'a> Session<'a> {
    pub(crate) fn new(
        shared: &'a Shared,
        vm: &'a Vm,
        frame: Activation<'a>,
        thread: ThreadId,
        epoch: StopEpoch,
        raised: Option<(Ref<BaseException>, Fate)>,
        result: Option<Returned>,
    ) -> Self {
        Self { shared, vm, frame, thread, epoch, raised, result, frames: None, handles: Vec::new() }
    }

    /// Answers a command that concerns this thread.
    pub(crate) fn answer(&mut self, request: RequestId, command: Command) -> Result<Reply, EngineError> {
        match command {
            Command::StackTrace(of) => Ok(Reply::StackTrace(self.stack(of.page))),
            Command::Scopes(of) => Ok(Reply::Scopes(self.scopes(of.frame)?)),
            Command::Variables(of) => {
                let context = self.context(None);
                let page = evaluate::limited(context, Some(request), evaluate::SHOWING, || {
                    Ok(self.variables(of.of, of.filter, of.page))
                });
                Ok(Reply::Variables(page??))
            }
            Command::SetVariable(set) => {
                Ok(Reply::SetVariable(self.set_variable(request, set.of, &set.name, &set.value)?))
            }
            Command::SetExpression(set) => {
                let frame = self.frame(set.frame)?;
                Ok(Reply::SetExpression(self.set_expression(request, frame, &set.target, &set.value)?))
            }
            Command::Evaluate(of) => {
                let frame = of.frame.map(|frame| self.frame(frame)).transpose()?;
                Ok(Reply::Evaluate(self.evaluate(
                    request,
                    frame,
                    &of.expression,
                    of.purpose,
                    of.milliseconds,
                )?))
            }
            Command::JumpTarget(of) => Ok(Reply::JumpTarget(self.jump_target(&of.source, of.line)?)),
            Command::Jump(of) => Ok(Reply::Jump(self.jump(&of.source, of.line)?)),
            Command::DescribeException(_) => {
                let (exception, fate) = self.raised.clone().ok_or(EngineError::NoException)?;
                let context = self.context(None);
                let info = evaluate::while_showing(context, request, || {
                    exceptions::describe(self.shared, self.vm, &self.frame, &exception, &fate)
                });
                Ok(Reply::DescribeException(info?))
            }
            other => {
                Err(EngineError::Internal(format!("a thread was asked what it does not know: {other:?}")))
            }
        }
    }

    fn context(&self, frame: Option<Activation<'a>>) -> Context<'a> {
        Context { shared: self.shared, vm: self.vm, frame, thread: self.thread }
    }

    /// A reference to something with children.
    fn refer(&mut self, handle: Handle<'a>) -> VariableRef {
        self.handles.push(handle);
        VariableRef { epoch: self.epoch, id: self.handles.len() as u32 - 1 }
    }

    fn handle(&self, of: VariableRef) -> Result<Handle<'a>, EngineError> {
        if of.epoch != self.epoch {
            return Err(EngineError::Stale);
        }
        self.handles.get(of.id as usize).cloned().ok_or(EngineError::NoReference)
    }

    fn frame(&mut self, of: FrameRef) -> Result<Activation<'a>, EngineError> {
        if of.epoch != self.epoch {
            return Err(EngineError::Stale);
        }
        self.frames().get(of.id as usize).copied().ok_or(EngineError::NoReference)
    }

    fn facts(&self, frame: &Activation<'_>) -> FrameFacts {
        let facts = crate::walk::facts_of(self.shared, self.vm, frame);
        FrameFacts {
            activation: ActivationId(frame.id().unwrap_or(0)),
            source: facts.source,
            code: facts.code,
            statements: facts.statements,
            user_code: facts.user_code,
        }
    }

    /// A value as shown, and a reference to what it holds.
    fn value_info(&mut self, holder: Holder<'a>, limit: usize, code: Code) -> ValueInfo {
        let Shown { text, cut } = show::shown(self.vm, &holder.value, limit, code);
        let type_name = show::type_name(self.vm, &holder.value);
        let counts = children::count(&holder.value);
        let children = counts.map(|(named, indexed)| {
            let variables = self.refer(Handle::Value(holder));
            Children { variables, named, indexed }
        });
        ValueInfo { text, cut, type_name, children, lazy: false }
    }

    fn evaluate(
        &mut self,
        request: RequestId,
        frame: Option<Activation<'a>>,
        text: &str,
        purpose: EvaluatePurpose,
        milliseconds: u32,
    ) -> Result<ValueInfo, EngineError> {
        let context = self.context(frame);
        let shown_in = frame.unwrap_or(self.frame);
        if purpose == EvaluatePurpose::Hover {
            let value = pure::expression(self.vm, shown_in, text)?;
            let holder = Holder { value, frame: shown_in, expression: Some(text.to_owned()) };
            // The expression has no effect; how its value is shown is what the list of variables shows.
            return evaluate::limited(context, Some(request), milliseconds, || {
                Ok(self.value_info(holder, SHORT, Code::Runs))
            });
        }
        let value = match purpose {
            EvaluatePurpose::Console => evaluate::limited(context, Some(request), milliseconds, || {
                match evaluate::console(context, text) {
                    Ok(result) => result.map(Ok),
                    Err(error) => Ok(Err(error)),
                }
            })??,
            _ => {
                let value =
                    evaluate::limited(context, Some(request), milliseconds, || match evaluate::expression(
                        context, text,
                    ) {
                        Ok(result) => result.map(Ok),
                        Err(error) => Ok(Err(error)),
                    })??;
                Some(value)
            }
        };
        // The console shows what an interactive session does.
        let shown = value.filter(|value| purpose != EvaluatePurpose::Console || !self.vm.is_none(value));
        let Some(value) = shown else {
            let (text, type_name) = (String::new(), "NoneType".into());
            return Ok(ValueInfo { text, cut: false, type_name, children: None, lazy: false });
        };
        let limit = if purpose == EvaluatePurpose::Watch { SHORT } else { LONG };
        let holder = Holder { value, frame: shown_in, expression: Some(text.trim().to_owned()) };
        evaluate::while_showing(context, request, || self.value_info(holder, limit, Code::Runs))
    }
}
