//! The reference-count audit, of builds with the feature `audit`: every live object is known, and at each collection
//! and at the end the counts are held against a walk of the heap.
//!
//! An object's count must be at least the number of references that live objects hold to it; what native code and
//! running frames hold comes on top. A live object must not refer to one that is gone. The first fault ends the
//! process with a message, since what follows from it would only mislead.

use std::cell::UnsafeCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::OnceLock;

use super::gc;
use super::header::Header;
use super::payload::Visitor;
use crate::vm::config::Config;

struct Live(UnsafeCell<Option<HashSet<*mut Header>>>);

// SAFETY: only a thread that holds the interpreter lock makes objects, frees or audits them.
unsafe impl Sync for Live {}

static LIVE: Live = Live(UnsafeCell::new(None));

/// All live objects.
///
/// # Safety
/// The lock is held, and the borrow ends before an object is made or freed.
#[allow(clippy::mut_from_ref, reason = "the inside of a cell")]
unsafe fn live() -> &'static mut HashSet<*mut Header> {
    // SAFETY: as the caller promises.
    unsafe { &mut *LIVE.0.get() }.get_or_insert_default()
}

/// A new object.
pub(crate) fn born(object: *mut Header) {
    // SAFETY: the lock is held; the borrow ends here.
    if !unsafe { live() }.insert(object) {
        fault(&format!("memory at {object:p} was given out twice"));
    }
}

/// An object is about to be dropped.
pub(crate) fn died(object: *mut Header) {
    // SAFETY: as in `born`.
    if !unsafe { live() }.remove(&object) {
        fault(&format!("the object at {object:p} was freed twice"));
    }
}

/// How many objects live, and the sum of the counts of those that are counted.
fn totals() -> (usize, usize) {
    // SAFETY: nothing is made or freed in here.
    let live = unsafe { live() };
    // SAFETY: all of them are alive.
    let counted = live.iter().map(|&object| unsafe { &*object }).filter(|object| !object.is_immortal());
    (live.len(), counted.map(|object| object.count() as usize).sum())
}

/// Holds every count against the references that live objects hold.
pub(crate) fn check(when: &str) {
    let references = references();
    for (&object, &(held, holder)) in &references {
        // SAFETY: `references` only names live objects and immortal ones.
        let header = unsafe { &*object };
        if !header.is_immortal() && header.count() < held {
            fault(&format!(
                "{when}: the {} at {object:p} is referred to by {held} objects, of which one is a {}, and counts {}",
                name(object),
                name(holder),
                header.count(),
            ));
        }
    }
}

/// What is referred to from outside of live objects, by type: objects, and such references.
fn held_from_outside() -> BTreeMap<String, (usize, usize)> {
    let references = references();
    let mut held: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    // SAFETY: nothing is made or freed in here.
    for &object in unsafe { live() }.iter() {
        // SAFETY: it is alive.
        let header = unsafe { &*object };
        let inside = references.get(&object).map_or(0, |&(held, _)| held);
        if !header.is_immortal() && header.count() > inside {
            let entry = held.entry(name(object)).or_default();
            entry.0 += 1;
            entry.1 += (header.count() - inside) as usize;
        }
    }
    held
}

/// How often live objects refer to each object, and one that does.
fn references() -> HashMap<*mut Header, (u32, *mut Header)> {
    let mut references: HashMap<*mut Header, (u32, *mut Header)> = HashMap::new();
    // SAFETY: nothing is made or freed in here.
    let live = unsafe { live() };
    for &holder in live.iter() {
        gc::traverse(
            holder,
            &mut Visitor::new(&mut |referent| {
                // SAFETY: static objects are not among the live ones, and always there.
                if !live.contains(&referent) && !unsafe { &*referent }.is_immortal() {
                    fault(&format!(
                        "the {} at {holder:p} refers to {referent:p}, which is gone",
                        name(holder)
                    ));
                }
                references.entry(referent).or_insert((0, holder)).0 += 1;
            }),
        );
    }
    references
}

/// The last check. With `-X showrefcount` it also says how many references and objects are left, as CPython's debug
/// builds do, and below that which objects are held from outside of the heap.
#[allow(clippy::print_stderr, reason = "what the option asks for")]
pub(crate) fn at_end(config: &Config) {
    check("at the end");
    if config.xoptions.iter().any(|(name, _)| name == "showrefcount") {
        let (objects, references) = totals();
        eprintln!("[{references} refs, {objects} blocks]");
        for (name, (objects, references)) in held_from_outside() {
            eprintln!("held from outside: {objects} of {name}, {references} references");
        }
    }
}

fn name(object: *mut Header) -> String {
    // SAFETY: the callers pass live objects, and these hold their types.
    unsafe { &*(*object).ty() }.name()
}

static REPORT: OnceLock<PathBuf> = OnceLock::new();

/// Where a fault is written down, besides standard error: there a program's own output may hide it.
pub fn report_to(file: PathBuf) {
    let _ = REPORT.set(file);
}

fn fault(what: &str) -> ! {
    if let Some(file) = REPORT.get() {
        let _ = std::fs::write(file, format!("audit: {what}\n"));
    }
    #[allow(clippy::print_stderr, reason = "the process ends here")]
    {
        eprintln!("audit: {what}");
    }
    std::process::abort()
}
