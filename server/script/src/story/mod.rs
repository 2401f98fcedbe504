//! A story as it is written: its title, its programs with their markers, and its commands with what must
//! follow each. Nothing is run here.

mod command;
mod expectation;
mod markdown;
mod program;

use std::path::{Path, PathBuf};

pub(crate) use command::{
    Breakpoint, Command, Edit, FunctionBreakpoint, Purpose, Rules, Stepping, Travel, Verb,
};
pub(crate) use expectation::{ARROW, Expectation, count, fits, line_fits};
pub(crate) use program::{Markers, Place, Program};

use markdown::{Block, Kind};

/// A fault of a story: it cannot be run as it is written.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}:{line}: {message}", path.display())]
pub struct StoryError {
    /// The story.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, and what to do.
    pub message: String,
}

/// A fault within a story whose path is known further up.
#[derive(Debug)]
pub(crate) struct Fault {
    /// The line of the story, from 1.
    pub(crate) line: usize,
    pub(crate) message: String,
}

impl Fault {
    pub(crate) fn new(line: usize, message: impl Into<String>) -> Self {
        Self { line, message: message.into() }
    }
}

/// A command with what must follow.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) command: Command,
    pub(crate) expectations: Vec<Expectation>,
    /// The column (in bytes) of the arrow behind the command, if its expectation stands there.
    pub(crate) arrow: Option<usize>,
    /// The lines after the command's own that hold expectations: from, to (exclusive), counted from 1.
    pub(crate) below: (usize, usize),
}

/// A story. See the crate's documentation for how it is written.
#[derive(Debug)]
pub struct Story {
    pub(crate) path: PathBuf,
    pub(crate) title: String,
    /// Words behind `dap` in the blocks' fences.
    pub(crate) tags: Vec<String>,
    /// The programs that stand in the story, the main one first.
    pub(crate) programs: Vec<Program>,
    /// The markers of these, and of a program beside the story that is launched.
    pub(crate) markers: Markers,
    /// A program beside the story, instead of the first that stands in it.
    pub(crate) launches: Option<PathBuf>,
    pub(crate) steps: Vec<Step>,
    /// The whole text, for changing it.
    pub(crate) text: String,
}

impl Story {
    /// Reads a story from its file; a program beside it that it launches is read for its markers.
    pub fn read(path: &Path) -> Result<Self, StoryError> {
        let text = std::fs::read_to_string(path).map_err(|error| StoryError {
            path: path.into(),
            line: 1,
            message: format!("cannot be read: {error}"),
        })?;
        Self::parse(path, text)
    }

    /// Reads a story from its text. `path` says where a program beside it would be.
    pub fn parse(path: &Path, text: String) -> Result<Self, StoryError> {
        parse(path, text).map_err(|fault| StoryError {
            path: path.into(),
            line: fault.line,
            message: fault.message,
        })
    }

    /// Its title.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The words behind `dap` in the fences of its blocks, such as `oracle`.
    pub fn tags(&self) -> &[String] {
        &self.tags
    }
}

/// Whether a text has a `dap` block, and so is meant as a story.
pub(crate) fn is_story(text: &str) -> bool {
    text.lines().any(|line| {
        let info = line.trim_start().trim_start_matches('`');
        line.trim_start().starts_with("```") && info.split_whitespace().next() == Some("dap")
    })
}

fn parse(path: &Path, text: String) -> Result<Story, Fault> {
    let title = title(&text)?;
    let mut programs = Vec::new();
    let mut tags = Vec::new();
    let mut steps = Vec::new();
    let mut dap_line = None;
    for block in markdown::blocks(&text)? {
        match block.kind()? {
            Kind::Program { name } => programs.push(Program::of_story(name, &block)?),
            Kind::Dap { words } => {
                dap_line.get_or_insert(block.line);
                for word in words {
                    if !tags.contains(&word) {
                        tags.push(word);
                    }
                }
                read_steps(&block, &mut steps)?;
            }
            Kind::Text => {}
        }
    }
    let Some(dap_line) = dap_line else {
        return Err(Fault::new(1, "no ```dap block: a story has one or more, with its commands"));
    };
    let launches = launched(path, &programs, &steps, dap_line)?;
    if let Some(program) = &launches {
        programs.push(program.1.clone());
    }
    let markers = Markers::of(&programs)?;
    if launches.is_some() {
        programs.pop();
    }
    for step in &steps {
        for name in step.command.verb.markers() {
            markers.find(name).map_err(|message| Fault::new(step.command.line, message))?;
        }
        for expectation in &step.expectations {
            for (line, text) in expectation.lines() {
                for name in expectation::markers(text, step.command.verb.lists_places()) {
                    markers.find(name).map_err(|message| Fault::new(line, message))?;
                }
            }
        }
    }
    let launches = launches.map(|(path, _)| path);
    Ok(Story { path: path.into(), title, tags, programs, markers, launches, steps, text })
}

