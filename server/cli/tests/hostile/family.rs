//! Programs with children and threads.

use std::time::{Duration, Instant};

use crate::support::{Debugged, End, Over};

async fn check(program: &str, stdout: &str) {
    let mut debugged = Debugged::launch(Over::Pipes, program).await;
    assert_eq!(debugged.end().await, End { stdout: stdout.into(), ..End::code(0) }, "{program}");
    debugged.leave().await;
}

#[tokio::test]
async fn a_child_of_a_fork_runs_without_the_debugger() {
    // Breakpoints are its parent's, and its end is no end of the session; nothing holds it up.
    let program = "import os, time
def f():
    return 1 #@
begun = time.time()
child = os.fork()
if child == 0:
    f()
    print('child')
    raise SystemExit(4)
status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
quick = time.time() - begun < 1.5
f()
print('parent', status, quick)
";
    let mut debugged = Debugged::launch(Over::Pipes, program).await;
    assert_eq!(debugged.stop().await, "breakpoint 3 f");
    debugged.travel("continue").await.expect("it goes on");
    assert_eq!(debugged.end().await, End { stdout: "child\nparent 4 True\n".into(), ..End::code(0) });
    debugged.leave().await;
}

#[tokio::test]
async fn a_child_that_was_spawned_runs_without_the_debugger() {
    let program = "import subprocess, sys
done = subprocess.run([sys.executable, '-c', 'import os; print(5, os.environ.get(\"LASTI_LINK_TOKEN\"))'], capture_output=True)
print(done.returncode, done.stdout, done.stderr)
";
    check(program, "0 b'5 None\\n' b''\n").await;
}

#[tokio::test]
async fn a_child_that_outlives_its_parent_lives_on() {
    let program = "import subprocess
print(subprocess.Popen(['sleep', '3']).pid)
";
    let begun = Instant::now();
    let mut debugged = Debugged::launch(Over::Pipes, program).await;
    let end = debugged.end().await;
    let child: u32 = end.stdout.trim().parse().expect("its number");
    assert_eq!((end.code, end.important), (Some(0), String::new()));
    let lives = debugged.marked().iter().any(|(process, _)| *process == child);
    assert!(lives || begun.elapsed() > Duration::from_secs(3), "as it does without a debugger");
    // Its pipes held nobody up; when it ends by itself nothing is left.
    debugged.leave().await;
}

#[tokio::test]
async fn threads_at_the_end() {
    let program = "import threading, time
def busy():
    while True: pass
def sleepy():
    while True: time.sleep(0.001)
for target in busy, sleepy:
    threading.Thread(target=target, daemon=True).start()
def late():
    time.sleep(0.2)
    print('late')
threading.Thread(target=late).start()
print('end')
";
    check(program, "end\nlate\n").await;
}

#[tokio::test]
async fn a_thread_is_stopped_while_the_main_thread_ends() {
    let program = "import threading
def late():
    x = 1 #@
    print('late')
threading.Thread(target=late, name='late').start()
print('end')
";
    let mut debugged = Debugged::launch(Over::Pipes, program).await;
    assert_eq!(debugged.stop().await, "breakpoint 3 late");
    debugged.travel("continue").await.expect("it goes on");
    let end = debugged.end().await;
    let mut lines: Vec<&str> = end.stdout.lines().collect();
    lines.sort_unstable();
    assert_eq!((end.code, lines), (Some(0), vec!["end", "late"]));
    debugged.leave().await;
}
