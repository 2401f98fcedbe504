//! Where clients come from: a pair of streams, or TCP.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::debuggee::Launcher;
use crate::session::serve;

/// Who can reach a listener.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Exposure {
    /// Programs on this machine.
    #[default]
    Loopback,
    /// Whoever reaches the address. A client can run any program, so this is to be asked for by name.
    Everybody,
}

/// Serves the one client at the other end of the standard streams, which the caller brings.
pub async fn serve_stdio(
    input: impl AsyncRead + Send + Unpin + 'static,
    output: impl AsyncWrite + Send + Unpin + 'static,
    launcher: Arc<dyn Launcher>,
) -> std::io::Result<()> {
    serve(input, output, launcher).await
}

/// Where a listener listens; refused if more can reach it than `exposure` allows.
pub fn address_of(listener: &TcpListener, exposure: Exposure) -> std::io::Result<SocketAddr> {
    let address = listener.local_addr()?;
    if exposure == Exposure::Loopback && !address.ip().is_loopback() {
        let text = format!(
            "{address} can be reached from other machines, whose users could run programs here: listen at 127.0.0.1"
        );
        return Err(std::io::Error::new(std::io::ErrorKind::PermissionDenied, text));
    }
    Ok(address)
}

/// Serves every client that connects, each in a session of its own, until the future is dropped: the sessions
/// end with it, and so do their programs.
pub async fn serve_tcp(
    listener: TcpListener,
    exposure: Exposure,
    launcher: Arc<dyn Launcher>,
) -> std::io::Result<()> {
    address_of(&listener, exposure)?;
    let mut sessions = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                // A client that is gone already, or no descriptor left: others end in time.
                let Ok((stream, _)) = accepted else {
                    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                    continue;
                };
                let _ = stream.set_nodelay(true);
                let (reader, writer) = stream.into_split();
                sessions.spawn(serve(reader, writer, Arc::clone(&launcher)));
            }
            Some(_) = sessions.join_next() => {}
        }
    }
}
