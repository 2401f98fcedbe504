//! Runs CPython's own test files, unmodified, from where they are installed, on Lasti and on CPython, and writes what
//! passes.
//!
//! ```text
//! cargo run --release --ignore-rust-version -p lasti-conformance                     # all files of files.txt
//! cargo run --release --ignore-rust-version -p lasti-conformance -- test_grammar     # some
//! ```
//! CPython's results are kept in `tests/conformance/cpython.txt`, which `--cpython` makes anew. A test that CPython
//! passes and Lasti does not must stand in `expected.txt`, or the run fails. Lasti has the modules of
//! `tests/conformance/capi` in place of CPython's that test its C interface. RustPython's figures, which the table shows
//! beside, are data: `rustpython.txt`.
//!
//! Tests are about the library that they came with, so Lasti is given that one. With `--library embedded` it has its own,
//! which is an older 3.14: what fails only then is in `expected-embedded.txt`, and with `--write` the figure of such a run
//! goes to `embedded.txt`, where the table's text finds it.
#![forbid(unsafe_code)]

mod expected;
mod installation;
mod run;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Mutex;
use std::time::Duration;

use clap::Parser;

use expected::Expected;
use installation::Installation;
use run::{File, Interpreter, Outcome};

/// Runs CPython's own test files on Lasti.
#[derive(Parser)]
struct Args {
    /// The files, as in files.txt; all of it if none is named.
    files: Vec<String>,
    /// The interpreter under test.
    #[arg(long, default_value = "target/release/lasti -X impl=cpython")]
    vm: String,
    /// The CPython 3.14 whose test package is used.
    #[arg(long, default_value = "python3.14")]
    python: String,
    /// The library that Lasti has: CPython's, which the tests came with, or its own.
    #[arg(long, value_enum, default_value_t = Library::Cpython)]
    library: Library,
    /// The folder of that package, where there is no CPython to ask for it.
    #[arg(long, conflicts_with_all = ["python", "cpython"])]
    tests: Option<PathBuf>,
    /// Run CPython instead, and keep what it passes in cpython.txt.
    #[arg(long)]
    cpython: bool,
    /// Write the table to RESULTS.md beside this program's sources.
    #[arg(long)]
    write: bool,
    /// Show each failure with its last line.
    #[arg(long, short)]
    verbose: bool,
    /// How many files at once.
    #[arg(long, default_value_t = 2)]
    jobs: usize,
    /// Seconds for one file.
    #[arg(long, default_value_t = 300)]
    limit: u64,
}

/// Where the modules in Python come from.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Library {
    Cpython,
    Embedded,
}

fn here(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn main() -> ExitCode {
    match work(&Args::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(io::stderr(), "lasti-conformance: {error}");
            ExitCode::FAILURE
        }
    }
}

fn work(args: &Args) -> Result<bool, String> {
    let listed = fs::read_to_string(here("files.txt")).map_err(|error| format!("files.txt: {error}"))?;
    let files: Vec<String> = if args.files.is_empty() {
        listed.split_whitespace().map(str::to_owned).collect()
    } else {
        args.files.clone()
    };
    let tests = match &args.tests {
        Some(folder) => given_package(folder)?,
        None => test_package(&args.python)?,
    };
    let command: Vec<String> = if args.cpython { &args.python } else { &args.vm }
        .split_whitespace()
        .enumerate()
        .map(|(index, word)| if index == 0 { absolute(word) } else { word.to_owned() })
        .collect();
    let (program, arguments) = command.split_first().ok_or("--vm: no command")?;
    let runner = here("src/run_file.py");
    let mut interpreter = Interpreter {
        command: command.clone(),
        environment: Vec::new(),
        runner: &runner,
        limit: Duration::from_secs(args.limit),
    };
    let _installation = if args.cpython {
        None
    } else {
        let failed = |error: io::Error| format!("an installation of {program}: {error}");
        let capi = here("capi");
        let installation = Installation::new(Path::new(program), &tests, &capi).map_err(failed)?;
        let installed = installation.executable().display().to_string();
        interpreter.command = [installed].into_iter().chain(arguments.iter().cloned()).collect();
        interpreter.environment = match args.library {
            Library::Embedded => {
                vec![("PYTHONPATH", installation.packages()), ("LASTI_STDLIB", PathBuf::new())]
            }
            Library::Cpython => {
                let library = tests.parent().ok_or("the test package is in no folder")?;
                installation.add_library(library, &capi).map_err(failed)?;
                vec![("LASTI_STDLIB", installation.library())]
            }
        };
        Some(installation)
    };
    let results = run_all(&interpreter, &files, args.jobs.max(1))?;
    if args.cpython {
        return keep(&results).map(|()| true);
    }
    let passes = cpython_passes(&files)?;
    let mut expected = Expected::default();
    expected.read(&here("expected.txt"))?;
    if args.library == Library::Embedded {
        expected.read(&here("expected-embedded.txt"))?;
    }
    report(args, &files, &results, &passes, &expected)
}

