//! Directories and names in them: listdir, scandir, mkdir, rename, links.

use std::cell::RefCell;

use lasti_vm::builtins::class_getitem_def;
use lasti_vm::call::{Args, Signature};
use lasti_vm::module::Module;
use lasti_vm::number::Int;
use lasti_vm::object::{Obj, Payload};
use lasti_vm::sequence::List;
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{PyResult, Ref, Vm};
use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags};
use rustix::io::Errno;

use super::path::{Path, dir_fd, error, flag};
use super::stat::{query, result};
use crate::fds;

/// One name in a directory.
struct Found {
    name: Vec<u8>,
    kind: FileType,
    inode: u64,
}

fn read_directory(vm: &Vm, path: &Path) -> PyResult<Vec<Found>> {
    let read = || {
        let directory = match path.fd {
            Some(fd) => fds::with(fd, |fd| Dir::read_from(fd))?,
            None => {
                let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
                Dir::new(rustix::fs::open(&*path.bytes, flags, Mode::empty())?)?
            }
        };
        let mut found = Vec::new();
        for entry in directory {
            let entry = entry?;
            let name = entry.file_name().to_bytes();
            if name != b"." && name != b".." {
                found.push(Found { name: name.to_vec(), kind: entry.file_type(), inode: entry.ino() });
            }
        }
        Ok::<_, Errno>(found)
    };
    vm.allow_threads(read).map_err(|errno| path.error(vm, errno))
}

static LISTDIR: Signature<1> = Signature::new("listdir", ["path"], 0);

fn listdir(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [path] = args.bind(vm, &LISTDIR)?;
    let path = Path::or_fd_or_none(vm, "listdir", path)?;
    let names = read_directory(vm, &path)?.iter().map(|found| path.name(&found.name)).collect();
    Ok(List::new(names).into_obj())
}

/// What `scandir` gives for a name.
pub(crate) struct DirEntry {
    name: Obj,
    path: Obj,
    full: Vec<u8>,
    directory: Option<i32>,
    kind: FileType,
    inode: u64,
}

impl Payload for DirEntry {
    fn class() -> &'static TypeObject {
        &DIR_ENTRY
    }
}

lasti_vm::builtin_type!(/** `os.DirEntry` */ DIR_ENTRY, "DirEntry", DirEntry);

impl DirEntry {
    fn as_path(&self) -> Path {
        Path { given: self.path.clone(), bytes: self.full.clone(), fd: None, is_bytes: false }
    }

    /// The kind of file; `None` if it is gone.
    fn kind(&self, vm: &Vm, follow: bool) -> PyResult<Option<FileType>> {
        if self.kind != FileType::Unknown && !(follow && self.kind == FileType::Symlink) {
            return Ok(Some(self.kind));
        }
        let path = self.as_path();
        let stat = vm.allow_threads(|| {
            let flags = if follow { AtFlags::empty() } else { AtFlags::SYMLINK_NOFOLLOW };
            fds::with_dir(self.directory, |dir| rustix::fs::statat(dir, &*path.bytes, flags))
        });
        match stat {
            Ok(stat) => Ok(Some(FileType::from_raw_mode(stat.st_mode))),
            Err(Errno::NOENT) => Ok(None),
            Err(errno) => Err(path.error(vm, errno)),
        }
    }
}

static FOLLOW: Signature<1> = Signature::new("is_dir", ["follow_symlinks"], 0).keyword_only(0);
static FOLLOW_FILE: Signature<1> = Signature::new("is_file", ["follow_symlinks"], 0).keyword_only(0);
static FOLLOW_STAT: Signature<1> = Signature::new("stat", ["follow_symlinks"], 0).keyword_only(0);

fn entry_is_dir(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let [follow] = args.bind(vm, &FOLLOW)?;
    let follow = flag(vm, follow, true)?;
    let kind = vm.receiver::<DirEntry>(object)?.kind(vm, follow)?;
    Ok(vm.bool(kind == Some(FileType::Directory)))
}

