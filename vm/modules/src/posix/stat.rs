//! `stat` and its relatives, `access`, `chmod`, `utime`.

use lasti_vm::call::{Args, Signature};
use lasti_vm::number::{Float, Int};
use lasti_vm::object::Obj;
use lasti_vm::sequence::Tuple;
use lasti_vm::structseq::StructSeq;
use lasti_vm::types::{NativeCall, NativeDef};
use lasti_vm::{PyResult, Vm};
use rustix::fs::{Access, AtFlags, Mode, Stat, Timespec, Timestamps};

use super::path::{Path, dir_fd, error, flag};
use crate::fds;

pub(crate) static STAT_RESULT: StructSeq = StructSeq {
    module: "os",
    name: "stat_result",
    doc: "stat_result: Result from stat, fstat, or lstat.\n\nThis object may be accessed either as a tuple of\n  (mode, ino, dev, nlink, uid, gid, size, atime, mtime, ctime)\nor via the attributes st_mode, st_ino, st_dev, st_nlink, st_uid, and so on.\n\nPosix/windows: If your platform supports st_blksize, st_blocks, st_rdev,\nor st_flags, they are available as attributes only.\n\nSee os.stat for more information.",
    fields: &[
        ("st_mode", "protection bits"),
        ("st_ino", "inode"),
        ("st_dev", "device"),
        ("st_nlink", "number of hard links"),
        ("st_uid", "user ID of owner"),
        ("st_gid", "group ID of owner"),
        ("st_size", "total size, in bytes"),
        ("", ""),
        ("", ""),
        ("", ""),
        ("st_atime", "time of last access"),
        ("st_mtime", "time of last modification"),
        ("st_ctime", "time of last change"),
        ("st_blksize", "blocksize for filesystem I/O"),
        ("st_blocks", "number of blocks allocated"),
        ("st_rdev", "device type (if inode device)"),
        ("st_atime_ns", "time of last access in nanoseconds"),
        ("st_mtime_ns", "time of last modification in nanoseconds"),
        ("st_ctime_ns", "time of last change in nanoseconds"),
    ],
    visible: 10,
    callable: true,
};

#[allow(clippy::unnecessary_cast, reason = "the widths differ between systems")]
pub(super) fn result(vm: &Vm, stat: &Stat) -> PyResult {
    let times = [
        (stat.st_atime as i64, stat.st_atime_nsec as i64),
        (stat.st_mtime as i64, stat.st_mtime_nsec as i64),
        (stat.st_ctime as i64, stat.st_ctime_nsec as i64),
    ];
    let mut values = vec![
        Int::new(stat.st_mode.into()),
        Int::from_u64(stat.st_ino),
        Int::from_u64(stat.st_dev),
        Int::from_u64(stat.st_nlink as u64),
        Int::new(stat.st_uid.into()),
        Int::new(stat.st_gid.into()),
        Int::new(stat.st_size as i64),
    ];
    values.extend(times.iter().map(|&(seconds, _)| Int::new(seconds)));
    values.extend(times.iter().map(|&(seconds, nanos)| Float::new(seconds as f64 + 1e-9 * nanos as f64)));
    values.extend([
        Int::new(stat.st_blksize as i64),
        Int::new(stat.st_blocks as i64),
        Int::from_u64(stat.st_rdev),
    ]);
    values.extend(times.iter().map(|&(seconds, nanos)| Int::new(seconds * 1_000_000_000 + nanos)));
    STAT_RESULT.make(vm, values)
}

fn at_flags(follow: bool) -> AtFlags {
    if follow { AtFlags::empty() } else { AtFlags::SYMLINK_NOFOLLOW }
}

/// Asks the system about a path or descriptor.
pub(super) fn query(vm: &Vm, path: &Path, dir: Option<i32>, follow: bool) -> PyResult<Stat> {
    let answer = vm.allow_threads(|| match path.fd {
        Some(fd) => fds::with(fd, |fd| rustix::fs::fstat(fd)),
        None => fds::with_dir(dir, |dir| rustix::fs::statat(dir, &*path.bytes, at_flags(follow))),
    });
    answer.map_err(|errno| path.error(vm, errno))
}