/// A command's path stays right in another folder.
fn absolute(command: &str) -> String {
    match fs::canonicalize(command) {
        Ok(path) if command.contains('/') => path.display().to_string(),
        _ => command.to_owned(),
    }
}

/// The test package in a folder that was named.
fn given_package(folder: &Path) -> Result<PathBuf, String> {
    let folder =
        fs::canonicalize(folder).map_err(|error| format!("--tests {}: {error}", folder.display()))?;
    if !folder.join("support/__init__.py").is_file() {
        return Err(format!("--tests {}: not CPython's package `test`", folder.display()));
    }
    Ok(folder)
}

/// Where CPython's test package is.
fn test_package(python: &str) -> Result<PathBuf, String> {
    let output = Command::new(python)
        .args(["-c", "import test; print(test.__path__[0])"])
        .output()
        .map_err(|error| format!("{python}: {error}: CPython 3.14 with its tests must be installed"))?;
    if !output.status.success() {
        return Err(format!("{python} has no package `test`: install it (Debian: libpython3.14-testsuite)"));
    }
    Ok(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()))
}

fn run_all(
    interpreter: &Interpreter<'_>,
    files: &[String],
    jobs: usize,
) -> Result<BTreeMap<String, File>, String> {
    let next = Mutex::new(files.iter());
    let results = Mutex::new(BTreeMap::new());
    let worker = || loop {
        let file = next.lock().map_err(|_| "a worker panicked".to_owned())?.next();
        let Some(file) = file else { return Ok::<(), String>(()) };
        let result = interpreter.run(file).map_err(|error| format!("{file}: {error}"))?;
        let line = format!("{file}: {} of {} passed\n", result.passed(), result.tests.len());
        let _ = io::stderr().write_all(line.as_bytes());
        results.lock().map_err(|_| "a worker panicked".to_owned())?.insert(file.clone(), result);
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..jobs).map(|_| scope.spawn(worker)).collect();
        workers
            .into_iter()
            .try_for_each(|worker| worker.join().map_err(|_| "a worker panicked".to_owned())?)
    })?;
    results.into_inner().map_err(|_| "a worker panicked".to_owned())
}

/// Writes what CPython passes: a line for each file, and behind it its tests.
fn keep(results: &BTreeMap<String, File>) -> Result<(), String> {
    let path = here("cpython.txt");
    let mut all = read_kept(&fs::read_to_string(&path).unwrap_or_default());
    for (file, result) in results {
        if let Some(trouble) = &result.trouble {
            return Err(format!("{file}: {trouble}: nothing is kept of a run that is not whole"));
        }
        let passed = result.tests.iter().filter(|(_, test)| test.outcome == Outcome::Passed);
        all.insert(file.clone(), passed.map(|(id, _)| id.clone()).collect());
    }
    let mut text = String::new();
    for (file, tests) in &all {
        let _ = writeln!(text, "{file}");
        for test in tests {
            let _ = writeln!(text, " {}", test.strip_prefix(&format!("test.{file}.")).unwrap_or(test));
        }
    }
    fs::write(&path, text).map_err(|error| format!("cpython.txt: {error}"))
}

fn read_kept(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut file = String::new();
    for line in text.lines() {
        match line.strip_prefix(' ') {
            None => {
                line.clone_into(&mut file);
                all.entry(file.clone()).or_default();
            }
            Some(test) => {
                // Ids of tests that live in another module are kept whole.
                let whole = test.starts_with("test.") || test.starts_with("unittest.");
                let id = if whole { test.to_owned() } else { format!("test.{file}.{test}") };
                all.entry(file.clone()).or_default().insert(id);
            }
        }
    }
    all
}

fn cpython_passes(files: &[String]) -> Result<BTreeMap<String, BTreeSet<String>>, String> {
    let text = fs::read_to_string(here("cpython.txt")).map_err(|error| format!("cpython.txt: {error}"))?;
    let all = read_kept(&text);
    match files.iter().find(|file| !all.contains_key(*file)) {
        Some(file) => Err(format!("cpython.txt lacks {file}: run with --cpython {file} first")),
        None => Ok(all),
    }
}

