//! `lasti dap`: the debug server. It starts each program in a process of its own: this binary again.

use std::process::ExitCode;
use std::sync::Arc;

use lasti_dap::debuggee::{CommandLine, Launcher, ProcessLauncher, StartError};
use lasti_dap::launch::{Launch, Target};
use lasti_dap::transport::{Exposure, address_of, serve_stdio, serve_tcp};
use tokio::net::TcpListener;

use crate::streams;

/// Serve the Debug Adapter Protocol: on standard input and output, or over TCP
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Serve sessions here, such as 127.0.0.1:5678, one after another and side by side
    #[arg(long, value_name = "HOST:PORT")]
    listen: Option<String>,
}

/// Runs the subcommand. Exit codes: 0; 1 where streams fail; 2 for an address that cannot be listened at.
#[allow(clippy::print_stderr, reason = "the binary's own messages")]
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let failed = |error: &dyn std::fmt::Display, code: u8| {
        eprintln!("lasti dap: {error}");
        ExitCode::from(code)
    };
    // One thread: what a session's tasks hand each other then wakes nobody.
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error, 1),
    };
    let launcher = match launcher() {
        Ok(launcher) => launcher,
        Err(error) => return failed(&error, 1),
    };
    let code = match &arguments.listen {
        None => match runtime.block_on(serve_standard_streams(launcher)) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => failed(&error, 1),
        },
        Some(address) => match runtime.block_on(listen(address, launcher)) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => failed(&error, 2),
        },
    };
    // A read of standard input may be under way, which nobody can end.
    runtime.shutdown_background();
    code
}

/// Starts this binary for each program.
pub(crate) fn launcher() -> std::io::Result<Arc<dyn Launcher>> {
    let (binary, folder) = (std::env::current_exe()?, std::env::current_dir()?);
    let compose = move |launch: &Launch| {
        let mut args = launch.python_args.clone();
        match &launch.target {
            Target::Program(program) => {
                let program = std::path::absolute(program)
                    .map_err(|error| StartError::new(format!("`program`: {}: {error}", program.display())))?;
                if !program.exists() {
                    let text = format!("`program`: there is no file {}", program.display());
                    return Err(StartError::new(text));
                }
                args.push(program.to_string_lossy().into_owned());
            }
            Target::Module(module) => args.extend(["-m".to_owned(), module.clone()]),
            Target::Code(code) => args.extend(["-c".to_owned(), code.clone()]),
        }
        args.extend(launch.args.iter().cloned());
        Ok(CommandLine { program: binary.clone(), args })
    };
    Ok(Arc::new(ProcessLauncher::new(compose, std::env::vars_os(), folder)))
}

/// Serves who is at the other end of the standard streams.
async fn serve_standard_streams(launcher: Arc<dyn Launcher>) -> std::io::Result<()> {
    // What was changed of the streams is put right when both are done with.
    let (input, _kept_input) = streams::input();
    let (output, _kept_output) = streams::output();
    serve_stdio(input, output, launcher).await
}

/// Serves whoever connects.
#[allow(clippy::print_stderr, reason = "the binary's own messages")]
async fn listen(address: &str, launcher: Arc<dyn Launcher>) -> std::io::Result<()> {
    let listener = TcpListener::bind(address).await?;
    let here = address_of(&listener, Exposure::Loopback)?;
    eprintln!("lasti dap: listening at {here}");
    serve_tcp(listener, Exposure::Loopback, launcher).await
}
