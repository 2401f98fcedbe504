//! Running one test file on one interpreter.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// What became of a test.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Outcome {
    Passed,
    Skipped,
    Failed,
}

/// A test's outcome, with the last line of its failure.
#[derive(Clone, Debug)]
pub(crate) struct Test {
    pub(crate) outcome: Outcome,
    pub(crate) why: String,
}

/// What became of a file.
#[derive(Clone, Debug, Default)]
pub(crate) struct File {
    pub(crate) tests: BTreeMap<String, Test>,
    /// Why it could not be run, or not to its end.
    pub(crate) trouble: Option<String>,
}

impl File {
    /// How many tests passed.
    pub(crate) fn passed(&self) -> usize {
        self.tests.values().filter(|test| test.outcome == Outcome::Passed).count()
    }
}

/// An interpreter, and how to run files on it.
pub(crate) struct Interpreter<'a> {
    /// Its command line.
    pub(crate) command: Vec<String>,
    /// What its environment has beside: where it finds its library and the tests.
    pub(crate) environment: Vec<(&'static str, PathBuf)>,
    /// The program that runs a file.
    pub(crate) runner: &'a Path,
    /// How long a file may take.
    pub(crate) limit: Duration,
}

impl Interpreter<'_> {
    /// Runs a test file, over again without the test at fault where the process dies or hangs.
    pub(crate) fn run(&self, module: &str) -> io::Result<File> {
        let mut file = File::default();
        let start = Instant::now();
        for _ in 0..12 {
            let left = self.limit.saturating_sub(start.elapsed());
            let folder = tempfile::tempdir()?;
            let record = folder.path().join("record");
            let status = self.start(module, &record, folder.path(), &file, left)?;
            let ended = read(&record, &mut file);
            match (ended, status) {
                (Ended::All | Ended::Unusable, _) => return Ok(file),
                (Ended::In(test), None) => fail(&mut file, test, "took too long"),
                (Ended::In(test), Some(status)) => {
                    fail(&mut file, test, &format!("ended the process: {status}"));
                }
                (Ended::Between, Some(status)) => {
                    file.trouble = Some(format!("the process ended between two tests: {status}"));
                    return Ok(file);
                }
                (Ended::Between, None) => {
                    file.trouble = Some("took too long between two tests".to_owned());
                    return Ok(file);
                }
            }
            if start.elapsed() >= self.limit {
                file.trouble = Some("took too long".to_owned());
                return Ok(file);
            }
        }
        file.trouble = Some("ended the process too often".to_owned());
        Ok(file)
    }

    /// The exit status; none if it took too long and was ended.
    fn start(
        &self,
        module: &str,
        record: &Path,
        folder: &Path,
        done: &File,
        limit: Duration,
    ) -> io::Result<Option<ExitStatus>> {
        let (program, arguments) =
            self.command.split_first().ok_or_else(|| io::Error::other("no interpreter"))?;
        let mut command = Command::new(program);
        command
            .args(arguments)
            .arg(self.runner)
            .arg(record)
            .arg(format!("test.{module}"))
            .args(done.tests.keys());
        // What the one who runs this has set is not for the tests: whether bytecode is kept, for one.
        for (name, _) in
            std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"PYTHON"))
        {
            command.env_remove(name);
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        // Tests write where they stand.
        command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn()?;
        let end = Instant::now() + limit;
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok(Some(status));
            }
            if Instant::now() >= end {
                child.kill()?;
                child.wait()?;
                return Ok(None);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// How far a record goes.
enum Ended {
    All,
    /// The file can't be run at all.
    Unusable,
    /// In the middle of a test.
    In(String),
    Between,
}

fn fail(file: &mut File, test: String, why: &str) {
    file.tests.insert(test, Test { outcome: Outcome::Failed, why: why.to_owned() });
}

fn read(record: &Path, file: &mut File) -> Ended {
    let text = fs::read(record).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let mut running: Option<String> = None;
    let mut why = String::new();
    for line in text.lines() {
        let (kind, rest) = line.split_at_checked(2).unwrap_or((line, ""));
        let outcome = match kind.trim_end() {
            ">" => {
                running = Some(rest.to_owned());
                why.clear();
                continue;
            }
            "#" => {
                rest.clone_into(&mut why);
                if running.is_none() {
                    // A fixture failed: its tests do not run.
                    file.trouble = Some(rest.to_owned());
                }
                continue;
            }
            "!" => {
                file.trouble = Some(rest.to_owned());
                return Ended::Unusable;
            }
            "." => return Ended::All,
            "+" | "x" => Outcome::Passed,
            "s" => Outcome::Skipped,
            _ => Outcome::Failed,
        };
        running = None;
        let test = Test { outcome, why: std::mem::take(&mut why) };
        let worst = file.tests.get(rest).is_some_and(|known| known.outcome > outcome);
        if !worst {
            file.tests.insert(rest.to_owned(), test);
        }
    }
    running.map_or(Ended::Between, Ended::In)
}
