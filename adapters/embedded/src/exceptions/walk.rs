//! Going through the frames that an exception will leave.

use lasti_code::CodeUnitIdx;
use lasti_code::source_map::{Cleanup, HandlerKind};
use lasti_engine::stop::ExceptionVerdict;
use lasti_vm::errors::BaseException;
use lasti_vm::trace::Activation;
use lasti_vm::{Ref, Vm, builtins};

use super::clause::{Clause, clauses, raises_again};
use super::{native, verdict};
use crate::plan::CodeKey;
use crate::state::Shared;
use crate::walk::facts_of;

/// Who catches an exception.
#[derive(Clone, Copy)]
pub(crate) struct CaughtAt<'a> {
    /// The frame whose handler it is; or the one that waits for the native code that takes it.
    pub(crate) frame: Option<Activation<'a>>,
    /// Native code takes it.
    pub(crate) by_native: bool,
    pub(crate) user_code: bool,
    /// The clause, or the `with`.
    pub(crate) at: Option<(CodeKey, CodeUnitIdx)>,
}

/// What will become of an exception.
#[derive(Clone, Debug)]
pub(crate) struct Fate {
    pub(crate) verdict: ExceptionVerdict,
    pub(crate) reaches_user_code: bool,
    /// The function and the handler's place.
    pub(crate) caught: Option<(String, CodeKey, CodeUnitIdx)>,
}

/// What will become of an exception that is raised in a frame.
pub(crate) fn fate(shared: &Shared, vm: &Vm, frame: Activation<'_>, exception: &Ref<BaseException>) -> Fate {
    let mut reaches_user_code = false;
    let caught = search(shared, vm, frame, exception, true, &mut reaches_user_code);
    let place = caught.as_ref().filter(|caught| !caught.by_native).and_then(|caught| {
        let (key, unit) = caught.at?;
        let name = caught.frame?.code().qualname().to_string_lossy().into_owned();
        Some((name, key, unit))
    });
    Fate { verdict: verdict(caught.as_ref()), reaches_user_code, caught: place }
}

/// Who takes an exception that leaves a frame.
pub(super) fn leaving<'a>(
    shared: &Shared,
    vm: &Vm,
    frame: Activation<'a>,
    exception: &Ref<BaseException>,
) -> Option<CaughtAt<'a>> {
    search(shared, vm, frame, exception, false, &mut false)
}

fn search<'a>(
    shared: &Shared,
    vm: &Vm,
    first: Activation<'a>,
    exception: &Ref<BaseException>,
    from_here: bool,
    reaches_user_code: &mut bool,
) -> Option<CaughtAt<'a>> {
    let mut frame = first;
    let mut looks = from_here;
    loop {
        let facts = facts_of(shared, vm, &frame);
        *reaches_user_code |= facts.user_code;
        if looks && let Some(at) = caught_in(shared, vm, frame, exception, from_here) {
            if is_end_of_thread(&frame) {
                return None;
            }
            let key = (facts.source, facts.code);
            return Some(CaughtAt {
                frame: Some(frame),
                by_native: false,
                user_code: facts.user_code,
                at: Some((key, at)),
            });
        }
        looks = true;
        let caller = frame.caller()?;
        let ends = exception.as_obj().is_instance_of(&builtins::STOP_ITERATION);
        let taken = frame.resumed_by_loop() && ends
            || frame.entered_natively() && native::native_takes(&caller, &frame, exception);
        if taken {
            return Some(CaughtAt { frame: Some(caller), by_native: true, user_code: false, at: None });
        }
        frame = caller;
    }
}

/// Whether a frame is where a thread ends: what it catches is shown as uncaught.
fn is_end_of_thread(frame: &Activation<'_>) -> bool {
    let code = frame.code();
    code.qualname().as_bytes() == b"Thread._bootstrap_inner"
}

/// The handler of a frame that takes an exception raised at its instruction. `for_good`: one that always raises it
/// again does not count.
pub(super) fn caught_in(
    shared: &Shared,
    vm: &Vm,
    frame: Activation<'_>,
    exception: &Ref<BaseException>,
    for_good: bool,
) -> Option<CodeUnitIdx> {
    let facts = facts_of(shared, vm, &frame);
    if frame.code().data().exceptiontable.is_empty() {
        return None;
    }
    let (map, _) = shared.state().sources.map(facts.source)?;
    let at = frame.instruction()?;
    let mut class = exception.as_obj().ty().to_ref();
    for handler in map.handlers(facts.code, at) {
        let target = handler.entry.target;
        match handler.kind {
            HandlerKind::Except | HandlerKind::ExceptAll | HandlerKind::ExceptStar => {
                if let Clause::Takes(unit) = clauses(vm, &frame, &class, exception, target)
                    && !(for_good && raises_again(&frame, unit))
                {
                    return Some(unit);
                }
            }
            HandlerKind::WithExit
                if native::with_swallows(shared, vm, &frame, exception, handler.entry.depth) =>
            {
                return Some(target);
            }
            HandlerKind::AsyncForEnd if class.is_subtype_of(&builtins::STOP_ASYNC_ITERATION) => {
                return Some(target);
            }
            HandlerKind::DelegationEnd if class.is_subtype_of(&builtins::STOP_ITERATION) => {
                return Some(target);
            }
            HandlerKind::Cleanup(Cleanup::GeneratorStop)
                if class.is_subtype_of(&builtins::STOP_ITERATION) =>
            {
                class = builtins::RUNTIME_ERROR.to_ref();
            }
            _ => {}
        }
    }
    None
}
