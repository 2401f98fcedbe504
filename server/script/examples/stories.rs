//! Plays stories against any debug server: `cargo run -p lasti-script --example stories -- --server ... FILE...`
#![allow(missing_docs, reason = "an example")]

use std::process::ExitCode;

use clap::Parser;
use lasti_script::command_line::{self, Arguments};

#[derive(Parser)]
struct CommandLine {
    #[command(flatten)]
    arguments: Arguments,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = CommandLine::parse().arguments;
    ExitCode::from(command_line::main(&arguments, None, &mut std::io::stdout()).await)
}