fn entry_is_file(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let [follow] = args.bind(vm, &FOLLOW_FILE)?;
    let follow = flag(vm, follow, true)?;
    let kind = vm.receiver::<DirEntry>(object)?.kind(vm, follow)?;
    Ok(vm.bool(kind == Some(FileType::RegularFile)))
}

fn entry_is_symlink(vm: &Vm, object: &Obj) -> PyResult {
    let kind = vm.receiver::<DirEntry>(object)?.kind(vm, false)?;
    Ok(vm.bool(kind == Some(FileType::Symlink)))
}

fn entry_is_junction(vm: &Vm, _: &Obj) -> PyResult {
    // Only Windows has them.
    Ok(vm.bool(false))
}

fn entry_stat(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let [follow] = args.bind(vm, &FOLLOW_STAT)?;
    let follow = flag(vm, follow, true)?;
    let entry = vm.receiver::<DirEntry>(object)?;
    result(vm, &query(vm, &entry.as_path(), entry.directory, follow)?)
}

fn entry_inode(vm: &Vm, object: &Obj) -> PyResult {
    Ok(Int::from_u64(vm.receiver::<DirEntry>(object)?.inode))
}

fn entry_fspath(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.receiver::<DirEntry>(object)?.path.clone())
}

fn entry_repr(vm: &Vm, object: &Obj) -> PyResult {
    let name = vm.repr_text(&vm.receiver::<DirEntry>(object)?.name)?;
    Ok(Str::new(&format!("<DirEntry {name}>")).into_obj())
}

static ENTRY_METHODS: &[NativeDef] = &[
    class_getitem_def("DirEntry is generic over the type of its names"),
    NativeDef::new(
        "__fspath__",
        "($self, /)",
        "Returns the path for the entry.",
        NativeCall::NoArgs(entry_fspath),
    ),
    NativeDef::new(
        "inode",
        "($self, /)",
        "Return inode of the entry; cached per entry.",
        NativeCall::NoArgs(entry_inode),
    ),
    NativeDef::new(
        "is_dir",
        "($self, /, *, follow_symlinks=True)",
        "Return True if the entry is a directory; cached per entry.",
        NativeCall::Full(entry_is_dir),
    ),
    NativeDef::new(
        "is_file",
        "($self, /, *, follow_symlinks=True)",
        "Return True if the entry is a file; cached per entry.",
        NativeCall::Full(entry_is_file),
    ),
    NativeDef::new(
        "is_junction",
        "($self, /)",
        "Return True if the entry is a junction; cached per entry.",
        NativeCall::NoArgs(entry_is_junction),
    ),
    NativeDef::new(
        "is_symlink",
        "($self, /)",
        "Return True if the entry is a symbolic link; cached per entry.",
        NativeCall::NoArgs(entry_is_symlink),
    ),
    NativeDef::new(
        "stat",
        "($self, /, *, follow_symlinks=True)",
        "Return stat_result object for the entry; cached per entry.",
        NativeCall::Full(entry_stat),
    ),
];

static ENTRY_PROPERTIES: &[Property] = &[
    Property::new(
        "name",
        "the entry's base filename, relative to scandir() \"path\" argument",
        |vm, object| Ok(vm.receiver::<DirEntry>(object)?.name.clone()),
    )
    .member(),
    Property::new(
        "path",
        "the entry's full path name; equivalent to os.path.join(scandir_path, entry.name)",
        |vm, object| Ok(vm.receiver::<DirEntry>(object)?.path.clone()),
    )
    .member(),
];

/// What `scandir` returns.
pub(crate) struct ScandirIterator {
    /// The names still to come, the next one last.
    rest: RefCell<Vec<Found>>,
    /// The directory's name with a slash at its end; empty where a descriptor was given.
    prefix: Vec<u8>,
    directory: Option<i32>,
    is_bytes: bool,
}

impl Payload for ScandirIterator {
    fn class() -> &'static TypeObject {
        &SCANDIR_ITERATOR
    }
}

lasti_vm::builtin_type!(/** `posix.ScandirIterator` */ SCANDIR_ITERATOR, "ScandirIterator", ScandirIterator);

