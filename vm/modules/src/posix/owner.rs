//! Owners, modes of descriptors, special files, file systems, extended attributes.

use lasti_vm::bytes::Bytes;
use lasti_vm::call::{Args, Signature};
use lasti_vm::number::Int;
use lasti_vm::object::Obj;
use lasti_vm::sequence::List;
use lasti_vm::structseq::StructSeq;
use lasti_vm::types::{NativeCall, NativeDef};
use lasti_vm::{PyResult, Vm};
use rustix::fs::{AtFlags, FileType, Gid, Mode, StatVfs, Uid, XattrFlags};

use super::identity::id;
use super::path::{Path, descriptor, dir_fd, error, flag, name_like};
use crate::fds;

/// An owner; `None` is no change.
fn owners(vm: &Vm, uid: &Obj, gid: &Obj) -> PyResult<(Option<Uid>, Option<Gid>)> {
    let (uid, gid) = (id(vm, "uid", uid)?, id(vm, "gid", gid)?);
    Ok(((uid != u32::MAX).then(|| Uid::from_raw(uid)), (gid != u32::MAX).then(|| Gid::from_raw(gid))))
}

static CHOWN: Signature<5> =
    Signature::new("chown", ["path", "uid", "gid", "dir_fd", "follow_symlinks"], 3).keyword_only(3);
static LCHOWN: Signature<3> = Signature::new("lchown", ["path", "uid", "gid"], 3);
static FCHOWN: Signature<3> = Signature::new("fchown", ["fd", "uid", "gid"], 3);

fn chown(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(path), Some(uid), Some(gid), dir, follow] = args.bind(vm, &CHOWN)? else {
        return Ok(vm.none());
    };
    let path = Path::or_fd(vm, "chown", path)?;
    let (uid, gid) = owners(vm, uid, gid)?;
    let (dir, follow) = (dir_fd(vm, dir)?, flag(vm, follow, true)?);
    let flags = if follow { AtFlags::empty() } else { AtFlags::SYMLINK_NOFOLLOW };
    let done = vm.allow_threads(|| match path.fd {
        Some(fd) => fds::with(fd, |fd| rustix::fs::fchown(fd, uid, gid)),
        None => fds::with_dir(dir, |dir| rustix::fs::chownat(dir, &*path.bytes, uid, gid, flags)),
    });
    done.map_err(|errno| path.error(vm, errno))?;
    Ok(vm.none())
}

fn lchown(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(path), Some(uid), Some(gid)] = args.bind(vm, &LCHOWN)? else { return Ok(vm.none()) };
    let path = Path::new(vm, "lchown", "path", path)?;
    let (uid, gid) = owners(vm, uid, gid)?;
    let flags = AtFlags::SYMLINK_NOFOLLOW;
    let done = vm.allow_threads(|| rustix::fs::chownat(rustix::fs::CWD, &*path.bytes, uid, gid, flags));
    done.map_err(|errno| path.error(vm, errno))?;
    Ok(vm.none())
}

fn fchown(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(fd), Some(uid), Some(gid)] = args.bind(vm, &FCHOWN)? else { return Ok(vm.none()) };
    let fd = vm.c_int_argument(fd)?;
    let (uid, gid) = owners(vm, uid, gid)?;
    let done = fds::blocking(vm, || fds::with(fd, |fd| rustix::fs::fchown(fd, uid, gid)))?;
    done.map_err(|errno| error(vm, errno))?;
    Ok(vm.none())
}

static FCHMOD: Signature<2> = Signature::new("fchmod", ["fd", "mode"], 2);
static FCHDIR: Signature<1> = Signature::new("fchdir", ["fd"], 1);
static CHROOT: Signature<1> = Signature::new("chroot", ["path"], 1);

fn fchmod(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(fd), Some(mode)] = args.bind(vm, &FCHMOD)? else { return Ok(vm.none()) };
    let fd = vm.c_int_argument(fd)?;
    let mode = Mode::from_bits_retain(vm.c_int_argument(mode)? as u32);
    let done = fds::blocking(vm, || fds::with(fd, |fd| rustix::fs::fchmod(fd, mode)))?;
    done.map_err(|errno| error(vm, errno))?;
    Ok(vm.none())
}

fn fchdir(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(fd)] = args.bind(vm, &FCHDIR)? else { return Ok(vm.none()) };
    let fd = descriptor(vm, fd)?;
    let done = vm.allow_threads(|| fds::with(fd, |fd| rustix::process::fchdir(fd)));
    done.map_err(|errno| error(vm, errno))?;
    Ok(vm.none())
}

