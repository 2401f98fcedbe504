use proptest::prelude::*;
use serde_json::json;

use super::not_served::NOT_SERVED;
use super::*;
use crate::protocol::{Outbox, Outgoing};
use crate::schema;

fn fields(arguments: Value) -> Map<String, Value> {
    let Value::Object(fields) = arguments else { panic!("an object") };
    fields
}

fn launch(arguments: Value) -> Configured<Launch> {
    Launch::parse(&fields(arguments), true).unwrap()
}

fn attach(arguments: Value) -> Configured<Attach> {
    Attach::parse(&fields(arguments)).unwrap()
}

/// What is wrong with `launch`, beside a program.
fn problems(arguments: Value) -> Vec<String> {
    let mut fields = fields(arguments);
    fields.entry("program").or_insert(json!("/a.py"));
    Launch::parse(&fields, true).unwrap_err().problems
}

const DEFAULTS: Settings = Settings {
    just_my_code: true,
    redirect_output: false,
    show_return_value: true,
    path_mappings: Vec::new(),
    log_to_file: false,
};

#[test]
fn the_least_configuration() {
    assert_eq!(
        launch(json!({"program": "/home/me/a.py"})),
        Configured {
            value: Launch {
                target: Target::Program("/home/me/a.py".into()),
                args: Vec::new(),
                python_args: Vec::new(),
                cwd: Some("/home/me".into()),
                env: BTreeMap::new(),
                console: Console::IntegratedTerminal,
                console_title: None,
                stop_on_entry: false,
                no_debug: false,
                settings: DEFAULTS,
            },
            warnings: Vec::new(),
        }
    );
    assert_eq!(
        attach(json!({})),
        Configured { value: Attach { to: AttachTo::ThisProgram, settings: DEFAULTS }, warnings: Vec::new() }
    );
}

#[test]
fn everything_that_is_served() {
    assert_eq!(
        launch(json!({
            "name": "All", "type": "lasti", "request": "launch", "__sessionId": "1", "preLaunchTask": "build",
            "code": ["import a", "a.run()"], "args": ["-v", ""], "pythonArgs": ["-X", "dev"], "cwd": "/tmp",
            "env": {"A": "1", "B": null}, "console": "internalConsole", "consoleTitle": "Run",
            "stopOnEntry": true, "noDebug": true, "justMyCode": false, "redirectOutput": false,
            "showReturnValue": false, "logToFile": true,
            "pathMappings": [{"localRoot": "/src", "remoteRoot": "/app"}, {"localRoot": "/x", "remoteRoot": "."}],
        })),
        Configured {
            value: Launch {
                target: Target::Code("import a\na.run()".into()),
                args: vec!["-v".into(), String::new()],
                python_args: vec!["-X".into(), "dev".into()],
                cwd: Some("/tmp".into()),
                env: [("A".into(), Some("1".into())), ("B".into(), None)].into(),
                console: Console::Internal,
                console_title: Some("Run".into()),
                stop_on_entry: true,
                no_debug: true,
                settings: Settings {
                    just_my_code: false,
                    redirect_output: false,
                    show_return_value: false,
                    path_mappings: vec![
                        PathMapping { local_root: "/src".into(), remote_root: "/app".into() },
                        PathMapping { local_root: "/x".into(), remote_root: "/x".into() },
                    ],
                    log_to_file: true,
                },
            },
            warnings: Vec::new(),
        }
    );
}

#[test]
fn defaults_that_depend() {
    assert_eq!(launch(json!({"program": "a.py"})).value.cwd, None);
    assert_eq!(launch(json!({"program": "b/a.py"})).value.cwd, Some("b".into()));
    assert_eq!(launch(json!({"module": "a.b"})).value.cwd, None);
    let internal = launch(json!({"module": "a", "console": "internalConsole"})).value;
    assert!(internal.settings.redirect_output);
    let no_terminals = Launch::parse(&fields(json!({"module": "a"})), false).unwrap().value;
    assert_eq!(no_terminals.console, Console::Internal);
    assert_eq!(
        Launch::parse(&fields(json!({"module": "a", "console": "externalTerminal"})), false)
            .unwrap_err()
            .to_string(),
        "cannot launch: `console`: this client opens no terminals: set it to \"internalConsole\""
    );
}

