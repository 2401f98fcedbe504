//! Every opcode of CPython 3.14 at work. `table` names each of them, with a program that executes it and what CPython
//! prints for it (`make_expected.py`); `run.py` runs the programs, in the interpreter of this process, and the debugger's
//! hook notes which instructions really ran, and in which form. Then it runs each opcode on operands that no compiler gives
//! it. There is one interpreter in a process, so there is one test in this file.
//!
//! ```text
//! === NAME                 the program executes this opcode
//! === NAME as OTHER        it would in CPython; here it executes OTHER instead
//! === NAME never: REASON   nothing executes it
//! ```

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use lasti_code::{CodeUnitIdx, Opcode};
use lasti_vm::code::Code;
use lasti_vm::program::{self, Main};
use lasti_vm::trace::{self, Activation, Hook};
use lasti_vm::vm::config::Config;
use lasti_vm::{PyResult, Ref, Vm};

#[path = "../../src/library.rs"]
mod library;

const STACK: usize = 64 << 20;

/// A section of the table.
struct Case {
    name: String,
    /// The opcode that must be executed; none where nothing executes it.
    executes: Option<Opcode>,
    source: String,
    prints: String,
}

/// All sections, which must be one for each opcode.
fn table() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/opcodes/table");
    let mut cases = Vec::new();
    for file in fs::read_dir(folder).expect("the folder of the table") {
        let text = fs::read_to_string(file.expect("an entry").path()).expect("a part of the table");
        for section in text.split("=== ").skip(1) {
            cases.push(case(section));
        }
    }
    let names: Vec<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    let mut known: Vec<&str> = Opcode::ALL.iter().map(|opcode| opcode.name()).collect();
    let mut named = names.clone();
    known.sort_unstable();
    named.sort_unstable();
    assert_eq!(named, known, "the table has one section for each opcode");
    cases
}

fn case(section: &str) -> Case {
    let (head, body) = section.split_once('\n').expect("a program");
    let (name, what) = head.split_once(' ').unwrap_or((head, ""));
    let executes = match what.split_once(' ') {
        None => Some(name),
        Some(("as", other)) => Some(other),
        Some(("never:", reason)) if !reason.is_empty() => None,
        Some(_) => panic!("{head}: what is this?"),
    };
    let executes = executes.map(|name| {
        Opcode::from_name(name).unwrap_or_else(|| panic!("{head}: there is no opcode of that name"))
    });
    let (source, prints) = body.split_once("--- prints\n").unwrap_or((body, ""));
    let prints = prints.strip_suffix('\n').unwrap_or(prints);
    assert_eq!(
        executes.is_none(),
        body.trim().is_empty(),
        "{head}: a program, or the reason why there is none"
    );
    Case {
        name: name.to_owned(),
        executes,
        source: source.to_owned(),
        // Within a file an empty line follows.
        prints: if prints.ends_with('\n') || prints.is_empty() {
            prints.to_owned()
        } else {
            format!("{prints}\n")
        },
    }
}

/// What ran in each file, as it was compiled and in the form in which it ran.
#[derive(Default)]
struct Seen(Mutex<HashMap<String, BTreeSet<Opcode>>>);

impl Hook for Seen {
    fn code_ready(&self, vm: &Vm, code: &Ref<Code>) {
        let file = code.filename().to_string_lossy().into_owned();
        if !file.starts_with('<') {
            return;
        }
        // CALL_LIST_APPEND takes the POP_TOP behind it along, if that is not trapped.
        let along = file == "<CALL_LIST_APPEND>";
        let units = code.data().code.chunks_exact(2).zip(0..);
        let units = units.filter(|(unit, _)| !(along && unit[0] == Opcode::PopTop as u8));
        trace::plant(vm, code, &units.map(|(_, at)| CodeUnitIdx(at)).collect::<Vec<_>>());
    }

