//! Names of things. An id is given out once in the life of an engine and never used again; a reference is good
//! for one stop of one thread only.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident($number:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        pub struct $name(pub $number);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    };
}

id! {
    /// A Python thread; not the operating system's number. The main thread is 1.
    ThreadId(u32)
}
id! {
    /// A source that the engine has loaded: one text under one name. A file that changed and was loaded again
    /// is another source.
    SourceId(u32)
}
id! {
    /// A breakpoint. It keeps its id for as long as its specification is sent unchanged.
    BreakpointId(u32)
}
id! {
    /// A command, numbered by who sends it; its reply has the same number.
    RequestId(u64)
}
id! {
    /// One stop of one thread. Each stop of any thread has a higher number than all before it.
    StopEpoch(u32)
}

/// A frame of a stopped thread.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct FrameRef {
    /// The stop that it belongs to.
    pub epoch: StopEpoch,
    /// The engine's number for it.
    pub id: u32,
}

/// Something with children that a stopped thread shows: a scope, or a value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct VariableRef {
    /// The stop that it belongs to.
    pub epoch: StopEpoch,
    /// The engine's number for it.
    pub id: u32,
}
