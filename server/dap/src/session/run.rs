//! The session loop. See the table in the module above.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::LazyLock;
use std::time::Duration;

use lasti_engine::EngineError;
use lasti_engine::command::Reply;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};

use super::answer::{Answer, Ask, Outcome};
use super::commands::{Late, Pending};
use super::lifecycle::Task;
use super::{ErrorId, Internal, RequestError, Session, check, out, requests};
use crate::debuggee::{DebuggeeEvent, Launcher};
use crate::protocol::{
    Command, Incoming, Outgoing, OutputEventBodyCategory, Request, RequestId, ResponseBody,
    RunInTerminalResponseBody,
};
use crate::wire::{Decoder, WireError, WireErrorKind};

/// How many messages of a client wait for the session, before the client has to.
const INCOMING: usize = 64;
/// How long a line that has not ended is held back.
const LINE: Duration = Duration::from_millis(50);
/// How long a client that is let go may take to read what was sent.
const PARTING: Duration = Duration::from_secs(2);

/// Serves one client, from its first byte to its last. The result is that of the streams: what the client or
/// the program does wrong is told to the client.
pub async fn serve(
    reader: impl AsyncRead + Send + Unpin + 'static,
    writer: impl AsyncWrite + Send + Unpin + 'static,
    launcher: Arc<dyn Launcher>,
) -> std::io::Result<()> {
    let (out, writing) = out::channel();
    let mut writing = tokio::spawn(writing.run(writer));
    let (sender, incoming) = mpsc::channel(INCOMING);
    let reading = Task(tokio::spawn(read(reader, sender)).abort_handle());
    let (internal, internals) = mpsc::unbounded_channel();
    let session = Session::new(launcher, out, internal);
    Loop { session, incoming, internals, debuggee: None, flush: None, eager: None, gone: false }.run().await;
    drop(reading);
    match timeout(PARTING, &mut writing).await {
        Ok(Ok(written)) => written,
        Ok(Err(error)) => Err(std::io::Error::other(error)),
        // A client that does not read has nothing to say about it.
        Err(_) => {
            writing.abort();
            Ok(())
        }
    }
}

/// What the reader found.
enum FromClient {
    Message(Incoming),
    Broken(WireError),
}

async fn read(mut stream: impl AsyncRead + Unpin, sender: mpsc::Sender<FromClient>) {
    let mut decoder = Decoder::default();
    let mut buffer = vec![0; 32 << 10];
    loop {
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => {
                if let Err(error) = decoder.finish() {
                    let _ = sender.send(FromClient::Broken(error)).await;
                }
                return;
            }
            Ok(count) => decoder.feed(&buffer[..count]),
        }
        loop {
            let (found, ends) = match decoder.next() {
                Ok(None) => break,
                Ok(Some(message)) => (FromClient::Message(message), false),
                Err(error) => {
                    let ends = error.ends_stream();
                    (FromClient::Broken(error), ends)
                }
            };
            if sender.send(found).await.is_err() || ends {
                return;
            }
        }
    }
}

struct Loop {
    session: Session,
    incoming: mpsc::Receiver<FromClient>,
    internals: mpsc::UnboundedReceiver<Internal>,
    debuggee: Option<mpsc::Receiver<DebuggeeEvent>>,
    /// When lines that have not ended are told.
    flush: Option<Instant>,
    /// Until when replies of the engine are looked for without sleeping.
    eager: Option<std::time::Instant>,
    /// The client is gone without a word.
    gone: bool,
}