#[test]
fn one_target() {
    let error = |arguments| Launch::parse(&fields(arguments), true).unwrap_err().to_string();
    assert_eq!(
        error(json!({})),
        "cannot launch: `program`, `module` or `code` is needed: it says what to run"
    );
    assert_eq!(
        error(json!({"program": "a.py", "module": "a"})),
        "cannot launch: `program`, `module` and `code` exclude each other: keep one"
    );
    assert_eq!(
        error(json!({"program": ""})),
        "cannot launch: `program` is an empty string, expected a string"
    );
    assert_eq!(
        error(json!({"args": 1, "sudo": false})),
        "cannot launch: `program`, `module` or `code` is needed: it says what to run; \
         `args` is an integer, expected an array of strings"
    );
}

#[test]
fn wrong_types_name_the_option_and_what_was_expected() {
    for (arguments, problem) in [
        (json!({"program": 1}), "`program` is an integer, expected a string"),
        (json!({"args": "-v"}), "`args` is a string, expected an array of strings"),
        (json!({"args": ["-n", 3]}), "`args[1]` is an integer, expected a string"),
        (json!({"args": ["\0"]}), "`args[0]` is a string with a null character, expected a string"),
        (json!({"cwd": ["/"]}), "`cwd` is an array, expected a string"),
        (json!({"env": [1]}), "`env` is an array, expected an object of variables"),
        (json!({"env": {"A": 1}}), "`env.A` is an integer, expected a string, or null to take it away"),
        (json!({"env": {"A=B": "1"}}), "`env`: a variable cannot be named \"A=B\""),
        (json!({"stopOnEntry": "yes"}), "`stopOnEntry` is a string, expected true or false"),
        (json!({"justMyCode": 1.5}), "`justMyCode` is a fraction, expected true or false"),
        (
            json!({"console": "none"}),
            "`console` is \"none\", expected one of \"internalConsole\", \"integratedTerminal\", \
             \"externalTerminal\"",
        ),
        (json!({"pathMappings": {}}), "`pathMappings` is an object, expected an array of objects"),
        (
            json!({"pathMappings": [{"localRoot": "/a"}]}),
            "`pathMappings[0]` is an object, expected an object with the folders `localRoot` and `remoteRoot`",
        ),
        (json!({"connect": {"port": 1}}), "`connect` is an option of attach: remove it"),
    ] {
        assert_eq!(problems(arguments.clone()), [problem], "{arguments}");
    }
}

#[test]
fn all_problems_are_told_at_once() {
    assert_eq!(
        problems(json!({"args": 1, "stopOnEntry": 1, "django": true, "subProcess": true})),
        [
            "`args` is an integer, expected an array of strings",
            "`stopOnEntry` is an integer, expected true or false",
            "`django`: breakpoints in templates are not supported yet: remove it; Python code is debugged \
             without it",
            "`subProcess`: child processes are not debugged yet: remove it; they run without the debugger",
        ]
    );
}

#[test]
fn what_is_not_served_is_refused_by_name() {
    assert!(NOT_SERVED.is_sorted_by(|a, b| a.name < b.name));
    for option in NOT_SERVED {
        for value in [json!(1), json!("x"), json!(["x"])] {
            let expected = format!("`{}`: {}", option.name, option.remedy);
            assert_eq!(problems(json!({option.name: value})), [expected.as_str()]);
            let error = Attach::parse(&fields(json!({option.name: value}))).unwrap_err();
            assert_eq!(error.problems, [expected]);
        }
    }
}

#[test]
fn values_that_ask_for_nothing_are_no_problem() {
    let nothing = json!({
        "module": "a", "django": false, "gevent": null, "rules": [], "subProcess": false, "argsExpansion": "none",
        "autoReload": {"enable": false}, "debugOptions": ["UnixClient"], "guiEventLoop": "none",
        "onTerminate": "kill", "steppingResumesAllThreads": true, "variablePresentation": {}, "pythonPath": "",
    });
    assert_eq!(launch(nothing).warnings, Vec::<String>::new());
    assert_eq!(
        problems(json!({"steppingResumesAllThreads": false})),
        [
            "`steppingResumesAllThreads`: other threads run on while one steps: remove it; a client that wants \
          them held sends `singleThread` with the step"
        ]
    );
    assert_eq!(
        problems(json!({"autoReload": {"enable": true}})),
        ["`autoReload`: code is not exchanged while it runs, yet: remove it, and restart after a change"]
    );
}

