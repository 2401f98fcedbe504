//! `FileIO`: a file descriptor as a stream. CPython: Modules/_io/fileio.c.

use std::cell::Cell;

use lasti_vm::bytes::Bytes;
use lasti_vm::call::{Args, Signature};
use lasti_vm::number::Int;
use lasti_vm::object::{Obj, Payload};
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::vm::config::Config;
use lasti_vm::{Exc, PyResult, Ref, Vm};
use rustix::fs::{FileType, Mode, OFlags};
use rustix::io::Errno;

use super::bases::RAW_IO_BASE;
use super::{DEFAULT_BUFFER_SIZE, chained, no_state, optional_size, unsupported, writable_buffer};
use crate::fds;
use crate::posix::file;
use crate::posix::path::{Path, error};

/// What `readall` begins with where the file's size is not known.
const SMALL_CHUNK: usize = 8 * 1024;

/// A file descriptor as a stream.
pub(super) struct FileIo {
    /// -1: closed.
    fd: Cell<i32>,
    created: Cell<bool>,
    readable: Cell<bool>,
    writable: Cell<bool>,
    appending: Cell<bool>,
    /// None: not asked yet.
    seekable: Cell<Option<bool>>,
    /// Whether closing the stream closes the descriptor.
    closefd: Cell<bool>,
    finalizing: Cell<bool>,
    block_size: Cell<usize>,
    /// Set when the file was opened and found not to be a terminal by its kind.
    regular: Cell<bool>,
}

impl FileIo {
    pub(super) fn empty() -> Self {
        Self {
            fd: Cell::new(-1),
            created: Cell::new(false),
            readable: Cell::new(false),
            writable: Cell::new(false),
            appending: Cell::new(false),
            seekable: Cell::new(None),
            closefd: Cell::new(true),
            finalizing: Cell::new(false),
            block_size: Cell::new(DEFAULT_BUFFER_SIZE),
            regular: Cell::new(false),
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.fd.get() < 0
    }

    pub(super) fn block_size(&self) -> usize {
        self.block_size.get()
    }

    fn open_fd(&self, vm: &Vm) -> PyResult<i32> {
        match self.fd.get() {
            fd if fd < 0 => Err(vm.value_error("I/O operation on closed file")),
            fd => Ok(fd),
        }
    }

    fn reading_fd(&self, vm: &Vm) -> PyResult<i32> {
        let fd = self.open_fd(vm)?;
        if self.readable.get() { Ok(fd) } else { Err(unsupported(vm, "File not open for reading")) }
    }

    fn writing_fd(&self, vm: &Vm) -> PyResult<i32> {
        let fd = self.open_fd(vm)?;
        if self.writable.get() { Ok(fd) } else { Err(unsupported(vm, "File not open for writing")) }
    }

    /// Reads into memory that no other thread reaches; `None` if there is nothing to read yet.
    pub(super) fn read_into(&self, vm: &Vm, memory: &mut [u8]) -> PyResult<Option<usize>> {
        let fd = self.reading_fd(vm)?;
        let read = fds::blocking(vm, || fds::with(fd, |fd| rustix::io::read(fd, &mut *memory)))?;
        not_yet(vm, read)
    }

    /// Writes some of the bytes; `None` if nothing can be written yet.
    pub(super) fn write_some(&self, vm: &Vm, bytes: &[u8]) -> PyResult<Option<usize>> {
        let fd = self.writing_fd(vm)?;
        not_yet(vm, file::write_some(vm, fd, bytes)?)
    }

    /// Moves the place in the file.
    pub(super) fn seek_to(&self, vm: &Vm, offset: i64, whence: i32) -> PyResult<i64> {
        let fd = self.open_fd(vm)?;
        let place = file::seek(vm, fd, offset, whence).map_err(|errno| error(vm, errno))?;
        Ok(place as i64)
    }

    pub(super) fn is_seekable(&self, vm: &Vm) -> PyResult<bool> {
        let fd = self.open_fd(vm)?;
        Ok(match self.seekable.get() {
            Some(seekable) => seekable,
            None => {
                let seekable = file::seek(vm, fd, 0, 1).is_ok();
                self.seekable.set(Some(seekable));
                seekable
            }
        })
    }

    /// Whether it is a terminal, asked right after opening: what was seen to be something else is not asked.
    pub(super) fn is_terminal_when_opened(&self, vm: &Vm) -> PyResult<bool> {
        let fd = self.open_fd(vm)?;
        Ok(!self.regular.get() && file::is_terminal(fd))
    }

    /// Reads until the end.
    pub(super) fn read_all(&self, vm: &Vm) -> PyResult<Option<Vec<u8>>> {
        let fd = self.reading_fd(vm)?;
        let expected = vm.allow_threads(|| {
            fds::with(fd, |fd| {
                let size = rustix::fs::fstat(fd)?.st_size;
                let place = rustix::fs::seek(fd, rustix::fs::SeekFrom::Current(0))?;
                Ok(usize::try_from(size).unwrap_or(0).saturating_sub(place as usize))
            })
        });
        let first = match expected {
            Ok(expected) if expected > 0 => expected + 1,
            _ => SMALL_CHUNK,
        };
        let mut all = vec![0; first];
        let mut length = 0;
        loop {
            if length == all.len() {
                let more = all.len().clamp(SMALL_CHUNK, 64 * 1024 * 1024);
                all.resize(length + more, 0);
            }
            match self.read_into(vm, &mut all[length..])? {
                Some(0) => break,
                Some(count) => length += count,
                None if length == 0 => return Ok(None),
                None => break,
            }
        }
        all.truncate(length);
        Ok(Some(all))
    }

    fn mode(&self) -> &'static str {
        match (self.created.get(), self.appending.get(), self.readable.get(), self.writable.get()) {
            (true, _, true, _) => "xb+",
            (true, _, false, _) => "xb",
            (_, true, true, _) => "ab+",
            (_, true, false, _) => "ab",
            (_, _, true, true) => "rb+",
            (_, _, true, false) => "rb",
            _ => "wb",
        }
    }

