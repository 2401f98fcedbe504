//! `setExceptionBreakpoints`, `exceptionInfo`.

use lasti_engine::ThreadId;
use lasti_engine::breakpoints::ExceptionFilters;
use lasti_engine::command::{DescribeException, SetExceptionFilters};

use super::super::answer::{Outcome, ask, now};
use super::super::{ErrorId, RequestError, Session, to_dap};
use super::configuration::FILTERS;
use super::run::thread;
use crate::protocol::{
    ExceptionInfoArguments, ExceptionInfoResponseBody, SetExceptionBreakpointsArguments,
    SetExceptionBreakpointsResponseBody,
};

pub(super) fn set(
    session: &mut Session,
    arguments: SetExceptionBreakpointsArguments,
) -> Outcome<SetExceptionBreakpointsResponseBody> {
    let invalid = |reason: String| RequestError::new(ErrorId::InvalidArguments, reason);
    if arguments.exception_options.is_some_and(|options| !options.is_empty()) {
        return Err(invalid("`exceptionOptions` are not supported: use `filters`".into()));
    }
    let options = arguments.filter_options.unwrap_or_default();
    if options.iter().any(|option| option.condition.as_ref().is_some_and(|text| !text.trim().is_empty())) {
        return Err(invalid("conditions of exception filters are not supported".into()));
    }
    let mut filters = ExceptionFilters::default();
    for name in arguments.filters.into_iter().chain(options.into_iter().map(|option| option.filter_id)) {
        match name.as_str() {
            "raised" => filters.raised = true,
            "uncaught" => filters.uncaught = true,
            "userUnhandled" => filters.user_unhandled = true,
            "controlFlow" => filters.include_control_flow = true,
            other => {
                let known = FILTERS.map(|(name, ..)| name).join(", ");
                return Err(invalid(format!("there is no exception filter `{other}`, only {known}")));
            }
        }
    }
    if session.program.as_ref().is_some_and(|program| program.wanted.no_debug()) {
        return now(SetExceptionBreakpointsResponseBody::default());
    }
    session.breakpoints.filters = filters;
    ask(SetExceptionFilters { filters }, |_, _| now(SetExceptionBreakpointsResponseBody::default()))
}

pub(super) fn info(_: &mut Session, arguments: ExceptionInfoArguments) -> Outcome<ExceptionInfoResponseBody> {
    let thread: ThreadId = thread(arguments.thread_id)?;
    ask(DescribeException { thread }, |_, reply| now(to_dap::exception_info(reply.0)))
}
