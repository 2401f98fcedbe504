//! Letting the program run, and what is heard of it: stops, output, its end, and events that a story listens to.

use std::time::Duration;

use serde_json::{Value, json};

use super::client::{Event, present};
use super::shown::output;
use super::{Failure, Focus, Session};
use crate::story::{Stepping, Travel};

/// The main thread goes without saying.
const MAIN_THREAD: &str = "MainThread";
/// How long a server that hangs is waited for when it is asked where its threads are.
const PATIENCE: Duration = Duration::from_secs(2);

impl Session<'_> {
    /// Takes note of all events that came. Whether `initialized` was among them.
    pub(super) fn hear(&mut self) -> bool {
        let mut initialized = false;
        while let Some(event) = self.client.as_mut().and_then(super::client::Client::event_if_here) {
            initialized |= event.name == "initialized";
            self.take(event);
        }
        initialized
    }

    fn take(&mut self, event: Event) {
        match event.name.as_str() {
            "stopped" => {
                self.stops.push_back(event);
                return;
            }
            "output" => self.take_output(&event.body),
            "breakpoint" => self.breakpoints.changed(&event),
            "exited" => {
                self.finish_output();
                self.exited = true;
                self.say(format!("exited {}", event.body["exitCode"]));
                return;
            }
            "terminated" => {
                self.finish_output();
                self.ended = true;
                if !self.exited {
                    self.say("terminated");
                }
                return;
            }
            _ => {}
        }
        if self.listened.contains(&event.name) {
            let line = match &event.body {
                Value::Null => format!("event {}", event.name),
                body => format!("event {} {}", event.name, self.anonymous(body)),
            };
            self.say(line);
        }
    }

    fn take_output(&mut self, body: &Value) {
        let category = body["category"].as_str().unwrap_or("console");
        if category == "telemetry" {
            return;
        }
        let mut text = self.unfinished.remove(category).unwrap_or_default();
        text.push_str(body["output"].as_str().unwrap_or_default());
        let mut rest = text.as_str();
        while let Some(end) = rest.find('\n') {
            let (line, after) = rest.split_at(end + 1);
            rest = after;
            self.say_output(category, line);
        }
        if !rest.is_empty() {
            self.unfinished.insert(category.to_owned(), rest.to_owned());
        }
    }

    fn say_output(&mut self, category: &str, text: &str) {
        // What a program writes is shown as it is, but for where its files happen to lie.
        let shown = match text.strip_suffix('\n') {
            Some(line) if !line.contains('\r') => format!("{}\n", self.names.text(line)),
            _ => text.to_owned(),
        };
        let line = output(category, &shown);
        match &mut self.kept {
            Some(kept) => kept.push(line),
            None => self.say(line),
        }
    }

    /// Lists output whose line was not ended.
    pub(super) fn finish_output(&mut self) {
        for (category, text) in std::mem::take(&mut self.unfinished) {
            self.say_output(&category, &text);
        }
    }

    /// Lists the output that was kept back.
    pub(super) fn output(&mut self) -> Result<(), Failure> {
        self.hear();
        let Some(kept) = &mut self.kept else {
            return Err(Failure::Misuse(
                "output is listed where it comes; `output later` keeps it back".into(),
            ));
        };
        let kept = std::mem::take(kept);
        self.lines.extend(kept);
        Ok(())
    }

    pub(super) async fn travel(
        &mut self,
        travel: &Travel,
        stepping: Stepping,
        wanted: usize,
    ) -> Result<(), Failure> {
        self.start().await?;
        match (travel, self.running) {
            (Travel::Run | Travel::Go, false) => {
                let begun = self.configuration_done().await?;
                return match travel {
                    Travel::Run if begun => {
                        self.hear();
                        self.wait(wanted).await
                    }
                    // What comes by itself is listed by who waits for it.
                    _ => Ok(()),
                };
            }
            (Travel::Run, true) => return Err(Failure::Misuse("the program runs already".into())),
            (_, false) => return Err(Failure::Misuse("`run` comes first".into())),
            _ if self.ended => return Err(Failure::Unexpected("the program has ended".into())),
            (Travel::Wait, _) => return self.wait(wanted).await,
            (Travel::Until(line), _) => return self.until(line).await,
            (Travel::Finish, _) => return self.finish().await,
            (Travel::Terminate, _) => {
                if self.ask("terminate", json!({})).await?.is_some() {
                    self.wait_for_end().await?;
                }
                return Ok(());
            }
            _ => {}
        }
        let (command, arguments) = match travel {
            Travel::Continue | Travel::Go => ("continue", self.of_thread(stepping)?),
            Travel::Over => ("next", self.of_thread(stepping)?),
            Travel::Out => ("stepOut", self.of_thread(stepping)?),
            Travel::Into(None) => ("stepIn", self.of_thread(stepping)?),
            Travel::Into(Some(label)) => {
                let Some(target) = self.step_in_target(label).await? else { return Ok(()) };
                let mut arguments = self.of_thread(stepping)?;
                arguments["targetId"] = target;
                ("stepIn", arguments)
            }
            Travel::Goto(marker) => {
                let Some(target) = self.goto_target(marker).await? else { return Ok(()) };
                ("goto", json!({ "threadId": self.thread()?, "targetId": target }))
            }
            Travel::Restart => ("restart", json!({})),
            Travel::RestartFrame => ("restartFrame", json!({ "frameId": self.frame_id().await? })),
            Travel::Pause => ("pause", json!({ "threadId": self.some_thread().await? })),
            Travel::Run | Travel::Wait | Travel::Until(_) | Travel::Finish | Travel::Terminate => {
                return Ok(());
            }
        };
        if self.ask(command, arguments).await?.is_none() {
            return Ok(());
        }
        if *travel == Travel::Restart {
            self.exited = false;
            self.thread_names.clear();
        }
        if *travel == Travel::Go {
            self.focus = Focus { thread: self.focus.thread, ..Focus::default() };
            return Ok(());
        }
        self.wait(wanted).await
    }

    fn of_thread(&self, stepping: Stepping) -> Result<Value, Failure> {
        Ok(present([
            ("threadId", Some(self.thread()?.into())),
            ("granularity", stepping.granularity.map(Into::into)),
            ("singleThread", stepping.single_thread.then_some(Value::Bool(true))),
        ]))
    }

    /// Waits for the next stop, or the end. Where more lines are wanted, for these too.
    async fn wait(&mut self, wanted: usize) -> Result<(), Failure> {
        self.focus = Focus { thread: self.focus.thread, ..Focus::default() };
        let mut stopped = false;
        loop {
            self.hear();
            let more = !stopped || self.lines.len() < wanted;
            if more && let Some(stop) = self.stops.pop_front() {
                self.arrive(&stop.body).await?;
                stopped = true;
                continue;
            }
            if self.ended || stopped && self.lines.len() >= wanted {
                return Ok(());
            }
            self.client()?.receive().await?;
        }
    }

    /// Waits until a line is listed. Nothing can list it any more once the program has ended.
    async fn until(&mut self, line: &str) -> Result<(), Failure> {
        loop {
            self.hear();
            if self.ended || self.lines.iter().any(|found| crate::story::line_fits(line, found)) {
                return Ok(());
            }
            self.client()?.receive().await?;
        }
    }

    async fn wait_for_end(&mut self) -> Result<(), Failure> {
        while !self.ended {
            self.client()?.receive().await?;
            self.hear();
        }
        Ok(())
    }

    async fn finish(&mut self) -> Result<(), Failure> {
        self.clear_all().await?;
        if self.focus.frames.is_empty() {
            self.wait(0).await?;
        }
        while !self.ended {
            let arguments = self.of_thread(Stepping::default())?;
            if self.ask("continue", arguments).await?.is_none() {
                return Ok(());
            }
            self.wait(0).await?;
        }
        Ok(())
    }

    /// Looks at where a thread stopped.
    async fn arrive(&mut self, stop: &Value) -> Result<(), Failure> {
        self.finish_output();
        self.references.next_stop();
        let thread = stop["threadId"].as_i64().or(self.focus.thread);
        let thread =
            thread.ok_or_else(|| Failure::Unexpected("a `stopped` event without a thread".into()))?;
        self.focus = Focus { thread: Some(thread), ..Focus::default() };
        self.load_frames(Some(1)).await?;
        let reason = stop["reason"].as_str().unwrap_or("(no reason)");
        let place =
            self.focus.frames.first().map_or("(no frames)".into(), |frame| self.names.place_of(frame));
        let mut line = vec![format!("stopped {reason} {place}")];
        let name = self.thread_name(thread).await?;
        if name != MAIN_THREAD {
            line.push(format!(" [{name}]"));
        }
        let text = match reason {
            "exception" => self.exception_text(thread).await?,
            _ => stop["text"].as_str().map(|text| self.names.text(text)),
        };
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            line.push(format!(": {text}"));
        }
        self.say(line.concat());
        Ok(())
    }

    async fn exception_text(&mut self, thread: i64) -> Result<Option<String>, Failure> {
        let info = self.client()?.request("exceptionInfo", json!({ "threadId": thread })).await?;
        Ok(match info {
            Ok(info) => Some(self.exception_line(&info)),
            Err(message) => Some(self.names.error(&message)),
        })
    }

    /// The exception and the first line of what it says.
    pub(super) fn exception_line(&self, info: &Value) -> String {
        let class = info["exceptionId"].as_str().unwrap_or("(no exception)");
        let text = info["description"].as_str().and_then(|text| text.lines().next());
        match text.filter(|text| !text.is_empty()) {
            Some(text) => self.names.text(&format!("{class}: {text}")),
            None => class.to_owned(),
        }
    }

    pub(super) async fn thread_name(&mut self, thread: i64) -> Result<String, Failure> {
        if !self.thread_names.contains_key(&thread) {
            self.load_threads().await?;
        }
        Ok(self.thread_names.get(&thread).cloned().unwrap_or_else(|| "(unknown thread)".into()))
    }

    pub(super) async fn load_threads(&mut self) -> Result<(), Failure> {
        let threads = self.client()?.request("threads", json!({})).await?.unwrap_or_default();
        self.thread_names = threads["threads"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|thread| Some((thread["id"].as_i64()?, thread["name"].as_str()?.to_owned())))
            .collect();
        Ok(())
    }

    /// The thread of the last stop, or any if there was none.
    async fn some_thread(&mut self) -> Result<i64, Failure> {
        if let Some(thread) = self.focus.thread {
            return Ok(thread);
        }
        self.load_threads().await?;
        let first = self.thread_names.keys().next().copied();
        first.ok_or_else(|| Failure::Unexpected("the program has no threads".into()))
    }

    /// Stops a program that runs, to see where it is.
    async fn pause_for_stacks(&mut self) {
        let Some(thread) = self.thread_names.keys().next().copied() else { return };
        let Ok(client) = self.client() else { return };
        let Ok(Ok(_)) = client.request("pause", json!({ "threadId": thread })).await else { return };
        loop {
            self.hear();
            if self.ended || !self.stops.is_empty() {
                return;
            }
            let Ok(client) = self.client() else { return };
            if client.receive().await.is_err() {
                return;
            }
        }
    }

    /// The stacks of all threads, for a session that hangs. Whoever does not answer is left alone.
    pub(super) async fn all_stacks(&mut self) -> Vec<String> {
        let mut said = Vec::new();
        if tokio::time::timeout(PATIENCE, self.load_threads()).await.is_err() {
            said.push("the server does not say which threads there are".into());
            return said;
        }
        // A thread in native code does not stop; others may.
        let _ = tokio::time::timeout(PATIENCE, self.pause_for_stacks()).await;
        for (id, name) in self.thread_names.clone() {
            let Ok(client) = self.client() else { return said };
            let stack = client.request("stackTrace", json!({ "threadId": id, "levels": 10 }));
            match tokio::time::timeout(PATIENCE, stack).await {
                Ok(Ok(Ok(stack))) => {
                    said.push(format!("thread {name}:"));
                    let frames = stack["stackFrames"].as_array().cloned().unwrap_or_default();
                    said.extend(frames.iter().map(|frame| format!("  {}", self.frame_line(frame, false))));
                }
                Ok(Ok(Err(message))) => said.push(format!("thread {name}: {message}")),
                Ok(Err(gone)) => said.push(format!("thread {name}: {gone}")),
                Err(_) => said.push(format!("thread {name}: no answer")),
            }
        }
        said
    }
}