static STAT: Signature<3> = Signature::new("stat", ["path", "dir_fd", "follow_symlinks"], 1).keyword_only(1);
static LSTAT: Signature<2> = Signature::new("lstat", ["path", "dir_fd"], 1).keyword_only(1);
static FSTAT: Signature<1> = Signature::new("fstat", ["fd"], 1);

fn stat(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(path), dir, follow] = args.bind(vm, &STAT)? else { return Ok(vm.none()) };
    let path = Path::or_fd(vm, "stat", path)?;
    let dir = dir_fd(vm, dir)?;
    let follow = flag(vm, follow, true)?;
    if path.fd.is_some() && dir.is_some() {
        return Err(vm.value_error("stat: can't specify dir_fd without matching path"));
    }
    if path.fd.is_some() && !follow {
        return Err(vm.value_error("stat: cannot use fd and follow_symlinks together"));
    }
    result(vm, &query(vm, &path, dir, follow)?)
}

fn lstat(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(path), dir] = args.bind(vm, &LSTAT)? else { return Ok(vm.none()) };
    let path = Path::new(vm, "lstat", "path", path)?;
    let dir = dir_fd(vm, dir)?;
    result(vm, &query(vm, &path, dir, false)?)
}

fn fstat(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(fd)] = args.bind(vm, &FSTAT)? else { return Ok(vm.none()) };
    let fd = vm.c_int_argument(fd)?;
    let stat =
        vm.allow_threads(|| fds::with(fd, |fd| rustix::fs::fstat(fd))).map_err(|errno| error(vm, errno))?;
    result(vm, &stat)
}

static ACCESS: Signature<5> =
    Signature::new("access", ["path", "mode", "dir_fd", "effective_ids", "follow_symlinks"], 2)
        .keyword_only(2);

fn access(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(path), Some(mode), dir, effective, follow] = args.bind(vm, &ACCESS)? else {
        return Ok(vm.none());
    };
    let path = Path::new(vm, "access", "path", path)?;
    let mode = Access::from_bits_retain(vm.c_int_argument(mode)? as u32);
    let dir = dir_fd(vm, dir)?;
    let mut flags = at_flags(flag(vm, follow, true)?);
    if flag(vm, effective, false)? {
        flags |= AtFlags::EACCESS;
    }
    let allowed =
        vm.allow_threads(|| fds::with_dir(dir, |dir| rustix::fs::accessat(dir, &*path.bytes, mode, flags)));
    Ok(vm.bool(allowed.is_ok()))
}

static CHMOD: Signature<4> =
    Signature::new("chmod", ["path", "mode", "dir_fd", "follow_symlinks"], 2).keyword_only(2);

fn chmod(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(path), Some(mode), dir, follow] = args.bind(vm, &CHMOD)? else { return Ok(vm.none()) };
    let path = Path::or_fd(vm, "chmod", path)?;
    let mode = Mode::from_bits_retain(vm.c_int_argument(mode)? as u32);
    let dir = dir_fd(vm, dir)?;
    let flags = at_flags(flag(vm, follow, true)?);
    let done = vm.allow_threads(|| match path.fd {
        Some(fd) => fds::with(fd, |fd| rustix::fs::fchmod(fd, mode)),
        None => fds::with_dir(dir, |dir| rustix::fs::chmodat(dir, &*path.bytes, mode, flags)),
    });
    done.map_err(|errno| path.error(vm, errno))?;
    Ok(vm.none())
}

static UTIME: Signature<5> =
    Signature::new("utime", ["path", "times", "ns", "dir_fd", "follow_symlinks"], 1).keyword_only(2);

fn pair<'a>(vm: &Vm, given: &'a Obj, message: &str) -> PyResult<[&'a Obj; 2]> {
    match given.downcast::<Tuple>().map(|tuple| tuple.items()) {
        Some([first, second]) => Ok([first, second]),
        _ => Err(vm.type_error(message)),
    }
}

