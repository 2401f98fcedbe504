//! Hash objects.

use std::cell::RefCell;
use std::fmt::Write as _;

use lasti_vm::buffer::Buffer;
use lasti_vm::bytes::Bytes;
use lasti_vm::call::{Args, Signature};
use lasti_vm::number::Int;
use lasti_vm::object::Payload;
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef, NewFn, Property, TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{Obj, PyResult, Ref, Vm};

use super::state::State;

/// The payload of all hash objects.
pub(super) struct Hash {
    state: RefCell<State>,
}

impl Payload for Hash {
    fn class() -> &'static TypeObject {
        &HASH
    }
}

lasti_vm::builtin_type!(/** What the hash types have in common; Python does not see it. */ HASH, "hash", Hash);

/// The memory of an object that is to be hashed.
fn memory(vm: &Vm, data: &Obj) -> PyResult<Buffer> {
    if data.downcast::<Str>().is_some() {
        return Err(vm.type_error("Strings must be encoded before hashing"));
    }
    vm.try_buffer(data)?.ok_or_else(|| vm.type_error("object supporting the buffer API required"))
}

/// The object that `data` or, as it was once called, `string` is to be hashed of.
pub(super) fn start(
    vm: &Vm,
    ty: &TypeObject,
    mut state: State,
    data: Option<&Obj>,
    string: Option<&Obj>,
) -> PyResult {
    if data.is_some() && string.is_some() {
        return Err(vm.type_error(
            "'data' and 'string' are mutually exclusive and support for 'string' keyword parameter is slated for removal in a future version.",
        ));
    }
    if let Some(data) = data.or(string) {
        memory(vm, data)?.read(|bytes| state.update(bytes));
    }
    Ok(Ref::new_in(ty, Hash { state: RefCell::new(state) }).into_obj())
}

/// `name(data=b'', *, usedforsecurity=True, string=None)`
pub(super) fn construct(
    vm: &Vm,
    name: &'static str,
    ty: &TypeObject,
    state: State,
    args: Args<'_>,
) -> PyResult {
    let signature = Signature::new(name, ["data", "usedforsecurity", "string"], 0).keyword_only(1);
    let [data, security, string] = args.bind(vm, &signature)?;
    if let Some(security) = security {
        vm.is_true(security)?;
    }
    start(vm, ty, state, data, string)
}

fn receiver<'a>(vm: &Vm, object: &'a Obj) -> PyResult<&'a Ref<Hash>> {
    vm.receiver::<Hash>(object)
}

fn copy(vm: &Vm, object: &Obj) -> PyResult {
    let state = receiver(vm, object)?.state.borrow().clone();
    Ok(Ref::new_in(object.ty(), Hash { state: RefCell::new(state) }).into_obj())
}

fn update(vm: &Vm, object: &Obj, data: &Obj) -> PyResult {
    let memory = memory(vm, data)?;
    let hash = receiver(vm, object)?;
    memory.read(|bytes| hash.state.borrow_mut().update(bytes));
    Ok(vm.none())
}

fn hex(bytes: &[u8]) -> Obj {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string can't fail.
        let _ = write!(text, "{byte:02x}");
    }
    Str::new(&text).into_obj()
}

fn digest(vm: &Vm, object: &Obj) -> PyResult {
    Ok(Bytes::new(&receiver(vm, object)?.state.borrow().digest(0)).into_obj())
}

fn hexdigest(vm: &Vm, object: &Obj) -> PyResult {
    Ok(hex(&receiver(vm, object)?.state.borrow().digest(0)))
}

/// As much of a SHAKE digest as is asked for.
fn long_digest(vm: &Vm, object: &Obj, function: &'static str, args: Args<'_>) -> PyResult<Vec<u8>> {
    let [Some(length)] = args.bind(vm, &Signature::new(function, ["length"], 1))? else {
        return Ok(Vec::new());
    };
    let length = vm.index(length)?;
    if length.as_int().is_some_and(|length| length.is_negative()) {
        return Err(vm.value_error("Cannot convert negative int"));
    }
    let length = length.as_i64().filter(|&length| length < 1 << 29);
    let length = length.ok_or_else(|| vm.value_error("length is too large"))?;
    Ok(receiver(vm, object)?.state.borrow().digest(length as usize))
}

