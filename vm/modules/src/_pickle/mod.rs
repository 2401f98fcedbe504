//! `_pickle`: objects as bytes, and back. CPython: Modules/_pickle.c, Lib/pickle.py; PEP 307, 3154, 574.
//!
//! - here: the module's functions and exceptions
//! - `pickler`, `unpickler`: the types, their attributes; `proxies`: their memos as Python sees them
//! - `save`: writing one object; `load`: reading one
//! - `memo`: what was written and read, by number
//! - `buffer`: `PickleBuffer`; `names`: what is looked up in other modules; `opcodes`: the codes

mod buffer;
mod load;
mod memo;
mod names;
mod opcodes;
mod pickler;
mod proxies;
mod save;
mod unpickler;

use lasti_vm::builtins::{BASE_EXCEPTION, EXCEPTION};
use lasti_vm::errors::BaseException;
use lasti_vm::module::{Module, NativeModule};
use lasti_vm::types::{NativeCall, NativeDef, TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{Exc, PyResult, Ref, Vm};

/// The newest protocol.
const HIGHEST_PROTOCOL: u8 = 5;

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "_pickle",
    doc: "Optimized C implementation for the Python pickle module.",
    functions: FUNCTIONS,
    fill,
};

lasti_vm::builtin_type!(/** `_pickle.PickleError` */ PICKLE_ERROR, "PickleError", BaseException, on BASE_EXCEPTION);
lasti_vm::builtin_type!(/** `_pickle.PicklingError` */ PICKLING_ERROR, "PicklingError", BaseException, on BASE_EXCEPTION);
lasti_vm::builtin_type!(/** `_pickle.UnpicklingError` */ UNPICKLING_ERROR, "UnpicklingError", BaseException, on BASE_EXCEPTION);

#[cold]
fn pickling_error(vm: &Vm, message: &str) -> Exc {
    vm.error(&PICKLING_ERROR, message)
}

#[cold]
fn unpickling_error(vm: &Vm, message: &str) -> Exc {
    vm.error(&UNPICKLING_ERROR, message)
}

