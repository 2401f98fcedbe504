//! pyperformance's programs on several interpreters, taken in turn.
//!
//! The package is fetched from the index, or read from where it was unpacked; nothing of it is kept here. The programs
//! measure themselves, by a stand-in for pyperf (`tests/bench/pyperf`).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, io};

/// The programs that need nothing beyond the standard library: folder, arguments.
const PROGRAMS: &[(&str, &[&str])] = &[
    ("async_generators", &[]),
    ("async_tree", &["none"]),
    ("barnes_hut", &[]),
    ("bpe_tokeniser", &[]),
    ("chaos", &[]),
    ("comprehensions", &[]),
    ("coroutines", &[]),
    ("deepcopy", &[]),
    ("deltablue", &[]),
    ("fannkuch", &[]),
    ("float", &[]),
    ("gc_collect", &[]),
    ("gc_traversal", &[]),
    ("generators", &[]),
    ("go", &[]),
    ("hexiom", &[]),
    ("json_dumps", &[]),
    ("json_loads", &[]),
    ("logging", &["simple"]),
    ("mdp", &[]),
    ("meteor_contest", &[]),
    ("nbody", &[]),
    ("nqueens", &[]),
    ("pathlib", &[]),
    ("pickle", &["--pure-python", "pickle"]),
    ("pickle", &["--pure-python", "unpickle"]),
    ("pidigits", &[]),
    ("pprint", &[]),
    ("pyflate", &[]),
    ("raytrace", &[]),
    ("regex_compile", &[]),
    ("regex_dna", &[]),
    ("regex_effbot", &[]),
    ("regex_v8", &[]),
    ("richards", &[]),
    ("richards_super", &[]),
    ("scimark", &[]),
    ("spectral_norm", &[]),
    ("telco", &[]),
    ("typing_runtime_protocols", &[]),
    ("unpack_sequence", &[]),
];

/// How long one program may take.
const LIMIT: Duration = Duration::from_mins(4);

/// What one benchmark took.
#[derive(Clone, Copy)]
struct Measured {
    seconds: f64,
    kib: u64,
}

/// What to run.
pub(crate) struct Options<'a> {
    /// Name and command of each interpreter, the one to compare with first.
    pub(crate) vms: &'a [(String, String)],
    /// The unpacked package; fetched if there is none.
    pub(crate) package: Option<&'a Path>,
    /// Programs, by folder; all if none is named.
    pub(crate) only: &'a [String],
    pub(crate) rounds: usize,
}

/// Runs the programs and returns a table of ratios.
pub(crate) fn run(options: &Options<'_>) -> Result<String, String> {
    let scratch = tempfile::tempdir().map_err(|error| error.to_string())?;
    let package = match options.package {
        Some(package) => package.to_path_buf(),
        None => fetch(&options.vms[0].1, scratch.path())?,
    };
    let programs = package.join("pyperformance/data-files/benchmarks");
    if !programs.is_dir() {
        return Err(format!(
            "{} is no unpacked pyperformance: {} is missing",
            package.display(),
            programs.display()
        ));
    }
    let mut results: BTreeMap<(String, usize), Vec<Measured>> = BTreeMap::new();
    let mut failures = String::new();
    for (program, args) in PROGRAMS {
        if !options.only.is_empty() && !options.only.iter().any(|only| only == program) {
            continue;
        }
        let script = programs.join(format!("bm_{program}/run_benchmark.py"));
        for _ in 0..options.rounds {
            for (index, (name, command)) in options.vms.iter().enumerate() {
                match measure(command, &script, args, scratch.path()) {
                    Ok(measured) => {
                        for (benchmark, measured) in measured {
                            results.entry((benchmark, index)).or_default().push(measured);
                        }
                    }
                    Err(error) => {
                        let _ = writeln!(failures, "{program} on {name}: {error}");
                    }
                }
            }
        }
    }
    Ok(table(options, &results) + &failures + &start_up(options)?)
}

