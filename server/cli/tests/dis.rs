//! Runs `lasti dis`. `dis/make_expected.py` wrote the expected disassemblies.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const SHAPES: &str = include_str!("dis/shapes.txt");
const SHAPES_COPS: &str = include_str!("dis/shapes.COPS.txt");
const SHAPES_PYC: &[u8] = include_bytes!("dis/shapes.pyc");
/// What `python3.14 -m dis` prints for `x = 1`.
const ONE: &str = "  0           RESUME                   0

  1           LOAD_SMALL_INT           1
              STORE_NAME               0 (x)
              LOAD_CONST               1 (None)
              RETURN_VALUE
";

/// Runs the program in the folder of the test files.
fn lasti(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_lasti"))
        .args(arguments)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dis"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that does not read its input may have ended already.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

/// Asserts the exit code and the text on standard output; returns that on standard error.
#[track_caller]
fn check(output: &Output, code: i32, stdout: &str) -> String {
    let stderr = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(code), "standard error: {stderr}");
    assert_eq!(without_addresses(std::str::from_utf8(&output.stdout).unwrap()), stdout);
    stderr
}

fn without_addresses(text: &str) -> String {
    let mut parts = text.split(" at 0x");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(" at 0x0");
        out.push_str(part.trim_start_matches(|c: char| c.is_ascii_hexdigit()));
    }
    out
}

#[test]
fn a_source_file() {
    assert_eq!(check(&lasti(&["dis", "shapes.py"], b""), 0, SHAPES), "");
}

#[test]
fn all_options() {
    assert_eq!(check(&lasti(&["dis", "-COPS", "shapes.py"], b""), 0, SHAPES_COPS), "");
    let long = ["dis", "shapes.py", "--show-caches", "--show-offsets", "--show-positions", "--specialized"];
    assert_eq!(check(&lasti(&long, b""), 0, SHAPES_COPS), "");
    // Abbreviated, as argparse allows.
    assert_eq!(check(&lasti(&["dis", "--show-c", "--show-o", "shapes.py", "-PS"], b""), 0, SHAPES_COPS), "");
}

#[test]
fn a_pyc_file_is_known_by_its_content() {
    assert_eq!(check(&lasti(&["dis", "shapes.pyc"], b""), 0, SHAPES), "");
    assert_eq!(check(&lasti(&["dis"], SHAPES_PYC), 0, SHAPES), "");
}

#[test]
fn standard_input() {
    assert_eq!(check(&lasti(&["dis"], b"x = 1"), 0, ONE), "");
    assert_eq!(check(&lasti(&["dis", "-"], b"x = 1\n"), 0, ONE), "");
    let output = lasti(&["dis"], b"lambda: 0\n");
    assert!(String::from_utf8(output.stdout).unwrap().contains(", file \"<stdin>\", line 1>"));
}

#[test]
fn a_program_on_the_command_line() {
    assert_eq!(check(&lasti(&["dis", "-c", "x = 1"], b""), 0, ONE), "");
    let output = lasti(&["dis", "-c", "lambda: 0"], b"");
    assert!(String::from_utf8(output.stdout).unwrap().contains(", file \"<string>\", line 1>"));
    check(&lasti(&["dis", "-c", "x = 1", "shapes.py"], b""), 2, "");
}

#[test]
fn a_syntax_error() {
    let stderr = check(&lasti(&["dis", "-c", "x = ("], b""), 1, "");
    let expected = "  File \"<string>\", line 1\n    x = (\n        ^\nSyntaxError: '(' was never closed\n";
    assert_eq!(stderr, expected);
}

#[test]
fn warnings_go_to_standard_error() {
    let output = lasti(&["dis", "-c", "x = '\\d'"], b"");
    assert_eq!(output.status.code(), Some(0));
    let expected = "<string>:1: SyntaxWarning: \"\\d\" is an invalid escape sequence. \
        Such sequences will not work in the future. Did you mean \"\\\\d\"? A raw string is also an option.\n";
    assert_eq!(String::from_utf8(output.stderr).unwrap(), expected);
}

#[test]
fn lines_of_a_file_are_shown_as_they_read() {
    let folder = std::env::temp_dir().join(format!("lasti-dis-test-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("shown.py");
    let name = file.to_str().unwrap();
    std::fs::write(&file, b"def f():\n    global x\n    x: int\n").unwrap();
    let error = lasti(&["dis", name], b"");
    std::fs::write(&file, b"# coding: latin-1\rx = '\xe4\\d'\r").unwrap();
    let warning = lasti(&["dis", name], b"");
    std::fs::remove_dir_all(&folder).unwrap();
    let stderr = |output: Output| String::from_utf8(output.stderr).unwrap();
    let message = "SyntaxError: annotated name 'x' can't be global";
    let expected = format!("  File \"{name}\", line 3\n    x: int\n    ^^^^^^\n{message}\n");
    assert_eq!(stderr(error), expected);
    assert!(stderr(warning).ends_with("\n  x = '\u{e4}\\d'\n"));
}

#[test]
fn a_source_in_another_encoding() {
    let output = lasti(&["dis"], b"# coding: latin-1\nx = '\xe4'\n");
    assert!(String::from_utf8(output.stdout).unwrap().contains("('\u{e4}')"));
}

#[test]
fn files_that_cannot_be_read() {
    let missing = check(&lasti(&["dis", "missing.py"], b""), 1, "");
    assert!(missing.starts_with("lasti dis: cannot read missing.py: "), "{missing}");
    let folder = check(&lasti(&["dis", "."], b""), 1, "");
    assert!(folder.starts_with("lasti dis: cannot read .: "), "{folder}");
    let cut = check(&lasti(&["dis"], &SHAPES_PYC[..100]), 1, "");
    assert!(cut.starts_with("lasti dis: cannot load <stdin>: after the header of 16 bytes: "), "{cut}");
    let latin_1 = check(&lasti(&["dis"], b"x = '\xe4'\n"), 1, "");
    assert!(
        latin_1.contains(
            "SyntaxError: Non-UTF-8 code starting with '\\xe4' on line 1, but no encoding declared"
        ),
        "{latin_1}"
    );
    let mut other_version = SHAPES_PYC.to_vec();
    other_version[0] ^= 1;
    let other_version = check(&lasti(&["dis"], &other_version), 1, "");
    assert!(other_version.starts_with("lasti dis: cannot load <stdin>: "), "{other_version}");
}

#[test]
fn wrong_command_lines() {
    for arguments in [&["dis", "-x"][..], &["dis", "a", "b"]] {
        let stderr = check(&lasti(arguments, b""), 2, "");
        assert!(stderr.contains("Usage: lasti"), "{stderr}");
    }
    let stderr = check(&lasti(&["nothing.py"], b""), 2, "");
    assert!(stderr.contains("can't open file '") && stderr.contains("nothing.py'"), "{stderr}");
    let help = lasti(&["dis", "-h"], b"");
    assert_eq!(help.status.code(), Some(0));
    assert!(String::from_utf8(help.stdout).unwrap().contains("Usage: lasti dis [OPTIONS] [infile]"));
}

#[test]
fn a_reader_that_has_seen_enough() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_lasti"))
        .args(["dis", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    child.stdin.take().unwrap().write_all(b"x = 1\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_lasti"))
        .args(["dis", "-c", "x = 1"])
        .stdout(full)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
        .wait_with_output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.starts_with("lasti dis: cannot write the disassembly: "), "{stderr}");
}
