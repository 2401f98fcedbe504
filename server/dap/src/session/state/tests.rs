use std::collections::BTreeSet;
use std::fmt::Write;

use expect_test::expect;
use serde_json::{Value, json};

use super::*;
use crate::schema;

/// Capabilities with every flag set.
fn everything() -> Capabilities {
    let flags = Command::ALL.into_iter().filter_map(capability).map(|(name, _)| (name.into(), json!(true)));
    serde_json::from_value(Value::Object(flags.collect())).unwrap()
}

#[test]
fn the_whole_table() {
    let all = everything();
    let mut table = format!("{:<26} un init conf run stop end\n", "");
    for command in Command::ALL {
        write!(table, "{:<26}", command.name()).unwrap();
        for (state, width) in State::ALL.into_iter().zip([3, 5, 5, 4, 5, 4]) {
            let cell = match check(state, command, &all) {
                Ok(()) => "ok",
                Err(error) => match error.id {
                    ErrorId::ReverseRequest => "<-",
                    ErrorId::NotInitialized | ErrorId::OutOfOrder => "-",
                    ErrorId::NotStopped => "ns",
                    ErrorId::Terminated => "t",
                    other => panic!("{other:?}"),
                },
            };
            write!(table, "{cell:>width$}").unwrap();
        }
        table += "\n";
    }
    expect![[r"
                                   un init conf run stop end
        cancel                     ok   ok   ok  ok   ok  ok
        runInTerminal              <-   <-   <-  <-   <-  <-
        startDebugging             <-   <-   <-  <-   <-  <-
        initialize                 ok    -    -   -    -   -
        configurationDone           -    -   ok   -    -   -
        launch                      -   ok    -   -    -   -
        attach                      -   ok    -   -    -   -
        restart                     -    -   ok  ok   ok   t
        disconnect                 ok   ok   ok  ok   ok  ok
        terminate                  ok   ok   ok  ok   ok  ok
        breakpointLocations         -    -   ok  ok   ok   t
        setBreakpoints              -    -   ok  ok   ok   t
        setFunctionBreakpoints      -    -   ok  ok   ok   t
        setExceptionBreakpoints     -    -   ok  ok   ok   t
        dataBreakpointInfo          -    -   ns  ns   ok   t
        setDataBreakpoints          -    -   ok  ok   ok   t
        setInstructionBreakpoints   -    -   ok  ok   ok   t
        continue                    -    -   ns  ns   ok   t
        next                        -    -   ns  ns   ok   t
        stepIn                      -    -   ns  ns   ok   t
        stepOut                     -    -   ns  ns   ok   t
        stepBack                    -    -   ns  ns   ok   t
        reverseContinue             -    -   ns  ns   ok   t
        restartFrame                -    -   ns  ns   ok   t
        goto                        -    -   ns  ns   ok   t
        pause                       -    -   ok  ok   ok   t
        stackTrace                  -    -   ns  ns   ok   t
        scopes                      -    -   ns  ns   ok   t
        variables                   -    -   ns  ns   ok   t
        setVariable                 -    -   ns  ns   ok   t
        source                     ok   ok   ok  ok   ok  ok
        threads                    ok   ok   ok  ok   ok  ok
        terminateThreads            -    -   ok  ok   ok   t
        modules                     -    -   ok  ok   ok   t
        loadedSources               -    -   ok  ok   ok   t
        evaluate                    -    -   ns  ns   ok   t
        setExpression               -    -   ns  ns   ok   t
        stepInTargets               -    -   ns  ns   ok   t
        gotoTargets                 -    -   ns  ns   ok   t
        completions                 -    -   ns  ns   ok   t
        exceptionInfo               -    -   ns  ns   ok   t
        readMemory                  -    -   ns  ns   ok   t
        writeMemory                 -    -   ns  ns   ok   t
        disassemble                 -    -   ns  ns   ok   t
        locations                   -    -   ns  ns   ok   t
    "]]
    .assert_eq(&table);
}

#[test]
fn refusals_say_why() {
    let all = everything();
    let said = |state, command| check(state, command, &all).unwrap_err().to_string();
    let mut text = String::new();
    for (state, command) in [
        (State::Uninitialized, Command::Scopes),
        (State::Uninitialized, Command::Launch),
        (State::Initialized, Command::Initialize),
        (State::Initialized, Command::SetBreakpoints),
        (State::Initialized, Command::ConfigurationDone),
        (State::Running, Command::Launch),
        (State::Running, Command::Scopes),
        (State::Terminated, Command::Next),
        (State::Stopped, Command::RunInTerminal),
    ] {
        text += &said(state, command);
        text += "\n";
    }
    expect![[r"
        `scopes` comes before `initialize`
        `launch` comes before `initialize`
        `initialize` comes too late: this session is past it
        `setBreakpoints` comes before `launch` or `attach`: wait for the `initialized` event
        `configurationDone` comes before `launch` or `attach`
        `launch` comes too late: this session is past it
        `scopes` needs a stopped program: `pause` it first
        `next` comes too late: the program has ended
        `runInTerminal` is a request to the client
    "]]
    .assert_eq(&text);
}

#[test]
fn what_is_not_announced_is_refused_in_every_state() {
    let nothing = Capabilities::default();
    for command in Command::ALL {
        let Some((name, _)) = capability(command) else { continue };
        for state in State::ALL {
            let error = check(state, command, &nothing).unwrap_err();
            assert_eq!(error.id, ErrorId::Unsupported);
            assert_eq!(
                error.message,
                format!(
                    "`{}` is not supported by this debugger, which does not announce `{name}`",
                    command.name()
                )
            );
        }
        // The flag that is named is the flag that is asked.
        let announced: Capabilities = serde_json::from_value(json!({name: true})).unwrap();
        assert_eq!(capability(command).map(|(_, flag)| flag(&announced)), Some(Some(true)), "{name}");
        let denied: Capabilities = serde_json::from_value(json!({name: false})).unwrap();
        assert_eq!(capability(command).map(|(_, flag)| flag(&denied)), Some(Some(false)), "{name}");
    }
}

#[test]
fn the_table_has_every_request_of_the_schema() {
    let definitions = schema::definitions();
    let requests: BTreeSet<&str> = definitions
        .iter()
        .filter(|(name, _)| name.ends_with("Request") && *name != "Request")
        .map(|(_, definition)| definition["allOf"][1]["properties"]["command"]["enum"][0].as_str().unwrap())
        .collect();
    assert_eq!(requests, Command::ALL.map(Command::name).into());
    for command in Command::ALL {
        assert_eq!(Command::from_name(command.name()), Some(command));
    }
    assert_eq!(Command::from_name("Launch"), None);
}

#[test]
fn capabilities_are_those_that_the_schema_names() {
    for command in Command::ALL.into_iter().filter(|&command| class(command) != Class::Reverse) {
        let (_, definition) = schema::definitions()
            .iter()
            .find(|(_, definition)| {
                definition["allOf"][1]["properties"]["command"]["enum"][0] == command.name()
            })
            .unwrap();
        let description = definition["allOf"][1]["description"].as_str().unwrap();
        let named = description
            .split("Clients should only call this request if the ")
            .nth(1)
            .map(|rest| rest.split('`').nth(1).unwrap())
            // It lists the filters, so it has no flag to ask; without filters the request is harmless.
            .filter(|&named| named != "exceptionBreakpointFilters");
        assert_eq!(capability(command).map(|(flag, _)| flag), named, "{}", command.name());
    }
}
