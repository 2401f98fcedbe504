//! The programs in tests/programs against what CPython 3.14 made of them: the corpus checks, from
//! committed data.

use std::path::{Path, PathBuf};

use lasti_corpus::check::check;
use lasti_corpus::oracle::Facts;

fn programs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../programs");
    let mut found: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.extension().is_some_and(|extension| extension == "py"));
    found.sort();
    assert!(found.len() >= 25, "the programs are there");
    found
}

/// A file that CPython's results were written to.
fn expected(program: &Path, level: u8, suffix: &str) -> Vec<u8> {
    let name = format!("{}.{level}.{suffix}", program.file_stem().unwrap().display());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("expected").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}; run make_expected.py", path.display()))
}

#[test]
fn programs_compile_to_cpythons_bytes() {
    let mut faults = Vec::new();
    for program in programs() {
        let text = |suffix| String::from_utf8_lossy(&expected(&program, 0, suffix)).into_owned();
        let facts = Facts {
            source: std::fs::read(&program).unwrap(),
            marshalled: expected(&program, 0, "marshal"),
            tables: text("tables"),
            disassembly: text("dis"),
        };
        let name = format!("tests/programs/{}", program.file_name().unwrap().display());
        let outcome = check(&name, &facts, 0);
        assert!(outcome.code_objects > 0, "{name}");
        faults.extend(outcome.faults.into_iter().map(|(check, text)| format!("{name}: {check:?}: {text}")));
    }
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn optimised_programs_compile_to_cpythons_bytes() {
    for program in programs() {
        let name = format!("tests/programs/{}", program.file_name().unwrap().display());
        let options = lasti_compile::Options { optimize: 2, ..Default::default() };
        let source = std::fs::read(&program).unwrap();
        let compiled = lasti_compile::compile_bytes(&source, &name, &options).unwrap();
        let bytes = lasti_code::marshal::dumps(&lasti_code::Const::Code(compiled.code)).unwrap();
        assert!(bytes == expected(&program, 2, "marshal"), "{name} at -OO marshals to other bytes");
    }
}