/// What RustPython passes of each file, and of how many: it was measured apart, without this program.
fn rustpython() -> Result<BTreeMap<String, String>, String> {
    let text =
        fs::read_to_string(here("rustpython.txt")).map_err(|error| format!("rustpython.txt: {error}"))?;
    let figures = text.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let mut words = line.split_whitespace();
        match (words.next(), words.next(), words.next()) {
            (Some(file), Some(passed), Some(of)) => Ok((file.to_owned(), format!("{passed} of {of}"))),
            _ => Err(format!("rustpython.txt: {line}")),
        }
    });
    figures.collect()
}

fn report(
    args: &Args,
    files: &[String],
    results: &BTreeMap<String, File>,
    passes: &BTreeMap<String, BTreeSet<String>>,
    expected: &Expected,
) -> Result<bool, String> {
    let mut table = String::from(
        "| file | CPython passes | of these Lasti | share | left out (C API) | RustPython 0.6.0 |\n|---|---|---|---|---|---|\n",
    );
    let peer = rustpython()?;
    let mut failures = String::new();
    let (mut all, mut all_passed, mut all_left_out, mut new, mut stale) = (0, 0, 0, 0, 0);
    for file in files {
        let (Some(result), Some(wanted)) = (results.get(file), passes.get(file)) else { continue };
        let counted: Vec<&String> = wanted.iter().filter(|test| !expected.is_about_c(test)).collect();
        // The ids of doctests begin with the module that they are in, which may be none of `test`.
        let result_of = |test: &str| {
            let bare = || test.strip_prefix(&format!("test.{file}.")).and_then(|bare| result.tests.get(bare));
            result.tests.get(test).or_else(bare)
        };
        let passed = |test: &str| result_of(test).is_some_and(|test| test.outcome == Outcome::Passed);
        let count = counted.iter().filter(|test| passed(test)).count();
        let left_out = wanted.len() - counted.len();
        all += counted.len();
        all_passed += count;
        all_left_out += left_out;
        let share = if counted.is_empty() { 100.0 } else { 100.0 * count as f64 / counted.len() as f64 };
        let beside = peer.get(file).map_or("", String::as_str);
        let _ =
            writeln!(table, "| {file} | {} | {count} | {share:.1}% | {left_out} | {beside} |", counted.len());
        if let Some(trouble) = &result.trouble {
            let _ = writeln!(failures, "{file}: {trouble}");
        }
        for test in wanted.iter().filter(|test| passed(test) && expected.is_named(test)) {
            stale += 1;
            let _ = writeln!(failures, "{test}: passes, and is in expected.txt");
        }
        for test in counted.iter().filter(|test| !passed(test)) {
            let known = expected.reason(test);
            new += usize::from(known.is_none());
            if args.verbose || known.is_none() && results.len() > 1 {
                let why = match result_of(test) {
                    Some(test) if test.outcome == Outcome::Skipped => "skipped",
                    Some(test) => &test.why,
                    None => "did not run",
                };
                let _ = writeln!(failures, "{test}: {}", known.unwrap_or(why));
            }
        }
    }
    let share = 100.0 * all_passed as f64 / all.max(1) as f64;
    let _ = writeln!(table, "| **all** | {all} | {all_passed} | {share:.1}% | {all_left_out} | |");
    let mut out = io::stdout();
    let _ = write!(
        out,
        "{failures}\n{table}\n{new} failures are not in expected.txt, {stale} of its tests pass\n"
    );
    if args.write {
        write(args.library, &table, all_passed, all)?;
    }
    Ok(new == 0)
}

/// Keeps a run's figures: the table, or of a run with the embedded library the sum.
fn write(library: Library, table: &str, passed: usize, of: usize) -> Result<(), String> {
    let (name, text) = match library {
        Library::Embedded => ("embedded.txt", format!("{passed} of {of}\n")),
        Library::Cpython => {
            let embedded =
                fs::read_to_string(here("embedded.txt")).map_err(|error| format!("embedded.txt: {error}"))?;
            let embedded = embedded.trim();
            let text = format!(
                "# CPython's own tests on Lasti\n\nWhat `cargo run --release -p lasti-conformance -- --write` measured \
                 last. Tests that CPython passes; those about its C interface (`C API:` in expected.txt) are left out of \
                 both columns, and counted beside. RustPython's figures are of all tests, and were measured apart \
                 (rustpython.txt).\n\nThe tests are those of CPython 3.14.10, and so is the library that they run with \
                 (`LASTI_STDLIB`). With the library that is embedded, which is some months older (`--library embedded`), \
                 Lasti passes {embedded}.\n\n{table}"
            );
            ("RESULTS.md", text)
        }
    };
    fs::write(here(name), text).map_err(|error| format!("{name}: {error}"))
}
