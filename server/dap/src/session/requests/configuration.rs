//! `initialize`, `launch`, `attach`, `configurationDone`: the handshake.

use lasti_engine::command::Start;

use super::super::answer::{Answer, Outcome, PATIENCE, ask_for, now};
use super::super::lifecycle::Wanted;
use super::super::sources::Counting;
use super::super::{ClientTraits, ErrorId, RequestError, Session, State};
use crate::launch::{Attach, Configured, Launch, Settings, warning};
use crate::protocol::{
    AttachRequestArguments, Capabilities, ConfigurationDoneArguments, ExceptionBreakpointsFilter,
    InitializeRequestArguments, InitializeRequestArgumentsPathFormat, LaunchRequestArguments, Outgoing,
    RequestId, ResponseBody,
};

/// The exception filters: what a client calls them, and what a user reads.
pub(super) const FILTERS: [(&str, &str, &str, bool); 4] = [
    ("raised", "Raised exceptions", "Stop wherever an exception is raised, caught or not", false),
    ("uncaught", "Uncaught exceptions", "Stop where an exception is raised that nobody catches", true),
    (
        "userUnhandled",
        "User uncaught exceptions",
        "Stop where an exception is raised that leaves your code, even if library code catches it",
        false,
    ),
    (
        "controlFlow",
        "Raised StopIteration and the like",
        "With raised exceptions: also stop where a `raise` statement raises StopIteration, \
         StopAsyncIteration or GeneratorExit",
        false,
    ),
];

/// What this server serves. What is not here is refused.
pub(crate) fn capabilities() -> Capabilities {
    let yes = Some(true);
    let filters = FILTERS.map(|(filter, label, description, default)| ExceptionBreakpointsFilter {
        filter: filter.into(),
        label: label.into(),
        description: Some(description.into()),
        default: Some(default),
        supports_condition: None,
        condition_description: None,
    });
    Capabilities {
        supports_configuration_done_request: yes,
        supports_function_breakpoints: yes,
        supports_conditional_breakpoints: yes,
        supports_hit_conditional_breakpoints: yes,
        supports_evaluate_for_hovers: yes,
        exception_breakpoint_filters: Some(filters.into()),
        supports_set_variable: yes,
        supports_goto_targets_request: yes,
        supports_modules_request: yes,
        supports_restart_request: yes,
        supports_exception_info_request: yes,
        support_terminate_debuggee: yes,
        supports_delayed_stack_trace_loading: yes,
        supports_loaded_sources_request: yes,
        supports_log_points: yes,
        supports_set_expression: yes,
        supports_terminate_request: yes,
        supports_disassemble_request: yes,
        supports_cancel_request: yes,
        supports_breakpoint_locations_request: yes,
        supports_clipboard_context: yes,
        supports_stepping_granularity: yes,
        supports_instruction_breakpoints: yes,
        supports_single_thread_execution_requests: yes,
        ..Capabilities::default()
    }
}

pub(super) fn initialize(
    session: &mut Session,
    arguments: InitializeRequestArguments,
) -> Outcome<Capabilities> {
    use InitializeRequestArgumentsPathFormat as Format;
    match &arguments.path_format {
        None | Some(Format::Path) => {}
        Some(Format::Uri | Format::Other(_)) => {
            let reason = "`pathFormat`: only \"path\" is supported; paths are not read as URIs";
            return Err(RequestError::new(ErrorId::InvalidArguments, reason));
        }
    }
    let first = |from_one: Option<bool>| u32::from(from_one != Some(false));
    session.sources.set_counting(Counting {
        line: first(arguments.lines_start_at1),
        column: first(arguments.columns_start_at1),
    });
    let can = |flag: Option<bool>| flag == Some(true);
    session.client = ClientTraits {
        variable_types: can(arguments.supports_variable_type),
        variable_paging: can(arguments.supports_variable_paging),
        terminals: can(arguments.supports_run_in_terminal_request),
        invalidated: can(arguments.supports_invalidated_event),
    };
    session.state = State::Initialized;
    now(session.capabilities.clone())
}

pub(super) fn launch(session: &mut Session, to: RequestId, arguments: LaunchRequestArguments) -> Outcome<()> {
    let configured = Launch::parse(&arguments.0, session.client.terminals)?;
    let Configured { value, warnings } = configured;
    begin(session, to, Wanted::Launch(Box::new(value)), warnings)
}

pub(super) fn attach(session: &mut Session, to: RequestId, arguments: AttachRequestArguments) -> Outcome<()> {
    let Configured { value, warnings } = Attach::parse(&arguments.0)?;
    begin(session, to, Wanted::Attach(Box::new(value)), warnings)
}

/// Begins to start the program. The response comes when it has begun.
fn begin(session: &mut Session, to: RequestId, wanted: Wanted, warnings: Vec<String>) -> Outcome<()> {
    adopt(session, wanted.settings(), warnings);
    session.start(wanted, Some(to), false);
    session.state = State::Configuring;
    Ok(Answer::Kept)
}

/// Takes over what a configuration says to the session itself.
pub(super) fn adopt(session: &mut Session, settings: &Settings, mut warnings: Vec<String>) {
    if settings.log_to_file {
        warnings.push("`logToFile` has no effect: this server writes no log".into());
    }
    for text in warnings {
        session.emit(warning(&text));
    }
    session.sources.set_mappings(settings.path_mappings.clone());
}

pub(super) fn configuration_done(session: &mut Session, _: ConfigurationDoneArguments) -> Outcome<()> {
    if session.is_starting() {
        let reason = "`configurationDone` comes too early: wait for the `initialized` event";
        return Err(RequestError::new(ErrorId::OutOfOrder, reason));
    }
    session.state = State::Running;
    session.settle_state();
    let stop_on_entry = session.stops_on_entry();
    ask_for(PATIENCE, Start { stop_on_entry }, |session, reply| match reply {
        Ok(_) => {
            if let Some(to) = session.take_asked() {
                session.after_response.push(Outgoing::Response { to, outcome: Ok(ResponseBody::None) });
            }
            now(())
        }
        Err(error) => {
            session.begun(Err(error.clone()));
            Err(error)
        }
    })
}
