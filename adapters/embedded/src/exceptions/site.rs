//! What of an exception's way depends on code alone. Programs raise again and again in the same places, so it is found
//! out once for each instruction that exceptions come by; what depends on values is looked at each time. No object is kept.

use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use lasti_code::source_map::{Cleanup, HandlerKind};
use lasti_code::{CodeObject, CodeUnitIdx, Opcode};
use lasti_vm::Vm;
use lasti_vm::trace::Activation;
use rustc_hash::FxHashMap;

use super::clause::Clauses;
use crate::state::Shared;
use crate::walk::{CodeFacts, facts_of, opcode_at};

/// How many sites a thread remembers. A program that makes code without end begins anew.
const REMEMBERED: usize = 4096;

/// An instruction at which exceptions are raised, or by which they pass.
pub(super) struct Site {
    /// Kept alive, so that its address is nobody else's.
    code: Arc<CodeObject>,
    at: Option<CodeUnitIdx>,
    pub(super) facts: CodeFacts,
    pub(super) opcode: Option<Opcode>,
    /// Whether the frame is where a thread ends: what it catches is shown as uncaught.
    pub(super) ends_thread: bool,
    /// The handlers that an exception meets here, but for those that never take one.
    pub(super) handlers: Box<[Handler]>,
    /// Where the caller was when it was last asked for: mostly, that is where it is.
    caller: RefCell<Weak<Self>>,
}

/// What may take an exception.
pub(super) enum Handler {
    Clauses(Clauses),
    /// The exit of a `with` that keeps so many values on the stack.
    With {
        depth: u32,
        target: CodeUnitIdx,
    },
    AsyncForEnd(CodeUnitIdx),
    DelegationEnd(CodeUnitIdx),
    /// Makes a `RuntimeError` of a `StopIteration`.
    GeneratorStop,
}

thread_local! {
    static SITES: RefCell<FxHashMap<(usize, Option<u32>), Rc<Site>>> = RefCell::default();
}

impl Site {
    /// Where a frame is.
    pub(super) fn of(shared: &Shared, vm: &Vm, frame: &Activation<'_>) -> Rc<Self> {
        let at = frame.instruction();
        let key = (Arc::as_ptr(frame.code_data()) as usize, at.map(|at| at.0));
        if let Some(site) = SITES.with(|sites| sites.borrow().get(&key).cloned()) {
            return site;
        }
        let site = Rc::new(Self::new(shared, vm, frame));
        SITES.with(|sites| {
            let mut sites = sites.borrow_mut();
            if sites.len() >= REMEMBERED {
                sites.clear();
            }
            sites.insert(key, Rc::clone(&site));
        });
        site
    }

    /// Where the caller of a frame that is here is.
    pub(super) fn of_caller(&self, shared: &Shared, vm: &Vm, caller: &Activation<'_>) -> Rc<Self> {
        let known = self.caller.borrow().upgrade();
        if let Some(known) = known.filter(|known| known.is_of(caller)) {
            return known;
        }
        let site = Self::of(shared, vm, caller);
        self.caller.replace(Rc::downgrade(&site));
        site
    }

    fn is_of(&self, frame: &Activation<'_>) -> bool {
        Arc::ptr_eq(&self.code, frame.code_data()) && self.at == frame.instruction()
    }

    fn new(shared: &Shared, vm: &Vm, frame: &Activation<'_>) -> Self {
        let facts = facts_of(shared, vm, frame);
        Self {
            code: Arc::clone(frame.code_data()),
            at: frame.instruction(),
            facts,
            opcode: opcode_at(frame).map(|(opcode, _)| opcode),
            ends_thread: frame.code().qualname().as_bytes() == b"Thread._bootstrap_inner",
            handlers: handlers(shared, frame, facts).unwrap_or_default().into(),
            caller: RefCell::default(),
        }
    }
}

fn handlers(shared: &Shared, frame: &Activation<'_>, facts: CodeFacts) -> Option<Vec<Handler>> {
    let code = frame.code_data();
    if code.exceptiontable.is_empty() {
        return None;
    }
    let at = frame.instruction()?;
    let (map, _) = shared.state().sources.map(facts.source)?;
    let handlers = map.handlers(facts.code, at).filter_map(|handler| {
        let target = handler.entry.target;
        Some(match handler.kind {
            HandlerKind::Except | HandlerKind::ExceptAll | HandlerKind::ExceptStar => {
                Handler::Clauses(Clauses::new(code, target))
            }
            HandlerKind::WithExit => Handler::With { depth: handler.entry.depth, target },
            HandlerKind::AsyncForEnd => Handler::AsyncForEnd(target),
            HandlerKind::DelegationEnd => Handler::DelegationEnd(target),
            HandlerKind::Cleanup(Cleanup::GeneratorStop) => Handler::GeneratorStop,
            HandlerKind::Finally | HandlerKind::Cleanup(_) | HandlerKind::Unknown => return None,
        })
    });
    Some(handlers.collect())
}
