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
#![forbid(unsafe_code)]

mod expected;
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
    let tests = test_package(&args.python)?;
    let only_tests = tempfile::tempdir().map_err(|error| error.to_string())?;
    std::os::unix::fs::symlink(&tests, only_tests.path().join("test")).map_err(|error| error.to_string())?;
    let command: Vec<String> = if args.cpython { &args.python } else { &args.vm }
        .split_whitespace()
        .enumerate()
        .map(|(index, word)| if index == 0 { absolute(word) } else { word.to_owned() })
        .collect();
    let path = std::env::join_paths([only_tests.path(), &here("capi")]).map_err(|error| error.to_string())?;
    let installed = tempfile::tempdir().map_err(|error| error.to_string())?;
    let command = match command.split_first() {
        Some((program, arguments)) if !args.cpython && program.contains('/') => {
            let program = install(Path::new(program), installed.path(), &tests);
            let program = program.map_err(|error| format!("an installation of the interpreter: {error}"))?;
            [program].into_iter().chain(arguments.iter().cloned()).collect()
        }
        _ => command,
    };
    let interpreter = Interpreter {
        command: &command,
        path: (!args.cpython).then_some(&path),
        runner: &here("src/run_file.py"),
        limit: Duration::from_secs(args.limit),
    };
    let results = run_all(&interpreter, &files, args.jobs.max(1))?;
    if args.cpython {
        return keep(&results).map(|()| true);
    }
    let passes = cpython_passes(&files)?;
    let expected =
        fs::read_to_string(here("expected.txt")).map_err(|error| format!("expected.txt: {error}"))?;
    report(args, &files, &results, &passes, &Expected::parse(&expected)?)
}

/// A command's path stays right in another folder.
fn absolute(command: &str) -> String {
    match fs::canonicalize(command) {
        Ok(path) if command.contains('/') => path.display().to_string(),
        _ => command.to_owned(),
    }
}

/// Installs an interpreter in a folder, with the tests among its packages: where tests run it with `-I`, PYTHONPATH is not
/// looked at. Returns its path.
fn install(program: &Path, folder: &Path, tests: &Path) -> io::Result<String> {
    let packages = folder.join("lib/python3.14/site-packages");
    fs::create_dir_all(&packages)?;
    fs::create_dir(folder.join("bin"))?;
    let installed = folder.join("bin").join(program.file_name().unwrap_or_default());
    // No link by name: an interpreter looks for its packages where its file is.
    if fs::hard_link(program, &installed).is_err() {
        fs::copy(program, &installed)?;
    }
    std::os::unix::fs::symlink(tests, packages.join("test"))?;
    for module in fs::read_dir(here("capi"))? {
        let module = module?;
        std::os::unix::fs::symlink(module.path(), packages.join(module.file_name()))?;
    }
    Ok(installed.display().to_string())
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
    let (mut all, mut all_passed, mut all_left_out, mut new) = (0, 0, 0, 0);
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
    let share = 100.0 * f64::from(all_passed as u32) / f64::from(all.max(1) as u32);
    let _ = writeln!(table, "| **all** | {all} | {all_passed} | {share:.1}% | {all_left_out} | |");
    let mut out = io::stdout();
    let _ = write!(out, "{failures}\n{table}\n{new} failures are not in expected.txt\n");
    if args.write {
        let text = format!(
            "# CPython's own tests on Lasti\n\nWhat `cargo run --release -p lasti-conformance -- --write` measured \
             last. Tests that CPython passes; those about its C interface (`C API:` in expected.txt) are left out of both \
             columns, and counted beside. RustPython's figures are of all tests, and were measured apart \
             (rustpython.txt).\n\n{table}"
        );
        fs::write(here("RESULTS.md"), text).map_err(|error| format!("RESULTS.md: {error}"))?;
    }
    Ok(new == 0)
}
