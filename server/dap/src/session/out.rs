//! The way to the client. The session numbers and encodes; a task of its own writes, so that a slow client
//! holds up only what can wait: the program's output.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::{Notify, mpsc};

use crate::protocol::{Outbox, Outgoing};

/// How many bytes may wait for a client that does not read, before nothing more is taken from the debuggee.
const WAITING: usize = 1 << 20;

/// The session's end.
pub(super) struct Out {
    outbox: Outbox,
    messages: mpsc::UnboundedSender<Vec<u8>>,
    waiting: Arc<Waiting>,
}

#[derive(Default)]
struct Waiting {
    bytes: AtomicUsize,
    less: Notify,
}

/// The writer's end.
pub(super) struct Writer {
    messages: mpsc::UnboundedReceiver<Vec<u8>>,
    waiting: Arc<Waiting>,
}

pub(super) fn channel() -> (Out, Writer) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let waiting = Arc::new(Waiting::default());
    let out = Out { outbox: Outbox::default(), messages: sender, waiting: Arc::clone(&waiting) };
    (out, Writer { messages: receiver, waiting })
}

impl Out {
    /// Sends a message; its number. That the client is gone is noticed elsewhere.
    pub(super) fn send(&mut self, message: &Outgoing) -> Option<i32> {
        let mut bytes = Vec::new();
        // Every message is made of strings and numbers: there is nothing in one that is no JSON.
        let seq = self.outbox.write(message, &mut bytes).ok()?;
        self.waiting.bytes.fetch_add(bytes.len(), Ordering::Relaxed);
        let _ = self.messages.send(bytes);
        Some(seq)
    }

    /// Whether the client keeps up.
    pub(super) fn has_room(&self) -> bool {
        self.waiting.bytes.load(Ordering::Relaxed) < WAITING
    }

    /// What [`Out::room`] waits on.
    pub(super) fn room(&self) -> impl Future<Output = ()> + use<> {
        let waiting = Arc::clone(&self.waiting);
        async move {
            loop {
                let less = waiting.less.notified();
                if waiting.bytes.load(Ordering::Relaxed) < WAITING {
                    return;
                }
                less.await;
            }
        }
    }

    /// What ends when the writer has.
    pub(super) fn closed(&self) -> impl Future<Output = ()> + use<> {
        let messages = self.messages.clone();
        async move { messages.closed().await }
    }
}

impl Writer {
    /// Writes until the session has ended, or the client is gone.
    pub(super) async fn run(mut self, mut stream: impl AsyncWrite + Unpin) -> std::io::Result<()> {
        while let Some(mut bytes) = self.messages.recv().await {
            // What waits already goes out together.
            while let Ok(more) = self.messages.try_recv() {
                bytes.extend_from_slice(&more);
                if bytes.len() > WAITING {
                    break;
                }
            }
            stream.write_all(&bytes).await?;
            stream.flush().await?;
            self.waiting.bytes.fetch_sub(bytes.len(), Ordering::Relaxed);
            self.waiting.less.notify_one();
        }
        stream.shutdown().await
    }
}
