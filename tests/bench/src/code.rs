//! Loading and compiling the standard library.

use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::Instant;

use lasti_code::{Const, VerifiedCode, marshal};
use lasti_compile::{Options, compile_bytes};

/// A source and what CPython compiled it to.
struct File {
    path: String,
    source: Vec<u8>,
    code: Vec<u8>,
}

/// Runs the benchmark and reports it in Markdown.
pub(crate) fn run(python: &str, rounds: usize) -> io::Result<String> {
    let output =
        Command::new(python).args(["-c", "import os; print(os.path.dirname(os.__file__))"]).output()?;
    let library = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let data = std::env::temp_dir().join(format!("lasti-bench-code-{}", std::process::id()));
    let mut child = Command::new(python)
        .args(["-c", include_str!("code.py"), &library])
        .arg(&data)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut input = child.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
    let mut lines = BufReader::new(child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?).lines();
    let mut line = || lines.next().unwrap_or_else(|| Err(io::ErrorKind::UnexpectedEof.into()));
    line()?;
    let files = read_files(&std::fs::read(&data)?);
    std::fs::remove_file(&data)?;
    let mut times: [Vec<f64>; 5] = Default::default();
    for _ in 0..rounds {
        input.write_all(b"round\n")?;
        input.flush()?;
        let theirs = line()?;
        let mut theirs = theirs.split(' ').filter_map(|text| text.parse::<f64>().ok());
        let theirs = [theirs.next().unwrap_or(f64::NAN), theirs.next().unwrap_or(f64::NAN)];
        let ours = [timed(|| load(&files)), timed(|| load_and_verify(&files)), timed(|| compile(&files))];
        for (times, time) in times.iter_mut().zip(theirs.into_iter().chain(ours)) {
            times.push(time);
        }
    }
    drop(input);
    child.wait()?;
    Ok(report(&files, times))
}

/// The files in the order in which CPython wrote them.
fn read_files(mut data: &[u8]) -> Vec<File> {
    let mut section = || {
        let (length, rest) = data.split_first_chunk::<4>()?;
        let (bytes, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        data = rest;
        Some(bytes.to_vec())
    };
    let mut files = Vec::new();
    while let (Some(path), Some(source), Some(code)) = (section(), section(), section()) {
        files.push(File { path: String::from_utf8_lossy(&path).into_owned(), source, code });
    }
    files
}

fn timed(run: impl FnOnce()) -> f64 {
    let start = Instant::now();
    run();
    start.elapsed().as_secs_f64()
}

fn load(files: &[File]) {
    for file in files {
        std::hint::black_box(marshal::loads(&file.code).is_ok());
    }
}

fn load_and_verify(files: &[File]) {
    for file in files {
        let Ok(Const::Code(code)) = marshal::loads(&file.code) else { continue };
        let mut pending = vec![code];
        while let Some(code) = pending.pop() {
            pending.extend(code.children().cloned());
            std::hint::black_box(VerifiedCode::new(code).is_ok());
        }
    }
}

fn compile(files: &[File]) {
    for file in files {
        std::hint::black_box(compile_bytes(&file.source, &file.path, &Options::default()).is_ok());
    }
}

fn report(files: &[File], times: [Vec<f64>; 5]) -> String {
    let bytes: usize = files.iter().map(|file| file.code.len()).sum();
    let lines: usize = files.iter().map(|file| file.source.split(|&byte| byte == b'\n').count()).sum();
    let [their_load, their_compile, our_load, our_verified, our_compile] = times.map(median);
    let mut out = format!(
        "{} files, {lines} lines, {:.1} MB of .pyc; medians\n\n| what | CPython 3.14 | Lasti | CPython's time / Lasti's |\n|---|---|---|---|\n",
        files.len(),
        bytes as f64 / 1e6
    );
    for (what, theirs, ours) in [
        ("load .pyc", their_load, our_load),
        ("load and verify .pyc", their_load, our_verified),
        ("compile", their_compile, our_compile),
    ] {
        let _ = writeln!(
            out,
            "| {what} | {:.0} ms | {:.0} ms | {:.2} |",
            theirs * 1e3,
            ours * 1e3,
            theirs / ours
        );
    }
    out
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}
