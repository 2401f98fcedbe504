//! Which files of the library are taken, and under which names.

use std::collections::BTreeSet;
use std::error::Error;
use std::path::Path;

use crate::layout::ROOT;

/// Files and folders that are not embedded, and why. One that is not there fails the build.
const LEFT_OUT: &[(&str, &str)] = &[
    ("idlelib", "IDLE, a program of its own; 1.9 MB"),
    ("turtledemo", "example programs"),
    ("_dummy_os.py", "not in CPython's library"),
    ("_dummy_thread.py", "not in CPython's library since 3.9"),
    ("dummy_threading.py", "not in CPython's library since 3.9"),
    ("_pycodecs.py", "not in CPython's library"),
    ("README.md", "about RustPython"),
    ("_pyrepl/mypy.ini", "for CPython's developers"),
    ("tomllib/mypy.ini", "for CPython's developers"),
    ("email/architecture.rst", "for CPython's developers"),
    ("ctypes/macholib/README.ctypes", "for CPython's developers"),
    ("ctypes/macholib/fetch_macholib", "for CPython's developers"),
    ("ctypes/macholib/fetch_macholib.bat", "for CPython's developers"),
];

/// Files that CPython's library has under another name: `license()` reads this one.
const RENAMED: &[(&str, &str)] = &[("PSF-LICENSE", "LICENSE.txt")];

/// Modules of our own that CPython's library has in Python too; the others stand in for modules in C.
const IN_PYTHON: &[&str] = &["cProfile"];

/// The modules that an interpreter needs before it can import: name, and the module they are made of.
const FROZEN: &[(&str, &str)] = &[
    ("_frozen_importlib", "importlib._bootstrap"),
    ("_frozen_importlib_external", "importlib._bootstrap_external"),
    ("zipimport", "zipimport"),
];

/// The library's files.
#[derive(Default)]
pub(crate) struct Library {
    /// The modules, sorted by name.
    pub(crate) modules: Vec<Source>,
    /// All other files, sorted by path.
    pub(crate) data: Vec<Data>,
}

/// A module before it is compiled.
#[derive(Clone)]
pub(crate) struct Source {
    /// The dotted name.
    pub(crate) name: String,
    /// Its `co_filename`.
    pub(crate) path: String,
    /// The name of the module that it is made of.
    pub(crate) origin: String,
    /// Whether it is a package.
    pub(crate) is_package: bool,
    /// Whether it stands in for a module that CPython has in C alone.
    pub(crate) is_stand_in: bool,
    /// The text.
    pub(crate) text: String,
}

/// A file that is not a module.
pub(crate) struct Data {
    /// Its path below the root.
    pub(crate) path: String,
    /// What is in it.
    pub(crate) contents: Vec<u8>,
}

/// Reads the library below `folder`, and the modules of our own, which are not in it.
pub(crate) fn collect(folder: &Path, own: &Path) -> Result<Library, Box<dyn Error>> {
    let mut unseen: BTreeSet<&str> = LEFT_OUT.iter().chain(RENAMED).map(|&(path, _)| path).collect();
    let mut library = Library::default();
    let mut folders = vec![String::new()];
    while let Some(inner) = folders.pop() {
        let found = folder.join(&inner);
        let entries =
            std::fs::read_dir(&found).map_err(|e| format!("the library's {}: {e}", found.display()))?;
        for entry in entries {
            let entry = entry?;
            let name =
                entry.file_name().into_string().map_err(|name| format!("{} is not UTF-8", name.display()))?;
            let path = if inner.is_empty() { name } else { format!("{inner}/{name}") };
            let left_out = LEFT_OUT.iter().any(|&(left_out, _)| left_out == path);
            unseen.remove(path.as_str());
            if left_out || path.ends_with("__pycache__") {
                continue;
            }
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else {
                add(&mut library, path, std::fs::read(entry.path())?)?;
            }
        }
    }
    if let Some(path) = unseen.first() {
        return Err(format!("the library has no {path}: update the lists in {}", file!()).into());
    }
    let theirs = library.modules.len();
    for entry in std::fs::read_dir(own)? {
        let entry = entry?;
        let name =
            entry.file_name().into_string().map_err(|name| format!("{} is not UTF-8", name.display()))?;
        add(&mut library, name, std::fs::read(entry.path())?)?;
    }
    for module in &mut library.modules[theirs..] {
        module.is_stand_in = !IN_PYTHON.contains(&module.name.as_str());
    }
    library.modules.sort_by(|a, b| a.name.cmp(&b.name));
    library.data.sort_by(|a, b| a.path.cmp(&b.path));
    if let Some(twice) = library.modules.windows(2).find(|pair| pair[0].name == pair[1].name) {
        return Err(format!("two files are the module {}", twice[0].name).into());
    }
    Ok(library)
}

fn add(library: &mut Library, path: String, contents: Vec<u8>) -> Result<(), Box<dyn Error>> {
    let Some(stem) = path.strip_suffix(".py") else {
        let path = RENAMED.iter().find(|(from, _)| *from == path).map_or(path, |(_, to)| (*to).to_owned());
        library.data.push(Data { path: format!("{ROOT}/{path}"), contents });
        return Ok(());
    };
    let package = stem.strip_suffix("/__init__");
    let name = package.unwrap_or(stem).replace('/', ".");
    let text = String::from_utf8(contents).map_err(|e| format!("{path}: {e}"))?;
    if text.contains('\r') || text.starts_with('\u{feff}') {
        return Err(format!("{path}: its text is not what its lines are").into());
    }
    let path = format!("{ROOT}/{path}");
    library.modules.push(Source {
        origin: name.clone(),
        name,
        path,
        is_package: package.is_some(),
        is_stand_in: false,
        text,
    });
    Ok(())
}

/// The frozen modules, from the library's, with the file names that CPython gives them.
pub(crate) fn frozen(modules: &[Source]) -> Result<Vec<Source>, Box<dyn Error>> {
    let freeze = |&(name, origin): &(&str, &str)| {
        let module = modules.iter().find(|module| module.name == origin);
        let module = module.ok_or_else(|| format!("the library has no {origin}"))?;
        Ok(Source { name: name.to_owned(), path: format!("<frozen {origin}>"), ..module.clone() })
    };
    FROZEN.iter().map(freeze).collect()
}
