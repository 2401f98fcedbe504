//! One source, checked in everything that CPython was asked about it.

use std::sync::Arc;

use lasti_code::{Const, VerifiedCode, disassemble, marshal};
use lasti_compile::{Options, compile_bytes};

use crate::compare::differences;
use crate::normal::normal;
use crate::oracle::Facts;
use crate::tables::{tables, walk};

/// How one source fared.
#[derive(Clone, Default, Debug)]
pub struct Outcome {
    /// Code objects in it, by CPython's count.
    pub code_objects: usize,
    /// What is wrong, by check.
    pub faults: Vec<(Check, String)>,
}

/// What is checked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Check {
    /// CPython's marshalled code object loads and dumps to the same bytes.
    RoundTrip,
    /// CPython's code objects pass the verifier.
    Verify,
    /// Our code objects equal CPython's in every attribute.
    Compile,
    /// Our marshalled code object is CPython's, to the byte.
    Marshal,
    /// `co_lines()`, `co_positions()` and the exception table are CPython's.
    Tables,
    /// The disassembly is that of `dis`.
    Disassembly,
    /// We refuse what CPython refuses, and only that.
    Refusal,
}

impl Check {
    /// All checks, in the order in which they are reported.
    pub const ALL: [Self; 7] = [
        Self::RoundTrip,
        Self::Verify,
        Self::Compile,
        Self::Marshal,
        Self::Tables,
        Self::Disassembly,
        Self::Refusal,
    ];
}

/// Checks one source.
pub fn check(path: &str, facts: &Facts, optimize: u8) -> Outcome {
    let mut outcome = Outcome::default();
    let options = Options { optimize, ..Options::default() };
    let compiled = compile_bytes(&facts.source, path, &options);
    let mut fault = |check, text: String| outcome.faults.push((check, text));
    if facts.marshalled.is_empty() {
        if compiled.is_ok() {
            fault(Check::Refusal, format!("compiles, CPython says {}", facts.disassembly));
        }
        return outcome;
    }
    let theirs = match marshal::loads(&facts.marshalled) {
        Ok(Const::Code(code)) => code,
        Ok(_) => {
            fault(Check::RoundTrip, "the constant is no code object".into());
            return outcome;
        }
        Err(error) => {
            fault(Check::RoundTrip, error.to_string());
            return outcome;
        }
    };
    if marshal::dumps(&Const::Code(Arc::clone(&theirs))).ok().as_deref() != Some(&facts.marshalled[..]) {
        fault(Check::RoundTrip, "dumps to other bytes".into());
    }
    for code in walk(&theirs) {
        if let Err(error) = VerifiedCode::new(Arc::clone(&code)) {
            fault(Check::Verify, format!("{} line {}: {error}", code.qualname, code.firstlineno));
        }
    }
    if let Some(difference) = first_difference(&tables(&theirs), &facts.tables) {
        fault(Check::Tables, difference);
    }
    let mut text = String::new();
    match disassemble::write(&theirs, &disassemble::Options::default(), &mut text) {
        Ok(()) => {
            if let Some(difference) = first_difference(&normal(&text), &normal(&facts.disassembly)) {
                fault(Check::Disassembly, difference);
            }
        }
        Err(error) => fault(Check::Disassembly, error.to_string()),
    }
    let code_objects = match compiled {
        Ok(compiled) => {
            let (compared, found) = differences(&compiled.code, &theirs);
            let same = found.is_empty();
            for difference in found {
                fault(Check::Compile, difference);
            }
            let ours = marshal::dumps(&Const::Code(Arc::clone(&compiled.code)));
            if same && ours.ok().as_deref() != Some(&facts.marshalled[..]) {
                fault(Check::Marshal, "our code object marshals to other bytes".into());
            }
            compared
        }
        Err(error) => {
            fault(Check::Refusal, format!("does not compile: {error}"));
            0
        }
    };
    outcome.code_objects = code_objects.max(walk(&theirs).len());
    outcome
}

/// The first line in which two texts differ.
fn first_difference(ours: &str, theirs: &str) -> Option<String> {
    if ours == theirs {
        return None;
    }
    let (mut ours, mut theirs) = (ours.lines(), theirs.lines());
    let mut number = 0;
    loop {
        number += 1;
        match (ours.next(), theirs.next()) {
            (None, None) => return Some("line ends differ".into()),
            (a, b) if a == b => {}
            (a, b) => return Some(format!("text line {number}: {a:?} instead of {b:?}")),
        }
    }
}
