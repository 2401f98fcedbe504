//! Where the executable lies, and whether it belongs to a virtual environment. CPython: Modules/getpath.py.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// The executable and the prefixes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Installation {
    /// As it was called, from the root; links are not followed.
    pub(super) executable: PathBuf,
    pub(super) base_executable: PathBuf,
    pub(super) prefix: PathBuf,
    pub(super) base_prefix: PathBuf,
}

impl Installation {
    /// By the name that the program was called with; `home` is `PYTHONHOME`.
    pub(super) fn find(called: &OsStr, home: Option<&OsStr>) -> Self {
        let executable = executable(called);
        let real = executable.canonicalize().unwrap_or_else(|_| executable.clone());
        if let Some(home) = home {
            let prefix = home.as_bytes().split(|&byte| byte == b':').next().unwrap_or_default();
            let prefix = PathBuf::from(OsString::from_vec(prefix.to_vec()));
            return Self {
                base_executable: executable.clone(),
                executable,
                base_prefix: prefix.clone(),
                prefix,
            };
        }
        if let Some((root, settings)) = virtual_environment(&executable) {
            let base_executable = settings
                .home
                .as_ref()
                .map(|home| home.join(executable.file_name().unwrap_or_default()))
                .filter(|path| path.is_file())
                .or(settings.executable)
                .unwrap_or_else(|| real.clone());
            let base_prefix = settings.home.as_deref().map_or_else(|| above_bin(&real), above);
            return Self { executable, base_executable, prefix: root, base_prefix };
        }
        let prefix = above_bin(&real);
        Self { base_executable: executable.clone(), executable, base_prefix: prefix.clone(), prefix }
    }
}

/// The executable's path: as it was given, or found on `PATH`.
fn executable(called: &OsStr) -> PathBuf {
    let own = || std::env::current_exe().unwrap_or_default();
    if called.is_empty() {
        return own();
    }
    if called.as_bytes().contains(&b'/') {
        return super::absolute(PathBuf::from(called));
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|directory| directory.join(called))
        .find(|file| file.is_file())
        .unwrap_or_else(own)
}

fn above(directory: &Path) -> PathBuf {
    directory.parent().unwrap_or(directory).to_path_buf()
}

/// The directory above the one that the file lies in.
fn above_bin(file: &Path) -> PathBuf {
    file.parent().and_then(Path::parent).unwrap_or(Path::new("/usr")).to_path_buf()
}

/// What `pyvenv.cfg` says.
#[derive(Default)]
struct Settings {
    home: Option<PathBuf>,
    executable: Option<PathBuf>,
}

/// The root of the virtual environment that the executable belongs to.
fn virtual_environment(executable: &Path) -> Option<(PathBuf, Settings)> {
    let directory = executable.parent()?;
    [Some(directory), directory.parent()].into_iter().flatten().find_map(|place| {
        let text = std::fs::read_to_string(place.join("pyvenv.cfg")).ok()?;
        let mut settings = Settings::default();
        for (key, value) in text.lines().filter_map(|line| line.split_once('=')) {
            let value = Some(PathBuf::from(value.trim()));
            match key.trim().to_ascii_lowercase().as_str() {
                "home" => settings.home = value,
                "executable" => settings.executable = value,
                _ => {}
            }
        }
        Some((above(directory), settings))
    })
}
