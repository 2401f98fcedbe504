//! Expressions and statements in a frame.
//!
//! An expression is compiled as a function within a function that has the frame's variables: so it, and every lambda
//! and comprehension in it, reaches them through cells. Variables that live in cells share theirs; the others get
//! cells of their own, and what is different in them afterwards is written back. Modules need none of that: their
//! names are globals.

mod names;
mod prepare;
pub(crate) mod pure;

use std::time::{Duration, Instant};

use lasti_compile::Mode;
use lasti_control::log_message::{LogMessage, Part};
use lasti_engine::{EngineError, RequestId, ThreadId};
use lasti_vm::dict::Dict;
use lasti_vm::function::CellObject;
use lasti_vm::sequence::Tuple;
use lasti_vm::trace::Activation;
use lasti_vm::{Exc, Obj, PyResult, Ref, Vm, builtins};

use crate::show::{self, last_line};
use crate::state::{Evaluating, Shared};
use names::{Names, Place};

pub(crate) use names::set_by_name;
pub(crate) use prepare::forget_prepared;

/// How long a condition or a log message may take.
const CONDITION: u32 = 10_000;
/// How long anything may take that is evaluated.
const LONGEST: u32 = 3_600_000;
/// How many nested calls what is evaluated may do at least, in a program that has no room for any more.
const ROOM: i32 = 200;
/// How long showing values may take.
pub(crate) const SHOWING: u32 = 5_000;

/// Where and for whom something is evaluated.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) vm: &'a Vm,
    pub(crate) frame: Option<Activation<'a>>,
    pub(crate) thread: ThreadId,
}

/// Runs the program's code within its time.
pub(crate) fn limited<R>(
    context: Context<'_>,
    request: Option<RequestId>,
    milliseconds: u32,
    run: impl FnOnce() -> PyResult<R>,
) -> Result<R, EngineError> {
    let milliseconds = milliseconds.min(LONGEST);
    let until = Instant::now() + Duration::from_millis(milliseconds.into());
    let evaluating = |evaluating| {
        let mut state = context.shared.state();
        let thread = state.threads.get_mut(&context.thread)?;
        std::mem::replace(&mut thread.evaluating, evaluating)
    };
    let outer = evaluating(Some(Evaluating { request, until, cancelled: false }));
    let result = context.vm.with_room(ROOM, run);
    let cancelled = evaluating(outer).is_some_and(|evaluating| evaluating.cancelled);
    result.map_err(|error| match () {
        () if cancelled => EngineError::Cancelled,
        () if Instant::now() >= until => EngineError::TimedOut { milliseconds },
        () => EngineError::Raised(context.vm.with_room(ROOM, || last_line(context.vm, &error))),
    })
}

/// [`limited`] for showing values.
pub(crate) fn while_showing<R>(
    context: Context<'_>,
    request: RequestId,
    run: impl FnOnce() -> R,
) -> Result<R, EngineError> {
    limited(context, Some(request), SHOWING, || Ok(run()))
}

/// The value of an expression.
pub(crate) fn expression(context: Context<'_>, text: &str) -> Result<PyResult, EngineError> {
    prepare::alone(text, Mode::Eval).map_err(asynchronous)?;
    run(context, text, Mode::Eval)
}

/// The value of an expression, or none of statements.
pub(crate) fn console(context: Context<'_>, text: &str) -> Result<PyResult<Option<Obj>>, EngineError> {
    if prepare::alone(text, Mode::Eval).is_ok() {
        return Ok(run(context, text, Mode::Eval)?.map(Some));
    }
    prepare::alone(text, Mode::Exec).map_err(asynchronous)?;
    Ok(run(context, text, Mode::Exec)?.map(|_| None))
}

/// Says why what awaits something cannot run here: nobody would resume it.
fn asynchronous(error: EngineError) -> EngineError {
    const OUTSIDE: [&str; 4] = [
        "'await' outside",
        "'async for' outside",
        "'async with' outside",
        "asynchronous comprehension outside",
    ];
    match &error {
        EngineError::Syntax(text) if OUTSIDE.iter().any(|outside| text.contains(outside)) => {
            EngineError::Syntax(
                "nothing can be awaited while the program is stopped: its event loop is stopped with it"
                    .into(),
            )
        }
        _ => error,
    }
}

/// Runs the statements of a module of the engine's own.
pub(crate) fn run_module(vm: &Vm, text: &str, globals: &Ref<Dict>) -> PyResult<()> {
    match prepare::in_module(vm, text, Mode::Exec, globals) {
        Ok(outcome) => outcome.map(drop),
        Err(error) => Err(vm.value_error(error.to_string())),
    }
}