static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "dump",
        "($module, /, obj, file, protocol=None, *, fix_imports=True,\n     buffer_callback=None)",
        "Write a pickled representation of obj to the open file object file.\n\nThis is equivalent to ``Pickler(file, protocol).dump(obj)``, but may\nbe more efficient.\n\nThe optional *protocol* argument tells the pickler to use the given\nprotocol; supported protocols are 0, 1, 2, 3, 4 and 5.  The default\nprotocol is 5. It was introduced in Python 3.8, and is incompatible\nwith previous versions.\n\nSpecifying a negative protocol version selects the highest protocol\nversion supported.  The higher the protocol used, the more recent the\nversion of Python needed to read the pickle produced.\n\nThe *file* argument must have a write() method that accepts a single\nbytes argument.  It can thus be a file object opened for binary\nwriting, an io.BytesIO instance, or any other custom object that meets\nthis interface.\n\nIf *fix_imports* is True and protocol is less than 3, pickle will try\nto map the new Python 3 names to the old module names used in Python\n2, so that the pickle data stream is readable with Python 2.\n\nIf *buffer_callback* is None (the default), buffer views are serialized\ninto *file* as part of the pickle stream.  It is an error if\n*buffer_callback* is not None and *protocol* is None or smaller than 5.",
        NativeCall::Full(pickler::dump_function),
    ),
    NativeDef::new(
        "dumps",
        "($module, /, obj, protocol=None, *, fix_imports=True,\n      buffer_callback=None)",
        "Return the pickled representation of the object as a bytes object.\n\nThe optional *protocol* argument tells the pickler to use the given\nprotocol; supported protocols are 0, 1, 2, 3, 4 and 5.  The default\nprotocol is 5. It was introduced in Python 3.8, and is incompatible\nwith previous versions.\n\nSpecifying a negative protocol version selects the highest protocol\nversion supported.  The higher the protocol used, the more recent the\nversion of Python needed to read the pickle produced.\n\nIf *fix_imports* is True and *protocol* is less than 3, pickle will\ntry to map the new Python 3 names to the old module names used in\nPython 2, so that the pickle data stream is readable with Python 2.\n\nIf *buffer_callback* is None (the default), buffer views are serialized\ninto *file* as part of the pickle stream.  It is an error if\n*buffer_callback* is not None and *protocol* is None or smaller than 5.",
        NativeCall::Full(pickler::dumps_function),
    ),
    NativeDef::new(
        "load",
        "($module, /, file, *, fix_imports=True, encoding='ASCII',\n     errors='strict', buffers=())",
        "Read and return an object from the pickle data stored in a file.\n\nThis is equivalent to ``Unpickler(file).load()``, but may be more\nefficient.\n\nThe protocol version of the pickle is detected automatically, so no\nprotocol argument is needed.  Bytes past the pickled object's\nrepresentation are ignored.\n\nThe argument *file* must have two methods, a read() method that takes\nan integer argument, and a readline() method that requires no\narguments.  Both methods should return bytes.  Thus *file* can be a\nbinary file object opened for reading, an io.BytesIO object, or any\nother custom object that meets this interface.\n\nOptional keyword arguments are *fix_imports*, *encoding* and *errors*,\nwhich are used to control compatibility support for pickle stream\ngenerated by Python 2.  If *fix_imports* is True, pickle will try to\nmap the old Python 2 names to the new names used in Python 3.  The\n*encoding* and *errors* tell pickle how to decode 8-bit string\ninstances pickled by Python 2; these default to 'ASCII' and 'strict',\nrespectively.  The *encoding* can be 'bytes' to read these 8-bit\nstring instances as bytes objects.",
        NativeCall::Full(unpickler::load_function),
    ),
    NativeDef::new(
        "loads",
        "($module, data, /, *, fix_imports=True, encoding='ASCII',\n      errors='strict', buffers=())",
        "Read and return an object from the given pickle data.\n\nThe protocol version of the pickle is detected automatically, so no\nprotocol argument is needed.  Bytes past the pickled object's\nrepresentation are ignored.\n\nOptional keyword arguments are *fix_imports*, *encoding* and *errors*,\nwhich are used to control compatibility support for pickle stream\ngenerated by Python 2.  If *fix_imports* is True, pickle will try to\nmap the old Python 2 names to the new names used in Python 3.  The\n*encoding* and *errors* tell pickle how to decode 8-bit string\ninstances pickled by Python 2; these default to 'ASCII' and 'strict',\nrespectively.  The *encoding* can be 'bytes' to read these 8-bit\nstring instances as bytes objects.",
        NativeCall::Full(unpickler::loads_function),
    ),
];

fn ready_error(vm: &Vm, ty: &'static TypeObject, base: &'static TypeObject) {
    TypeBuilder::new(vm, ty)
        .base(base)
        .module("_pickle")
        .flags(TypeFlags::BASETYPE | TypeFlags::EXCEPTION)
        .mutable()
        .ready();
}

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    if !PICKLE_ERROR.has(TypeFlags::READY) {
        ready_error(vm, &PICKLE_ERROR, &EXCEPTION);
        ready_error(vm, &PICKLING_ERROR, &PICKLE_ERROR);
        ready_error(vm, &UNPICKLING_ERROR, &PICKLE_ERROR);
        buffer::ready(vm);
        proxies::ready(vm);
        pickler::ready(vm);
        unpickler::ready(vm);
    }
    for ty in [
        &buffer::PICKLE_BUFFER,
        &pickler::PICKLER,
        &unpickler::UNPICKLER,
        &PICKLE_ERROR,
        &PICKLING_ERROR,
        &UNPICKLING_ERROR,
    ] {
        module.add_type(vm, ty)?;
    }
    Ok(())
}