fn fetch(python: &str, scratch: &Path) -> Result<PathBuf, String> {
    let folder = scratch.join("package");
    let run = |arguments: &[&str]| {
        let status = Command::new(python).args(arguments).current_dir(scratch).stdout(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    };
    let target = folder.display().to_string();
    if !run(&["-m", "pip", "install", "--quiet", "--no-deps", "--target", &target, "pyperformance"]) {
        return Err(format!(
            "`{python} -m pip` cannot fetch pyperformance: unpack it yourself and say --package FOLDER"
        ));
    }
    Ok(folder)
}

fn measure(
    command: &str,
    script: &Path,
    args: &[&str],
    scratch: &Path,
) -> Result<BTreeMap<String, Measured>, String> {
    let out = scratch.join("measured");
    let _ = fs::remove_file(&out);
    let mut words = command.split_whitespace();
    let program = words.next().ok_or("no interpreter")?;
    let mut child = Command::new(program)
        .args(words)
        .arg(script)
        .args(args)
        .env("PYTHONPATH", Path::new(env!("CARGO_MANIFEST_DIR")).join("pyperf"))
        .env("LASTI_BENCH_OUT", &out)
        .current_dir(scratch)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| error.to_string())?;
    let status = wait(&mut child).map_err(|error| error.to_string())?;
    let text = fs::read_to_string(&out).unwrap_or_default();
    let mut measured = BTreeMap::new();
    for line in text.lines() {
        if let [name, seconds, kib] = line.split_whitespace().collect::<Vec<_>>()[..]
            && let (Ok(seconds), Ok(kib)) = (seconds.parse(), kib.parse())
        {
            measured.insert(name.to_owned(), Measured { seconds, kib });
        }
    }
    match status {
        Some(true) if !measured.is_empty() => Ok(measured),
        Some(_) => Err("failed".to_owned()),
        None => Err("took too long".to_owned()),
    }
}

/// Whether it succeeded; none if it took too long.
fn wait(child: &mut std::process::Child) -> io::Result<Option<bool>> {
    let end = Instant::now() + LIMIT;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status.success()));
        }
        if Instant::now() >= end {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn shown(seconds: f64) -> String {
    match seconds {
        seconds if seconds >= 1.0 => format!("{seconds:.2} s"),
        seconds if seconds >= 1e-3 => format!("{:.2} ms", seconds * 1e3),
        seconds => format!("{:.2} us", seconds * 1e6),
    }
}

fn table(options: &Options<'_>, results: &BTreeMap<(String, usize), Vec<Measured>>) -> String {
    let names: Vec<&str> = options.vms.iter().map(|(name, _)| name.as_str()).collect();
    let mut text = format!("| program | {} |", names.join(" | "));
    for name in &names[1..] {
        let _ = write!(text, " {name} / {} | MiB, both |", names[0]);
    }
    text.push('\n');
    text += &"|---".repeat(1 + names.len() + 2 * (names.len() - 1));
    text.push_str("|\n");
    let mut ratios: Vec<Vec<(f64, f64)>> = vec![Vec::new(); names.len()];
    for (benchmark, _) in results.keys().filter(|(_, index)| *index == 0) {
        let of = |index: usize| {
            let values = results.get(&(benchmark.clone(), index))?;
            let seconds = median(values.iter().map(|measured| measured.seconds).collect());
            Some((seconds, median(values.iter().map(|measured| measured.kib as f64).collect())))
        };
        let Some(base) = of(0) else { continue };
        let _ = write!(text, "| {benchmark} |");
        for index in 0..names.len() {
            let _ = write!(
                text,
                " {} |",
                of(index).map_or_else(|| "failed".to_owned(), |(seconds, _)| shown(seconds))
            );
        }
        for (index, ratios) in ratios.iter_mut().enumerate().skip(1) {
            match of(index) {
                Some((seconds, kib)) => {
                    ratios.push((seconds / base.0, kib / base.1));
                    let _ = write!(
                        text,
                        " {:.2} | {:.0}/{:.0} |",
                        seconds / base.0,
                        base.1 / 1024.0,
                        kib / 1024.0
                    );
                }
                None => text.push_str(" | |"),
            }
        }
        text.push('\n');
    }
    for (name, ratios) in names.iter().zip(&ratios).skip(1) {
        let mean = |part: fn(&(f64, f64)) -> f64| {
            (ratios.iter().map(|ratio| part(ratio).ln()).sum::<f64>() / ratios.len().max(1) as f64).exp()
        };
        let _ = writeln!(
            text,
            "\n{name}: geometric mean over {} programs {:.3} of {}'s time, {:.2} of its peak memory",
            ratios.len(),
            mean(|ratio| ratio.0),
            names[0],
            mean(|ratio| ratio.1)
        );
    }
    text
}

/// The time of an empty program.
fn start_up(options: &Options<'_>) -> Result<String, String> {
    let mut times: Vec<Vec<f64>> = vec![Vec::new(); options.vms.len()];
    for _ in 0..15 {
        for ((_, command), times) in options.vms.iter().zip(&mut times) {
            let mut words = command.split_whitespace();
            let program = words.next().ok_or("no interpreter")?;
            let start = Instant::now();
            let status = Command::new(program).args(words).args(["-c", "pass"]).status();
            if !status.is_ok_and(|status| status.success()) {
                return Err(format!("`{command} -c pass` failed"));
            }
            times.push(start.elapsed().as_secs_f64());
        }
    }
    let mut text = String::from("start-up (`-c pass`):");
    for ((name, _), times) in options.vms.iter().zip(times) {
        let _ = write!(text, " {name} {}", shown(median(times)));
    }
    text.push('\n');
    Ok(text)
}
