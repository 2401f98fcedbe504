//! Programs that are killed, that never end, and that end in their own ways.

use serde_json::json;

use crate::support::{Debugged, End, Over, WAYS, kill};

const KILLED: &str = "the program was ended by signal 9 (SIGKILL)\n";
const INTERRUPTED: &str = "Traceback (most recent call last):
  File \"<folder>/main.py\", line 4, in <module>
    n += 1
KeyboardInterrupt
";

#[tokio::test]
async fn killed_while_it_runs() {
    for over in WAYS {
        let mut debugged = Debugged::launch(over, "import time\nprint('up')\ntime.sleep(1000)\n").await;
        debugged.wrote("up").await;
        kill(debugged.process);
        assert_eq!(debugged.end().await, End { important: KILLED.into(), ..End::code(137) });
        let late = debugged.ask("stackTrace", json!({"threadId": 1})).await;
        assert_eq!(late.unwrap_err(), "`stackTrace` comes too late: the program has ended");
        assert_eq!(debugged.ask("threads", json!({})).await, Ok(json!({"threads": []})));
        debugged.leave().await;
    }
}

#[tokio::test]
async fn killed_while_it_is_stopped() {
    for over in WAYS {
        let mut debugged = Debugged::launch(over, "x = 1\ny = 2 #@\n").await;
        assert_eq!(debugged.stop().await, "breakpoint 2 <module>");
        let expression = "__import__('time').sleep(1000)";
        let arguments = json!({"expression": expression, "context": "repl", "frameId": debugged.frame});
        let waits = debugged.client.send_json("evaluate", arguments).await.expect("it is sent");
        kill(debugged.process);
        assert_eq!(debugged.answer(waits).await.unwrap_err(), "the program has ended");
        assert_eq!(debugged.end().await, End { important: KILLED.into(), ..End::code(137) });
        debugged.leave().await;
    }
}

#[tokio::test]
async fn a_loop_without_end_is_paused_and_terminated() {
    for over in WAYS {
        let mut debugged = Debugged::launch(over, "n = 0\nprint('up')\nwhile True:\n    n += 1\n").await;
        debugged.wrote("up").await;
        for _ in 0..3 {
            debugged.ask("pause", json!({"threadId": 1})).await.expect("it is asked");
            let stop = debugged.stop().await;
            assert!(["pause 3 <module>", "pause 4 <module>"].contains(&&*stop), "{stop}");
            assert_eq!(debugged.value("n > 0").await, Ok("True".into()));
            debugged.travel("continue").await.expect("it goes on");
        }
        debugged.ask("terminate", json!({})).await.expect("it is asked to end");
        let mut end = debugged.end().await;
        end.stderr = end.stderr.replace("    ^\n", "");
        assert_eq!(end, End { stderr: INTERRUPTED.into(), ..End::code(130) });
        debugged.leave().await;
    }
}

#[tokio::test]
async fn a_loop_without_end_ends_with_its_session() {
    for over in WAYS {
        let mut debugged = Debugged::launch(over, "print('up')\nwhile True: pass\n").await;
        debugged.wrote("up").await;
        debugged.leave().await;
    }
}

#[tokio::test]
async fn a_program_that_will_not_end_is_ended_when_it_is_asked_again() {
    let program = "print('up')
while True:
    try:
        while True: pass
    except BaseException: print('no')
";
    for over in WAYS {
        let mut debugged = Debugged::launch(over, program).await;
        debugged.wrote("up").await;
        debugged.ask("terminate", json!({})).await.expect("it is asked to end");
        debugged.wrote("no").await;
        debugged.ask("terminate", json!({})).await.expect("it is ended");
        assert_eq!(debugged.end().await, End::code(137));
        debugged.leave().await;
    }
}

#[tokio::test]
async fn a_loop_in_native_code_is_ended_when_it_is_asked_again() {
    let mut debugged = Debugged::launch(Over::Pipes, "print('up')\nsum(iter(int, 1))\n").await;
    debugged.wrote("up").await;
    debugged.ask("pause", json!({"threadId": 1})).await.expect("it is asked");
    debugged.ask("terminate", json!({})).await.expect("it is asked to end");
    debugged.ask("terminate", json!({})).await.expect("it is ended");
    assert_eq!(debugged.end().await, End::code(137));
    debugged.leave().await;
}

#[tokio::test]
async fn programs_end_in_their_own_ways() {
    for (program, expected) in [
        ("import os\nprint('x')\nos._exit(7)\n", End { stdout: "x\n".into(), ..End::code(7) }),
        ("import sys\nsys.exit('why')\n", End { stderr: "why\n".into(), ..End::code(1) }),
        (
            "import os\nos.abort()\n",
            End { important: "the program was ended by signal 6 (SIGABRT)\n".into(), ..End::code(134) },
        ),
        (
            "import os, signal\nos.kill(os.getpid(), signal.SIGTERM)\n",
            End { important: "the program was ended by signal 15 (SIGTERM)\n".into(), ..End::code(143) },
        ),
        (
            "import atexit\natexit.register(print, 'bye')\nprint('end')\n",
            End { stdout: "end\nbye\n".into(), ..End::code(0) },
        ),
    ] {
        let mut debugged = Debugged::launch(Over::Pipes, program).await;
        assert_eq!(debugged.end().await, expected, "{program}");
        debugged.leave().await;
    }
}
