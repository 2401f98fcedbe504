//! `_md5`, `_sha1`, `_sha2`, `_sha3` and `_blake2`: the hashes of `hashlib`.
//!
//! The algorithms are RustCrypto's and BLAKE2's by its authors; `state` has them behind one face.

mod blake2;
mod object;
mod sha3;
mod state;

use lasti_vm::module::{Module, NativeModule};
use lasti_vm::number::Int;
use lasti_vm::types::{NativeCall, NativeDef, TypeFlags, TypeObject};
use lasti_vm::{PyResult, Ref, Vm};

pub(crate) use blake2::MODULE as BLAKE2_MODULE;
use object::{Hash, construct, ready};
pub(crate) use sha3::MODULE as SHA3_MODULE;
use state::State;

/// Shorter data is not worth letting other threads run: part of the modules' interface.
const GIL_MINSIZE: i64 = 2048;

lasti_vm::builtin_type!(/** `_md5.md5` */ MD5, "md5", Hash, on object::HASH);
lasti_vm::builtin_type!(/** `_sha1.sha1` */ SHA1, "sha1", Hash, on object::HASH);
lasti_vm::builtin_type!(/** `_sha2.SHA224Type` */ SHA224, "SHA224Type", Hash, on object::HASH);
lasti_vm::builtin_type!(/** `_sha2.SHA256Type` */ SHA256, "SHA256Type", Hash, on object::HASH);
lasti_vm::builtin_type!(/** `_sha2.SHA384Type` */ SHA384, "SHA384Type", Hash, on object::HASH);
lasti_vm::builtin_type!(/** `_sha2.SHA512Type` */ SHA512, "SHA512Type", Hash, on object::HASH);

const SIGNATURE: &str = "($module, /, data=b'', *, usedforsecurity=True, string=None)";

macro_rules! constructors {
    ($($static:ident: $name:literal, $ty:ident, $state:expr, $shown:literal;)*) => {
        $(const $static: NativeDef = NativeDef::new(
            $name,
            SIGNATURE,
            concat!("Return a new ", $shown, " hash object; optionally initialized with a string."),
            NativeCall::Full(|vm, _, args| construct(vm, $name, &$ty, $state, args)),
        );)*
    };
}

constructors! {
    NEW_MD5: "md5", MD5, State::Md5(md5::Md5::default()), "MD5";
    NEW_SHA1: "sha1", SHA1, State::Sha1(sha1::Sha1::default()), "SHA1";
    NEW_SHA224: "sha224", SHA224, State::Sha224(sha2::Sha224::default()), "SHA-224";
    NEW_SHA256: "sha256", SHA256, State::Sha256(sha2::Sha256::default()), "SHA-256";
    NEW_SHA384: "sha384", SHA384, State::Sha384(sha2::Sha384::default()), "SHA-384";
    NEW_SHA512: "sha512", SHA512, State::Sha512(sha2::Sha512::default()), "SHA-512";
}

/// `_md5`
pub(crate) static MD5_MODULE: NativeModule = NativeModule {
    name: "_md5",
    doc: "",
    functions: &[NEW_MD5],
    fill: |vm, module| fill(vm, module, "_md5", &[(&MD5, "MD5Type")]),
};

/// `_sha1`
pub(crate) static SHA1_MODULE: NativeModule = NativeModule {
    name: "_sha1",
    doc: "",
    functions: &[NEW_SHA1],
    fill: |vm, module| fill(vm, module, "_sha1", &[(&SHA1, "SHA1Type")]),
};

/// `_sha2`
pub(crate) static SHA2_MODULE: NativeModule = NativeModule {
    name: "_sha2",
    doc: "",
    functions: &[NEW_SHA256, NEW_SHA224, NEW_SHA512, NEW_SHA384],
    fill: |vm, module| {
        let types = [
            (&SHA224, "SHA224Type"),
            (&SHA256, "SHA256Type"),
            (&SHA384, "SHA384Type"),
            (&SHA512, "SHA512Type"),
        ];
        fill(vm, module, "_sha2", &types)
    },
};

fn fill(
    vm: &Vm,
    module: &Ref<Module>,
    name: &'static str,
    types: &[(&'static TypeObject, &str)],
) -> PyResult<()> {
    for (ty, shown) in types {
        if !ty.has(TypeFlags::READY) {
            ready(vm, ty, name, "", None);
        }
        module.add(vm, shown, ty.to_obj())?;
    }
    module.add(vm, "_GIL_MINSIZE", Int::new(GIL_MINSIZE))
}
