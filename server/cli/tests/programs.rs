//! Runs the programs in `vm/core/tests/programs` and compares what they print with what CPython printed: the file
//! beside each, made by `python3.14 NAME.py > NAME.expected`.

use std::path::Path;
use std::process::Command;

#[test]
fn programs_print_what_cpython_prints() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vm/core/tests/programs");
    let mut differing = Vec::new();
    let mut count = 0;
    for entry in std::fs::read_dir(&folder).expect("the folder of programs") {
        let program = entry.expect("an entry").path();
        let Ok(expected) = std::fs::read_to_string(program.with_extension("expected")) else { continue };
        if program.extension().is_none_or(|extension| extension != "py") {
            continue;
        }
        count += 1;
        let output =
            Command::new(env!("CARGO_BIN_EXE_lasti")).arg(&program).output().expect("the program runs");
        let printed = String::from_utf8_lossy(&output.stdout);
        let first = printed.lines().zip(expected.lines()).position(|(ours, theirs)| ours != theirs);
        if printed != expected {
            let line = first.unwrap_or_else(|| printed.lines().count().min(expected.lines().count()));
            let show = |text: &str| text.lines().nth(line).unwrap_or("(the end)").to_owned();
            differing.push(format!(
                "{}, output line {}: {:?}, but CPython {:?}; stderr: {}",
                program.display(),
                line + 1,
                show(&printed),
                show(&expected),
                String::from_utf8_lossy(&output.stderr)
            ));
        }
    }
    assert!(count > 0, "no programs with expected output in {}", folder.display());
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}
