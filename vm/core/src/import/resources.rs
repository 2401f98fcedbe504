//! What `importlib.resources` gets of the library's packages: their directories and files, as its `Traversable` is.

use super::library::library;
use crate::builtins::builtin_type;
use crate::bytes::Bytes;
use crate::call::Args;
use crate::errors::{Exc, PyResult};
use crate::object::{Obj, Payload, Ref};
use crate::sequence::List;
use crate::text::Str;
use crate::types::{NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

/// A path in the library, whether anything is there or not.
pub(crate) struct LibraryPath {
    path: String,
}

impl Payload for LibraryPath {
    fn class() -> &'static TypeObject {
        &LIBRARY_PATH
    }
}

builtin_type!(/** A place in the library. */ LIBRARY_PATH, "LibraryPath", LibraryPath);

/// The place at a path.
pub(super) fn at(path: &str) -> Obj {
    Ref::new(LibraryPath { path: path.to_owned() }).into_obj()
}

#[cold]
fn fault(vm: &Vm, errno: i32, path: &str) -> Exc {
    vm.os_error_for(errno, Some(&Str::new(path).into_obj()), None)
}

fn contents(vm: &Vm, object: &Obj) -> PyResult<Vec<u8>> {
    let path = &vm.receiver::<LibraryPath>(object)?.path;
    match library(vm)?.contents(path) {
        Some(contents) => Ok(contents),
        None if library(vm)?.entries(path).is_some() => Err(fault(vm, libc::EISDIR, path)),
        None => Err(fault(vm, libc::ENOENT, path)),
    }
}

fn is_dir(vm: &Vm, object: &Obj) -> PyResult {
    let path = &vm.receiver::<LibraryPath>(object)?.path;
    Ok(vm.bool(library(vm)?.entries(path).is_some()))
}

fn is_file(vm: &Vm, object: &Obj) -> PyResult {
    let path = &vm.receiver::<LibraryPath>(object)?.path;
    Ok(vm.bool(library(vm)?.entries(path).is_none() && library(vm)?.contents(path).is_some()))
}

fn iterdir(vm: &Vm, object: &Obj) -> PyResult {
    let path = &vm.receiver::<LibraryPath>(object)?.path;
    let Some(entries) = library(vm)?.entries(path) else {
        return Err(fault(vm, libc::ENOENT, path));
    };
    let places = entries.into_iter().map(|(name, _)| at(&format!("{path}/{name}"))).collect();
    vm.iter(&List::new(places).into_obj())
}

fn joinpath(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    args.no_keywords(vm, "joinpath")?;
    let mut path = vm.receiver::<LibraryPath>(object)?.path.clone();
    for part in args.positional() {
        for name in vm.str_text(part)?.split('/').filter(|name| !matches!(*name, "" | ".")) {
            if name == ".." {
                return Err(vm.value_error("a place of the library is left by '..'"));
            }
            path = format!("{path}/{name}");
        }
    }
    Ok(at(&path))
}

fn divide(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    if left.downcast::<LibraryPath>().is_none() || right.downcast::<Str>().is_none() {
        return Ok(vm.not_implemented());
    }
    joinpath(vm, left, Args::new(std::slice::from_ref(right), &[]))
}

fn read_bytes(vm: &Vm, object: &Obj) -> PyResult {
    Ok(Bytes::new(&contents(vm, object)?).into_obj())
}

/// A stream of the file: of bytes, or of text with the further arguments that `io.TextIOWrapper` gets.
fn open(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let mode = args.positional().first().map_or_else(|| Ok("r".to_owned()), |mode| vm.str_text(mode))?;
    if !matches!(&*mode, "r" | "rb") {
        return Err(vm.value_error(format!("Invalid mode value '{mode}', only 'r' and 'rb' are supported")));
    }
    let io = vm.import_module("io")?;
    let stream = vm.call_method_named(&io, "BytesIO", &[read_bytes(vm, object)?])?;
    if mode == "rb" {
        return Ok(stream);
    }
    let wrapper = vm.getattr_named(&io, "TextIOWrapper")?;
    let mut all = vec![stream];
    // The first one is the mode, if there is one without a name.
    all.extend(args.all().iter().skip(args.positional().len().min(1)).cloned());
    vm.call_with(&wrapper, Args::new(&all, args.names()))
}

fn read_text(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let mut all = vec![Str::new("r").into_obj()];
    all.extend(args.iter().cloned());
    let stream = open(vm, object, Args::new(&all, &[]))?;
    vm.call_method_named(&stream, "read", &[])
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    Ok(Str::new(&format!("LibraryPath('{}')", vm.receiver::<LibraryPath>(object)?.path)).into_obj())
}

static METHODS: &[NativeDef] = &[
    NativeDef::new(
        "files",
        "($self)",
        "The place itself.",
        NativeCall::NoArgs(|_, object| Ok(object.clone())),
    ),
    NativeDef::new("is_dir", "($self)", "Whether a directory is there.", NativeCall::NoArgs(is_dir)),
    NativeDef::new("is_file", "($self)", "Whether a file is there.", NativeCall::NoArgs(is_file)),
    NativeDef::new("iterdir", "($self)", "The places in the directory.", NativeCall::NoArgs(iterdir)),
    NativeDef::new(
        "joinpath",
        "($self, *descendants)",
        "The place below this one.",
        NativeCall::Full(joinpath),
    ),
    NativeDef::new(
        "open",
        "($self, mode='r', *args, **kwargs)",
        "A stream of the file.",
        NativeCall::Full(open),
    ),
    NativeDef::new("read_bytes", "($self)", "What is in the file.", NativeCall::NoArgs(read_bytes)),
    NativeDef::new(
        "read_text",
        "($self, encoding=None)",
        "What is in the file, as text.",
        NativeCall::Positional(0, 1, read_text),
    ),
];

static PROPERTIES: &[Property] = &[Property::new("name", "The last part of the path.", |vm, object| {
    let path = &vm.receiver::<LibraryPath>(object)?.path;
    Ok(Str::new(path.rsplit('/').next().unwrap_or_default()).into_obj())
})];

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &LIBRARY_PATH)
        .module("_frozen_importlib_external")
        .flags(TypeFlags::DISALLOW_INSTANTIATION)
        .slots(|slots| {
            slots.repr.set(Some(repr));
            slots.nb_true_divide.set(Some(divide));
        })
        .methods(METHODS)
        .properties(PROPERTIES)
        .ready();
}
