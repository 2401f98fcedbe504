//! OSError: errno decides the subclass, and a file name or two join the message.

use super::base::{self, attributes, field, reduced, this};
use super::types::{
    BLOCKING_IO_ERROR, BROKEN_PIPE_ERROR, CHILD_PROCESS_ERROR, CONNECTION_ABORTED_ERROR,
    CONNECTION_REFUSED_ERROR, CONNECTION_RESET_ERROR, FILE_EXISTS_ERROR, FILE_NOT_FOUND_ERROR,
    INTERRUPTED_ERROR, IS_A_DIRECTORY_ERROR, NOT_A_DIRECTORY_ERROR, OS_ERROR, PERMISSION_ERROR,
    PROCESS_LOOKUP_ERROR, TIMEOUT_ERROR,
};
use crate::call::Args;
use crate::errors::{BaseException, Exc, PyResult};
use crate::number::Int;
use crate::object::{Obj, ObjCell, Ref};
use crate::sequence::Tuple;
use crate::text::Str;
use crate::types::{NativeCall, NativeDef, Property, TypeObject};
use crate::vm::Vm;

const ERRNO: usize = 0;
const STRERROR: usize = 1;
const FILENAME: usize = 2;
const FILENAME2: usize = 3;
const WRITTEN: usize = 4;

/// The type for an errno.
fn subclass(errno: i64) -> Option<&'static TypeObject> {
    Some(match i32::try_from(errno).ok()? {
        libc::EAGAIN | libc::EALREADY | libc::EINPROGRESS => &BLOCKING_IO_ERROR,
        libc::EPIPE | libc::ESHUTDOWN => &BROKEN_PIPE_ERROR,
        libc::ECHILD => &CHILD_PROCESS_ERROR,
        libc::ECONNABORTED => &CONNECTION_ABORTED_ERROR,
        libc::ECONNREFUSED => &CONNECTION_REFUSED_ERROR,
        libc::ECONNRESET => &CONNECTION_RESET_ERROR,
        libc::EEXIST => &FILE_EXISTS_ERROR,
        libc::ENOENT => &FILE_NOT_FOUND_ERROR,
        libc::EISDIR => &IS_A_DIRECTORY_ERROR,
        libc::ENOTDIR => &NOT_A_DIRECTORY_ERROR,
        libc::EINTR => &INTERRUPTED_ERROR,
        libc::EACCES | libc::EPERM => &PERMISSION_ERROR,
        libc::ESRCH => &PROCESS_LOOKUP_ERROR,
        libc::ETIMEDOUT => &TIMEOUT_ERROR,
        _ => return None,
    })
}

/// Whether `__init__` and not `__new__` reads the arguments: a class has an `__init__` of its own, but no `__new__`.
fn init_reads(ty: &TypeObject) -> bool {
    let own_init = ty.slots.init.get().is_none_or(|slot| slot as usize != init as *const () as usize);
    let own_new = ty.slots.new.get().is_none_or(|slot| slot as usize != new as *const () as usize);
    own_init && !own_new
}

fn new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    if init_reads(ty) {
        return Ok(base::make(ty, &[]).into_obj());
    }
    args.no_keywords(vm, &ty.name())?;
    let given = args.positional();
    let ty = match given {
        [errno, _, ..] if ty.is(&OS_ERROR) && given.len() <= 5 => {
            errno.as_i64().and_then(subclass).unwrap_or(ty)
        }
        _ => ty,
    };
    let exception = base::make(ty, given);
    read(vm, &exception, given)?;
    Ok(exception.into_obj())
}

