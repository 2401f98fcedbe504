//! The history: the lines that were read before, and the files that keep them.

use std::ffi::OsStr;
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use lasti_vm::number::Int;
use lasti_vm::text::Str;
use lasti_vm::{Exc, Obj, PyResult, Vm};

use super::{state, text_of};
use crate::posix::path::Path;

/// The lines.
pub(super) struct Lines {
    kept: Vec<String>,
    /// Whether the editor does not know them yet.
    is_new: bool,
    /// Whether what is read is added.
    auto: bool,
    /// How many are written to a file; negative for all.
    length: i64,
}

impl Default for Lines {
    fn default() -> Self {
        Self { kept: Vec::new(), is_new: false, auto: true, length: -1 }
    }
}

impl Lines {
    /// All lines, if they are others than when this was last asked.
    pub(super) fn changed(&mut self) -> Option<Vec<String>> {
        std::mem::take(&mut self.is_new).then(|| self.kept.clone())
    }

    /// A line was read.
    pub(super) fn typed(&mut self, line: &str) {
        if self.auto && !line.is_empty() && self.kept.last().is_none_or(|last| last != line) {
            self.add(line.to_owned());
        }
    }

    fn add(&mut self, line: String) {
        self.kept.push(line);
        self.is_new = true;
    }
}

fn lines<R>(f: impl FnOnce(&mut Lines) -> R) -> R {
    state(|state| f(&mut state.lines))
}

/// A path that Python gives.
pub(super) fn path(vm: &Vm, function: &str, given: &Obj) -> PyResult<PathBuf> {
    let path = Path::new(vm, function, "filename", given)?;
    Ok(PathBuf::from(OsStr::from_bytes(&path.bytes)))
}

fn at_home(name: &str) -> PathBuf {
    let home = crate::posix::process::variable(b"HOME").unwrap_or_default();
    PathBuf::from(OsStr::from_bytes(&home)).join(name)
}

/// The init file where none is named.
pub(super) fn init_file() -> PathBuf {
    match crate::posix::process::variable(b"INPUTRC").filter(|file| !file.is_empty()) {
        Some(file) => PathBuf::from(OsStr::from_bytes(&file)),
        None => at_home(".inputrc"),
    }
}

fn file(vm: &Vm, function: &str, given: Option<&Obj>) -> PyResult<PathBuf> {
    match given.filter(|given| !vm.is_none(given)) {
        Some(given) => path(vm, function, given),
        None => Ok(at_home(".history")),
    }
}

fn failed(vm: &Vm, error: &std::io::Error) -> Exc {
    vm.io_error(error, None)
}

pub(super) fn read_file(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let file = file(vm, "read_history_file", args.first())?;
    let text = vm.allow_threads(|| std::fs::read(file)).map_err(|error| failed(vm, &error))?;
    let text = String::from_utf8_lossy(&text);
    lines(|lines| text.lines().for_each(|line| lines.add(line.to_owned())));
    Ok(vm.none())
}

fn write(vm: &Vm, file: PathBuf, kept: &[String], append: bool) -> PyResult {
    let mut text = kept.join("\n");
    if !text.is_empty() {
        text.push('\n');
    }
    let mut options = OpenOptions::new();
    // To append, the file must be there.
    let options = if append { options.append(true) } else { options.write(true).create(true).truncate(true) };
    let done = vm.allow_threads(|| options.mode(0o600).open(file)?.write_all(text.as_bytes()));
    done.map_err(|error| failed(vm, &error))?;
    Ok(vm.none())
}

pub(super) fn write_file(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let file = file(vm, "write_history_file", args.first())?;
    let part = lines(|lines| {
        let left_out =
            usize::try_from(lines.length).map_or(0, |length| lines.kept.len().saturating_sub(length));
        lines.kept[left_out..].to_vec()
    });
    write(vm, file, &part, false)
}

pub(super) fn append_file(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let count = vm.c_int_argument(&args[0])?;
    let Ok(count) = usize::try_from(count) else {
        return Err(vm.value_error("nelements must be non-negative"));
    };
    let file = file(vm, "append_history_file", args.get(1))?;
    let part = lines(|lines| lines.kept[lines.kept.len().saturating_sub(count)..].to_vec());
    write(vm, file, &part, true)
}

pub(super) fn add(vm: &Vm, _: &Obj, line: &Obj) -> PyResult {
    let line = text_of(vm, "add_history", line)?.into_owned();
    lines(|lines| lines.add(line));
    Ok(vm.none())
}

pub(super) fn clear(vm: &Vm, _: &Obj) -> PyResult {
    lines(|lines| {
        lines.kept.clear();
        lines.is_new = true;
    });
    Ok(vm.none())
}

/// The place of an item that must be there, counted from 0.
fn place(vm: &Vm, given: &Obj) -> PyResult<usize> {
    let number = vm.c_int_argument(given)?;
    let Ok(place) = usize::try_from(number) else {
        return Err(vm.value_error("History index cannot be negative"));
    };
    if place >= lines(|lines| lines.kept.len()) {
        return Err(vm.value_error(format!("No history item at position {number}")));
    }
    Ok(place)
}

pub(super) fn remove(vm: &Vm, _: &Obj, place_: &Obj) -> PyResult {
    let place = place(vm, place_)?;
    lines(|lines| {
        lines.kept.remove(place);
        lines.is_new = true;
    });
    Ok(vm.none())
}

pub(super) fn replace(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let place = place(vm, &args[0])?;
    let line = text_of(vm, "replace_history_item", &args[1])?.into_owned();
    lines(|lines| {
        lines.kept[place] = line;
        lines.is_new = true;
    });
    Ok(vm.none())
}

pub(super) fn item(vm: &Vm, _: &Obj, number: &Obj) -> PyResult {
    let number = vm.c_int_argument(number)?;
    let place = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
    let line = lines(|lines| place.and_then(|place| lines.kept.get(place).cloned()));
    Ok(vm.or_none(line.map(|line| Str::new(&line).into_obj())))
}

pub(super) fn current_length(_: &Vm, _: &Obj) -> PyResult {
    Ok(Int::new(i64::try_from(lines(|lines| lines.kept.len())).unwrap_or(i64::MAX)))
}

pub(super) fn length(_: &Vm, _: &Obj) -> PyResult {
    Ok(Int::new(lines(|lines| lines.length)))
}

pub(super) fn set_length(vm: &Vm, _: &Obj, length: &Obj) -> PyResult {
    let length = vm.c_int_argument(length)?;
    lines(|lines| lines.length = length.into());
    Ok(vm.none())
}

pub(super) fn set_auto(vm: &Vm, _: &Obj, enabled: &Obj) -> PyResult {
    let enabled = vm.is_true(enabled)?;
    lines(|lines| lines.auto = enabled);
    Ok(vm.none())
}
