//! A source of spaces that has a place for each position in a tree: the library knows positions as offsets.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use ruff_text_size::{TextRange, TextSize};
use rustpython_wtf8::Wtf8;

use super::super::{Node, Span, TreeError, Value};
use crate::mend::columnless::Columnless;

/// More lines than any source has. Positions beyond would take their memory.
const MAX_LINES: i32 = 1 << 24;
/// More characters than are needed for positions.
const MAX_LENGTH: usize = 1 << 28;

/// The source.
pub(crate) struct Blank {
    text: String,
    /// Where each line that has positions begins.
    starts: BTreeMap<i32, usize>,
    /// How many characters such a line has.
    widths: BTreeMap<i32, usize>,
    /// The lines where something has no columns: it gets their last.
    columnless: BTreeSet<i32>,
    /// Behind the text: literals that the library reads for what its tree can't hold.
    literals: RefCell<String>,
}

fn line(line: i32) -> i32 {
    line.max(1)
}

fn note(widths: &mut BTreeMap<i32, usize>, at: i32, column: i32) -> Result<(), TreeError> {
    if at > MAX_LINES {
        return Err(TreeError::Memory);
    }
    let width = widths.entry(line(at)).or_default();
    *width = (*width).max(usize::try_from(column).unwrap_or(0));
    Ok(())
}

/// What is known of the lines.
#[derive(Default)]
struct Lines {
    widths: BTreeMap<i32, usize>,
    columnless: BTreeSet<i32>,
}

fn collect(node: &Node, lines: &mut Lines) -> Result<(), TreeError> {
    if let Some(span) = node.span {
        for (at, column) in [(span.lineno, span.col_offset), (span.end_lineno, span.end_col_offset)] {
            note(&mut lines.widths, at, column)?;
            if column < 0 {
                lines.columnless.insert(line(at));
            }
        }
    }
    node.fields.iter().try_for_each(|field| collect_value(field, lines))
}

fn collect_value(value: &Value, lines: &mut Lines) -> Result<(), TreeError> {
    match value {
        Value::Node(node) => collect(node, lines),
        Value::List(items) => items.iter().try_for_each(|item| collect_value(item, lines)),
        _ => Ok(()),
    }
}

impl Blank {
    /// A source with a place for each position in `tree`.
    pub(crate) fn new(tree: &Node) -> Result<Self, TreeError> {
        let mut lines = Lines::default();
        collect(tree, &mut lines)?;
        let Lines { mut widths, columnless } = lines;
        for line in &columnless {
            *widths.entry(*line).or_default() += 1;
        }
        let lines = widths.keys().next_back().copied().unwrap_or(1);
        let length = widths.values().sum::<usize>() + usize::try_from(lines).unwrap_or(0);
        if length > MAX_LENGTH {
            return Err(TreeError::Memory);
        }
        let mut text = String::with_capacity(length);
        let mut starts = BTreeMap::new();
        let mut last = 1;
        for (&line, &width) in &widths {
            text.extend(std::iter::repeat_n('\n', usize::try_from(line - last).unwrap_or(0)));
            last = line;
            starts.insert(line, text.len());
            text.extend(std::iter::repeat_n(' ', width));
        }
        text.push('\n');
        Ok(Self { text, starts, widths, columnless, literals: RefCell::default() })
    }

    /// Where the columns are that stand for none.
    pub(crate) fn columnless(&self) -> Columnless {
        let column = |line: &i32| self.widths.get(line).and_then(|&width| u32::try_from(width).ok());
        Columnless::new(self.columnless.iter().filter_map(|line| Some((*line, column(line)?))))
    }

    /// The whole text.
    pub(crate) fn source(&self) -> String {
        [self.text.as_str(), &self.literals.borrow()].concat()
    }

    /// Adds a literal of `text`, and tells where it is.
    pub(super) fn add_literal(&self, text: &Wtf8) -> TextRange {
        let mut literals = self.literals.borrow_mut();
        let start = self.text.len() + literals.len();
        literals.push('\'');
        for code_point in text.code_points() {
            match code_point.to_u32() {
                small @ ..=0xFFFF => write!(literals, "\\u{small:04x}"),
                large => write!(literals, "\\U{large:08x}"),
            }
            // Writing to a String can't fail.
            .unwrap_or_default();
        }
        literals.push('\'');
        let end = self.text.len() + literals.len();
        literals.push('\n');
        let size = |at: usize| TextSize::try_from(at).unwrap_or_default();
        TextRange::new(size(start), size(end).max(size(start)))
    }

    fn offset(&self, at: i32, column: i32) -> TextSize {
        let at = line(at);
        let start = self.starts.get(&at).copied().unwrap_or_default();
        let width = self.widths.get(&at).copied().unwrap_or_default();
        // None is behind all others.
        let column = usize::try_from(column).unwrap_or(width).min(width);
        TextSize::try_from(start + column).unwrap_or_default()
    }

    /// Where `span` is in the text.
    pub(super) fn range(&self, span: Span) -> TextRange {
        let start = self.offset(span.lineno, span.col_offset);
        let end = self.offset(span.end_lineno, span.end_col_offset);
        TextRange::new(start, end.max(start))
    }
}
