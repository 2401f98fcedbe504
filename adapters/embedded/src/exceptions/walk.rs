//! Going through the frames that an exception will leave.

use lasti_code::CodeUnitIdx;
use lasti_engine::stop::ExceptionVerdict;
use lasti_vm::errors::BaseException;
use lasti_vm::trace::Activation;
use lasti_vm::{Ref, Vm, builtins};

use super::site::{Handler, Site};
use super::{native, verdict, way};
use crate::plan::CodeKey;
use crate::state::Shared;
use crate::walk::CodeFacts;

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

/// What will become of an exception that is raised in a frame, and nothing else.
#[inline]
pub(crate) fn verdict_of(
    shared: &Shared,
    vm: &Vm,
    frame: Activation<'_>,
    exception: &Ref<BaseException>,
) -> ExceptionVerdict {
    way::known(shared, vm, frame, exception).unwrap_or_else(|| find_out(shared, vm, frame, exception))
}

#[cold]
#[inline(never)]
fn find_out(
    shared: &Shared,
    vm: &Vm,
    frame: Activation<'_>,
    exception: &Ref<BaseException>,
) -> ExceptionVerdict {
    let caught = search(shared, vm, frame, exception, true, &mut false);
    if let Some(CaughtAt { frame: Some(catcher), by_native: false, .. }) = &caught {
        way::remember(shared, vm, frame, catcher);
    }
    verdict(caught.as_ref())
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
    let mut site = Site::of(shared, vm, &frame);
    let mut looks = from_here;
    loop {
        let CodeFacts { source, code, user_code, .. } = site.facts;
        *reaches_user_code |= user_code;
        if looks && let Some(at) = caught_at(shared, vm, &site, frame, exception, from_here) {
            if site.ends_thread {
                return None;
            }
            let at = Some(((source, code), at));
            return Some(CaughtAt { frame: Some(frame), by_native: false, user_code, at });
        }
        looks = true;
        let caller = frame.caller()?;
        let calling = site.of_caller(shared, vm, &caller);
        let ends = || exception.as_obj().is_instance_of(&builtins::STOP_ITERATION);
        let taken = frame.resumed_by_loop() && ends()
            || frame.entered_natively() && native::native_takes(&caller, calling.opcode, &frame, exception);
        if taken {
            return Some(CaughtAt { frame: Some(caller), by_native: true, user_code: false, at: None });
        }
        (frame, site) = (caller, calling);
    }
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
    caught_at(shared, vm, &Site::of(shared, vm, &frame), frame, exception, for_good)
}

#[allow(clippy::inline_always, reason = "every raise of a debugged program comes by here")]
#[inline(always)]
pub(super) fn caught_at(
    shared: &Shared,
    vm: &Vm,
    site: &Site,
    frame: Activation<'_>,
    exception: &Ref<BaseException>,
    for_good: bool,
) -> Option<CodeUnitIdx> {
    let own = exception.as_obj().ty();
    // What a `StopIteration` becomes where a generator ends with it.
    let mut made = None;
    for handler in &site.handlers {
        let class = made.unwrap_or(own);
        match handler {
            Handler::Clauses(clauses) => {
                if let Some(takes) = clauses.take(vm, &frame, class, exception)
                    && !(for_good && takes.raises_again(frame.code_data()))
                {
                    return Some(takes.unit);
                }
            }
            Handler::With { depth, target } => {
                if native::with_swallows(shared, vm, &frame, exception, *depth) {
                    return Some(*target);
                }
            }
            Handler::AsyncForEnd(target) if class.is_subtype_of(&builtins::STOP_ASYNC_ITERATION) => {
                return Some(*target);
            }
            Handler::DelegationEnd(target) if class.is_subtype_of(&builtins::STOP_ITERATION) => {
                return Some(*target);
            }
            Handler::GeneratorStop if class.is_subtype_of(&builtins::STOP_ITERATION) => {
                made = Some(&builtins::RUNTIME_ERROR);
            }
            Handler::AsyncForEnd(_) | Handler::DelegationEnd(_) | Handler::GeneratorStop => {}
        }
    }
    None
}
