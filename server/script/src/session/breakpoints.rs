//! What stops the program: the breakpoints of a story, all of which are told to the server again whenever one
//! changes, as the protocol wants it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::client::{Event, present};
use super::shown::{columns, number};
use super::{Failure, Session};
use crate::story::{Breakpoint, FunctionBreakpoint, Place, Rules};

/// What the server last said of a breakpoint.
#[derive(Clone, Debug, Default)]
struct Told(Value);

/// All breakpoints of a session.
#[derive(Debug, Default)]
pub(super) struct Breakpoints {
    /// By file, in the order in which they were set.
    lines: BTreeMap<String, Vec<(Breakpoint, Told)>>,
    functions: Vec<(FunctionBreakpoint, Told)>,
    filters: Vec<(String, Option<String>)>,
}

impl Breakpoints {
    /// Takes note of a `breakpoint` event.
    pub(super) fn changed(&mut self, event: &Event) {
        let changed = &event.body["breakpoint"];
        let all = self.lines.values_mut().flatten().map(|(_, told)| told);
        let all = all.chain(self.functions.iter_mut().map(|(_, told)| told));
        for told in all {
            if !changed["id"].is_null() && told.0["id"] == changed["id"] {
                told.0 = changed.clone();
            }
        }
    }
}

fn with_rules(mut breakpoint: Value, rules: &Rules) -> Value {
    for (name, value) in [
        ("condition", &rules.condition),
        ("hitCondition", &rules.hit_condition),
        ("logMessage", &rules.log_message),
    ] {
        if let Some(value) = value {
            breakpoint[name] = value.as_str().into();
        }
    }
    breakpoint
}

