//! `lasti FILE`: runs a program.

use std::path::Path;
use std::process::ExitCode;

use lasti_vm::vm::config::Config;
use lasti_vm::{Vm, program};

/// The native stack of the main thread.
const STACK: usize = 256 * 1024 * 1024;

/// Runs the program in `file`.
#[allow(clippy::print_stderr, reason = "the binary's own messages")]
pub(crate) fn file(file: &Path) -> ExitCode {
    let source = match std::fs::read(file) {
        Ok(source) => source,
        Err(error) => {
            let shown = file.display();
            eprintln!("lasti: can't open file '{shown}': {error}");
            return ExitCode::from(2);
        }
    };
    let name = file.display().to_string();
    let directory = file.parent().map(|parent| parent.display().to_string()).unwrap_or_default();
    let config = Config {
        argv: vec![name.clone()],
        orig_argv: std::env::args().collect(),
        executable: std::env::current_exe().map(|path| path.display().to_string()).unwrap_or_default(),
        path: vec![directory],
        stdlib: Some(&crate::library::Embedded),
        modules: lasti_modules::MODULES,
        ..Config::bare()
    };
    if !config.install() {
        eprintln!("lasti: a program runs already");
        return ExitCode::FAILURE;
    }
    let thread = std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || Vm::enter(STACK - 1024 * 1024, |vm| program::run_source(vm, &source, &name)));
    match thread.map(std::thread::JoinHandle::join) {
        Ok(Ok(code)) => ExitCode::from(code),
        _ => ExitCode::FAILURE,
    }
}
