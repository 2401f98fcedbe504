//! The binary's other role: a debug server started it, and the program runs under the embedded engine.

use std::process::exit;
use std::sync::atomic::{AtomicBool, Ordering};

use lasti_dap::debuggee::{LINK_ADDRESS, LINK_TOKEN, Rendezvous};
use lasti_embedded::{Engine, Options, socket};
use lasti_engine::OnLostClient;
use lasti_vm::Vm;
use lasti_vm::vm::config::Config;

/// What a process exits with that its debug server ended: as a shell tells of `SIGKILL`.
const KILLED: i32 = 137;
/// What it exits with if the debug server cannot be reached.
const NO_SERVER: u8 = 2;

/// Whether a debug server started this process.
pub(crate) fn is_wanted() -> bool {
    std::env::var_os(LINK_ADDRESS).is_some()
}

/// Runs a program: under the engine, if a debug server asks for it in the environment. The program does not see
/// that it did.
#[allow(clippy::print_stderr, reason = "the binary's own messages")]
pub(crate) fn around(vm: &Vm, program: impl FnOnce(&Vm) -> u8) -> u8 {
    let rendezvous = Rendezvous::read(|name| std::env::var(name).ok());
    lasti_modules::hide_environment(&[LINK_ADDRESS, LINK_TOKEN]);
    let rendezvous = match rendezvous {
        Ok(None) => return program(vm),
        Ok(Some(rendezvous)) => rendezvous,
        Err(error) => {
            eprintln!("lasti: {error}");
            return NO_SERVER;
        }
    };
    let (link, connection) = match socket::connect(rendezvous.address, rendezvous.token) {
        Ok(linked) => linked,
        Err(error) => {
            eprintln!("lasti: {error}");
            return NO_SERVER;
        }
    };
    for &descriptor in connection.descriptors() {
        // A number of 1024 or more cannot be; a link's is one of the first.
        lasti_system::fd::reserve(descriptor);
    }
    let options = Options {
        program: Config::get()
            .argv
            .first()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default(),
        on_lost_client: OnLostClient::Terminate,
        kill: Box::new(kill),
    };
    let engine = match Engine::new(link, options) {
        Ok(engine) => engine,
        Err(error) => {
            eprintln!("lasti: the debugger cannot be started: {error}");
            return NO_SERVER;
        }
    };
    let process = std::process::id();
    let code = engine.run(vm, program);
    if std::process::id() != process {
        // A child of a fork: the link is its parent's.
        return code;
    }
    ENDED.store(true, Ordering::SeqCst);
    connection.finish();
    code
}

/// The program has ended: what the server says now changes nothing.
static ENDED: AtomicBool = AtomicBool::new(false);

/// Ends the program, with the processes that it started: where it leads their group, as a debug server or a shell has it.
fn kill() {
    if ENDED.load(Ordering::SeqCst) {
        return;
    }
    #[cfg(unix)]
    if rustix::process::getpgrp() == rustix::process::getpid() {
        // That it fails changes nothing: the program ends all the same.
        let _ = rustix::process::kill_current_process_group(rustix::process::Signal::KILL);
    }
    exit(KILLED);
}
