//! `sys`: what is known of the interpreter and the machine.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use super::stdlib_names::STDLIB_MODULE_NAMES;
use crate::builtins::FROZENSET;
use crate::errors::PyResult;
use crate::number::{Float, Int};
use crate::object::{Obj, Ref};
use crate::paths::from_system;
use crate::set::Set;
use crate::structseq::StructSeq;
use crate::text::Str;
use crate::vm::Vm;
use crate::vm::config::{Config, DEFAULT_MAX_STR_DIGITS};

/// The version of Python that programs see.
pub(crate) const VERSION: (i64, i64, i64) = (3, 14, 10);
pub(crate) const HEXVERSION: i64 = VERSION.0 << 24 | VERSION.1 << 16 | VERSION.2 << 8 | 0xF0;
pub(crate) const CACHE_TAG: &str = "cpython-314";

pub(super) static FLAGS: StructSeq = StructSeq {
    module: "sys",
    name: "flags",
    doc: "The options that the program was started with.",
    fields: &[
        ("debug", "-d"),
        ("inspect", "-i"),
        ("interactive", "-i"),
        ("optimize", "-O or -OO"),
        ("dont_write_bytecode", "-B"),
        ("no_user_site", "-s"),
        ("no_site", "-S"),
        ("ignore_environment", "-E"),
        ("verbose", "-v"),
        ("bytes_warning", "-b"),
        ("quiet", "-q"),
        ("hash_randomization", "-R"),
        ("isolated", "-I"),
        ("dev_mode", "-X dev"),
        ("utf8_mode", "-X utf8"),
        ("warn_default_encoding", "-X warn_default_encoding"),
        ("safe_path", "-P"),
        ("int_max_str_digits", "-X int_max_str_digits"),
        ("gil", "-X gil"),
        ("thread_inherit_context", "-X thread_inherit_context"),
        ("context_aware_warnings", "-X context_aware_warnings"),
    ],
    visible: 18,
    callable: false,
};

static VERSION_INFO: StructSeq = StructSeq {
    module: "sys",
    name: "version_info",
    doc: "The version, part by part.",
    fields: &[
        ("major", "Major release number"),
        ("minor", "Minor release number"),
        ("micro", "Patch release number"),
        ("releaselevel", "'alpha', 'beta', 'candidate', or 'final'"),
        ("serial", "Serial release number"),
    ],
    visible: 5,
    callable: false,
};

static FLOAT_INFO: StructSeq = StructSeq {
    module: "sys",
    name: "float_info",
    doc: "What floats can hold.",
    fields: &[
        ("max", "the greatest finite float"),
        ("max_exp", "2**(max_exp-1) is the greatest finite power of 2"),
        ("max_10_exp", "10**max_10_exp is the greatest finite power of 10"),
        ("min", "the least positive normalized float"),
        ("min_exp", "2**(min_exp-1) is the least normalized power of 2"),
        ("min_10_exp", "10**min_10_exp is the least normalized power of 10"),
        ("dig", "decimal digits that survive a round trip"),
        ("mant_dig", "bits of the mantissa"),
        ("epsilon", "from 1 to the next float"),
        ("radix", "base of the exponent"),
        ("rounds", "how additions round"),
    ],
    visible: 11,
    callable: true,
};

static INT_INFO: StructSeq = StructSeq {
    module: "sys",
    name: "int_info",
    doc: "How ints are held, and how long their texts may be.",
    fields: &[
        ("bits_per_digit", "size of a digit in bits"),
        ("sizeof_digit", "size of a digit in bytes"),
        ("default_max_str_digits", "the limit for conversions at the start"),
        ("str_digits_check_threshold", "the least limit"),
    ],
    visible: 4,
    callable: true,
};

static HASH_INFO: StructSeq = StructSeq {
    module: "sys",
    name: "hash_info",
    doc: "How hashes are computed.",
    fields: &[
        ("width", "bits of a hash"),
        ("modulus", "the prime that numbers are reduced by"),
        ("inf", "the hash of infinity"),
        ("nan", "0"),
        ("imag", "what imaginary parts are multiplied by"),
        ("algorithm", "of str and bytes"),
        ("hash_bits", "bits that the algorithm gives"),
        ("seed_bits", "bits of its key"),
        ("cutoff", "length below which another algorithm is used"),
    ],
    visible: 9,
    callable: true,
};

static THREAD_INFO: StructSeq = StructSeq {
    module: "sys",
    name: "thread_info",
    doc: "How threads are made.",
    fields: &[
        ("name", "name of the implementation"),
        ("lock", "name of the lock's implementation"),
        ("version", "name and version of the library"),
    ],
    visible: 3,
    callable: true,
};

fn text(text: &str) -> Obj {
    Str::new(text).into_obj()
}

pub(super) fn flags(vm: &Vm) -> PyResult {
    let flags = &Config::get().flags;
    let on = |flag: bool| Int::new(flag.into());
    FLAGS.make(
        vm,
        vec![
            Int::new(flags.debug),
            Int::new(flags.inspect),
            Int::new(flags.interactive),
            Int::new(flags.optimize.into()),
            on(flags.dont_write_bytecode),
            on(flags.no_user_site),
            on(flags.no_site),
            on(flags.ignore_environment),
            Int::new(flags.verbose),
            Int::new(flags.bytes_warning),
            on(flags.quiet),
            on(flags.hash_randomization),
            on(flags.isolated),
            vm.bool(flags.dev_mode),
            on(flags.utf8_mode),
            on(flags.warn_default_encoding),
            vm.bool(flags.safe_path),
            Int::from_usize(Config::get().int_max_str_digits),
            Int::new(1),
            Int::new(0),
            Int::new(0),
        ],
    )
}

