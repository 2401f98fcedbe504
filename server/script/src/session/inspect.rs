//! Looking at a stopped program, and changing it: stack, scopes, variables, expressions, sources.

use serde_json::{Value, json};

use super::client::present;
use super::shown::{columns, number};
use super::{Failure, Focus, Session};
use crate::story::{Edit, Purpose};

impl Session<'_> {
    pub(super) fn thread(&self) -> Result<i64, Failure> {
        self.focus.thread.ok_or_else(|| Failure::Unexpected("no thread has stopped yet".into()))
    }

    /// Asks for the frames of the thread, unless they are known: the innermost `levels`, or all.
    pub(super) async fn load_frames(&mut self, levels: Option<usize>) -> Result<(), Failure> {
        if self.focus.all_frames || levels.is_some_and(|levels| self.focus.frames.len() >= levels) {
            return Ok(());
        }
        let arguments =
            present([("threadId", Some(self.thread()?.into())), ("levels", levels.map(Into::into))]);
        // A thread that runs has no frames: who needs one says so.
        if let Ok(body) = self.client()?.request("stackTrace", arguments).await? {
            self.focus.frames = body["stackFrames"].as_array().cloned().unwrap_or_default();
            self.focus.all_frames = levels.is_none();
        }
        Ok(())
    }

    async fn frame(&mut self) -> Result<&Value, Failure> {
        self.load_frames(Some(self.focus.frame + 1)).await?;
        let frame = self.focus.frames.get(self.focus.frame);
        frame.ok_or_else(|| Failure::Unexpected("the thread is not stopped".into()))
    }

    pub(super) async fn frame_id(&mut self) -> Result<Value, Failure> {
        Ok(self.frame().await?["id"].clone())
    }

    pub(super) fn frame_line(&self, frame: &Value, with_columns: bool) -> String {
        let name = frame["name"].as_str().unwrap_or("(no name)");
        if frame["presentationHint"] == "label" {
            return format!("-- {}", self.names.text(name));
        }
        let place = self.names.place_of(frame);
        let columns = if with_columns && !place.starts_with('(') {
            format!(" {}", columns(frame))
        } else {
            String::new()
        };
        format!("{name} {place}{columns}")
    }

    pub(super) async fn stack(&mut self, with_columns: bool) -> Result<(), Failure> {
        let arguments = json!({ "threadId": self.thread()? });
        let Some(body) = self.ask("stackTrace", arguments).await? else { return Ok(()) };
        self.focus.frames = body["stackFrames"].as_array().cloned().unwrap_or_default();
        self.focus.all_frames = true;
        let lines: Vec<String> =
            self.focus.frames.iter().map(|frame| self.frame_line(frame, with_columns)).collect();
        self.lines.extend(lines);
        Ok(())
    }

    pub(super) async fn choose_frame(&mut self, which: &str) -> Result<(), Failure> {
        self.load_frames(None).await?;
        let frames = &self.focus.frames;
        let chosen = match which.parse::<usize>() {
            Ok(index) => Some(index).filter(|index| *index < frames.len()),
            Err(_) => frames.iter().position(|frame| frame["name"] == which),
        };
        let names =
            || frames.iter().filter_map(|frame| frame["name"].as_str()).collect::<Vec<_>>().join(", ");
        self.focus.frame = chosen
            .ok_or_else(|| Failure::Unexpected(format!("no frame `{which}`; there are: {}", names())))?;
        Ok(())
    }

    pub(super) async fn threads(&mut self) -> Result<(), Failure> {
        self.load_threads().await?;
        let mut names: Vec<String> = self.thread_names.values().cloned().collect();
        names.sort();
        self.lines.extend(names);
        Ok(())
    }

    pub(super) async fn choose_thread(&mut self, name: &str) -> Result<(), Failure> {
        self.load_threads().await?;
        let chosen = self.thread_names.iter().find(|(_, known)| *known == name).map(|(id, _)| *id);
        let Some(thread) = chosen else {
            let names: Vec<&str> = self.thread_names.values().map(String::as_str).collect();
            return Err(Failure::Unexpected(format!("no thread `{name}`; there are: {}", names.join(", "))));
        };
        self.focus = Focus { thread: Some(thread), ..Focus::default() };
        Ok(())
    }

    async fn scopes_of_frame(&mut self) -> Result<Option<Vec<Value>>, Failure> {
        let frame = self.frame_id().await?;
        let body = self.ask("scopes", json!({ "frameId": frame })).await?;
        Ok(body.map(|body| body["scopes"].as_array().cloned().unwrap_or_default()))
    }

    pub(super) async fn scopes(&mut self) -> Result<(), Failure> {
        for scope in self.scopes_of_frame().await?.unwrap_or_default() {
            self.say(scope["name"].as_str().unwrap_or("(no name)"));
        }
        Ok(())
    }

    async fn children(&mut self, of: &Value) -> Result<Option<Vec<Value>>, Failure> {
        let reference = &of["variablesReference"];
        if number(reference) == 0 {
            return Ok(Some(Vec::new()));
        }
        let body = self.ask("variables", json!({ "variablesReference": reference })).await?;
        let Some(body) = body else { return Ok(None) };
        let mut children = body["variables"].as_array().cloned().unwrap_or_default();
        for child in &mut children {
            // What is shown only when it is asked for is asked for, as by a click on it.
            if child["presentationHint"]["lazy"] == true {
                let arguments = json!({ "variablesReference": child["variablesReference"] });
                let Some(body) = self.ask("variables", arguments).await? else { return Ok(None) };
                if let Some(value) = body["variables"].as_array().and_then(|values| values.first()) {
                    *child = value.clone();
                }
            }
        }
        Ok(Some(children))
    }

    /// The variables of a scope, or of what a path leads to.
    pub(super) async fn variables(&mut self, scope: Option<&str>, path: Option<&str>) -> Result<(), Failure> {
        let Some(scopes) = self.scopes_of_frame().await? else { return Ok(()) };
        let mut scopes = match scope {
            None => scopes,
            Some(name) => {
                let chosen = scopes.iter().find(|scope| scope["name"] == name).cloned();
                let names: Vec<&str> = scopes.iter().filter_map(|scope| scope["name"].as_str()).collect();
                let missing = || format!("no scope `{name}`; there are: {}", names.join(", "));
                vec![chosen.ok_or_else(|| Failure::Unexpected(missing()))?]
            }
        };
        let parent = match path {
            None if scopes.is_empty() => return Err(Failure::Unexpected("the frame has no scopes".into())),
            None => {
                let locals = scopes.iter().position(|scope| scope["presentationHint"] == "locals");
                scopes.swap_remove(locals.unwrap_or(0))
            }
            Some(path) => match self.follow(&scopes, path).await? {
                Some((_, found)) => found,
                None => return Ok(()),
            },
        };
        let Some(children) = self.children(&parent).await? else { return Ok(()) };
        let mut shown: Vec<&Value> = children.iter().filter(|child| is_shown(child)).collect();
        if shown.iter().all(|child| is_identifier(name_of(child))) {
            shown.sort_by_key(|child| name_of(child));
        }
        let lines: Vec<String> = shown.iter().map(|child| self.variable_line(child)).collect();
        self.lines.extend(lines);
        Ok(())
    }

    fn variable_line(&self, variable: &Value) -> String {
        let value = self.names.text(variable["value"].as_str().unwrap_or_default());
        format!("{} = {value}", self.names.text(name_of(variable)))
    }

    /// What a path such as `a.b[0]` leads to, with what holds it. If nothing, that becomes a line.
    async fn follow(&mut self, scopes: &[Value], path: &str) -> Result<Option<(Value, Value)>, Failure> {
        let segments = segments(path).map_err(Failure::Misuse)?;
        let Some((first, rest)) = segments.split_first() else {
            return Err(Failure::Misuse("an empty path".into()));
        };
        let mut found = None;
        for scope in scopes {
            let Some(children) = self.children(scope).await? else { return Ok(None) };
            if let Some(child) = children.into_iter().find(|child| is_named(child, first)) {
                found = Some((scope.clone(), child));
                break;
            }
        }
        for (index, segment) in rest.iter().enumerate() {
            let Some((_, parent)) = found else { break };
            let Some(children) = self.children(&parent).await? else { return Ok(None) };
            found = children.into_iter().find(|child| is_named(child, segment)).map(|child| (parent, child));
            if found.is_none() {
                self.say(format!("error no `{segment}` in `{}`", segments[..=index].join(".")));
                return Ok(None);
            }
        }
        if found.is_none() {
            self.say(format!("error no variable `{first}`"));
        }
        Ok(found)
    }

    pub(super) async fn set(&mut self, edit: &Edit) -> Result<(), Failure> {
        let Some(scopes) = self.scopes_of_frame().await? else { return Ok(()) };
        let Some((parent, child)) = self.follow(&scopes, &edit.target).await? else { return Ok(()) };
        let arguments = json!({
            "variablesReference": parent["variablesReference"], "name": child["name"], "value": edit.value
        });
        if let Some(body) = self.ask("setVariable", arguments).await? {
            let value = self.names.text(body["value"].as_str().unwrap_or_default());
            self.say(format!("{} = {value}", edit.target));
        }
        Ok(())
    }

    pub(super) async fn set_expression(&mut self, edit: &Edit) -> Result<(), Failure> {
        let frame = self.frame_id().await?;
        let arguments = json!({ "frameId": frame, "expression": edit.target, "value": edit.value });
        if let Some(body) = self.ask("setExpression", arguments).await? {
            let value = self.names.text(body["value"].as_str().unwrap_or_default());
            self.say(format!("{} = {value}", edit.target));
        }
        Ok(())
    }

    pub(super) async fn evaluate(&mut self, purpose: Purpose, expression: &str) -> Result<(), Failure> {
        let frame = self.frame_id().await?;
        let arguments = json!({ "frameId": frame, "expression": expression, "context": purpose.name() });
        if let Some(body) = self.ask("evaluate", arguments).await?
            && let Some(result) = body["result"].as_str().filter(|result| !result.is_empty())
        {
            let line = self.names.text(result);
            self.say(line);
        }
        Ok(())
    }

    pub(super) async fn exception(&mut self) -> Result<(), Failure> {
        let arguments = json!({ "threadId": self.thread()? });
        let Some(info) = self.ask("exceptionInfo", arguments).await? else { return Ok(()) };
        let line = self.exception_line(&info);
        self.say(line);
        for more in info["description"].as_str().unwrap_or_default().lines().skip(1) {
            let line = self.names.text(more);
            self.say(line);
        }
        if let Some(mode) = info["breakMode"].as_str() {
            self.say(format!("mode {mode}"));
        }
        let mut pending: Vec<&Value> =
            info["details"]["innerException"].as_array().into_iter().flatten().collect();
        pending.reverse();
        let mut lines = Vec::new();
        while let Some(inner) = pending.pop() {
            let class = inner["typeName"].as_str().unwrap_or("(no type)");
            let message = inner["message"].as_str().unwrap_or_default();
            lines.push(self.names.text(&format!("inner {class}: {message}")));
            pending.extend(inner["innerException"].as_array().into_iter().flatten().rev());
        }
        self.lines.extend(lines);
        Ok(())
    }

    pub(super) async fn source(&mut self) -> Result<(), Failure> {
        let source = self.frame().await?["source"].clone();
        let reference = source["sourceReference"].as_u64().unwrap_or_default();
        let arguments = json!({ "source": source, "sourceReference": reference });
        if let Some(body) = self.ask("source", arguments).await? {
            for line in body["content"].as_str().unwrap_or_default().lines() {
                self.say(format!("| {line}").trim_end());
            }
        }
        Ok(())
    }

    pub(super) async fn modules(&mut self) -> Result<(), Failure> {
        let Some(body) = self.ask("modules", json!({})).await? else { return Ok(()) };
        for module in body["modules"].as_array().into_iter().flatten() {
            self.say(module["name"].as_str().unwrap_or("(no name)"));
        }
        Ok(())
    }

    /// The sources of the story that are loaded.
    pub(super) async fn sources(&mut self) -> Result<(), Failure> {
        let Some(body) = self.ask("loadedSources", json!({})).await? else { return Ok(()) };
        let sources = body["sources"].as_array().into_iter().flatten();
        let mut files: Vec<String> =
            sources.filter_map(|source| self.names.file(source["path"].as_str()?)).collect();
        files.sort();
        self.lines.extend(files);
        Ok(())
    }

    pub(super) async fn completions(&mut self, text: &str) -> Result<(), Failure> {
        let frame = self.frame_id().await?;
        let column = text.encode_utf16().count() + 1;
        let arguments = json!({ "frameId": frame, "text": text, "column": column });
        let Some(body) = self.ask("completions", arguments).await? else { return Ok(()) };
        for item in body["targets"].as_array().into_iter().flatten() {
            self.say(item["label"].as_str().unwrap_or("(no label)"));
        }
        Ok(())
    }

    pub(super) async fn locations(&mut self, marker: &str) -> Result<(), Failure> {
        self.start().await?;
        let place = self.names.markers.find(marker).cloned().map_err(Failure::Misuse)?;
        let path = self.names.path(&place.file);
        let arguments = json!({ "source": { "path": path.to_string_lossy() }, "line": place.line });
        let Some(body) = self.ask("breakpointLocations", arguments).await? else { return Ok(()) };
        for location in body["breakpoints"].as_array().into_iter().flatten() {
            let line = self.names.place(&place.file, number(&location["line"]));
            self.say(format!("{line} {}", columns(location)));
        }
        Ok(())
    }

    pub(super) async fn goto_target(&mut self, marker: &str) -> Result<Option<Value>, Failure> {
        let place = self.names.markers.find(marker).cloned().map_err(Failure::Misuse)?;
        let path = self.names.path(&place.file);
        let arguments = json!({ "source": { "path": path.to_string_lossy() }, "line": place.line });
        let Some(body) = self.ask("gotoTargets", arguments).await? else { return Ok(None) };
        let target = body["targets"].as_array().and_then(|targets| targets.first());
        if target.is_none() {
            self.say("error no target on that line");
        }
        Ok(target.map(|target| target["id"].clone()))
    }

    async fn step_in_targets(&mut self) -> Result<Option<Vec<Value>>, Failure> {
        let frame = self.frame_id().await?;
        let body = self.ask("stepInTargets", json!({ "frameId": frame })).await?;
        Ok(body.map(|body| body["targets"].as_array().cloned().unwrap_or_default()))
    }

    pub(super) async fn targets(&mut self) -> Result<(), Failure> {
        for target in self.step_in_targets().await?.unwrap_or_default() {
            self.say(target["label"].as_str().unwrap_or("(no label)"));
        }
        Ok(())
    }

    pub(super) async fn step_in_target(&mut self, label: &str) -> Result<Option<Value>, Failure> {
        let Some(targets) = self.step_in_targets().await? else { return Ok(None) };
        let target = targets.iter().find(|target| target["label"] == label);
        if target.is_none() {
            let labels: Vec<&str> = targets.iter().filter_map(|target| target["label"].as_str()).collect();
            self.say(format!("error no target `{label}`; there are: {}", labels.join(", ")));
        }
        Ok(target.map(|target| target["id"].clone()))
    }

    pub(super) async fn disassemble(&mut self, count: u32) -> Result<(), Failure> {
        let at = self.frame().await?["instructionPointerReference"].clone();
        if at.is_null() {
            return Err(Failure::Unexpected("the frame has no `instructionPointerReference`".into()));
        }
        let arguments = json!({ "memoryReference": at, "instructionCount": count });
        let Some(body) = self.ask("disassemble", arguments).await? else { return Ok(()) };
        for instruction in body["instructions"].as_array().into_iter().flatten() {
            // Servers align arguments, each in its own way.
            let words = instruction["instruction"].as_str().unwrap_or_default().split_whitespace();
            let text = self.names.text(&words.collect::<Vec<_>>().join(" "));
            self.say(text);
        }
        Ok(())
    }
}

