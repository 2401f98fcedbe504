//! Options of debugpy that Lasti does not serve, each with its remedy; and those that are the client's own.

use serde_json::Value;

pub(super) struct NotServed {
    pub(super) name: &'static str,
    /// Whether this value asks for anything.
    pub(super) asks: fn(&Value) -> bool,
    pub(super) remedy: &'static str,
}

const fn option(name: &'static str, remedy: &'static str) -> NotServed {
    NotServed { name, asks: anything, remedy }
}

const OWN_PYTHON: &str = "Lasti runs programs on its own Python 3.14: remove it; options of the interpreter go \
     into `pythonArgs`, the site-packages of a virtual environment into `env` as PYTHONPATH";
const NO_LAUNCHER: &str = "Lasti has no adapter or launcher in Python: remove it";
const TEMPLATES: &str =
    "breakpoints in templates are not supported yet: remove it; Python code is debugged without it";
const MAPPINGS: &str = "write it as `pathMappings`: [{\"localRoot\": ..., \"remoteRoot\": ...}]";
const EXIT: &str = "stopping at SystemExit is not supported yet: remove it, and set a breakpoint on the exit";
const CHILDREN: &str = "child processes are not debugged yet: remove it; they run without the debugger";
const ATTACH_BY_PID: &str =
    "a running process cannot be entered: let the debugger start the program, with `launch`";
const WAIT: &str = "the terminal is not held open at the end: remove it";

/// By name.
pub(super) const NOT_SERVED: &[NotServed] = &[
    NotServed {
        name: "argsExpansion",
        asks: |value| value != "none",
        remedy: "a shell does not expand the arguments: remove it, and write each as an element of `args`",
    },
    NotServed {
        name: "autoReload",
        asks: |value| value.get("enable").map_or(!value.is_object() && anything(value), anything),
        remedy: "code is not exchanged while it runs, yet: remove it, and restart after a change",
    },
    option("breakOnSystemExit", EXIT),
    option("breakOnSystemExitZero", EXIT),
    option("debugAdapterHost", NO_LAUNCHER),
    option("debugAdapterPath", NO_LAUNCHER),
    option("debugAdapterPython", NO_LAUNCHER),
    option("debugLauncherPath", NO_LAUNCHER),
    option("debugLauncherPython", NO_LAUNCHER),
    NotServed {
        name: "debugOptions",
        // What Visual Studio tells of itself asks for nothing.
        asks: |value| {
            let harmless = ["WindowsClient", "UnixClient", "Windows", "UNIX"];
            let is_harmless = |flag: &Value| flag.as_str().is_some_and(|flag| harmless.contains(&flag));
            value.as_array().map_or_else(|| anything(value), |flags| !flags.iter().all(is_harmless))
        },
        remedy: "its flags have options of their own: write \"RedirectOutput\" as `redirectOutput`: true, \
                 \"DebugStdLib\" as `justMyCode`: false, and so on",
    },
    NotServed { name: "debugStdLib", asks: anything, remedy: "write it as `justMyCode`: false" },
    option("debugpyArgs", NO_LAUNCHER),
    option("django", TEMPLATES),
    option("envFile", "files of variables are not read: write the variables into `env`"),
    option("flask", TEMPLATES),
    option("gevent", "greenlets are not supported yet: remove it, and run without gevent"),
    NotServed {
        name: "guiEventLoop",
        asks: |value| anything(value) && value != "none",
        remedy: "windows are not kept alive during a stop: remove it, or set it to \"none\"",
    },
    option("jinja", TEMPLATES),
    NotServed {
        name: "listen",
        asks: anything,
        remedy: "programs are not attached to yet: let the debugger start the program, with `launch`",
    },
    option("localRoot", MAPPINGS),
    option("maxExceptionStackFrames", "the whole stack of an exception is shown: remove it"),
    NotServed {
        name: "onTerminate",
        asks: |value| value != "kill",
        remedy: "only \"kill\" is supported yet: remove it",
    },
    option("processId", ATTACH_BY_PID),
    option("pyramid", TEMPLATES),
    option("python", OWN_PYTHON),
    option("pythonPath", OWN_PYTHON),
    option("remoteRoot", MAPPINGS),
    option("resolveSymlinks", "symbolic links are not followed yet: remove it, and use `pathMappings`"),
    option("rules", "rules for single modules are not supported yet: remove it, and use `justMyCode`"),
    NotServed {
        name: "steppingResumesAllThreads",
        asks: |value| value != &Value::Bool(true),
        remedy: "other threads run on while one steps: remove it; a client that wants them held sends \
                 `singleThread` with the step",
    },
    option("subProcess", CHILDREN),
    option("subProcessId", CHILDREN),
    option("successExitCodes", "exit codes are not judged: remove it"),
    option(
        "sudo",
        "the program gets no other rights than the debugger has: run `sudo lasti dap`, and remove it",
    ),
    option("terminateChildProcesses", CHILDREN),
    option("variablePresentation", "variables are grouped in one fixed way, yet: remove it"),
    option("waitOnAbnormalExit", WAIT),
    option("waitOnNormalExit", WAIT),
];

fn anything(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(_) => true,
        Value::String(text) => !text.is_empty(),
        Value::Array(elements) => !elements.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
    }
}

/// Options that clients keep for themselves but send along.
pub(super) fn is_the_clients(name: &str) -> bool {
    const THEIRS: &[&str] = &[
        "clientOS",
        "debugServer",
        "internalConsoleOptions",
        "linux",
        "name",
        "order",
        "osx",
        "postDebugTask",
        "preLaunchTask",
        "presentation",
        "purpose",
        "request",
        "serverReadyAction",
        "suppressMultipleSessionWarning",
        "type",
        "windows",
        "workspaceFolder",
    ];
    name.starts_with("__") || THEIRS.contains(&name)
}
