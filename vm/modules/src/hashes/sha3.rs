//! `_sha3`

use lasti_vm::module::{Module, NativeModule};
use lasti_vm::number::Int;
use lasti_vm::text::Str;
use lasti_vm::types::{NewFn, TypeFlags, TypeObject};
use lasti_vm::{PyResult, Ref, Vm};

use super::GIL_MINSIZE;
use super::object::{HASH, Hash, construct, ready};
use super::state::State;

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule { name: "_sha3", doc: "", functions: &[], fill };

macro_rules! types {
    ($($static:ident: $name:literal, $state:expr, $doc:literal;)*) => {
        $(lasti_vm::builtin_type!(#[doc = concat!("`_sha3.", $name, "`")] $static, $name, Hash, on HASH);)*

        const TYPES: &[(&TypeObject, &str, NewFn)] = &[
            $((&$static, $doc, |vm, ty, args| construct(vm, $name, ty, $state, args)),)*
        ];
    };
}

types! {
    SHA3_224: "sha3_224", State::Sha3_224(::sha3::Sha3_224::default()), "sha3_224([data], *, usedforsecurity=True) -> SHA3 object\n\nReturn a new SHA3 hash object with a hashbit length of 28 bytes.";
    SHA3_256: "sha3_256", State::Sha3_256(::sha3::Sha3_256::default()), "sha3_256([data], *, usedforsecurity=True) -> SHA3 object\n\nReturn a new SHA3 hash object with a hashbit length of 32 bytes.";
    SHA3_384: "sha3_384", State::Sha3_384(::sha3::Sha3_384::default()), "sha3_384([data], *, usedforsecurity=True) -> SHA3 object\n\nReturn a new SHA3 hash object with a hashbit length of 48 bytes.";
    SHA3_512: "sha3_512", State::Sha3_512(::sha3::Sha3_512::default()), "sha3_512([data], *, usedforsecurity=True) -> SHA3 object\n\nReturn a new SHA3 hash object with a hashbit length of 64 bytes.";
    SHAKE_128: "shake_128", State::Shake128(::sha3::Shake128::default()), "shake_128([data], *, usedforsecurity=True) -> SHAKE object\n\nReturn a new SHAKE hash object.";
    SHAKE_256: "shake_256", State::Shake256(::sha3::Shake256::default()), "shake_256([data], *, usedforsecurity=True) -> SHAKE object\n\nReturn a new SHAKE hash object.";
}

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    for &(ty, doc, new) in TYPES {
        if !ty.has(TypeFlags::READY) {
            ready(vm, ty, "_sha3", doc, Some(new));
        }
        module.add_type(vm, ty)?;
    }
    module.add(vm, "implementation", Str::new("RustCrypto"))?;
    module.add(vm, "_GIL_MINSIZE", Int::new(GIL_MINSIZE))
}
