//! The commands of a story: verbs and what they take. What they do is the session's.

use serde_json::{Map, Value};

use super::Fault;
use super::program::is_of_name;

/// A command, and where it stands.
#[derive(Debug)]
pub(crate) struct Command {
    /// The line in the story, from 1.
    pub(crate) line: usize,
    /// As it is written.
    pub(crate) text: String,
    pub(crate) verb: Verb,
}

/// What a breakpoint asks beyond its place.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub(crate) struct Rules {
    pub(crate) condition: Option<String>,
    pub(crate) hit_condition: Option<String>,
    pub(crate) log_message: Option<String>,
}

/// A breakpoint on a marked line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Breakpoint {
    pub(crate) marker: String,
    /// The text on that line where it begins, for a breakpoint with a column.
    pub(crate) at_text: Option<String>,
    pub(crate) rules: Rules,
}

/// A breakpoint on a function.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct FunctionBreakpoint {
    pub(crate) name: String,
    pub(crate) rules: Rules,
}

/// How the program is made to go on. After most, the story waits for the next stop or the end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Travel {
    Run,
    Continue,
    Over,
    /// Into; with a target, into the call of that name.
    Into(Option<String>),
    Out,
    Goto(String),
    Restart,
    RestartFrame,
    Pause,
    /// Nothing is asked: what comes next is waited for.
    Wait,
    /// Lets it run, and waits for nothing.
    Go,
    /// Waits for a line, and no longer.
    Until(String),
    /// Takes everything away that could stop it, and lets it run to its end.
    Finish,
    Terminate,
}

/// How a step is done.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(crate) struct Stepping {
    /// `statement`, `line` or `instruction`; the server's own default if `None`.
    pub(crate) granularity: Option<&'static str>,
    /// Leaves other threads stopped.
    pub(crate) single_thread: bool,
}

/// What an expression is evaluated for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Purpose {
    Repl,
    Watch,
    Hover,
    Clipboard,
}

impl Purpose {
    /// The protocol's name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Repl => "repl",
            Self::Watch => "watch",
            Self::Hover => "hover",
            Self::Clipboard => "clipboard",
        }
    }
}

/// An assignment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Edit {
    pub(crate) target: String,
    pub(crate) value: String,
}

/// What a command does.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Verb {
    /// Names the program (else the story's first) and its arguments.
    Launch {
        program: Option<String>,
        args: Vec<String>,
    },
    /// Attaches, with this configuration, instead of launching.
    Attach(Map<String, Value>),
    /// More of the launch configuration.
    Config(Map<String, Value>),
    /// Events that are listed from here on, beside those that always are.
    Listen(Vec<String>),
    Break(Breakpoint),
    /// Takes a breakpoint away, or all of all kinds.
    Clear(Option<String>),
    BreakFunction(FunctionBreakpoint),
    ClearFunction(String),
    /// The exception filters, each with a condition if it has one; none for none.
    Catch(Vec<(String, Option<String>)>),
    /// What became of the breakpoints.
    Breakpoints,
    Travel(Travel, Stepping),
    Disconnect,
    Stack {
        columns: bool,
    },
    Scopes,
    /// The variables of a scope (by its name, the locals if `None`) or of what a path leads to.
    Variables {
        scope: Option<String>,
        path: Option<String>,
    },
    Set(Edit),
    SetExpression(Edit),
    Evaluate(Purpose, String),
    Exception,
    Source,
    /// `later` keeps output back until `output` lists it.
    OutputLater,
    Output,
    Threads,
    /// Chooses a thread by its name.
    Thread(String),
    /// Chooses a frame by its number from the innermost, or by its name.
    Frame(String),
    Modules,
    Sources,
    Completions(String),
    Locations(String),
    Targets,
    Disassemble(u32),
    Request {
        name: String,
        arguments: Option<Value>,
    },
}

impl Verb {
    /// The markers that the command names.
    pub(crate) fn markers(&self) -> Vec<&str> {
        match self {
            Self::Break(breakpoint) => vec![&breakpoint.marker],
            Self::Clear(Some(marker)) | Self::Locations(marker) | Self::Travel(Travel::Goto(marker), _) => {
                vec![marker]
            }
            _ => Vec::new(),
        }
    }

    /// Whether each line that follows is about places, and so an `@` in it is a marker's.
    pub(crate) fn lists_places(&self) -> bool {
        matches!(self, Self::Stack { .. } | Self::Breakpoints | Self::Locations(_) | Self::Disassemble(_))
    }
}

impl Command {
    pub(crate) fn parse(line: usize, text: &str) -> Result<Self, Fault> {
        let (verb, rest) = match text.split_once(char::is_whitespace) {
            Some((verb, rest)) => (verb, rest.trim()),
            None => (text, ""),
        };
        let verb = parse(verb, rest).map_err(|message| Fault::new(line, message))?;
        Ok(Self { line, text: text.to_owned(), verb })
    }
}