fn name_of(variable: &Value) -> &str {
    variable["name"].as_str().unwrap_or_default()
}

fn is_identifier(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.is_empty()
        && name.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// Names that Python gives (`__name__`), lengths and groups are left out of lists; a path leads to them.
fn is_shown(variable: &Value) -> bool {
    let name = name_of(variable);
    let special = name.starts_with("__") && name.ends_with("__");
    let group = matches!(
        name,
        "special variables" | "function variables" | "class variables" | "protected variables"
    );
    !special && !group && !name.ends_with("()")
}

/// Whether a variable is what a segment of a path names: `b`, or the item `[0]`, however the server writes it.
fn is_named(variable: &Value, segment: &str) -> bool {
    let name = name_of(variable);
    let Some(key) = segment.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) else {
        return name == segment;
    };
    let name = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(name);
    name == key || matches!((name.parse::<u64>(), key.parse::<u64>()), (Ok(a), Ok(b)) if a == b)
}

/// `a.b[0]['k']` in pieces: `a`, `b`, `[0]`, `['k']`.
fn segments(path: &str) -> Result<Vec<String>, String> {
    let mut found: Vec<String> = Vec::new();
    let mut rest = path.trim();
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            let end = inner.find(']').ok_or_else(|| format!("`{path}`: a bracket is not closed"))?;
            found.push(format!("[{}]", &inner[..end]));
            rest = &inner[end + 1..];
        } else {
            let name = rest.strip_prefix('.').unwrap_or(rest);
            let end = name.find(['.', '[']).unwrap_or(name.len());
            if end == 0 {
                return Err(format!("`{path}`: a name is missing"));
            }
            found.push(name[..end].to_owned());
            rest = &name[end..];
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        assert_eq!(
            segments("a.b[0]['k.x'].c"),
            Ok(["a", "b", "[0]", "['k.x']", "c"].map(Into::into).to_vec())
        );
        assert_eq!(segments("a..b"), Err("`a..b`: a name is missing".into()));
        assert_eq!(segments("a[0"), Err("`a[0`: a bracket is not closed".into()));
    }

    #[test]
    fn items_however_they_are_named() {
        for (name, segment, named) in [
            ("b", "b", true),
            ("[0]", "[0]", true),
            ("00", "[0]", true),
            ("'k'", "['k']", true),
            ("['k']", "['k']", true),
            ("0", "[1]", false),
            ("b", "[b]", true),
        ] {
            assert_eq!(is_named(&json!({ "name": name }), segment), named, "{name} {segment}");
        }
    }
}
