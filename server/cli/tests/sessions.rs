//! Plays every story of tests/sessions against the binary: by `lasti script`, whose server is in its own process, and
//! against `lasti dap` as a child process.

use std::path::Path;
use std::process::Command;

fn play(arguments: &[&str]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/sessions");
    let output = Command::new(env!("CARGO_BIN_EXE_lasti"))
        .args(["script", "--jobs", "4", "--timeout", "120"])
        .args(arguments)
        .arg(&folder)
        .output()
        .expect("the stories are played");
    let printed = String::from_utf8_lossy(&output.stdout);
    let failed: Vec<&str> = printed.lines().filter(|line| line.ends_with(": FAILED")).collect();
    assert!(failed.is_empty(), "{}\n\n{printed}", failed.join("\n"));
    assert!(printed.contains("stories:"), "they were played: {printed}");
}

#[test]
fn every_story_goes_as_written() {
    play(&[]);
}

#[test]
fn every_story_goes_as_written_against_a_server_in_a_process_of_its_own() {
    play(&["--server", &format!("'{}' dap", env!("CARGO_BIN_EXE_lasti"))]);
}