fn parse(verb: &str, rest: &str) -> Result<Verb, String> {
    let nothing = |result: Verb| match rest {
        "" => Ok(result),
        _ => Err(format!("`{verb}` takes nothing, found `{rest}`")),
    };
    let something = |what: &str| match rest {
        "" => Err(format!("`{verb}` needs {what}")),
        _ => Ok(rest.to_owned()),
    };
    let optional = || (!rest.is_empty()).then(|| rest.to_owned());
    let stepping = |travel| Ok(Verb::Travel(travel, stepping(verb, rest)?));
    let plain = |travel| nothing(Verb::Travel(travel, Stepping::default()));
    match verb {
        "launch" => launch(rest),
        "attach" => Ok(Verb::Attach(object(verb, rest)?)),
        "config" => Ok(Verb::Config(object(verb, rest)?)),
        "listen" => {
            something("names of events, such as `thread`")?;
            Ok(Verb::Listen(rest.split_whitespace().map(str::to_owned).collect()))
        }
        "break" => breakpoint(rest),
        "breakf" => {
            let (name, rules) = rest.split_once(' ').unwrap_or((rest, ""));
            something("the name of a function")?;
            Ok(Verb::BreakFunction(FunctionBreakpoint { name: name.into(), rules: rules_of(rules.trim())? }))
        }
        "clear" => match optional() {
            None => Ok(Verb::Clear(None)),
            Some(_) => Ok(Verb::Clear(Some(marker(rest)?))),
        },
        "clearf" => Ok(Verb::ClearFunction(something("the name of a function")?)),
        "catch" => catch(rest),
        "breakpoints" => nothing(Verb::Breakpoints),
        "run" => plain(Travel::Run),
        "continue" => stepping(Travel::Continue),
        "next" => stepping(Travel::Over),
        "out" => stepping(Travel::Out),
        "in" => match rest.strip_prefix("to ") {
            Some(target) => Ok(Verb::Travel(Travel::Into(Some(target.trim().into())), Stepping::default())),
            None => stepping(Travel::Into(None)),
        },
        "goto" => Ok(Verb::Travel(Travel::Goto(marker(rest)?), Stepping::default())),
        "restart" => plain(Travel::Restart),
        "restartframe" => plain(Travel::RestartFrame),
        "pause" => plain(Travel::Pause),
        "wait" => plain(Travel::Wait),
        "go" => plain(Travel::Go),
        "until" => {
            Ok(Verb::Travel(Travel::Until(something("a line, as it would be listed")?), Stepping::default()))
        }
        "finish" => plain(Travel::Finish),
        "terminate" => plain(Travel::Terminate),
        "disconnect" => nothing(Verb::Disconnect),
        "stack" => match rest {
            "" => Ok(Verb::Stack { columns: false }),
            "columns" => Ok(Verb::Stack { columns: true }),
            _ => Err(format!("`stack` or `stack columns`, found `{rest}`")),
        },
        "scopes" => nothing(Verb::Scopes),
        "vars" | "locals" => Ok(Verb::Variables { scope: None, path: optional() }),
        "globals" => Ok(Verb::Variables { scope: Some("Globals".into()), path: optional() }),
        "scope" => scope(rest),
        "set" => Ok(Verb::Set(edit(verb, rest)?)),
        "setx" => Ok(Verb::SetExpression(edit(verb, rest)?)),
        "eval" => Ok(Verb::Evaluate(Purpose::Repl, something("an expression")?)),
        "watch" => Ok(Verb::Evaluate(Purpose::Watch, something("an expression")?)),
        "hover" => Ok(Verb::Evaluate(Purpose::Hover, something("an expression")?)),
        "copy" => Ok(Verb::Evaluate(Purpose::Clipboard, something("an expression")?)),
        "exception" => nothing(Verb::Exception),
        "source" => nothing(Verb::Source),
        "output" => match rest {
            "" => Ok(Verb::Output),
            "later" => Ok(Verb::OutputLater),
            _ => Err(format!("`output` or `output later`, found `{rest}`")),
        },
        "threads" => nothing(Verb::Threads),
        "thread" => Ok(Verb::Thread(something("the name of a thread")?)),
        "frame" => Ok(Verb::Frame(something("the number or the name of a frame")?)),
        "modules" => nothing(Verb::Modules),
        "sources" => nothing(Verb::Sources),
        "complete" => Ok(Verb::Completions(something("the text before the cursor")?)),
        "locations" => Ok(Verb::Locations(marker(rest)?)),
        "targets" => nothing(Verb::Targets),
        "disassemble" => match rest.parse() {
            Ok(count) => Ok(Verb::Disassemble(count)),
            Err(_) => Err(format!("`disassemble` needs a number of instructions, found `{rest}`")),
        },
        "request" => request(rest),
        _ => Err(unknown(verb)),
    }
}

