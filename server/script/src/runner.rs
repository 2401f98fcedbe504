//! Plays stories, several side by side: each has a server, a folder and a watchdog of its own. Reports come in
//! the order of the stories, whichever is done first.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::bless::{Change, diff, rewritten};
use crate::report::{Outcome, Report, StoryReport};
use crate::server::ServerFactory;
use crate::session::{Failure, Session};
use crate::story::{Expectation, Step, Story, StoryError, fits, is_story};

/// How long the end of a session is waited for; a server that hangs then is killed.
const PATIENCE_AT_END: Duration = Duration::from_secs(5);

/// How stories are played.
#[derive(Clone, Debug)]
pub struct Options {
    /// Rewrite what is expected where something else happens.
    pub bless: bool,
    /// How many at a time.
    pub jobs: usize,
    /// How long one command may take.
    pub timeout: Duration,
    /// Only stories whose `dap` blocks have this word, such as `oracle`.
    pub tag: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self { bless: false, jobs: 1, timeout: Duration::from_secs(30), tag: None }
    }
}

/// Plays the stories of these files and folders (in a folder, every Markdown file that has a `dap` block, sorted
/// by path) and tells of each as soon as those before it are done.
pub async fn run(
    paths: &[PathBuf],
    options: &Options,
    factory: Arc<dyn ServerFactory>,
    mut tell: impl FnMut(&StoryReport),
) -> Report {
    let limit = Arc::new(Semaphore::new(options.jobs.max(1)));
    let mut playing = Vec::new();
    for path in files(paths) {
        let (options, factory, limit) = (options.clone(), Arc::clone(&factory), Arc::clone(&limit));
        let read = match path {
            Ok(path) => Story::read(&path),
            Err(error) => Err(error),
        };
        if let (Ok(story), Some(tag)) = (&read, &options.tag)
            && !story.tags.contains(tag)
        {
            continue;
        }
        playing.push(tokio::spawn(async move {
            // The semaphore is never closed.
            let _place = limit.acquire().await;
            match read {
                Ok(story) => play(&story, &options, &*factory).await,
                Err(error) => unreadable(error),
            }
        }));
    }
    let mut report = Report::default();
    for story in playing {
        match story.await {
            Ok(story) => {
                tell(&story);
                report.stories.push(story);
            }
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            // Nobody cancels.
            Err(_) => {}
        }
    }
    report
}

fn unreadable(error: StoryError) -> StoryReport {
    StoryReport {
        path: error.path,
        title: String::new(),
        outcome: Outcome::Unusable { line: error.line, message: error.message },
        transcript: String::new(),
        duration: Duration::ZERO,
    }
}

/// The stories of files and folders.
fn files(paths: &[PathBuf]) -> Vec<Result<PathBuf, StoryError>> {
    let mut found = Vec::new();
    for path in paths {
        if !path.is_dir() {
            found.push(Ok(path.clone()));
            continue;
        }
        let mut inside = Vec::new();
        match walk(path, &mut inside) {
            Ok(()) => {
                inside.sort();
                found.extend(inside.into_iter().map(Ok));
            }
            Err(error) => {
                let message = format!("cannot be looked through: {error}");
                found.push(Err(StoryError { path: path.clone(), line: 1, message }));
            }
        }
    }
    found
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        if kind.is_dir() {
            walk(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "md")
            && is_story(&String::from_utf8_lossy(&std::fs::read(&path)?))
        {
            found.push(path);
        }
    }
    Ok(())
}

/// How a story went.
enum Ending {
    /// To its end, with these differences.
    Whole(Vec<Change>),
    /// Until this line, where something else happened.
    Differs(usize, Change),
    /// Until this line, where nothing could go on.
    Stuck { line: usize, message: String, usable: bool },
}

