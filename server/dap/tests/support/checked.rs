//! A client that holds every message it gets against the protocol's schema, and counts responses.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use lasti_dap::client::{self, Client, Logged};
use lasti_dap::debuggee::Launcher;
use lasti_dap::protocol::DisconnectArguments;
use lasti_dap::{schema, session};
use serde_json::{Value, json};
use tokio::io::{duplex, split};
use tokio::task::JoinHandle;

use super::{FakeLauncher, Program};

/// The client, and the server that it talks to.
pub struct Checked {
    client: Client,
    server: JoinHandle<std::io::Result<()>>,
    /// What the engine was told.
    pub commands: Arc<std::sync::Mutex<Vec<lasti_engine::Command>>>,
    /// Whether the debuggee's process was killed.
    pub killed: Arc<std::sync::atomic::AtomicBool>,
}

impl Deref for Checked {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl DerefMut for Checked {
    fn deref_mut(&mut self) -> &mut Client {
        &mut self.client
    }
}

/// A session over memory, with a program.
pub fn session(program: Program) -> Checked {
    session_with(FakeLauncher::new(program))
}

/// A session with a launcher.
pub fn session_with(launcher: FakeLauncher) -> Checked {
    let (commands, killed) = (Arc::clone(&launcher.commands), Arc::clone(&launcher.killed));
    let launcher: Arc<dyn Launcher> = Arc::new(launcher);
    let (near, far) = duplex(1 << 14);
    let (reader, writer) = split(far);
    let server = tokio::spawn(session::serve(reader, writer, launcher));
    let (reader, writer) = split(near);
    let mut client = Client::new(reader, writer);
    client.set_patience(std::time::Duration::from_secs(10));
    Checked { client, server, commands, killed }
}

/// A session that is initialized and launched, up to where breakpoints are set.
pub async fn initialize(
    program: Program,
    options: Value,
) -> (Checked, client::Sent<lasti_dap::protocol::LaunchRequestArguments>) {
    let mut client = session(program);
    client.request(client::initialize_arguments("test")).await.unwrap();
    let mut configuration = json!({"program": "/app/a.py"});
    for (name, value) in options.as_object().into_iter().flatten() {
        configuration[name] = value.clone();
    }
    let launch = client.launch(configuration).await.unwrap();
    client.event("initialized").await.unwrap();
    (client, launch)
}

impl Checked {
    /// Disconnects, and checks that every request had exactly one response.
    pub async fn finish(mut self) {
        self.client.request(DisconnectArguments::default()).await.unwrap();
        self.ended().await;
    }

    /// Waits for the server's end, and checks the log.
    pub async fn ended(&mut self) {
        self.client.closed().await.unwrap();
        (&mut self.server).await.unwrap().unwrap();
        let mut responses = BTreeMap::new();
        for message in self.client.log() {
            match message {
                Logged::Sent(sent) if sent["type"] == "request" => {
                    responses.insert(sent["seq"].as_i64().unwrap(), 0);
                }
                Logged::Received(got) if got["type"] == "response" => {
                    *responses.get_mut(&got["request_seq"].as_i64().unwrap()).unwrap() += 1;
                }
                _ => {}
            }
        }
        assert!(responses.values().all(|&count| count == 1), "responses for each request: {responses:?}");
    }

    /// Waits for the server's end, whose client is gone.
    pub async fn server_ended(&mut self) {
        (&mut self.server).await.unwrap().unwrap();
    }

    /// The messages that came, each as one word: a response by its command, an event by its name.
    pub fn order(&self) -> Vec<String> {
        let word = |message: &Logged| match message {
            Logged::Received(got) => match got["type"].as_str()? {
                "response" if got["success"] == false => Some(format!("!{}", got["command"].as_str()?)),
                "response" => Some(format!("<{}", got["command"].as_str()?)),
                "event" => Some(got["event"].as_str()?.to_owned()),
                _ => Some(format!(">{}", got["command"].as_str()?)),
            },
            Logged::Sent(_) => None,
        };
        self.client.log().iter().filter_map(word).collect()
    }

    /// Whether the engine got a command that fits.
    pub fn was_told(&self, fits: impl Fn(&lasti_engine::Command) -> bool) -> bool {
        self.commands.lock().unwrap().iter().any(fits)
    }
}

impl Drop for Checked {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let mut last = 0;
        for message in self.client.log() {
            let Logged::Received(message) = message else { continue };
            assert_eq!(schema::violations(message), [""; 0], "{message}");
            let seq = message["seq"].as_i64().unwrap();
            assert_eq!(seq, last + 1, "messages are numbered without gap");
            last = seq;
        }
    }
}
