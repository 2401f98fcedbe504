//! Requests as they are: `request NAME {JSON}`. In the arguments, names stand for what a story cannot know; in
//! the answer, numbers that another run would not have are replaced.

use std::collections::BTreeMap;

use serde_json::Value;

use super::shown::number;
use super::{Failure, Session};

/// Labels of variable references: `ref#1` is the first that a stop showed, `ref#1'` the first of the next stop
/// that showed any.
#[derive(Debug, Default)]
pub(super) struct References {
    /// Of this stop.
    labels: BTreeMap<u64, String>,
    /// Of all stops: a story may ask for what is gone.
    numbers: BTreeMap<String, u64>,
    /// Stops before this that showed some.
    stops: usize,
}

impl References {
    /// The references of the stop before are stale: the same number is another reference now.
    pub(super) fn next_stop(&mut self) {
        self.stops += usize::from(!self.labels.is_empty());
        self.labels.clear();
    }

    fn label(&mut self, number: u64) -> String {
        let next = self.labels.len() + 1;
        let label =
            self.labels.entry(number).or_insert_with(|| format!("ref#{next}{}", "'".repeat(self.stops)));
        self.numbers.insert(label.clone(), number);
        label.clone()
    }
}

/// Fields whose numbers and texts another run would not have.
const CHANGING: &[&str] = &[
    "id",
    "frameId",
    "threadId",
    "sourceReference",
    "systemProcessId",
    "pointerSize",
    "adapterData",
    "memoryReference",
    "instructionPointerReference",
    "instructionReference",
    "address",
    "__sessionId",
];

impl Session<'_> {
    pub(super) async fn raw_request(&mut self, name: &str, arguments: Option<&Value>) -> Result<(), Failure> {
        self.start().await?;
        let arguments = match arguments {
            Some(arguments) => Some(self.filled_in(arguments).await?),
            None => None,
        };
        let seq = self.client()?.send(name, arguments).await?;
        let response = self.client()?.response(seq).await?;
        self.hear();
        let line = match response {
            Ok(body) if body.is_null() || body.as_object().is_some_and(serde_json::Map::is_empty) => {
                "ok".into()
            }
            Ok(body) => self.labelled(&body).to_string(),
            Err(message) => self.names.error(&message),
        };
        self.say(line);
        Ok(())
    }

    /// The arguments with `$thread`, `$frame`, `$program`, `@marker` and `ref#1` in place.
    async fn filled_in(&mut self, arguments: &Value) -> Result<Value, Failure> {
        let mut filled = arguments.clone();
        let mut pending = vec![&mut filled];
        while let Some(value) = pending.pop() {
            match value {
                Value::Array(items) => pending.extend(items),
                Value::Object(fields) => pending.extend(fields.values_mut()),
                Value::String(text) => {
                    let replaced = match text.as_str() {
                        "$thread" => Some(self.thread()?.into()),
                        "$frame" => Some(self.frame_id().await?),
                        "$program" => Some(self.program.to_string_lossy().into()),
                        text if text.starts_with("ref#") => {
                            let number = self.references.numbers.get(text).copied();
                            let unknown = || Failure::Misuse(format!("`{text}` was not shown before"));
                            Some(number.ok_or_else(unknown)?.into())
                        }
                        text => match text.strip_prefix('@') {
                            Some(marker) => {
                                let place = self.names.markers.find(marker).map_err(Failure::Misuse)?;
                                Some(place.line.into())
                            }
                            None => None,
                        },
                    };
                    if let Some(replaced) = replaced {
                        *value = replaced;
                    }
                }
                _ => {}
            }
        }
        Ok(filled)
    }

    /// A body whose references are labelled, and in which nothing is left that changes from run to run.
    fn labelled(&mut self, body: &Value) -> Value {
        let mut shown = self.anonymous(body);
        // The same tree: references are looked up where they were, from the first to the last.
        let mut pending = vec![(body, &mut shown)];
        while let Some((body, shown)) = pending.pop() {
            match (body, shown) {
                (Value::Array(items), Value::Array(shown)) => pending.extend(items.iter().zip(shown).rev()),
                (Value::Object(fields), Value::Object(shown)) => {
                    for (name, shown) in shown.iter_mut().rev() {
                        let value = &fields[name];
                        match name.as_str() {
                            "variablesReference" if number(value) > 0 => {
                                let label = self.references.label(value.as_u64().unwrap_or_default());
                                *shown = label.into();
                            }
                            _ => pending.push((value, shown)),
                        }
                    }
                }
                _ => {}
            }
        }
        shown
    }

    /// A body in which nothing is left that changes from run to run.
    pub(super) fn anonymous(&self, body: &Value) -> Value {
        let mut shown = body.clone();
        let mut pending = vec![&mut shown];
        while let Some(value) = pending.pop() {
            match value {
                Value::Array(items) => pending.extend(items),
                Value::Object(fields) => {
                    for (name, value) in fields {
                        if CHANGING.contains(&name.as_str()) && !value.is_null() {
                            *value = "#".into();
                        } else {
                            pending.push(value);
                        }
                    }
                }
                Value::String(text) => *text = self.names.text(text),
                _ => {}
            }
        }
        shown
    }
}