fn chroot(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(path)] = args.bind(vm, &CHROOT)? else { return Ok(vm.none()) };
    let path = Path::new(vm, "chroot", "path", path)?;
    vm.allow_threads(|| rustix::process::chroot(&*path.bytes)).map_err(|errno| path.error(vm, errno))?;
    Ok(vm.none())
}

static MKFIFO: Signature<3> = Signature::new("mkfifo", ["path", "mode", "dir_fd"], 1).keyword_only(2);
static MKNOD: Signature<4> = Signature::new("mknod", ["path", "mode", "device", "dir_fd"], 1).keyword_only(3);

fn make_node(vm: &Vm, path: &Path, dir: Option<i32>, mode: u32, device: u64) -> PyResult {
    let kind = FileType::from_raw_mode(mode);
    let permissions = Mode::from_raw_mode(mode);
    let done = fds::blocking(vm, || {
        fds::with_dir(dir, |dir| rustix::fs::mknodat(dir, &*path.bytes, kind, permissions, device))
    })?;
    done.map_err(|errno| path.error(vm, errno))?;
    Ok(vm.none())
}

fn mkfifo(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(path), mode, dir] = args.bind(vm, &MKFIFO)? else { return Ok(vm.none()) };
    let path = Path::new(vm, "mkfifo", "path", path)?;
    let mode = mode.map_or(Ok(0o666), |mode| vm.c_int_argument(mode))? as u32;
    make_node(vm, &path, dir_fd(vm, dir)?, mode & 0o7777 | libc::S_IFIFO, 0)
}

fn mknod(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(path), mode, device, dir] = args.bind(vm, &MKNOD)? else { return Ok(vm.none()) };
    let path = Path::new(vm, "mknod", "path", path)?;
    let mode = mode.map_or(Ok(0o600), |mode| vm.c_int_argument(mode))? as u32;
    let device = device.map_or(Ok(0), |device| vm.index_i64(device))? as u64;
    // Without a kind it is a plain file.
    let mode = if mode & libc::S_IFMT == 0 { mode | libc::S_IFREG } else { mode };
    make_node(vm, &path, dir_fd(vm, dir)?, mode, device)
}

fn device(vm: &Vm, given: &Obj) -> PyResult<u64> {
    Ok(vm.index_i64(given)? as u64)
}

fn makedev(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let part = |given: &Obj| -> PyResult<u32> {
        u32::try_from(vm.index_i64(given)?)
            .map_err(|_| vm.overflow_error("Python int too large to convert to C unsigned int"))
    };
    Ok(Int::from_u64(rustix::fs::makedev(part(&args[0])?, part(&args[1])?)))
}

pub(super) static STATVFS_RESULT: StructSeq = StructSeq {
    module: "os",
    name: "statvfs_result",
    doc: "statvfs_result: Result from statvfs or fstatvfs.\n\nThis object may be accessed either as a tuple of\n  (bsize, frsize, blocks, bfree, bavail, files, ffree, favail, flag, namemax),\nor via the attributes f_bsize, f_frsize, f_blocks, f_bfree, and so on.\n\nSee os.statvfs for more information.",
    fields: &[
        ("f_bsize", ""),
        ("f_frsize", ""),
        ("f_blocks", ""),
        ("f_bfree", ""),
        ("f_bavail", ""),
        ("f_files", ""),
        ("f_ffree", ""),
        ("f_favail", ""),
        ("f_flag", ""),
        ("f_namemax", ""),
        ("f_fsid", ""),
    ],
    visible: 10,
    callable: true,
};

fn shown(vm: &Vm, stat: &StatVfs) -> PyResult {
    let numbers = [
        stat.f_bsize,
        stat.f_frsize,
        stat.f_blocks,
        stat.f_bfree,
        stat.f_bavail,
        stat.f_files,
        stat.f_ffree,
        stat.f_favail,
        stat.f_flag.bits(),
        stat.f_namemax,
        stat.f_fsid,
    ];
    STATVFS_RESULT.make(vm, numbers.into_iter().map(Int::from_u64).collect())
}

static STATVFS: Signature<1> = Signature::new("statvfs", ["path"], 1);
static FSTATVFS: Signature<1> = Signature::new("fstatvfs", ["fd"], 1);

fn statvfs(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(path)] = args.bind(vm, &STATVFS)? else { return Ok(vm.none()) };
    let path = Path::or_fd(vm, "statvfs", path)?;
    let stat = vm.allow_threads(|| match path.fd {
        Some(fd) => fds::with(fd, |fd| rustix::fs::fstatvfs(fd)),
        None => rustix::fs::statvfs(&*path.bytes),
    });
    shown(vm, &stat.map_err(|errno| path.error(vm, errno))?)
}

