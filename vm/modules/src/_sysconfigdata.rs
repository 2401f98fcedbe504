//! `_sysconfigdata__linux_…`: what `sysconfig` knows of how the interpreter was built. CPython writes the module when it
//! is built; its name has the platform in it.
//!
//! What only matters to who builds extension modules in C is left out: none can be loaded. `SOABI` is Lasti's own, so that
//! installers take packages without such modules.

use lasti_vm::dict::Dict;
use lasti_vm::module::{Module, NativeModule};
use lasti_vm::number::Int;
use lasti_vm::text::Str;
use lasti_vm::{PyResult, Ref, Vm};

macro_rules! multiarch {
    () => {
        if cfg!(target_arch = "aarch64") { "aarch64-linux-gnu" } else { "x86_64-linux-gnu" }
    };
}

const NAME: &str = if cfg!(target_arch = "aarch64") {
    "_sysconfigdata__linux_aarch64-linux-gnu"
} else {
    "_sysconfigdata__linux_x86_64-linux-gnu"
};

static TEXTS: &[(&str, &str)] = &[
    ("ABIFLAGS", ""),
    ("CFLAGS", ""),
    ("CONFIG_ARGS", ""),
    ("EXE", ""),
    ("HOST_GNU_TYPE", multiarch!()),
    ("LDFLAGS", ""),
    ("MULTIARCH", multiarch!()),
    ("PY_CFLAGS", ""),
    ("PY_CORE_CFLAGS", ""),
    ("PY_LDFLAGS", ""),
    ("SHLIB_SUFFIX", ".so"),
    ("TZPATH", "/usr/share/zoneinfo:/usr/lib/zoneinfo:/usr/share/lib/zoneinfo:/etc/zoneinfo"),
    ("VERSION", "3.14"),
];

static NUMBERS: &[(&str, i64)] = &[
    ("ALIGNOF_LONG", 8),
    ("ALIGNOF_SIZE_T", 8),
    ("HAVE_FORK", 1),
    ("HAVE_GETADDRINFO", 1),
    ("Py_DEBUG", 0),
    ("Py_ENABLE_SHARED", 0),
    ("Py_GIL_DISABLED", 0),
    ("Py_REF_DEBUG", 0),
    ("Py_TRACE_REFS", 0),
    ("SIZEOF_LONG", 8),
    ("SIZEOF_SIZE_T", 8),
    ("SIZEOF_VOID_P", 8),
    ("WITH_DOC_STRINGS", 1),
];

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: NAME,
    doc: "system configuration generated and used by the sysconfig module",
    functions: &[],
    fill,
};

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    let vars = Dict::new();
    for (name, text) in TEXTS {
        vars.set_str(vm, &vm.intern(name), Str::new(text).into_obj())?;
    }
    for (name, number) in NUMBERS {
        vars.set_str(vm, &vm.intern(name), Int::new(*number))?;
    }
    let soabi = format!("lasti-314-{}", multiarch!());
    vars.set_str(vm, &vm.intern("EXT_SUFFIX"), Str::new(&format!(".{soabi}.so")).into_obj())?;
    vars.set_str(vm, &vm.intern("SOABI"), Str::new(&soabi).into_obj())?;
    module.dict.set_str(vm, &vm.intern("build_time_vars"), vars.into_obj())
}
