//! Benchmarks against CPython, in one run: both take turns on the same input, so that a machine whose
//! speed drifts slows both. Ratios are what to quote.
#![forbid(unsafe_code)]

mod code;
mod frames;
mod vm;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Benchmarks against CPython 3.14.
#[derive(Parser)]
struct Args {
    #[command(subcommand)]
    bench: Bench,
    /// The CPython 3.14 to measure beside.
    #[arg(long, global = true, default_value = "python3.14")]
    python: String,
    /// How often each side runs.
    #[arg(long, global = true, default_value_t = 7)]
    rounds: usize,
}

#[derive(Subcommand)]
enum Bench {
    /// Loading .pyc files and compiling sources: the whole standard library with its tests.
    Code,
    /// Frames: generators, coroutines, deep calls, tracing in Python, and the debugger's hook.
    Frames {
        /// The interpreter under test.
        #[arg(long, default_value = "target/release/lasti")]
        lasti: String,
        /// Some parts instead of all: generators, coroutines, calls, traced, memory, hook.
        parts: Vec<String>,
    },
    /// What `frames` runs to measure the hook: one run of the statements in this process.
    #[command(hide = true)]
    Hooked {
        /// untraced, idle, lines or opcodes
        mode: String,
    },
    /// pyperformance's programs, and the time of an empty program.
    Vm {
        /// The interpreter under test.
        #[arg(long, default_value = "target/release/lasti")]
        lasti: String,
        /// RustPython, if it is to run, too.
        #[arg(long)]
        rustpython: Option<String>,
        /// The unpacked pyperformance; fetched from the index if this is not given.
        #[arg(long)]
        package: Option<std::path::PathBuf>,
        /// Some programs instead of all.
        programs: Vec<String>,
    },
}

fn main() -> ExitCode {
    let args = Args::parse();
    let result = match args.bench {
        Bench::Code => code::run(&args.python, args.rounds).map_err(|error| error.to_string()),
        Bench::Frames { lasti, parts } => frames::run(&args.python, &absolute(&lasti), &parts, args.rounds),
        Bench::Hooked { mode } => match frames::hook::Mode::from_name(&mode) {
            Some(mode) => frames::hook::run(mode),
            None => Err(format!("no mode {mode}: untraced, idle, lines, opcodes")),
        },
        Bench::Vm { lasti, rustpython, package, programs } => {
            let mut vms =
                vec![("cpython".to_owned(), args.python.clone()), ("lasti".to_owned(), absolute(&lasti))];
            vms.extend(rustpython.map(|command| ("rustpython".to_owned(), absolute(&command))));
            vm::run(&vm::Options {
                vms: &vms,
                package: package.as_deref(),
                only: &programs,
                rounds: args.rounds,
            })
        }
    };
    match result {
        Ok(report) => {
            let _ = io::stdout().write_all(report.as_bytes());
            ExitCode::SUCCESS
        }
        Err(error) => {
            let _ = writeln!(io::stderr(), "lasti-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

/// A command whose path stays right in another folder.
fn absolute(command: &str) -> String {
    match std::fs::canonicalize(command) {
        Ok(path) if command.contains('/') => path.display().to_string(),
        _ => command.to_owned(),
    }
}
