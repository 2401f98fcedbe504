//! The debuggee as a process of its own: a command line, started as a child or in a terminal of the client,
//! and linked by a local socket.
//!
//! A child leads a process group, so that what it started ends with it when the server ends it. What it started
//! and left behind when it ended by itself lives on, as it does without a debugger.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use lasti_engine::event::ExitStatus;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::guard::{Guard, Target};
use super::pump::Pump;
use super::rendezvous::{Rendezvous, Waiting};
use super::{EngineLink, Launcher, StartError, Starting, Terminal};
use crate::launch::{Console, Launch};
use crate::protocol::{RunInTerminalRequestArguments, RunInTerminalRequestArgumentsKind};

/// How many events wait for the session before the debuggee has to.
const EVENTS: usize = 64;

/// What to run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CommandLine {
    /// The executable.
    pub program: PathBuf,
    /// What follows it.
    pub args: Vec<String>,
}

/// Makes a command line of what the client asks for.
type Compose = dyn Fn(&Launch) -> Result<CommandLine, StartError> + Send + Sync;

/// Starts each debuggee in a process of its own.
pub struct ProcessLauncher {
    compose: Arc<Compose>,
    environment: BTreeMap<OsString, OsString>,
    folder: PathBuf,
    patience: Duration,
}

impl ProcessLauncher {
    /// With what makes a command line of a configuration, and the environment and folder that a program has
    /// if its configuration says nothing else.
    pub fn new(
        compose: impl Fn(&Launch) -> Result<CommandLine, StartError> + Send + Sync + 'static,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
        folder: PathBuf,
    ) -> Self {
        Self {
            compose: Arc::new(compose),
            environment: environment.into_iter().collect(),
            folder,
            patience: Duration::from_mins(1),
        }
    }

    /// How long a process may take until it is linked.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }
}

impl Launcher for ProcessLauncher {
    fn launch(&self, launch: Launch, terminal: Terminal) -> Starting {
        let compose = Arc::clone(&self.compose);
        let (environment, folder) = (self.environment.clone(), self.folder.clone());
        let patience = self.patience;
        Box::pin(async move {
            let command = compose(&launch)?;
            let folder = launch.cwd.as_ref().map_or_else(|| folder.clone(), |cwd| folder.join(cwd));
            if !folder.is_dir() {
                return Err(StartError(format!("`cwd`: there is no folder {}", folder.display())));
            }
            let waiting = Waiting::new().await?;
            let rendezvous = waiting.rendezvous()?;
            match launch.console {
                Console::Internal => {
                    let child = spawn(&command, &launch, &rendezvous, environment, &folder)?;
                    link_child(child, waiting, patience).await
                }
                Console::IntegratedTerminal | Console::ExternalTerminal => {
                    let arguments = in_terminal(&command, &launch, &rendezvous, &folder)?;
                    link_terminal(arguments, waiting, terminal, patience).await
                }
            }
        })
    }
}

