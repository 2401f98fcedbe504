//! `_blake2`

use lasti_vm::call::{Args, Signature};
use lasti_vm::module::{Module, NativeModule};
use lasti_vm::number::Int;
use lasti_vm::types::{TypeFlags, TypeObject};
use lasti_vm::{Obj, PyResult, Ref, Vm};

use super::GIL_MINSIZE;
use super::object::{HASH, Hash, ready, start};
use super::state::State;

/// The module.
pub(crate) static MODULE: NativeModule =
    NativeModule { name: "_blake2", doc: "_blake2b provides BLAKE2b for hashlib\n", functions: &[], fill };

lasti_vm::builtin_type!(/** `_blake2.blake2b` */ BLAKE2B, "blake2b", Hash, on HASH);
lasti_vm::builtin_type!(/** `_blake2.blake2s` */ BLAKE2S, "blake2s", Hash, on HASH);

/// What a variant allows.
struct Limits {
    name: &'static str,
    /// How messages call it.
    shown: &'static str,
    digest: usize,
    salt: usize,
    /// The greatest node offset has so many bits.
    offset_bits: u32,
}

const B: Limits = Limits { name: "blake2b", shown: "Blake2b", digest: 64, salt: 16, offset_bits: 64 };
const S: Limits = Limits { name: "blake2s", shown: "Blake2s", digest: 32, salt: 8, offset_bits: 48 };

const NAMES: [&str; 14] = [
    "data",
    "digest_size",
    "key",
    "salt",
    "person",
    "fanout",
    "depth",
    "leaf_size",
    "node_offset",
    "node_depth",
    "inner_size",
    "last_node",
    "usedforsecurity",
    "string",
];

/// The parameters of the tree mode, and the texts.
struct Parameters {
    digest_size: usize,
    key: Vec<u8>,
    salt: Vec<u8>,
    person: Vec<u8>,
    fanout: u8,
    depth: u8,
    leaf_size: u32,
    node_offset: u64,
    node_depth: u8,
    inner_size: usize,
    last_node: bool,
}

fn bytes(vm: &Vm, value: Option<&Obj>, longest: usize, name: &str) -> PyResult<Vec<u8>> {
    let Some(value) = value else { return Ok(Vec::new()) };
    let bytes = vm.bytes_like(value)?;
    if bytes.len() > longest {
        return Err(vm.value_error(format!("maximum {name} length is {longest} bytes")));
    }
    Ok(bytes.into_owned())
}

/// A number of up to so many bits.
fn number(vm: &Vm, value: Option<&Obj>, bits: u32, name: &str) -> PyResult<u64> {
    let Some(value) = value else { return Ok(0) };
    let index = vm.index(value)?;
    let Some(int) = index.as_int() else { return Ok(0) };
    if int.is_negative() {
        return Err(vm.value_error("Cannot convert negative int"));
    }
    let digits = int.to_big().to_u64_digits().1;
    match *digits {
        [] => Ok(0),
        [only] if u64::BITS - only.leading_zeros() <= bits => Ok(only),
        _ => Err(vm.overflow_error(format!("{name} is too large"))),
    }
}

impl Parameters {
    fn of(vm: &Vm, limits: &Limits, bound: &[Option<&Obj>; 14]) -> PyResult<Self> {
        let small = |place: usize, default: i64, range: std::ops::RangeInclusive<i64>, message: &str| {
            let value = bound[place].map_or(Ok(default), |value| vm.c_int_argument(value).map(i64::from))?;
            if range.contains(&value) { Ok(value) } else { Err(vm.value_error(message)) }
        };
        let digest_size = bound[1].map_or(Ok(limits.digest as i64), |size| vm.index_i64(size))?;
        let most = limits.digest as i64;
        if !(1..=most).contains(&digest_size) {
            return Err(vm.value_error(format!(
                "digest_size for {} must be between 1 and {most} bytes, here it is {digest_size}",
                limits.shown
            )));
        }
        Ok(Self {
            digest_size: digest_size as usize,
            salt: bytes(vm, bound[3], limits.salt, "salt")?,
            person: bytes(vm, bound[4], limits.salt, "person")?,
            fanout: small(5, 1, 0..=255, "fanout must be between 0 and 255")? as u8,
            depth: small(6, 1, 1..=255, "depth must be between 1 and 255")? as u8,
            leaf_size: number(vm, bound[7], 32, "leaf_size")? as u32,
            node_offset: number(vm, bound[8], limits.offset_bits, "node_offset")?,
            node_depth: small(9, 0, 0..=255, "node_depth must be between 0 and 255")? as u8,
            inner_size: small(10, 0, 0..=most, &format!("inner_size must be between 0 and is {most}"))?
                as usize,
            key: bytes(vm, bound[2], limits.digest, "key")?,
            last_node: bound[11].map_or(Ok(false), |last| vm.is_true(last))?,
        })
    }
}

macro_rules! state {
    ($crate_name:ident, $variant:ident, $parameters:ident) => {{
        let mut params = $crate_name::Params::new();
        params
            .hash_length($parameters.digest_size)
            .key(&$parameters.key)
            .salt(&$parameters.salt)
            .personal(&$parameters.person)
            .fanout($parameters.fanout)
            .max_depth($parameters.depth)
            .max_leaf_length($parameters.leaf_size)
            .node_offset($parameters.node_offset)
            .node_depth($parameters.node_depth)
            .inner_hash_length($parameters.inner_size)
            .last_node($parameters.last_node);
        State::$variant(Box::new(params.to_state()), $parameters.digest_size)
    }};
}

fn new(vm: &Vm, ty: &TypeObject, limits: &Limits, args: Args<'_>) -> PyResult {
    let signature = Signature::new(limits.name, NAMES, 0).keyword_only(1);
    let bound = args.bind(vm, &signature)?;
    let parameters = Parameters::of(vm, limits, &bound)?;
    let state = if limits.digest == B.digest {
        state!(blake2b_simd, Blake2b, parameters)
    } else {
        state!(blake2s_simd, Blake2s, parameters)
    };
    start(vm, ty, state, bound[0], bound[13])
}

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    if !BLAKE2B.has(TypeFlags::READY) {
        let doc = "Return a new BLAKE2b hash object.";
        ready(vm, &BLAKE2B, "_blake2", doc, Some(|vm, ty, args| new(vm, ty, &B, args)));
        let doc = "Return a new BLAKE2s hash object.";
        ready(vm, &BLAKE2S, "_blake2", doc, Some(|vm, ty, args| new(vm, ty, &S, args)));
    }
    for (ty, limits, prefix) in [(&BLAKE2B, &B, "BLAKE2B"), (&BLAKE2S, &S, "BLAKE2S")] {
        module.add_type(vm, ty)?;
        let constants = [
            ("SALT_SIZE", limits.salt),
            ("PERSON_SIZE", limits.salt),
            ("MAX_KEY_SIZE", limits.digest),
            ("MAX_DIGEST_SIZE", limits.digest),
        ];
        for (name, value) in constants {
            if let Some(dict) = ty.dict() {
                dict.set_str(vm, &vm.intern(name), Int::from_usize(value))?;
            }
            module.add(vm, &format!("{prefix}_{name}"), Int::from_usize(value))?;
        }
    }
    module.add(vm, "_GIL_MINSIZE", Int::new(GIL_MINSIZE))
}
