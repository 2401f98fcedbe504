//! Random requests in random order, to a program that runs and stops: every one has exactly one response, every
//! message is valid, and the session ends in order.

mod support;

use std::collections::BTreeSet;

use lasti_dap::client::{Client, Logged, initialize_arguments};
use lasti_dap::protocol::{Command, ConfigurationDoneArguments};
use serde_json::{Value, json};
use support::{Action, FakeLauncher, Program, program, session_with};

const PATH: &str = "/app/a.py";

/// A generator of numbers (xorshift), so that a failure can be repeated by its seed.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) % limit
    }

    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize].clone()
    }
}

fn long_program() -> Program {
    let work = |lines: u32| (0..200).flat_map(move |_| (1..=lines).map(Action::Line)).collect::<Vec<_>>();
    let mut actions = vec![Action::Load(PATH, "a = 1\nb = 'é'; c = 2\nd\ne\nf\n")];
    actions.push(Action::Thread(2, "worker", work(3)));
    actions.push(Action::LoadText("<string>", "x\ny\n"));
    actions.push(Action::Load(PATH, "a = 1\nb = 'é'; c = 2\nd\ne\nf\n"));
    actions.push(Action::Write(b"some text"));
    actions.extend(work(5));
    actions.push(Action::Spin);
    Program { depth: 7, page: 3, ..program(actions) }
}

/// The numbers that the server gave out last under these names.
fn given(client: &Client, list: &str, name: &str) -> Vec<Value> {
    let recent = client.log().iter().rev().take(40).filter_map(|message| match message {
        Logged::Received(message) => message["body"][list].as_array(),
        Logged::Sent(_) => None,
    });
    recent.flatten().map(|one| one[name].clone()).filter(|number| *number != 0).take(5).collect()
}

/// What is asked of a stopped program.
const LOOKING: [Command; 12] = [
    Command::StackTrace,
    Command::StackTrace,
    Command::Scopes,
    Command::Scopes,
    Command::Variables,
    Command::SetVariable,
    Command::SetExpression,
    Command::Evaluate,
    Command::Disassemble,
    Command::Next,
    Command::Pause,
    Command::SetBreakpoints,
];

fn request(random: &mut Random, client: &Client) -> (&'static str, Value) {
    // What ends the program is rare.
    let command = loop {
        let command = if random.below(3) > 0 { random.one(&LOOKING) } else { random.one(&Command::ALL) };
        let rare = matches!(command, Command::Terminate | Command::Restart);
        if command != Command::Disconnect && (!rare || random.below(20) == 0) {
            break command;
        }
    };
    let number = |random: &mut Random| json!(random.one(&[-1_i64, 0, 1, 1, 1, 2, 3, 5, 8, 1 << 40]));
    let reference = |random: &mut Random, list: &str, name: &str| {
        let mut numbers = given(client, list, name);
        numbers.push(json!(random.below(40)));
        random.one(&numbers)
    };
    let mut arguments = json!({
        "threadId": random.one(&[0, 1, 1, 1, 2, 2, 7, -1]),
        "frameId": reference(random, "stackFrames", "id"),
        "variablesReference": match random.below(2) {
            0 => reference(random, "scopes", "variablesReference"),
            _ => reference(random, "variables", "variablesReference"),
        },
        "sourceReference": random.below(4),
        "requestId": random.below(200),
        "source": random.one(&[json!({"path": PATH}), json!({"sourceReference": 2}), json!({}), json!(3)]),
        "breakpoints": [{"line": random.below(8), "column": random.below(12), "name": "f",
            "instructionReference": random.one(&["0x100000008", "0x0", "x"])}],
        "line": number(random),
        "start": number(random),
        "count": number(random),
        "name": "items",
        "value": "1",
        "filters": [random.one(&["raised", "uncaught", "nothing"])],
        "expression": random.one(&["x", "boom()", "1 +", "endless()"]),
        "text": "x",
        "column": 1,
        "memoryReference": random.one(&["0x100000008", "4294967304", "0x0", "?"]),
        "instructionOffset": random.below(20) as i64 - 10,
        "instructionCount": random.below(30),
    });
    // `filter`, `count` and the like are numbers that some requests refuse; most of them stay away.
    for optional in ["start", "count", "column", "frameId", "source", "line", "requestId"] {
        let needs_frame = matches!(command, Command::Scopes | Command::SetExpression);
        let needs_source = command == Command::SetBreakpoints;
        let is_needed = optional == "frameId" && needs_frame || optional == "source" && needs_source;
        if random.below(3) > 0 && !is_needed {
            arguments.as_object_mut().unwrap().remove(optional);
        }
    }
    if random.below(20) == 0 {
        arguments = random.one(&[json!(null), json!([]), json!({}), json!("x")]);
    }
    (command.name(), arguments)
}

#[tokio::test]
async fn every_request_has_its_one_response() {
    let mut served = BTreeSet::new();
    for seed in 1..=40 {
        let mut random = Random(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed));
        let mut client = session_with(FakeLauncher::new(long_program()));
        client.request(initialize_arguments("random")).await.unwrap();
        let launch = client.launch(json!({"program": PATH, "console": "internalConsole"})).await.unwrap();
        client.event("initialized").await.unwrap();
        let set = json!({"source": {"path": PATH}, "breakpoints": [{"line": 2}, {"line": 4}]});
        client.send_json("setBreakpoints", set).await.unwrap();
        client.request(ConfigurationDoneArguments {}).await.unwrap();
        client.response(launch).await.unwrap();
        client.stopped().await.unwrap();
        for _ in 0..150 {
            let (command, arguments) = request(&mut random, &client);
            let seq = client.send_json(command, arguments).await.unwrap();
            match random.below(8) {
                // An endless evaluation is answered when it is cancelled or the program is gone.
                0 | 1 if command != "evaluate" && command != "restart" => {
                    drop(client.outcome(seq).await.unwrap());
                }
                2 => tokio::task::yield_now().await,
                3 => drop(client.events_now().await.unwrap()),
                _ => {}
            }
        }
        for message in client.log() {
            if let Logged::Received(message) = message
                && message["type"] == "response"
                && message["success"] == true
            {
                served.insert(message["command"].as_str().unwrap().to_owned());
            }
        }
        client.finish().await;
    }
    // It is no test of refusals alone.
    for command in LOOKING {
        assert!(served.contains(command.name()), "`{}` never succeeded", command.name());
    }
}
