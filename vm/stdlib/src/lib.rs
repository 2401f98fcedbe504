//! The pure-Python standard library, compiled when building and embedded compressed.
//!
//! - [`find`], [`modules`], [`by_path`]: the modules, with their code and their source;
//! - [`frozen`]: the three modules that an interpreter needs before it can import;
//! - [`data`]: the other files that modules read beside themselves;
//! - [`entries`]: what lies in a directory.
//!
//! The files are those of `rustpython-pylib`, a copy of CPython's `Lib`. What is left out, what RustPython
//! changed in them and what is changed back is in this crate's README. Nothing here knows the virtual
//! machine, and nothing happens before the first question: a look-up halves over the index within the
//! executable and allocates nothing; code and texts are unpacked when they are asked for.
//!
//! # The virtual directory
//! The modules seem to lie in the directory [`ROOT`], `/<stdlib>`: `json.decoder` is compiled with the
//! `co_filename` `/<stdlib>/json/decoder.py`. The virtual machine puts [`ROOT`] on `sys.path`, where CPython
//! has its library's directory, with a path entry finder of its own for it.
//!
//! - **Not frozen**, though CPython freezes `os`, `abc`, `site` and others: a frozen module is found before
//!   anything on `sys.path`, so that a user's own file of that name could never take its place; its
//!   `co_filename` says nothing a debugger can open or put a breakpoint in (which is why debuggers ask
//!   CPython for `-X frozen_modules=off`).
//! - **An entry of `sys.path`**, not a finder of its own on `sys.meta_path`: only there it comes after
//!   the script's directory and `PYTHONPATH` and before `site-packages`, as in CPython.
//! - **An absolute path**: `site` makes the entries of `sys.path` absolute, and `bdb` and `inspect` do it with file
//!   names; a relative one would change with the working directory. No colon, so that it can stand in
//!   `PYTHONPATH`. The angle brackets say that no such directory exists.
//! - **The same on all machines**, whether or where the executable is installed: nothing in the code has to
//!   be changed when it is loaded, and transcripts of sessions agree.
//!
//! `linecache` and `inspect` get the source from the module's loader (`get_source`), once `os.stat` has failed
//! on the path. A debug adapter sends such a path with a `sourceReference`, and answers the `source` request
//! with [`by_path`] and [`Module::source`]: clients then ask for the text instead of looking for a file.
//! `pkgutil.get_data` reaches [`data`] by the loader's `get_data`, `importlib.resources` [`data`] and [`entries`]
//! by its `get_resource_reader`. `venv` and `pydoc` open and list files beside their `__file__`: they
//! work if the virtual machine's file access answers for [`ROOT`], from [`by_path`], [`data`] and [`entries`].
//!
//! # Frozen modules
//! `importlib._bootstrap`, `importlib._bootstrap_external` and `zipimport` exist a second time, as
//! CPython freezes them ([`frozen`]): they cannot be imported from a path, being what imports from paths.
//!
//! # Compression
//! Code is LZ4, a block for each module, since it is unpacked at every start. Sources and data are DEFLATE, which
//! is smaller and slower, since they are asked for one at a time. The README has the measurements.
#![forbid(unsafe_code)]

mod blob;
mod data;
mod directory;
mod layout;
mod module;

pub use data::{Data, data, data_files};
pub use directory::{Entry, EntryKind, entries};
pub use module::{Children, Module, Modules, by_path, find, frozen, frozen_modules, modules};

/// The directory that the library seems to lie in, as it stands on `sys.path`.
pub const ROOT: &str = layout::ROOT;