fn init(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult<()> {
    if !init_reads(object.ty()) {
        return Ok(());
    }
    args.no_keywords(vm, &object.ty().name())?;
    read(vm, this(vm, object)?, args.positional())
}

/// Sets the fields from the arguments.
pub(super) fn read(vm: &Vm, exception: &Ref<BaseException>, args: &[Obj]) -> PyResult<()> {
    let cell = |index: usize| &exception.fields[index];
    exception.args.set(Tuple::from_slice(args).into_obj());
    if exception.fields.len() <= WRITTEN || !(2..=5).contains(&args.len()) {
        return Ok(());
    }
    let present = |index: usize| args.get(index).filter(|value| !vm.is_none(value));
    if let Some(filename) = present(2) {
        if exception.as_obj().is_exact(&BLOCKING_IO_ERROR) && is_number(filename) {
            cell(WRITTEN).set(Int::new(written(vm, filename)?));
        } else {
            cell(FILENAME).set(filename.clone());
            cell(FILENAME2).set(present(4).cloned());
            exception.args.set(Tuple::from_slice(&args[..2]).into_obj());
        }
    }
    cell(ERRNO).set(args[0].clone());
    cell(STRERROR).set(args[1].clone());
    Ok(())
}

fn is_number(object: &Obj) -> bool {
    let slots = &object.ty().slots;
    object.as_int().is_some()
        || slots.nb_index.get().is_some()
        || slots.nb_int.get().is_some()
        || slots.nb_float.get().is_some()
}

fn written(vm: &Vm, object: &Obj) -> PyResult<i64> {
    vm.index(object)?.as_i64().ok_or_else(|| vm.value_error("cannot fit 'int' into an index-sized integer"))
}

fn str(vm: &Vm, object: &Obj) -> PyResult {
    let exception = this(vm, object)?;
    let field = |index: usize| exception.fields.get(index).and_then(ObjCell::get);
    let shown = |value: Option<Obj>| vm.str_text(&vm.or_none(value));
    let text = if let Some(filename) = field(FILENAME) {
        let mut text = format!(
            "[Errno {}] {}: {}",
            shown(field(ERRNO))?,
            shown(field(STRERROR))?,
            vm.repr_text(&filename)?
        );
        if let Some(second) = field(FILENAME2) {
            text.push_str(" -> ");
            text.push_str(&vm.repr_text(&second)?);
        }
        text
    } else if let (Some(errno), Some(strerror)) = (field(ERRNO), field(STRERROR)) {
        format!("[Errno {}] {}", vm.str_text(&errno)?, vm.str_text(&strerror)?)
    } else {
        return base::str(vm, object);
    };
    Ok(Str::new(&text).into_obj())
}

fn reduce(vm: &Vm, object: &Obj) -> PyResult {
    let exception = this(vm, object)?;
    let mut args = exception.args();
    if let (2, Some(filename)) = (args.len(), exception.fields.get(FILENAME).and_then(ObjCell::get)) {
        args.push(filename);
        if let Some(second) = exception.fields[FILENAME2].get() {
            args.extend([vm.none(), second]);
        }
    }
    Ok(reduced(object, Tuple::new(args).into_obj(), attributes(object).map(Ref::into_obj)))
}

fn get_written(vm: &Vm, object: &Obj) -> PyResult {
    match this(vm, object)?.fields.get(WRITTEN).and_then(ObjCell::get) {
        Some(written) => Ok(written),
        None => Err(no_written(vm, object)),
    }
}

fn set_written(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let exception = this(vm, object)?;
    let Some(cell) = exception.fields.get(WRITTEN) else { return Ok(()) };
    match value {
        Some(value) => cell.set(Int::new(written(vm, value)?)),
        None if cell.take().is_none() => return Err(no_written(vm, object)),
        None => {}
    }
    Ok(())
}

fn no_written(vm: &Vm, object: &Obj) -> Exc {
    vm.attribute_error("characters_written", object, &vm.intern("characters_written"))
}

static FIELDS: &[Property] = &[
    field::<ERRNO>("errno", "POSIX exception code"),
    field::<STRERROR>("strerror", "exception strerror"),
    field::<FILENAME>("filename", "exception filename"),
    field::<FILENAME2>("filename2", "second exception filename"),
    Property::new("characters_written", "", get_written).with_setter(set_written),
];

static METHODS: &[NativeDef] = &[NativeDef::new("__reduce__", "($self, /)", "", NativeCall::NoArgs(reduce))];

pub(super) fn customize(ty: &TypeObject) -> super::Additions {
    if !ty.is(&OS_ERROR) {
        return (&[], &[]);
    }
    ty.slots.new.set(Some(new));
    ty.slots.init.set(Some(init));
    ty.slots.str.set(Some(str));
    (FIELDS, METHODS)
}

impl Vm {
    /// The OSError, of the subclass that belongs to it, for an errno.
    #[cold]
    pub fn os_error(&self, errno: i32) -> Exc {
        self.os_error_for(errno, None, None)
    }

    /// [`Self::os_error`] with the file name or names that it is about.
    #[cold]
    pub fn os_error_for(&self, errno: i32, filename: Option<&Obj>, second: Option<&Obj>) -> Exc {
        let ty = subclass(i64::from(errno)).unwrap_or(&OS_ERROR);
        let mut args = vec![Int::new(i64::from(errno)), Str::new(&strerror(errno)).into_obj()];
        if let Some(filename) = filename {
            args.push(filename.clone());
            if let Some(second) = second {
                args.extend([self.none(), second.clone()]);
            }
        }
        self.error_with(ty, args)
    }

    /// The OSError for an error of Rust's library.
    #[cold]
    pub fn io_error(&self, error: &std::io::Error, filename: Option<&Obj>) -> Exc {
        match error.raw_os_error() {
            Some(errno) => self.os_error_for(errno, filename, None),
            None => self.error(&OS_ERROR, &error.to_string()),
        }
    }
}

/// What the system says of an errno.
pub fn strerror(errno: i32) -> String {
    let text = std::io::Error::from_raw_os_error(errno).to_string();
    let suffix = format!(" (os error {errno})");
    text.strip_suffix(&suffix).unwrap_or(&text).to_owned()
}
