//! Tracebacks of failed imports without the import system's own frames. CPython: Python/import.c,
//! `remove_importlib_frames`.

use crate::builtins::IMPORT_ERROR;
use crate::code::Code;
use crate::errors::Exc;
use crate::object::{Obj, Ref};
use crate::traceback::Traceback;
use crate::vm::config::Config;

/// Where the import system's files seem to lie.
const FILES: [&str; 2] = ["<frozen importlib._bootstrap>", "<frozen importlib._bootstrap_external>"];
/// The function of the import system that calls what is not its own.
const CALLS: &str = "_call_with_frames_removed";

/// Takes the import system's frames out of an error's traceback: all of them of an ImportError, of other errors those
/// that lead to a module's code.
pub(super) fn removed(error: Exc) -> Exc {
    if Config::get().flags.verbose == 0 {
        remove(&error);
    }
    error
}

fn remove(error: &Exc) {
    let always = error.is(&IMPORT_ERROR);
    let exception = error.exception();
    let first = exception.traceback.get_as::<Traceback>();
    // The last entry that stays, and the one in front of the frames of the import system that were just passed.
    let mut kept: Option<Ref<Traceback>> = None;
    let mut before: Option<Ref<Traceback>> = None;
    let mut within = false;
    let mut at = first;
    let link = |from: Option<&Ref<Traceback>>, to: Option<Ref<Traceback>>| {
        let to: Option<Obj> = to.map(Ref::into_obj);
        match from {
            Some(from) => from.next.set(to),
            None => exception.traceback.set(to),
        }
    };
    while let Some(entry) = at {
        let next = entry.next.get_as::<Traceback>();
        let code = entry.code();
        let now_within = code.as_ref().is_some_and(|code| is_importlib(code));
        if now_within && !within {
            before.clone_from(&kept);
        }
        // The loader of the library's modules is native: nothing but their code tells that it called it.
        let called = within && !now_within && code.as_ref().is_some_and(|code| is_of_library(code));
        if called && !always {
            link(before.as_ref(), Some(entry.clone()));
        }
        within = now_within;
        if within && (always || code.as_ref().is_some_and(|code| code.name().as_str() == Some(CALLS))) {
            link(before.as_ref(), next.clone());
            kept.clone_from(&before);
        } else {
            kept = Some(entry);
        }
        at = next;
    }
}

fn is_importlib(code: &Code) -> bool {
    code.filename().as_str().is_some_and(|file| FILES.contains(&file))
}

fn is_of_library(code: &Code) -> bool {
    let Some(library) = Config::get().stdlib else { return false };
    code.filename()
        .as_str()
        .is_some_and(|file| file.strip_prefix(library.root()).is_some_and(|rest| rest.starts_with('/')))
}
