//! `float`: text, exact conversions and comparisons, and arithmetic with Python's rules.

mod arith;
mod convert;
mod decimal;
mod hash;
mod hex;
mod parse;
mod round;

pub use arith::{Power, divide, divmod, floor_divide, pow, remainder};
pub use convert::{as_integer_ratio, ceil, compare, floor, from_int, int_true_divide, is_integer, to_int};
pub use decimal::{Digits, exact_exponent, exact_fixed, repr, shortest, write_repr};
pub(crate) use decimal::{layout_short, write_exponent};
pub use hash::{hash_complex, hash_float, hash_int};
pub use hex::{from_hex, to_hex};
pub use parse::{parse, parse_bytes};
pub(crate) use parse::{scan as scan_number, without_underscores};
pub use round::{round_to_digits, round_to_int};
