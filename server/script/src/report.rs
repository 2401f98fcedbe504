//! What came of stories, and how it is told.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

/// What came of one story.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// All was as expected.
    Passed,
    /// It was not, and the story now says what happened.
    Blessed,
    /// It was not.
    Failed {
        /// The line of the story, from 1.
        line: usize,
        /// What was different: a unified diff, or why nothing came.
        message: String,
    },
    /// It could not be run: it is not written as a story is, or there is no server.
    Unusable {
        /// The line of the story, from 1.
        line: usize,
        /// Why.
        message: String,
    },
}

/// One story, and what came of it.
#[derive(Clone, Debug)]
pub struct StoryReport {
    /// Its file.
    pub path: PathBuf,
    /// Its title; empty if it could not be read.
    pub title: String,
    /// What came of it.
    pub outcome: Outcome,
    /// Commands and what followed them, as far as it went.
    pub transcript: String,
    /// How long it took.
    pub duration: Duration,
}

/// All stories, in the order in which they were given.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// One for each.
    pub stories: Vec<StoryReport>,
}

impl Outcome {
    /// Whether nothing is wrong now.
    pub fn is_good(&self) -> bool {
        matches!(self, Self::Passed | Self::Blessed)
    }

    /// One word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Passed => "ok",
            Self::Blessed => "blessed",
            Self::Failed { .. } => "FAILED",
            Self::Unusable { .. } => "ERROR",
        }
    }
}

impl StoryReport {
    /// The story on one line, what is wrong with it below, and its transcript if that is asked for.
    pub fn to_text(&self, transcript: bool) -> String {
        let mut text = String::new();
        let path = self.path.display();
        // Writing to a string does not fail.
        let _ = match &self.outcome {
            Outcome::Failed { line, .. } | Outcome::Unusable { line, .. } => {
                writeln!(text, "{path}:{line}: {}", self.outcome.word())
            }
            _ => writeln!(text, "{path}: {}", self.outcome.word()),
        };
        if transcript {
            text.push_str(&self.transcript);
        }
        if let Outcome::Failed { message, .. } | Outcome::Unusable { message, .. } = &self.outcome {
            text.push_str(message);
            if !message.ends_with('\n') {
                text.push('\n');
            }
        }
        text
    }
}

impl Report {
    /// 0 if all is good, 1 if a story went another way, 2 if one could not be run or there was none.
    pub fn exit_code(&self) -> u8 {
        let unusable = self.stories.iter().any(|story| matches!(story.outcome, Outcome::Unusable { .. }));
        match () {
            () if self.stories.is_empty() || unusable => 2,
            () if self.stories.iter().all(|story| story.outcome.is_good()) => 0,
            () => 1,
        }
    }

    /// How many of them went how, on one line.
    pub fn summary(&self) -> String {
        let count = |wanted: fn(&Outcome) -> bool| self.stories.iter().filter(|s| wanted(&s.outcome)).count();
        let mut parts = vec![format!("{} passed", count(|outcome| *outcome == Outcome::Passed))];
        for (number, word) in [
            (count(|outcome| *outcome == Outcome::Blessed), "blessed"),
            (count(|outcome| matches!(outcome, Outcome::Failed { .. })), "failed"),
            (count(|outcome| matches!(outcome, Outcome::Unusable { .. })), "could not be run"),
        ] {
            if number > 0 {
                parts.push(format!("{number} {word}"));
            }
        }
        let stories = if self.stories.len() == 1 { "story" } else { "stories" };
        format!("{} {stories}: {}", self.stories.len(), parts.join(", "))
    }
}