fn fstatvfs(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(fd)] = args.bind(vm, &FSTATVFS)? else { return Ok(vm.none()) };
    let fd = vm.c_int_argument(fd)?;
    let stat = vm.allow_threads(|| fds::with(fd, |fd| rustix::fs::fstatvfs(fd)));
    shown(vm, &stat.map_err(|errno| error(vm, errno))?)
}

/// The room for names and values of extended attributes.
const XATTR_ROOM: usize = 64 * 1024;

static GETXATTR: Signature<3> =
    Signature::new("getxattr", ["path", "attribute", "follow_symlinks"], 2).keyword_only(2);
static SETXATTR: Signature<5> =
    Signature::new("setxattr", ["path", "attribute", "value", "flags", "follow_symlinks"], 3).keyword_only(4);
static REMOVEXATTR: Signature<3> =
    Signature::new("removexattr", ["path", "attribute", "follow_symlinks"], 2).keyword_only(2);
static LISTXATTR: Signature<2> = Signature::new("listxattr", ["path", "follow_symlinks"], 0).keyword_only(1);

/// Where the path leads, for the calls that know only one of the two ways.
enum Target {
    Fd(i32),
    Followed,
    Itself,
}

fn target(vm: &Vm, function: &str, path: &Path, follow: Option<&Obj>) -> PyResult<Target> {
    let follow = flag(vm, follow, true)?;
    match path.fd {
        Some(_) if !follow => {
            Err(vm.value_error(format!("{function}: cannot use fd and follow_symlinks together")))
        }
        Some(fd) => Ok(Target::Fd(fd)),
        None if follow => Ok(Target::Followed),
        None => Ok(Target::Itself),
    }
}

fn getxattr(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(path), Some(name), follow] = args.bind(vm, &GETXATTR)? else { return Ok(vm.none()) };
    let path = Path::or_fd(vm, "getxattr", path)?;
    let name = Path::new(vm, "getxattr", "attribute", name)?.bytes;
    let target = target(vm, "getxattr", &path, follow)?;
    let mut room = vec![0; XATTR_ROOM];
    let length = vm.allow_threads(|| match target {
        Target::Fd(fd) => fds::with(fd, |fd| rustix::fs::fgetxattr(fd, &*name, &mut room[..])),
        Target::Followed => rustix::fs::getxattr(&*path.bytes, &*name, &mut room[..]),
        Target::Itself => rustix::fs::lgetxattr(&*path.bytes, &*name, &mut room[..]),
    });
    let length = length.map_err(|errno| path.error(vm, errno))?;
    Ok(Bytes::new(&room[..length]).into_obj())
}

fn setxattr(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(path), Some(name), Some(value), flags, follow] = args.bind(vm, &SETXATTR)? else {
        return Ok(vm.none());
    };
    let path = Path::or_fd(vm, "setxattr", path)?;
    let name = Path::new(vm, "setxattr", "attribute", name)?.bytes;
    let value = vm.buffer(value)?.to_vec();
    let flags = flags.map_or(Ok(0), |flags| vm.c_int_argument(flags))? as u32;
    let flags = XattrFlags::from_bits_retain(flags);
    let target = target(vm, "setxattr", &path, follow)?;
    let done = vm.allow_threads(|| match target {
        Target::Fd(fd) => fds::with(fd, |fd| rustix::fs::fsetxattr(fd, &*name, &value, flags)),
        Target::Followed => rustix::fs::setxattr(&*path.bytes, &*name, &value, flags),
        Target::Itself => rustix::fs::lsetxattr(&*path.bytes, &*name, &value, flags),
    });
    done.map_err(|errno| path.error(vm, errno))?;
    Ok(vm.none())
}

fn removexattr(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(path), Some(name), follow] = args.bind(vm, &REMOVEXATTR)? else { return Ok(vm.none()) };
    let path = Path::or_fd(vm, "removexattr", path)?;
    let name = Path::new(vm, "removexattr", "attribute", name)?.bytes;
    let target = target(vm, "removexattr", &path, follow)?;
    let done = vm.allow_threads(|| match target {
        Target::Fd(fd) => fds::with(fd, |fd| rustix::fs::fremovexattr(fd, &*name)),
        Target::Followed => rustix::fs::removexattr(&*path.bytes, &*name),
        Target::Itself => rustix::fs::lremovexattr(&*path.bytes, &*name),
    });
    done.map_err(|errno| path.error(vm, errno))?;
    Ok(vm.none())
}

