//! The numbers that clients know frames and variables by. A number is given out once; it is good for as long
//! as the stop that it was given out in.

use std::collections::BTreeMap;

use lasti_engine::{EngineError, FrameRef, StopEpoch, VariableRef};

use super::RequestError;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Handle {
    Frame(FrameRef),
    Variables(VariableRef),
}

impl Handle {
    fn epoch(self) -> StopEpoch {
        match self {
            Self::Frame(frame) => frame.epoch,
            Self::Variables(variables) => variables.epoch,
        }
    }
}

/// All numbers that are good.
#[derive(Debug, Default)]
pub(crate) struct Handles {
    last: i32,
    numbers: BTreeMap<Handle, i32>,
    live: BTreeMap<i32, Handle>,
}

impl Handles {
    fn number(&mut self, handle: Handle) -> i32 {
        if let Some(&number) = self.numbers.get(&handle) {
            return number;
        }
        // After two thousand million of them numbers come again, those still good left out.
        loop {
            self.last = self.last.checked_add(1).unwrap_or(1);
            if !self.live.contains_key(&self.last) {
                break;
            }
        }
        self.numbers.insert(handle, self.last);
        self.live.insert(self.last, handle);
        self.last
    }

    /// The number of a frame.
    pub(crate) fn of_frame(&mut self, frame: FrameRef) -> i32 {
        self.number(Handle::Frame(frame))
    }

    /// The number of a scope or of a value with children.
    pub(crate) fn of_variables(&mut self, variables: VariableRef) -> i32 {
        self.number(Handle::Variables(variables))
    }

    /// The frame of that number.
    pub(crate) fn frame(&self, number: i32) -> Result<FrameRef, RequestError> {
        match self.live.get(&number) {
            Some(Handle::Frame(frame)) => Ok(*frame),
            _ => Err(EngineError::Stale.into()),
        }
    }

    /// The scope or value of that number.
    pub(crate) fn variables(&self, number: i32) -> Result<VariableRef, RequestError> {
        match self.live.get(&number) {
            Some(Handle::Variables(variables)) => Ok(*variables),
            _ => Err(EngineError::Stale.into()),
        }
    }

    /// A stop is over: its numbers are good no more.
    pub(crate) fn end(&mut self, epoch: StopEpoch) {
        self.live.retain(|_, handle| handle.epoch() != epoch);
        self.numbers.retain(|handle, _| handle.epoch() != epoch);
    }

    /// The program is gone.
    pub(crate) fn clear(&mut self) {
        self.live.clear();
        self.numbers.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_die_with_their_stop_and_do_not_come_again() {
        let mut handles = Handles::default();
        let frame = FrameRef { epoch: StopEpoch(1), id: 0 };
        let other = VariableRef { epoch: StopEpoch(2), id: 0 };
        let (one, two) = (handles.of_frame(frame), handles.of_variables(other));
        assert_eq!((one, two), (1, 2));
        assert_eq!(handles.of_frame(frame), one, "asked twice in one stop");
        assert!(handles.variables(one).is_err(), "a frame is no variable");
        handles.end(StopEpoch(1));
        assert_eq!(handles.frame(one).unwrap_err().message, EngineError::Stale.to_string());
        assert_eq!(handles.variables(two), Ok(other));
        assert_eq!(handles.of_frame(FrameRef { epoch: StopEpoch(3), id: 0 }), 3);
    }
}
