//! What an exception says: its chain, as data. How the parts are shown together is in [`traceback`].

use lasti_engine::place::Position;
use lasti_engine::snapshot::{CatchInfo, ChainedException, ExceptionInfo, ExceptionLink};
use lasti_vm::errors::BaseException;
use lasti_vm::sequence::List;
use lasti_vm::text::Str;
use lasti_vm::trace::Activation;
use lasti_vm::{Obj, Ref, Vm, inspect};

use super::{Fate, traceback};
use crate::show::{text_of, type_name};
use crate::state::Shared;

/// How many exceptions of a chain are told.
const LONGEST: usize = 500;
/// How many of them with a traceback: it is for reading.
const SHOWN: usize = 20;

/// Describes an exception that was raised in a frame, and not unwound yet.
pub(crate) fn describe(
    shared: &Shared,
    vm: &Vm,
    frame: &Activation<'_>,
    exception: &Ref<BaseException>,
    fate: &Fate,
) -> ExceptionInfo {
    let mut chain = Vec::new();
    let mut seen = Vec::new();
    let mut pending = vec![(ExceptionLink::Itself, 0, exception.clone())];
    while let Some((link, depth, exception)) = pending.pop() {
        if seen.contains(&exception.as_obj().id()) || chain.len() == LONGEST {
            continue;
        }
        seen.push(exception.as_obj().id());
        let traceback = match link {
            ExceptionLink::Itself => traceback::whole(shared, vm, frame, &exception),
            _ if chain.len() < SHOWN => traceback::alone(shared, vm, &exception),
            _ => String::new(),
        };
        chain.push(one(vm, link, depth, &exception, traceback));
        let next = match (exception.cause.get(), exception.context.get()) {
            (Some(cause), _) => Some((ExceptionLink::Cause, cause)),
            (None, Some(context)) if !exception.suppress_context.get() => {
                Some((ExceptionLink::Context, context))
            }
            _ => None,
        };
        if let Some((link, next)) = next
            && let Ok(next) = next.into_ref::<BaseException>()
        {
            pending.push((link, depth, next));
        }
        let members = inspect::group_members(&exception).unwrap_or_default();
        let members = members.into_iter().rev().filter_map(|member| member.into_ref::<BaseException>().ok());
        pending.extend(members.map(|member| (ExceptionLink::Member, depth + 1, member)));
    }
    let caught = fate.caught.as_ref().map(|(function, (source, code), unit)| {
        let state = shared.state();
        let map = state.sources.known_map(*source);
        let position = map.and_then(|map| {
            let statement =
                map.statement_of(*code, *unit).and_then(|statement| map.statements().get(statement));
            let start = statement.map(|statement| statement.range.start)?;
            Some(Position { line: start.line, column: start.column })
        });
        CatchInfo { function: function.clone(), source: Some(*source), position }
    });
    ExceptionInfo { chain, verdict: fate.verdict, caught }
}

fn one(
    vm: &Vm,
    link: ExceptionLink,
    depth: u32,
    exception: &Ref<BaseException>,
    traceback: String,
) -> ChainedException {
    let object = exception.as_obj();
    ChainedException {
        link,
        depth,
        type_name: type_name(vm, object),
        text: text_of(vm, object),
        notes: notes(object),
        traceback,
    }
}

fn notes(exception: &Obj) -> Vec<String> {
    let is_notes = |name: &Obj| name.downcast::<Str>().is_some_and(|name| name.as_bytes() == b"__notes__");
    let found = inspect::attributes(exception).into_iter().find(|(name, _)| is_notes(name));
    let notes = found.and_then(|(_, notes)| Some(notes.downcast::<List>()?.items.to_vec()));
    let text = |note: Obj| note.downcast::<Str>().map(|note| note.to_string_lossy().into_owned());
    notes.unwrap_or_default().into_iter().filter_map(text).collect()
}
