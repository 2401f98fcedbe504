//! The breakpoints that a client set: where each is bound in the sources loaded so far, and what else it asks.
//!
//! Binding is [`bind`]'s; planting is done by who runs the program, as [`Changes`] say. Whether a hit stops is
//! decided by [`Control`](crate::Control), with the [`Rules`] kept here.

mod bind;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use lasti_code::source_map::{Arrival, SourceMap};
use lasti_engine::breakpoints::{
    BreakpointInfo, BreakpointRules, BreakpointStatus, FunctionBreakpoint, InstructionBreakpoint,
    SourceBreakpoint,
};
use lasti_engine::place::{Position, SourceName};
use lasti_engine::{BreakpointId, SourceId};

use crate::hit_condition::HitCondition;
use crate::log_message::LogMessage;
use crate::trace::Place;
use bind::{Binding, Bound};

/// What kind of breakpoint it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Kind {
    /// In a source.
    Source,
    /// On a function.
    Function,
    /// On an instruction.
    Instruction,
}

/// The breakpoints that are set together.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Group {
    Source(SourceName),
    Functions,
    Instructions,
}

/// A breakpoint as the client wrote it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Spec {
    Source(SourceBreakpoint),
    Function(FunctionBreakpoint),
    Instruction(InstructionBreakpoint),
}

impl Spec {
    fn kind(&self) -> Kind {
        match self {
            Self::Source(_) => Kind::Source,
            Self::Function(_) => Kind::Function,
            Self::Instruction(_) => Kind::Instruction,
        }
    }

    fn rules(&self) -> &BreakpointRules {
        match self {
            Self::Source(spec) => &spec.rules,
            Self::Function(spec) => &spec.rules,
            Self::Instruction(spec) => &spec.rules,
        }
    }
}

/// What a breakpoint asks beyond its place.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Rules {
    /// Python code for who evaluates it.
    pub condition: Option<String>,
    /// Which hits count.
    pub hit_condition: Option<HitCondition>,
    /// To be written instead of stopping.
    pub log: Option<LogMessage>,
}

impl Rules {
    fn parse(rules: &BreakpointRules) -> Result<Self, String> {
        // Clients send empty text for fields that the user left empty.
        let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        Ok(Self {
            condition: given(&rules.condition),
            hit_condition: match given(&rules.hit_condition) {
                Some(text) => Some(text.parse().map_err(|error| format!("{error}"))?),
                None => None,
            },
            log: match given(&rules.log_message) {
                Some(text) => Some(LogMessage::parse(&text).map_err(|error| error.to_string())?),
                None => None,
            },
        })
    }
}

/// One breakpoint.
#[derive(Clone, Debug)]
pub struct Breakpoint {
    spec: Spec,
    group: Group,
    rules: Result<Rules, String>,
    /// How often it was reached with its condition true.
    hits: u64,
    bindings: Vec<(SourceId, Binding)>,
}

impl Breakpoint {
    /// What kind it is.
    pub fn kind(&self) -> Kind {
        self.spec.kind()
    }

    /// What it asks. Of a breakpoint that is planted there always is something.
    pub fn rules(&self) -> Option<&Rules> {
        self.rules.as_ref().ok()
    }

    /// Counts a hit: whether it is one of those that count.
    pub(crate) fn hit(&mut self) -> bool {
        self.hits = self.hits.saturating_add(1);
        let condition = self.rules().and_then(|rules| rules.hit_condition);
        condition.is_none_or(|condition| condition.matches(self.hits))
    }

    fn info(&self, id: BreakpointId) -> BreakpointInfo {
        let (status, message) = match &self.rules {
            Err(message) => (BreakpointStatus::Refused, Some(message.clone())),
            Ok(_) => match bind::best(&self.bindings) {
                None => (BreakpointStatus::Pending, None),
                Some((source, Ok(Bound { position, message, .. }))) => {
                    (BreakpointStatus::Verified { source: *source, position: *position }, message.clone())
                }
                Some((_, Err(message))) => (BreakpointStatus::Refused, Some(message.clone())),
            },
        };
        BreakpointInfo { id, status, message }
    }
}

/// A breakpoint that is planted somewhere.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Planted {
    /// Which.
    pub id: BreakpointId,
    /// How control must come there.
    pub arrival: Arrival,
}

/// What is to be planted where, after breakpoints or sources came or went.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Changes {
    /// Places at which instructions are to send their events from now on.
    pub plant: Vec<Place>,
    /// Places at which they need not any more.
    pub unplant: Vec<Place>,
    /// Breakpoints of which there is something new to say.
    pub changed: Vec<BreakpointInfo>,
}

#[derive(Clone, Debug)]
struct Loaded {
    name: String,
    map: Arc<SourceMap>,
}

