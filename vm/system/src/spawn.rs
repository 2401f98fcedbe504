//! `posix_spawn`.

use std::ffi::{CStr, CString};
use std::mem::MaybeUninit;

use rustix::io::Errno;

use crate::process::pointers;

/// What happens to a descriptor of the child.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "C's names")]
pub enum FileAction {
    Open { fd: i32, path: CString, flags: i32, mode: u32 },
    Close(i32),
    Dup2(i32, i32),
    CloseFrom(i32),
}

/// What else is different in the child.
#[derive(Clone, Default, Debug)]
pub struct Attributes {
    /// The process group, 0 for a new one.
    pub group: Option<i32>,
    /// Whether the effective ids become the real ones.
    pub reset_ids: bool,
    /// Whether it leads a new session.
    pub new_session: bool,
    /// The signals that it does not take.
    pub mask: Option<Vec<i32>>,
    /// The signals that do what they do by default.
    pub defaults: Option<Vec<i32>>,
    /// The scheduler, if it changes, and the priority.
    pub scheduler: Option<(Option<i32>, i32)>,
}

/// C's lists of actions and attributes, given back at the end.
struct Prepared {
    actions: libc::posix_spawn_file_actions_t,
    attributes: libc::posix_spawnattr_t,
}

impl Drop for Prepared {
    fn drop(&mut self) {
        // SAFETY: both were made by C's library.
        unsafe { libc::posix_spawn_file_actions_destroy(&raw mut self.actions) };
        // SAFETY: as above.
        unsafe { libc::posix_spawnattr_destroy(&raw mut self.attributes) };
    }
}

/// These calls return the errno.
fn done(errno: i32) -> Result<(), Errno> {
    if errno == 0 { Ok(()) } else { Err(Errno::from_raw_os_error(errno)) }
}

impl Prepared {
    fn new(actions: &[FileAction], attributes: &Attributes) -> Result<Self, Errno> {
        let (mut list, mut set) = (MaybeUninit::zeroed(), MaybeUninit::zeroed());
        // SAFETY: a valid address.
        done(unsafe { libc::posix_spawn_file_actions_init(list.as_mut_ptr()) })?;
        // SAFETY: a valid address.
        done(unsafe { libc::posix_spawnattr_init(set.as_mut_ptr()) })?;
        // SAFETY: it was filled.
        let actions_list = unsafe { list.assume_init() };
        // SAFETY: it was filled.
        let attributes_set = unsafe { set.assume_init() };
        let mut prepared = Self { actions: actions_list, attributes: attributes_set };
        for action in actions {
            prepared.add(action)?;
        }
        prepared.set(attributes)?;
        Ok(prepared)
    }

    fn add(&mut self, action: &FileAction) -> Result<(), Errno> {
        let list = &raw mut self.actions;
        done(match action {
            FileAction::Open { fd, path, flags, mode } => {
                // SAFETY: a list that was made, and a C string that the call copies.
                unsafe { libc::posix_spawn_file_actions_addopen(list, *fd, path.as_ptr(), *flags, *mode) }
            }
            // SAFETY: a list that was made.
            FileAction::Close(fd) => unsafe { libc::posix_spawn_file_actions_addclose(list, *fd) },
            FileAction::Dup2(from, to) => {
                // SAFETY: as above.
                unsafe { libc::posix_spawn_file_actions_adddup2(list, *from, *to) }
            }
            FileAction::CloseFrom(from) => {
                // SAFETY: as above.
                unsafe { posix_spawn_file_actions_addclosefrom_np(list, *from) }
            }
        })
    }

    fn set(&mut self, attributes: &Attributes) -> Result<(), Errno> {
        let set = &raw mut self.attributes;
        let mut flags = 0;
        if let Some(group) = attributes.group {
            flags |= libc::POSIX_SPAWN_SETPGROUP;
            // SAFETY: a set that was made.
            done(unsafe { libc::posix_spawnattr_setpgroup(set, group) })?;
        }
        if attributes.reset_ids {
            flags |= libc::POSIX_SPAWN_RESETIDS;
        }
        if attributes.new_session {
            flags |= libc::POSIX_SPAWN_SETSID as i32;
        }
        if let Some(mask) = &attributes.mask {
            flags |= libc::POSIX_SPAWN_SETSIGMASK;
            let mask = crate::signal::set_of(mask)?;
            // SAFETY: a set that was made, and a whole set of signals.
            done(unsafe { libc::posix_spawnattr_setsigmask(set, &raw const mask) })?;
        }
        if let Some(defaults) = &attributes.defaults {
            flags |= libc::POSIX_SPAWN_SETSIGDEF;
            let defaults = crate::signal::set_of(defaults)?;
            // SAFETY: as above.
            done(unsafe { libc::posix_spawnattr_setsigdefault(set, &raw const defaults) })?;
        }
        if let Some((policy, priority)) = attributes.scheduler {
            if let Some(policy) = policy {
                flags |= libc::POSIX_SPAWN_SETSCHEDULER;
                // SAFETY: a set that was made.
                done(unsafe { libc::posix_spawnattr_setschedpolicy(set, policy) })?;
            }
            flags |= libc::POSIX_SPAWN_SETSCHEDPARAM;
            let parameter = libc::sched_param { sched_priority: priority };
            // SAFETY: a set that was made, and a whole structure.
            done(unsafe { libc::posix_spawnattr_setschedparam(set, &raw const parameter) })?;
        }
        // SAFETY: a set that was made.
        done(unsafe { libc::posix_spawnattr_setflags(set, flags as i16) })
    }
}

unsafe extern "C" {
    fn posix_spawn_file_actions_addclosefrom_np(
        list: *mut libc::posix_spawn_file_actions_t,
        from: libc::c_int,
    ) -> libc::c_int;
}

/// Starts a program. With `search`, it is looked for in the `PATH` of the process.
pub fn posix_spawn(
    path: &CStr,
    arguments: &[CString],
    environment: &[CString],
    actions: &[FileAction],
    attributes: &Attributes,
    search: bool,
) -> Result<i32, Errno> {
    let prepared = Prepared::new(actions, attributes)?;
    let (arguments, environment) = (pointers(arguments), pointers(environment));
    let mut pid = 0;
    let spawn = if search { libc::posix_spawnp } else { libc::posix_spawn };
    // SAFETY: C strings, lists that end with null, and what was made above; all live until the call.
    done(unsafe {
        spawn(
            &raw mut pid,
            path.as_ptr(),
            &raw const prepared.actions,
            &raw const prepared.attributes,
            arguments.as_ptr().cast(),
            environment.as_ptr().cast(),
        )
    })?;
    Ok(pid)
}
