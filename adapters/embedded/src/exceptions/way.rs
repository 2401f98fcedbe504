//! The ways that exceptions went before, from the frame of the raise to the one that took them. A program raises mostly
//! as it did before: then nothing is searched, but only seen that the frames are where they were, and the handlers among
//! them asked again.

use std::cell::RefCell;
use std::rc::Rc;

use lasti_engine::stop::ExceptionVerdict;
use lasti_vm::errors::BaseException;
use lasti_vm::trace::{Activation, Place};
use lasti_vm::{Ref, Vm};

use super::site::Site;
use super::verdict_at;
use super::walk::caught_at;
use crate::state::Shared;

/// How many ways a thread remembers, each at the index that its first two places say.
const REMEMBERED: usize = 64;
/// How many frames a way has at most.
const LONGEST: usize = 64;

/// A frame of a way.
struct Passed {
    place: Place,
    /// Whether exceptions meet handlers here.
    asks: bool,
    /// Keeps the code of the place alive.
    site: Rc<Site>,
}

/// The frames, from the innermost out. The last has a handler that took an exception.
type Way = Box<[Passed]>;

thread_local! {
    static WAYS: RefCell<[Option<Way>; REMEMBERED]> = const { RefCell::new([const { None }; REMEMBERED]) };
}

/// The verdict on an exception raised in a frame, if it goes a way that is known to a handler that takes it.
#[inline]
pub(super) fn known(
    shared: &Shared,
    vm: &Vm,
    raising: Activation<'_>,
    exception: &Ref<BaseException>,
) -> Option<ExceptionVerdict> {
    WAYS.with(|ways| {
        let ways = ways.borrow();
        let mut frame = raising;
        for passed in ways[index(&raising)].as_deref()? {
            if passed.place != frame.place() {
                return None;
            }
            if passed.asks && caught_at(shared, vm, &passed.site, frame, exception, true).is_some() {
                let Site { facts, ends_thread, .. } = &*passed.site;
                return if *ends_thread { None } else { Some(verdict_at(facts.user_code)) };
            }
            if takes_part(&frame) {
                return None;
            }
            frame = frame.caller()?;
        }
        None
    })
}

/// Remembers the way from a frame that raised to the one that took what it raised.
#[cold]
pub(super) fn remember(shared: &Shared, vm: &Vm, raising: Activation<'_>, catcher: &Activation<'_>) {
    let mut way = Vec::new();
    let mut frame = raising;
    loop {
        let site = Site::of(shared, vm, &frame);
        let asks = !site.handlers.is_empty();
        way.push(Passed { place: frame.place(), asks, site });
        if frame.is(catcher) {
            break;
        }
        let Some(caller) = frame.caller().filter(|_| way.len() < LONGEST && !takes_part(&frame)) else {
            return;
        };
        frame = caller;
    }
    WAYS.with(|ways| ways.borrow_mut()[index(&raising)] = Some(way.into()));
}

/// Whether who called the frame may take an exception that leaves it, without a handler: what does not lie in the code.
#[inline]
fn takes_part(frame: &Activation<'_>) -> bool {
    frame.entered_natively() || frame.resumed_by_loop()
}

/// Where the way is remembered that begins at this frame.
#[inline]
fn index(raising: &Activation<'_>) -> usize {
    let of = |frame: Activation<'_>| frame.place().hash();
    (of(*raising) ^ raising.caller().map_or(0, of).rotate_left(3)) % REMEMBERED
}
