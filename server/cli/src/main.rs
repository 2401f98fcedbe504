//! The `lasti` binary: the command line of Python, and one module for each subcommand. Only this crate touches the
//! standard streams for Lasti's own sake.
#![forbid(unsafe_code)]

mod dap;
mod debuggee;
mod dis;
mod library;
mod python;
mod script;
mod streams;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Args, Command, FromArgMatches};
use lasti_script::command_line::Arguments as Stories;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    // A subcommand comes first; whatever else there is, is for Python's command line.
    match arguments.get(1).and_then(|argument| argument.to_str()) {
        Some("dap") => subcommand::<dap::Arguments>("dap", &arguments[1..], dap::run),
        Some("dis") => subcommand::<dis::Arguments>("dis", &arguments[1..], dis::run),
        Some("script") => subcommand::<Stories>("script", &arguments[1..], script::run),
        _ => python::main(arguments),
    }
}

/// Runs a subcommand with its arguments, of which the first is its name.
fn subcommand<A: Args + FromArgMatches>(
    name: &'static str,
    arguments: &[OsString],
    run: impl FnOnce(&A) -> ExitCode,
) -> ExitCode {
    let command = A::augment_args(Command::new(name).bin_name(format!("lasti {name}")).infer_long_args(true));
    match A::from_arg_matches(&command.get_matches_from(arguments)) {
        Ok(arguments) => run(&arguments),
        Err(error) => error.exit(),
    }
}
