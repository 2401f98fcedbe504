//! `lasti [option] … [-c cmd | -m mod | file | -] [arg] …`: the command line of Python itself.
//!
//! - `options`: what the arguments say
//! - `environment`: what the environment variables say
//! - `library`: the directory of a library in place of the embedded one
//! - `installation`: where the executable and a virtual environment lie
//! - `usage`: texts

mod environment;
mod installation;
mod library;
mod options;
mod usage;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use lasti_vm::Vm;
use lasti_vm::program::{Main, run as run_program};
use lasti_vm::vm::config::Config;

use environment::Environment;
use installation::Installation;
use options::{Asked, Options};

/// The native stack of the main thread.
const STACK: usize = 256 * 1024 * 1024;

/// Why nothing is run: a text, and the exit code.
pub(crate) struct Refused {
    text: String,
    code: u8,
}

impl Refused {
    /// An option that is wrong, with the usage.
    fn usage(text: &str) -> Self {
        Self { text: format!("{text}\n{}", usage::short()), code: 2 }
    }

    /// What Lasti does not do.
    fn unsupported(text: &str) -> Self {
        Self { text: format!("lasti: {text} is not supported\n"), code: 2 }
    }

    /// A value that makes starting impossible.
    fn fatal(text: &str) -> Self {
        Self {
            text: format!(
                "Fatal Python error: config_init: {text}\nPython runtime state: preinitialized\n\n"
            ),
            code: 1,
        }
    }
}

/// Runs what the arguments ask for.
#[allow(clippy::print_stderr, clippy::print_stdout, reason = "the binary's own messages")]
pub(crate) fn main(arguments: Vec<OsString>) -> ExitCode {
    let asked = match options::parse(&arguments) {
        Ok(asked) => asked,
        Err(refused) => {
            eprint!("{}", refused.text);
            return ExitCode::from(refused.code);
        }
    };
    match asked {
        Asked::Text(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Asked::Run(options) => match configure(arguments, *options) {
            Ok((config, main)) => run(config, main),
            Err(refused) => {
                eprint!("{}", refused.text);
                ExitCode::from(refused.code)
            }
        },
    }
}

/// Brings together what options, environment and file system say.
fn configure(arguments: Vec<OsString>, options: Options) -> Result<(Config, Main), Refused> {
    let environment = Environment::read(&options)?;
    #[cfg(feature = "audit")]
    if let Some(prefix) = std::env::var_os("LASTI_AUDIT_REPORT") {
        let file = format!("{}.{}", prefix.display(), std::process::id());
        lasti_vm::object::audit::report_to(file.into());
    }
    let mut flags = options.flags;
    environment.apply(&mut flags);
    let settings = environment.settings(&options, &mut flags)?;
    let executable = arguments.first().cloned().unwrap_or_default();
    let installation = Installation::find(&executable, environment.home.as_deref());
    let stdlib_dir = library::directory(&options)?;
    // What a program under debug writes is seen before it stops.
    let unbuffered = options.unbuffered || environment.unbuffered || crate::debuggee::is_wanted();
    let mut argv = vec![first_argument(&options)];
    argv.extend(options.rest);
    let config = Config {
        argv,
        orig_argv: arguments,
        executable: installation.executable,
        base_executable: installation.base_executable,
        prefix: installation.prefix,
        base_prefix: installation.base_prefix,
        path: environment.path,
        warnoptions: settings.warnoptions,
        xoptions: options.xoptions,
        implementation: settings.implementation,
        pycache_prefix: settings.pycache_prefix,
        check_hash_based_pycs: options.check_hash_based_pycs,
        cpu_count: settings.cpu_count,
        int_max_str_digits: settings.int_max_str_digits,
        unbuffered,
        skip_first_line: options.skip_first_line,
        stdio_encoding: settings.stdio_encoding,
        stdio_errors: settings.stdio_errors,
        flags,
        takes_signals: true,
        stdlib: Some(if stdlib_dir.is_some() { &library::StandIns } else { &crate::library::Embedded }),
        stdlib_dir,
        modules: lasti_modules::MODULES,
    };
    Ok((config, options.main))
}

/// `sys.argv[0]`
fn first_argument(options: &Options) -> OsString {
    match &options.main {
        Main::Command(_) => "-c".into(),
        Main::Module(_) => "-m".into(),
        Main::File(_) => options.file.clone().unwrap_or_default(),
        Main::Input => options.file.clone().unwrap_or_default(),
    }
}

/// A path as it is shown in tracebacks: from the root.
fn absolute(path: PathBuf) -> PathBuf {
    let path = path.strip_prefix("./").map(PathBuf::from).unwrap_or(path);
    match std::env::current_dir() {
        Ok(directory) if path.is_relative() => directory.join(path),
        _ => path,
    }
}

#[allow(clippy::print_stderr, reason = "the binary's own messages")]
fn run(config: Config, main: Main) -> ExitCode {
    if !config.install() {
        eprintln!("lasti: a program runs already");
        return ExitCode::FAILURE;
    }
    let run = move || -> u8 {
        let code =
            Vm::enter(STACK - 1024 * 1024, |vm| crate::debuggee::around(vm, |vm| run_program(vm, &main)));
        // Ended from here: threads of the program may still run, and in a child of a fork this thread is the only one.
        std::process::exit(code.into())
    };
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(run);
    // Signals are for the program's thread.
    lasti_system::signal::block_all();
    match thread.map(std::thread::JoinHandle::join) {
        Ok(Ok(code)) => ExitCode::from(code),
        _ => ExitCode::FAILURE,
    }
}