static SCANDIR: Signature<1> = Signature::new("scandir", ["path"], 0);

fn scandir(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [path] = args.bind(vm, &SCANDIR)?;
    let path = Path::or_fd_or_none(vm, "scandir", path)?;
    let mut rest = read_directory(vm, &path)?;
    rest.reverse();
    let mut prefix = path.bytes.clone();
    if prefix.last().is_some_and(|&last| last != b'/') {
        prefix.push(b'/');
    }
    let iterator =
        ScandirIterator { rest: RefCell::new(rest), prefix, directory: path.fd, is_bytes: path.is_bytes };
    Ok(Ref::new(iterator).into_obj())
}

fn scandir_next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let iterator = vm.receiver::<ScandirIterator>(object)?;
    let Some(found) = iterator.rest.borrow_mut().pop() else { return Ok(None) };
    let mut full = iterator.prefix.clone();
    full.extend_from_slice(&found.name);
    let name = super::path::name_like(iterator.is_bytes, &found.name);
    let path = super::path::name_like(iterator.is_bytes, &full);
    let directory = iterator.directory;
    let entry = DirEntry { name, path, full, directory, kind: found.kind, inode: found.inode };
    Ok(Some(Ref::new(entry).into_obj()))
}

fn scandir_close(vm: &Vm, object: &Obj) -> PyResult {
    let rest = vm.receiver::<ScandirIterator>(object)?.rest.take();
    drop(rest);
    Ok(vm.none())
}

fn scandir_enter(_: &Vm, object: &Obj) -> PyResult {
    Ok(object.clone())
}

fn scandir_exit(vm: &Vm, object: &Obj, _: &[Obj]) -> PyResult {
    scandir_close(vm, object)
}

static SCANDIR_METHODS: &[NativeDef] = &[
    NativeDef::new("__enter__", "($self, /)", "", NativeCall::NoArgs(scandir_enter)),
    NativeDef::new("__exit__", "", "", NativeCall::Positional(0, 3, scandir_exit)),
    NativeDef::new("close", "", "", NativeCall::NoArgs(scandir_close)),
];

static MKDIR: Signature<3> = Signature::new("mkdir", ["path", "mode", "dir_fd"], 1).keyword_only(2);

fn mkdir(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(path), mode, dir] = args.bind(vm, &MKDIR)? else { return Ok(vm.none()) };
    let path = Path::new(vm, "mkdir", "path", path)?;
    let mode = Mode::from_bits_retain(mode.map_or(Ok(0o777), |mode| vm.c_int_argument(mode))? as u32);
    let dir = dir_fd(vm, dir)?;
    vm.allow_threads(|| fds::with_dir(dir, |dir| rustix::fs::mkdirat(dir, &*path.bytes, mode)))
        .map_err(|errno| path.error(vm, errno))?;
    Ok(vm.none())
}

const fn of_one(function: &'static str) -> Signature<2> {
    Signature::new(function, ["path", "dir_fd"], 1).keyword_only(1)
}

static RMDIR: Signature<2> = of_one("rmdir");
static UNLINK: Signature<2> = of_one("unlink");
static REMOVE: Signature<2> = of_one("remove");
static READLINK: Signature<2> = of_one("readlink");

fn unlink_as(vm: &Vm, args: Args<'_>, signature: &Signature<2>, flags: AtFlags) -> PyResult {
    let [Some(path), dir] = args.bind(vm, signature)? else { return Ok(vm.none()) };
    let path = Path::new(vm, signature.function, "path", path)?;
    let dir = dir_fd(vm, dir)?;
    vm.allow_threads(|| fds::with_dir(dir, |dir| rustix::fs::unlinkat(dir, &*path.bytes, flags)))
        .map_err(|errno| path.error(vm, errno))?;
    Ok(vm.none())
}