/// Runs text that compiles.
fn run(context: Context<'_>, text: &str, mode: Mode) -> Result<PyResult, EngineError> {
    let vm = context.vm;
    let Some(frame) = context.frame else {
        let main = vm.interp().modules().get_str(vm, &vm.names().__main__).ok().flatten();
        let globals = main.and_then(|main| Some(main.downcast::<lasti_vm::module::Module>()?.dict.clone()));
        let globals = globals.ok_or_else(|| EngineError::Internal("there is no main module".into()))?;
        return prepare::in_module(vm, text, mode, &globals);
    };
    let names = Names::of(vm, &frame);
    if names.is_module && (names.places.is_empty() || mode == Mode::Exec) {
        return prepare::in_module(vm, text, mode, &frame.globals());
    }
    let prepared = prepare::prepare(vm, text, mode, &names)?;
    Ok(in_frame(vm, &frame, &prepared))
}

/// Calls what was prepared with the frame's variables in its cells, and writes back what it set.
fn in_frame(vm: &Vm, frame: &Activation<'_>, prepared: &prepare::Prepared) -> PyResult {
    let mut cells = Vec::new();
    let mut changeable: Vec<(&str, Option<&Place>, Ref<CellObject>, Option<Obj>)> = Vec::new();
    for (name, place) in &prepared.free {
        let place = place.as_ref();
        if let Some(Place::Slot(slot)) = place
            && let Some(cell) = frame.cell(*slot)
        {
            cells.push(cell.into_obj());
            continue;
        }
        let value = match place {
            Some(place) => place.value(vm, frame, name)?,
            None => None,
        };
        let cell = CellObject::new(value.clone());
        cells.push(cell.as_obj().clone());
        changeable.push((name, place, cell, value));
    }
    let closure = if cells.is_empty() { vm.none() } else { Tuple::new(cells).into_obj() };
    let arguments =
        [prepared.code.as_obj().clone(), frame.globals().into_obj(), vm.none(), vm.none(), closure];
    let function = vm.call(&builtins::FUNCTION.to_obj(), &arguments)?;
    let empty = |error: &Exc, name: &str| {
        error.is(&builtins::NAME_ERROR)
            && show::text_of(vm, error.exception().as_obj())
                .starts_with(&format!("cannot access free variable '{name}' "))
    };
    let result = vm.call(&function, &[]).map_err(|error| {
        // That a variable of the frame is reached through a cell is nobody's business.
        match prepared.free.iter().find(|(name, _)| empty(&error, name)) {
            Some((name, _)) => vm.name_error(&format!("name '{name}' is not defined"), &vm.intern(name)),
            None => error,
        }
    });
    for (name, place, cell, before) in changeable {
        match (cell.contents.get(), before) {
            (Some(value), before) if !before.as_ref().is_some_and(|before| before.is(&value)) => {
                names::store(vm, frame, place, name, value)?;
            }
            (None, Some(_)) => names::delete(vm, frame, place, name)?,
            _ => {}
        }
    }
    result
}

/// Whether a condition is true.
pub(crate) fn condition(
    shared: &Shared,
    vm: &Vm,
    frame: &Activation<'_>,
    thread: ThreadId,
    text: &str,
) -> Result<bool, EngineError> {
    let context = Context { shared, vm, frame: Some(*frame), thread };
    limited(context, None, CONDITION, || {
        Ok(cached(context, text).map(|value| value.and_then(|value| vm.is_true(&value))))
    })?
    .and_then(|result| result.map_err(|error| EngineError::Raised(last_line(vm, &error))))
}

/// The value of an expression that is evaluated again and again: compiled once for each code object.
fn cached(context: Context<'_>, text: &str) -> Result<PyResult, EngineError> {
    let (Some(frame), vm) = (context.frame, context.vm) else { return expression(context, text) };
    if frame.namespace().is_some() {
        return expression(context, text);
    }
    let prepared = prepare::prepare_once(vm, text, &frame)?;
    Ok(in_frame(vm, &frame, &prepared))
}

/// A log message with the values of its expressions, and a line's end.
pub(crate) fn log_message(
    shared: &Shared,
    vm: &Vm,
    frame: &Activation<'_>,
    thread: ThreadId,
    message: &LogMessage,
) -> String {
    let context = Context { shared, vm, frame: Some(*frame), thread };
    let mut text = String::new();
    for part in &message.parts {
        match part {
            Part::Text(part) => text.push_str(part),
            Part::Expression(expression) => {
                // With `!r`, a format and so on, as between the braces of an f-string.
                let expression = format!("f\"{{{expression}}}\"");
                let value = limited(context, None, CONDITION, || {
                    Ok(cached(context, &expression).map(|value| value.and_then(|value| vm.str_text(&value))))
                });
                match value.and_then(|value| value) {
                    Ok(Ok(value)) => text.push_str(&value),
                    Ok(Err(error)) => text.push_str(&format!("<{}>", show::last_line(vm, &error))),
                    Err(error) => text.push_str(&format!("<{error}>")),
                }
            }
        }
    }
    text.push('\n');
    text
}