impl Loop {
    async fn run(mut self) {
        let closed = self.session.out.closed();
        tokio::pin!(closed);
        while !self.session.finished {
            let room = self.session.out.has_room();
            let deadline = self.session.commands.deadline();
            let farewell = self.session.ending.as_ref().map(|ending| ending.deadline);
            self.flush = match self.flush {
                _ if !self.session.holds_output() => None,
                None => Some(Instant::now() + LINE),
                flush => flush,
            };
            let waits = |until: &std::time::Instant| deadline.is_some() && std::time::Instant::now() < *until;
            self.eager = self.eager.filter(waits);
            tokio::select! {
                message = self.incoming.recv(), if !self.gone => match message {
                    Some(message) => {
                        self.session.client_message(message);
                        self.eager = self.session.commands.deadline().and(eagerness());
                    }
                    None => self.client_gone(),
                },
                () = tokio::task::yield_now(), if self.eager.is_some() => {}
                () = &mut closed, if !self.gone => self.client_gone(),
                Some(internal) = self.internals.recv() => self.internal(internal),
                event = next(&mut self.debuggee), if room || self.gone => self.debuggee(event),
                () = self.session.out.room(), if !room && !self.gone => {}
                () = until(deadline) => self.session.give_up_late(),
                () = until(self.flush) => {
                    self.flush = None;
                    self.session.flush_lines();
                }
                () = until(farewell) => self.session.farewell_is_over(),
            }
        }
    }

    /// A client that is gone is as good as one that disconnected.
    fn client_gone(&mut self) {
        self.gone = true;
        if self.session.ending.is_none() {
            let terminate = self.session.ends_with_client();
            self.session.guarded(|session| session.leave(None, terminate));
        }
    }

    fn internal(&mut self, internal: Internal) {
        match internal {
            Internal::Started { generation, result } => {
                if let Some(events) = self.session.started(generation, result) {
                    self.debuggee = Some(events);
                }
            }
            Internal::Terminal(request) => self.session.ask_terminal(request),
        }
    }

    fn debuggee(&mut self, event: Option<DebuggeeEvent>) {
        // A link that ends without a word is as good as one that says that the program has ended.
        let event = event.unwrap_or(DebuggeeEvent::Ended(None));
        if matches!(event, DebuggeeEvent::Ended(_)) {
            self.debuggee = None;
        }
        self.session.guarded(|session| session.debuggee_event(event));
    }
}

/// Most commands are replied to within this time, which is no more than going to sleep and being woken takes. In the time of
/// the machine, whatever the runtime's clock says; and not where the engine would have to wait for the only processor.
fn eagerness() -> Option<std::time::Instant> {
    const EAGERNESS: Duration = Duration::from_micros(80);
    static SEVERAL: LazyLock<bool> =
        LazyLock::new(|| std::thread::available_parallelism().is_ok_and(|count| count.get() > 1));
    SEVERAL.then(|| std::time::Instant::now() + EAGERNESS)
}

async fn next(debuggee: &mut Option<mpsc::Receiver<DebuggeeEvent>>) -> Option<DebuggeeEvent> {
    match debuggee {
        Some(events) => events.recv().await,
        None => std::future::pending().await,
    }
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}

impl Session {
    fn client_message(&mut self, message: FromClient) {
        match message {
            FromClient::Message(Incoming::Request { seq, command, arguments }) => {
                let to = RequestId { seq, command };
                let outcome = self.caught(|session| session.request(&to, arguments));
                self.settle(to, outcome);
            }
            FromClient::Message(Incoming::Response { request_seq, success, message, body, .. }) => {
                self.terminal_answered(request_seq, success, message, body);
            }
            FromClient::Broken(error) => {
                if let WireErrorKind::NotAMessage(invalid) = &error.kind
                    && let Some(refusal) = Outgoing::refusal(invalid)
                {
                    self.out.send(&refusal);
                    return;
                }
                let consequence = if error.ends_stream() { "the session ends" } else { "it is passed over" };
                let text = format!("a message cannot be read: {error}; {consequence}");
                self.say(OutputEventBodyCategory::Important, &text);
            }
        }
    }

    fn request(&mut self, to: &RequestId, arguments: Option<serde_json::Value>) -> Outcome<ResponseBody> {
        let command = Command::from_name(&to.command).ok_or_else(|| RequestError::unknown(&to.command))?;
        check(self.state, command, &self.capabilities)?;
        requests::dispatch(self, to, Request::parse(command, arguments)?)
    }