#[test]
fn unknown_options_warn() {
    assert_eq!(
        launch(json!({"module": "a", "justMycode": true, "stoponentry": true, "colour": 1})).warnings,
        [
            "the option `colour` is unknown and has no effect",
            "the option `justMycode` is unknown and has no effect; is it `justMyCode`?",
            "the option `stoponentry` is unknown and has no effect; is it `stopOnEntry`?",
        ]
    );
    let mut many: Map<String, Value> = (0..5000).map(|n| (format!("x{n:05}").repeat(20), json!(1))).collect();
    many.insert("module".into(), json!("a"));
    let warnings = Launch::parse(&many, true).unwrap().warnings;
    assert_eq!(warnings.len(), 21);
    assert_eq!(warnings[20], "4980 more options are unknown and have no effect");
}

#[test]
fn a_warning_is_an_event() {
    let mut out = Vec::new();
    Outbox::default().write(&Outgoing::Event(warning("text")), &mut out).unwrap();
    let body = &out[out.iter().position(|&byte| byte == b'{').unwrap()..];
    let message: Value = serde_json::from_slice(body).unwrap();
    assert_eq!(schema::violations(&message), Vec::<String>::new());
    assert_eq!(message["body"], json!({"category": "console", "output": "warning: text\n"}));
}

#[test]
fn addresses() {
    let to = |arguments| attach(arguments).value.to;
    let address = |host: &str, port| AttachTo::Address { host: host.into(), port };
    assert_eq!(to(json!({"connect": {"port": 5678}})), address("127.0.0.1", 5678));
    assert_eq!(to(json!({"connect": {"host": "::1", "port": 1}})), address("::1", 1));
    assert_eq!(to(json!({"host": "box", "port": 65535})), address("box", 65535));
    assert_eq!(to(json!({"connect": null})), AttachTo::ThisProgram);
    // Clients send it with every request.
    assert_eq!(to(json!({"noDebug": false})), AttachTo::ThisProgram);

    for (arguments, problem) in [
        (json!({"connect": {}}), "`connect.port` is needed: the program listens there"),
        (json!({"host": "a"}), "`port` is needed: the program listens there"),
        (json!({"port": 0}), "`port` is an integer, expected a number from 1 to 65535"),
        (json!({"port": 65536}), "`port` is an integer, expected a number from 1 to 65535"),
        (json!({"port": "5678"}), "`port` is a string, expected a number from 1 to 65535"),
        (json!({"connect": 5678}), "`connect` is an integer, expected an object with `host` and `port`"),
        (
            json!({"connect": {"port": 1}, "port": 1}),
            "`connect` and `host`, `port` exclude each other: keep `connect`",
        ),
        (json!({"host": "", "port": 1}), "`host` is an empty string, expected a host's name or address"),
        (json!({"noDebug": true}), "`noDebug` is an option of launch: remove it"),
        (json!({"program": "a.py"}), "`program` is an option of launch: remove it"),
        (
            json!({"processId": 1}),
            "`processId`: a running process cannot be entered: let the debugger start the program, with `launch`",
        ),
    ] {
        assert_eq!(Attach::parse(&fields(arguments.clone())).unwrap_err().problems, [problem], "{arguments}");
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-c.\0=/]{0,4}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let name =
            prop_oneof![Just("localRoot"), Just("remoteRoot"), Just("host"), Just("port"), Just("enable")];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map(name, inner, 0..3).prop_map(|fields| fields
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect()),
        ]
    })
}

proptest! {
    #[test]
    fn any_configuration_gets_an_answer(
        values in prop::collection::vec((any::<prop::sample::Index>(), any_value()), 0..8),
        terminals: bool,
    ) {
        let names: Vec<&str> =
            LAUNCH.iter().chain(ATTACH).chain(BOTH).copied().chain(NOT_SERVED.iter().map(|o| o.name)).collect();
        let fields = values.into_iter().map(|(index, value)| ((*index.get(&names)).to_owned(), value)).collect();
        for problems in [
            Launch::parse(&fields, terminals).err().map(|error| error.problems),
            Attach::parse(&fields).err().map(|error| error.problems),
        ] {
            prop_assert_ne!(problems, Some(Vec::new()), "an error says what is wrong");
        }
    }
}
