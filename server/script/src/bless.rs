//! Changing a story so that it says what happened, and showing the difference. Only the expectations of commands
//! that went another way are written anew; prose, programs and comments stay.

use similar::TextDiff;

use crate::story::{ARROW, Story};

/// The column that a first expectation behind a command begins at, if no other says so.
const COLUMN: usize = 8;

/// What followed a command of the story, which is not what was expected.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    /// The command's number.
    pub(crate) step: usize,
    /// What followed.
    pub(crate) lines: Vec<String>,
}

/// The story's text, with these changes.
pub(crate) fn rewritten(story: &Story, changes: &[Change]) -> String {
    let mut lines: Vec<String> = story.text.lines().map(str::to_owned).collect();
    let indent = usual_column(story);
    for Change { step, lines: found } in changes.iter().rev() {
        let step = &story.steps[*step];
        let at = step.command.line - 1;
        let line = lines[at].clone();
        let command = match step.arrow {
            Some(column) => line[..column].trim_end().to_owned(),
            None => line.trim_end().to_owned(),
        };
        let (from, to) = step.below;
        let (below, kept): (Vec<String>, Vec<String>) =
            lines.drain(from - 1..to - 1).partition(|line| is_expectation(line));
        let written = match (below.first(), step.arrow) {
            // All of them stood below the command: so they do now.
            (Some(first), None) => {
                let margin = &first[..first.len() - first.trim_start().len()];
                let found = found.iter().map(|line| format!("{margin}{ARROW} {line}"));
                std::iter::once(command).chain(found).collect()
            }
            (_, arrow) => beside(&command, arrow.unwrap_or(indent), found),
        };
        lines.splice(at..=at, written.into_iter().chain(kept));
    }
    let mut text = lines.join("\n");
    if story.text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// A command with the first line behind it, in that column, and the others below that.
fn beside(command: &str, column: usize, found: &[String]) -> Vec<String> {
    let Some((first, rest)) = found.split_first() else { return vec![command.to_owned()] };
    let padded = format!("{command:<column$}");
    let space = if padded.ends_with(' ') { "" } else { " " };
    let margin = padded.chars().count() + space.len();
    let mut lines = vec![format!("{padded}{space}{ARROW} {first}")];
    lines.extend(rest.iter().map(|line| format!("{:margin$}{ARROW} {line}", "")));
    lines
}

fn is_expectation(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with(ARROW) || line.starts_with("->")
}

/// The column of most arrows of the story.
fn usual_column(story: &Story) -> usize {
    let mut columns: Vec<usize> = story.steps.iter().filter_map(|step| step.arrow).collect();
    columns.sort_unstable();
    let most = columns.chunk_by(|a, b| a == b).max_by_key(|same| same.len());
    most.map_or(COLUMN, |same| same[0])
}

/// The story as it is and as it would be.
pub(crate) fn diff(story: &Story, changes: &[Change]) -> String {
    let name = story.path.display();
    TextDiff::from_lines(story.text.as_str(), rewritten(story, changes).as_str())
        .unified_diff()
        .header(&format!("{name} (expected)"), &format!("{name} (found)"))
        .to_string()
}
