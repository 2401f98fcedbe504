//! `_struct`: C values as bytes. CPython: Modules/_struct.c.

use std::cell::{Cell, RefCell};

use lasti_text::complex::Complex as Number;
use lasti_text::structs::{Format, Unpacked, Value};
use lasti_text::{Error, ErrorKind};
use lasti_vm::buffer::ByteArray;
use lasti_vm::builtins::{BASE_EXCEPTION, EXCEPTION, iter_self};
use lasti_vm::bytes::Bytes;
use lasti_vm::errors::BaseException;
use lasti_vm::module::{Module, NativeModule};
use lasti_vm::number::{Complex, Float, Int, IntView};
use lasti_vm::object::{ObjCell, Payload, Visitor};
use lasti_vm::sequence::Tuple;
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{Args, Exc, Obj, PyResult, Ref, Signature, Vm};

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "_struct",
    doc: "Functions to convert between Python values and C structs.\nPython bytes objects are used to hold the data representing the C struct\nand also as format strings (explained below) to describe the layout of data\nin the C struct.",
    functions: FUNCTIONS,
    fill,
};

lasti_vm::builtin_type!(/** `struct.error` */ ERROR, "error", BaseException, on BASE_EXCEPTION);

fn raise(vm: &Vm, error: &Error) -> Exc {
    if error.kind == ErrorKind::Struct { vm.error(&ERROR, &error.message) } else { vm.text_error(error) }
}

/// The payload of `Struct`: a format that was read.
struct Struct {
    text: RefCell<String>,
    format: RefCell<Option<Format>>,
}

impl Payload for Struct {
    fn class() -> &'static TypeObject {
        &STRUCT
    }
}

lasti_vm::builtin_type!(/** `Struct` */ STRUCT, "Struct", Struct);

fn format_text(vm: &Vm, format: &Obj) -> PyResult<String> {
    if let Some(text) = format.downcast::<Str>() {
        if !text.is_ascii() {
            return vm.encode(text, "ascii", "strict").map(|_| String::new());
        }
        return Ok(text.to_string_lossy().into_owned());
    }
    match format.downcast::<Bytes>() {
        Some(bytes) => Ok(String::from_utf8_lossy(bytes.as_slice()).into_owned()),
        None => Err(vm.type_error(format!(
            "Struct() argument 1 must be a str or bytes object, not {}",
            format.ty().name()
        ))),
    }
}

fn parse(vm: &Vm, format: &Obj) -> PyResult<Format> {
    if format.downcast::<Struct>().is_some() {
        return of_struct(vm, format);
    }
    let text = format_text(vm, format)?;
    Format::parse(text.as_bytes()).map_err(|error| raise(vm, &error))
}

fn of_struct(vm: &Vm, object: &Obj) -> PyResult<Format> {
    let format = vm.receiver::<Struct>(object)?.format.borrow().clone();
    format.ok_or_else(|| vm.runtime_error("Struct object is not initialized"))
}

/// What a value is packed from, kept as long as packing needs it.
enum Held {
    Int(Obj),
    Float(f64),
    Complex(Number),
    Bool(bool),
    Bytes(Vec<u8>),
    ByteArray(Vec<u8>),
    Other,
}

impl Held {
    /// An argument for a field with this code.
    fn of(vm: &Vm, code: u8, value: &Obj) -> PyResult<Self> {
        if code == b'?' {
            return Ok(Self::Bool(vm.is_true(value)?));
        }
        if let Some(bytes) = value.downcast::<Bytes>() {
            return Ok(Self::Bytes(bytes.as_slice().to_vec()));
        }
        if let Some(array) = value.downcast::<ByteArray>() {
            return Ok(Self::ByteArray(array.to_vec()));
        }
        match code {
            b'e' | b'f' | b'd' => match vm.float(value) {
                Ok(float) => Ok(Self::Float(float)),
                Err(error) if error.is(&lasti_vm::builtins::TYPE_ERROR) => Ok(Self::Other),
                Err(error) => Err(error),
            },
            b'F' | b'D' => Ok(match value.downcast::<Complex>() {
                Some(number) => Self::Complex(Number::new(number.real, number.imag)),
                None => vm.float(value).map_or(Self::Other, |real| Self::Complex(Number::new(real, 0.0))),
            }),
            _ if value.as_int().is_some() || value.ty().slots.nb_index.get().is_some() => {
                vm.index(value).map(Self::Int)
            }
            _ => Ok(Self::Other),
        }
    }

