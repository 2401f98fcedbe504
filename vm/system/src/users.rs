//! The databases of users and groups, through C's library.

use std::ffi::{CStr, CString};
use std::sync::{Mutex, PoisonError};

use rustix::io::Errno;

/// An entry of the user database.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "C's names")]
pub struct User {
    pub name: Vec<u8>,
    pub password: Vec<u8>,
    pub uid: u32,
    pub gid: u32,
    pub gecos: Vec<u8>,
    pub home: Vec<u8>,
    pub shell: Vec<u8>,
}

/// An entry of the group database.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "C's names")]
pub struct Group {
    pub name: Vec<u8>,
    pub password: Vec<u8>,
    pub gid: u32,
    pub members: Vec<Vec<u8>>,
}

/// The longest entry that is tried for.
const LARGEST: usize = 1 << 20;

unsafe extern "C" {
    fn getlogin_r(name: *mut libc::c_char, size: usize) -> libc::c_int;
}

/// The databases are read one entry after the other by one thread at a time.
static READING: Mutex<()> = Mutex::new(());

/// # Safety
/// A C string or null.
unsafe fn bytes(text: *const libc::c_char) -> Vec<u8> {
    if text.is_null() {
        return Vec::new();
    }
    // SAFETY: as the caller says.
    unsafe { CStr::from_ptr(text) }.to_bytes().to_vec()
}

/// # Safety
/// An entry that C's library filled, and whose buffer is still there.
unsafe fn user(entry: &libc::passwd) -> User {
    // SAFETY: as the caller says: each is a C string or null.
    let text = |text| unsafe { bytes(text) };
    User {
        name: text(entry.pw_name),
        password: text(entry.pw_passwd),
        uid: entry.pw_uid,
        gid: entry.pw_gid,
        gecos: text(entry.pw_gecos),
        home: text(entry.pw_dir),
        shell: text(entry.pw_shell),
    }
}

/// # Safety
/// As for [`user`].
unsafe fn group(entry: &libc::group) -> Group {
    let mut members = Vec::new();
    let mut at = entry.gr_mem;
    if !at.is_null() {
        loop {
            // SAFETY: the list ends with a null.
            let member = unsafe { *at };
            if member.is_null() {
                break;
            }
            // SAFETY: a C string.
            members.push(unsafe { bytes(member) });
            // SAFETY: not yet at the end.
            at = unsafe { at.add(1) };
        }
    }
    // SAFETY: as the caller says.
    let text = |text| unsafe { bytes(text) };
    Group { name: text(entry.gr_name), password: text(entry.gr_passwd), gid: entry.gr_gid, members }
}

/// Calls `f` with room for an entry, and with more until it is enough.
fn with_room<R>(mut f: impl FnMut(&mut [u8]) -> Result<R, i32>) -> Result<R, Errno> {
    let mut room = vec![0; 1024];
    loop {
        match f(&mut room) {
            Ok(found) => return Ok(found),
            Err(libc::ERANGE) if room.len() < LARGEST => room = vec![0; room.len() * 2],
            // "Not found" has many names.
            Err(errno) => return Err(Errno::from_raw_os_error(errno)),
        }
    }
}

macro_rules! look_up {
    ($f:ident, $key:expr, $entry:ty, $make:ident) => {
        with_room(|room| {
            let mut entry = std::mem::MaybeUninit::<$entry>::zeroed();
            let mut found = std::ptr::null_mut();
            // SAFETY: all addresses are valid, and the room is as large as said.
            let result = unsafe {
                libc::$f($key, entry.as_mut_ptr(), room.as_mut_ptr().cast(), room.len(), &raw mut found)
            };
            match result {
                0 if found.is_null() => Ok(None),
                0 => {
                    // SAFETY: the entry was filled.
                    let found: &$entry = unsafe { &*found };
                    // SAFETY: its texts are in the room.
                    Ok(Some(unsafe { $make(found) }))
                }
                errno => Err(errno),
            }
        })
    };
}

/// The user with that name.
pub fn user_by_name(name: &CStr) -> Result<Option<User>, Errno> {
    look_up!(getpwnam_r, name.as_ptr(), libc::passwd, user)
}

/// The user with that number.
pub fn user_by_id(uid: u32) -> Result<Option<User>, Errno> {
    look_up!(getpwuid_r, uid, libc::passwd, user)
}

/// The group with that name.
pub fn group_by_name(name: &CStr) -> Result<Option<Group>, Errno> {
    look_up!(getgrnam_r, name.as_ptr(), libc::group, group)
}

/// The group with that number.
pub fn group_by_id(gid: u32) -> Result<Option<Group>, Errno> {
    look_up!(getgrgid_r, gid, libc::group, group)
}

