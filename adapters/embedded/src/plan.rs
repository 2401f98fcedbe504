//! Which traps and events are wanted where: those of breakpoints, and those of steps. Putting them there is the hook's.
//!
//! The events of an activation are wanted from when it begins to run (or a step comes to it) until no step is left.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use lasti_code::CodeUnitIdx;
use lasti_code::source_map::CodeIdx;
use lasti_control::breakpoints::Changes;
use lasti_control::{ActivationId, FrameFacts, FrameInterest};
use lasti_engine::{SourceId, ThreadId};

use crate::state::State;

/// A code object of a source.
pub(crate) type CodeKey = (SourceId, CodeIdx);

/// Events beyond planted instructions.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(crate) struct Global {
    /// That something is called or resumed.
    pub(crate) calls: bool,
    /// That something is raised.
    pub(crate) raises: bool,
    /// That something is caught.
    pub(crate) caught: bool,
    /// That an exception leaves a frame, or is thrown into one.
    pub(crate) unwinds: bool,
}

/// What is to be done to one code object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Job {
    pub(crate) units: Vec<CodeUnitIdx>,
    /// Whether returns, yields and resumptions are wanted.
    pub(crate) life: bool,
}

/// The plan, and what of it was carried out.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    version: Option<u64>,
    breakpoints: HashMap<CodeKey, BTreeSet<CodeUnitIdx>>,
    interests: HashMap<ActivationId, (FrameFacts, FrameInterest)>,
    /// Frames that a step may come to, and the threads they ran on last.
    known: HashMap<ActivationId, (FrameFacts, ThreadId)>,
    dirty: HashSet<CodeKey>,
    done: HashMap<CodeKey, Job>,
    global: Global,
}

impl Plan {
    /// Breakpoints came or went.
    pub(crate) fn change(&mut self, changes: &Changes) {
        for place in &changes.plant {
            self.breakpoints.entry((place.source, place.code)).or_default().insert(place.unit);
            self.dirty.insert((place.source, place.code));
        }
        for place in &changes.unplant {
            if let Some(units) = self.breakpoints.get_mut(&(place.source, place.code)) {
                units.remove(&place.unit);
                self.dirty.insert((place.source, place.code));
            }
        }
    }

    /// Something changed that has no version.
    pub(crate) fn stale(&mut self) {
        self.version = None;
    }

    /// A frame that a step may come to.
    pub(crate) fn know(&mut self, facts: FrameFacts, thread: ThreadId) {
        self.known.insert(facts.activation, (facts, thread));
    }

    /// What is wanted of a frame that a step has to do with.
    pub(crate) fn interest(&self, activation: u64) -> Option<&(FrameFacts, FrameInterest)> {
        self.interests.get(&ActivationId(activation))
    }

    /// A frame begins to run of which this is wanted.
    pub(crate) fn watch(&mut self, facts: FrameFacts, interest: FrameInterest) {
        let known = self.interests.insert(facts.activation, (facts, interest));
        if known.is_none_or(|(_, before)| before != interest) {
            self.dirty.insert((facts.source, facts.code));
        }
    }
}

impl State {
    /// Whether there is anything to be planted anew.
    pub(crate) fn is_stale(&self) -> bool {
        self.plan.version != Some(self.control.version()) || !self.plan.dirty.is_empty()
    }

    /// What is to be done now, and the events wanted of all code if that is different from before.
    pub(crate) fn jobs(&mut self) -> (BTreeMap<CodeKey, Job>, Option<Global>) {
        self.plan.version = Some(self.control.version());
        let watched: Vec<ActivationId> = self.control.watched().collect();
        let global = self.global();
        if watched.is_empty() && !global.calls {
            let over = self.plan.interests.drain().map(|(_, (facts, _))| (facts.source, facts.code));
            self.plan.dirty.extend(over);
            self.plan.known.clear();
        }
        for activation in watched {
            if let Some((facts, thread)) = self.plan.known.get(&activation).copied() {
                let interest = self.control.frame_interest(thread, &facts);
                self.plan.watch(facts, interest);
            }
        }
        let dirty: Vec<CodeKey> = self.plan.dirty.drain().collect();
        let mut jobs = BTreeMap::new();
        for key in dirty {
            let job = self.job(key);
            let empty = job.units.is_empty() && !job.life;
            let before =
                if empty { self.plan.done.remove(&key) } else { self.plan.done.insert(key, job.clone()) };
            if before.as_ref() != Some(&job) && !(empty && before.is_none()) {
                jobs.insert(key, job);
            }
        }
        let global = self.global();
        let changed = (global != self.plan.global).then_some(global);
        self.plan.global = global;
        (jobs, changed)
    }

    /// What code needs that runs for the first time.
    pub(crate) fn job_of(&self, key: CodeKey) -> Option<Job> {
        self.plan.done.get(&key).cloned()
    }

    fn job(&mut self, key: CodeKey) -> Job {
        let (source, code) = key;
        let mut units = self.plan.breakpoints.get(&key).cloned().unwrap_or_default();
        let here = self.plan.interests.values().filter(|(facts, _)| (facts.source, facts.code) == key);
        let interest = here.fold(FrameInterest::empty(), |all, (_, interest)| all | *interest);
        if interest.contains(FrameInterest::STATEMENTS)
            && let Some((map, _)) = self.sources.map(source)
        {
            units.extend(map.begins(code).iter().map(|begin| begin.unit));
        }
        let marked = FrameInterest::LINES | FrameInterest::ELEMENTS | FrameInterest::INSTRUCTIONS;
        if interest.intersects(marked)
            && let Some(marks) = self.sources.marks(source, code)
        {
            if interest.contains(FrameInterest::INSTRUCTIONS) {
                units.extend(marks.starts());
            }
            if interest.contains(FrameInterest::LINES) {
                units.extend(marks.lines());
            }
            if interest.contains(FrameInterest::ELEMENTS) {
                units.extend(marks.elements());
            }
        }
        Job { units: units.into_iter().collect(), life: interest.contains(FrameInterest::LIFE) }
    }

    fn global(&self) -> Global {
        let mut global = Global::default();
        for &thread in self.threads.keys() {
            let interest = self.control.interest(thread);
            global.calls |= interest.calls;
            global.raises |= interest.raises;
        }
        for (_, interest) in self.plan.interests.values() {
            global.caught |= interest.contains(FrameInterest::CAUGHT);
            global.unwinds |= interest.contains(FrameInterest::LIFE);
        }
        global
    }
}