    fn value(&self) -> Value<'_> {
        match self {
            Self::Int(int) => Value::Int(int.as_int().unwrap_or(IntView::Small(0)).into()),
            Self::Float(float) => Value::Float(*float),
            Self::Complex(number) => Value::Complex(*number),
            Self::Bool(bool) => Value::Bool(*bool),
            Self::Bytes(bytes) => Value::Bytes(bytes),
            Self::ByteArray(bytes) => Value::ByteArray(bytes),
            Self::Other => Value::Other,
        }
    }
}

fn held(vm: &Vm, format: &Format, values: &[Obj], function: &str) -> PyResult<Vec<Held>> {
    format.check_count(values.len(), function).map_err(|error| raise(vm, &error))?;
    format.fields().zip(values).map(|(field, value)| Held::of(vm, field.code, value)).collect()
}

fn pack_values(vm: &Vm, format: &Format, values: &[Obj]) -> PyResult {
    let held = held(vm, format, values, "pack")?;
    let values: Vec<Value<'_>> = held.iter().map(Held::value).collect();
    let packed = format.pack(&values).map_err(|error| raise(vm, &error))?;
    Ok(Bytes::new(&packed).into_obj())
}

fn pack_values_into(vm: &Vm, format: &Format, args: &[Obj]) -> PyResult {
    let [buffer, offset, values @ ..] = args else {
        let missing = if args.is_empty() { "buffer argument" } else { "offset argument" };
        return Err(vm.error(&ERROR, &format!("pack_into expected {missing}")));
    };
    let held = held(vm, format, values, "pack_into")?;
    let offset = vm.size_argument(offset)?;
    let values: Vec<Value<'_>> = held.iter().map(Held::value).collect();
    let target = vm.buffer(buffer)?;
    let written = target.write(|bytes| format.pack_into(bytes, offset, &values));
    match written {
        Some(written) => written.map_err(|error| raise(vm, &error)).map(|()| vm.none()),
        None => Err(vm.type_error(format!(
            "argument must be read-write bytes-like object, not {}",
            buffer.ty().name()
        ))),
    }
}

fn objects(vm: &Vm, values: Vec<Unpacked<'_>>) -> Obj {
    let object = |value: Unpacked<'_>| match value {
        Unpacked::Int(int) => Int::from_text(int),
        Unpacked::Float(float) => Float::new(float),
        Unpacked::Complex(number) => Complex::new(number.real, number.imag),
        Unpacked::Bool(bool) => vm.bool(bool),
        Unpacked::Bytes(bytes) => Bytes::new(bytes).into_obj(),
    };
    Tuple::new(values.into_iter().map(object).collect()).into_obj()
}

fn unpack_bytes(vm: &Vm, format: &Format, buffer: &Obj) -> PyResult {
    let bytes = vm.bytes_like(buffer)?;
    let values = format.unpack(&bytes).map_err(|error| raise(vm, &error))?;
    Ok(objects(vm, values))
}

static UNPACK_FROM: Signature<3> =
    Signature::new("unpack_from", ["format", "buffer", "offset"], 2).positional_only(1);
static STRUCT_UNPACK_FROM: Signature<2> = Signature::new("unpack_from", ["buffer", "offset"], 1);

