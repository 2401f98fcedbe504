//! Owns [`SyntaxWarning`]: what the compiler warns of, as data. Shows and filters nothing.

/// The warning's class.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum WarningCategory {
    /// `SyntaxWarning`
    SyntaxWarning,
}

/// A warning of the compiler, in the order CPython issues them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SyntaxWarning {
    /// The warning's class.
    pub category: WarningCategory,
    /// What it says.
    pub message: String,
    /// Line, counted from 1.
    pub lineno: usize,
    /// Column in characters, counted from 1, where it is known.
    pub offset: Option<usize>,
}

impl WarningCategory {
    /// The name of the Python class.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SyntaxWarning => "SyntaxWarning",
        }
    }
}
