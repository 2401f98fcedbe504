//! What the debuggee tells, as events for the client.

use lasti_engine::breakpoints::{BreakpointInfo, BreakpointStatus};
use lasti_engine::event::OutputCategory;
use lasti_engine::link::FromEngine;
use lasti_engine::stop::Stopped;
use lasti_engine::{Event as EngineEvent, SourceId, ThreadId};

use super::answer::Answer;
use super::lifecycle::{Wanted, to_thread};
use super::requests::with_texts;
use super::{Session, output, to_dap};
use crate::debuggee::DebuggeeEvent;
use crate::launch::Console;
use crate::protocol::{
    BreakpointEventBody, BreakpointEventBodyReason, ContinuedEventBody, Event, LoadedSourceEventBody,
    LoadedSourceEventBodyReason, ModuleEventBody, ModuleEventBodyReason, OutputEventBodyCategory,
    StoppedEventBody, StoppedEventBodyReason, ThreadEventBody, ThreadEventBodyReason,
};

impl Session {
    /// Takes what a debuggee tells.
    pub(super) fn debuggee_event(&mut self, event: DebuggeeEvent) {
        match event {
            DebuggeeEvent::Engine(FromEngine::Reply { id, reply }) => {
                if let Some(pending) = self.commands.take(id) {
                    self.finish(pending, reply);
                }
            }
            DebuggeeEvent::Engine(FromEngine::Event(event)) => self.engine_event(event),
            DebuggeeEvent::Output { stream, bytes } => {
                // `redirectOutput` decides whether the client wants it.
                let wanted = self.program.as_ref().is_none_or(|program| match &program.wanted {
                    Wanted::Launch(launch) => {
                        launch.console != Console::Internal || launch.settings.redirect_output
                    }
                    Wanted::Attach(_) => true,
                });
                if wanted {
                    self.written(stream, &bytes);
                }
            }
            DebuggeeEvent::LinkLost(reason) => self.link_lost(&reason),
            DebuggeeEvent::Ended(status) => self.program_ended(status),
        }
    }

    fn engine_event(&mut self, event: EngineEvent) {
        match event {
            EngineEvent::Started { process, program } => self.engine_ready(process, program),
            EngineEvent::ThreadStarted(info) => {
                self.threads.insert(info.id, info.name);
                self.thread_event(info.id, ThreadEventBodyReason::Started);
            }
            EngineEvent::ThreadExited(thread) => {
                self.threads.remove(&thread);
                self.resumed(&[thread]);
                self.thread_event(thread, ThreadEventBodyReason::Exited);
            }
            EngineEvent::Stopped(stopped) => self.stopped(stopped),
            EngineEvent::Continued(threads) => {
                self.resumed(&threads);
                let all = self.stops.is_empty();
                for &thread in if all { &threads[..threads.len().min(1)] } else { &threads[..] } {
                    self.emit(Event::Continued(ContinuedEventBody {
                        thread_id: to_thread(thread),
                        all_threads_continued: Some(all),
                    }));
                }
            }
            EngineEvent::Output {
                category: category @ (OutputCategory::Stdout | OutputCategory::Stderr),
                text,
                ..
            } => {
                self.written(category, &text);
            }
            EngineEvent::Output { category, text, .. } => {
                // It says something whole.
                let mut lines = crate::output::Lines::default();
                let mut all = lines.push(&text);
                all.extend(lines.flush());
                for text in all {
                    self.emit(output(to_dap::output_category(category), text));
                }
            }
            EngineEvent::BreakpointChanged(info) => {
                if let Some(number) = self.breakpoints.known(info.id) {
                    self.breakpoint_changed(number, info);
                }
            }
            EngineEvent::SourceLoaded(info) => {
                let id = info.id;
                let module = to_dap::module(&info);
                self.sources.load(info);
                if let Some(source) = self.sources.to_dap(id, true) {
                    let reason = LoadedSourceEventBodyReason::New;
                    self.emit(Event::LoadedSource(LoadedSourceEventBody { reason, source }));
                }
                if let Some(module) = module {
                    let reason = ModuleEventBodyReason::New;
                    self.emit(Event::Module(ModuleEventBody { reason, module }));
                }
                self.count_columns_again(id);
            }
            EngineEvent::ProcessExited(status) => self.engine_exited(status),
        }
    }