fn unpack_at(vm: &Vm, format: &Format, buffer: Option<&Obj>, offset: Option<&Obj>) -> PyResult {
    let Some(buffer) = buffer else { return Ok(vm.none()) };
    let offset = offset.map_or(Ok(0), |offset| vm.size_argument(offset))?;
    let bytes = vm.bytes_like(buffer)?;
    let values = format.unpack_from(&bytes, offset).map_err(|error| raise(vm, &error))?;
    Ok(objects(vm, values))
}

/// `unpack_iterator`
struct UnpackIter {
    format: Format,
    buffer: ObjCell,
    at: Cell<usize>,
}

impl Payload for UnpackIter {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &UNPACK_ITERATOR
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        self.buffer.traverse(visitor);
    }
}

lasti_vm::builtin_type!(/** `unpack_iterator` */ UNPACK_ITERATOR, "unpack_iterator", UnpackIter);

fn iterate(vm: &Vm, format: Format, buffer: &Obj) -> PyResult {
    let bytes = vm.bytes_like(buffer)?;
    format.iter_unpack(&bytes).map(|_| ()).map_err(|error| raise(vm, &error))?;
    let buffer = ObjCell::new(Some(buffer.clone()));
    Ok(Ref::new(UnpackIter { format, buffer, at: Cell::new(0) }).into_obj())
}

fn unpack_next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let iterator = vm.receiver::<UnpackIter>(object)?;
    let Some(buffer) = iterator.buffer.get() else { return Ok(None) };
    let bytes = vm.bytes_like(&buffer)?;
    let (start, size) = (iterator.at.get(), iterator.format.size());
    let Some(chunk) = bytes.get(start..start + size) else {
        drop(iterator.buffer.take());
        return Ok(None);
    };
    iterator.at.set(start + size);
    let values = iterator.format.unpack(chunk).map_err(|error| raise(vm, &error))?;
    Ok(Some(objects(vm, values)))
}

fn length_hint(vm: &Vm, object: &Obj) -> PyResult {
    let iterator = vm.receiver::<UnpackIter>(object)?;
    let Some(buffer) = iterator.buffer.get() else { return Ok(Int::new(0)) };
    let left = vm.bytes_like(&buffer)?.len().saturating_sub(iterator.at.get());
    Ok(Int::from_usize(left / iterator.format.size().max(1)))
}

/// The format, then the other arguments.
fn split<'a>(vm: &Vm, function: &str, args: Args<'a>) -> PyResult<(Format, &'a [Obj])> {
    args.no_keywords(vm, &format!("_struct.{function}"))?;
    match args.all() {
        [format, rest @ ..] => Ok((parse(vm, format)?, rest)),
        [] => Err(vm.type_error("missing format argument")),
    }
}

fn calcsize(vm: &Vm, _: &Obj, format: &Obj) -> PyResult {
    parse(vm, format).map(|format| Int::from_usize(format.size()))
}

fn pack(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let (format, values) = split(vm, "pack", args)?;
    pack_values(vm, &format, values)
}

fn pack_into(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let (format, rest) = split(vm, "pack_into", args)?;
    pack_values_into(vm, &format, rest)
}

fn unpack(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let [format, buffer] = args else { return Ok(vm.none()) };
    unpack_bytes(vm, &parse(vm, format)?, buffer)
}

fn unpack_from(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [format, buffer, offset] = args.bind(vm, &UNPACK_FROM)?;
    let Some(format) = format else { return Ok(vm.none()) };
    unpack_at(vm, &parse(vm, format)?, buffer, offset)
}

fn iter_unpack(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let [format, buffer] = args else { return Ok(vm.none()) };
    iterate(vm, parse(vm, format)?, buffer)
}

/// Formats are not kept between calls: reading one is cheap.
fn clear_cache(vm: &Vm, _: &Obj) -> PyResult {
    Ok(vm.none())
}

const FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "_clearcache",
        "($module, /)",
        "Clear the internal cache.",
        NativeCall::NoArgs(clear_cache),
    ),
    NativeDef::new(
        "calcsize",
        "($module, format, /)",
        "Return size in bytes of the struct described by the format string.",
        NativeCall::One(calcsize),
    ),
    NativeDef::new(
        "iter_unpack",
        "($module, format, buffer, /)",
        "Return an iterator yielding tuples unpacked from the given bytes.\n\nThe bytes are unpacked according to the format string, like\na repeated invocation of unpack_from().\n\nRequires that the bytes length be a multiple of the format struct size.",
        NativeCall::Positional(2, 2, iter_unpack),
    ),
    NativeDef::new(
        "pack",
        "",
        "pack(format, v1, v2, ...) -> bytes\n\nReturn a bytes object containing the values v1, v2, ... packed according\nto the format string.  See help(struct) for more on format strings.",
        NativeCall::Full(pack),
    ),
    NativeDef::new(
        "pack_into",
        "",
        "pack_into(format, buffer, offset, v1, v2, ...)\n\nPack the values v1, v2, ... according to the format string and write\nthe packed bytes into the writable buffer buf starting at offset.  Note\nthat the offset is a required argument.  See help(struct) for more\non format strings.",
        NativeCall::Full(pack_into),
    ),
    NativeDef::new(
        "unpack",
        "($module, format, buffer, /)",
        "Return a tuple containing values unpacked according to the format string.\n\nThe buffer's size in bytes must be calcsize(format).\n\nSee help(struct) for more on format strings.",
        NativeCall::Positional(2, 2, unpack),
    ),
    NativeDef::new(
        "unpack_from",
        "($module, format, /, buffer, offset=0)",
        "Return a tuple containing values unpacked according to the format string.\n\nThe buffer's size, minus offset, must be at least calcsize(format).\n\nSee help(struct) for more on format strings.",
        NativeCall::Full(unpack_from),
    ),
];

fn struct_new(_: &Vm, ty: &TypeObject, _: Args<'_>) -> PyResult {
    let empty = Struct { text: RefCell::new(String::new()), format: RefCell::new(None) };
    Ok(Ref::new_in(ty, empty).into_obj())
}

static STRUCT_SIGNATURE: Signature<1> = Signature::new("Struct", ["format"], 1);

