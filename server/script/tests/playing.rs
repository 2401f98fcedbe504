//! Stories against a fake server: what is asked, what is listed, and what is said where something else happens.

mod fake;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use expect_test::{Expect, expect};
use fake::{Fake, body, ended, event, failure, output, stopped, usual};
use lasti_dap::debuggee::{Launcher, StartError, Starting, Terminal};
use lasti_dap::launch::{Launch, Target};
use lasti_script::command_line::{self, Arguments};
use lasti_script::{InProcessServer, Options, Outcome, Report, run};
use serde_json::{Value, json};

const PROGRAM: &str = "```py\na = 1  #@ one\nb = 2  #@ two\n```\n";

/// A folder with a story, gone when dropped.
struct Written {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

fn written(commands: &str) -> Written {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("story.md");
    std::fs::write(&path, format!("# Title\n{PROGRAM}```dap\n{commands}\n```\n")).unwrap();
    Written { _folder: folder, path }
}

async fn play(story: &Written, options: &Options, server: Arc<Fake>) -> Report {
    run(std::slice::from_ref(&story.path), options, server, |_| {}).await
}

/// What was said of the story, without its folder.
async fn said(story: &Written, server: Arc<Fake>) -> String {
    let options = Options { timeout: Duration::from_millis(300), ..Options::default() };
    let report = play(story, &options, server).await;
    let folder = story.path.parent().unwrap().display().to_string();
    report.stories[0].to_text(true).replace(&format!("{folder}/"), "")
}

async fn check(commands: &str, server: Arc<Fake>, expected: Expect) {
    expected.assert_eq(&said(&written(commands), server).await);
}

/// A server whose program stops in line 1 when it is begun, and ends when it is continued.
fn simple(other: impl Fn(&str, &Value) -> Option<Vec<Value>> + Send + Sync + 'static) -> Arc<Fake> {
    Fake::new(move |program, command, arguments| {
        if let Some(answer) = other(command, arguments) {
            return answer;
        }
        match command {
            "configurationDone" => vec![body(json!({})), stopped("breakpoint")],
            "continue" => [vec![body(json!({})), output("b"), output("ye\nhalf")], ended(3)].concat(),
            _ => usual(program, 1, command, arguments),
        }
    })
}

#[tokio::test]
async fn a_story_that_goes_as_written() {
    let server = simple(|_, _| None);
    check(
        "break one if a > 1\nrun → stopped breakpoint @one\nstack columns → main @one 1\n\
         continue\n→ stdout bye\n→ stdout \"half\"\n→ exited 3",
        Arc::clone(&server),
        expect![[r#"
            story.md: ok
            break one if a > 1
            run
              → stopped breakpoint @one
            stack columns
              → main @one 1
            continue
              → stdout bye
              → stdout "half"
              → exited 3
        "#]],
    )
    .await;
    assert_eq!(
        server.arguments("setBreakpoints")[0]["breakpoints"],
        json!([{ "line": 1, "condition": "a > 1" }])
    );
    assert_eq!(server.arguments("continue"), [json!({ "threadId": 1 })]);
    assert_eq!(server.arguments("disconnect"), [json!({ "terminateDebuggee": true })]);
    let launch = &server.arguments("launch")[0];
    assert!(launch["program"].as_str().unwrap().ends_with("/main.py"), "{launch}");
    assert_eq!(launch["console"], "internalConsole");
}

#[tokio::test]
async fn something_else_is_shown_as_a_diff_at_its_line() {
    check(
        "break one\nrun → stopped breakpoint @two\nnext",
        simple(|_, _| None),
        expect![[r"
            story.md:8: FAILED
            break one
            run
              → stopped breakpoint @one
            --- story.md (expected)
            +++ story.md (found)
            @@ -5,6 +5,6 @@
             ```
             ```dap
             break one
            -run → stopped breakpoint @two
            +run → stopped breakpoint @one
             next
             ```
        "]],
    )
    .await;
}

#[tokio::test]
async fn blessing_rewrites_only_what_differs() {
    let story = written(
        "break one            # here\nrun     → stopped step @two   # gone\n# a comment\ncontinue → stdout bye\n\
         # between\n  → stdout ...\n  → exited 4",
    );
    let options = Options { bless: true, ..Options::default() };
    let report = play(&story, &options, simple(|_, _| None)).await;
    assert_eq!(report.stories[0].outcome, Outcome::Blessed);
    assert_eq!(report.exit_code(), 0);
    let text = std::fs::read_to_string(&story.path).unwrap();
    expect![[r#"
        break one            # here
        run     → stopped breakpoint @one
        # a comment
        continue → stdout bye
                 → stdout "half"
                 → exited 3
        # between
        ```
    "#]]
    .assert_eq(text.split_once("```dap\n").unwrap().1);
    let again = play(&story, &options, simple(|_, _| None)).await;
    assert_eq!(again.stories[0].outcome, Outcome::Passed);
}

#[tokio::test]
async fn lines_in_any_order_are_waited_for() {
    let server = simple(|command, _| {
        let late =
            [vec![body(json!({})), output("x\n")], vec![stopped("breakpoint"), output("y\n")]].concat();
        (command == "configurationDone").then_some(late)
    });
    check(
        "run\n→ any {\n→ stopped breakpoint @one\n→ stdout y\n→ stdout x\n→ }",
        server,
        expect![[r"
            story.md: ok
            run
              → stdout x
              → stopped breakpoint @one
              → stdout y
        "]],
    )
    .await;
}

#[tokio::test]
async fn a_session_that_hangs_says_where() {
    let server = simple(|command, _| match command {
        "configurationDone" => Some(vec![body(json!({})), output("x\n")]),
        "stackTrace" => Some(vec![failure("thread 1 is running")]),
        _ => None,
    });
    let said = said(&written("run → stopped breakpoint @one"), server).await;
    assert!(
        said.starts_with(
            "story.md:7: FAILED\nrun\n  → stdout x\n`run`: nothing more within 0.3 s, after 1 of 1 lines\n"
        ),
        "{said}"
    );
    assert!(said.contains("\n  → stdout x\nno request waits for a response\nthe last messages:\n"), "{said}");
    assert!(said.ends_with("\nthread MainThread: thread 1 is running\n"), "{said}");
}

#[tokio::test]
async fn a_server_that_goes_away_or_refuses() {
    let gone = simple(|command, _| (command == "configurationDone").then(|| vec!["gone".into()]));
    check(
        "run → stopped breakpoint @one",
        gone,
        expect![[r"
            story.md:7: FAILED
            run
            `run`: the server has ended the conversation
        "]],
    )
    .await;
    let refuses = simple(|command, _| (command == "launch").then(|| vec![failure("no such program")]));
    check(
        "break one\nrun → error no such program\nnext",
        refuses,
        expect![[r"
            story.md:9: ERROR
            break one
            run
              → error no such program
            next
            `next`: `run` comes first
        "]],
    )
    .await;
}

#[tokio::test]
async fn refusals_are_lines() {
    let server = simple(|command, _| {
        let traceback =
            "Traceback (most recent call last):\n  File \"x\"\nNameError: name 'q' is not defined";
        (command == "evaluate").then(|| vec![output("seen\n"), failure(traceback)])
    });
    check(
        "run → stopped breakpoint @one\neval q\n→ stdout seen\n→ error NameError",
        server,
        expect![[r"
            story.md: ok
            run
              → stopped breakpoint @one
            eval q
              → stdout seen
              → error NameError: name 'q' is not defined
        "]],
    )
    .await;
}

#[tokio::test]
async fn commands_at_the_wrong_time() {
    for (commands, message) in [
        ("next", "story.md:7: ERROR\nnext\n`next`: `run` comes first\n"),
        ("run → ...\nrun", "`run`: the program runs already\n"),
        ("break one\nconfig {}", "`config {}`: `config` comes before all that the server is asked\n"),
        ("run → ...\ncontinue\n→ ...\n→ ...\n→ ...\nnext", "`next`: the program has ended\n"),
        ("run → ...\nframe 7", "`frame 7`: no frame `7`; there are: main\n"),
        ("run → ...\nthread x", "`thread x`: no thread `x`; there are: MainThread\n"),
        ("clear one", "`clear one`: there is no breakpoint on `one`\n"),
        ("break one at \"z\"", "`z` is not on that line: a = 1  #@ one\n"),
        ("output", "`output`: output is listed where it comes; `output later` keeps it back\n"),
    ] {
        let said = said(&written(commands), simple(|_, _| None)).await;
        assert!(said.starts_with("story.md:") && said.ends_with(message), "{commands}: {said}");
    }
}

#[tokio::test]
async fn output_after_the_end_is_expected_by_nobody() {
    let server =
        simple(|command, _| (command == "disconnect").then(|| vec![output("late\n"), body(json!({}))]));
    check(
        "run → ...\ncontinue\n→ stdout bye\n→ ...\n→ exited 3",
        server,
        expect![[r#"
            story.md:8: FAILED
            run
              → stopped breakpoint @one
            continue
              → stdout bye
              → stdout "half"
              → exited 3
            after the program's end came more:
              → stdout late
        "#]],
    )
    .await;
}

#[tokio::test]
async fn variables_along_a_path() {
    let server = simple(|command, arguments| match command {
        "scopes" => Some(vec![body(json!({ "scopes": [{ "name": "Locals", "variablesReference": 5 }] }))]),
        "variables" => {
            let variable = |name: &str, value: &str, reference: i32| json!({ "name": name, "value": value, "variablesReference": reference });
            let variables = match arguments["variablesReference"].as_i64() {
                Some(5) => json!([
                    variable("z", "[1]", 6),
                    variable("a", "<C at 0x7f0011223344>", 0),
                    variable("__x__", "", 0)
                ]),
                _ => json!([variable("0", "1", 0), variable("len()", "1", 0)]),
            };
            Some(vec![body(json!({ "variables": variables }))])
        }
        "setVariable" => Some(vec![body(json!({ "value": arguments["value"] }))]),
        _ => None,
    });
    check(
        "run → ...\nlocals → a = <C at 0x...>\n       → z = [1]\nvars z → 0 = 1\nset z[0] = 7 → z[0] = 7\nvars z.q → error no `q` in `z`\n\
         vars y → error no variable `y`",
        Arc::clone(&server),
        expect![[r"
            story.md: ok
            run
              → stopped breakpoint @one
            locals
              → a = <C at 0x...>
              → z = [1]
            vars z
              → 0 = 1
            set z[0] = 7
              → z[0] = 7
            vars z.q
              → error no `q` in `z`
            vars y
              → error no variable `y`
        "]],
    )
    .await;
    assert_eq!(
        server.arguments("setVariable"),
        [json!({ "variablesReference": 6, "name": "0", "value": "7" })]
    );
}

#[tokio::test]
async fn raw_requests_with_labels_for_what_changes() {
    let server = simple(|command, _| match command {
        "scopes" => {
            let scope = |name: &str, reference: i32| json!({ "name": name, "variablesReference": reference, "id": 3 });
            Some(vec![body(json!({ "scopes": [scope("L", 50), scope("G", 40)] }))])
        }
        "next" => Some(vec![body(json!({})), stopped("step")]),
        _ => None,
    });
    check(
        "run → ...\nrequest scopes {\"frameId\": \"$frame\"}\n→ {\"scopes\":[{\"id\":\"#\",\"name\":\"L\",\"variablesReference\":\"ref#1\"},...\n\
         next → ...\nrequest scopes {\"frameId\": \"$frame\"} → ...\"ref#1'\"...\n\
         request variables {\"variablesReference\": \"ref#1\", \"x\": [\"@two\", \"$thread\"]} → ok",
        Arc::clone(&server),
        expect![[r##"
            story.md: ok
            run
              → stopped breakpoint @one
            request scopes {"frameId": "$frame"}
              → {"scopes":[{"id":"#","name":"L","variablesReference":"ref#1"},{"id":"#","name":"G","variablesReference":"ref#2"}]}
            next
              → stopped step @one
            request scopes {"frameId": "$frame"}
              → {"scopes":[{"id":"#","name":"L","variablesReference":"ref#1'"},{"id":"#","name":"G","variablesReference":"ref#2'"}]}
            request variables {"variablesReference": "ref#1", "x": ["@two", "$thread"]}
              → ok
        "##]],
    )
    .await;
    assert_eq!(server.arguments("scopes")[0], json!({ "frameId": 9 }));
    assert_eq!(server.arguments("variables"), [json!({ "variablesReference": 50, "x": [2, 1] })]);
}

#[tokio::test]
async fn what_became_of_breakpoints() {
    let server = simple(|command, _| match command {
        "setBreakpoints" => Some(vec![body(json!({ "breakpoints": [{ "id": 1, "verified": false }] }))]),
        "configurationDone" => {
            let changed = json!({ "id": 1, "verified": true, "line": 2, "message": "moved to line 2, see" });
            let changed = event("breakpoint", json!({ "reason": "changed", "breakpoint": changed }));
            Some(vec![body(json!({})), changed, stopped("breakpoint")])
        }
        _ => None,
    });
    check(
        "break one\nbreakpoints → @one unverified\nlisten breakpoint\nrun\n→ event breakpoint ...\n→ stopped ...\n\
         breakpoints → @one moved to @two: moved to line @two, see",
        server,
        expect![[r##"
            story.md: ok
            break one
            breakpoints
              → @one unverified
            listen breakpoint
            run
              → event breakpoint {"breakpoint":{"id":"#","line":2,"message":"moved to line 2, see","verified":true},"reason":"changed"}
              → stopped breakpoint @one
            breakpoints
              → @one moved to @two: moved to line @two, see
        "##]],
    )
    .await;
}

#[derive(Parser)]
struct CommandLine {
    #[command(flatten)]
    arguments: Arguments,
}

#[tokio::test]
async fn many_stories_are_reported_in_their_order() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, commands: &str, tag: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, format!("# {name}\n{PROGRAM}```dap {tag}\n{commands}\n```\n")).unwrap();
    };
    write("a.md", "run → stopped breakpoint @one", "quick");
    write("b/c.md", "run → stopped step @one", "");
    write("b/d.md", "run → stopped breakpoint @one", "quick");
    std::fs::write(folder.path().join("README.md"), "# No story\n").unwrap();
    let out = |more: &[&str]| {
        let mut words = vec!["script".to_owned(), folder.path().display().to_string()];
        words.extend(more.iter().map(|word| (*word).to_owned()));
        let arguments = CommandLine::parse_from(words).arguments;
        let prefix = format!("{}/", folder.path().display());
        async move {
            let mut out = Vec::new();
            let code = command_line::main(&arguments, Some(simple(|_, _| None)), &mut out).await;
            (code, String::from_utf8(out).unwrap().replace(&prefix, ""))
        }
    };
    let junit = folder.path().join("junit.xml");
    let (code, text) = out(&["-j", "3", "--junit", junit.to_str().unwrap()]).await;
    assert_eq!(code, 1);
    expect![[r"
        a.md: ok
        b/c.md:7: FAILED
        --- b/c.md (expected)
        +++ b/c.md (found)
        @@ -4,5 +4,5 @@
         b = 2  #@ two
         ```
         ```dap 
        -run → stopped step @one
        +run → stopped breakpoint @one
         ```
        b/d.md: ok
        3 stories: 2 passed, 1 failed
    "]]
    .assert_eq(&text);
    let xml = std::fs::read_to_string(junit).unwrap();
    assert!(xml.contains("tests=\"3\" failures=\"1\" errors=\"0\""), "{xml}");

    let (code, text) = out(&["--tag", "quick"]).await;
    assert_eq!((code, text.as_str()), (0, "a.md: ok\nb/d.md: ok\n2 stories: 2 passed\n"));
    let (code, text) = out(&["--tag", "slow"]).await;
    assert_eq!(
        (code, text.as_str()),
        (2, "lasti script: no stories: a story is a Markdown file with a ```dap block\n")
    );

    write("e.md", "rum", "");
    let (code, text) = out(&[]).await;
    assert_eq!(code, 2);
    assert!(text.ends_with("4 stories: 2 passed, 1 failed, 1 could not be run\n"), "{text}");
    let (code, text) = out(&["--server", "/no/such/server"]).await;
    assert_eq!(code, 2);
    assert!(text.contains("cannot start a server: /no/such/server: No such file or directory"), "{text}");
}

/// Lasti's own server, whose programs cannot be started.
struct NoPrograms;

impl Launcher for NoPrograms {
    fn launch(&self, launch: Launch, _: Terminal) -> Starting {
        let Target::Program(program) = launch.target else { panic!("a story launches a file") };
        let reason = format!("{} cannot be started here", program.display());
        Box::pin(std::future::ready(Err(StartError::new(reason))))
    }
}

#[tokio::test]
async fn lastis_own_server_in_this_process() {
    let story = written("run → error <story>/main.py cannot be started here");
    let server = Arc::new(InProcessServer::new(Arc::new(NoPrograms)));
    let report = run(std::slice::from_ref(&story.path), &Options::default(), server, |_| {}).await;
    assert_eq!(report.stories[0].outcome, Outcome::Passed, "{}", report.stories[0].to_text(true));
}
