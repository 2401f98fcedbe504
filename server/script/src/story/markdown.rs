//! The fenced blocks of a Markdown text. Everything else in it is prose, and not looked at.

use super::Fault;

/// A fenced block.
#[derive(Debug)]
pub(crate) struct Block<'a> {
    /// What stands behind the opening fence.
    info: &'a str,
    /// The line of the opening fence, from 1.
    pub(crate) line: usize,
    lines: Vec<&'a str>,
}

/// What a block is for.
#[derive(Debug)]
pub(crate) enum Kind {
    /// A file of the story: a Python program or module, or a file that it reads.
    Program { name: Option<String> },
    /// Commands.
    Dap { words: Vec<String> },
    /// Part of the prose.
    Text,
}

impl<'a> Block<'a> {
    /// Its lines, with their numbers in the story.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &'a str)> {
        let first = self.line + 1;
        self.lines.iter().enumerate().map(move |(index, line)| (first + index, *line))
    }

    pub(crate) fn kind(&self) -> Result<Kind, Fault> {
        let mut words = self.info.split_whitespace();
        let language = words.next().unwrap_or_default();
        let rest: Vec<String> = words.map(str::to_owned).collect();
        match (language, rest.as_slice()) {
            ("py", []) => Ok(Kind::Program { name: None }),
            ("py" | "file", [name]) => Ok(Kind::Program { name: Some(name.clone()) }),
            ("py", _) => Err(Fault::new(self.line, "a `py` block has at most a file name: ```py pkg/mod.py")),
            ("file", _) => Err(Fault::new(self.line, "a `file` block has a name: ```file data.json")),
            ("dap", _) => Ok(Kind::Dap { words: rest }),
            ("" | "text" | "console" | "json", _) => Ok(Kind::Text),
            (other, _) => Err(Fault::new(
                self.line,
                format!("a block `{other}`: stories have `py`, `file` and `dap` blocks, and `text` as prose"),
            )),
        }
    }
}

/// The blocks of a text, in order.
pub(crate) fn blocks(text: &str) -> Result<Vec<Block<'_>>, Fault> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    let mut open: Option<(&str, Block<'_>)> = None;
    for (index, line) in text.lines().enumerate() {
        let marks = line.len() - line.trim_start_matches('`').len();
        match &mut open {
            None if marks >= 3 => {
                let info = line[marks..].trim();
                open = Some((&line[..marks], Block { info, line: index + 1, lines: Vec::new() }));
            }
            None => {}
            Some((fence, _)) if line.starts_with(*fence) && line.trim_end_matches(['`', ' ']).is_empty() => {
                blocks.extend(open.take().map(|(_, block)| block));
            }
            Some((_, block)) => block.lines.push(line),
        }
    }
    match open {
        Some((_, block)) => Err(Fault::new(block.line, "this block is not closed")),
        None => Ok(blocks),
    }
}
