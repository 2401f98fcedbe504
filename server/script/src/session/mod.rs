//! One story against one server: what each command asks, and the lines that follow it. Whether they are the
//! expected ones is not decided here.
//!
//! - `client`: requests, responses, events;
//! - `start`: the handshake;
//! - `breakpoints`: what stops the program;
//! - `travel`: letting it run, and what is heard of it meanwhile;
//! - `inspect`: looking at it while it is stopped, and changing it;
//! - `raw`: requests as they are;
//! - `shown`: how all of it is written.

mod breakpoints;
mod client;
mod inspect;
mod raw;
mod shown;
mod start;
mod travel;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::PathBuf;

use serde_json::{Map, Value};

use crate::server::ServerFactory;
use crate::story::{Step, Story, Verb};
use breakpoints::Breakpoints;
use client::{Client, Event, Gone, Response, Seq};
use raw::References;
use shown::Names;

/// Why a command could not be done at all.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The command makes no sense at this place of a story, whatever the program does.
    #[error("{0}")]
    Misuse(String),
    /// It makes none in the state that the program came to; or the server is gone, or is no server.
    #[error("{0}")]
    Unexpected(String),
}

impl From<Gone> for Failure {
    fn from(gone: Gone) -> Self {
        Self::Unexpected(gone.0)
    }
}

/// The thread and frame that commands are about.
#[derive(Debug, Default)]
struct Focus {
    thread: Option<i64>,
    /// Its frames from the innermost on, as far as they were asked for in this stop.
    frames: Vec<Value>,
    /// Whether these are all.
    all_frames: bool,
    /// Which of them is chosen.
    frame: usize,
}

/// A session.
pub(crate) struct Session<'a> {
    story: &'a Story,
    factory: &'a dyn ServerFactory,
    names: Names<'a>,
    program: PathBuf,
    client: Option<Client>,
    args: Vec<String>,
    config: Map<String, Value>,
    attach: Option<Map<String, Value>>,
    /// The `launch` or `attach`.
    starting: Option<Seq>,
    /// Its response, if it came before the configuration was done.
    started: Option<Response>,
    running: bool,
    ended: bool,
    exited: bool,
    breakpoints: Breakpoints,
    listened: BTreeSet<String>,
    focus: Focus,
    thread_names: BTreeMap<i64, String>,
    /// Stops that came while another was looked at.
    stops: VecDeque<Event>,
    /// Output by category, up to the end of its line.
    unfinished: BTreeMap<String, String>,
    /// Where output goes while it is kept back.
    kept: Option<Vec<String>>,
    references: References,
    /// What the command has brought so far.
    lines: Vec<String>,
}

impl<'a> Session<'a> {
    /// A session in a folder that has the story's files. Nothing is started yet.
    pub(crate) fn new(story: &'a Story, folder: PathBuf, factory: &'a dyn ServerFactory) -> Self {
        let beside = story.launches.as_ref().map(|path| {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
            (path.clone(), name.unwrap_or_default())
        });
        let program = match (&story.launches, story.programs.first()) {
            (Some(path), _) => path.clone(),
            (None, Some(program)) => folder.join(&program.name),
            (None, None) => folder.clone(),
        };
        Self {
            story,
            factory,
            names: Names { markers: &story.markers, folder, beside },
            program,
            client: None,
            args: Vec::new(),
            config: Map::new(),
            attach: None,
            starting: None,
            started: None,
            running: false,
            ended: false,
            exited: false,
            breakpoints: Breakpoints::default(),
            listened: BTreeSet::new(),
            focus: Focus::default(),
            thread_names: BTreeMap::new(),
            stops: VecDeque::new(),
            unfinished: BTreeMap::new(),
            kept: None,
            references: References::default(),
            lines: Vec::new(),
        }
    }

    /// Does a command. `wanted`: how many lines to wait for if fewer come with the first stop; where lines may
    /// come in any order, the rest may come after it.
    pub(crate) async fn perform(&mut self, step: &Step, wanted: usize) -> Result<(), Failure> {
        self.lines.clear();
        self.dispatch(&step.command.verb, wanted).await
    }

    /// The lines that the command has brought, all or so far.
    pub(crate) fn lines(&self) -> &[String] {
        &self.lines
    }