/// All users.
pub fn users() -> Vec<User> {
    let _reading = READING.lock().unwrap_or_else(PoisonError::into_inner);
    let mut all = Vec::new();
    // SAFETY: one thread at a time reads entries.
    unsafe { libc::setpwent() };
    loop {
        // SAFETY: as above; the entry is valid until the next call.
        let entry = unsafe { libc::getpwent() };
        if entry.is_null() {
            break;
        }
        // SAFETY: as above.
        let entry = unsafe { &*entry };
        // SAFETY: as above.
        all.push(unsafe { user(entry) });
    }
    // SAFETY: as above.
    unsafe { libc::endpwent() };
    all
}

/// All groups.
pub fn groups() -> Vec<Group> {
    let _reading = READING.lock().unwrap_or_else(PoisonError::into_inner);
    let mut all = Vec::new();
    // SAFETY: one thread at a time reads entries.
    unsafe { libc::setgrent() };
    loop {
        // SAFETY: as above; the entry is valid until the next call.
        let entry = unsafe { libc::getgrent() };
        if entry.is_null() {
            break;
        }
        // SAFETY: as above.
        let entry = unsafe { &*entry };
        // SAFETY: as above.
        all.push(unsafe { group(entry) });
    }
    // SAFETY: as above.
    unsafe { libc::endgrent() };
    all
}

/// The numbers of the groups that a user is in, by the database.
pub fn groups_of(name: &CStr, gid: u32) -> Result<Vec<u32>, Errno> {
    let mut count: i32 = 32;
    loop {
        let mut found = vec![0; count as usize];
        // SAFETY: the room is as large as said.
        let result = unsafe { libc::getgrouplist(name.as_ptr(), gid, found.as_mut_ptr(), &raw mut count) };
        if result >= 0 {
            found.truncate(count.max(0) as usize);
            return Ok(found);
        }
        if count <= 0 || count as usize <= found.len() {
            return Err(Errno::NOMEM);
        }
    }
}

/// Sets the process's groups to those of the user.
pub fn init_groups(name: &CStr, gid: u32) -> Result<(), Errno> {
    // SAFETY: a C string.
    super::checked(unsafe { libc::initgroups(name.as_ptr(), gid) }).map(|_| ())
}

/// Sets the process's groups.
pub fn set_groups(groups: &[u32]) -> Result<(), Errno> {
    // SAFETY: as many as said.
    super::checked(unsafe { libc::setgroups(groups.len(), groups.as_ptr()) }).map(|_| ())
}

/// Calls like `setuid`, by their arguments.
#[allow(missing_docs, reason = "the calls' names")]
#[derive(Clone, Copy, Debug)]
pub enum Identity {
    Uid(u32),
    Gid(u32),
    Euid(u32),
    Egid(u32),
    Reuid(u32, u32),
    Regid(u32, u32),
    Resuid(u32, u32, u32),
    Resgid(u32, u32, u32),
}

/// Changes the identity of the whole process, all its threads.
pub fn set_identity(identity: Identity) -> Result<(), Errno> {
    let result = match identity {
        // SAFETY: a call on numbers.
        Identity::Uid(id) => unsafe { libc::setuid(id) },
        // SAFETY: as above.
        Identity::Gid(id) => unsafe { libc::setgid(id) },
        // SAFETY: as above.
        Identity::Euid(id) => unsafe { libc::seteuid(id) },
        // SAFETY: as above.
        Identity::Egid(id) => unsafe { libc::setegid(id) },
        // SAFETY: as above.
        Identity::Reuid(real, effective) => unsafe { libc::setreuid(real, effective) },
        // SAFETY: as above.
        Identity::Regid(real, effective) => unsafe { libc::setregid(real, effective) },
        // SAFETY: as above.
        Identity::Resuid(real, effective, saved) => unsafe { libc::setresuid(real, effective, saved) },
        // SAFETY: as above.
        Identity::Resgid(real, effective, saved) => unsafe { libc::setresgid(real, effective, saved) },
    };
    super::checked(result).map(|_| ())
}

/// Real, effective and saved ids: `getresuid`, or `getresgid`.
pub fn identities(groups: bool) -> Result<(u32, u32, u32), Errno> {
    let (mut real, mut effective, mut saved) = (0, 0, 0);
    let result = if groups {
        // SAFETY: three valid addresses.
        unsafe { libc::getresgid(&raw mut real, &raw mut effective, &raw mut saved) }
    } else {
        // SAFETY: as above.
        unsafe { libc::getresuid(&raw mut real, &raw mut effective, &raw mut saved) }
    };
    super::checked(result)?;
    Ok((real, effective, saved))
}

/// The name that the terminal's user logged in with.
pub fn login() -> Result<CString, Errno> {
    let mut room = [0_u8; 256];
    // SAFETY: the room is as large as said.
    match unsafe { getlogin_r(room.as_mut_ptr().cast(), room.len()) } {
        0 => CStr::from_bytes_until_nul(&room).map(CStr::to_owned).map_err(|_| Errno::RANGE),
        errno => Err(Errno::from_raw_os_error(errno)),
    }
}
