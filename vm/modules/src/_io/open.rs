//! `open()` and its kin: which streams a mode asks for.

use lasti_vm::call::{Args, Signature};
use lasti_vm::object::Obj;
use lasti_vm::types::{NativeCall, NativeDef};
use lasti_vm::{PyResult, Ref, Vm};

use super::buffered::{self, Kind};
use super::fileio::{self, FileIo};
use super::{DEFAULT_BUFFER_SIZE, chained, text};

/// Buffers are not made larger than this, however large a file system's blocks are.
const MAX_BUFFER: usize = 8192 * 1024;

/// What a mode says.
#[derive(Default)]
#[allow(clippy::struct_excessive_bools, reason = "one for each letter")]
struct Asked {
    creating: bool,
    reading: bool,
    writing: bool,
    appending: bool,
    updating: bool,
    text: bool,
    binary: bool,
}

fn parse(vm: &Vm, mode: &str) -> PyResult<Asked> {
    let mut asked = Asked::default();
    for (at, letter) in mode.char_indices() {
        let flag = match letter {
            'x' => &mut asked.creating,
            'r' => &mut asked.reading,
            'w' => &mut asked.writing,
            'a' => &mut asked.appending,
            '+' => &mut asked.updating,
            't' => &mut asked.text,
            'b' => &mut asked.binary,
            _ => return Err(vm.value_error(format!("invalid mode: '{mode}'"))),
        };
        *flag = true;
        if mode[..at].contains(letter) {
            return Err(vm.value_error(format!("invalid mode: '{mode}'")));
        }
    }
    Ok(asked)
}

static OPEN: Signature<8> = Signature::new(
    "open",
    ["file", "mode", "buffering", "encoding", "errors", "newline", "closefd", "opener"],
    1,
);

/// A str argument, or none.
fn text_or_none<'a>(vm: &Vm, name: &str, given: Option<&'a Obj>) -> PyResult<Option<&'a Obj>> {
    let given = given.filter(|given| !vm.is_none(given));
    if let Some(given) = given {
        match given.as_str_obj() {
            None => {
                return Err(vm.bad_argument("open", &format!("'{name}'"), "str or None", given));
            }
            Some(_) => {
                vm.plain_str_argument("open", &format!("'{name}'"), given)?;
            }
        }
    }
    Ok(given)
}

fn open(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(file), mode_given, buffering, encoding, errors, newline, closefd, opener] =
        args.bind(vm, &OPEN)?
    else {
        return Ok(vm.none());
    };
    let mode = mode_given
        .map_or_else(|| Ok("r".to_owned()), |mode| vm.plain_str_argument("open", "'mode'", mode))?;
    let buffering = buffering.map_or(Ok(-1), |buffering| vm.c_int_argument(buffering))?;
    let encoding = text_or_none(vm, "encoding", encoding)?;
    let errors = text_or_none(vm, "errors", errors)?;
    let newline = text_or_none(vm, "newline", newline)?;
    let closefd = closefd.map_or(Ok(true), |closefd| vm.is_true(closefd))?;
    let opener = opener.filter(|opener| !vm.is_none(opener));
    let number = file.as_int().is_some()
        || file.ty().slots.nb_index.get().is_some()
        || file.ty().slots.nb_int.get().is_some()
        || file.ty().slots.nb_float.get().is_some();
    let path = if number { file.clone() } else { vm.fspath(file)? };
    let asked = parse(vm, &mode)?;
    let raw_mode: String = [
        (asked.creating, 'x'),
        (asked.reading, 'r'),
        (asked.writing, 'w'),
        (asked.appending, 'a'),
        (asked.updating, '+'),
    ]
    .into_iter()
    .filter_map(|(on, letter)| on.then_some(letter))
    .collect();
    check(vm, &asked, [encoding, errors, newline], buffering)?;

    let raw = Ref::new(FileIo::empty());
    fileio::open_file(vm, raw.as_obj(), &path, &raw_mode, closefd, opener)?;
    let mut made = raw.as_obj().clone();
    let stack = || -> PyResult {
        let terminal = buffering < 0 && raw.is_terminal_when_opened(vm)?;
        let line_buffering = buffering == 1 && !asked.binary || terminal;
        let size = match usize::try_from(buffering) {
            Ok(0) if asked.binary => return Ok(made.clone()),
            Ok(0) => return Err(vm.value_error("can't have unbuffered text I/O")),
            Ok(size) if size > 1 => size,
            Err(_) if buffering < -1 => return Err(vm.value_error("invalid buffering size")),
            _ => raw.block_size().clamp(DEFAULT_BUFFER_SIZE, MAX_BUFFER),
        };
        let kind = if asked.updating {
            Kind::Random
        } else if asked.reading {
            Kind::Reader
        } else {
            Kind::Writer
        };
        made = buffered::make(vm, kind, raw.as_obj(), size)?;
        if asked.binary {
            return Ok(made.clone());
        }
        let options = text::Options {
            encoding: encoding.cloned(),
            errors: errors.cloned(),
            newline: newline.cloned(),
            line_buffering,
            write_through: false,
        };
        made = text::make(vm, &made, options)?;
        let mode = mode_given.cloned().unwrap_or_else(|| vm.intern("r").into_obj());
        vm.setattr(&made, &vm.names().mode, &mode)?;
        Ok(made.clone())
    };
    let mut stack = stack;
    match stack() {
        Ok(stream) => Ok(stream),
        Err(error) => {
            let closed = vm.call_method(&made, &vm.names().close, &[]);
            chained(Some(error), closed)
        }
    }
}

