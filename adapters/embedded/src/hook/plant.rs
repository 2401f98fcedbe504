//! Puts traps where the plan has them.

use std::collections::HashMap;
use std::sync::Arc;

use lasti_vm::code::Code;
use lasti_vm::trace::{self, Event};
use lasti_vm::{Ref, Vm};

use crate::plan::{CodeKey, Global, Job};
use crate::state::Shared;

/// Carries out what of the plan is not carried out yet.
pub(crate) fn plant(vm: &Vm, shared: &Shared) {
    let (jobs, global) = {
        let mut state = shared.state();
        if !state.is_stale() {
            return;
        }
        let (jobs, global) = state.jobs();
        let address = |key: &CodeKey| {
            let code = state.sources.get(key.0)?.codes.get(key.1.get())?;
            Some(Arc::as_ptr(code) as usize)
        };
        let jobs: HashMap<usize, Job> =
            jobs.into_iter().filter_map(|(key, job)| Some((address(&key)?, job))).collect();
        (jobs, global)
    };
    if let Some(global) = global {
        trace::watch_all(vm, &events(global));
    }
    if jobs.is_empty() {
        return;
    }
    for code in trace::executed_codes(vm) {
        if let Some(job) = jobs.get(&(Arc::as_ptr(code.data()) as usize)) {
            carry_out(vm, &code, job);
        }
    }
}

/// Code is about to run for the first time.
pub(super) fn ready(vm: &Vm, shared: &Shared, code: &Ref<Code>, key: CodeKey) {
    plant(vm, shared);
    let job = shared.state().job_of(key);
    if let Some(job) = job {
        carry_out(vm, code, &job);
    }
}

fn carry_out(vm: &Vm, code: &Ref<Code>, job: &Job) {
    trace::plant(vm, code, &job.units);
    let life = [Event::PyReturn, Event::PyYield, Event::PyResume];
    trace::watch_code(vm, code, if job.life { &life } else { &[] });
}

fn events(global: Global) -> Vec<Event> {
    let mut events = Vec::new();
    if global.calls {
        events.extend([Event::PyStart, Event::PyResume]);
    }
    if global.raises {
        events.extend([Event::Raise, Event::Reraise]);
    }
    if global.caught {
        events.push(Event::ExceptionHandled);
    }
    if global.calls || global.unwinds {
        events.push(Event::PyThrow);
    }
    if global.unwinds {
        events.push(Event::PyUnwind);
    }
    events
}
