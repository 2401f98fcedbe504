//! The disassembler against CPython's: `generate/disassembly.py` wrote the expected texts.

use std::path::Path;

use lasti_code::disassemble::{self, Options};
use lasti_code::pyc;

#[test]
fn every_text_is_that_of_cpython() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/disassembly");
    let mut compared = 0;
    for file in folder.read_dir().unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "txt") {
            continue;
        }
        // `name.MODE.txt` or `name.txt`.
        let stem = path.file_stem().unwrap().to_str().unwrap();
        let (name, mode) = stem.split_once('.').unwrap_or((stem, ""));
        let options = Options {
            show_caches: mode.contains('C'),
            show_offsets: mode.contains('O'),
            show_positions: mode.contains('P'),
            specialized: mode.contains('S'),
        };
        let (_, code) = pyc::read(&std::fs::read(folder.join(name).with_extension("pyc")).unwrap()).unwrap();
        let mut text = String::new();
        disassemble::write(&code, &options, &mut text).unwrap();
        let text = without_addresses(&text);
        let expected = std::fs::read_to_string(&path).unwrap();
        let differing =
            text.lines().zip(expected.lines()).enumerate().find(|(_, (ours, theirs))| ours != theirs);
        assert_eq!(differing, None, "{}: line index, (ours, CPython's)", path.display());
        assert_eq!(text, expected, "{}", path.display());
        compared += 1;
    }
    assert_eq!(compared, 35, "texts compared");
}

fn without_addresses(text: &str) -> String {
    let mut parts = text.split(" at 0x");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(" at 0x0");
        out.push_str(part.trim_start_matches(|c: char| c.is_ascii_hexdigit()));
    }
    out
}
