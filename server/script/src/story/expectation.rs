//! What must follow a command: how it is written, and what fits it.

use super::program::is_of_name;

/// What begins an expectation.
pub(crate) const ARROW: &str = "→";
/// What begins lines in any order.
pub(crate) const ANY_OPEN: &str = "any {";
/// What stands for any text.
const ANYTHING: &str = "...";

/// Lines that must follow, each with its line in the story.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Expectation {
    /// Exactly this line next.
    Line(usize, String),
    /// These lines next, in whatever order.
    Any(Vec<(usize, String)>),
}

impl Expectation {
    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines: Vec<(usize, &str)> = match self {
            Self::Line(line, text) => vec![(*line, text)],
            Self::Any(lines) => lines.iter().map(|(line, text)| (*line, text.as_str())).collect(),
        };
        lines.into_iter()
    }

    fn count(&self) -> usize {
        match self {
            Self::Line(..) => 1,
            Self::Any(lines) => lines.len(),
        }
    }
}

/// The text behind the arrow of a line that begins with one.
pub(crate) fn after_arrow(trimmed: &str) -> Option<&str> {
    trimmed.strip_prefix(ARROW).or_else(|| trimmed.strip_prefix("->")).map(str::trim)
}

/// A line's command, and the column of the arrow behind it with what follows.
pub(crate) fn split_inline(text: &str) -> (&str, Option<(usize, &str)>) {
    let at_end = |arrow: &str| text.strip_suffix(arrow).filter(|before| before.ends_with(' ')).map(str::len);
    let spaced = |arrow: &str| {
        let at = text.find(&format!(" {arrow} ")).map(|at| at + 1).or_else(|| at_end(arrow))?;
        Some((at, arrow.len()))
    };
    match spaced(ARROW).or_else(|| spaced("->")) {
        Some((at, length)) => (&text[..at], Some((at, &text[at + length..]))),
        None => (text, None),
    }
}

/// The text without a comment: two blanks or more, then `# `.
pub(crate) fn without_comment(text: &str) -> &str {
    text.split("  # ").next().unwrap_or(text).trim_end()
}

/// The markers that an expected line names, if it is about a place. What a program wrote names none.
pub(crate) fn markers(text: &str, lists_places: bool) -> impl Iterator<Item = &str> {
    let about_places = lists_places || text.starts_with("stopped ");
    let pieces = text.split(" @").skip(1).filter(move |_| about_places);
    let pieces = text.strip_prefix('@').filter(|_| lists_places).into_iter().chain(pieces);
    pieces
        .map(|piece| piece.split(|c| !is_of_name(c)).next().unwrap_or_default())
        .filter(|name| !name.is_empty())
}

/// Whether a line is what was expected. `...` stands for any text; `error NameError` for any text of that error.
pub(crate) fn line_fits(expected: &str, found: &str) -> bool {
    if expected == found {
        return true;
    }
    if let (Some(class), Some(error)) = (expected.strip_prefix("error "), found.strip_prefix("error "))
        && class.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'))
        && error.strip_prefix(class).is_some_and(|rest| rest.starts_with(':'))
    {
        return true;
    }
    let mut pieces = expected.split(ANYTHING);
    let Some(mut rest) = pieces.next().and_then(|first| found.strip_prefix(first)) else { return false };
    let mut pieces = pieces.peekable();
    if pieces.peek().is_none() {
        return false;
    }
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() {
            return rest.ends_with(piece);
        }
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
    }
    true
}

/// How many lines are expected at least.
pub(crate) fn count(expectations: &[Expectation]) -> usize {
    expectations.iter().map(Expectation::count).sum()
}

/// Whether what followed is what was expected.
pub(crate) fn fits(expectations: &[Expectation], found: &[String]) -> bool {
    if count(expectations) != found.len() {
        return false;
    }
    let mut rest = found;
    expectations.iter().all(|expectation| {
        let (here, after) = rest.split_at(expectation.count());
        rest = after;
        match expectation {
            Expectation::Line(_, expected) => line_fits(expected, &here[0]),
            Expectation::Any(expected) => {
                let mut left: Vec<&String> = here.iter().collect();
                // An exact line is looked for before a pattern, which may fit several.
                let mut wanted: Vec<&str> = expected.iter().map(|(_, text)| text.as_str()).collect();
                wanted.sort_by_key(|text| text.contains(ANYTHING));
                wanted.iter().all(|text| {
                    let at = left.iter().position(|line| line_fits(text, line));
                    at.map(|at| left.swap_remove(at)).is_some()
                })
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Expectation {
        Expectation::Line(1, text.into())
    }

    fn found(lines: &[&str]) -> Vec<String> {
        lines.iter().map(|line| (*line).to_owned()).collect()
    }

    #[test]
    fn what_fits_a_line() {
        for (expected, found, fits) in [
            ("3", "3", true),
            ("3", "33", false),
            ("error NameError", "error NameError: name 'a' is not defined", true),
            ("error NameError", "error NameErrors: a", false),
            ("error NameError: name 'b'", "error NameError: name 'a'", false),
            ("<C object at ...>", "<C object at 0x..>", true),
            ("<C object at ...>", "<D object at 0x..>", false),
            ("a...b...c", "axbxc", true),
            ("a...b...c", "axcxb", false),
            ("...", "", true),
            ("[...]", "[[...]]", true),
            ("ab...ba", "aba", false),
        ] {
            assert_eq!(line_fits(expected, found), fits, "{expected} / {found}");
        }
    }

    #[test]
    fn lines_in_any_order() {
        let any = Expectation::Any(vec![(1, "...".into()), (2, "b".into())]);
        let expected = [line("first"), any, line("last")];
        assert!(fits(&expected, &found(&["first", "b", "x", "last"])));
        assert!(fits(&expected, &found(&["first", "x", "b", "last"])));
        assert!(!fits(&expected, &found(&["first", "x", "y", "last"])));
        assert!(!fits(&expected, &found(&["b", "first", "x", "last"])));
        assert!(!fits(&expected, &found(&["first", "b", "x", "last", "more"])));
    }

    #[test]
    fn arrows_and_comments() {
        assert_eq!(split_inline("next   → stopped"), ("next   ", Some((7, " stopped"))));
        assert_eq!(split_inline("next -> stopped"), ("next ", Some((5, " stopped"))));
        assert_eq!(split_inline("eval a - b"), ("eval a - b", None));
        assert_eq!(without_comment("a # b  # c"), "a # b");
        assert_eq!(markers("stopped step @a-b [worker]", false).collect::<Vec<_>>(), ["a-b"]);
        assert_eq!(markers("@a moved @b", true).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(markers("stdout me @home", false).count(), 0);
    }
}
