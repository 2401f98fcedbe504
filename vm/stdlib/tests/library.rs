//! The embedded library as a whole: all of it decodes, and what it shares with CPython's is CPython's.

use std::collections::BTreeSet;

use lasti_code::verify::verify_all;
use lasti_code::{Const, marshal};
use lasti_stdlib::{
    EntryKind, Module, ROOT, by_path, data, data_files, entries, find, frozen, frozen_modules, modules,
};
use sha2::{Digest, Sha256};

/// The first 16 hexadecimal digits, as in digests.txt.
fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes)[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn every_module_unmarshals_and_verifies_and_has_its_path() {
    for module in modules().chain(frozen_modules()) {
        let bytes = module.code_bytes();
        let Const::Code(code) = marshal::loads(&bytes).unwrap() else {
            panic!("{module:?} is not a code object");
        };
        let all = verify_all(&code).unwrap_or_else(|error| panic!("{module:?}: {error}"));
        for code in all {
            assert_eq!(code.code().filename.to_string(), module.path(), "{module:?}");
        }
        assert_eq!(marshal::dumps(&Const::Code(code)).unwrap(), bytes, "{module:?}");
        assert_eq!(module.source().len(), module.source_len(), "{module:?}");
    }
}

#[test]
fn every_module_is_found_by_its_name_and_by_its_path() {
    let mut before = "";
    for module in modules() {
        assert!(before < module.name());
        before = module.name();
        assert_eq!(find(module.name()), Some(module));
        assert_eq!(by_path(module.path()), Some(module));
        assert_eq!(module.origin(), module.name());
        let inner = module.name().replace('.', "/");
        let path = if module.is_package() { format!("{inner}/__init__.py") } else { format!("{inner}.py") };
        assert_eq!(module.path(), format!("{ROOT}/{path}"));
        assert_eq!(module.directory().is_some(), module.is_package());
        // Each is the child of its package, and only of that.
        if let Some((package, _)) = module.name().rsplit_once('.') {
            assert!(find(package).unwrap().is_package(), "{module:?}");
            assert_eq!(find(package).unwrap().children().filter(|child| *child == module).count(), 1);
        }
    }
    let children: usize = modules().map(|module| module.children().count()).sum();
    assert_eq!(children, modules().filter(|module| module.name().contains('.')).count());
}

#[test]
fn what_stands_in_for_modules_in_c_is_known() {
    let is_stand_in = |name: &str| find(name).unwrap().is_stand_in();
    assert!(is_stand_in("_datetime"));
    // Of our own too, but CPython's library has it; and CPython's.
    assert!(!is_stand_in("cProfile"));
    assert!(!is_stand_in("json") && !is_stand_in("os"));
}

#[test]
fn what_is_not_there_is_not_found() {
    for name in ["", ".", "jsonx", "json.", ".json", "json.decoder.x", "json/decoder", "zzz", "é", "Json"] {
        assert_eq!(find(name), None, "{name}");
    }
    for path in [
        "",
        "/",
        ROOT,
        "/<stdlib>/",
        "/<stdlib>/json.py",
        "/<stdlib>/json",
        "/<stdlib>/json.decoder.py",
        "/<stdlib>//json/decoder.py",
        "/<stdlib>json/decoder.py",
        "/<stdlib>/json/decoder/__init__.py",
        "json/decoder.py",
        "<frozen os>",
        "/<stdlib>/.py",
    ] {
        assert_eq!(by_path(path), None, "{path}");
        assert_eq!(data(path), None, "{path}");
    }
    assert_eq!(frozen("os"), None);
    assert_eq!(find("_frozen_importlib"), None);
}

#[test]
fn a_user_finds_the_library_and_nothing_that_cpython_does_not_have() {
    for name in
        ["os", "asyncio.tasks", "tkinter.ttk", "ensurepip", "xml.etree.ElementTree", "encodings.cp1252"]
    {
        assert!(find(name).is_some(), "{name}");
    }
    for name in ["idlelib", "turtledemo.clock", "dummy_threading", "_dummy_os", "_pycodecs", "test"] {
        assert!(find(name).is_none(), "{name}");
    }
    for module in modules() {
        let text = module.source().to_lowercase();
        assert!(!text.contains("rustpython"), "{module:?}");
    }
    let json = find("json").unwrap();
    let names: Vec<_> = json.children().map(Module::name).collect();
    assert_eq!(names, ["json.__main__", "json.decoder", "json.encoder", "json.scanner", "json.tool"]);
    assert_eq!(json.directory(), Some("/<stdlib>/json"));
    assert_eq!(find("json.decoder").unwrap().children().count(), 0);
    assert!(json.source().starts_with("r\"\"\"JSON (JavaScript Object Notation) <https://json.org>"));
}

#[test]
fn the_frozen_modules_are_those_of_the_import_system() {
    let all: Vec<_> =
        frozen_modules().map(|module| (module.name(), module.origin(), module.path())).collect();
    assert_eq!(
        all,
        [
            ("_frozen_importlib", "importlib._bootstrap", "<frozen importlib._bootstrap>"),
            (
                "_frozen_importlib_external",
                "importlib._bootstrap_external",
                "<frozen importlib._bootstrap_external>"
            ),
            ("zipimport", "zipimport", "<frozen zipimport>"),
        ]
    );
    for module in frozen_modules() {
        assert_eq!(frozen(module.name()), Some(module));
        assert_eq!(by_path(module.path()), Some(module));
        assert_eq!(module.source(), find(module.origin()).unwrap().source());
        assert_eq!(module.directory(), None);
    }
}

#[test]
fn data_files_are_found_and_whole() {
    let paths: Vec<_> = data_files().map(|file| file.path().strip_prefix("/<stdlib>/").unwrap()).collect();
    assert_eq!(
        paths,
        [
            "LICENSE.txt",
            "ensurepip/_bundled/pip-26.1.2-py3-none-any.whl",
            "pydoc_data/_pydoc.css",
            "venv/scripts/common/Activate.ps1",
            "venv/scripts/common/activate",
            "venv/scripts/common/activate.fish",
            "venv/scripts/nt/activate.bat",
            "venv/scripts/nt/deactivate.bat",
            "venv/scripts/posix/activate.csh",
        ]
    );
    for file in data_files() {
        assert_eq!(data(file.path()), Some(file));
        assert_eq!(file.contents().len(), file.len());
        assert!(!file.is_empty());
    }
    let wheel = data("/<stdlib>/ensurepip/_bundled/pip-26.1.2-py3-none-any.whl").unwrap();
    assert!(wheel.contents().starts_with(b"PK\x03\x04"));
}

#[test]
fn directories_hold_every_file_once() {
    let mut files = BTreeSet::new();
    let mut pending = vec![ROOT.to_owned()];
    while let Some(directory) = pending.pop() {
        let entries = entries(&directory).unwrap();
        assert!(entries.windows(2).all(|pair| pair[0].name < pair[1].name), "{directory}");
        for entry in entries {
            let path = format!("{directory}/{}", entry.name);
            match entry.kind {
                EntryKind::Directory => pending.push(path),
                EntryKind::Source(module) => assert!(module.path() == path && files.insert(path)),
                EntryKind::Data(data) => assert!(data.path() == path && files.insert(path)),
            }
        }
    }
    assert_eq!(files.len(), modules().len() + data_files().len());
    for path in
        ["", "/", "/<stdlib>/", "/<stdlib>/json/", "/<stdlib>/os.py", "/<stdlib>/xml.etree", "/<stdlibx"]
    {
        assert_eq!(entries(path), None, "{path}");
    }
}

/// Where CPython 3.14.10 has the same source, it has the same code, to the byte.
#[test]
fn code_is_cpythons() {
    let digests = include_str!("../testdata/digests.txt");
    let (ordinary, rest) = digests.split_once("# frozen\n").unwrap();
    let (mut same, mut other_source, mut other_code) = (BTreeSet::new(), 0, Vec::new());
    for (lines, find) in [(ordinary, find as fn(&str) -> Option<Module>), (rest, frozen)] {
        let lines = lines.lines().filter(|line| !line.starts_with('#'));
        for fields in lines.map(|line| line.split(' ').collect::<Vec<_>>()) {
            let [name, source, code] = fields[..] else { panic!("{fields:?}") };
            let Some(module) = find(name) else { continue };
            if digest(module.source().as_bytes()) != source {
                other_source += 1;
            } else if digest(&module.code_bytes()) != code {
                other_code.push(module.path());
            } else {
                same.insert(module.path());
            }
        }
    }
    // CPython has interned the class names of its own import system before it compiles that source again.
    assert_eq!(other_code, ["/<stdlib>/importlib/_bootstrap.py", "<frozen importlib._bootstrap>"]);
    // What RustPython changed and the build changes back; site and sysconfig are changed by Debian.
    for name in ["io", "json/decoder", "_compat_pickle", "unittest/__init__", "platform", "_opcode_metadata"]
    {
        assert!(same.contains(&*format!("{ROOT}/{name}.py")), "{name} is CPython's");
    }
    // The rest CPython has mended since, but for site and sysconfig, and for cProfile, which is our own.
    assert_eq!((same.len(), other_source), (431, 117));
}

/// What RustPython changed about where third-party packages lie.
#[test]
fn site_packages_lie_where_cpython_has_them() {
    for (name, text) in [
        ("site", "def _get_implementation():\n    return 'Python'\n"),
        ("site", "{userbase}/lib/python{version[0]}.{version[1]}{abi_thread}/site-packages'"),
        ("sysconfig", "def _get_implementation():\n    return 'Python'\n"),
    ] {
        assert!(find(name).unwrap().source().contains(text), "{name}");
    }
}