/// All verbs, for the message about an unknown one.
const VERBS: &[&str] = &[
    "launch",
    "attach",
    "config",
    "listen",
    "break",
    "breakf",
    "clear",
    "clearf",
    "catch",
    "breakpoints",
    "run",
    "continue",
    "next",
    "in",
    "out",
    "goto",
    "restart",
    "restartframe",
    "pause",
    "wait",
    "go",
    "until",
    "finish",
    "terminate",
    "disconnect",
    "stack",
    "scopes",
    "vars",
    "locals",
    "globals",
    "scope",
    "set",
    "setx",
    "eval",
    "watch",
    "hover",
    "copy",
    "exception",
    "source",
    "output",
    "threads",
    "thread",
    "frame",
    "modules",
    "sources",
    "complete",
    "locations",
    "targets",
    "disassemble",
    "request",
];

fn unknown(verb: &str) -> String {
    let near = VERBS.iter().find(|known| known.starts_with(verb) || verb.starts_with(**known));
    let hint = match near {
        Some(near) => format!("; is it `{near}`?"),
        None => format!("; there are: {}", VERBS.join(", ")),
    };
    format!("no command `{verb}`{hint}")
}

fn marker(text: &str) -> Result<String, String> {
    let name = text.strip_prefix('@').unwrap_or(text);
    match name {
        "" => Err("a marker's name is missing".into()),
        name if name.chars().all(is_of_name) => Ok(name.to_owned()),
        _ => Err(format!("`{text}` is no marker's name")),
    }
}

fn launch(rest: &str) -> Result<Verb, String> {
    let mut words = shlex::split(rest).ok_or("`launch`: a quote is not closed")?.into_iter();
    let program =
        words.next().ok_or("`launch` needs a program: a block's name, or a path beside the story")?;
    Ok(Verb::Launch { program: Some(program), args: words.collect() })
}

fn object(verb: &str, rest: &str) -> Result<Map<String, Value>, String> {
    match serde_json::from_str(rest) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(format!("`{verb}` needs a JSON object")),
        Err(error) => Err(format!("`{verb}` needs a JSON object: {error}")),
    }
}

fn request(rest: &str) -> Result<Verb, String> {
    let (name, arguments) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    if name.is_empty() {
        return Err("`request` needs the name of a request, and its arguments as JSON if it has any".into());
    }
    let arguments = match arguments.trim() {
        "" => None,
        text => Some(serde_json::from_str(text).map_err(|error| format!("arguments of `{name}`: {error}"))?),
    };
    Ok(Verb::Request { name: name.to_owned(), arguments })
}

fn stepping(verb: &str, rest: &str) -> Result<Stepping, String> {
    let mut stepping = Stepping::default();
    for word in rest.split_whitespace() {
        match word {
            "statement" => stepping.granularity = Some("statement"),
            "line" => stepping.granularity = Some("line"),
            "instruction" => stepping.granularity = Some("instruction"),
            "single" => stepping.single_thread = true,
            _ => {
                return Err(format!(
                    "`{verb}` takes `statement`, `line` or `instruction`, and `single`; found `{word}`"
                ));
            }
        }
    }
    if verb == "continue" && stepping.granularity.is_some() {
        return Err("`continue` has no granularity".into());
    }
    Ok(stepping)
}

