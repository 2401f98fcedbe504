//! Sending a stopped thread elsewhere in its innermost frame. Where it may go is what CPython allows for
//! `frame.f_lineno`, with CPython's words for what it does not.

use lasti_engine::EngineError;
use lasti_engine::place::{SourceName, Span};
use lasti_vm::PyResult;

use super::Session;
use super::stack::position;
use crate::show::text_of;

impl Session<'_> {
    pub(super) fn jump_target(&self, source: &SourceName, line: u32) -> Result<Span, EngineError> {
        let line = self.line_here(source, line)?;
        let unit = self.allowed(self.frame.jump_target(self.vm, line))?;
        position(&self.frame.code(), unit)
            .ok_or_else(|| EngineError::NoJump("the code there is of no line".into()))
    }

    pub(super) fn jump(&self, source: &SourceName, line: u32) -> Result<(), EngineError> {
        let line = self.line_here(source, line)?;
        self.allowed(self.frame.jump(self.vm, line))
    }

    /// A line of the source of the innermost frame's code.
    fn line_here(&self, source: &SourceName, line: u32) -> Result<i32, EngineError> {
        let own = self.facts(&self.frame).source;
        if !self.shared.state().sources.named(source).contains(&own) {
            let name = self.frame.code().qualname().to_string_lossy().into_owned();
            return Err(EngineError::NoJump(format!(
                "can't jump into another file: the thread is stopped in {name}, and stays in it"
            )));
        }
        i32::try_from(line).map_err(|_| EngineError::NoJump("lineno out of range".into()))
    }

    /// The text of what forbids it, without the name of its type.
    fn allowed<T>(&self, outcome: PyResult<T>) -> Result<T, EngineError> {
        outcome.map_err(|error| EngineError::NoJump(text_of(self.vm, error.exception().as_obj())))
    }
}
