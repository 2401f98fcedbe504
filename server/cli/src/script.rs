//! `lasti script`: plays debug sessions that are written as stories, against the server in this process.

use std::process::ExitCode;
use std::sync::Arc;

use lasti_script::command_line::{self, Arguments};
use lasti_script::{InProcessServer, ServerFactory};

/// Runs the subcommand.
#[allow(clippy::print_stderr, reason = "the binary's own messages")]
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let own = crate::dap::launcher()
        .map(|launcher| Arc::new(InProcessServer::new(launcher)) as Arc<dyn ServerFactory>);
    match (runtime, own) {
        (Ok(runtime), Ok(own)) => {
            let mut out = std::io::stdout();
            let played = command_line::main(arguments, Some(own), &mut out);
            ExitCode::from(runtime.block_on(played))
        }
        (Err(error), _) | (_, Err(error)) => {
            eprintln!("lasti script: {error}");
            ExitCode::from(2)
        }
    }
}
