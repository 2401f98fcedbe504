//! `resource`: what processes used, and what they may use. CPython: Modules/resource.c.

use lasti_system::process as system;
use lasti_vm::builtins::OS_ERROR;
use lasti_vm::module::{Module, NativeModule};
use lasti_vm::number::Int;
use lasti_vm::object::Obj;
use lasti_vm::sequence::Tuple;
use lasti_vm::structseq::StructSeq;
use lasti_vm::types::{NativeCall, NativeDef};
use lasti_vm::{PyResult, Ref, Vm};
use rustix::io::Errno;

use crate::posix::path::error;

pub(crate) static RUSAGE: StructSeq = StructSeq {
    module: "resource",
    name: "struct_rusage",
    doc: "struct_rusage: Result from getrusage.\n\nThis object may be accessed either as a tuple of\n    (utime,stime,maxrss,ixrss,idrss,isrss,minflt,majflt,\n    nswap,inblock,oublock,msgsnd,msgrcv,nsignals,nvcsw,nivcsw)\nor via the attributes ru_utime, ru_stime, ru_maxrss, and so on.",
    fields: &[
        ("ru_utime", "user time used"),
        ("ru_stime", "system time used"),
        ("ru_maxrss", "max. resident set size"),
        ("ru_ixrss", "shared memory size"),
        ("ru_idrss", "unshared data size"),
        ("ru_isrss", "unshared stack size"),
        ("ru_minflt", "page faults not requiring I/O"),
        ("ru_majflt", "page faults requiring I/O"),
        ("ru_nswap", "number of swap outs"),
        ("ru_inblock", "block input operations"),
        ("ru_oublock", "block output operations"),
        ("ru_msgsnd", "IPC messages sent"),
        ("ru_msgrcv", "IPC messages received"),
        ("ru_nsignals", "signals received"),
        ("ru_nvcsw", "voluntary context switches"),
        ("ru_nivcsw", "involuntary context switches"),
    ],
    visible: 16,
    callable: true,
};

macro_rules! system {
    ($($name:ident)*) => { &[$((stringify!($name), libc::$name as i64)),*] };
}

static CONSTANTS: &[(&str, i64)] = system! {
    RLIMIT_AS RLIMIT_CORE RLIMIT_CPU RLIMIT_DATA RLIMIT_FSIZE RLIMIT_MEMLOCK RLIMIT_MSGQUEUE RLIMIT_NICE
    RLIMIT_NOFILE RLIMIT_NPROC RLIMIT_RSS RLIMIT_RTPRIO RLIMIT_RTTIME RLIMIT_SIGPENDING RLIMIT_STACK
    RUSAGE_CHILDREN RUSAGE_SELF RUSAGE_THREAD
};

fn getrusage(vm: &Vm, _: &Obj, who: &Obj) -> PyResult {
    match system::usage(vm.c_int_argument(who)?) {
        Ok(usage) => crate::posix::children::rusage(vm, &usage),
        Err(Errno::INVAL) => Err(vm.value_error("invalid who parameter")),
        Err(errno) => Err(error(vm, errno)),
    }
}

fn resource(vm: &Vm, given: &Obj) -> PyResult<i32> {
    let resource = vm.c_int_argument(given)?;
    if (0..=libc::RLIMIT_RTTIME as i32).contains(&resource) {
        Ok(resource)
    } else {
        Err(vm.value_error("invalid resource specified"))
    }
}

/// Limits as Python has them: -1 for none.
fn shown((soft, hard): (u64, u64)) -> Obj {
    Tuple::new(vec![Int::new(soft as i64), Int::new(hard as i64)]).into_obj()
}

fn limits(vm: &Vm, given: &Obj) -> PyResult<(u64, u64)> {
    let parts = vm.collect(given)?;
    let [soft, hard] = parts.as_slice() else {
        return Err(vm.value_error("expected a tuple of 2 integers"));
    };
    let limit = |given: &Obj| -> PyResult<u64> {
        match vm.index(given)?.as_i64() {
            Some(limit @ -1..) => Ok(limit as u64),
            Some(_) => Err(vm.value_error("Cannot convert negative int")),
            None => Err(vm.overflow_error("Python int too large to convert to C rlim_t")),
        }
    };
    Ok((limit(soft)?, limit(hard)?))
}

fn getrlimit(vm: &Vm, _: &Obj, given: &Obj) -> PyResult {
    let resource = resource(vm, given)?;
    Ok(shown(system::limits(0, resource, None).map_err(|errno| error(vm, errno))?))
}

fn set(vm: &Vm, pid: i32, resource: i32, new: Option<(u64, u64)>) -> PyResult<(u64, u64)> {
    system::limits(pid, resource, new).map_err(|errno| match errno {
        Errno::INVAL => vm.value_error("current limit exceeds maximum limit"),
        Errno::PERM => vm.value_error("not allowed to raise maximum limit"),
        errno => error(vm, errno),
    })
}

fn setrlimit(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let resource = resource(vm, &args[0])?;
    set(vm, 0, resource, Some(limits(vm, &args[1])?))?;
    Ok(vm.none())
}

fn prlimit(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let pid = vm.c_int_argument(&args[0])?;
    let resource = resource(vm, &args[1])?;
    let new = args.get(2).filter(|new| !vm.is_none(new)).map(|new| limits(vm, new)).transpose()?;
    system::limits(pid, resource, new).map(shown).map_err(|errno| match errno {
        Errno::INVAL => vm.value_error("current limit exceeds maximum limit"),
        errno => error(vm, errno),
    })
}

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    for &(name, value) in CONSTANTS {
        module.add(vm, name, Int::new(value))?;
    }
    module.add(vm, "RLIMIT_OFILE", Int::new(libc::RLIMIT_NOFILE.into()))?;
    module.add(vm, "RLIM_INFINITY", Int::new(-1))?;
    module.add(vm, "error", OS_ERROR.to_obj())?;
    module.add(vm, RUSAGE.name, RUSAGE.ty(vm).to_obj())
}

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "resource",
    doc: "",
    functions: &[
        NativeDef::new(
            "getpagesize",
            "($module, /)",
            "",
            NativeCall::NoArgs(|_, _| Ok(Int::from_usize(rustix::param::page_size()))),
        ),
        NativeDef::new("getrlimit", "($module, resource, /)", "", NativeCall::One(getrlimit)),
        NativeDef::new("getrusage", "($module, who, /)", "", NativeCall::One(getrusage)),
        NativeDef::new(
            "prlimit",
            "($module, pid, resource, limits=None, /)",
            "",
            NativeCall::Positional(2, 3, prlimit),
        ),
        NativeDef::new(
            "setrlimit",
            "($module, resource, limits, /)",
            "",
            NativeCall::Positional(2, 2, setrlimit),
        ),
    ],
    fill,
};
