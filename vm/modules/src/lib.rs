//! Native modules of the standard library: one file or folder for each, named as Python names the module.
//!
//! A file has the module's functions as a table, the bodies, and a [`NativeModule`]; `registry` lists them all.

// Native functions have one signature each, whether a body can raise or not.
#![allow(clippy::unnecessary_wraps, clippy::needless_pass_by_value)]
// Coefficients are written as they were published; comparisons of floats are Python's.
#![allow(clippy::excessive_precision, clippy::float_cmp)]
#![allow(clippy::single_match_else, clippy::match_wildcard_for_single_variants)]

mod _bisect;
mod _codecs;
mod _collections;
mod _functools;
mod _heapq;
mod _operator;
mod _random;
mod _stat;
mod _string;
mod _struct;
mod errno;
mod fds;
mod iterator;
mod itertools;
mod math;
mod posix;
mod registry;
mod time;
mod unicodedata;

pub use registry::MODULES;

use lasti_vm::module::NativeModule;

/// The module called `name`.
pub fn find(name: &str) -> Option<&'static NativeModule> {
    MODULES.binary_search_by(|module| module.name.cmp(name)).ok().map(|index| MODULES[index])
}
