//! Sources to marshalled code, on all processors.

use std::error::Error;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};

use lasti_code::{Const, marshal};
use lasti_compile::Options;

use crate::collect::Source;

/// A compiled module.
pub(crate) struct Module<'a> {
    /// What it was compiled from.
    pub(crate) source: &'a Source,
    /// Its code object, marshalled.
    pub(crate) code: Vec<u8>,
}

/// Compiles modules, keeping their order.
pub(crate) fn compile(sources: &[Source]) -> Result<Vec<Module<'_>>, Box<dyn Error>> {
    // Cargo says how many processes it runs at once; it may be told less than the machine has.
    let jobs = std::env::var("NUM_JOBS").ok().and_then(|jobs| jobs.parse().ok());
    let threads =
        std::thread::available_parallelism().map_or(1, NonZero::get).min(jobs.unwrap_or(usize::MAX));
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let Some(source) = sources.get(next.fetch_add(1, Ordering::Relaxed)) {
            done.push(compile_one(source)?);
        }
        Ok(done)
    };
    let mut modules = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(work)).collect();
        let mut modules = Vec::with_capacity(sources.len());
        for worker in workers {
            let done: Result<_, String> = worker.join().map_err(|_| "a compiling thread panicked")?;
            modules.extend::<Vec<_>>(done?);
        }
        Ok::<_, Box<dyn Error>>(modules)
    })?;
    modules.sort_by(|a, b| a.source.name.cmp(&b.source.name));
    Ok(modules)
}

/// As `compileall` does: a module, at optimization level 0.
fn compile_one(source: &Source) -> Result<Module<'_>, String> {
    let compiled = lasti_compile::compile(&source.text, &source.path, &Options::default())
        .map_err(|error| format!("{}: {error}", source.path))?;
    if let Some(warning) = compiled.warnings.first() {
        return Err(format!("{}: {warning:?}", source.path));
    }
    let code =
        marshal::dumps(&Const::Code(compiled.code)).map_err(|error| format!("{}: {error}", source.path))?;
    Ok(Module { source, code })
}
