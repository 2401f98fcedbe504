//! A debugged program, as a test sees it.

use std::io::{ErrorKind, Result};
use std::pin::Pin;
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use lasti_dap::client::{Client, initialize_arguments};
use lasti_dap::protocol::{Event, OutputEventBodyCategory as Category};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWrite, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStdin, Command};

/// What a request brings, or why it was refused.
type Outcome<T> = std::result::Result<T, String>;

/// The variable that marks the processes of a test.
const MARK: &str = "LASTI_HOSTILE";
/// How long a process may take to be gone.
const SOON: Duration = Duration::from_secs(20);

/// How client and server are connected.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Over {
    Pipes,
    Tcp,
}

pub(crate) const WAYS: [Over; 2] = [Over::Pipes, Over::Tcp];

/// How a program ended, and what was told of it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct End {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// What the server says itself.
    pub(crate) important: String,
}

impl End {
    pub(crate) fn code(code: i32) -> Self {
        Self { code: Some(code), ..Self::default() }
    }
}

/// A session with a program of its own.
pub(crate) struct Debugged {
    pub(crate) client: Client,
    pub(crate) server: Child,
    over: Over,
    mark: String,
    folder: TempDir,
    /// The program's process.
    pub(crate) process: u32,
    /// The thread that stopped last, and its innermost frame.
    pub(crate) thread: Value,
    pub(crate) frame: Value,
}

impl Debugged {
    /// Launches a program, with breakpoints on the lines that say `#@`, and nothing that stops for exceptions.
    pub(crate) async fn launch(over: Over, program: &str) -> Self {
        Self::launch_with(over, program, &[]).await
    }

    pub(crate) async fn launch_with(over: Over, program: &str, filters: &[&str]) -> Self {
        static LAST: AtomicU32 = AtomicU32::new(0);
        let mark = format!("{}-{}", std::process::id(), LAST.fetch_add(1, Ordering::Relaxed));
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("main.py");
        std::fs::write(&path, program).expect("the program is written");
        let (server, client) = connect(over, &mark).await;
        let thread = Value::Null;
        let frame = Value::Null;
        let mut debugged = Self { client, server, over, mark, folder, process: 0, thread, frame };
        debugged.begin(&path.to_string_lossy(), program, filters).await;
        debugged
    }

    async fn begin(&mut self, path: &str, program: &str, filters: &[&str]) {
        let client = &mut self.client;
        client.request(initialize_arguments("hostile")).await.expect("it is initialized");
        let configuration = json!({"program": path, "console": "internalConsole"});
        let launch = client.launch(configuration).await.expect("it is launched");
        let Event::Process(process) = client.event("process").await.expect("a process") else { panic!() };
        self.process = process.system_process_id.and_then(|id| u32::try_from(id).ok()).expect("its number");
        client.event("initialized").await.expect("it is initialized");
        let lines = program.lines().zip(1..).filter(|(line, _)| line.contains("#@"));
        let breakpoints: Vec<Value> = lines.map(|(_, line)| json!({"line": line})).collect();
        let set = json!({"source": {"path": path}, "breakpoints": breakpoints});
        self.ask("setBreakpoints", set).await.expect("they are set");
        self.ask("setExceptionBreakpoints", json!({"filters": filters})).await.expect("they are set");
        self.client.configuration_done(launch).await.expect("it begins");
    }

    /// A request's body, or why it was refused.
    pub(crate) async fn ask(&mut self, command: &str, arguments: Value) -> Outcome<Value> {
        let seq = self.client.send_json(command, arguments).await.expect("it is sent");
        self.answer(seq).await
    }

    /// The body of the response to a request that was sent.
    pub(crate) async fn answer(&mut self, seq: i64) -> Outcome<Value> {
        let outcome = self.client.outcome(seq).await.expect("it is answered").outcome;
        outcome.map(Option::unwrap_or_default).map_err(|failure| failure.text().to_owned())
    }

    /// A request that concerns the stopped thread.
    pub(crate) async fn travel(&mut self, command: &str) -> Outcome<Value> {
        let thread = self.thread.clone();
        self.ask(command, json!({"threadId": thread})).await
    }

    /// Waits for the next stop: its reason, line and function.
    pub(crate) async fn stop(&mut self) -> String {
        let body = self.client.stopped().await.expect("it stops");
        self.thread = json!(body.thread_id);
        let reason = serde_json::to_value(&body.reason).expect("a reason");
        let stack = self.ask("stackTrace", json!({"threadId": self.thread, "levels": 1})).await;
        let frame = stack.expect("a stack")["stackFrames"][0].clone();
        self.frame = frame["id"].clone();
        format!(
            "{} {} {}",
            reason.as_str().unwrap_or("?"),
            frame["line"],
            frame["name"].as_str().unwrap_or("?")
        )
    }

