//! Sessions that end badly, against the real binary: programs that are killed, hang, break their own streams or leave
//! children behind; clients that talk nonsense or vanish; a server that is killed. Each is told, or cleaned up after, and no
//! process stays behind: all that descend from a test's server carry its mark in their environment.
#![cfg(target_os = "linux")]

mod support;

mod ends;
mod family;
mod messages;
mod recursion;
mod streams;
mod vanishing;
