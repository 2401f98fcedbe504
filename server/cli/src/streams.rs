//! The standard streams as the runtime can wait for them. tokio's own are read and written by threads of a pool, each of which
//! has to be woken for every message; pipes and sockets, which is what clients use, need none.

use tokio::io::{AsyncRead, AsyncWrite};

/// Standard input.
pub(crate) type Input = Box<dyn AsyncRead + Send + Unpin>;
/// Standard output.
pub(crate) type Output = Box<dyn AsyncWrite + Send + Unpin>;

/// Standard input, and what puts it right when it is dropped.
pub(crate) fn input() -> (Input, Option<Kept>) {
    #[cfg(unix)]
    if let Some((stream, kept)) = unix::input() {
        return (stream, Some(kept));
    }
    (Box::new(tokio::io::stdin()), None)
}

/// Standard output, and what puts it right when it is dropped.
pub(crate) fn output() -> (Output, Option<Kept>) {
    #[cfg(unix)]
    if let Some((stream, kept)) = unix::output() {
        return (stream, Some(kept));
    }
    (Box::new(tokio::io::stdout()), None)
}

#[cfg(unix)]
pub(crate) use unix::Kept;

/// Nothing is changed here.
#[cfg(not(unix))]
pub(crate) struct Kept;

#[cfg(unix)]
mod unix {
    use std::os::fd::{AsFd, OwnedFd};
    use std::os::unix::net::UnixStream;

    use rustix::fs::{FileType, OFlags, fcntl_getfl, fcntl_setfl, fstat};
    use tokio::net::unix::pipe;

    use super::{Input, Output};

    /// A stream that others may have too, and what its flags were: whether one waits in it is said for all.
    pub(crate) struct Kept(OwnedFd, OFlags);

    impl Drop for Kept {
        fn drop(&mut self) {
            let _ = fcntl_setfl(&self.0, self.1);
        }
    }

    fn keep(stream: impl AsFd) -> Option<(OwnedFd, FileType, Kept)> {
        let (stream, again) =
            (stream.as_fd().try_clone_to_owned().ok()?, stream.as_fd().try_clone_to_owned().ok()?);
        let kind = FileType::from_raw_mode(fstat(&stream).ok()?.st_mode);
        let flags = fcntl_getfl(&stream).ok()?;
        Some((stream, kind, Kept(again, flags)))
    }

    fn socket(stream: OwnedFd) -> Option<tokio::net::UnixStream> {
        let stream = UnixStream::from(stream);
        stream.set_nonblocking(true).ok()?;
        tokio::net::UnixStream::from_std(stream).ok()
    }

    pub(super) fn input() -> Option<(Input, Kept)> {
        let (stream, kind, kept) = keep(std::io::stdin())?;
        let input: Input = match kind {
            FileType::Fifo => Box::new(pipe::Receiver::from_owned_fd(stream).ok()?),
            FileType::Socket => Box::new(socket(stream)?),
            _ => return None,
        };
        Some((input, kept))
    }

    pub(super) fn output() -> Option<(Output, Kept)> {
        let (stream, kind, kept) = keep(std::io::stdout())?;
        let output: Output = match kind {
            FileType::Fifo => Box::new(pipe::Sender::from_owned_fd(stream).ok()?),
            FileType::Socket => Box::new(socket(stream)?),
            _ => return None,
        };
        Some((output, kept))
    }
}
