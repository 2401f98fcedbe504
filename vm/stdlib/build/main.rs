//! Compiles the standard library and packs it into the blob that the crate embeds.
//!
//! - [`collect`]: which files of the library are taken, and under which names;
//! - [`mend`]: what RustPython changed in them, changed back;
//! - [`compile`]: sources to marshalled code, on all processors;
//! - [`pack`]: everything into one file, laid out as `src/layout.rs` says.
//!
//! A file that is not as expected fails the build: nothing is left out silently.

#[path = "../src/layout.rs"]
mod layout;

mod collect;
mod compile;
mod mend;
mod pack;

use std::error::Error;
use std::path::{Path, PathBuf};

/// The library's folder in the sources of the crate that brings it.
const LIBRARY: &str = rustpython_pylib::LIB_PATH;
/// Modules that CPython's library has and that folder lacks: written anew.
const OWN: &str = "own";

#[expect(clippy::print_stdout, reason = "that is how a build script speaks to cargo")]
fn main() -> Result<(), Box<dyn Error>> {
    for watched in ["build", "src/layout.rs", OWN, LIBRARY] {
        println!("cargo::rerun-if-changed={watched}");
    }
    let mut library = collect::collect(Path::new(LIBRARY), Path::new(OWN))?;
    mend::mend(&mut library.modules)?;
    let frozen = collect::frozen(&library.modules)?;
    let modules = compile::compile(&library.modules)?;
    let frozen = compile::compile(&frozen)?;
    let blob = pack::pack(&modules, &frozen, &library.data)?;
    let target = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    std::fs::write(target.join("stdlib.blob"), blob)?;
    Ok(())
}