impl Session<'_> {
    fn marked(&self, marker: &str) -> Result<Place, Failure> {
        self.names.markers.find(marker).cloned().map_err(Failure::Misuse)
    }

    pub(super) async fn add_breakpoint(&mut self, breakpoint: &Breakpoint) -> Result<(), Failure> {
        let place = self.marked(&breakpoint.marker)?;
        if let Some(text) = &breakpoint.at_text {
            self.column_of(&place, text)?;
        }
        let set = self.breakpoints.lines.entry(place.file.clone()).or_default();
        set.retain(|(other, _)| other.marker != breakpoint.marker || other.at_text != breakpoint.at_text);
        set.push((breakpoint.clone(), Told::default()));
        self.set_breakpoints(&place.file).await
    }

    pub(super) async fn clear(&mut self, marker: Option<&str>) -> Result<(), Failure> {
        let Some(marker) = marker else { return self.clear_all().await };
        let place = self.marked(marker)?;
        let set = self.breakpoints.lines.entry(place.file.clone()).or_default();
        let before = set.len();
        set.retain(|(breakpoint, _)| breakpoint.marker != marker);
        if set.len() == before {
            return Err(Failure::Misuse(format!("there is no breakpoint on `{marker}`")));
        }
        self.set_breakpoints(&place.file).await
    }

    /// Takes everything away that could stop the program.
    pub(super) async fn clear_all(&mut self) -> Result<(), Failure> {
        let files: Vec<String> = self.breakpoints.lines.keys().cloned().collect();
        for file in files {
            if !self.breakpoints.lines.remove(&file).unwrap_or_default().is_empty() {
                self.set_breakpoints(&file).await?;
            }
        }
        if !self.breakpoints.functions.is_empty() {
            self.breakpoints.functions.clear();
            self.set_function_breakpoints().await?;
        }
        if !self.breakpoints.filters.is_empty() {
            self.catch(&[]).await?;
        }
        Ok(())
    }

    /// The column, as the protocol counts it, at which a text begins on a line.
    fn column_of(&self, place: &Place, text: &str) -> Result<usize, Failure> {
        let inside = self.story.programs.iter().find(|program| program.name == place.file);
        let source = match inside {
            Some(program) => program.text.clone(),
            None => std::fs::read_to_string(self.names.path(&place.file))
                .map_err(|error| Failure::Misuse(format!("{}: {error}", place.file)))?,
        };
        let line = source.lines().nth(place.line - 1).unwrap_or_default();
        let mut found = line.match_indices(text);
        match (found.next(), found.next()) {
            (Some((at, _)), None) => Ok(line[..at].encode_utf16().count() + 1),
            (Some(_), Some(_)) => {
                Err(Failure::Misuse(format!("`{text}` is on that line more than once: give more of it")))
            }
            (None, _) => Err(Failure::Misuse(format!("`{text}` is not on that line: {}", line.trim()))),
        }
    }

    async fn set_breakpoints(&mut self, file: &str) -> Result<(), Failure> {
        self.start().await?;
        let mut wanted = Vec::new();
        for (breakpoint, _) in self.breakpoints.lines.get(file).into_iter().flatten() {
            let place = self.marked(&breakpoint.marker)?;
            let column = match &breakpoint.at_text {
                Some(text) => Some(self.column_of(&place, text)?.into()),
                None => None,
            };
            let at = present([("line", Some(place.line.into())), ("column", column)]);
            wanted.push(with_rules(at, &breakpoint.rules));
        }
        let path = self.names.path(file);
        let arguments =
            json!({ "source": { "path": path.to_string_lossy(), "name": file }, "breakpoints": wanted });
        if let Some(body) = self.ask("setBreakpoints", arguments).await? {
            let answers = body["breakpoints"].as_array().map(Vec::as_slice).unwrap_or_default();
            let set = self.breakpoints.lines.entry(file.to_owned()).or_default();
            if answers.len() != set.len() {
                let message = format!("{} breakpoints were set, {} answered", set.len(), answers.len());
                return Err(Failure::Unexpected(message));
            }
            for ((_, told), answer) in set.iter_mut().zip(answers) {
                told.0 = answer.clone();
            }
        }
        Ok(())
    }

    pub(super) async fn add_function_breakpoint(
        &mut self,
        breakpoint: &FunctionBreakpoint,
    ) -> Result<(), Failure> {
        self.breakpoints.functions.retain(|(other, _)| other.name != breakpoint.name);
        self.breakpoints.functions.push((breakpoint.clone(), Told::default()));
        self.set_function_breakpoints().await
    }

    pub(super) async fn clear_function(&mut self, name: &str) -> Result<(), Failure> {
        let before = self.breakpoints.functions.len();
        self.breakpoints.functions.retain(|(breakpoint, _)| breakpoint.name != name);
        if self.breakpoints.functions.len() == before {
            return Err(Failure::Misuse(format!("there is no breakpoint on a function `{name}`")));
        }
        self.set_function_breakpoints().await
    }

    async fn set_function_breakpoints(&mut self) -> Result<(), Failure> {
        self.start().await?;
        let wanted = self.breakpoints.functions.iter();
        let wanted: Vec<Value> = wanted
            .map(|(breakpoint, _)| with_rules(json!({ "name": breakpoint.name }), &breakpoint.rules))
            .collect();
        if let Some(body) = self.ask("setFunctionBreakpoints", json!({ "breakpoints": wanted })).await? {
            let answers = body["breakpoints"].as_array().map(Vec::as_slice).unwrap_or_default();
            for ((_, told), answer) in self.breakpoints.functions.iter_mut().zip(answers) {
                told.0 = answer.clone();
            }
        }
        Ok(())
    }

    pub(super) async fn catch(&mut self, filters: &[(String, Option<String>)]) -> Result<(), Failure> {
        self.start().await?;
        self.breakpoints.filters = filters.to_vec();
        let plain: Vec<&str> =
            filters.iter().filter(|(_, condition)| condition.is_none()).map(|(name, _)| &**name).collect();
        let options: Vec<Value> = filters
            .iter()
            .filter_map(|(name, condition)| {
                Some(json!({ "filterId": name, "condition": condition.as_ref()? }))
            })
            .collect();
        let arguments = present([
            ("filters", Some(plain.into())),
            ("filterOptions", (!options.is_empty()).then(|| options.into())),
        ]);
        self.ask("setExceptionBreakpoints", arguments).await.map(drop)
    }

    /// One line for each breakpoint: where it was asked for; what became of it, if that is something else; what
    /// the server says about it.
    pub(super) fn list_breakpoints(&mut self) {
        self.hear();
        let mut lines = Vec::new();
        for (file, set) in &self.breakpoints.lines {
            for (breakpoint, Told(told)) in set {
                let asked = self.names.markers.find(&breakpoint.marker).map_or(0, |place| place.line);
                let mut line = vec![format!("@{}", breakpoint.marker)];
                if let Some(text) = &breakpoint.at_text {
                    line.push(format!(" at \"{text}\""));
                }
                if told["verified"] != true {
                    line.push(" unverified".into());
                } else if number(&told["line"]) != asked && !told["line"].is_null() {
                    line.push(format!(" moved to {}", self.names.place(file, number(&told["line"]))));
                }
                if breakpoint.at_text.is_some() && !told["column"].is_null() {
                    line.push(format!(" {}", columns(told)));
                }
                self.add_message(&mut line, told, Some(file));
                lines.push(line.concat());
            }
        }
        for (breakpoint, Told(told)) in &self.breakpoints.functions {
            let mut line = vec![breakpoint.name.clone()];
            match (told["verified"] == true, told["line"].is_null()) {
                (false, _) => line.push(" unverified".into()),
                (true, false) => line.push(format!(" {}", self.names.place_of(told))),
                (true, true) => {}
            }
            self.add_message(&mut line, told, None);
            lines.push(line.concat());
        }
        self.lines.extend(lines);
    }

    /// Appends what the server says about a breakpoint; `line N` in it becomes the line's marker.
    fn add_message(&self, line: &mut Vec<String>, told: &Value, file: Option<&String>) {
        let Some(message) = told["message"].as_str().filter(|message| !message.is_empty()) else { return };
        let mut message = self.names.text(message);
        if let Some(file) = file
            && let Some((before, rest)) = message.rsplit_once("line ")
        {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            if let Ok(at) = rest[..digits].parse() {
                message = format!("{before}line {}{}", self.names.place(file, at), &rest[digits..]);
            }
        }
        line.push(format!(": {message}"));
    }
}
