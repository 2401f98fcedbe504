//! Reads options by name and type, and gathers what is wrong with them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::not_served::{NOT_SERVED, is_the_clients};
use super::{BOTH, Configured, LaunchError};
use crate::protocol::name_of;

/// A configuration may have any number of unknown options; so many are told one by one.
const WARNINGS: usize = 20;

pub(super) struct Options<'a> {
    request: &'static str,
    fields: &'a Map<String, Value>,
    taken: BTreeSet<&'static str>,
    problems: Vec<String>,
}

impl<'a> Options<'a> {
    pub(super) fn new(request: &'static str, fields: &'a Map<String, Value>) -> Self {
        Self { request, fields, taken: BTreeSet::new(), problems: Vec::new() }
    }

    /// The option's value, unless it is absent or `null`.
    pub(super) fn take(&mut self, name: &'static str) -> Option<&'a Value> {
        self.taken.insert(name);
        self.fields.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn is_given(&self, name: &str) -> bool {
        self.fields.get(name).is_some_and(|value| !value.is_null())
    }

    pub(super) fn problem(&mut self, text: impl Into<String>) {
        self.problems.push(text.into());
    }

    pub(super) fn expected(&mut self, name: &str, wanted: &str, found: &Value) {
        let found = match found {
            Value::String(text) if text.is_empty() => "an empty string",
            Value::String(text) if text.contains('\0') => "a string with a null character",
            other => name_of(other),
        };
        self.problem(format!("`{name}` is {found}, expected {wanted}"));
    }

    pub(super) fn flag(&mut self, name: &'static str, default: bool) -> bool {
        match self.take(name) {
            None => default,
            Some(&Value::Bool(flag)) => flag,
            Some(other) => {
                self.expected(name, "true or false", other);
                default
            }
        }
    }

    /// A text that the operating system takes: not empty, without null characters.
    pub(super) fn text(&mut self, name: &'static str) -> Option<String> {
        match self.take(name)? {
            Value::String(text) if !text.is_empty() && !text.contains('\0') => Some(text.clone()),
            other => {
                self.expected(name, "a string", other);
                None
            }
        }
    }

    pub(super) fn strings(&mut self, name: &'static str) -> Vec<String> {
        let Some(value) = self.take(name) else { return Vec::new() };
        let Some(elements) = value.as_array() else {
            self.expected(name, "an array of strings", value);
            return Vec::new();
        };
        let mut strings = Vec::with_capacity(elements.len());
        for (index, element) in elements.iter().enumerate() {
            match element {
                Value::String(text) if !text.contains('\0') => strings.push(text.clone()),
                other => {
                    self.expected(&format!("{name}[{index}]"), "a string", other);
                    break;
                }
            }
        }
        strings
    }

    /// A string, or an array of its lines.
    pub(super) fn lines(&mut self, name: &'static str) -> Option<String> {
        match self.take(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Array(_) => Some(self.strings(name).join("\n")),
            other => {
                self.expected(name, "a string, or an array of lines", other);
                None
            }
        }
    }

    pub(super) fn environment(&mut self, name: &'static str) -> BTreeMap<String, Option<String>> {
        let mut read = BTreeMap::new();
        let Some(value) = self.take(name) else { return read };
        let Some(variables) = value.as_object() else {
            self.expected(name, "an object of variables", value);
            return read;
        };
        for (variable, value) in variables {
            if variable.is_empty() || variable.contains(['=', '\0']) {
                self.problem(format!("`{name}`: a variable cannot be named {variable:?}"));
                break;
            }
            let value = match value {
                Value::Null => None,
                Value::String(text) if !text.contains('\0') => Some(text.clone()),
                other => {
                    self.expected(&format!("{name}.{variable}"), "a string, or null to take it away", other);
                    break;
                }
            };
            read.insert(variable.clone(), value);
        }
        read
    }

    pub(super) fn choice<T: Copy>(&mut self, name: &'static str, choices: &[(&str, T)]) -> Option<T> {
        let value = self.take(name)?;
        let found = choices.iter().find(|(choice, _)| value.as_str() == Some(choice));
        if found.is_none() {
            let names: Vec<_> = choices.iter().map(|(choice, _)| format!("{choice:?}")).collect();
            let found = match value {
                Value::String(text) => format!("{text:?}"),
                other => name_of(other).to_owned(),
            };
            self.problem(format!("`{name}` is {found}, expected one of {}", names.join(", ")));
        }
        found.map(|&(_, value)| value)
    }

    /// Looks at the options that nobody took, and gives the result.
    pub(super) fn finish<T>(
        mut self,
        value: Option<T>,
        own: &[&'static str],
        of_the_other: &[&'static str],
    ) -> Result<Configured<T>, LaunchError> {
        let mut warnings = Vec::new();
        let mut unknown = 0;
        let left = self.fields.iter().filter(|(name, value)| {
            !value.is_null() && !self.taken.contains(name.as_str()) && !is_the_clients(name)
        });
        for (name, value) in left {
            if let Some(option) = NOT_SERVED.iter().find(|option| option.name == name) {
                if (option.asks)(value) {
                    self.problems.push(format!("`{name}`: {}", option.remedy));
                }
            } else if of_the_other.contains(&name.as_str()) {
                let other = if self.request == "launch" { "attach" } else { "launch" };
                if value != &Value::Bool(false) {
                    self.problems.push(format!("`{name}` is an option of {other}: remove it"));
                }
            } else {
                unknown += 1;
                if unknown <= WARNINGS {
                    warnings.push(about_unknown(name, own.iter().chain(BOTH)));
                }
            }
        }
        if unknown > WARNINGS {
            warnings.push(format!("{} more options are unknown and have no effect", unknown - WARNINGS));
        }
        match value {
            Some(value) if self.problems.is_empty() => Ok(Configured { value, warnings }),
            _ => Err(LaunchError { request: self.request, problems: self.problems }),
        }
    }
}

fn about_unknown<'a>(name: &str, known: impl Iterator<Item = &'a &'static str>) -> String {
    let near = known
        .map(|known| (distance(name, known), known))
        .min_by_key(|&(distance, _)| distance)
        .filter(|&(distance, _)| distance <= 2);
    let hint = near.map(|(_, known)| format!("; is it `{known}`?")).unwrap_or_default();
    let shown: String = name.chars().take(60).collect();
    format!("the option `{shown}` is unknown and has no effect{hint}")
}

/// Levenshtein's distance, regardless of case.
fn distance(a: &str, b: &str) -> usize {
    if a.len().abs_diff(b.len()) > 8 {
        return usize::MAX;
    }
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, a) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, b) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(!a.eq_ignore_ascii_case(b));
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