    /// Tells of a breakpoint; of one with a column when the text is there to count it by.
    pub(super) fn breakpoint_changed(&mut self, number: i32, info: BreakpointInfo) {
        let source = match info.status {
            BreakpointStatus::Verified { source, .. } if self.breakpoints.has_column(number) => Some(source),
            _ => None,
        };
        let told = with_texts(self, source.into_iter().collect(), move |session| {
            let breakpoint = session.breakpoint(number, info);
            let reason = BreakpointEventBodyReason::Changed;
            session.emit(Event::Breakpoint(BreakpointEventBody { reason, breakpoint }));
            Ok(Answer::Kept)
        });
        self.go_on(told);
    }

    /// A source was loaded whose breakpoints were set before: where their columns were counted without its
    /// text, and wrongly, they are set again.
    fn count_columns_again(&mut self, id: SourceId) {
        let Some(held) = self.sources.info(id).and_then(|info| self.breakpoints.held_for(&info.name)) else {
            return;
        };
        if held.columns.iter().all(Option::is_none) {
            return;
        }
        let source = held.source.clone();
        let counted = with_texts(self, vec![id], move |session| {
            let Some(mut held) = session.breakpoints.held(&source).cloned() else { return Ok(Answer::Kept) };
            let before = held.breakpoints.clone();
            for (breakpoint, column) in held.breakpoints.iter_mut().zip(&held.columns) {
                let count = |&column: &u64| session.sources.column_in(Some(id), breakpoint.line, column);
                breakpoint.column = column.as_ref().map(count);
            }
            if held.breakpoints == before {
                return Ok(Answer::Kept);
            }
            session.breakpoints.hold(held.clone());
            session.set_held(held);
            Ok(Answer::Kept)
        });
        self.go_on(counted);
    }

    fn thread_event(&mut self, thread: ThreadId, reason: ThreadEventBodyReason) {
        self.emit(Event::Thread(ThreadEventBody { reason, thread_id: to_thread(thread) }));
    }

    fn stopped(&mut self, stopped: Stopped) {
        // What was written before the stop is told before it.
        self.flush_output();
        let stops = [(stopped.thread, stopped.epoch)].into_iter().chain(stopped.others.iter().copied());
        for (thread, epoch) in stops {
            if let Some(old) = self.stops.insert(thread, epoch).filter(|&old| old != epoch) {
                self.handles.end(old);
            }
        }
        self.last_stopped = Some(stopped.thread);
        self.settle_state();
        let all = self.all_stopped();
        let (reason, description) = to_dap::stop_reason(stopped.reason);
        let hits: Vec<i32> = stopped.hits.iter().filter_map(|&id| self.breakpoints.known(id)).collect();
        self.emit(Event::Stopped(StoppedEventBody {
            reason,
            description: description.map(Into::into),
            thread_id: Some(to_thread(stopped.thread)),
            preserve_focus_hint: None,
            text: stopped.message,
            all_threads_stopped: Some(all),
            hit_breakpoint_ids: (!hits.is_empty()).then_some(hits),
        }));
        if !all {
            for (thread, _) in stopped.others {
                self.emit(Event::Stopped(StoppedEventBody {
                    reason: StoppedEventBodyReason::Pause,
                    description: None,
                    thread_id: Some(to_thread(thread)),
                    preserve_focus_hint: Some(true),
                    text: None,
                    all_threads_stopped: Some(false),
                    hit_breakpoint_ids: None,
                }));
            }
        }
    }

    /// The program wrote something.
    fn written(&mut self, stream: OutputCategory, bytes: &[u8]) {
        let (lines, category) = match stream {
            OutputCategory::Stderr => (&mut self.stderr, OutputEventBodyCategory::Stderr),
            _ => (&mut self.stdout, OutputEventBodyCategory::Stdout),
        };
        for text in lines.push(bytes) {
            self.emit(output(category.clone(), text));
        }
    }

    /// Whether lines that have not ended are held back.
    pub(super) fn holds_output(&self) -> bool {
        self.stdout.holds() || self.stderr.holds()
    }

    /// Tells what was held back for a line's end that did not come soon.
    pub(super) fn flush_lines(&mut self) {
        for text in self.stdout.flush_whole() {
            self.emit(output(OutputEventBodyCategory::Stdout, text));
        }
        for text in self.stderr.flush_whole() {
            self.emit(output(OutputEventBodyCategory::Stderr, text));
        }
    }

    /// Tells all that was held back.
    pub(super) fn flush_output(&mut self) {
        for text in self.stdout.flush() {
            self.emit(output(OutputEventBodyCategory::Stdout, text));
        }
        for text in self.stderr.flush() {
            self.emit(output(OutputEventBodyCategory::Stderr, text));
        }
    }
}
