//! `evaluate`.

use std::time::Duration;

use lasti_engine::command::{Evaluate, EvaluatePurpose};

use super::super::Session;
use super::super::answer::{Outcome, ask_for, now};
use super::data::invalidate;
use crate::protocol::{EvaluateArguments, EvaluateArgumentsContext, EvaluateResponseBody};

/// How long the engine may take beyond the time that the expression has.
const BEYOND: Duration = Duration::from_secs(5);

pub(super) fn evaluate(session: &mut Session, arguments: EvaluateArguments) -> Outcome<EvaluateResponseBody> {
    use EvaluateArgumentsContext as Context;
    let (purpose, milliseconds) = match arguments.context {
        // A user who types something may wait for it, and can cancel it.
        Some(Context::Repl) => (EvaluatePurpose::Console, 600_000),
        Some(Context::Hover) => (EvaluatePurpose::Hover, 1_000),
        Some(Context::Clipboard) => (EvaluatePurpose::Clipboard, 10_000),
        None | Some(Context::Watch | Context::Variables | Context::Other(_)) => {
            (EvaluatePurpose::Watch, 5_000)
        }
    };
    let frame = arguments.frame_id.map(|frame| session.handles.frame(frame)).transpose()?;
    let command = Evaluate { frame, expression: arguments.expression, purpose, milliseconds };
    let patience = Duration::from_millis(u64::from(milliseconds)) + BEYOND;
    ask_for(patience, command, move |session, reply| {
        let shown = session.shown(reply?.0);
        if purpose == EvaluatePurpose::Console {
            invalidate(session);
        }
        now(EvaluateResponseBody {
            result: shown.value,
            r#type: shown.kind,
            presentation_hint: None,
            variables_reference: shown.reference,
            named_variables: shown.named,
            indexed_variables: shown.indexed,
            memory_reference: None,
            value_location_reference: None,
        })
    })
}
