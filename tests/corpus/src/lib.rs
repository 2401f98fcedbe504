//! Comparing with CPython: what both the corpus command and the tests over committed data use.
#![forbid(unsafe_code)]

pub mod check;
pub mod compare;
pub mod normal;
pub mod oracle;
pub mod tables;
