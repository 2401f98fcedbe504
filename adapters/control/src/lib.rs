//! Shall this trace event stop this thread?
//!
//! [`Control`] is told what a program does, as [`Trace`]s, and what the user wants: breakpoints, steps, exception
//! filters, pauses. It answers each event with a [`Decision`], and says which events it needs at all
//! ([`Interest`]), so that everything else runs untraced. It knows no virtual machine and no value: conditions
//! and log messages are evaluated by who asks, in between two decisions.
//!
//! - [`trace`]: the events, and the facts that come with them;
//! - [`interest`]: which of them are wanted;
//! - [`step`]: the rules of stepping;
//! - [`exceptions`]: which exceptions stop;
//! - [`breakpoints`]: where they are bound, with [`hit_condition`] and [`log_message`];
//! - [`control`]: all of it together.
//!
//! # Stepping rules
//!
//! 1. A step belongs to an *activation*: one call of a function, one life of a generator or coroutine; not to a
//!    stack depth, not to a thread.
//! 2. *Over* ends at the next statement that this activation begins. While it is suspended the step waits. If
//!    it can never resume, the step ends where it was dropped or closed.
//! 3. When the activation returns, the step ends in the activation that gets the result, in the middle of the
//!    statement that asked for it.
//! 4. When an exception leaves the activation, the step ends where it is handled; if nowhere, where it is
//!    raised, before anything is unwound.
//! 5. *Out* ends in whoever gets the next result: of a return, of a `yield`. An `await` that suspends gives none.
//! 6. *Into* ends at the first statement of user code that this thread begins in the activation or in whatever
//!    it starts or resumes. From a `yield` it goes on in the consumer.
//! 7. A statement is one stop and one hit each time it is begun; the source map says where that is.
//! 8. A stop anywhere ends the steps of all threads that stop with it.
#![forbid(unsafe_code)]

pub mod interest;
pub mod trace;

pub mod exceptions;
pub mod step;

pub mod breakpoints;
pub mod hit_condition;
pub mod log_message;

pub mod control;

pub use control::{Answer, Control, Decision, Question, Stop, StopScope};
pub use interest::{FrameInterest, Interest};
pub use trace::{ActivationId, ExceptionId, FrameFacts, Place, Trace, TraceEvent};