fn listxattr(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [path, follow] = args.bind(vm, &LISTXATTR)?;
    let path = Path::or_fd_or_none(vm, "listxattr", path)?;
    let target = target(vm, "listxattr", &path, follow)?;
    let mut room = vec![0_u8; XATTR_ROOM];
    let length = vm.allow_threads(|| match target {
        Target::Fd(fd) => fds::with(fd, |fd| rustix::fs::flistxattr(fd, &mut room[..])),
        Target::Followed => rustix::fs::listxattr(&*path.bytes, &mut room[..]),
        Target::Itself => rustix::fs::llistxattr(&*path.bytes, &mut room[..]),
    });
    let length = length.map_err(|errno| path.error(vm, errno))?;
    let names = room[..length].split(|byte| *byte == 0).filter(|name| !name.is_empty());
    Ok(List::new(names.map(|name| name_like(false, name)).collect()).into_obj())
}

pub(super) static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "chown",
        "($module, /, path, uid, gid, *, dir_fd=None,\n      follow_symlinks=True)",
        "Change the owner and group id of path to the numeric uid and gid.",
        NativeCall::Full(chown),
    ),
    NativeDef::new(
        "chroot",
        "($module, /, path)",
        "Change root directory to path.",
        NativeCall::Full(chroot),
    ),
    NativeDef::new(
        "fchdir",
        "($module, /, fd)",
        "Change to the directory of the given file descriptor.",
        NativeCall::Full(fchdir),
    ),
    NativeDef::new(
        "fchmod",
        "($module, /, fd, mode)",
        "Change the access permissions of the file given by file descriptor fd.",
        NativeCall::Full(fchmod),
    ),
    NativeDef::new(
        "fchown",
        "($module, /, fd, uid, gid)",
        "Change the owner and group id of the file specified by file descriptor.",
        NativeCall::Full(fchown),
    ),
    NativeDef::new(
        "fstatvfs",
        "($module, /, fd)",
        "Perform an fstatvfs system call on the given fd.",
        NativeCall::Full(fstatvfs),
    ),
    NativeDef::new(
        "getxattr",
        "($module, /, path, attribute, *, follow_symlinks=True)",
        "Return the value of extended attribute attribute on path.",
        NativeCall::Full(getxattr),
    ),
    NativeDef::new(
        "lchown",
        "($module, /, path, uid, gid)",
        "Change the owner and group id of path to the numeric uid and gid.",
        NativeCall::Full(lchown),
    ),
    NativeDef::new(
        "listxattr",
        "($module, /, path=None, *, follow_symlinks=True)",
        "Return a list of extended attributes on path.",
        NativeCall::Full(listxattr),
    ),
    NativeDef::new(
        "major",
        "($module, device, /)",
        "Extracts a device major number from a raw device number.",
        NativeCall::One(|vm, _, given| Ok(Int::new(rustix::fs::major(device(vm, given)?).into()))),
    ),
    NativeDef::new(
        "makedev",
        "($module, major, minor, /)",
        "Composes a raw device number from the major and minor device numbers.",
        NativeCall::Positional(2, 2, makedev),
    ),
    NativeDef::new(
        "minor",
        "($module, device, /)",
        "Extracts a device minor number from a raw device number.",
        NativeCall::One(|vm, _, given| Ok(Int::new(rustix::fs::minor(device(vm, given)?).into()))),
    ),
    NativeDef::new(
        "mkfifo",
        "($module, /, path, mode=438, *, dir_fd=None)",
        "Create a \"fifo\" (a POSIX named pipe).",
        NativeCall::Full(mkfifo),
    ),
    NativeDef::new(
        "mknod",
        "($module, /, path, mode=384, device=0, *, dir_fd=None)",
        "Create a node in the file system.",
        NativeCall::Full(mknod),
    ),
    NativeDef::new(
        "removexattr",
        "($module, /, path, attribute, *, follow_symlinks=True)",
        "Remove extended attribute attribute on path.",
        NativeCall::Full(removexattr),
    ),
    NativeDef::new(
        "setxattr",
        "($module, /, path, attribute, value, flags=0, *,\n         follow_symlinks=True)",
        "Set extended attribute attribute on path to value.",
        NativeCall::Full(setxattr),
    ),
    NativeDef::new(
        "statvfs",
        "($module, /, path)",
        "Perform a statvfs system call on the given path.",
        NativeCall::Full(statvfs),
    ),
];