fn readlink(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(path), dir] = args.bind(vm, &READLINK)? else { return Ok(vm.none()) };
    let path = Path::new(vm, "readlink", "path", path)?;
    let dir = dir_fd(vm, dir)?;
    let target = vm
        .allow_threads(|| fds::with_dir(dir, |dir| rustix::fs::readlinkat(dir, &*path.bytes, Vec::new())))
        .map_err(|errno| path.error(vm, errno))?;
    Ok(path.name(target.as_bytes()))
}

const fn of_two(function: &'static str) -> Signature<4> {
    Signature::new(function, ["src", "dst", "src_dir_fd", "dst_dir_fd"], 2).keyword_only(2)
}

static RENAME: Signature<4> = of_two("rename");
static REPLACE: Signature<4> = of_two("replace");

fn rename_as(vm: &Vm, args: Args<'_>, signature: &Signature<4>) -> PyResult {
    let [Some(from), Some(to), from_dir, to_dir] = args.bind(vm, signature)? else { return Ok(vm.none()) };
    let from = Path::new(vm, signature.function, "src", from)?;
    let to = Path::new(vm, signature.function, "dst", to)?;
    let (from_dir, to_dir) = (dir_fd(vm, from_dir)?, dir_fd(vm, to_dir)?);
    let done = vm.allow_threads(|| {
        fds::with_dir(from_dir, |from_dir| {
            fds::with_dir(to_dir, |to_dir| rustix::fs::renameat(from_dir, &*from.bytes, to_dir, &*to.bytes))
        })
    });
    done.map_err(|errno| vm.os_error_for(errno.raw_os_error(), Some(&from.given), Some(&to.given)))?;
    Ok(vm.none())
}

static LINK: Signature<5> =
    Signature::new("link", ["src", "dst", "src_dir_fd", "dst_dir_fd", "follow_symlinks"], 2).keyword_only(2);

fn link(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(from), Some(to), from_dir, to_dir, follow] = args.bind(vm, &LINK)? else {
        return Ok(vm.none());
    };
    let from = Path::new(vm, "link", "src", from)?;
    let to = Path::new(vm, "link", "dst", to)?;
    let (from_dir, to_dir) = (dir_fd(vm, from_dir)?, dir_fd(vm, to_dir)?);
    let flags =
        if follow.is_some() && flag(vm, follow, true)? { AtFlags::SYMLINK_FOLLOW } else { AtFlags::empty() };
    let done = vm.allow_threads(|| {
        fds::with_dir(from_dir, |from_dir| {
            fds::with_dir(to_dir, |to_dir| {
                rustix::fs::linkat(from_dir, &*from.bytes, to_dir, &*to.bytes, flags)
            })
        })
    });
    done.map_err(|errno| vm.os_error_for(errno.raw_os_error(), Some(&from.given), Some(&to.given)))?;
    Ok(vm.none())
}

static SYMLINK: Signature<4> =
    Signature::new("symlink", ["src", "dst", "target_is_directory", "dir_fd"], 2).keyword_only(3);

fn symlink(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    // Only Windows looks at the third.
    let [Some(from), Some(to), _, dir] = args.bind(vm, &SYMLINK)? else { return Ok(vm.none()) };
    let from = Path::new(vm, "symlink", "src", from)?;
    let to = Path::new(vm, "symlink", "dst", to)?;
    let dir = dir_fd(vm, dir)?;
    vm.allow_threads(|| fds::with_dir(dir, |dir| rustix::fs::symlinkat(&*from.bytes, dir, &*to.bytes)))
        .map_err(|errno| vm.os_error_for(errno.raw_os_error(), Some(&from.given), Some(&to.given)))?;
    Ok(vm.none())
}

static CHDIR: Signature<1> = Signature::new("chdir", ["path"], 1);

fn chdir(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(path)] = args.bind(vm, &CHDIR)? else { return Ok(vm.none()) };
    let path = Path::or_fd(vm, "chdir", path)?;
    vm.allow_threads(|| match path.fd {
        Some(fd) => fds::with(fd, |fd| rustix::process::fchdir(fd)),
        None => rustix::process::chdir(&*path.bytes),
    })
    .map_err(|errno| path.error(vm, errno))?;
    Ok(vm.none())
}

