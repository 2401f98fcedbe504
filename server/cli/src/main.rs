//! The `lasti` binary: the command line, one module for each subcommand. Only this crate touches the
//! standard streams.
#![forbid(unsafe_code)]

mod dis;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// A Python debugger that owns its virtual machine.
#[derive(Parser)]
#[command(name = "lasti", version, disable_help_subcommand = true, infer_long_args = true)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Dis(dis::Arguments),
}

fn main() -> ExitCode {
    match CommandLine::parse().command {
        Command::Dis(arguments) => dis::run(&arguments),
    }
}
