//! The handshake: `initialize`, `launch` or `attach`, and `disconnect`. What is launched is the story's, and is
//! fixed once the server was told.

use serde_json::{Map, Value, json};

use super::client::Client;
use super::{Failure, Session};

impl Session<'_> {
    pub(super) fn launch(&mut self, program: Option<&str>, args: &[String]) -> Result<(), Failure> {
        self.not_started("launch")?;
        if let Some(name) = program
            && self.story.launches.is_none()
        {
            self.program = self.names.path(name);
        }
        self.args = args.to_vec();
        Ok(())
    }

    pub(super) fn attach(&mut self, config: &Map<String, Value>) -> Result<(), Failure> {
        self.not_started("attach")?;
        self.attach = Some(config.clone());
        Ok(())
    }

    pub(super) fn configure(&mut self, config: &Map<String, Value>) -> Result<(), Failure> {
        self.not_started("config")?;
        self.config.extend(config.clone());
        Ok(())
    }

    fn not_started(&self, verb: &str) -> Result<(), Failure> {
        match self.client {
            None => Ok(()),
            Some(_) => Err(Failure::Misuse(format!("`{verb}` comes before all that the server is asked"))),
        }
    }

    /// Starts the server and brings it to where it takes breakpoints, unless that was done.
    pub(super) async fn start(&mut self) -> Result<(), Failure> {
        if self.client.is_some() {
            return Ok(());
        }
        let connection = self.factory.connect().await;
        let connection =
            connection.map_err(|error| Failure::Unexpected(format!("cannot start a server: {error}")))?;
        self.client = Some(Client::new(connection));
        let initialize = json!({
            "clientID": "lasti-script",
            "clientName": "lasti script",
            "adapterID": "lasti",
            "locale": "en",
            "linesStartAt1": true,
            "columnsStartAt1": true,
            "pathFormat": "path",
            "supportsVariableType": true,
            "supportsInvalidatedEvent": true,
            "supportsMemoryReferences": true,
            "supportsArgsCanBeInterpretedByShell": false,
        });
        let initialized = self.client()?.request("initialize", initialize).await?;
        initialized.map_err(|message| Failure::Unexpected(format!("`initialize` failed: {message}")))?;
        let (command, arguments) = self.start_request();
        let starting = self.client()?.send(command, Some(arguments)).await?;
        // `launch` may be answered now, or only when the configuration is done.
        let mut ready = false;
        while !ready {
            self.client()?.receive().await?;
            // A refusal is told by `run`, whether it comes now or then.
            if let Some(response) = self.client()?.response_if_here(starting) {
                ready = response.is_err();
                self.started = Some(response);
            }
            ready |= self.hear();
        }
        self.starting = Some(starting);
        Ok(())
    }

    fn start_request(&self) -> (&'static str, Value) {
        if let Some(attach) = &self.attach {
            return ("attach", Value::Object(attach.clone()));
        }
        let mut config = Map::new();
        config.insert("console".into(), "internalConsole".into());
        let target = ["program", "module", "code"].iter().any(|name| self.config.contains_key(*name));
        if !target {
            config.insert("program".into(), self.program.to_string_lossy().into());
        }
        let folder = self.program.parent().filter(|_| self.story.launches.is_some());
        let folder = folder.unwrap_or(&self.names.folder);
        config.insert("cwd".into(), folder.to_string_lossy().into());
        if !self.args.is_empty() {
            config.insert("args".into(), self.args.clone().into());
        }
        config.extend(self.config.clone());
        ("launch", Value::Object(config))
    }

    /// Says that the configuration is done, and so lets the program begin.
    pub(super) async fn configuration_done(&mut self) -> Result<bool, Failure> {
        let done = self.client()?.send("configurationDone", None).await?;
        let started = match (self.started.take(), self.starting.take()) {
            (None, Some(starting)) => self.client()?.response(starting).await?,
            (started, _) => started.unwrap_or(Ok(Value::Null)),
        };
        let done = self.client()?.response(done).await?;
        if let Err(message) = started.and(done) {
            let line = self.names.error(&message);
            self.say(line);
            return Ok(false);
        }
        self.running = true;
        Ok(true)
    }

    pub(super) async fn disconnect(&mut self) -> Result<(), Failure> {
        self.ask("disconnect", json!({ "terminateDebuggee": true })).await?;
        self.finish_output();
        self.ended = true;
        Ok(())
    }
}