    fn instruction(&self, _: &Vm, frame: Activation<'_>, _: bool) -> PyResult<()> {
        let code = frame.code();
        let mut at = frame.instruction().expect("an instruction runs").0 as usize;
        let (written, now) = (&code.data().code, code.adaptive_bytes());
        let mut seen = self.0.lock().expect("nobody panicked");
        let seen = seen.entry(code.filename().to_string_lossy().into_owned()).or_default();
        loop {
            let opcode = |code: &[u8]| Opcode::from_u8(code[2 * at]).expect("verified code");
            seen.insert(opcode(written));
            seen.insert(opcode(&now));
            if opcode(written) != Opcode::ExtendedArg {
                return Ok(());
            }
            at += 1;
        }
    }
}

#[test]
fn every_opcode_is_executed_and_does_what_it_does_in_cpython() {
    let cases = table();
    let folder = tempfile::tempdir().expect("a folder");
    let (input, output) = (folder.path().join("cases.json"), folder.path().join("out.json"));
    let programs: Vec<(&str, &str)> = cases
        .iter()
        .filter(|case| case.executes.is_some())
        .map(|case| (case.name.as_str(), case.source.as_str()))
        .collect();
    fs::write(&input, serde_json::to_string(&programs).expect("JSON")).expect("the cases");
    let driver = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/opcodes/run.py");
    let config = Config {
        argv: [&driver, &input, &output].map(|path| path.clone().into_os_string()).into(),
        stdlib: Some(&library::Embedded),
        modules: lasti_modules::MODULES,
        ..Config::bare()
    };
    assert!(config.install());
    let seen = Arc::new(Seen::default());
    let hook = Arc::clone(&seen);
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(move || {
        Vm::enter(STACK - (1 << 20), |vm| {
            trace::install(vm, hook);
            program::run(vm, &Main::File(driver))
        })
    });
    assert_eq!(thread.expect("a thread").join().expect("no panic"), 0, "the driver failed");

    let printed = fs::read_to_string(&output).expect("what was printed");
    let mut printed: BTreeMap<String, serde_json::Value> = serde_json::from_str(&printed).expect("JSON");
    let refused = printed.remove("(refused)").expect("what is refused");
    // That it is there at all says that the process lived.
    let hostile = printed.remove("(hostile)").expect("what became of hostile code");
    for outcome in ["refused", "raised", "returned"] {
        assert!(hostile[outcome].as_u64().is_some_and(|count| count > 100), "{hostile}");
    }
    let seen = seen.0.lock().expect("nobody panicked");
    let all: BTreeSet<Opcode> = seen.values().flatten().copied().collect();
    let mut faults = String::new();
    for case in &cases {
        let Case { name, executes, prints, .. } = case;
        let Some(executes) = executes else { continue };
        let printed = printed[name].as_str().expect("text");
        if printed != prints {
            let _ = writeln!(faults, "{name} prints {printed:?}, but CPython {prints:?}");
        }
        if !seen.get(&format!("<{name}>")).is_some_and(|seen| seen.contains(executes)) {
            let _ = writeln!(faults, "{name} does not execute {}", executes.name());
        }
    }
    for opcode in Opcode::ALL {
        let own = cases.iter().any(|case| case.name == opcode.name() && case.executes == Some(opcode));
        if !own && all.contains(&opcode) {
            let _ = writeln!(faults, "{} is executed, but the table says that it is not", opcode.name());
        }
        // What no compiler writes is refused before it can run.
        let made = opcode.is_specialized() || opcode.is_instrumented();
        if made || cases.iter().any(|case| case.name == opcode.name() && case.executes.is_none()) {
            let wanted = format!(
                "SystemError: code object '<lambda>' can't be run: byte 2, {}: no compiler writes this opcode, it is \
                 made while code runs",
                opcode.name()
            );
            let got = refused[(opcode as u8).to_string()].as_str().unwrap_or("nothing");
            if got != wanted {
                let _ = writeln!(faults, "{} in code: {got:?} instead of {wanted:?}", opcode.name());
            }
        }
    }
    assert_eq!(faults, "");
}
