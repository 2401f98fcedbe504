//! What frames, generators and tracing cost: programs that time themselves on both, taken in turn; and ordinary code
//! under the debugger's hook beside itself without one.

pub(crate) mod hook;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use hook::Mode;

/// The programs that print a time for each of their functions.
const PROGRAMS: &[&str] = &["generators", "coroutines", "calls", "traced"];

/// Where the programs are.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("frames")
}

/// Runs those of the parts that are named, all if none is, and reports them in Markdown.
pub(crate) fn run(python: &str, lasti: &str, parts: &[String], rounds: usize) -> Result<String, String> {
    let wanted = |part: &str| parts.is_empty() || parts.iter().any(|name| name == part);
    let mut text = String::new();
    for program in PROGRAMS.iter().filter(|program| wanted(program)) {
        let _ =
            writeln!(text, "| {program} | CPython | Lasti | Lasti's time / CPython's |\n|---|---|---|---|");
        let mut names = Vec::new();
        let mut times: BTreeMap<(String, usize), f64> = BTreeMap::new();
        for _ in 0..rounds {
            for (index, vm) in [python, lasti].into_iter().enumerate() {
                for (name, seconds) in timed(vm, program)? {
                    if !names.contains(&name) {
                        names.push(name.clone());
                    }
                    let best = times.entry((name, index)).or_insert(f64::INFINITY);
                    *best = best.min(seconds);
                }
            }
        }
        for name in names {
            let of = |index| times.get(&(name.clone(), index)).copied().unwrap_or(f64::NAN);
            let (theirs, ours) = (of(0), of(1));
            let _ = writeln!(
                text,
                "| {name} | {:.2} ms | {:.2} ms | {:.2} |",
                theirs * 1e3,
                ours * 1e3,
                ours / theirs
            );
        }
        text.push('\n');
    }
    if wanted("memory") {
        let [theirs, ours] = [python, lasti].map(|vm| timed(vm, "memory"));
        for (vm, measured) in [("CPython", theirs?), ("Lasti", ours?)] {
            for (_, bytes) in measured {
                let _ = writeln!(text, "A million suspended generators on {vm}: {bytes:.0} bytes each.");
            }
        }
        text.push('\n');
    }
    if wanted("hook") {
        text += &hooked(rounds)?;
    }
    Ok(text)
}

/// The names and numbers that a program prints.
fn timed(command: &str, program: &str) -> Result<Vec<(String, f64)>, String> {
    let output = Command::new(command)
        .arg(folder().join(program).with_extension("py"))
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("{command}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{command} failed on {program}.py"));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let line = |line: &str| {
        let (name, number) = line.split_once(' ')?;
        Some((name.to_owned(), number.parse().ok()?))
    };
    Ok(text.lines().filter_map(line).collect())
}

/// The statements under the hook, each run in a process of its own: this program's.
fn hooked(rounds: usize) -> Result<String, String> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut best: BTreeMap<Mode, (f64, u64)> = BTreeMap::new();
    for _ in 0..rounds {
        for mode in Mode::ALL {
            let output = Command::new(&own)
                .args(["hooked", mode.name()])
                .output()
                .map_err(|error| error.to_string())?;
            let text = String::from_utf8_lossy(&output.stdout);
            let numbers = text.trim().split_once(' ');
            let numbers = numbers.and_then(|(seconds, events)| {
                Some((seconds.parse::<f64>().ok()?, events.parse::<u64>().ok()?))
            });
            let Some((seconds, events)) = numbers else {
                return Err(format!("the statements failed under {}", mode.name()));
            };
            let entry = best.entry(mode).or_insert((f64::INFINITY, events));
            entry.0 = entry.0.min(seconds);
        }
    }
    let untraced = best.get(&Mode::Untraced).map_or(f64::NAN, |best| best.0);
    let mut text = String::from(
        "| statements under the hook | time | events | ns for each | times untraced |\n|---|---|---|---|---|\n",
    );
    for (mode, (seconds, events)) in best {
        let each = if events == 0 { 0.0 } else { (seconds - untraced) * 1e9 / events as f64 };
        let _ = writeln!(
            text,
            "| {} | {:.2} ms | {events} | {each:.1} | {:.2} |",
            mode.name(),
            seconds * 1e3,
            seconds / untraced
        );
    }
    Ok(text)
}
