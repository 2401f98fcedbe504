//! The requests, each served by a plain function: the session and the arguments in, an answer or a question to
//! the engine out. Whether a request may come now was decided before (`state`).
#![allow(clippy::needless_pass_by_value, clippy::unnecessary_wraps, reason = "handlers have one shape")]

mod breakpoints;
mod configuration;
mod data;
mod disassemble;
mod ending;
mod evaluate;
mod exceptions;
mod goto;
mod run;
mod source;
mod stack;
mod texts;

use super::answer::Outcome;
use super::{ErrorId, RequestError, Session};
use crate::protocol::{Request, RequestArguments, RequestId, ResponseBody};

pub(super) use configuration::capabilities;
pub(super) use goto::Targets;
pub(super) use texts::with_texts;

/// Serves a request whose handler needs nothing but its arguments.
fn serve<A: RequestArguments>(
    session: &mut Session,
    arguments: A,
    handle: fn(&mut Session, A) -> Outcome<A::Body>,
) -> Outcome<ResponseBody>
where
    A::Body: 'static,
{
    handle(session, arguments).map(|answer| answer.map(Into::into))
}

/// Serves one whose response comes on another occasion: it keeps the request's number.
fn serve_later<A: RequestArguments>(
    session: &mut Session,
    to: &RequestId,
    arguments: A,
    handle: fn(&mut Session, RequestId, A) -> Outcome<A::Body>,
) -> Outcome<ResponseBody>
where
    A::Body: 'static,
{
    handle(session, to.clone(), arguments).map(|answer| answer.map(Into::into))
}

/// Serves a request.
pub(super) fn dispatch(session: &mut Session, to: &RequestId, request: Request) -> Outcome<ResponseBody> {
    use Request as R;
    let command = request.command();
    match request {
        R::Initialize(arguments) => serve(session, arguments, configuration::initialize),
        R::Launch(arguments) => serve_later(session, to, arguments, configuration::launch),
        R::Attach(arguments) => serve_later(session, to, arguments, configuration::attach),
        R::ConfigurationDone(arguments) => serve(session, arguments, configuration::configuration_done),

        R::SetBreakpoints(arguments) => serve(session, arguments, breakpoints::set),
        R::SetFunctionBreakpoints(arguments) => serve(session, arguments, breakpoints::set_functions),
        R::SetInstructionBreakpoints(arguments) => serve(session, arguments, breakpoints::set_instructions),
        R::BreakpointLocations(arguments) => serve(session, arguments, breakpoints::locations),
        R::SetExceptionBreakpoints(arguments) => serve(session, arguments, exceptions::set),
        R::ExceptionInfo(arguments) => serve(session, arguments, exceptions::info),

        R::Threads(arguments) => serve(session, arguments, run::threads),
        R::Pause(arguments) => serve(session, arguments, run::pause),
        R::Continue(arguments) => serve(session, arguments, run::resume),
        R::Next(arguments) => serve(session, arguments, run::next),
        R::StepIn(arguments) => serve(session, arguments, run::step_in),
        R::StepOut(arguments) => serve(session, arguments, run::step_out),

        R::StackTrace(arguments) => serve(session, arguments, stack::trace),
        R::Scopes(arguments) => serve(session, arguments, stack::scopes),
        R::Variables(arguments) => serve(session, arguments, data::variables),
        R::SetVariable(arguments) => serve(session, arguments, data::set_variable),
        R::SetExpression(arguments) => serve(session, arguments, data::set_expression),
        R::Evaluate(arguments) => serve(session, arguments, evaluate::evaluate),

        R::GotoTargets(arguments) => serve(session, arguments, goto::targets),
        R::Goto(arguments) => serve(session, arguments, goto::goto),

        R::Source(arguments) => serve(session, arguments, source::text),
        R::LoadedSources(arguments) => serve(session, arguments, source::loaded),
        R::Modules(arguments) => serve(session, arguments, source::modules),
        R::Disassemble(arguments) => serve(session, arguments, disassemble::disassemble),

        R::Cancel(arguments) => serve(session, arguments, ending::cancel),
        R::Restart(arguments) => serve_later(session, to, arguments, ending::restart),
        R::Terminate(arguments) => serve(session, arguments, ending::terminate),
        R::Disconnect(arguments) => serve_later(session, to, arguments, ending::disconnect),

        // Refused before, most of them, since their capabilities are not announced.
        R::RunInTerminal(_)
        | R::StartDebugging(_)
        | R::DataBreakpointInfo(_)
        | R::SetDataBreakpoints(_)
        | R::StepBack(_)
        | R::ReverseContinue(_)
        | R::RestartFrame(_)
        | R::TerminateThreads(_)
        | R::StepInTargets(_)
        | R::Completions(_)
        | R::ReadMemory(_)
        | R::WriteMemory(_)
        | R::Locations(_) => {
            Err(RequestError::about(ErrorId::Unsupported, command, "is not supported by this debugger"))
        }
    }
}
