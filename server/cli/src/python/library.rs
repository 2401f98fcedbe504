//! A CPython's library in place of the embedded one: `-X stdlib=DIR`, or the environment variable `LASTI_STDLIB`.
//!
//! Its modules are imported as any files are, with their `__pycache__`. From the embedded library come the import system,
//! which is frozen, and the modules that stand in for those that CPython has in C alone: they are behind the directory on
//! `sys.path`. Extension modules are not loaded.

use std::path::{Path, PathBuf};

use lasti_stdlib::Module;
use lasti_vm::vm::config::{Library, LibraryModule};

use super::options::Options;
use super::{Refused, absolute};
use crate::library::Embedded;

/// The environment variable. It is no variable of Python's: options that shut those out leave it.
const VARIABLE: &str = "LASTI_STDLIB";
/// A module that tells of which version a library is: the numbers of opcodes are others in each.
const OPCODES: &str = "_opcode_metadata";

/// The directory that options or environment name; the children of the program get it from the environment.
pub(super) fn directory(options: &Options) -> Result<Option<PathBuf>, Refused> {
    let variable = std::env::var_os(VARIABLE).filter(|value| !value.is_empty());
    let (said, given) = match options.xoption("stdlib") {
        Some(None) => return Err(Refused::usage("-X stdlib=DIR: the directory is missing")),
        Some(Some(given)) => ("-X stdlib", given.to_owned()),
        None => match variable {
            Some(given) => (VARIABLE, given),
            None => return Ok(None),
        },
    };
    if given.is_empty() {
        lasti_modules::hide_environment(&[VARIABLE]);
        return Ok(None);
    }
    let directory: PathBuf = absolute(PathBuf::from(&given)).components().collect();
    check(&directory).map_err(|why| Refused {
        text: format!("lasti: {said}={}: {why}\n", Path::new(&given).display()),
        code: 2,
    })?;
    lasti_modules::set_environment(VARIABLE, directory.as_os_str());
    Ok(Some(directory))
}

/// Whether the library of this version is in a directory; if not, why.
fn check(directory: &Path) -> Result<(), String> {
    let wanted = "give the directory lib/python3.14 of a CPython 3.14";
    if !directory.is_dir() {
        return Err(format!("there is no such directory: {wanted}"));
    }
    if !directory.join("os.py").is_file() {
        return Err(format!("no library, there is no os.py in it: {wanted}"));
    }
    let theirs = std::fs::read_to_string(directory.join(OPCODES).with_extension("py")).unwrap_or_default();
    let ours = lasti_stdlib::find(OPCODES).map(Module::source).unwrap_or_default();
    match opcodes(&theirs) {
        Some(theirs) if Some(theirs) == opcodes(&ours) => Ok(()),
        Some(_) => Err(format!("the library of another version, its {OPCODES}.py says so: {wanted}")),
        None => Err(format!("the library of another version, it has no {OPCODES}.py that says so: {wanted}")),
    }
}

/// The part of a source that says which opcodes there are.
fn opcodes(source: &str) -> Option<&str> {
    let (_, numbers) = source.split_once("\nopmap = {")?;
    numbers.split_once("\n}").map(|(numbers, _)| numbers)
}

/// What no directory with CPython's library has.
pub(super) struct StandIns;

/// Whether a path is the source of a stand-in.
fn is_stand_in(path: &str) -> bool {
    lasti_stdlib::by_path(path).is_some_and(Module::is_stand_in)
}

impl Library for StandIns {
    fn root(&self) -> &'static str {
        Embedded.root()
    }

    fn find(&self, name: &str) -> Option<LibraryModule> {
        lasti_stdlib::find(name).filter(|module| module.is_stand_in()).and_then(|_| Embedded.find(name))
    }

    fn frozen(&self, name: &str) -> Option<LibraryModule> {
        Embedded.frozen(name)
    }

    fn contents(&self, path: &str) -> Option<Vec<u8>> {
        is_stand_in(path).then(|| Embedded.contents(path)).flatten()
    }

    fn entries(&self, directory: &str) -> Option<Vec<(String, bool)>> {
        let entries = Embedded.entries(directory).filter(|_| directory == self.root())?;
        let is_in = |name: &str| is_stand_in(&format!("{directory}/{name}"));
        Some(entries.into_iter().filter(|(name, _)| is_in(name)).collect())
    }
}
