//! A source's syntax tree compiles to the code that the source itself compiles to.

use std::path::{Path, PathBuf};

use lasti_compile::{Options, compile, compile_tree, parse};

fn programs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/programs");
    let entries = std::fs::read_dir(folder).expect("the folder of programs");
    let mut programs: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    programs.retain(|program| program.extension().is_some_and(|extension| extension == "py"));
    // An f-string in an annotation that is kept as text: see DIVERGENCES.md.
    programs.retain(|program| !program.ends_with("future_annotations.py"));
    programs.sort();
    programs
}

#[test]
fn trees_compile_to_what_their_sources_compile_to() {
    let programs = programs();
    assert!(!programs.is_empty());
    let mut differing = Vec::new();
    for program in programs {
        // Those in other encodings are about something else.
        let Ok(source) = std::fs::read_to_string(&program) else { continue };
        let options = Options::default();
        let Ok(direct) = compile(&source, "test.py", &options) else { continue };
        let tree = parse(&source, "test.py", &options).expect("what compiles has a tree");
        match compile_tree(tree.node, "test.py", &options) {
            Ok(compiled) if compiled.code == direct.code => {}
            Ok(_) => differing.push(format!("{}: other code", program.display())),
            Err(error) => differing.push(format!("{}: {error:?}", program.display())),
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}