    /// The value of an expression in the innermost frame.
    pub(crate) async fn value(&mut self, expression: &str) -> Outcome<String> {
        let frame = self.frame.clone();
        let body = self.ask("evaluate", json!({"expression": expression, "frameId": frame})).await?;
        Ok(body["result"].as_str().unwrap_or_default().to_owned())
    }

    /// Waits until the program wrote a line.
    pub(crate) async fn wrote(&mut self, line: &str) {
        let line = format!("{line}\n");
        let wanted = |event: &Event| matches!(event, Event::Output(body) if body.output == line);
        self.client.event_where("what the program writes", wanted).await.expect("it writes");
    }

    /// Waits for the program's end.
    pub(crate) async fn end(&mut self) -> End {
        let code = self.client.terminated().await.expect("it ends");
        let folder = self.folder.path().to_string_lossy().into_owned();
        let mut texts = Vec::new();
        for category in [Category::Stdout, Category::Stderr, Category::Important] {
            let text = self.client.take_output(&category).await.expect("what was written");
            texts.push(text.replace(&folder, "<folder>"));
        }
        let mut texts = texts.into_iter();
        let mut text = || texts.next().unwrap_or_default();
        End { code, stdout: text(), stderr: text(), important: text() }
    }

    /// Disconnects; the server ends its session, and nothing stays behind.
    pub(crate) async fn leave(mut self) {
        self.ask("disconnect", json!({})).await.expect("it is let go");
        self.client.closed().await.expect("the server closes the stream");
        self.is_clean().await;
    }

    /// The session is over: nothing stays behind, of the server's own neither.
    pub(crate) async fn is_clean(&mut self) {
        match self.over {
            Over::Pipes => {
                let status = tokio::time::timeout(SOON, self.server.wait()).await.expect("the server ends");
                assert!(status.expect("how").success());
            }
            // It serves whoever comes next.
            Over::Tcp => {
                assert_eq!(self.server.try_wait().expect("a server"), None, "it goes on");
                self.nothing_left(true).await;
                self.server.kill().await.expect("it is killed");
            }
        }
        self.nothing_left(false).await;
    }

    /// Waits until no process of this test is left, but for the server.
    pub(crate) async fn nothing_left(&self, but_server: bool) {
        let begun = Instant::now();
        loop {
            let mut left = self.marked();
            if but_server {
                left.retain(|(process, _)| Some(*process) != self.server.id());
            }
            if left.is_empty() {
                return;
            }
            if begun.elapsed() > SOON {
                for (process, _) in &left {
                    kill(*process);
                }
                panic!("left behind: {left:?}");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// All living processes that carry the mark, with their command lines.
    pub(crate) fn marked(&self) -> Vec<(u32, String)> {
        let wanted = format!("{MARK}={}", self.mark).into_bytes();
        let processes = std::fs::read_dir("/proc").expect("processes").flatten();
        let numbers = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
        let marked = numbers.filter_map(|process| {
            let environment = std::fs::read(format!("/proc/{process}/environ")).ok()?;
            let is = environment.split(|&byte| byte == 0).any(|variable| variable == wanted);
            let line = std::fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
            is.then(|| (process, String::from_utf8_lossy(&line).replace('\0', " ")))
        });
        marked.collect()
    }
}

pub(crate) fn kill(process: u32) {
    let status = std::process::Command::new("kill").args(["-9", &process.to_string()]).status();
    assert!(status.expect("it runs").success());
}

async fn connect(over: Over, mark: &str) -> (Child, Client) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lasti"));
    command.arg("dap").env(MARK, mark).kill_on_drop(true);
    match over {
        Over::Pipes => {
            let mut server =
                command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the server starts");
            let (reader, writer) = (server.stdout.take(), server.stdin.take());
            let client = Client::new(reader.expect("its output"), Closing(writer));
            (server, patient(client))
        }
        Over::Tcp => {
            let mut server = command
                .args(["--listen", "127.0.0.1:0"])
                .stdin(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .expect("the server starts");
            let mut said = String::new();
            let errors = server.stderr.take().expect("what it says");
            BufReader::new(errors).read_line(&mut said).await.expect("it says where it listens");
            let address = said.trim().rsplit(' ').next().unwrap_or_default();
            let stream = TcpStream::connect(address).await.expect("it listens");
            let (reader, writer) = stream.into_split();
            (server, patient(Client::new(reader, writer)))
        }
    }
}

/// A pipe that is closed when its client is done writing.
struct Closing(Option<ChildStdin>);

impl AsyncWrite for Closing {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        match &mut self.0 {
            Some(pipe) => Pin::new(pipe).poll_write(context, bytes),
            None => Poll::Ready(Err(ErrorKind::BrokenPipe.into())),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        self.0.as_mut().map_or(Poll::Ready(Ok(())), |pipe| Pin::new(pipe).poll_flush(context))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<()>> {
        self.0 = None;
        Poll::Ready(Ok(()))
    }
}

/// Machines that run tests are busy.
fn patient(mut client: Client) -> Client {
    client.set_patience(Duration::from_mins(2));
    client
}