/// `MARKER [at "TEXT"] RULES`
fn breakpoint(rest: &str) -> Result<Verb, String> {
    let (name, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let marker = marker(name)?;
    let mut rest = rest.trim();
    let mut at_text = None;
    if let Some(text) = rest.strip_prefix("at ") {
        let quoted = text.trim_start().strip_prefix('"').and_then(|text| text.split_once('"'));
        let (text, after) =
            quoted.ok_or("`at` needs the text where the breakpoint begins, in double quotes")?;
        at_text = Some(text.to_owned());
        rest = after.trim();
    }
    Ok(Verb::Break(Breakpoint { marker, at_text, rules: rules_of(rest)? }))
}

/// `[hit CONDITION] [if EXPRESSION] [log MESSAGE]`
fn rules_of(text: &str) -> Result<Rules, String> {
    let mut rules = Rules::default();
    let mut rest = text;
    if let Some(after) = rest.strip_prefix("log ") {
        rules.log_message = Some(after.trim().to_owned());
        rest = "";
    } else if let Some((before, message)) = rest.split_once(" log ") {
        rules.log_message = Some(message.trim().to_owned());
        rest = before.trim();
    }
    if let Some(after) = rest.strip_prefix("if ") {
        rules.condition = Some(after.trim().to_owned());
        rest = "";
    } else if let Some((before, condition)) = rest.split_once(" if ") {
        rules.condition = Some(condition.trim().to_owned());
        rest = before.trim();
    }
    if let Some(after) = rest.strip_prefix("hit ") {
        rules.hit_condition = Some(after.trim().to_owned());
        rest = "";
    }
    match rest {
        "" => Ok(rules),
        _ => Err(format!(
            "expected `hit CONDITION`, `if EXPRESSION`, `log MESSAGE`, in this order; found `{rest}`"
        )),
    }
}

/// `none`, or filters; one may be followed by `if CONDITION`, as the last.
fn catch(rest: &str) -> Result<Verb, String> {
    let (names, condition) = match rest.split_once(" if ") {
        Some((names, condition)) => (names, Some(condition.trim().to_owned())),
        None => (rest, None),
    };
    let mut filters: Vec<(String, Option<String>)> =
        names.split_whitespace().map(|name| (name.to_owned(), None)).collect();
    match filters.as_slice() {
        [] => return Err("`catch` needs exception filters, such as `raised` or `uncaught`, or `none`".into()),
        [(name, _)] if name == "none" => return Ok(Verb::Catch(Vec::new())),
        _ => {}
    }
    if let Some((_, last)) = filters.last_mut() {
        *last = condition;
    }
    Ok(Verb::Catch(filters))
}

/// `"NAME" [PATH]`
fn scope(rest: &str) -> Result<Verb, String> {
    let (name, path) = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"').ok_or("`scope`: a quote is not closed")?,
        None => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
    };
    if name.is_empty() {
        return Err("`scope` needs the name of a scope, as `scopes` lists it".into());
    }
    let path = path.trim();
    Ok(Verb::Variables { scope: Some(name.into()), path: (!path.is_empty()).then(|| path.to_owned()) })
}

fn edit(verb: &str, rest: &str) -> Result<Edit, String> {
    let (target, value) = rest.split_once(" = ").ok_or_else(|| format!("`{verb} TARGET = VALUE`"))?;
    Ok(Edit { target: target.trim().into(), value: value.trim().into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verb(text: &str) -> Result<Verb, String> {
        Command::parse(1, text).map(|command| command.verb).map_err(|fault| fault.message)
    }

    #[test]
    fn breakpoints_with_all_that_they_may_ask() {
        let rules = |hit: Option<&str>, condition: Option<&str>, log: Option<&str>| Rules {
            hit_condition: hit.map(Into::into),
            condition: condition.map(Into::into),
            log_message: log.map(Into::into),
        };
        for (text, at_text, expected) in [
            ("break x", None, rules(None, None, None)),
            ("break @x if a if b else c", None, rules(None, Some("a if b else c"), None)),
            ("break x hit >= 3 if a > 1", None, rules(Some(">= 3"), Some("a > 1"), None)),
            ("break x log a is {a}", None, rules(None, None, Some("a is {a}"))),
            ("break x if a log {a} if any", None, rules(None, Some("a"), Some("{a} if any"))),
            ("break x at \"n * n\" hit 2", Some("n * n"), rules(Some("2"), None, None)),
        ] {
            let at_text = at_text.map(str::to_owned);
            let expected = Breakpoint { marker: "x".into(), at_text, rules: expected };
            assert_eq!(verb(text), Ok(Verb::Break(expected)), "{text}");
        }
    }

    #[test]
    fn what_is_refused() {
        for (text, message) in [
            ("nxt", "no command `nxt`; there are: launch,"),
            ("step", "no command `step`; there are: launch,"),
            ("cont", "no command `cont`; is it `continue`?"),
            ("run now", "`run` takes nothing, found `now`"),
            ("next bytes", "`next` takes `statement`, `line` or `instruction`, and `single`; found `bytes`"),
            ("continue line", "`continue` has no granularity"),
            ("break", "a marker's name is missing"),
            ("break a.py:3", "`a.py:3` is no marker's name"),
            (
                "break a when b",
                "expected `hit CONDITION`, `if EXPRESSION`, `log MESSAGE`, in this order; found `when b`",
            ),
            ("break a at b", "`at` needs the text where the breakpoint begins, in double quotes"),
            ("catch", "`catch` needs exception filters, such as `raised` or `uncaught`, or `none`"),
            ("set x 3", "`set TARGET = VALUE`"),
            ("eval", "`eval` needs an expression"),
            ("request next {", "arguments of `next`: EOF while parsing an object at line 1 column 1"),
            ("config 3", "`config` needs a JSON object"),
            ("launch 'a", "`launch`: a quote is not closed"),
        ] {
            let error = verb(text).unwrap_err();
            assert!(error.starts_with(message), "{text}: {error}");
        }
    }

    #[test]
    fn every_verb_that_is_listed_is_known() {
        for name in VERBS {
            let error = verb(name).err().unwrap_or_default();
            assert!(!error.starts_with("no command"), "{name}: {error}");
        }
    }
}