/// All breakpoints, all sources.
#[derive(Clone, Debug, Default)]
pub struct Breakpoints {
    last_id: u32,
    all: BTreeMap<BreakpointId, Breakpoint>,
    groups: HashMap<Group, Vec<BreakpointId>>,
    sources: BTreeMap<SourceId, Loaded>,
    planted: HashMap<Place, Arc<[Planted]>>,
}

impl Breakpoints {
    /// Sets the breakpoints of a source. Those set before with the same specification stay what they were.
    pub fn set_source(
        &mut self,
        source: SourceName,
        specs: Vec<SourceBreakpoint>,
    ) -> (Vec<BreakpointInfo>, Changes) {
        self.set(Group::Source(source), specs.into_iter().map(Spec::Source))
    }

    /// Sets the function breakpoints.
    pub fn set_functions(&mut self, specs: Vec<FunctionBreakpoint>) -> (Vec<BreakpointInfo>, Changes) {
        self.set(Group::Functions, specs.into_iter().map(Spec::Function))
    }

    /// Sets the instruction breakpoints.
    pub fn set_instructions(&mut self, specs: Vec<InstructionBreakpoint>) -> (Vec<BreakpointInfo>, Changes) {
        self.set(Group::Instructions, specs.into_iter().map(Spec::Instruction))
    }

    /// A source was loaded, under the name that clients set breakpoints for; none of its code has run.
    pub fn source_loaded(&mut self, id: SourceId, name: &str, map: Arc<SourceMap>) -> Changes {
        let loaded = Loaded { name: name.into(), map };
        let mut changed = Vec::new();
        for (breakpoint_id, breakpoint) in &mut self.all {
            if breakpoint.rules.is_err() {
                continue;
            }
            if let Some(binding) = bind::bind(&breakpoint.group, &breakpoint.spec, id, &loaded) {
                let before = breakpoint.info(*breakpoint_id);
                breakpoint.bindings.push((id, binding));
                let after = breakpoint.info(*breakpoint_id);
                changed.extend((before != after).then_some(after));
            }
        }
        self.sources.insert(id, loaded);
        Changes { changed, ..self.replant() }
    }

    fn set(&mut self, group: Group, specs: impl Iterator<Item = Spec>) -> (Vec<BreakpointInfo>, Changes) {
        let mut before = self.groups.remove(&group).unwrap_or_default();
        let mut ids = Vec::new();
        for spec in specs {
            let same = before.iter().position(|id| self.get(*id).is_some_and(|old| old.spec == spec));
            let id = match same {
                Some(at) => before.remove(at),
                None => self.add(group.clone(), spec),
            };
            ids.push(id);
        }
        for id in before {
            self.all.remove(&id);
        }
        let infos = ids.iter().filter_map(|id| Some(self.get(*id)?.info(*id))).collect();
        if !ids.is_empty() {
            self.groups.insert(group, ids);
        }
        (infos, self.replant())
    }

    fn add(&mut self, group: Group, spec: Spec) -> BreakpointId {
        self.last_id = self.last_id.saturating_add(1);
        let id = BreakpointId(self.last_id);
        let rules = Rules::parse(spec.rules());
        let mut bindings = Vec::new();
        if rules.is_ok() {
            let bound = |(source, loaded): (&SourceId, &Loaded)| {
                Some((*source, bind::bind(&group, &spec, *source, loaded)?))
            };
            bindings.extend(self.sources.iter().filter_map(bound));
        }
        self.all.insert(id, Breakpoint { spec, group, rules, hits: 0, bindings });
        id
    }

    /// Finds out anew what is planted where, and what is different.
    fn replant(&mut self) -> Changes {
        let mut places: BTreeMap<Place, Vec<Planted>> = BTreeMap::new();
        for (id, breakpoint) in &self.all {
            for (source, binding) in &breakpoint.bindings {
                for site in binding.as_ref().map_or(&[][..], |bound| &bound.sites) {
                    let place = Place { source: *source, code: site.code, unit: site.unit };
                    places.entry(place).or_default().push(Planted { id: *id, arrival: site.arrival });
                }
            }
        }
        let plant = places.keys().filter(|place| !self.planted.contains_key(place)).copied().collect();
        let mut unplant: Vec<Place> =
            self.planted.keys().filter(|place| !places.contains_key(place)).copied().collect();
        unplant.sort_unstable();
        self.planted = places.into_iter().map(|(place, planted)| (place, planted.into())).collect();
        Changes { plant, unplant, changed: Vec::new() }
    }

    /// What is planted at a place.
    pub fn at(&self, place: Place) -> Option<&Arc<[Planted]>> {
        self.planted.get(&place)
    }

    /// A breakpoint, if it is still set.
    pub fn get(&self, id: BreakpointId) -> Option<&Breakpoint> {
        self.all.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: BreakpointId) -> Option<&mut Breakpoint> {
        self.all.get_mut(&id)
    }
}

fn position(of: lasti_code::source_map::Position) -> Position {
    Position { line: of.line, column: of.column }
}

#[cfg(test)]
pub(crate) mod tests;