/// A time in seconds, which may be a float, rounded down to nanoseconds.
fn seconds(vm: &Vm, given: &Obj) -> PyResult<Timespec> {
    if let Some(float) = given.as_f64() {
        let whole = float.floor();
        if whole.is_nan() || whole.abs() >= 9.2e18 {
            return Err(vm.overflow_error("timestamp out of range for platform time_t"));
        }
        let nanos = (((float - whole) * 1e9).floor() as i64).min(999_999_999);
        return Ok(Timespec { tv_sec: whole as i64, tv_nsec: nanos });
    }
    Ok(Timespec { tv_sec: vm.index_i64(given)?, tv_nsec: 0 })
}

fn nanoseconds(vm: &Vm, given: &Obj) -> PyResult<Timespec> {
    let nanos = vm.index_i64(given)?;
    Ok(Timespec { tv_sec: nanos.div_euclid(1_000_000_000), tv_nsec: nanos.rem_euclid(1_000_000_000) })
}

fn utime(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(path), times, ns, dir, follow] = args.bind(vm, &UTIME)? else { return Ok(vm.none()) };
    let path = Path::or_fd(vm, "utime", path)?;
    let times = times.filter(|times| !vm.is_none(times));
    let [accessed, modified] = match (times, ns) {
        (Some(_), Some(_)) => {
            return Err(vm.value_error("utime: you may specify either 'times' or 'ns' but not both"));
        }
        (Some(times), None) => {
            let [a, m] = pair(vm, times, "utime: 'times' must be either a tuple of two ints or None")?;
            [seconds(vm, a)?, seconds(vm, m)?]
        }
        (None, Some(ns)) => {
            let [a, m] = pair(vm, ns, "utime: 'ns' must be a tuple of two ints")?;
            [nanoseconds(vm, a)?, nanoseconds(vm, m)?]
        }
        (None, None) => [Timespec { tv_sec: 0, tv_nsec: rustix::fs::UTIME_NOW }; 2],
    };
    let stamps = Timestamps { last_access: accessed, last_modification: modified };
    let dir = dir_fd(vm, dir)?;
    let flags = at_flags(flag(vm, follow, true)?);
    let done = vm.allow_threads(|| match path.fd {
        Some(fd) => fds::with(fd, |fd| rustix::fs::futimens(fd, &stamps)),
        None => fds::with_dir(dir, |dir| rustix::fs::utimensat(dir, &*path.bytes, &stamps, flags)),
    });
    done.map_err(|errno| path.error(vm, errno))?;
    Ok(vm.none())
}

pub(super) static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "access",
        "($module, /, path, mode, *, dir_fd=None, effective_ids=False,\n       follow_symlinks=True)",
        "Use the real uid/gid to test for access to a path.",
        NativeCall::Full(access),
    ),
    NativeDef::new(
        "chmod",
        "($module, /, path, mode, *, dir_fd=None, follow_symlinks=True)",
        "Change the access permissions of a file.",
        NativeCall::Full(chmod),
    ),
    NativeDef::new(
        "fstat",
        "($module, /, fd)",
        "Perform a stat system call on the given file descriptor.",
        NativeCall::Full(fstat),
    ),
    NativeDef::new(
        "lstat",
        "($module, /, path, *, dir_fd=None)",
        "Perform a stat system call on the given path, without following symbolic links.",
        NativeCall::Full(lstat),
    ),
    NativeDef::new(
        "stat",
        "($module, /, path, *, dir_fd=None, follow_symlinks=True)",
        "Perform a stat system call on the given path.",
        NativeCall::Full(stat),
    ),
    NativeDef::new(
        "utime",
        "($module, /, path, times=None, *, ns=<unrepresentable>, dir_fd=None,\n      follow_symlinks=True)",
        "Set the access and modified time of path.",
        NativeCall::Full(utime),
    ),
];