fn check(vm: &Vm, asked: &Asked, texts: [Option<&Obj>; 3], buffering: i32) -> PyResult<()> {
    if asked.text && asked.binary {
        return Err(vm.value_error("can't have text and binary mode at once"));
    }
    let kinds = [asked.creating, asked.reading, asked.writing, asked.appending];
    if kinds.into_iter().filter(|&kind| kind).count() > 1 {
        return Err(vm.value_error("must have exactly one of create/read/write/append mode"));
    }
    if asked.binary {
        for (given, message) in texts.into_iter().zip([
            "binary mode doesn't take an encoding argument",
            "binary mode doesn't take an errors argument",
            "binary mode doesn't take a newline argument",
        ]) {
            if given.is_some() {
                return Err(vm.value_error(message));
            }
        }
        if buffering == 1 {
            vm.warn(
                &lasti_vm::builtins::RUNTIME_WARNING,
                "line buffering (buffering=1) isn't supported in binary mode, the default buffer size will be used",
                1,
            )?;
        }
    }
    Ok(())
}

static OPEN_CODE: Signature<1> = Signature::new("open_code", ["path"], 1);

fn open_code(vm: &Vm, module: &Obj, args: Args<'_>) -> PyResult {
    let [Some(path)] = args.bind(vm, &OPEN_CODE)? else { return Ok(vm.none()) };
    if path.as_str_obj().is_none() {
        return Err(vm.bad_argument("open_code", "'path'", "str", path));
    }
    open(vm, module, Args::positional_only(&[path.clone(), vm.intern("rb").into_obj()]))
}

fn text_encoding(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let stacklevel = args.get(1).map_or(Ok(2), |level| vm.c_int_argument(level))?;
    if !vm.is_none(&args[0]) {
        return Ok(args[0].clone());
    }
    let flags = &lasti_vm::vm::config::Config::get().flags;
    if flags.warn_default_encoding {
        vm.warn(
            &lasti_vm::builtins::ENCODING_WARNING,
            "'encoding' argument not specified",
            i64::from(stacklevel),
        )?;
    }
    Ok(vm.intern(if flags.utf8_mode { "utf-8" } else { "locale" }).into_obj())
}

pub(super) static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "open",
        "($module, /, file, mode='r', buffering=-1, encoding=None,\n     errors=None, newline=None, closefd=True, opener=None)",
        "Open file and return a stream.  Raise OSError upon failure.",
        NativeCall::Full(open),
    ),
    NativeDef::new(
        "open_code",
        "($module, /, path)",
        "Open a file to import code from it.",
        NativeCall::Full(open_code),
    ),
    NativeDef::new(
        "text_encoding",
        "($module, encoding, stacklevel=2, /)",
        "The encoding to open a text file with, where the caller may have left it out.",
        NativeCall::Positional(1, 2, text_encoding),
    ),
];
