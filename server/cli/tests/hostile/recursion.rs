//! Programs that recurse as deep as they may, and deeper.

use serde_json::json;

use crate::support::{Debugged, Over};

const TOO_DEEP: &str = "RecursionError: maximum recursion depth exceeded";

const DEEP: &str = "def f(n):
    if n == 900:
        x = 1 #@
    return f(n + 1) + 1
try:
    f(0)
except RecursionError as error:
    print('caught:', error)
f(0)
";

#[tokio::test]
async fn stopped_deep_in_a_recursion() {
    let mut debugged = Debugged::launch_with(Over::Pipes, DEEP, &["uncaught"]).await;
    assert_eq!(debugged.stop().await, "breakpoint 3 f");
    let stack = debugged.travel("stackTrace").await.expect("a stack");
    assert_eq!(
        (stack["totalFrames"].as_u64(), stack["stackFrames"].as_array().map(Vec::len)),
        (Some(902), Some(902))
    );
    assert_eq!(debugged.value("n + 1").await, Ok("901".into()));
    assert_eq!(debugged.value("f(0)").await.unwrap_err(), TOO_DEEP);
    debugged.frame = stack["stackFrames"][901]["id"].clone();
    assert_eq!(debugged.value("f.__name__").await, Ok("'f'".into()));
    debugged.travel("continue").await.expect("it goes on");

    // The second time nobody catches it: the thread has no room left, the debugger has.
    assert_eq!(debugged.stop().await, "breakpoint 3 f");
    debugged.travel("continue").await.expect("it goes on");
    assert_eq!(debugged.stop().await, "exception 4 f");
    assert_eq!(debugged.value("n").await, Ok("998".into()));
    assert_eq!(debugged.value("(lambda: n + 1)()").await, Ok("999".into()));
    assert_eq!(debugged.value("f(0)").await.unwrap_err(), TOO_DEEP);
    let info = debugged.travel("exceptionInfo").await.expect("an exception");
    assert_eq!(info["exceptionId"], "RecursionError");
    let text = info["details"]["stackTrace"].as_str().expect("a traceback");
    assert!(text.ends_with(&format!(
        "    return f(n + 1) + 1\n           ~^^^^^^^\n  [Previous line repeated 996 more times]\n{TOO_DEEP}\n"
    )), "{text}");
    debugged.travel("continue").await.expect("it goes on");
    let end = debugged.end().await;
    assert_eq!((end.code, &*end.stdout), (Some(1), "caught: maximum recursion depth exceeded\n"));
    assert!(end.stderr.ends_with(&format!("{TOO_DEEP}\n")), "{}", end.stderr);
    debugged.leave().await;
}

#[tokio::test]
async fn a_stack_of_many_frames_comes_in_pages() {
    let program = "import sys
sys.setrecursionlimit(10**6)
def f(n):
    if n == 30000:
        return 0 #@
    return f(n + 1) + 1
nested = []
for _ in range(10**5): nested = [nested]
print(f(0))
";
    let mut debugged = Debugged::launch(Over::Pipes, program).await;
    assert_eq!(debugged.stop().await, "breakpoint 5 f");
    let page = json!({"threadId": debugged.thread, "startFrame": 29_995, "levels": 20});
    let stack = debugged.ask("stackTrace", page).await.expect("a stack");
    let names: Vec<&str> =
        stack["stackFrames"].as_array().expect("frames").iter().filter_map(|f| f["name"].as_str()).collect();
    assert_eq!(
        (stack["totalFrames"].as_u64(), names.join(" ")),
        (Some(30_002), "f f f f f f <module>".into())
    );
    assert_eq!(debugged.value("nested").await, Ok("[[[[[[[[[...]]]]]]]]]".into()));
    assert_eq!(debugged.value("f(n - 2)").await, Ok("2".into()));
    debugged.travel("next").await.expect("it steps");
    assert_eq!(debugged.stop().await, "step 6 f");
    debugged.travel("continue").await.expect("it goes on");
    let end = debugged.end().await;
    assert_eq!((end.code, &*end.stdout), (Some(0), "30000\n"));
    debugged.leave().await;
}

#[tokio::test]
async fn the_native_stack_is_used_up() {
    let program = "import sys, threading
sys.setrecursionlimit(10**6)
class A:
    def __repr__(self):
        me = self
        return repr(me)
def main():
    try: repr(A())
    except RecursionError as error: print('caught:', error)
thread = threading.Thread(target=main)
thread.start()
thread.join()
";
    let mut debugged = Debugged::launch_with(Over::Pipes, program, &["raised"]).await;
    assert_eq!(debugged.stop().await, "exception 6 A.__repr__");
    for (expression, value) in [("1 + 1", "2"), ("str(5)", "'5'"), ("[n for n in range(3)]", "[0, 1, 2]")] {
        assert_eq!(debugged.value(expression).await, Ok(value.into()));
    }
    assert_eq!(debugged.value("repr(me)").await.unwrap_err(), TOO_DEEP);
    let info = debugged.travel("exceptionInfo").await.expect("an exception");
    let text = info["details"]["stackTrace"].as_str().expect("a traceback");
    assert!(text.contains("[Previous line repeated 997 more times]"), "{text}");
    debugged.ask("setExceptionBreakpoints", json!({"filters": []})).await.expect("they are set");
    debugged.travel("continue").await.expect("it goes on");
    let end = debugged.end().await;
    assert_eq!((end.code, &*end.stdout), (Some(0), "caught: maximum recursion depth exceeded\n"));
    debugged.leave().await;
}
