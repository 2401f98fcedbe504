//! The hook: what the virtual machine tells, put into the words of [`lasti_control`]. Deciding is done there; what a
//! stop then is, in [`stop`].

mod plant;
mod stop;
mod threads;

use std::sync::Arc;

use lasti_code::CodeUnitIdx;
use lasti_code::{CodeFlags, Opcode};
use lasti_control::trace::{Raise, Yielded};
use lasti_control::{ActivationId, ExceptionId, FrameInterest, Trace, TraceEvent};
use lasti_engine::ThreadId;
use lasti_vm::code::Code;
use lasti_vm::errors::BaseException;
use lasti_vm::generator::Generator;
use lasti_vm::trace::{Activation, Hook};
use lasti_vm::{Obj, PyResult, Ref, Vm};

pub(crate) use plant::plant;
pub(crate) use threads::{Me, Returned, is_helper, main_thread_ended};

use crate::exceptions;
use crate::state::Shared;
use crate::walk::{self, frame_facts, nearest_user_code};

/// The engine as the virtual machine knows it.
struct Debugger(Arc<Shared>);

/// Makes the engine the program's debugger. The calling thread is the program's main thread.
pub(crate) fn install(vm: &Vm, shared: &Arc<Shared>) {
    threads::main_thread_began(shared, vm);
    lasti_vm::trace::install(vm, Arc::new(Debugger(Arc::clone(shared))));
    plant(vm, shared);
}

impl Debugger {
    /// An event came on this thread, which waits here if it is to be stopped. None if nobody listens.
    fn arrive(&self, vm: &Vm, frame: &Activation<'_>) -> PyResult<Option<Me>> {
        if !threads::is_programs() {
            return Ok(None);
        }
        let me = threads::me(&self.0, vm);
        let stopped = {
            let state = self.0.state();
            if state.detached {
                return Ok(None);
            }
            state.stops.of(me.id).is_ok()
        };
        if stopped {
            self.park(vm, frame, &me, None, None, None)?;
        }
        Ok(Some(me))
    }

    fn tell(&self, vm: &Vm, frame: &Activation<'_>, me: &Me, event: TraceEvent) -> PyResult<()> {
        let facts = frame_facts(&self.0, vm, frame);
        self.decide(vm, frame, me, &Trace { thread: me.id, frame: facts, event }, None)
    }

    /// Whether a step wants to know of this frame's life.
    fn watches(&self, frame: &Activation<'_>, what: FrameInterest) -> bool {
        let Some(id) = frame.id() else { return false };
        self.0.state().plan.interest(id).is_some_and(|(_, interest)| interest.contains(what))
    }

    /// A frame begins to run, or runs on: what is wanted of it is planted.
    fn begins(&self, vm: &Vm, frame: &Activation<'_>, event: TraceEvent) -> PyResult<()> {
        let Some(me) = self.arrive(vm, frame)? else { return Ok(()) };
        let calls = self.0.state().control.interest(me.id).calls;
        if !calls && !self.watches(frame, FrameInterest::LIFE) {
            return Ok(());
        }
        let facts = frame_facts(&self.0, vm, frame);
        self.decide(vm, frame, &me, &Trace { thread: me.id, frame: facts, event }, None)?;
        if calls {
            let mut state = self.0.state();
            let interest = state.control.frame_interest(me.id, &facts);
            if !interest.is_empty() {
                state.plan.know(facts, me.id);
                state.plan.watch(facts, interest);
            }
        }
        plant(vm, &self.0);
        Ok(())
    }