    async fn dispatch(&mut self, verb: &Verb, wanted: usize) -> Result<(), Failure> {
        match verb {
            Verb::Launch { program, args } => self.launch(program.as_deref(), args),
            Verb::Attach(config) => self.attach(config),
            Verb::Config(config) => self.configure(config),
            Verb::Listen(names) => {
                self.listened.extend(names.iter().cloned());
                Ok(())
            }
            Verb::Break(breakpoint) => self.add_breakpoint(breakpoint).await,
            Verb::Clear(marker) => self.clear(marker.as_deref()).await,
            Verb::BreakFunction(breakpoint) => self.add_function_breakpoint(breakpoint).await,
            Verb::ClearFunction(name) => self.clear_function(name).await,
            Verb::Catch(filters) => self.catch(filters).await,
            Verb::Breakpoints => {
                self.list_breakpoints();
                Ok(())
            }
            Verb::Travel(travel, stepping) => self.travel(travel, *stepping, wanted).await,
            Verb::Disconnect => self.disconnect().await,
            Verb::Stack { columns } => self.stack(*columns).await,
            Verb::Scopes => self.scopes().await,
            Verb::Variables { scope, path } => self.variables(scope.as_deref(), path.as_deref()).await,
            Verb::Set(edit) => self.set(edit).await,
            Verb::SetExpression(edit) => self.set_expression(edit).await,
            Verb::Evaluate(purpose, expression) => self.evaluate(*purpose, expression).await,
            Verb::Exception => self.exception().await,
            Verb::Source => self.source().await,
            Verb::OutputLater => {
                self.kept.get_or_insert_default();
                Ok(())
            }
            Verb::Output => self.output(),
            Verb::Threads => self.threads().await,
            Verb::Thread(name) => self.choose_thread(name).await,
            Verb::Frame(which) => self.choose_frame(which).await,
            Verb::Modules => self.modules().await,
            Verb::Sources => self.sources().await,
            Verb::Completions(text) => self.completions(text).await,
            Verb::Locations(marker) => self.locations(marker).await,
            Verb::Targets => self.targets().await,
            Verb::Disassemble(count) => self.disassemble(*count).await,
            Verb::Request { name, arguments } => self.raw_request(name, arguments.as_ref()).await,
        }
    }

    /// The client of a session that has started.
    fn client(&mut self) -> Result<&mut Client, Failure> {
        self.client.as_mut().ok_or_else(|| Failure::Misuse("the session has not started".into()))
    }

    /// Sends a request and waits for its response; output that came before it is listed. What went wrong
    /// becomes a line.
    async fn ask(&mut self, command: &str, arguments: Value) -> Result<Option<Value>, Failure> {
        let response = self.client()?.request(command, arguments).await?;
        self.hear();
        match response {
            Ok(body) => Ok(Some(body)),
            Err(message) => {
                let line = self.names.error(&message);
                self.lines.push(line);
                Ok(None)
            }
        }
    }

    fn say(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
    }

    /// What can be said about a session that hangs.
    pub(crate) async fn describe(&mut self) -> Vec<String> {
        let Some(client) = &mut self.client else { return vec!["the server was not reached".into()] };
        let mut said = Vec::new();
        match client.unanswered().as_slice() {
            [] => said.push("no request waits for a response".to_owned()),
            unanswered => said.push(format!("without a response: {}", unanswered.join(", "))),
        }
        said.push("the last messages:".into());
        said.extend(client.last_messages().into_iter().map(|message| format!("  {message}")));
        said.extend(self.all_stacks().await);
        said
    }

    /// Ends the session. What the program still wrote after its end is listed as lines that nobody expects.
    pub(crate) async fn end(&mut self) -> Result<(), Failure> {
        self.lines.clear();
        if self.client.is_none() {
            return Ok(());
        }
        let over = self.ended;
        // The server may end the conversation instead of answering.
        if let Ok(client) = self.client() {
            let asked = client.request("disconnect", serde_json::json!({ "terminateDebuggee": true })).await;
            drop(asked);
        }
        self.hear();
        if over {
            self.finish_output();
        } else {
            self.lines.clear();
        }
        Ok(())
    }
}
