//! `format(value, spec)` of `str`, `int`, `float` and `complex`.
//!
//! Each function takes the name of the value's type, which some errors mention. The type `n` is formatted for
//! the C locale.

mod complex;
mod double;
mod float;
mod int;
mod number;
mod spec;
mod string;

pub use complex::format_complex;
pub use double::{DoubleFormat, double_to_string};
pub(crate) use float::checked_precision;
pub use float::format_float;
pub use int::format_int;
pub(crate) use spec::shown as shown_code_point;
pub use spec::{Align, Defaults, Grouping, Sign, Spec};
pub use string::format_str;