    /// An exception was raised, and may stop the program.
    #[inline(never)]
    fn weigh(&self, vm: &Vm, frame: Activation<'_>, exception: &Ref<BaseException>) -> PyResult<()> {
        let Some(me) = self.arrive(vm, &frame)? else { return Ok(()) };
        let id = ExceptionId(exception.give_id());
        {
            let state = self.0.state();
            if !state.wants_raises(me.id) || state.ending == Some(id) {
                return Ok(());
            }
            self.0.passes.set(state.control.passes());
        }
        let facts = frame_facts(&self.0, vm, &frame);
        let fate = exceptions::fate(&self.0, vm, frame, exception);
        let raise = Raise {
            exception: id,
            class: exceptions::class_of(vm, exception),
            explicit: matches!(walk::opcode_at(&frame), Some((Opcode::RaiseVarargs, _))),
            verdict: fate.verdict,
            reaches_user_code: fate.reaches_user_code,
        };
        let trace = Trace { thread: me.id, frame: facts, event: TraceEvent::Raise(raise) };
        self.decide(vm, &frame, &me, &trace, Some((exception.clone(), fate)))
    }
}

impl Hook for Debugger {
    fn code_ready(&self, vm: &Vm, code: &Ref<Code>) {
        if self.0.state().detached {
            return;
        }
        let innermost = Activation::innermost(vm);
        let facts = walk::code_facts(&self.0, vm, code, innermost.as_ref());
        plant::ready(vm, &self.0, code, (facts.source, facts.code));
    }

    fn instruction(&self, vm: &Vm, frame: Activation<'_>, jumped: bool) -> PyResult<()> {
        let Some(me) = self.arrive(vm, &frame)? else { return Ok(()) };
        let Some(at) = frame.instruction() else { return Ok(()) };
        let known = walk::known(&self.0, vm, &frame);
        let event = TraceEvent::Instruction(known.instruction(at, jumped));
        let trace = Trace { thread: me.id, frame: known.facts(frame.give_id()), event };
        self.decide(vm, &frame, &me, &trace, None)
    }

    fn started(&self, vm: &Vm, frame: Activation<'_>) -> PyResult<()> {
        self.begins(vm, &frame, TraceEvent::Call)
    }

    fn resumed(&self, vm: &Vm, frame: Activation<'_>, throw: bool) -> PyResult<()> {
        self.begins(vm, &frame, TraceEvent::Resume { throw })
    }

    fn returned(&self, vm: &Vm, frame: Activation<'_>, value: &Obj) -> PyResult<()> {
        let Some(me) = self.arrive(vm, &frame)? else { return Ok(()) };
        if !self.watches(&frame, FrameInterest::LIFE) {
            return Ok(());
        }
        if self.0.state().settings.show_results {
            me.keep_result(frame.give_id(), &frame.code(), value);
        }
        let to = self.receiver(vm, &me, &frame, false);
        self.tell(vm, &frame, &me, TraceEvent::Return { to })
    }

    fn yielded(&self, vm: &Vm, frame: Activation<'_>, value: &Obj) -> PyResult<()> {
        let Some(me) = self.arrive(vm, &frame)? else { return Ok(()) };
        if !self.watches(&frame, FrameInterest::LIFE) {
            return Ok(());
        }
        let flags = frame.code().flags();
        let passes_on = matches!(walk::opcode_at(&frame), Some((Opcode::YieldValue, 1)));
        let awaits =
            flags.contains(CodeFlags::COROUTINE) || flags.contains(CodeFlags::ASYNC_GENERATOR) && passes_on;
        let yielded = if awaits { Yielded::Await } else { Yielded::Value };
        if yielded == Yielded::Value && self.0.state().settings.show_results {
            me.keep_result(frame.give_id(), &frame.code(), value);
        }
        let to = self.receiver(vm, &me, &frame, true);
        self.tell(vm, &frame, &me, TraceEvent::Yield { to, yielded })
    }

    fn raised(
        &self,
        vm: &Vm,
        frame: Activation<'_>,
        exception: &Ref<BaseException>,
        _: bool,
    ) -> PyResult<()> {
        if let Some(worst) = self.0.passes.get()
            && exceptions::verdict_of(&self.0, vm, frame, exception) <= worst
        {
            return Ok(());
        }
        self.weigh(vm, frame, exception)
    }