fn title(text: &str) -> Result<String, Fault> {
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    match lines.next() {
        Some((_, line)) if line.starts_with("# ") && line.len() > 2 => Ok(line[2..].trim().to_owned()),
        Some((index, _)) => Err(Fault::new(index + 1, "a story begins with its title: `# One sentence`")),
        None => Err(Fault::new(1, "the story is empty")),
    }
}

/// The program beside the story that its `launch` names.
fn launched(
    path: &Path,
    programs: &[Program],
    steps: &[Step],
    dap_line: usize,
) -> Result<Option<(PathBuf, Program)>, Fault> {
    let mut found = None;
    for step in steps {
        if let Verb::Launch { program: Some(name), .. } = &step.command.verb {
            if found.is_some() {
                return Err(Fault::new(step.command.line, "a second `launch`: a story is one session"));
            }
            found = Some((step.command.line, name));
        }
    }
    let Some((line, name)) = found else {
        let attaches = steps.iter().any(|step| matches!(step.command.verb, Verb::Attach(_)));
        return match programs {
            [] if !attaches => Err(Fault::new(dap_line, "no ```py block, and no `launch` of a program")),
            _ => Ok(None),
        };
    };
    if programs.iter().any(|program| program.name == *name) {
        return Ok(None);
    }
    let beside = path.parent().unwrap_or(Path::new("")).join(name);
    let text = std::fs::read_to_string(&beside).map_err(|error| {
        Fault::new(line, format!("{}: {error}; no ```py block has this name either", beside.display()))
    })?;
    let beside =
        beside.canonicalize().map_err(|error| Fault::new(line, format!("{}: {error}", beside.display())))?;
    let base = beside.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let program = Program::beside(base, text, line);
    Ok(Some((beside, program)))
}

fn read_steps(block: &Block<'_>, steps: &mut Vec<Step>) -> Result<(), Fault> {
    let first = steps.len();
    let mut open: Option<(usize, Vec<(usize, String)>)> = None;
    for (line, text) in block.lines() {
        let text = expectation::without_comment(text);
        let trimmed = text.trim();
        if let Some(content) = expectation::after_arrow(trimmed) {
            let Some(step) = steps[first..].last_mut() else {
                return Err(Fault::new(line, "an expectation before any command of this block"));
            };
            step.below = (if step.below.1 == step.below.0 { line } else { step.below.0 }, line + 1);
            match (&mut open, content) {
                (None, expectation::ANY_OPEN) => open = Some((line, Vec::new())),
                (Some(_), expectation::ANY_OPEN) => return Err(Fault::new(line, "`any {` within `any {`")),
                (Some(_), "}") => {
                    let lines = open.take().map(|(_, lines)| lines).unwrap_or_default();
                    if lines.is_empty() {
                        return Err(Fault::new(line, "nothing in `any { }`"));
                    }
                    step.expectations.push(Expectation::Any(lines));
                }
                (None, "}") => return Err(Fault::new(line, "`}` without `any {`")),
                (_, "") => return Err(Fault::new(line, "an arrow with nothing behind it")),
                (Some((_, lines)), content) => lines.push((line, content.to_owned())),
                (None, content) => step.expectations.push(Expectation::Line(line, content.to_owned())),
            }
            continue;
        }
        if let Some((line, _)) = open {
            return Err(Fault::new(line, "`any {` is not closed by `→ }` before the next command"));
        }
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        let (command_text, arrow) = expectation::split_inline(text);
        let command = Command::parse(line, command_text.trim())?;
        let mut step = Step { command, expectations: Vec::new(), arrow: None, below: (line + 1, line + 1) };
        if let Some((column, content)) = arrow {
            let content = content.trim();
            if content.is_empty() {
                return Err(Fault::new(line, "an arrow with nothing behind it"));
            }
            if content == expectation::ANY_OPEN {
                return Err(Fault::new(line, "`any {` stands on a line of its own: `→ any {`"));
            }
            step.arrow = Some(column);
            step.expectations.push(Expectation::Line(line, content.to_owned()));
        }
        steps.push(step);
    }
    match open {
        Some((line, _)) => Err(Fault::new(line, "`any {` is not closed by `→ }`")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
