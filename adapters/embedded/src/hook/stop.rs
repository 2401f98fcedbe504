//! Deciding, and being stopped: the thread stays in its hook and takes orders until it is told to run.

use std::panic::{AssertUnwindSafe, catch_unwind};

use lasti_control::{Answer, Decision, Question, Stop, Trace};
use lasti_engine::command::{Command, Reply};
use lasti_engine::event::OutputCategory;
use lasti_engine::stop::Stopped;
use lasti_engine::{EngineError, Event, StopEpoch, StopReason, ThreadId};
use lasti_vm::errors::BaseException;
use lasti_vm::trace::Activation;
use lasti_vm::{PyResult, Ref, Vm};

use super::{Debugger, Me, plant, threads};
use crate::evaluate;
use crate::exceptions::Fate;
use crate::state::Order;
use crate::stopped;
use crate::walk::frame_facts;

/// The exception that a thread is stopped for.
pub(super) type Raised = Option<(Ref<BaseException>, Fate)>;

impl Debugger {
    /// Tells the control what happened, and does what it decides.
    pub(super) fn decide(
        &self,
        vm: &Vm,
        frame: &Activation<'_>,
        me: &Me,
        trace: &Trace,
        raised: Raised,
    ) -> PyResult<()> {
        let mut said = None;
        let mut decision = self.0.state().control.event(trace);
        loop {
            match decision {
                Decision::Continue => {
                    plant::plant(vm, &self.0);
                    return Ok(());
                }
                Decision::Ask(question) => {
                    let answer = self.answer(vm, frame, me.id, question, &mut said);
                    decision = self.0.state().control.answer(me.id, answer);
                }
                Decision::Stop(stop) => return self.stop(vm, frame, me, stop, said, raised),
            }
        }
    }

    /// Evaluates a condition, or writes a log message. Why it failed goes to `said`.
    fn answer(
        &self,
        vm: &Vm,
        frame: &Activation<'_>,
        thread: ThreadId,
        question: Question,
        said: &mut Option<String>,
    ) -> Answer {
        let (Question::Condition(id) | Question::Log(id)) = question;
        let (condition, log) = {
            let state = self.0.state();
            let rules =
                state.control.breakpoints.get(id).and_then(lasti_control::breakpoints::Breakpoint::rules);
            let Some(rules) = rules else { return Answer::False };
            match question {
                Question::Condition(_) => (rules.condition.clone(), None),
                Question::Log(_) => (None, rules.log.clone()),
            }
        };
        match question {
            Question::Condition(_) => {
                let Some(condition) = condition else { return Answer::True };
                match evaluate::condition(&self.0, vm, frame, thread, &condition) {
                    Ok(true) => Answer::True,
                    Ok(false) => Answer::False,
                    Err(error) => {
                        *said = Some(format!("the condition `{condition}` failed: {error}"));
                        Answer::Failed
                    }
                }
            }
            Question::Log(_) => {
                let Some(log) = log else { return Answer::True };
                let text = evaluate::log_message(&self.0, vm, frame, thread, &log);
                let (category, text) = (OutputCategory::Log, text.into_bytes());
                self.0.send(Event::Output { category, text, thread: Some(thread) });
                Answer::True
            }
        }
    }

    /// The thread stops, and all others with it.
    fn stop(
        &self,
        vm: &Vm,
        frame: &Activation<'_>,
        me: &Me,
        stop: Stop,
        message: Option<String>,
        raised: Raised,
    ) -> PyResult<()> {
        threads::refresh_names(&self.0, vm, me);
        let facts = frame_facts(&self.0, vm, frame);
        let epoch = {
            let mut state = self.0.state();
            let epoch = state.stops.stop(me.id);
            // It takes orders from when the client hears of the stop, though it may come to them a little later.
            state.parks(me.id, facts);
            let others: Vec<ThreadId> = state
                .threads
                .keys()
                .copied()
                .filter(|id| *id != me.id && state.stops.of(*id).is_err())
                .collect();
            let others = others.into_iter().map(|id| (id, state.stops.stop(id))).collect();
            let Stop { reason, hits, .. } = stop;
            let stopped = Stopped { thread: me.id, epoch, reason, hits, others, message };
            // Within the lock, so that no reply of the dispatcher comes in between.
            self.0.send(Event::Stopped(stopped));
            epoch
        };
        plant::plant(vm, &self.0);
        lasti_vm::trace::interrupt();
        self.park(vm, frame, me, Some(epoch), raised, stop.result_of.map(|activation| activation.0))
    }

    /// The thread was sent elsewhere while it was stopped: that is a stop of its own, for which it takes orders at once.
    fn tell_jump(&self, vm: &Vm, frame: &Activation<'_>, me: &Me) -> StopEpoch {
        let facts = frame_facts(&self.0, vm, frame);
        let mut state = self.0.state();
        let others = state.stops.threads().filter(|(id, _)| *id != me.id).collect();
        let epoch = state.stops.stop(me.id);
        state.parks(me.id, facts);
        let (reason, hits) = (StopReason::Jump, Vec::new());
        // Within the lock, so that no reply of the dispatcher comes in between.
        self.0.send(Event::Stopped(Stopped { thread: me.id, epoch, reason, hits, others, message: None }));
        epoch
    }

    /// Takes orders until the thread may run. `epoch`: of the stop that it takes orders for already.
    pub(super) fn park(
        &self,
        vm: &Vm,
        frame: &Activation<'_>,
        me: &Me,
        epoch: Option<StopEpoch>,
        raised: Raised,
        result_of: Option<u64>,
    ) -> PyResult<()> {
        let (mut taken, mut raised, mut result_of) = (epoch, raised, result_of);
        let mut first = true;
        // Where another thread stops all again before this one has run on, it stays, in a stop of its own.
        loop {
            let epoch = match taken.take() {
                Some(epoch) => epoch,
                None => {
                    let facts = frame_facts(&self.0, vm, frame);
                    let mut state = self.0.state();
                    let Ok(epoch) = state.stops.of(me.id) else { break };
                    state.parks(me.id, facts);
                    epoch
                }
            };
            first = false;
            threads::refresh_names(&self.0, vm, me);
            let result = me.result().filter(|result| result_of.take() == Some(result.activation));
            let mut session = stopped::Session::new(&self.0, vm, *frame, me.id, epoch, raised.take(), result);
            // The channel cannot be closed: this thread's state holds its other end.
            while let Ok(order) = vm.allow_threads(|| me.orders.recv()) {
                match order {
                    Order::Answer(id, command) => {
                        let jumps = matches!(command, Command::Jump(_));
                        let reply = answer_safely(&mut session, id, command);
                        let jumped = jumps && reply.is_ok();
                        self.0.reply(id, reply);
                        if jumped {
                            taken = Some(self.tell_jump(vm, frame, me));
                            break;
                        }
                    }
                    Order::Plant => plant::plant(vm, &self.0),
                    Order::Run => break,
                }
            }
            drop(session);
            me.forget_result();
            plant::plant(vm, &self.0);
        }
        if first { Ok(()) } else { self.interrupted(vm, me.id) }
    }
}

fn answer_safely(
    session: &mut stopped::Session<'_>,
    id: lasti_engine::RequestId,
    command: Command,
) -> Result<Reply, EngineError> {
    catch_unwind(AssertUnwindSafe(|| session.answer(id, command))).unwrap_or_else(|panic| {
        let said =
            panic.downcast_ref::<&str>().copied().or(panic.downcast_ref::<String>().map(String::as_str));
        Err(EngineError::Internal(said.unwrap_or("no reason given").into()))
    })
}
