//! The configuration of a session: what the arguments of `launch` and `attach` mean.
//!
//! Names and meanings are debugpy's, so that its configurations work. An option that is not served is
//! refused by its name and with a remedy, unless its value asks for nothing (`false`, `[]`, ...); one that
//! nobody knows becomes a warning, which [`warning`] makes an event of. All that is wrong is told at once.
//! `null` is as good as absent. Nothing is looked up here, neither paths nor the environment.

mod not_served;
mod options;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Map, Value};

use crate::protocol::{Event, OutputEventBody, OutputEventBodyCategory};
use options::Options;

/// What `launch` asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Launch {
    /// `program`, `module` or `code`: exactly one is given.
    pub target: Target,
    /// `args`: what follows in `sys.argv`.
    pub args: Vec<String>,
    /// `pythonArgs`: the interpreter's options, such as `-O` or `-X dev`.
    pub python_args: Vec<String>,
    /// `cwd`: the working directory; by default the folder of `program`, if it names one, else the server's.
    pub cwd: Option<PathBuf>,
    /// `env`: variables over the server's own; `None` (`null`) takes one away.
    pub env: BTreeMap<String, Option<String>>,
    /// `console`: by default the client's terminal, if it has one.
    pub console: Console,
    /// `consoleTitle`.
    pub console_title: Option<String>,
    /// `stopOnEntry`: stop at the first statement.
    pub stop_on_entry: bool,
    /// `noDebug`: just run.
    pub no_debug: bool,
    /// What `attach` has too.
    pub settings: Settings,
}

/// What `attach` asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attach {
    /// `connect`, or `host` and `port`.
    pub to: AttachTo,
    /// What `launch` has too.
    pub settings: Settings,
}

/// What is run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Target {
    /// A file, or a folder or archive with a `__main__.py`.
    Program(PathBuf),
    /// A module, as with `-m`.
    Module(String),
    /// Source text, as with `-c`; an array of lines is joined.
    Code(String),
}

/// Where the program reads and writes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Console {
    /// `internalConsole`: no input; its output goes to the client as events.
    Internal,
    /// `integratedTerminal`: a terminal in the client.
    IntegratedTerminal,
    /// `externalTerminal`: a terminal of its own, which the client opens.
    ExternalTerminal,
}

/// Which program is attached to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AttachTo {
    /// The one that listens and that the client has reached already.
    ThisProgram,
    /// One that listens there.
    Address {
        /// By default `127.0.0.1`.
        host: String,
        /// From 1.
        port: u16,
    },
}

/// What both have.
#[allow(clippy::struct_excessive_bools, reason = "they are independent of each other")]
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settings {
    /// `justMyCode`: step over library code and hide its frames. On by default.
    pub just_my_code: bool,
    /// `redirectOutput`: send the program's output to the client as events. By default with the internal
    /// console alone.
    pub redirect_output: bool,
    /// `showReturnValue`: after a step, show what the calls returned. On by default.
    pub show_return_value: bool,
    /// `pathMappings`, the first that fits wins.
    pub path_mappings: Vec<PathMapping>,
    /// `logToFile`: the server writes a log.
    pub log_to_file: bool,
}

/// The same folder, as the client and as the program see it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PathMapping {
    /// The client's.
    pub local_root: String,
    /// The program's. `.` in a configuration stands for the same as the client's.
    pub remote_root: String,
}

/// A configuration, and what in it has no effect.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Configured<T> {
    /// The configuration.
    pub value: T,
    /// One sentence for each unknown option; [`warning`] makes an event of it.
    pub warnings: Vec<String>,
}

/// A configuration that cannot be followed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("cannot {request}: {}", problems.join("; "))]
pub struct LaunchError {
    /// `launch` or `attach`.
    pub request: &'static str,
    /// Each option that is wrong, why, and the remedy. Not empty.
    pub problems: Vec<String>,
}

impl Launch {
    /// Reads the arguments of `launch`. `terminals`: whether the client announced
    /// `supportsRunInTerminalRequest`.
    pub fn parse(arguments: &Map<String, Value>, terminals: bool) -> Result<Configured<Self>, LaunchError> {
        let mut options = Options::new("launch", arguments);
        let target = target(&mut options);
        let console = console(&mut options, terminals);
        let folder = match &target {
            Some(Target::Program(program)) => program.parent().filter(|folder| *folder != "").map(Into::into),
            _ => None,
        };
        // All are read before a missing target counts, so that all problems are told.
        let args = options.strings("args");
        let python_args = options.strings("pythonArgs");
        let cwd = options.text("cwd").map(PathBuf::from).or(folder);
        let env = options.environment("env");
        let console_title = options.text("consoleTitle");
        let stop_on_entry = options.flag("stopOnEntry", false);
        let no_debug = options.flag("noDebug", false);
        let settings = settings(&mut options, console == Console::Internal);
        let launch = target.map(|target| Self {
            target,
            args,
            python_args,
            cwd,
            env,
            console,
            console_title,
            stop_on_entry,
            no_debug,
            settings,
        });
        options.finish(launch, LAUNCH, ATTACH)
    }
}

