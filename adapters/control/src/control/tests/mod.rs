//! What [`Control`](super::Control) decides: in stories for each rule, and for programs made at random.

mod breakpoint_stories;
mod random;
mod step_stories;
mod story;