fn current(vm: &Vm, is_bytes: bool) -> PyResult {
    let path = vm.allow_threads(|| rustix::process::getcwd(Vec::new())).map_err(|errno| error(vm, errno))?;
    Ok(super::path::name_like(is_bytes, path.as_bytes()))
}

pub(super) static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "chdir",
        "($module, /, path)",
        "Change the current working directory to the specified path.",
        NativeCall::Full(chdir),
    ),
    NativeDef::new(
        "getcwd",
        "($module, /)",
        "Return a unicode string representing the current working directory.",
        NativeCall::NoArgs(|vm, _| current(vm, false)),
    ),
    NativeDef::new(
        "getcwdb",
        "($module, /)",
        "Return a bytes string representing the current working directory.",
        NativeCall::NoArgs(|vm, _| current(vm, true)),
    ),
    NativeDef::new(
        "link",
        "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None,\n     follow_symlinks=(os.name != 'nt'))",
        "Create a hard link to a file.",
        NativeCall::Full(link),
    ),
    NativeDef::new(
        "listdir",
        "($module, /, path=None)",
        "Return a list containing the names of the files in the directory.",
        NativeCall::Full(listdir),
    ),
    NativeDef::new(
        "mkdir",
        "($module, /, path, mode=511, *, dir_fd=None)",
        "Create a directory.",
        NativeCall::Full(mkdir),
    ),
    NativeDef::new(
        "readlink",
        "($module, /, path, *, dir_fd=None)",
        "Return a string representing the path to which the symbolic link points.",
        NativeCall::Full(readlink),
    ),
    NativeDef::new(
        "remove",
        "($module, /, path, *, dir_fd=None)",
        "Remove a file (same as unlink()).",
        NativeCall::Full(|vm, _, args| unlink_as(vm, args, &REMOVE, AtFlags::empty())),
    ),
    NativeDef::new(
        "rename",
        "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)",
        "Rename a file or directory.",
        NativeCall::Full(|vm, _, args| rename_as(vm, args, &RENAME)),
    ),
    NativeDef::new(
        "replace",
        "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)",
        "Rename a file or directory, overwriting the destination.",
        NativeCall::Full(|vm, _, args| rename_as(vm, args, &REPLACE)),
    ),
    NativeDef::new(
        "rmdir",
        "($module, /, path, *, dir_fd=None)",
        "Remove a directory.",
        NativeCall::Full(|vm, _, args| unlink_as(vm, args, &RMDIR, AtFlags::REMOVEDIR)),
    ),
    NativeDef::new(
        "scandir",
        "($module, /, path=None)",
        "Return an iterator of DirEntry objects for given path.",
        NativeCall::Full(scandir),
    ),
    NativeDef::new(
        "symlink",
        "($module, /, src, dst, target_is_directory=False, *, dir_fd=None)",
        "Create a symbolic link pointing to src named dst.",
        NativeCall::Full(symlink),
    ),
    NativeDef::new(
        "unlink",
        "($module, /, path, *, dir_fd=None)",
        "Remove a file (same as remove()).",
        NativeCall::Full(|vm, _, args| unlink_as(vm, args, &UNLINK, AtFlags::empty())),
    ),
];

pub(super) fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    if !DIR_ENTRY.has(TypeFlags::READY) {
        TypeBuilder::new(vm, &DIR_ENTRY)
            .module("posix")
            .flags(TypeFlags::DISALLOW_INSTANTIATION)
            .slots(|slots| slots.repr.set(Some(entry_repr)))
            .methods(ENTRY_METHODS)
            .properties(ENTRY_PROPERTIES)
            .ready();
        TypeBuilder::new(vm, &SCANDIR_ITERATOR)
            .module("posix")
            .flags(TypeFlags::DISALLOW_INSTANTIATION)
            .slots(|slots| {
                slots.iter.set(Some(lasti_vm::builtins::iter_self));
                slots.iternext.set(Some(scandir_next));
            })
            .methods(SCANDIR_METHODS)
            .ready();
    }
    module.add_type(vm, &DIR_ENTRY)
}