impl Attach {
    /// Reads the arguments of `attach`.
    pub fn parse(arguments: &Map<String, Value>) -> Result<Configured<Self>, LaunchError> {
        let mut options = Options::new("attach", arguments);
        let to = attach_to(&mut options);
        let attach = Self { to, settings: settings(&mut options, false) };
        options.finish(Some(attach), ATTACH, LAUNCH)
    }
}

/// The options of `launch` alone, for hints.
const LAUNCH: &[&str] = &[
    "program",
    "module",
    "code",
    "args",
    "pythonArgs",
    "cwd",
    "env",
    "console",
    "consoleTitle",
    "stopOnEntry",
    "noDebug",
];
/// The options of `attach` alone.
const ATTACH: &[&str] = &["connect", "host", "port"];
/// The options of both.
const BOTH: &[&str] = &["justMyCode", "redirectOutput", "showReturnValue", "pathMappings", "logToFile"];

fn target(options: &mut Options<'_>) -> Option<Target> {
    let program = options.text("program").map(|program| Target::Program(program.into()));
    let module = options.text("module").map(Target::Module);
    let code = options.lines("code").map(Target::Code);
    match (program, module, code) {
        (Some(target), None, None) | (None, Some(target), None) | (None, None, Some(target)) => Some(target),
        (None, None, None) => {
            if !["program", "module", "code"].iter().any(|name| options.is_given(name)) {
                options.problem("`program`, `module` or `code` is needed: it says what to run");
            }
            None
        }
        _ => {
            options.problem("`program`, `module` and `code` exclude each other: keep one");
            None
        }
    }
}

fn console(options: &mut Options<'_>, terminals: bool) -> Console {
    let choices = [
        ("internalConsole", Console::Internal),
        ("integratedTerminal", Console::IntegratedTerminal),
        ("externalTerminal", Console::ExternalTerminal),
    ];
    let chosen = options.choice("console", &choices);
    if !terminals && matches!(chosen, Some(Console::IntegratedTerminal | Console::ExternalTerminal)) {
        options.problem("`console`: this client opens no terminals: set it to \"internalConsole\"");
    }
    chosen.unwrap_or(if terminals { Console::IntegratedTerminal } else { Console::Internal })
}

fn settings(options: &mut Options<'_>, redirect: bool) -> Settings {
    Settings {
        just_my_code: options.flag("justMyCode", true),
        redirect_output: options.flag("redirectOutput", redirect),
        show_return_value: options.flag("showReturnValue", true),
        path_mappings: path_mappings(options),
        log_to_file: options.flag("logToFile", false),
    }
}

fn path_mappings(options: &mut Options<'_>) -> Vec<PathMapping> {
    let Some(mappings) = options.take("pathMappings") else { return Vec::new() };
    let Some(mappings) = mappings.as_array() else {
        options.expected("pathMappings", "an array of objects", mappings);
        return Vec::new();
    };
    let mut read = Vec::new();
    for (index, mapping) in mappings.iter().enumerate() {
        let root = |name: &str| mapping.get(name).and_then(Value::as_str).filter(|root| !root.is_empty());
        let (Some(local), Some(remote)) = (root("localRoot"), root("remoteRoot")) else {
            options.expected(
                &format!("pathMappings[{index}]"),
                "an object with the folders `localRoot` and `remoteRoot`",
                mapping,
            );
            break;
        };
        let remote = if remote == "." { local } else { remote };
        read.push(PathMapping { local_root: local.into(), remote_root: remote.into() });
    }
    read
}

fn attach_to(options: &mut Options<'_>) -> AttachTo {
    let connect = options.take("connect");
    let (host, port) = (options.take("host"), options.take("port"));
    if let Some(connect) = connect {
        if host.or(port).is_some() {
            options.problem("`connect` and `host`, `port` exclude each other: keep `connect`");
        }
        let Some(fields) = connect.as_object() else {
            options.expected("connect", "an object with `host` and `port`", connect);
            return AttachTo::ThisProgram;
        };
        let present = |name| fields.get(name).filter(|value| !value.is_null());
        return address(options, "connect.", present("host"), present("port"));
    }
    if host.or(port).is_none() {
        return AttachTo::ThisProgram;
    }
    address(options, "", host, port)
}

fn address(options: &mut Options<'_>, within: &str, host: Option<&Value>, port: Option<&Value>) -> AttachTo {
    let host = match host {
        None => "127.0.0.1",
        Some(Value::String(host)) if !host.is_empty() => host,
        Some(other) => {
            options.expected(&format!("{within}host"), "a host's name or address", other);
            ""
        }
    };
    let number =
        port.and_then(Value::as_u64).and_then(|port| u16::try_from(port).ok()).filter(|&port| port > 0);
    if number.is_none() {
        let name = format!("{within}port");
        match port {
            Some(port) => options.expected(&name, "a number from 1 to 65535", port),
            None => options.problem(format!("`{name}` is needed: the program listens there")),
        }
    }
    AttachTo::Address { host: host.into(), port: number.unwrap_or_default() }
}

/// The event that shows a warning: in the client's console, where the program's first output will follow.
pub fn warning(text: &str) -> Event {
    Event::Output(OutputEventBody {
        category: Some(OutputEventBodyCategory::Console),
        output: format!("warning: {text}\n"),
        group: None,
        variables_reference: None,
        source: None,
        line: None,
        column: None,
        data: None,
        location_reference: None,
    })
}

#[cfg(test)]
mod tests;