fn spawn(
    line: &CommandLine,
    launch: &Launch,
    rendezvous: &Rendezvous,
    environment: BTreeMap<OsString, OsString>,
    folder: &std::path::Path,
) -> Result<Child, StartError> {
    let mut command = Command::new(&line.program);
    command.args(&line.args).current_dir(folder).env_clear().envs(environment);
    for (name, value) in &launch.env {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.envs(rendezvous.variables());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(false);
    #[cfg(unix)]
    command.process_group(0);
    command.spawn().map_err(|error| StartError(format!("cannot start {}: {error}", line.program.display())))
}

/// Waits for a child's connection, or for its end if it does not come to that.
async fn link_child(
    mut child: Child,
    waiting: Waiting,
    patience: Duration,
) -> Result<EngineLink, StartError> {
    let target = Target::group(child.id());
    // From here on the child ends with whoever drops this.
    let guard = Guard::new(target.clone());
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (mut stdout, mut stderr) = (Tail::new(stdout), Tail::new(stderr));
    let socket = tokio::select! {
        peer = waiting.peer() => peer?,
        ended = child.wait() => {
            target.gone();
            let rest = Duration::from_millis(300);
            let _ = timeout(rest, async { tokio::join!(stdout.read_to_end(), stderr.read_to_end()) }).await;
            let how = ended.ok().and_then(status_of).map_or_else(|| "unknown".into(), describe);
            let said = stderr.said().or_else(|| stdout.said()).unwrap_or_default();
            return Err(StartError(format!("the program ended before it could be debugged ({how}){said}")));
        }
        () = tokio::time::sleep(patience) => {
            return Err(StartError(format!(
                "the program did not connect within {} s: is it a Lasti executable?",
                patience.as_secs()
            )));
        }
        // What it writes meanwhile must not hold it up.
        never = async { tokio::join!(stdout.read_on(), stderr.read_on()) } => match never.0 {},
    };
    let (commands, taken) = mpsc::unbounded_channel();
    let (sender, events) = mpsc::channel(EVENTS);
    let pump = Pump { child: Some(child), stdout, stderr, target, events: sender };
    tokio::spawn(pump.run(socket, taken));
    Ok(EngineLink { commands, events, process: Box::new(guard) })
}

/// One stream of a child that is not linked yet, and what came of it.
pub(super) struct Tail<R> {
    pub(super) stream: Option<R>,
    pub(super) bytes: Vec<u8>,
}

impl<R: AsyncRead + Unpin> Tail<R> {
    /// What a program may write before it is linked, in bytes; more of it stays in the pipe.
    const LIMIT: usize = 1 << 20;

    fn new(stream: Option<R>) -> Self {
        Self { stream, bytes: Vec::new() }
    }

    async fn read_to_end(&mut self) {
        while self.bytes.len() < Self::LIMIT {
            let Some(stream) = &mut self.stream else { return };
            if !matches!(stream.read_buf(&mut self.bytes).await, Ok(1..)) {
                self.stream = None;
            }
        }
    }

    async fn read_on(&mut self) -> std::convert::Infallible {
        self.read_to_end().await;
        std::future::pending().await
    }

    /// The end of it, for an error's text.
    fn said(&self) -> Option<String> {
        let from = self.bytes.len().saturating_sub(2000);
        let text = String::from_utf8_lossy(&self.bytes[from..]).trim().to_owned();
        (!text.is_empty()).then(|| format!("; it wrote: {text}"))
    }
}

fn in_terminal(
    line: &CommandLine,
    launch: &Launch,
    rendezvous: &Rendezvous,
    folder: &std::path::Path,
) -> Result<RunInTerminalRequestArguments, StartError> {
    let text = |path: &std::path::Path| {
        let unfit = || StartError(format!("{} is no Unicode text, which a terminal needs", path.display()));
        path.to_str().map(str::to_owned).ok_or_else(unfit)
    };
    let mut args = vec![text(&line.program)?];
    args.extend(line.args.iter().cloned());
    let own = rendezvous.variables().map(|(name, value)| (name.to_owned(), Some(value)));
    let env = launch.env.clone().into_iter().chain(own).collect();
    let kind = match launch.console {
        Console::ExternalTerminal => RunInTerminalRequestArgumentsKind::External,
        Console::Internal | Console::IntegratedTerminal => RunInTerminalRequestArgumentsKind::Integrated,
    };
    Ok(RunInTerminalRequestArguments {
        kind: Some(kind),
        title: Some(launch.console_title.clone().unwrap_or_else(|| "Lasti".into())),
        cwd: text(folder)?,
        args,
        env: Some(env),
        args_can_be_interpreted_by_shell: None,
    })
}

/// Has the client start the debuggee, and waits for its connection.
async fn link_terminal(
    arguments: RunInTerminalRequestArguments,
    waiting: Waiting,
    terminal: Terminal,
    patience: Duration,
) -> Result<EngineLink, StartError> {
    let opened = async {
        terminal.run(arguments).await?;
        // The client says that it opened a terminal, and not how the command in it fares.
        tokio::time::sleep(patience).await;
        Err(StartError(format!(
            "the program did not connect within {} s: the terminal may say why",
            patience.as_secs()
        )))
    };
    let socket = tokio::select! {
        peer = waiting.peer() => peer?,
        failed = opened => failed?,
    };
    let target = Target::default();
    let guard = Guard::new(target.clone());
    let (commands, taken) = mpsc::unbounded_channel();
    let (sender, events) = mpsc::channel(EVENTS);
    let (stdout, stderr) = (Tail::new(None), Tail::new(None));
    tokio::spawn(Pump { child: None, stdout, stderr, target, events: sender }.run(socket, taken));
    Ok(EngineLink { commands, events, process: Box::new(guard) })
}

/// How a process ended.
pub(super) fn status_of(status: std::process::ExitStatus) -> Option<ExitStatus> {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return Some(ExitStatus::Signal(signal));
    }
    status.code().map(ExitStatus::Code)
}

fn describe(status: ExitStatus) -> String {
    match status {
        ExitStatus::Code(code) => format!("exit code {code}"),
        ExitStatus::Signal(signal) => format!("signal {signal}"),
    }
}
