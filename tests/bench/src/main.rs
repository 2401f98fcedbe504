//! Benchmarks against CPython, in one run: both take turns on the same input, so that a machine whose
//! speed drifts slows both. Ratios are what to quote.
#![forbid(unsafe_code)]

mod code;

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
}

fn main() -> ExitCode {
    let args = Args::parse();
    let result = match args.bench {
        Bench::Code => code::run(&args.python, args.rounds),
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
