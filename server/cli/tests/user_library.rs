//! Runs programs with a library in files, in place of the embedded one: `-X stdlib=DIR` and `LASTI_STDLIB`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// Writes the embedded library out, but for what CPython has in C; `textwrap` says that it is this one.
fn library() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let library = folder.path().canonicalize().unwrap().join("lib/python3.14");
    for module in lasti_stdlib::modules().filter(|module| !module.is_stand_in()) {
        let inner = module.path().strip_prefix(lasti_stdlib::ROOT).unwrap().trim_start_matches('/');
        let file = library.join(inner);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        let mut source = module.source();
        if module.name() == "textwrap" {
            source.push_str("\nfrom_files = True\n");
        }
        std::fs::write(file, source).unwrap();
    }
    (folder, library)
}

fn lasti(folder: &Path, arguments: &[&str], variable: Option<&Path>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lasti"));
    command.args(arguments).current_dir(folder).env_remove("LASTI_STDLIB");
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"PYTHON")) {
        command.env_remove(name);
    }
    if let Some(variable) = variable {
        command.env("LASTI_STDLIB", variable);
    }
    command.output().unwrap()
}

#[track_caller]
fn printed(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()));
    text(&output.stdout)
}

/// What a program sees of its library; as a child, whether it has the same one.
const LOOK: &str = "import sys, os, subprocess, textwrap, datetime, _datetime, importlib._bootstrap as frozen
print(sys._stdlib_dir, *[entry for entry in sys.path if 'python3.14' in entry or '<' in entry])
print(os.__file__, textwrap.from_files, os.path.exists(textwrap.__cached__))
print(frozen.__file__, frozen.__spec__.origin)
print(type(textwrap.__loader__).__name__, _datetime.__file__, datetime.date(2026, 11, 21))
print(subprocess.check_output([sys.executable, '-I', '-c', 'import os; print(os.__file__)'], text=True), end='')
try:
    textwrap.dedent(5)
except TypeError as error:
    print(error.__traceback__.tb_next.tb_frame.f_code.co_filename)
";

#[test]
fn a_program_has_the_library_of_a_directory() {
    let (folder, library) = library();
    let at = library.display();
    let wanted = format!(
        "{at} {at} /<stdlib>\n{at}/os.py True True\n{at}/importlib/_bootstrap.py frozen\nSourceFileLoader \
         /<stdlib>/_datetime.py 2026-11-21\n{at}/os.py\n{at}/textwrap.py\n"
    );
    // A relative directory is one for the children too, wherever they are.
    let option = ["-X", "stdlib=lib/python3.14/", "-c", LOOK];
    assert_eq!(printed(&lasti(folder.path(), &option, None)), wanted);
    for arguments in [["-c", LOOK].as_slice(), &["-I", "-c", LOOK]] {
        assert_eq!(printed(&lasti(folder.path(), arguments, Some(&library))), wanted);
    }
}

#[test]
fn the_option_wins_and_may_ask_for_the_embedded_library() {
    let (folder, library) = library();
    let look = "import os, textwrap; print(os.__file__, hasattr(textwrap, 'from_files'), 'LASTI_STDLIB' in os.environ)";
    let embedded = lasti(folder.path(), &["-X", "stdlib=", "-c", look], Some(&library));
    assert_eq!(printed(&embedded), "/<stdlib>/os.py False False\n");
    let option = format!("stdlib={}", library.display());
    let output = lasti(folder.path(), &["-X", &option, "-c", look], Some(Path::new("/nowhere")));
    assert_eq!(printed(&output), format!("{}/os.py True True\n", library.display()));
}

#[test]
fn a_module_that_the_directory_lacks_is_not_taken_from_the_embedded_library() {
    let (folder, library) = library();
    std::fs::remove_file(library.join("textwrap.py")).unwrap();
    let program = "try:\n    import textwrap\nexcept ImportError as error:\n    print(error)";
    let output = lasti(folder.path(), &["-c", program], Some(&library));
    assert_eq!(printed(&output), "No module named 'textwrap'\n");
}

#[test]
fn what_is_no_library_of_this_version_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("other");
    std::fs::create_dir(&inside).unwrap();
    let refused = |arguments: &[&str], variable: Option<&Path>| {
        let output = lasti(folder.path(), arguments, variable);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
        String::from_utf8(output.stderr).unwrap()
    };
    let give = "give the directory lib/python3.14 of a CPython 3.14\n";
    assert_eq!(
        refused(&["-X", "stdlib=nowhere", "-c", "1"], None),
        format!("lasti: -X stdlib=nowhere: there is no such directory: {give}")
    );
    assert_eq!(
        refused(&["-c", "1"], Some(Path::new("other"))),
        format!("lasti: LASTI_STDLIB=other: no library, there is no os.py in it: {give}")
    );
    std::fs::write(inside.join("os.py"), "").unwrap();
    assert_eq!(
        refused(&["-X", "stdlib=other", "-c", "1"], None),
        format!(
            "lasti: -X stdlib=other: the library of another version, it has no _opcode_metadata.py that says so: {give}"
        )
    );
    std::fs::write(inside.join("_opcode_metadata.py"), "\nopmap = {\n    'CACHE': 0,\n}\n").unwrap();
    assert_eq!(
        refused(&["-X", "stdlib=other", "-c", "1"], None),
        format!(
            "lasti: -X stdlib=other: the library of another version, its _opcode_metadata.py says so: {give}"
        )
    );
    let missing = refused(&["-X", "stdlib", "-c", "1"], None);
    assert_eq!(missing.lines().next(), Some("-X stdlib=DIR: the directory is missing"));
}