async fn play(story: &Story, options: &Options, factory: &dyn ServerFactory) -> StoryReport {
    let begun = Instant::now();
    let mut transcript = String::new();
    let ending = match folder_of(story) {
        Ok(folder) => match folder.path().canonicalize() {
            Ok(path) => {
                let mut session = Session::new(story, path, factory);
                let ending = steps(story, options, &mut session, &mut transcript).await;
                match ending {
                    Ending::Whole(changes) => end(story, &mut session, changes).await,
                    other => other,
                }
            }
            Err(error) => without_folder(&error),
        },
        Err(error) => without_folder(&error),
    };
    let outcome = match ending {
        Ending::Whole(changes) if changes.is_empty() => Outcome::Passed,
        Ending::Whole(changes) => match std::fs::write(&story.path, rewritten(story, &changes)) {
            Ok(()) => Outcome::Blessed,
            Err(error) => Outcome::Unusable { line: 1, message: format!("cannot be written: {error}") },
        },
        Ending::Differs(line, change) => Outcome::Failed { line, message: diff(story, &[change]) },
        Ending::Stuck { line, message, usable: true } => Outcome::Failed { line, message },
        Ending::Stuck { line, message, usable: false } => Outcome::Unusable { line, message },
    };
    StoryReport {
        path: story.path.clone(),
        title: story.title.clone(),
        outcome,
        transcript,
        duration: begun.elapsed(),
    }
}

fn without_folder(error: &io::Error) -> Ending {
    let message = format!("the story's files cannot be written: {error}");
    Ending::Stuck { line: 1, message, usable: false }
}

/// A folder with the story's files; it goes when it is dropped.
fn folder_of(story: &Story) -> io::Result<tempfile::TempDir> {
    let folder = tempfile::Builder::new().prefix("story-").tempdir()?;
    for program in &story.programs {
        let path = folder.path().join(&program.name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, &program.text)?;
    }
    Ok(folder)
}

/// How many lines a command waits for beyond the first stop: all, if some may come in any order.
fn wanted(step: &Step) -> usize {
    let in_any_order = step.expectations.iter().any(|expectation| matches!(expectation, Expectation::Any(_)));
    if in_any_order { crate::story::count(&step.expectations) } else { 0 }
}

async fn steps(
    story: &Story,
    options: &Options,
    session: &mut Session<'_>,
    transcript: &mut String,
) -> Ending {
    let mut changes = Vec::new();
    for (index, step) in story.steps.iter().enumerate() {
        let line = step.command.line;
        let done = timeout(options.timeout, session.perform(step, wanted(step))).await;
        let lines = session.lines().to_vec();
        tell(transcript, step, &lines);
        match done {
            Ok(Ok(())) => {}
            Ok(Err(failure)) => {
                let usable = !matches!(failure, Failure::Misuse(_));
                let message = format!("`{}`: {failure}", step.command.text);
                return Ending::Stuck { line, message, usable };
            }
            Err(_) => {
                let mut message = format!(
                    "`{}`: nothing more within {} s, after {} of {} lines\n",
                    step.command.text,
                    options.timeout.as_secs_f32(),
                    lines.len(),
                    crate::story::count(&step.expectations).max(lines.len()),
                );
                for line in &lines {
                    let _ = writeln!(message, "  → {line}");
                }
                for said in session.describe().await {
                    let _ = writeln!(message, "{said}");
                }
                return Ending::Stuck { line, message, usable: true };
            }
        }
        if !fits(&step.expectations, &lines) {
            let change = Change { step: index, lines };
            if !options.bless {
                return Ending::Differs(line, change);
            }
            changes.push(change);
        }
    }
    Ending::Whole(changes)
}

/// Ends the session, and looks whether something came that no command of the story waited for.
async fn end(story: &Story, session: &mut Session<'_>, changes: Vec<Change>) -> Ending {
    // What does not end in time is ended by dropping it.
    let _ = timeout(PATIENCE_AT_END, session.end()).await;
    let left = session.lines();
    if left.is_empty() {
        return Ending::Whole(changes);
    }
    let line = story.steps.last().map_or(1, |step| step.command.line);
    let left: Vec<String> = left.iter().map(|line| format!("  → {line}\n")).collect();
    let message = format!("after the program's end came more:\n{}", left.concat());
    Ending::Stuck { line, message, usable: true }
}

fn tell(transcript: &mut String, step: &Step, lines: &[String]) {
    transcript.push_str(&step.command.text);
    transcript.push('\n');
    for line in lines {
        let _ = writeln!(transcript, "  → {line}");
    }
}
