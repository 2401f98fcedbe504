//! Arguments of `posix` functions: paths, directory descriptors, flags, and errors about them.

use lasti_vm::bytes::Bytes;
use lasti_vm::object::Obj;
use lasti_vm::paths::from_system;
use lasti_vm::text::Str;
use lasti_vm::{Exc, PyResult, Vm};
use rustix::io::Errno;

/// A path as Python gave it and as the system takes it.
pub(crate) struct Path {
    /// What Python gave, for errors.
    pub(crate) given: Obj,
    /// The system's name; empty where a descriptor was given.
    pub(crate) bytes: Vec<u8>,
    /// The descriptor that was given instead of a path.
    pub(crate) fd: Option<i32>,
    /// Whether names that come out of it are bytes.
    pub(crate) is_bytes: bool,
}

impl Path {
    /// A path argument; `kinds` says what is allowed, for the message.
    fn parse(vm: &Vm, function: &str, argument: &str, given: &Obj, kinds: Kinds) -> PyResult<Self> {
        if kinds.descriptor && (given.as_int().is_some() || given.ty().slots.nb_index.get().is_some()) {
            let fd = Some(vm.c_int_argument(given)?);
            return Ok(Self { given: given.clone(), bytes: Vec::new(), fd, is_bytes: false });
        }
        if kinds.none && vm.is_none(given) {
            return Ok(Self { given: given.clone(), bytes: b".".to_vec(), fd: None, is_bytes: false });
        }
        let plain = given.downcast::<Str>().is_some() || given.downcast::<Bytes>().is_some();
        let path = if plain {
            given.clone()
        } else {
            match vm.find_special(given, &vm.intern("__fspath__"))? {
                Some(_) => vm.fspath(given)?,
                None => {
                    let allowed = kinds.words();
                    let message =
                        format!("{function}: {argument} should be {allowed}, not {}", given.ty().name());
                    return Err(vm.type_error(message));
                }
            }
        };
        let (bytes, is_bytes) = match path.downcast::<Bytes>() {
            Some(bytes) => (bytes.as_slice().to_vec(), true),
            None => (vm.encode_name(vm.str_argument(function, argument, &path)?)?, false),
        };
        if bytes.contains(&0) {
            return Err(vm.value_error(format!("{function}: embedded null character in {argument}")));
        }
        // Errors show what `__fspath__` gave.
        Ok(Self { given: path, bytes, fd: None, is_bytes })
    }

    /// A str, bytes or path-like argument.
    pub(crate) fn new(vm: &Vm, function: &str, argument: &str, given: &Obj) -> PyResult<Self> {
        Self::parse(vm, function, argument, given, Kinds { descriptor: false, none: false })
    }

    /// The same, or a descriptor.
    pub(crate) fn or_fd(vm: &Vm, function: &str, given: &Obj) -> PyResult<Self> {
        Self::parse(vm, function, "path", given, Kinds { descriptor: true, none: false })
    }

    /// The same, or a descriptor, or None for the current directory.
    pub(crate) fn or_fd_or_none(vm: &Vm, function: &str, given: Option<&Obj>) -> PyResult<Self> {
        let none = vm.none();
        let given = given.unwrap_or(&none);
        Self::parse(vm, function, "path", given, Kinds { descriptor: true, none: true })
    }

    /// A name that belongs to this path, as Python sees it.
    pub(crate) fn name(&self, bytes: &[u8]) -> Obj {
        name_like(self.is_bytes, bytes)
    }

    /// The OSError about this path.
    #[cold]
    pub(crate) fn error(&self, vm: &Vm, errno: Errno) -> Exc {
        vm.os_error_for(errno.raw_os_error(), Some(&self.given), None)
    }
}

/// What a path argument may be besides a path.
#[derive(Clone, Copy)]
struct Kinds {
    descriptor: bool,
    none: bool,
}

impl Kinds {
    fn words(self) -> &'static str {
        match (self.descriptor, self.none) {
            (true, true) => "string, bytes, os.PathLike, integer or None",
            (true, false) => "string, bytes, os.PathLike or integer",
            (false, true) => "string, bytes, os.PathLike or None",
            (false, false) => "string, bytes or os.PathLike",
        }
    }
}

/// A name as bytes or str.
pub(crate) fn name_like(is_bytes: bool, bytes: &[u8]) -> Obj {
    if is_bytes { Bytes::new(bytes).into_obj() } else { from_system(bytes).into_obj() }
}

/// The OSError for an error of the system.
#[cold]
pub(crate) fn error(vm: &Vm, errno: Errno) -> Exc {
    vm.os_error(errno.raw_os_error())
}

/// An argument `dir_fd`.
pub(super) fn dir_fd(vm: &Vm, given: Option<&Obj>) -> PyResult<Option<i32>> {
    match given.filter(|given| !vm.is_none(given)) {
        None => Ok(None),
        Some(given) if given.as_int().is_some() || given.ty().slots.nb_index.get().is_some() => {
            vm.c_int_argument(given).map(Some)
        }
        Some(given) => {
            Err(vm.type_error(format!("argument should be integer or None, not {}", given.ty().name())))
        }
    }
}

/// An optional truth value.
pub(super) fn flag(vm: &Vm, given: Option<&Obj>, default: bool) -> PyResult<bool> {
    given.map_or(Ok(default), |given| vm.is_true(given))
}

/// A descriptor argument: an int, or an object with `fileno()`.
pub(crate) fn descriptor(vm: &Vm, given: &Obj) -> PyResult<i32> {
    if given.as_int().is_some() {
        return vm.c_int_argument(given);
    }
    let Some(fileno) = vm.find_attr(given, &vm.intern("fileno"))? else {
        return Err(vm.type_error("argument must be an int, or have a fileno() method."));
    };
    let fd = vm.call(&fileno, &[])?;
    if fd.as_int().is_none() {
        return Err(vm.type_error("fileno() returned a non-integer"));
    }
    vm.c_int_argument(&fd)
}