    fn caught(
        &self,
        vm: &Vm,
        frame: Activation<'_>,
        exception: &Ref<BaseException>,
        target: CodeUnitIdx,
    ) -> PyResult<()> {
        let Some(me) = self.arrive(vm, &frame)? else { return Ok(()) };
        if !self.watches(&frame, FrameInterest::CAUGHT)
            || !exceptions::takes(&self.0, vm, &frame, exception, target)
        {
            return Ok(());
        }
        self.tell(vm, &frame, &me, TraceEvent::Caught)
    }

    fn unwound(&self, vm: &Vm, frame: Activation<'_>, exception: &Ref<BaseException>) -> PyResult<()> {
        let Some(me) = self.arrive(vm, &frame)? else { return Ok(()) };
        if !self.watches(&frame, FrameInterest::LIFE) {
            return Ok(());
        }
        let landing = exceptions::landing(&self.0, vm, me.id, &frame, exception);
        self.tell(vm, &frame, &me, TraceEvent::Unwind(landing))
    }

    fn gone(&self, vm: &Vm, _: &Generator, id: u64) {
        if !threads::is_programs() {
            return;
        }
        let Some((facts, _)) = self.0.state().plan.interest(id).copied() else { return };
        let me = threads::me(&self.0, vm);
        if self.0.state().detached {
            return;
        }
        let innermost = Activation::innermost(vm);
        let to = nearest_user_code(&self.0, vm, me.id, innermost, false);
        let trace = Trace { thread: me.id, frame: facts, event: TraceEvent::Gone { to } };
        // It stops nothing here: what runs on does.
        let _ = self.0.state().control.event(&trace);
        plant(vm, &self.0);
    }

    fn safepoint(&self, vm: &Vm, frame: Activation<'_>) -> PyResult<()> {
        let Some(me) = self.arrive(vm, &frame)? else { return Ok(()) };
        plant(vm, &self.0);
        self.interrupted(vm, me.id)?;
        if self.0.state().control.interest(me.id).safepoint {
            self.tell(vm, &frame, &me, TraceEvent::Safepoint)?;
        }
        Ok(())
    }

    fn busy(&self, vm: &Vm) -> PyResult<()> {
        if !threads::is_programs() {
            return Ok(());
        }
        let me = threads::me(&self.0, vm);
        self.out_of_time(vm, me.id).map_or(Ok(()), Err)
    }

    fn thread_started(&self, vm: &Vm) {
        if threads::is_programs() && !self.0.state().detached {
            threads::me(&self.0, vm);
        }
    }

    fn thread_exited(&self, vm: &Vm) {
        if threads::is_programs() {
            threads::exited(&self.0);
            plant(vm, &self.0);
        }
    }
}

impl Debugger {
    /// Who gets what a frame returns, or yields.
    fn receiver(&self, vm: &Vm, me: &Me, frame: &Activation<'_>, yields: bool) -> Option<ActivationId> {
        let awaiter = if yields { None } else { walk::awaiter(&self.0, vm, me.id, frame) };
        awaiter.or_else(|| nearest_user_code(&self.0, vm, me.id, frame.caller(), yields))
    }

    /// The error of what a thread evaluates, if its time is used up or nobody wants it any more.
    fn out_of_time(&self, vm: &Vm, thread: ThreadId) -> Option<lasti_vm::Exc> {
        let evaluating = self.0.state().threads.get(&thread)?.evaluating?;
        let over = evaluating.cancelled || std::time::Instant::now() >= evaluating.until;
        over.then(|| vm.error_with(&lasti_vm::builtins::KEYBOARD_INTERRUPT, Vec::new()))
    }

    /// The main thread is told to end.
    fn interrupted(&self, vm: &Vm, thread: ThreadId) -> PyResult<()> {
        let asked = thread == ThreadId(1) && std::mem::take(&mut self.0.state().interrupt);
        if !asked {
            return Ok(());
        }
        let interrupt = vm.error_with(&lasti_vm::builtins::KEYBOARD_INTERRUPT, Vec::new());
        self.0.state().ending = Some(ExceptionId(interrupt.exception().give_id()));
        Err(interrupt)
    }
}
