//! Compares our code objects, tables and disassembly with CPython's, over every Python file of a tree.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use clap::Parser;
use lasti_corpus::check::{Check, Outcome, check};
use lasti_corpus::oracle::Oracle;

/// Compares what Lasti makes of Python files with what CPython 3.14 makes of them.
#[derive(Parser)]
struct Args {
    /// Files and folders; the library of the CPython in use if none is given.
    paths: Vec<PathBuf>,
    /// The CPython 3.14 to compare with.
    #[arg(long, default_value = "python3.14")]
    python: String,
    /// Optimisation level, as `python -O` and `-OO` set it.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=2))]
    optimize: u8,
    /// Print at most so many faults of each kind.
    #[arg(long, default_value_t = 20)]
    show: usize,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(io::stderr(), "lasti-corpus: {error}");
            ExitCode::from(2)
        }
    }
}

/// Runs all checks and prints the summary; whether all passed.
fn run(args: &Args) -> io::Result<bool> {
    let mut files = Vec::new();
    let roots = if args.paths.is_empty() { vec![library(&args.python)?] } else { args.paths.clone() };
    for root in &roots {
        collect(root, &mut files)?;
    }
    files.sort();
    // Two at a time, each with a CPython of its own.
    let mut halves = [Vec::new(), Vec::new()];
    for (index, file) in files.into_iter().enumerate() {
        halves[index % 2].push(file);
    }
    let results: Vec<io::Result<Vec<_>>> = std::thread::scope(|scope| {
        let runs: Vec<_> = halves.iter().map(|half| scope.spawn(|| check_all(args, half))).collect();
        runs.into_iter()
            .map(|run| run.join().unwrap_or_else(|_| Err(io::Error::other("a check panicked"))))
            .collect()
    });
    let mut outcomes: Vec<_> = results.into_iter().collect::<io::Result<Vec<_>>>()?.concat();
    outcomes.sort_by(|(a, _), (b, _)| a.cmp(b));
    let (summary, passed) = summarize(&outcomes, args);
    io::stdout().write_all(summary.as_bytes())?;
    Ok(passed)
}

fn check_all(args: &Args, files: &[PathBuf]) -> io::Result<Vec<(PathBuf, Outcome)>> {
    let mut oracle = Oracle::start(&args.python, args.optimize, files)?;
    files
        .iter()
        .map(|file| {
            let facts = oracle.next_facts()?;
            Ok((file.clone(), check(&file.to_string_lossy(), &facts, args.optimize)))
        })
        .collect()
}

/// Where the library of this CPython lies.
fn library(python: &str) -> io::Result<PathBuf> {
    let output =
        Command::new(python).args(["-c", "import os; print(os.path.dirname(os.__file__))"]).output()?;
    Ok(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()))
}

/// All Python files at or below a path.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if path.is_dir() {
        for entry in std::fs::read_dir(path)? {
            collect(&entry?.path(), files)?;
        }
    } else if path.extension().is_some_and(|extension| extension == "py") && path.exists() {
        files.push(path.to_path_buf());
    }
    Ok(())
}

/// The summary in Markdown, and whether nothing is wrong.
fn summarize(outcomes: &[(PathBuf, Outcome)], args: &Args) -> (String, bool) {
    let code_objects: usize = outcomes.iter().map(|(_, outcome)| outcome.code_objects).sum();
    let mut out = format!(
        "{} files, {code_objects} code objects, optimisation level {}\n\n| check | faults | files with faults |\n|---|---|---|\n",
        outcomes.len(),
        args.optimize
    );
    let mut faults: BTreeMap<Check, Vec<(&Path, &str)>> = BTreeMap::new();
    for (path, outcome) in outcomes {
        for (check, text) in &outcome.faults {
            faults.entry(*check).or_default().push((path, text));
        }
    }
    for check in Check::ALL {
        let found = faults.get(&check).map_or(&[][..], Vec::as_slice);
        let mut files: Vec<_> = found.iter().map(|(path, _)| path).collect();
        files.dedup();
        let _ = writeln!(out, "| {check:?} | {} | {} |", found.len(), files.len());
    }
    for (check, found) in &faults {
        for (path, text) in found.iter().take(args.show) {
            let text: String = text.chars().take(600).collect();
            let _ = write!(out, "\n{check:?} {}: {text}", path.display());
        }
    }
    (out + "\n", faults.is_empty())
}
