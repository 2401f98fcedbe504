//! `variables`, `setVariable`, `setExpression`.

use std::time::Duration;

use lasti_engine::VariableRef;
use lasti_engine::command::{SetExpression, SetVariable, VariableFilter, Variables};
use lasti_engine::place::Page;
use lasti_engine::snapshot::VariableInfo;

use super::super::answer::{Outcome, ask_for, now};
use super::super::{ErrorId, RequestError, Session};
use crate::protocol::{
    Event, InvalidatedAreas, InvalidatedEventBody, SetExpressionArguments, SetExpressionResponseBody,
    SetVariableArguments, SetVariableResponseBody, Variable, VariablesArguments, VariablesArgumentsFilter,
    VariablesResponseBody,
};

/// How many variables a response has at most.
const MOST: u32 = 10_000;
/// How long showing or setting something may take: it can run user code, for which the engine has its limit.
const PATIENCE: Duration = Duration::from_mins(1);

pub(super) fn variables(
    session: &mut Session,
    arguments: VariablesArguments,
) -> Outcome<VariablesResponseBody> {
    let of = session.handles.variables(arguments.variables_reference)?;
    let filter = match arguments.filter {
        None => VariableFilter::All,
        Some(VariablesArgumentsFilter::Indexed) => VariableFilter::Indexed,
        Some(VariablesArgumentsFilter::Named) => VariableFilter::Named,
    };
    let asked = arguments.count.filter(|&count| count > 0);
    let page = Page { start: arguments.start.unwrap_or(0), count: asked.unwrap_or(MOST).min(MOST) };
    collect(of, filter, page, asked.is_none(), Vec::new())
}

/// Asks for variables, as often as the engine gives fewer than are wanted.
fn collect(
    of: VariableRef,
    filter: VariableFilter,
    page: Page,
    all: bool,
    mut so_far: Vec<VariableInfo>,
) -> Outcome<VariablesResponseBody> {
    ask_for(PATIENCE, Variables { of, filter, page }, move |session, reply| {
        let reply = reply?.0;
        let got = reply.variables.len() as u32;
        let rest = Page { start: page.start.saturating_add(got), count: page.count.saturating_sub(got) };
        so_far.extend(reply.variables);
        if reply.more && got > 0 && rest.count > 0 {
            return collect(of, filter, rest, all, so_far);
        }
        let shown = so_far.len();
        let mut variables: Vec<Variable> = so_far.into_iter().map(|info| session.variable(info)).collect();
        if reply.more && all {
            // The client did not ask for a page: it must not take this for all there is.
            variables.push(Variable {
                name: "…".into(),
                value: format!("more than the {shown} shown"),
                r#type: None,
                presentation_hint: None,
                evaluate_name: None,
                variables_reference: 0,
                named_variables: None,
                indexed_variables: None,
                memory_reference: None,
                declaration_location_reference: None,
                value_location_reference: None,
            });
        }
        now(VariablesResponseBody { variables })
    })
}

/// Values that are shown elsewhere may be others now.
pub(super) fn invalidate(session: &mut Session) {
    if session.client.invalidated {
        session.emit_after(Event::Invalidated(InvalidatedEventBody {
            areas: Some(vec![InvalidatedAreas::Variables]),
            thread_id: None,
            stack_frame_id: None,
        }));
    }
}

pub(super) fn set_variable(
    session: &mut Session,
    arguments: SetVariableArguments,
) -> Outcome<SetVariableResponseBody> {
    let of = session.handles.variables(arguments.variables_reference)?;
    let command = SetVariable { of, name: arguments.name, value: arguments.value };
    ask_for(PATIENCE, command, |session, reply| {
        let shown = session.shown(reply?.0);
        invalidate(session);
        now(SetVariableResponseBody {
            value: shown.value,
            r#type: shown.kind,
            variables_reference: Some(shown.reference),
            named_variables: shown.named,
            indexed_variables: shown.indexed,
            memory_reference: None,
            value_location_reference: None,
        })
    })
}

pub(super) fn set_expression(
    session: &mut Session,
    arguments: SetExpressionArguments,
) -> Outcome<SetExpressionResponseBody> {
    let Some(frame) = arguments.frame_id else {
        let reason = "`frameId` is needed: an expression is set in a frame";
        return Err(RequestError::new(ErrorId::InvalidArguments, reason));
    };
    let frame = session.handles.frame(frame)?;
    let command = SetExpression { frame, target: arguments.expression, value: arguments.value };
    ask_for(PATIENCE, command, |session, reply| {
        let shown = session.shown(reply?.0);
        invalidate(session);
        now(SetExpressionResponseBody {
            value: shown.value,
            r#type: shown.kind,
            presentation_hint: None,
            variables_reference: Some(shown.reference),
            named_variables: shown.named,
            indexed_variables: shown.indexed,
            memory_reference: None,
            value_location_reference: None,
        })
    })
}
