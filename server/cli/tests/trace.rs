//! Traces the programs in `tests/trace` and compares every event with CPython's: `streams.txt`, which says how it was
//! made in `streams.py`.

use std::path::Path;
use std::process::Command;

/// What is printed of each program, by name.
fn streams(text: &str) -> Vec<(&str, Vec<&str>)> {
    let mut streams = Vec::new();
    for line in text.lines() {
        match line.strip_prefix("## ") {
            Some(name) => streams.push((name, Vec::new())),
            None => streams.last_mut().expect("a name first").1.extend(line.split(' ')),
        }
    }
    streams
}

#[test]
fn trace_events_are_cpythons() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/trace");
    let expected = std::fs::read_to_string(folder.join("streams.txt")).expect("CPython's streams");
    let output = Command::new(env!("CARGO_BIN_EXE_lasti"))
        .arg(folder.join("streams.py"))
        .output()
        .expect("the program runs");
    let printed = String::from_utf8_lossy(&output.stdout);
    let (ours, theirs) = (streams(&printed), streams(&expected));
    assert!(theirs.len() >= 300, "only {} programs", theirs.len());
    let mut differing = Vec::new();
    for ((name, ours), (_, theirs)) in ours.iter().zip(&theirs) {
        let same = ours.iter().zip(theirs).take_while(|(ours, theirs)| ours == theirs).count();
        if same < ours.len().max(theirs.len()) {
            let show = |events: &[&str]| {
                events[same.min(events.len())..].iter().take(4).copied().collect::<Vec<_>>().join(" ")
            };
            differing.push(format!("{name}, event {same}: {}, but CPython {}", show(ours), show(theirs)));
        }
    }
    assert!(differing.is_empty(), "{} programs differ\n{}", differing.len(), differing.join("\n"));
    assert_eq!(ours.len(), theirs.len(), "{}", String::from_utf8_lossy(&output.stderr));
}
