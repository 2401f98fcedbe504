//! The `lasti` binary: the command line, one module for each subcommand. Only this crate touches the
//! standard streams.
#![forbid(unsafe_code)]

mod dis;
mod library;
mod run;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// A Python debugger that owns its virtual machine.
#[derive(Parser)]
#[command(name = "lasti", version, disable_help_subcommand = true, infer_long_args = true)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
    /// The program to run.
    #[arg(required = true)]
    file: Option<std::path::PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    Dis(dis::Arguments),
}

fn main() -> ExitCode {
    let line = CommandLine::parse();
    match (line.command, line.file) {
        (Some(Command::Dis(arguments)), _) => dis::run(&arguments),
        (None, Some(file)) => run::file(&file),
        (None, None) => ExitCode::from(2),
    }
}
