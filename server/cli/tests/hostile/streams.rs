//! Programs that close their streams, or write what is no text.

use crate::support::{Debugged, End, Over};

async fn check(program: &str, expected: End) {
    let mut debugged = Debugged::launch(Over::Pipes, program).await;
    assert_eq!(debugged.end().await, expected, "{program}");
    debugged.leave().await;
}

#[tokio::test]
async fn standard_output_is_closed() {
    let traceback = |line: &str, marks: &str, error: &str| {
        format!(
            "Traceback (most recent call last):\n  File \"<folder>/main.py\", line 4, in <module>\n    {line}\n    \
             {marks}\n{error}\n"
        )
    };
    let stderr = traceback("print('after')", "~~~~~^^^^^^^^^", "OSError: [Errno 9] Bad file descriptor");
    let program = "import os\nprint('before')\nos.close(1)\nprint('after')\n";
    check(program, End { stdout: "before\n".into(), stderr, ..End::code(1) }).await;
    let stderr = traceback("print('after')", "~~~~~^^^^^^^^^", "ValueError: I/O operation on closed file.");
    let program = "import sys\nprint('before')\nsys.stdout.close()\nprint('after')\n";
    check(program, End { stdout: "before\n".into(), stderr, ..End::code(1) }).await;
}

#[tokio::test]
async fn all_descriptors_are_closed() {
    // The debugger's own are none that a program could close.
    let program = "import os\nprint('before')\nos.closerange(0, 100)\nx = 1 #@\nos._exit(5)\n";
    let mut debugged = Debugged::launch(Over::Pipes, program).await;
    assert_eq!(debugged.stop().await, "breakpoint 4 <module>");
    assert_eq!(debugged.value("6 * 7").await, Ok("42".into()));
    // The program may be gone before its engine has answered.
    let _ = debugged.travel("continue").await;
    assert_eq!(debugged.end().await, End { stdout: "before\n".into(), ..End::code(5) });
    debugged.leave().await;
}

#[tokio::test]
async fn what_is_no_text_is_shown_as_escapes() {
    let program = r"import os, time
os.write(1, b'\xff\0\xfe ok\n')
os.write(2, b'\x80\r\n\x1b[1m')
os.write(1, 'é'.encode()[:1])
time.sleep(0.3)
os.write(1, 'é\n'.encode()[1:])
";
    let (stdout, stderr) = ("\\xff\0\\xfe ok\né\n".into(), "\\x80\r\n\u{1b}[1m".into());
    check(program, End { stdout, stderr, ..End::code(0) }).await;
}

#[tokio::test]
async fn there_is_no_input() {
    let program = "try: input()\nexcept EOFError as error: print(error)\n";
    check(program, End { stdout: "EOF when reading a line\n".into(), ..End::code(0) }).await;
}

#[tokio::test]
async fn much_output_comes_whole() {
    let program = "for n in range(20000): print('x' * 100)\nprint('y' * 3_000_000)\n";
    let line = format!("{}\n", "x".repeat(100));
    let stdout = format!("{}{}\n", line.repeat(20000), "y".repeat(3_000_000));
    let mut debugged = Debugged::launch(Over::Pipes, program).await;
    let end = debugged.end().await;
    assert_eq!((end.code, end.stdout.len()), (Some(0), stdout.len()));
    assert!(end.stdout == stdout);
    debugged.leave().await;
}