fn version_info(vm: &Vm) -> PyResult {
    let (major, minor, micro) = VERSION;
    VERSION_INFO.make(
        vm,
        vec![Int::new(major), Int::new(minor), Int::new(micro), vm.intern("final").into_obj(), Int::new(0)],
    )
}

fn float_info(vm: &Vm) -> PyResult {
    FLOAT_INFO.make(
        vm,
        vec![
            Float::new(f64::MAX),
            Int::new(f64::MAX_EXP.into()),
            Int::new(f64::MAX_10_EXP.into()),
            Float::new(f64::MIN_POSITIVE),
            Int::new(f64::MIN_EXP.into()),
            Int::new(f64::MIN_10_EXP.into()),
            Int::new(f64::DIGITS.into()),
            Int::new(f64::MANTISSA_DIGITS.into()),
            Float::new(f64::EPSILON),
            Int::new(f64::RADIX.into()),
            Int::new(1),
        ],
    )
}

fn multiarch() -> Option<String> {
    if cfg!(target_os = "linux") {
        Some(format!(
            "{}-linux-{}",
            std::env::consts::ARCH,
            if cfg!(target_env = "musl") { "musl" } else { "gnu" }
        ))
    } else if cfg!(target_os = "macos") {
        Some("darwin".to_owned())
    } else {
        None
    }
}

/// `sys.platform`
fn platform() -> &'static str {
    if cfg!(target_os = "macos") { "darwin" } else { std::env::consts::OS }
}

fn implementation(vm: &Vm, version_info: &Obj) -> PyResult {
    let mut parts = vec![
        ("name", text(Config::get().implementation)),
        ("cache_tag", text(CACHE_TAG)),
        ("version", version_info.clone()),
        ("hexversion", Int::new(HEXVERSION)),
    ];
    if let Some(multiarch) = multiarch() {
        parts.push(("_multiarch", text(&multiarch)));
    }
    parts.push(("supports_isolated_interpreters", vm.bool(false)));
    Ok(crate::builtins::namespace::make(vm, parts)?.into_obj())
}

/// Constants of `sys` by name.
pub(super) fn constants(vm: &Vm) -> PyResult<Vec<(&'static str, Obj)>> {
    let version_info = version_info(vm)?;
    let (major, minor, micro) = VERSION;
    let hash_info = HASH_INFO.make(
        vm,
        vec![
            Int::new(64),
            Int::new((1 << 61) - 1),
            Int::new(314_159),
            Int::new(0),
            Int::new(1_000_003),
            text("siphash13"),
            Int::new(64),
            Int::new(128),
            Int::new(0),
        ],
    )?;
    let int_info = INT_INFO
        .make(vm, vec![Int::new(30), Int::new(4), Int::from_usize(DEFAULT_MAX_STR_DIGITS), Int::new(640)])?;
    let thread_info = THREAD_INFO.make(vm, vec![text("pthread"), text("semaphore"), vm.none()])?;
    let module_names = Set::new_in(&FROZENSET);
    for name in STDLIB_MODULE_NAMES.split_whitespace() {
        module_names.add(vm, vm.intern(name).as_obj())?;
    }
    let git = ["CPython", "", ""].map(text).to_vec();
    let version = format!("{major}.{minor}.{micro} (lasti {}) [rustc]", env!("CARGO_PKG_VERSION"));
    Ok(vec![
        ("version", text(&version)),
        ("stdlib_module_names", module_names.into_obj()),
        ("hexversion", Int::new(HEXVERSION)),
        ("api_version", Int::new(1013)),
        (
            "copyright",
            text("Lasti: MIT or Apache-2.0.\nThe library: Copyright (c) 2001 Python Software Foundation."),
        ),
        ("platform", text(platform())),
        ("maxsize", Int::new(i64::MAX)),
        ("maxunicode", Int::new(0x10_FFFF)),
        ("byteorder", text(if cfg!(target_endian = "little") { "little" } else { "big" })),
        ("abiflags", text("")),
        ("float_repr_style", text("short")),
        ("platlibdir", text("lib")),
        ("_framework", text("")),
        ("_git", crate::sequence::Tuple::new(git).into_obj()),
        ("implementation", implementation(vm, &version_info)?),
        ("version_info", version_info),
        ("float_info", float_info(vm)?),
        ("int_info", int_info),
        ("hash_info", hash_info),
        ("thread_info", thread_info),
        ("flags", flags(vm)?),
    ])
}

/// A str for a text of the system.
pub(super) fn system_text(text: impl AsRef<OsStr>) -> Obj {
    from_system(text.as_ref().as_bytes()).into_obj()
}

/// A list of strs.
pub(super) fn strings(texts: &[OsString]) -> Ref<crate::sequence::List> {
    crate::sequence::List::new(texts.iter().map(system_text).collect())
}
