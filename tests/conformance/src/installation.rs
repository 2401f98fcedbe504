//! An installation of the interpreter under test: its executable, a library, and CPython's tests beside.
//!
//! ```text
//! bin/lasti
//! lib/python3.14                  CPython's library with its tests, and what stands for its modules that test C
//! lib/python3.14/site-packages    the tests once more: for what runs with the library that is embedded
//! ```
//! The library is a copy, so that nobody writes where CPython's is installed. Where tests run the interpreter with `-I`
//! or in an empty environment it finds both by where its executable is.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// What of CPython's installation is no part of its library, or nothing that Lasti can load.
const LEFT_OUT: [&str; 4] = ["__pycache__", "lib-dynload", "site-packages", "dist-packages"];

/// A folder that holds an installation for as long as this lives.
pub(crate) struct Installation {
    folder: TempDir,
    executable: PathBuf,
}

impl Installation {
    /// Installs an executable, with CPython's test package and the modules in `capi`.
    pub(crate) fn new(executable: &Path, tests: &Path, capi: &Path) -> io::Result<Self> {
        let folder = tempfile::tempdir()?;
        let packages = folder.path().join("lib/python3.14/site-packages");
        fs::create_dir_all(&packages)?;
        fs::create_dir(folder.path().join("bin"))?;
        let installed = folder.path().join("bin").join(executable.file_name().unwrap_or_default());
        // No link by name: an interpreter looks for its packages where its file is.
        link(executable, &installed)?;
        symlink(tests, packages.join("test"))?;
        link_all(capi, &packages)?;
        Ok(Self { folder, executable: installed })
    }

    /// Puts CPython's library beside it.
    pub(crate) fn add_library(&self, library: &Path, capi: &Path) -> io::Result<()> {
        copy(library, &self.library())?;
        link_all(capi, &self.library())
    }

    pub(crate) fn executable(&self) -> &Path {
        &self.executable
    }

    /// Where CPython's library is, if it was added.
    pub(crate) fn library(&self) -> PathBuf {
        self.folder.path().join("lib/python3.14")
    }

    /// Where the tests are, with nothing else of CPython's.
    pub(crate) fn packages(&self) -> PathBuf {
        self.library().join("site-packages")
    }
}

/// The same file under another name; a copy where file systems differ.
fn link(file: &Path, name: &Path) -> io::Result<()> {
    fs::hard_link(file, name).or_else(|_| fs::copy(file, name).map(drop))
}

fn link_all(from: &Path, to: &Path) -> io::Result<()> {
    for file in fs::read_dir(from)? {
        let file = file?;
        if file.file_type()?.is_file() {
            symlink(file.path(), to.join(file.file_name()))?;
        }
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (kind, name) = (entry.file_type()?, entry.file_name());
        if LEFT_OUT.iter().any(|left_out| name == *left_out) {
            continue;
        }
        if kind.is_dir() {
            copy(&entry.path(), &to.join(name))?;
        } else if kind.is_symlink() {
            symlink(fs::read_link(entry.path())?, to.join(name))?;
        } else {
            link(&entry.path(), &to.join(name))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Installation;
    use std::fs;
    use std::path::Path;

    fn write(file: &Path) {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, file.file_name().unwrap().as_encoded_bytes()).unwrap();
    }

    #[test]
    fn a_library_is_copied_without_what_is_none_of_it() {
        let cpython = tempfile::tempdir().unwrap();
        let at = |name: &str| cpython.path().join(name);
        for file in
            ["lib/os.py", "lib/json/tool.py", "lib/json/__pycache__/tool.pyc", "lib/lib-dynload/_json.so"]
        {
            write(&at(file));
        }
        for file in ["lib/test/test_os.py", "capi/_testcapi.py", "vm"] {
            write(&at(file));
        }
        let installation = Installation::new(&at("vm"), &at("lib/test"), &at("capi")).unwrap();
        installation.add_library(&at("lib"), &at("capi")).unwrap();
        let library = installation.library();
        for file in ["os.py", "json/tool.py", "test/test_os.py", "_testcapi.py"] {
            assert!(library.join(file).is_file(), "{file}");
        }
        for file in ["json/__pycache__", "lib-dynload"] {
            assert!(!library.join(file).exists(), "{file}");
        }
        assert!(installation.packages().join("test/test_os.py").is_file());
        assert_eq!(fs::read_to_string(installation.executable()).unwrap(), "vm");
    }
}
