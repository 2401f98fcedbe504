//! What is traced in the whole interpreter.

#![allow(unsafe_code)]

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use super::{Event, Events, Hook, TOOLS};
use crate::code::Code;
use crate::object::{ObjCell, Object, Ref};

/// A set of tools: bit *n* is the tool with number *n*.
pub(crate) type Tools = u16;

/// Which tools want which event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Monitors {
    tools: [Tools; Event::UNGROUPED],
}

impl Monitors {
    pub(crate) const NONE: Self = Self { tools: [0; Event::UNGROUPED] };

    /// The tools that want an event.
    #[inline]
    pub(crate) fn of(&self, event: Event) -> Tools {
        self.tools[event as usize]
    }

    /// The events that a tool wants.
    pub(crate) fn events(&self, tool: u8) -> Events {
        (0..Event::UNGROUPED)
            .filter(|&event| self.tools[event] >> tool & 1 != 0)
            .fold(0, |set, event| set | 1 << event)
    }

    /// Sets the events that a tool wants.
    pub(crate) fn set(&mut self, tool: u8, events: Events) {
        for (event, tools) in self.tools.iter_mut().enumerate() {
            *tools = *tools & !(1 << tool) | Tools::from(events >> event & 1 != 0) << tool;
        }
    }

    /// What is wanted here or there.
    pub(crate) fn or(&self, other: &Self) -> Self {
        Self { tools: std::array::from_fn(|event| self.tools[event] | other.tools[event]) }
    }

    /// The tools that want an event here and did not there.
    pub(crate) fn gained(&self, before: &Self, event: u8) -> Tools {
        let event = usize::from(event);
        self.tools[event] & !before.tools[event]
    }

    /// Whether the same is wanted of what instructions cause.
    pub(crate) fn same_local(&self, other: &Self) -> bool {
        self.tools[..Event::LOCAL] == other.tools[..Event::LOCAL]
    }

    /// Whether an event is wanted that instructions cause.
    pub(crate) fn any_local(&self) -> bool {
        self.tools[..Event::LOCAL].iter().any(|&tools| tools != 0)
    }
}

/// What is traced, by whom; and the code objects that can be.
pub(crate) struct Tracing {
    hook: Cell<Option<&'static dyn Hook>>,
    /// What is wanted of all code.
    pub(crate) monitors: Cell<Monitors>,
    /// The code objects that have an execution copy. Each knows its place.
    codes: RefCell<Vec<*const Object<Code>>>,
    /// How often each number was given up by a tool: what it wanted of single code objects is void then.
    pub(crate) generations: Cell<[u32; TOOLS]>,
    /// `sys.monitoring`'s tools by number: their names; empty where there is none.
    pub(crate) names: [ObjCell; 6],
    /// Their callbacks by event.
    pub(crate) callbacks: [[ObjCell; Event::COUNT]; 6],
}

impl Tracing {
    pub(crate) const fn new() -> Self {
        Self {
            hook: Cell::new(None),
            monitors: Cell::new(Monitors::NONE),
            codes: RefCell::new(Vec::new()),
            generations: Cell::new([0; TOOLS]),
            names: [const { ObjCell::empty() }; 6],
            callbacks: [const { [const { ObjCell::empty() }; Event::COUNT] }; 6],
        }
    }

    /// The tools that want an event of all code.
    #[inline]
    pub(crate) fn tools(&self, event: Event) -> Tools {
        self.monitors.get().of(event)
    }

    /// A debugger stays to the end of the process, so that whoever calls it need not count.
    pub(crate) fn set_hook(&self, hook: Option<Arc<dyn Hook>>) {
        self.hook.set(hook.map(|hook| &**Box::leak(Box::new(hook))));
    }

    /// The debugger, if there is one.
    #[inline]
    pub(crate) fn hook(&self) -> Option<&'static dyn Hook> {
        self.hook.get()
    }

    /// Adds a code object whose execution copy was just made.
    pub(crate) fn add_code(&self, code: &Object<Code>) {
        let mut codes = self.codes.borrow_mut();
        code.place.set(codes.len());
        codes.push(code);
    }

    /// Takes a code object out that is about to go.
    pub(crate) fn remove_code(&self, place: usize) {
        let mut codes = self.codes.borrow_mut();
        codes.swap_remove(place);
        if let Some(&moved) = codes.get(place) {
            // SAFETY: the list has live code objects only.
            unsafe { &*moved }.place.set(place);
        }
    }

    /// The code objects that have an execution copy.
    pub(crate) fn codes(&self) -> Vec<Ref<Code>> {
        // SAFETY: as above. One that is about to be freed left the list.
        self.codes.borrow().iter().map(|&code| unsafe { (*code).to_ref() }).collect()
    }
}
