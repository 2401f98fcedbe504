//! Which threads are stopped, and so which references are good. It holds no frames and no values: who does
//! asks here first.

use std::collections::BTreeMap;

use crate::error::EngineError;
use crate::ids::{FrameRef, StopEpoch, ThreadId, VariableRef};

/// The threads that are stopped, each with the number of its stop.
#[derive(Clone, Debug, Default)]
pub struct Stops {
    last: u32,
    stopped: BTreeMap<ThreadId, StopEpoch>,
}

/// What belongs to a stop.
pub trait OfStop {
    /// The stop.
    fn epoch(&self) -> StopEpoch;
}

impl OfStop for FrameRef {
    fn epoch(&self) -> StopEpoch {
        self.epoch
    }
}

impl OfStop for VariableRef {
    fn epoch(&self) -> StopEpoch {
        self.epoch
    }
}

impl Stops {
    /// A thread stopped: the number of the stop. References to an earlier stop of the thread are stale.
    pub fn stop(&mut self, thread: ThreadId) -> StopEpoch {
        // A number for each of 2^32 stops: at a thousand a second, fifty days without a restart. After that
        // new stops share the last number, and only their references could be taken for each other's.
        self.last = self.last.saturating_add(1);
        let epoch = StopEpoch(self.last);
        self.stopped.insert(thread, epoch);
        epoch
    }

    /// A thread runs, or has ended. References to its stop are stale. Whether it was stopped.
    pub fn resume(&mut self, thread: ThreadId) -> bool {
        self.stopped.remove(&thread).is_some()
    }

    /// The stop that a thread is in.
    pub fn of(&self, thread: ThreadId) -> Result<StopEpoch, EngineError> {
        self.stopped.get(&thread).copied().ok_or(EngineError::Running)
    }

    /// The thread that a reference belongs to, if it is still good.
    pub fn thread(&self, reference: &impl OfStop) -> Result<ThreadId, EngineError> {
        let epoch = reference.epoch();
        let mut stopped = self.stopped.iter();
        stopped.find(|(_, stop)| **stop == epoch).map(|(thread, _)| *thread).ok_or(EngineError::Stale)
    }

    /// The threads that are stopped.
    pub fn threads(&self) -> impl Iterator<Item = (ThreadId, StopEpoch)> {
        self.stopped.iter().map(|(thread, epoch)| (*thread, *epoch))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_die_when_their_thread_resumes() {
        let (one, two) = (ThreadId(1), ThreadId(2));
        let mut stops = Stops::default();
        let frame = FrameRef { epoch: stops.stop(one), id: 7 };
        let variable = VariableRef { epoch: stops.stop(two), id: 7 };
        assert_eq!(stops.thread(&frame), Ok(one));
        assert_eq!(stops.thread(&variable), Ok(two));

        assert!(stops.resume(one));
        assert_eq!(stops.thread(&frame), Err(EngineError::Stale));
        assert_eq!(stops.thread(&variable), Ok(two), "the other thread is still stopped");
        assert_eq!(stops.of(one), Err(EngineError::Running));

        let again = stops.stop(one);
        assert_eq!(stops.thread(&frame), Err(EngineError::Stale), "the same frame, another stop");
        assert_eq!(stops.threads().collect::<Vec<_>>(), [(one, again), (two, variable.epoch)]);
        assert!(again > variable.epoch);
    }
}