    /// Sends the response, or the command that it depends on.
    fn settle(&mut self, to: RequestId, outcome: Outcome<ResponseBody>) {
        match outcome {
            Ok(Answer::Now(body)) => self.respond(to, Ok(body)),
            Ok(Answer::Kept) => {}
            Ok(Answer::Ask(Ask { command, patience, then })) => {
                if self.program.is_none() {
                    // It is the handlers that know what the engine's absence means.
                    let outcome = self.caught(|session| then(session, Err(EngineError::Lost)));
                    self.settle(to, outcome);
                } else if let Err((Some(to), error)) = self.commands.send(command, patience, Some(to), then) {
                    self.respond(to, Err(error));
                }
            }
            Err(error) => self.respond(to, Err(error)),
        }
    }

    /// The reply to a command came.
    pub(super) fn finish(&mut self, pending: Pending, reply: Result<Reply, EngineError>) {
        let Pending { to, then, .. } = pending;
        let outcome = self.caught(|session| then(session, reply));
        if let Some(to) = to {
            self.settle(to, outcome);
        } else {
            // It was answered already; what was to follow the response concerns nobody.
            self.after_response.clear();
            self.go_on(outcome);
        }
    }

    /// Goes on with what nobody waits for.
    pub(super) fn go_on(&mut self, outcome: Outcome<ResponseBody>) {
        if let Ok(Answer::Ask(Ask { command, patience, then })) = outcome
            && self.program.is_some()
            && let Err((_, error)) = self.commands.send(command, patience, None, then)
        {
            self.say(OutputEventBodyCategory::Important, &error.message);
        }
    }

    /// A handler that panics is a failed request; the session goes on.
    fn caught(&mut self, handle: impl FnOnce(&mut Self) -> Outcome<ResponseBody>) -> Outcome<ResponseBody> {
        catch_unwind(AssertUnwindSafe(|| handle(self))).unwrap_or_else(|panic| {
            self.after_response.clear();
            Err(RequestError::new(ErrorId::Internal, said(&*panic)))
        })
    }

    /// The same where there is no request to answer.
    fn guarded(&mut self, handle: impl FnOnce(&mut Self)) {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| handle(self))) {
            let text = said(&*panic);
            self.say(OutputEventBodyCategory::Important, &text);
        }
    }

    /// Answers the requests whose commands take too long. A handler that can do without the reply does.
    fn give_up_late(&mut self) {
        for Late { to, then, milliseconds } in self.commands.late() {
            let outcome = then.map(|then| {
                self.caught(|session| then(session, Err(EngineError::TimedOut { milliseconds })))
            });
            if let Some(Ok(answer)) = outcome {
                self.settle(to, Ok(answer));
                continue;
            }
            let text = format!(
                "the program does not answer `{}`: it hangs, or is busy in native code; `terminate` ends it",
                to.command
            );
            self.respond(to, Err(RequestError::new(ErrorId::TimedOut, text)));
        }
    }

    fn ask_terminal(&mut self, request: crate::debuggee::TerminalRequest) {
        let asked = Outgoing::Request(Request::RunInTerminal(request.arguments));
        if let Some(seq) = self.out.send(&asked) {
            self.asked.insert(i64::from(seq), request.answer);
        }
    }

    fn terminal_answered(
        &mut self,
        seq: i64,
        success: bool,
        message: Option<String>,
        body: Option<serde_json::Value>,
    ) {
        let Some(answer) = self.asked.remove(&seq) else {
            let text = format!("a response to request {seq}, which is none that waits for one");
            self.say(OutputEventBodyCategory::Console, &text);
            return;
        };
        let outcome = if success {
            let body = body.unwrap_or_else(|| serde_json::json!({}));
            serde_json::from_value::<RunInTerminalResponseBody>(body).map_err(|error| error.to_string())
        } else {
            Err(message.unwrap_or_else(|| "no reason given".into()))
        };
        // Who asked may have found the program by now.
        let _ = answer.send(outcome);
    }
}

/// What a panic said.
fn said(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().or(panic.downcast_ref::<String>().map(String::as_str));
    format!("internal error: {}; please report it", text.unwrap_or("no reason given"))
}
