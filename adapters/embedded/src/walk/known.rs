//! What a thread has found out of the code that traps lie in, so that a trap that stops nothing costs little.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use lasti_code::source_map::SourceMap;
use lasti_code::{CodeObject, CodeUnitIdx};
use lasti_control::trace::Instruction;
use lasti_control::{ActivationId, FrameFacts};
use lasti_vm::Vm;
use lasti_vm::trace::Activation;

use super::{CodeFacts, facts_of};
use crate::sources::Marks;
use crate::state::Shared;

/// A code object, and what does not change of it as long as it lives.
pub(crate) struct Known {
    /// Kept alive, so that its address is nobody else's.
    _code: Arc<CodeObject>,
    facts: CodeFacts,
    marks: Option<Arc<Marks>>,
    map: Option<Arc<SourceMap>>,
}

thread_local! {
    static KNOWN: RefCell<HashMap<usize, Rc<Known>>> = RefCell::new(HashMap::new());
}

/// What is known of a frame's code, found out now if it was not.
pub(crate) fn known(shared: &Shared, vm: &Vm, frame: &Activation<'_>) -> Rc<Known> {
    let code = frame.code();
    let address = Arc::as_ptr(code.data()) as usize;
    if let Some(known) = KNOWN.with(|all| all.borrow().get(&address).cloned()) {
        return known;
    }
    let facts = facts_of(shared, vm, frame);
    let (marks, map) = {
        let mut state = shared.state();
        (state.sources.marks(facts.source, facts.code), state.sources.known_map(facts.source).cloned())
    };
    let known = Rc::new(Known { _code: Arc::clone(code.data()), facts, marks, map });
    KNOWN.with(|all| all.borrow_mut().insert(address, Rc::clone(&known)));
    known
}

/// The thread is at its end.
pub(crate) fn forget_known() {
    KNOWN.with(|all| all.borrow_mut().clear());
}

impl Known {
    /// The facts of a frame of this code.
    pub(crate) fn facts(&self, activation: u64) -> FrameFacts {
        let CodeFacts { source, code, statements, user_code } = self.facts;
        FrameFacts { activation: ActivationId(activation), source, code, statements, user_code }
    }

    /// The facts of an instruction that is about to run.
    pub(crate) fn instruction(&self, at: CodeUnitIdx, jumped: bool) -> Instruction {
        let unit = self.marks.as_ref().map_or(at, |marks| marks.start_of(at));
        let begin = self.map.as_ref().and_then(|map| map.begin_at(self.facts.code, unit));
        let line = self.marks.as_ref().is_some_and(|marks| marks.begins_line(unit, jumped));
        let element = self.marks.as_ref().is_some_and(|marks| marks.elements().contains(&unit));
        Instruction { unit, begin, jumped, line, element }
    }
}
