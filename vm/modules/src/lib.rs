//! Native modules of the standard library: one file or folder for each, named as Python names the module.
//!
//! A file has the module's functions as a table, the bodies, and a [`NativeModule`]; `registry` lists them all.

// Native functions have one signature each, whether a body can raise or not.
#![allow(clippy::unnecessary_wraps, clippy::needless_pass_by_value)]
// Coefficients are written as they were published; comparisons of floats are Python's.
#![allow(clippy::excessive_precision, clippy::float_cmp)]
#![allow(clippy::single_match_else, clippy::match_wildcard_for_single_variants)]

mod _asyncio;
mod _bisect;
mod _bz2;
mod _codecs;
mod _collections;
mod _contextvars;
mod _csv;
mod _functools;
mod _heapq;
mod _io;
mod _json;
mod _locale;
mod _lsprof;
mod _opcode;
mod _operator;
mod _pickle;
mod _posixsubprocess;
mod _queue;
mod _random;
mod _socket;
mod _sre;
mod _stat;
mod _statistics;
mod _string;
mod _struct;
mod _suggestions;
mod _sysconfigdata;
mod _tokenize;
mod array;
mod binascii;
mod cmath;
mod errno;
mod faulthandler;
mod fcntl;
mod fds;
mod grp;
mod hashes;
mod incremental;
mod iterator;
mod itertools;
mod math;
mod posix;
mod pwd;
mod readline;
mod registry;
mod resource;
mod select;
mod termios;
mod time;
mod timeout;
mod unicodedata;
mod zlib;

pub use registry::MODULES;

use std::ffi::OsStr;

use lasti_vm::module::NativeModule;

/// Takes variables out of the environment that the program sees. To be called before it runs.
pub fn hide_environment(names: &[&str]) {
    posix::process::hide(names);
}

/// Sets a variable in the environment that the program and its children see. To be called before it runs.
pub fn set_environment(name: &str, value: &OsStr) {
    posix::process::set(name, value);
}

/// The module called `name`.
pub fn find(name: &str) -> Option<&'static NativeModule> {
    MODULES.binary_search_by(|module| module.name.cmp(name)).ok().map(|index| MODULES[index])
}