    /// Closes the descriptor.
    fn close_descriptor(&self, vm: &Vm) -> PyResult<()> {
        let fd = self.fd.replace(-1);
        if fd < 0 {
            return Ok(());
        }
        vm.allow_threads(|| fds::close(fd)).map_err(|errno| error(vm, errno))
    }
}

/// A result of the system, where "try again" is no error.
fn not_yet<R>(vm: &Vm, result: Result<R, Errno>) -> PyResult<Option<R>> {
    match result {
        Ok(result) => Ok(Some(result)),
        Err(Errno::AGAIN) => Ok(None),
        Err(errno) => Err(error(vm, errno)),
    }
}

impl Payload for FileIo {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &FILE_IO
    }
}

lasti_vm::builtin_type!(/** `_io.FileIO` */ FILE_IO, "FileIO", FileIo);

fn new(_: &Vm, ty: &TypeObject, _: Args<'_>) -> PyResult {
    Ok(Ref::new_in(ty, FileIo::empty()).into_obj())
}

static INIT: Signature<4> = Signature::new("FileIO", ["file", "mode", "closefd", "opener"], 1);

fn init_slot(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult<()> {
    let [Some(given), mode, closefd, opener] = args.bind(vm, &INIT)? else { return Ok(()) };
    let mode =
        mode.map_or_else(|| Ok("r".to_owned()), |mode| vm.plain_str_argument("FileIO", "'mode'", mode))?;
    let closefd = closefd.map_or(Ok(true), |closefd| vm.is_true(closefd))?;
    open_file(vm, object, given, &mode, closefd, opener.filter(|opener| !vm.is_none(opener)))
}

/// What a mode asks for.
fn parse_mode(vm: &Vm, stream: &FileIo, mode: &str) -> PyResult<OFlags> {
    let wrong =
        || vm.value_error("Must have exactly one of create/read/write/append mode and at most one plus");
    let (mut chosen, mut plus) = (false, false);
    let mut flags = OFlags::empty();
    for letter in mode.chars() {
        match letter {
            'x' | 'r' | 'w' | 'a' if chosen => return Err(wrong()),
            'x' => {
                stream.created.set(true);
                stream.writable.set(true);
                flags |= OFlags::EXCL | OFlags::CREATE;
                chosen = true;
            }
            'r' => {
                stream.readable.set(true);
                chosen = true;
            }
            'w' => {
                stream.writable.set(true);
                flags |= OFlags::CREATE | OFlags::TRUNC;
                chosen = true;
            }
            'a' => {
                stream.appending.set(true);
                stream.writable.set(true);
                flags |= OFlags::CREATE | OFlags::APPEND;
                chosen = true;
            }
            'b' => {}
            '+' if plus => return Err(wrong()),
            '+' => {
                stream.readable.set(true);
                stream.writable.set(true);
                plus = true;
            }
            _ => return Err(vm.value_error(format!("invalid mode: {mode}"))),
        }
    }
    if !chosen {
        return Err(wrong());
    }
    flags |= match (stream.readable.get(), stream.writable.get()) {
        (true, true) => OFlags::RDWR,
        (true, false) => OFlags::RDONLY,
        _ => OFlags::WRONLY,
    };
    Ok(flags | OFlags::CLOEXEC)
}

/// Opens the file for a new stream; what `__init__` does.
pub(super) fn open_file(
    vm: &Vm,
    object: &Obj,
    given: &Obj,
    mode: &str,
    closefd: bool,
    opener: Option<&Obj>,
) -> PyResult<()> {
    let stream = vm.receiver::<FileIo>(object)?;
    if stream.fd.get() >= 0 {
        if stream.closefd.get() {
            stream.close_descriptor(vm)?;
        } else {
            stream.fd.set(-1);
        }
    }
    for flag in [&stream.created, &stream.readable, &stream.writable, &stream.appending, &stream.regular] {
        flag.set(false);
    }
    stream.seekable.set(None);
    stream.closefd.set(true);
    if given.is_exact(&lasti_vm::builtins::BOOL) {
        vm.warn(&lasti_vm::builtins::RUNTIME_WARNING, "bool is used as a file descriptor", 1)?;
    }
    let number = if given.as_int().is_some() {
        let fd = vm.c_int_argument(given)?;
        if fd < 0 {
            return Err(vm.value_error("negative file descriptor"));
        }
        Some(fd)
    } else {
        None
    };
    let flags = parse_mode(vm, stream, mode)?;
    let result = descriptor_of(vm, stream, given, number, flags, closefd, opener)
        .and_then(|()| look_at(vm, stream, given))
        .and_then(|()| vm.setattr(object, &vm.names().name, given))
        .and_then(|()| if stream.appending.get() { stream.to_end(vm) } else { Ok(()) });
    if result.is_err() {
        // A descriptor that was given stays open.
        if number.is_some() || !stream.closefd.get() {
            stream.fd.set(-1);
        } else {
            let _ = stream.close_descriptor(vm);
        }
    }
    result
}

impl FileIo {
    fn to_end(&self, vm: &Vm) -> PyResult<()> {
        match self.seek_to(vm, 0, 2) {
            Err(error) if !is_os_error(&error) => Err(error),
            // A pipe has no end to go to.
            _ => Ok(()),
        }
    }
}

fn is_os_error(error: &Exc) -> bool {
    error.is(&lasti_vm::builtins::OS_ERROR)
}

fn descriptor_of(
    vm: &Vm,
    stream: &FileIo,
    given: &Obj,
    number: Option<i32>,
    flags: OFlags,
    closefd: bool,
    opener: Option<&Obj>,
) -> PyResult<()> {
    if let Some(fd) = number {
        stream.fd.set(fd);
        stream.closefd.set(closefd);
        return Ok(());
    }
    stream.closefd.set(true);
    if !closefd {
        return Err(vm.value_error("Cannot use closefd=False with file name"));
    }
    let Some(opener) = opener else {
        let path = Path::new(vm, "open", "file", given).map_err(|error| path_error(vm, error, given))?;
        let mode = Mode::from_bits_retain(0o666);
        let opened = fds::blocking(vm, || rustix::fs::open(&*path.bytes, flags, mode).map(fds::keep))?;
        let opened = match opened {
            Err(Errno::NOENT) if !stream.writable.get() => of_library(&path.bytes).ok_or(Errno::NOENT),
            opened => opened,
        };
        stream.fd.set(opened.map_err(|errno| path.error(vm, errno))?);
        return Ok(());
    };
    let fd = vm.call(opener, &[given.clone(), Int::new(flags.bits().into())])?;
    if fd.as_int().is_none() {
        return Err(vm.type_error("expected integer from opener"));
    }
    match vm.c_int_argument(&fd)? {
        fd if fd < 0 => Err(vm.value_error(format!("opener returned {fd}"))),
        fd => {
            stream.fd.set(fd);
            Ok(())
        }
    }
}

/// A descriptor of a file that only seems to lie in the library's directory: of memory with its contents.
fn of_library(path: &[u8]) -> Option<i32> {
    let library = Config::get().stdlib?;
    let path = std::str::from_utf8(path).ok().filter(|path| path.starts_with(library.root()))?;
    let contents = library.contents(path)?;
    let memory = rustix::fs::memfd_create(path, rustix::fs::MemfdFlags::CLOEXEC).ok()?;
    let mut left = &contents[..];
    while !left.is_empty() {
        left = &left[rustix::io::write(&memory, left).ok()?..];
    }
    rustix::fs::seek(&memory, rustix::fs::SeekFrom::Start(0)).ok()?;
    Some(fds::keep(memory))
}

/// The words of this type for what is no path.
fn path_error(vm: &Vm, raised: Exc, given: &Obj) -> Exc {
    if raised.is(&lasti_vm::builtins::VALUE_ERROR) && !raised.is(&lasti_vm::builtins::UNICODE_ERROR) {
        return vm.value_error("embedded null byte");
    }
    if raised.is(&lasti_vm::builtins::TYPE_ERROR) {
        return match vm.fspath(given) {
            Err(error) => error,
            Ok(_) => raised,
        };
    }
    raised
}

/// Refuses directories and takes the size of blocks.
fn look_at(vm: &Vm, stream: &FileIo, given: &Obj) -> PyResult<()> {
    let fd = stream.fd.get();
    let status = match fds::with(fd, |fd| rustix::fs::fstat(fd)) {
        Ok(status) => status,
        Err(Errno::BADF) => return Err(vm.os_error_for(libc::EBADF, None, None)),
        Err(_) => return Ok(()),
    };
    match FileType::from_raw_mode(status.st_mode) {
        FileType::Directory => return Err(vm.os_error_for(libc::EISDIR, Some(given), None)),
        FileType::RegularFile => stream.regular.set(true),
        _ => {}
    }
    if let Ok(size) = usize::try_from(status.st_blksize)
        && size > 1
    {
        stream.block_size.set(size);
    }
    Ok(())
}

fn read(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let stream = vm.receiver::<FileIo>(object)?;
    let size = optional_size(vm, args.first())?.unwrap_or(-1);
    stream.reading_fd(vm)?;
    let Ok(size) = usize::try_from(size) else { return readall(vm, object) };
    let mut memory = vec![0; size.min(0x7fff_f000)];
    Ok(match stream.read_into(vm, &mut memory)? {
        Some(count) => Bytes::new(&memory[..count]).into_obj(),
        None => vm.none(),
    })
}

fn readall(vm: &Vm, object: &Obj) -> PyResult {
    let all = vm.receiver::<FileIo>(object)?.read_all(vm)?;
    Ok(all.map_or_else(|| vm.none(), |all| Bytes::new(&all).into_obj()))
}

fn readinto(vm: &Vm, object: &Obj, memory: &Obj) -> PyResult {
    let stream = vm.receiver::<FileIo>(object)?;
    let memory = writable_buffer(vm, "readinto", memory)?;
    stream.reading_fd(vm)?;
    let mut read = vec![0; memory.len()];
    let Some(count) = stream.read_into(vm, &mut read)? else { return Ok(vm.none()) };
    memory.write(|memory| memory[..count].copy_from_slice(&read[..count]));
    Ok(Int::from_usize(count))
}

fn write(vm: &Vm, object: &Obj, data: &Obj) -> PyResult {
    let stream = vm.receiver::<FileIo>(object)?;
    stream.writing_fd(vm)?;
    let bytes = vm.bytes_like(data)?;
    Ok(stream.write_some(vm, &bytes)?.map_or_else(|| vm.none(), Int::from_usize))
}

fn seek(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let stream = vm.receiver::<FileIo>(object)?;
    let whence = args.get(1).map_or(Ok(0), |whence| vm.c_int_argument(whence))?;
    stream.open_fd(vm)?;
    let offset = vm.index_i64(&args[0])?;
    stream.seek_to(vm, offset, whence).map(Int::new)
}

fn tell(vm: &Vm, object: &Obj) -> PyResult {
    vm.receiver::<FileIo>(object)?.seek_to(vm, 0, 1).map(Int::new)
}

fn truncate(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let stream = vm.receiver::<FileIo>(object)?;
    let fd = stream.writing_fd(vm)?;
    let size = match args.first().filter(|size| !vm.is_none(size)) {
        Some(size) => size.clone(),
        None => tell(vm, object)?,
    };
    file::truncate_to(vm, fd, vm.index_i64(&size)?).map_err(|errno| error(vm, errno))?;
    Ok(size)
}

fn close(vm: &Vm, object: &Obj) -> PyResult {
    let stream = vm.receiver::<FileIo>(object)?;
    let marked = super::base::close(vm, object);
    if !stream.closefd.get() {
        stream.fd.set(-1);
        return marked;
    }
    if stream.finalizing.get() {
        dealloc_warn(vm, object, object)?;
    }
    let closed = stream.close_descriptor(vm).map(|()| vm.none());
    chained(marked.err(), closed)
}

/// Warns of a stream that was left open, in the name of `source`.
fn dealloc_warn(vm: &Vm, object: &Obj, source: &Obj) -> PyResult {
    let stream = vm.receiver::<FileIo>(object)?;
    if stream.fd.get() >= 0 && stream.closefd.get() && warnings_may_show(vm)? {
        let shown = vm.repr_text(source)?;
        if let Err(error) = resource_warning(vm, &format!("unclosed file {shown}"), source)
            && error.is(&lasti_vm::builtins::WARNING)
        {
            vm.unraisable(&error, &format!("Exception ignored while finalizing file {shown}"), None);
        }
    }
    Ok(vm.none())
}

/// Whether anybody could see a ResourceWarning: by default, they are ignored.
fn warnings_may_show(vm: &Vm) -> PyResult<bool> {
    let config = lasti_vm::vm::config::Config::get();
    Ok(config.flags.dev_mode
        || !config.warnoptions.is_empty()
        || vm.interp().modules().get_str(vm, &vm.intern("warnings"))?.is_some())
}

fn resource_warning(vm: &Vm, message: &str, source: &Obj) -> PyResult {
    let module = vm.import_module("warnings")?;
    let warn = vm.getattr_named(&module, "warn")?;
    let args = [
        Str::new(message).into_obj(),
        lasti_vm::builtins::RESOURCE_WARNING.to_obj(),
        Int::new(1),
        source.clone(),
    ];
    vm.call(&warn, &args)
}

fn inquire(vm: &Vm, object: &Obj, f: impl FnOnce(&FileIo) -> PyResult<bool>) -> PyResult {
    let stream = vm.receiver::<FileIo>(object)?;
    stream.open_fd(vm)?;
    f(stream).map(|yes| vm.bool(yes))
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    let stream = vm.receiver::<FileIo>(object)?;
    let class = object.ty().tp_name();
    let text = if stream.is_closed() {
        format!("<{class} [closed]>")
    } else {
        let closefd = if stream.closefd.get() { "True" } else { "False" };
        let mode = stream.mode();
        match vm.find_attr(object, &vm.names().name)? {
            None => format!("<{class} fd={} mode='{mode}' closefd={closefd}>", stream.fd.get()),
            Some(name) => {
                let text = vm.repr_guard(object, |vm| {
                    let name = vm.repr(&name)?;
                    let mut text = lasti_vm::builtins::sequence::Shown::new(&format!("<{class} name="));
                    text.wtf8(name.as_wtf8());
                    text.text(&format!(" mode='{mode}' closefd={closefd}>"));
                    Ok(text.finish())
                })?;
                return match text {
                    Some(text) => Ok(text.into_obj()),
                    None => Err(vm.runtime_error(format!("reentrant call inside {class}.__repr__"))),
                };
            }
        }
    };
    Ok(Str::new(&text).into_obj())
}

static METHODS: &[NativeDef] = &[
    NativeDef::new(
        "read",
        "($self, size=-1, /)",
        "Read at most size bytes, in one system call; all without a size.",
        NativeCall::Positional(0, 1, read),
    ),
    NativeDef::new("readall", "($self, /)", "Read all data from the file.", NativeCall::NoArgs(readall)),
    NativeDef::new(
        "readinto",
        "($self, buffer, /)",
        "Same as RawIOBase.readinto().",
        NativeCall::One(readinto),
    ),
    NativeDef::new(
        "write",
        "($self, b, /)",
        "Write buffer b to file, return number of bytes written.",
        NativeCall::One(write),
    ),
    NativeDef::new(
        "seek",
        "($self, pos, whence=0, /)",
        "Move to new file position and return the file position.",
        NativeCall::Positional(1, 2, seek),
    ),
    NativeDef::new("tell", "($self, /)", "Current file position.", NativeCall::NoArgs(tell)),
    NativeDef::new(
        "truncate",
        "($self, size=None, /)",
        "Truncate the file to at most size bytes and return the truncated size.",
        NativeCall::Positional(0, 1, truncate),
    ),
    NativeDef::new("close", "($self, /)", "Close the file.", NativeCall::NoArgs(close)),
    NativeDef::new(
        "seekable",
        "($self, /)",
        "True if file supports random-access.",
        NativeCall::NoArgs(|vm, object| inquire(vm, object, |stream| stream.is_seekable(vm))),
    ),
    NativeDef::new(
        "readable",
        "($self, /)",
        "True if file was opened in a read mode.",
        NativeCall::NoArgs(|vm, object| inquire(vm, object, |stream| Ok(stream.readable.get()))),
    ),
    NativeDef::new(
        "writable",
        "($self, /)",
        "True if file was opened in a write mode.",
        NativeCall::NoArgs(|vm, object| inquire(vm, object, |stream| Ok(stream.writable.get()))),
    ),
    NativeDef::new(
        "fileno",
        "($self, /)",
        "Return the underlying file descriptor (an integer).",
        NativeCall::NoArgs(|vm, object| Ok(Int::new(vm.receiver::<FileIo>(object)?.open_fd(vm)?.into()))),
    ),
    NativeDef::new(
        "isatty",
        "($self, /)",
        "True if the file is connected to a TTY device.",
        NativeCall::NoArgs(|vm, object| inquire(vm, object, |stream| Ok(file::is_terminal(stream.fd.get())))),
    ),
    NativeDef::new(
        "_isatty_open_only",
        "($self, /)",
        "Whether the file is a terminal, as far as opening it has not shown otherwise.",
        NativeCall::NoArgs(|vm, object| inquire(vm, object, |stream| stream.is_terminal_when_opened(vm))),
    ),
    NativeDef::new("_dealloc_warn", "($self, object, /)", "", NativeCall::One(dealloc_warn)),
    NativeDef::new("__getstate__", "($self, /)", "", NativeCall::NoArgs(no_state)),
];

static PROPERTIES: &[Property] = &[
    Property::new("_finalizing", "", |vm, object| {
        Ok(vm.bool(vm.receiver::<FileIo>(object)?.finalizing.get()))
    })
    .with_setter(|vm, object, value| super::set_bool(vm, &vm.receiver::<FileIo>(object)?.finalizing, value))
    .member(),
    Property::new("closed", "True if the file is closed", |vm, object| {
        Ok(vm.bool(vm.receiver::<FileIo>(object)?.is_closed()))
    }),
    Property::new("closefd", "True if the file descriptor will be closed by close().", |vm, object| {
        Ok(vm.bool(vm.receiver::<FileIo>(object)?.closefd.get()))
    }),
    Property::new("mode", "String giving the file mode", |vm, object| {
        Ok(vm.intern(vm.receiver::<FileIo>(object)?.mode()).into_obj())
    }),
    Property::new("_blksize", "Stat st_blksize if available", |vm, object| {
        Ok(Int::from_usize(vm.receiver::<FileIo>(object)?.block_size()))
    }),
];

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &FILE_IO)
        .doc("FileIO(file, mode='r', closefd=True, opener=None)\n--\n\nOpen a file: a path, or a descriptor that is there already.")
        .module("_io")
        .base(&RAW_IO_BASE)
        .flags(TypeFlags::BASETYPE | TypeFlags::WEAKREFABLE)
        .with_dict()
        .slots(|slots| {
            slots.new.set(Some(new));
            slots.init.set(Some(init_slot));
            slots.repr.set(Some(repr));
        })
        .methods(METHODS)
        .properties(PROPERTIES)
        .ready();
}