fn struct_init(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult<()> {
    let this = vm.receiver::<Struct>(object)?;
    let [Some(format)] = args.bind(vm, &STRUCT_SIGNATURE)? else { return Ok(()) };
    let text = format_text(vm, format)?;
    let format = Format::parse(text.as_bytes()).map_err(|error| raise(vm, &error))?;
    this.text.replace(text);
    this.format.replace(Some(format));
    Ok(())
}

fn struct_repr(vm: &Vm, object: &Obj) -> PyResult {
    of_struct(vm, object)?;
    let text = vm.receiver::<Struct>(object)?.text.borrow().clone();
    let shown = vm.repr_text(Str::new(&text).as_obj())?;
    Ok(Str::new(&format!("{}({shown})", object.ty().name())).into_obj())
}

const STRUCT_METHODS: &[NativeDef] = &[
    NativeDef::new(
        "pack",
        "",
        "S.pack(v1, v2, ...) -> bytes\n\nReturn a bytes object containing values v1, v2, ... packed according\nto the format string S.format.  See help(struct) for more on format\nstrings.",
        NativeCall::Full(|vm, object, args| {
            args.no_keywords(vm, "Struct.pack")?;
            pack_values(vm, &of_struct(vm, object)?, args.all())
        }),
    ),
    NativeDef::new(
        "pack_into",
        "",
        "S.pack_into(buffer, offset, v1, v2, ...)\n\nPack the values v1, v2, ... according to the format string S.format\nand write the packed bytes into the writable buffer buf starting at\noffset.  Note that the offset is a required argument.  See\nhelp(struct) for more on format strings.",
        NativeCall::Full(|vm, object, args| {
            args.no_keywords(vm, "Struct.pack_into")?;
            pack_values_into(vm, &of_struct(vm, object)?, args.all())
        }),
    ),
    NativeDef::new(
        "unpack",
        "($self, buffer, /)",
        "Return a tuple containing unpacked values.\n\nUnpack according to the format string Struct.format. The buffer's size\nin bytes must be Struct.size.\n\nSee help(struct) for more on format strings.",
        NativeCall::One(|vm, object, buffer| unpack_bytes(vm, &of_struct(vm, object)?, buffer)),
    ),
    NativeDef::new(
        "unpack_from",
        "($self, /, buffer, offset=0)",
        "Return a tuple containing unpacked values.\n\nValues are unpacked according to the format string Struct.format.\n\nThe buffer's size in bytes, starting at position offset, must be\nat least Struct.size.\n\nSee help(struct) for more on format strings.",
        NativeCall::Full(|vm, object, args| {
            let [buffer, offset] = args.bind(vm, &STRUCT_UNPACK_FROM)?;
            unpack_at(vm, &of_struct(vm, object)?, buffer, offset)
        }),
    ),
    NativeDef::new(
        "iter_unpack",
        "($self, buffer, /)",
        "Return an iterator yielding tuples.\n\nTuples are unpacked from the given bytes source, like a repeated\ninvocation of unpack_from().\n\nRequires that the bytes length be a multiple of the struct size.",
        NativeCall::One(|vm, object, buffer| iterate(vm, of_struct(vm, object)?, buffer)),
    ),
    NativeDef::new(
        "__sizeof__",
        "",
        "S.__sizeof__() -> size of S in memory, in bytes",
        NativeCall::NoArgs(|vm, object| {
            let fields = of_struct(vm, object)?.fields().count();
            Ok(Int::from_usize(16 + size_of::<Struct>() + fields * 24))
        }),
    ),
];

const STRUCT_PROPERTIES: &[Property] = &[
    Property::new("format", "struct format string", |vm, object| {
        of_struct(vm, object)?;
        Ok(Str::new(&vm.receiver::<Struct>(object)?.text.borrow()).into_obj())
    }),
    Property::new("size", "struct size in bytes", |vm, object| {
        let format = vm.receiver::<Struct>(object)?.format.borrow();
        Ok(format.as_ref().map_or_else(|| Int::new(-1), |format| Int::from_usize(format.size())))
    }),
];

const ITERATOR_METHODS: &[NativeDef] =
    &[NativeDef::new("__length_hint__", "", "", NativeCall::NoArgs(length_hint))];

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    if !STRUCT.has(TypeFlags::READY) {
        TypeBuilder::new(vm, &ERROR)
            .base(&EXCEPTION)
            .module("struct")
            .flags(TypeFlags::BASETYPE | TypeFlags::EXCEPTION)
            .ready();
        TypeBuilder::new(vm, &STRUCT)
            .doc("Struct(fmt) --> compiled struct object")
            .module("_struct")
            .flags(TypeFlags::BASETYPE | TypeFlags::WEAKREFABLE)
            .slots(|slots| {
                slots.new.set(Some(struct_new));
                slots.init.set(Some(struct_init));
                slots.repr.set(Some(struct_repr));
            })
            .methods(STRUCT_METHODS)
            .properties(STRUCT_PROPERTIES)
            .ready();
        TypeBuilder::new(vm, &UNPACK_ITERATOR)
            .module("_struct")
            .flags(TypeFlags::DISALLOW_INSTANTIATION)
            .slots(|slots| {
                slots.iter.set(Some(iter_self));
                slots.iternext.set(Some(unpack_next));
            })
            .methods(ITERATOR_METHODS)
            .ready();
    }
    module.add_type(vm, &ERROR)?;
    module.add_type(vm, &STRUCT)
}