const COPY: NativeDef =
    NativeDef::new("copy", "($self, /)", "Return a copy of the hash object.", NativeCall::NoArgs(copy));
const UPDATE: NativeDef = NativeDef::new(
    "update",
    "($self, obj, /)",
    "Update this hash object's state with the provided string.",
    NativeCall::One(update),
);
const DIGEST: &str = "Return the digest value as a bytes object.";
const HEXDIGEST: &str = "Return the digest value as a string of hexadecimal digits.";

const METHODS: &[NativeDef] = &[
    COPY,
    NativeDef::new("digest", "($self, /)", DIGEST, NativeCall::NoArgs(digest)),
    NativeDef::new("hexdigest", "($self, /)", HEXDIGEST, NativeCall::NoArgs(hexdigest)),
    UPDATE,
];

const LONG_METHODS: &[NativeDef] = &[
    COPY,
    NativeDef::new(
        "digest",
        "($self, /, length)",
        DIGEST,
        NativeCall::Full(|vm, object, args| {
            Ok(Bytes::new(&long_digest(vm, object, "digest", args)?).into_obj())
        }),
    ),
    NativeDef::new(
        "hexdigest",
        "($self, /, length)",
        HEXDIGEST,
        NativeCall::Full(|vm, object, args| Ok(hex(&long_digest(vm, object, "hexdigest", args)?))),
    ),
    UPDATE,
];

const PROPERTIES: &[Property] = &[
    Property::new("block_size", "", |vm, object| {
        Ok(Int::from_usize(receiver(vm, object)?.state.borrow().block_size()))
    }),
    Property::new("name", "", |vm, object| {
        Ok(Str::new(receiver(vm, object)?.state.borrow().name()).into_obj())
    }),
    Property::new("digest_size", "", |vm, object| {
        Ok(Int::from_usize(receiver(vm, object)?.state.borrow().digest_size()))
    }),
];

fn rate(vm: &Vm, object: &Obj) -> PyResult<i64> {
    Ok(receiver(vm, object)?.state.borrow().block_size() as i64 * 8)
}

const SPONGE_PROPERTIES: &[Property] = &[
    Property::new("_capacity_bits", "", |vm, object| Ok(Int::new(1600 - rate(vm, object)?))),
    Property::new("_rate_bits", "", |vm, object| Ok(Int::new(rate(vm, object)?))),
    Property::new("_suffix", "", |vm, object| {
        let suffix = if receiver(vm, object)?.state.borrow().is_shake() { 0x1F } else { 0x06 };
        Ok(Bytes::new(&[suffix]).into_obj())
    }),
];

/// Completes a hash type; `new` where it makes its own instances.
pub(super) fn ready(
    vm: &Vm,
    ty: &'static TypeObject,
    module: &'static str,
    doc: &'static str,
    new: Option<NewFn>,
) {
    if !HASH.has(TypeFlags::READY) {
        TypeBuilder::new(vm, &HASH).flags(TypeFlags::DISALLOW_INSTANTIATION).ready();
    }
    let shake = matches!(ty.name().as_str(), "shake_128" | "shake_256");
    let sponge = module == "_sha3";
    let mut builder = TypeBuilder::new(vm, ty)
        .doc(doc)
        .module(module)
        .methods(if shake { LONG_METHODS } else { METHODS })
        .properties(PROPERTIES);
    if sponge {
        builder = builder.properties(SPONGE_PROPERTIES);
    }
    match new {
        Some(_) => builder.slots(|slots| slots.new.set(new)).ready(),
        None => builder.flags(TypeFlags::DISALLOW_INSTANTIATION).ready(),
    }
}
