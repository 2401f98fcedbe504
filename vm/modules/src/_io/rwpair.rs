//! `BufferedRWPair`: a reader and a writer as one stream.

use lasti_vm::call::{Args, Signature};
use lasti_vm::number::Int;
use lasti_vm::object::{Obj, ObjCell, Payload, Visitor};
use lasti_vm::types::{NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{PyResult, Ref, Vm};

use super::base::{check_readable, check_writable};
use super::bases::BUFFERED_IO_BASE;
use super::buffered::{self, BUFFERED_READER, BUFFERED_WRITER};
use super::{DEFAULT_BUFFER_SIZE, chained};

/// `BufferedRWPair`
pub(super) struct RwPair {
    reader: ObjCell,
    writer: ObjCell,
}

impl Payload for RwPair {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &BUFFERED_RW_PAIR
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        self.reader.traverse(visitor);
        self.writer.traverse(visitor);
    }

    fn clear(&self) {
        drop((self.reader.take(), self.writer.take()));
    }
}

lasti_vm::builtin_type!(/** `_io.BufferedRWPair` */ BUFFERED_RW_PAIR, "BufferedRWPair", RwPair);

fn new(_: &Vm, ty: &TypeObject, _: Args<'_>) -> PyResult {
    Ok(Ref::new_in(ty, RwPair { reader: ObjCell::empty(), writer: ObjCell::empty() }).into_obj())
}

static INIT: Signature<3> =
    Signature::new("BufferedRWPair", ["reader", "writer", "buffer_size"], 2).positional_only(3);

fn init_slot(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult<()> {
    let pair = vm.receiver::<RwPair>(object)?;
    args.no_keywords(vm, "BufferedRWPair")?;
    let [Some(reader), Some(writer), size] = args.bind(vm, &INIT)? else { return Ok(()) };
    let size = size.map_or(Ok(DEFAULT_BUFFER_SIZE as i64), |size| vm.index_i64(size))?;
    check_readable(vm, reader)?;
    check_writable(vm, writer)?;
    let of = |ty: &TypeObject, raw: &Obj| vm.call(&ty.to_obj(), &[raw.clone(), Int::new(size)]);
    pair.reader.set(of(&BUFFERED_READER, reader)?);
    pair.writer.set(of(&BUFFERED_WRITER, writer)?);
    Ok(())
}

fn part(vm: &Vm, object: &Obj, pick: impl FnOnce(&RwPair) -> &ObjCell) -> PyResult {
    pick(vm.receiver::<RwPair>(object)?)
        .get()
        .ok_or_else(|| vm.value_error("I/O operation on uninitialized object"))
}

fn on_reader(vm: &Vm, object: &Obj, method: &str, args: &[Obj]) -> PyResult {
    vm.call_method_named(&part(vm, object, |pair| &pair.reader)?, method, args)
}

fn on_writer(vm: &Vm, object: &Obj, method: &str, args: &[Obj]) -> PyResult {
    vm.call_method_named(&part(vm, object, |pair| &pair.writer)?, method, args)
}

/// First the writer, then the reader, whatever the writer raises.
fn close(vm: &Vm, object: &Obj) -> PyResult {
    let written = on_writer(vm, object, "close", &[]);
    let read = on_reader(vm, object, "close", &[]);
    chained(written.err(), read)
}

fn isatty(vm: &Vm, object: &Obj) -> PyResult {
    let writer = on_writer(vm, object, "isatty", &[])?;
    if vm.is_true(&writer)? { Ok(writer) } else { on_reader(vm, object, "isatty", &[]) }
}

macro_rules! forward {
    ($name:literal $on:ident $min:literal $max:literal) => {
        NativeDef::new(
            $name,
            "",
            "",
            NativeCall::Positional($min, $max, |vm, object, args| $on(vm, object, $name, args)),
        )
    };
}

static METHODS: &[NativeDef] = &[
    forward!("read" on_reader 0 1),
    forward!("peek" on_reader 0 1),
    forward!("read1" on_reader 0 1),
    forward!("readinto" on_reader 1 1),
    forward!("readinto1" on_reader 1 1),
    forward!("write" on_writer 1 1),
    forward!("flush" on_writer 0 0),
    forward!("readable" on_reader 0 0),
    forward!("writable" on_writer 0 0),
    NativeDef::new("close", "($self, /)", "", NativeCall::NoArgs(close)),
    NativeDef::new("isatty", "($self, /)", "", NativeCall::NoArgs(isatty)),
];

static PROPERTIES: &[Property] =
    &[Property::new("closed", "", |vm, object| match vm.receiver::<RwPair>(object)?.writer.get() {
        Some(writer) => vm.getattr_named(&writer, "closed"),
        None => Err(vm.runtime_error("the BufferedRWPair object is being garbage-collected")),
    })];

pub(super) fn init(vm: &Vm) {
    // The parts are streams of their own.
    debug_assert!(buffered::BUFFERED_READER.has(TypeFlags::READY));
    TypeBuilder::new(vm, &BUFFERED_RW_PAIR)
        .doc("BufferedRWPair(reader, writer, buffer_size=DEFAULT_BUFFER_SIZE, /)\n--\n\nA buffered reader and a buffered writer together.")
        .module("_io")
        .base(&BUFFERED_IO_BASE)
        .flags(TypeFlags::BASETYPE | TypeFlags::WEAKREFABLE)
        .with_dict()
        .slots(|slots| {
            slots.new.set(Some(new));
            slots.init.set(Some(init_slot));
        })
        .methods(METHODS)
        .properties(PROPERTIES)
        .ready();
}
