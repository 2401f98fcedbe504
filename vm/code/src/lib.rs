//! What a CPython 3.14 code object is, without a runtime.
//!
//! A [`CodeObject`] is plain data, read from a `.pyc` ([`pyc`]) or made by a compiler. Around it:
//!
//! - [`units`] and [`opcode`]: code units, instructions, and what is known of each opcode;
//! - [`linetable`] and [`exception_table`]: source positions and handlers of code units;
//! - [`marshal`]: the format that CPython keeps code objects in;
//! - [`verify`]: the check whose success, [`VerifiedCode`], an interpreter may rely on;
//! - [`disassemble`]: what `python -m dis` prints;
//! - [`source_map`]: from a source line to code units and back, what breakpoints and stepping need.
//!
//! Everything here takes bytes that anybody may have written. It answers with errors that name the
//! offset; it neither panics nor allocates more than the input justifies. Nothing here executes code.
#![forbid(unsafe_code)]

pub mod opcode;
pub mod units;

pub mod code_object;
pub mod constant;
pub mod flags;
pub mod localsplus;
pub mod text;

pub mod exception_table;
pub mod linetable;
mod stable_hash;
mod varint;

pub mod marshal;
pub mod pyc;

pub mod disassemble;
pub mod repr;
pub mod verify;

pub mod source_map;

pub use code_object::CodeObject;
pub use constant::{Bytes, Const, FrozenSet, Int, Names, Tuple};
pub use flags::CodeFlags;
pub use localsplus::{LocalKind, LocalsPlusIdx};
pub use opcode::Opcode;
pub use text::Str;
pub use units::{ByteOffset, CodeUnit, CodeUnitIdx, CodeUnits, Instruction};
pub use verify::VerifiedCode;
