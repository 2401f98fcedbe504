//! Which events are wanted. Whoever runs the program switches on these, and need not send any others; what is
//! sent beyond them does no harm.
//!
//! Breakpoints are no interest: they are planted, and what is planted sends its instruction event.

use bitflags::bitflags;

bitflags! {
    /// The events wanted of one activation.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
    pub struct FrameInterest: u8 {
        /// Instructions at which a statement begins.
        const STATEMENTS = 1;
        /// Instructions with a line event.
        const LINES = 2;
        /// Instructions at which an element of an inlined comprehension begins.
        const ELEMENTS = 4;
        /// Every instruction.
        const INSTRUCTIONS = 8;
        /// That it returns, yields, resumes, is unwound or gone.
        const LIFE = 16;
        /// That an exception is caught in it.
        const CAUGHT = 32;
    }
}

/// The events wanted of a thread, in whatever frame.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Interest {
    /// Calls and resumptions. At each, ask for the interest in the frame that begins to run.
    pub calls: bool,
    /// Raised exceptions.
    pub raises: bool,
    /// The next safepoint.
    pub safepoint: bool,
}
