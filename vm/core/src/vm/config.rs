//! What the embedder says when it starts a program: arguments, paths, the library, native modules.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::OnceLock;

use crate::module::NativeModule;

/// How long the text of an int may be where nobody says otherwise.
pub const DEFAULT_MAX_STR_DIGITS: usize = 4300;

/// How a program is run. Set once in a process, before the first use of `sys`.
#[allow(clippy::struct_excessive_bools, reason = "settings that have nothing to do with each other")]
pub struct Config {
    /// `sys.argv`
    pub argv: Vec<OsString>,
    /// `sys.orig_argv`
    pub orig_argv: Vec<OsString>,
    /// `sys.executable`
    pub executable: PathBuf,
    /// `sys._base_executable`: outside of the virtual environment, if there is one.
    pub base_executable: PathBuf,
    /// `sys.prefix`: a virtual environment's, or the installation's.
    pub prefix: PathBuf,
    /// `sys.base_prefix`: the installation's.
    pub base_prefix: PathBuf,
    /// What stands on `sys.path` before the library: `PYTHONPATH`'s entries.
    pub path: Vec<OsString>,
    /// `sys.warnoptions`
    pub warnoptions: Vec<OsString>,
    /// `sys._xoptions`: names and values; `true` for none.
    pub xoptions: Vec<(OsString, Option<OsString>)>,
    /// `sys.implementation.name`
    pub implementation: &'static str,
    /// `sys.pycache_prefix`
    pub pycache_prefix: Option<OsString>,
    /// `_imp.check_hash_based_pycs`
    pub check_hash_based_pycs: &'static str,
    /// What `os.cpu_count()` says, where an option does.
    pub cpu_count: Option<i64>,
    /// How long the text of an int may be; 0: as long as it likes.
    pub int_max_str_digits: usize,
    /// Standard output and standard error are not buffered.
    pub unbuffered: bool,
    /// The first line of a script is no Python.
    pub skip_first_line: bool,
    /// The encoding of the standard streams.
    pub stdio_encoding: String,
    /// How standard input and standard output treat what can't be decoded or encoded.
    pub stdio_errors: String,
    /// `sys.flags`
    pub flags: Flags,
    /// Whether the program's main thread takes the process's signals, as CPython's does: SIGINT raises
    /// KeyboardInterrupt. The embedder keeps its own threads from taking them.
    pub takes_signals: bool,
    /// A directory with CPython's library, whose modules are imported as any files are. `stdlib` then has only what
    /// no such directory has, and comes after it.
    pub stdlib_dir: Option<PathBuf>,
    /// The pure-Python standard library.
    pub stdlib: Option<&'static dyn Library>,
    /// Native modules beyond the interpreter's own, sorted by name.
    pub modules: &'static [&'static NativeModule],
}

/// `sys.flags`, under CPython's names.
#[derive(Clone, Copy, Default, Debug)]
#[allow(missing_docs, clippy::struct_excessive_bools, reason = "named and typed as in CPython")]
pub struct Flags {
    pub debug: i64,
    pub inspect: i64,
    pub interactive: i64,
    pub optimize: u8,
    pub dont_write_bytecode: bool,
    pub no_user_site: bool,
    pub no_site: bool,
    pub ignore_environment: bool,
    pub verbose: i64,
    pub bytes_warning: i64,
    pub quiet: bool,
    pub hash_randomization: bool,
    pub isolated: bool,
    pub dev_mode: bool,
    pub utf8_mode: bool,
    pub warn_default_encoding: bool,
    pub safe_path: bool,
    pub no_debug_ranges: bool,
}

/// The pure-Python standard library, wherever it comes from.
pub trait Library: Sync {
    /// The directory that it seems to lie in.
    fn root(&self) -> &'static str;
    /// The module with this dotted name.
    fn find(&self, name: &str) -> Option<LibraryModule>;
    /// The frozen module of this name.
    fn frozen(&self, name: &str) -> Option<LibraryModule>;
    /// The contents of the file at a path, a module's source or a data file.
    fn contents(&self, path: &str) -> Option<Vec<u8>>;
    /// Names of what lies in a directory, and whether each is a directory.
    fn entries(&self, directory: &str) -> Option<Vec<(String, bool)>>;
}

/// A module of the library.
pub struct LibraryModule {
    /// The dotted name.
    pub name: &'static str,
    /// The `co_filename` of its code.
    pub path: &'static str,
    /// The name of the module that a frozen one was made of.
    pub origin: &'static str,
    /// Whether it is a package.
    pub is_package: bool,
    /// Its marshalled code.
    pub code: Box<dyn Fn() -> Vec<u8>>,
    /// Its source.
    pub source: Box<dyn Fn() -> String>,
}

static CONFIG: OnceLock<Config> = OnceLock::new();

impl Config {
    /// A program without arguments, library or further modules.
    pub fn bare() -> Self {
        Self {
            argv: vec![OsString::new()],
            orig_argv: Vec::new(),
            executable: PathBuf::new(),
            base_executable: PathBuf::new(),
            prefix: PathBuf::new(),
            base_prefix: PathBuf::new(),
            path: Vec::new(),
            warnoptions: Vec::new(),
            xoptions: Vec::new(),
            implementation: "lasti",
            pycache_prefix: None,
            check_hash_based_pycs: "default",
            cpu_count: None,
            int_max_str_digits: DEFAULT_MAX_STR_DIGITS,
            unbuffered: false,
            skip_first_line: false,
            stdio_encoding: "utf-8".to_owned(),
            stdio_errors: "surrogateescape".to_owned(),
            flags: Flags::default(),
            takes_signals: false,
            stdlib_dir: None,
            stdlib: None,
            modules: &[],
        }
    }

    /// Sets the configuration of this process; false if there was one.
    pub fn install(self) -> bool {
        CONFIG.set(self).is_ok()
    }

    /// Whether a source is the standard library's: not a package that was installed into it.
    pub fn is_of_library(&self, filename: &str) -> bool {
        let within = |root: &str| filename.strip_prefix(root).is_some_and(|rest| rest.starts_with('/'));
        self.stdlib.is_some_and(|library| within(library.root()))
            || self.stdlib_dir.as_ref().and_then(|folder| folder.to_str()).is_some_and(within)
    }

    /// The configuration of this process.
    pub fn get() -> &'static Self {
        CONFIG.get_or_init(Self::bare)
    }
}
