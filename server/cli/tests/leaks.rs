//! Work that is done over and over leaves no memory behind: `leaks/work.py` says which.

use std::path::Path;
use std::process::Command;

#[test]
fn repeated_work_leaves_no_block_behind() {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/leaks/work.py");
    let output = Command::new(env!("CARGO_BIN_EXE_lasti")).arg(program).output().expect("the program runs");
    let flat = [
        "classes",
        "generators",
        "exceptions",
        "coroutines",
        "containers",
        "text",
        "dynamic",
        "threads",
        "frames",
        "numbers",
        "buffers",
        "iterators",
        "descriptors",
        "weak",
        "typed",
    ];
    let expected: String = flat.iter().map(|work| format!("{work} flat\n")).collect();
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
