//! Owns what a matched alternative makes or raises. Does not own matching; `engine.rs` does.
use super::super::ErrorKind;
use super::engine::{Parser, Value};
use super::grammar::{Action, Part, Place, Targets};
use super::literal::{self, LiteralError};
use super::node::{Kind, Node, NodeId};
use super::raised::{Outcome, Raised};

/// The default of `sys.set_int_max_str_digits`.
const MAX_INT_DIGITS: usize = 4300;

type Labelled<'v> = &'v [(u8, NodeId)];

fn labelled(values: Labelled<'_>, label: u8) -> Option<NodeId> {
    values.iter().find(|(l, _)| *l == label).map(|(_, node)| *node)
}

impl Parser<'_> {
    fn text_of(&self, node: NodeId) -> &str {
        let token = self.nodes.get(node).token as usize;
        self.tokens.get(token).map_or("", |token| self.token_text(token))
    }

    fn part(&self, node: NodeId, part: Part) -> Node {
        let mut node = node;
        match part {
            Part::Whole => {}
            Part::First => node = self.nodes.elements(node).first().copied().unwrap_or(node),
            Part::Last => node = self.nodes.elements(node).last().copied().unwrap_or(node),
            Part::End => {
                let last = self.nodes.elements(node).last().copied().unwrap_or(node);
                node = self.nodes.elements(last).last().copied().unwrap_or(last);
            }
        }
        self.nodes.get(node)
    }

    fn range(&self, from: &Node, to: &Node, message: impl Into<String>) -> Box<Raised> {
        self.raise_span(ErrorKind::SyntaxError, (from.line, from.col, to.end_line, to.end_col), message)
    }

    fn message(&self, template: &str, values: Labelled<'_>) -> String {
        if !template.contains('{') {
            return template.to_owned();
        }
        let Some(a) = labelled(values, b'a') else { return template.to_owned() };
        let kind = self.nodes.get(a).kind;
        let bound = if kind == Kind::Tuple { "constraints" } else { "bound" };
        template
            .replace("{name}", kind.expr_name())
            .replace("{bound}", bound)
            .replace("{text}", self.text_of(a))
            .replace("{line}", &self.nodes.get(a).line.to_string())
    }

    /// `None` makes the alternative fail.
    pub(super) fn act(
        &mut self,
        action: &'static Action,
        start: usize,
        values: Labelled<'_>,
    ) -> Outcome<Option<Value>> {
        let node = match action {
            Action::Default => match values {
                [(_, node)] => *node,
                [] => return Ok(Some(Value::Nothing)),
                _ => {
                    let children: Vec<NodeId> = values.iter().map(|(_, node)| *node).collect();
                    self.make(Kind::Seq, start, &children)
                }
            },
            Action::Make(kind) => {
                let any_label = values.iter().any(|(label, _)| *label != 0);
                let children: Vec<NodeId> = values
                    .iter()
                    .filter(|(label, _)| !any_label || *label != 0)
                    .map(|(_, node)| *node)
                    .collect();
                self.make(*kind, start, &children)
            }
            Action::Pick(label) => match labelled(values, *label) {
                Some(node) => node,
                None => return Ok(Some(Value::Nothing)),
            },
            Action::Call(name) => return self.call(name, start, values),
            Action::Fail => return Ok(None),
            Action::Error(place, template) => {
                let message = self.message(template, values);
                return Err(self.raise_in(*place, values, message));
            }
            Action::Target(targets, label) => {
                let invalid =
                    labelled(values, *label).and_then(|node| self.nodes.invalid_target(node, *targets));
                let Some(invalid) = invalid else { return Ok(None) };
                let node = self.nodes.get(invalid);
                let verb = if *targets == Targets::Del { "delete" } else { "assign to" };
                return Err(self.range(&node, &node, format!("cannot {verb} {}", node.kind.expr_name())));
            }
        };
        Ok(Some(Value::Node(node)))
    }

    fn raise_in(&self, place: Place, values: Labelled<'_>, message: String) -> Box<Raised> {
        let part = |(label, part): (u8, Part)| labelled(values, label).map(|node| self.part(node, part));
        match place {
            Place::Range(from, to) => match (part(from), part(to)) {
                (Some(from), Some(to)) => self.range(&from, &to, message),
                _ => self.raise_last(ErrorKind::SyntaxError, false, message),
            },
            Place::From(label) => match labelled(values, label).map(|node| self.nodes.get(node)) {
                Some(node) => self.raise_from(&node, message),
                None => self.raise_last(ErrorKind::SyntaxError, false, message),
            },
            Place::LastToken => self.raise_last(ErrorKind::SyntaxError, false, message),
            Place::NextToken => self.raise_last(ErrorKind::SyntaxError, true, message),
            Place::Indentation => self.raise_last(ErrorKind::IndentationError, false, message),
        }
    }

    /// From a node to where the tokenizer stands.
    fn raise_from(&self, node: &Node, message: String) -> Box<Raised> {
        let end_col = self.tok.cur.saturating_sub(self.tok.line_start) as i32 - 1;
        self.raise_span(ErrorKind::SyntaxError, (node.line, node.col, self.tok.line, end_col), message)
    }

    fn call(&mut self, name: &str, start: usize, values: Labelled<'_>) -> Outcome<Option<Value>> {
        let a = labelled(values, b'a');
        let (a, b) = (a.unwrap_or_default(), labelled(values, b'b').unwrap_or_default());
        let made = |node: NodeId| Ok(Some(Value::Node(node)));
        match name {
            "future_import" => {
                self.future_import(values);
                Ok(Some(Value::Nothing))
            }
            "not_equal" => match (self.text_of(a), self.tok.flufl) {
                ("<>", true) | ("!=", false) => made(a),
                ("<>", false) => Ok(None),
                _ => {
                    let message = "with Barry as BDFL, use '<>' instead of '!='";
                    Err(self.raise_last(ErrorKind::SyntaxError, false, message))
                }
            },
            "legacy" => {
                let name = self.text_of(a);
                if name != "print" && name != "exec" {
                    return Ok(None);
                }
                let message = format!("Missing parentheses in call to '{name}'. Did you mean {name}(...)?");
                Err(self.range(&self.nodes.get(a), &self.nodes.get(b), message))
            }
            "missing_comma" => {
                let legacy =
                    self.nodes.get(a).kind == Kind::Name && matches!(self.text_of(a), "print" | "exec");
                let level =
                    self.mark.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(0, |t| t.level);
                if legacy || level == 0 {
                    return Ok(None);
                }
                let message = "invalid syntax. Perhaps you forgot a comma?";
                Err(self.range(&self.nodes.get(a), &self.nodes.get(b), message))
            }
            "bare_generator" => {
                let positional: Vec<NodeId> = self
                    .nodes
                    .elements(a)
                    .into_iter()
                    .filter(|node| {
                        !matches!(self.nodes.get(*node).kind, Kind::KeywordArg | Kind::DoubleStarArg)
                    })
                    .collect();
                let [_, .., last] = positional.as_slice() else { return Ok(None) };
                let (from, to) = (self.nodes.get(*last), self.part(b, Part::End));
                Err(self.range(&from, &to, "Generator expression must be parenthesized"))
            }
            "argument_order" => {
                let unpacked = self
                    .nodes
                    .elements(a)
                    .iter()
                    .any(|node| self.nodes.get(*node).kind == Kind::DoubleStarArg);
                let what = if unpacked { " unpacking" } else { "" };
                let message = format!("positional argument follows keyword argument{what}");
                Err(self.raise_last(ErrorKind::SyntaxError, false, message))
            }
            "dict_key" => {
                let node = self.nodes.get(a);
                let span = (node.line, node.end_col - 1, node.end_line, -1);
                let message = "':' expected after dictionary key";
                Err(self.raise_span(ErrorKind::SyntaxError, span, message))
            }
            "conversion" => self.conversion(a, b).map(|()| Some(Value::Node(b))),
            "number" => self.number(a, start).map(|node| Some(Value::Node(node))),
            "real" | "imaginary" => {
                let imaginary = self.text_of(a).ends_with(['j', 'J']);
                if imaginary == (name == "imaginary") {
                    return made(a);
                }
                let node = self.nodes.get(a);
                Err(self.range(&node, &node, format!("{name} number required in complex literal")))
            }
            "string" => self.string(a, start).map(|node| Some(Value::Node(node))),
            "text" => {
                let token = self.tokens[self.nodes.get(a).token as usize];
                let text = self.token_text(&token);
                if !token.raw
                    && let Err(error) = literal::check_text(text)
                {
                    return Err(self.literal_error(&error, a));
                }
                made(a)
            }
            "concatenate" => self.concatenate(a, start).map(|node| Some(Value::Node(node))),
            _ => Ok(None),
        }
    }

    /// `from __future__ import barry_as_FLUFL` changes an operator from here on.
    fn future_import(&mut self, values: Labelled<'_>) {
        let text = |parser: &Self, label| labelled(values, label).map(|node| parser.text_of(node).to_owned());
        let has_dots = labelled(values, b'd').is_some_and(|node| !self.nodes.elements(node).is_empty());
        let dotted = labelled(values, b'm').is_some_and(|node| self.nodes.get(node).kind != Kind::Name);
        if has_dots || dotted || text(self, b'm').as_deref() != Some("__future__") {
            return;
        }
        let Some(targets) = labelled(values, b't') else { return };
        let names = self.nodes.elements(targets);
        if names.iter().chain([&targets]).any(|name| self.text_of(*name) == "barry_as_FLUFL") {
            self.tok.flufl = true;
        }
    }

    fn conversion(&self, mark: NodeId, name: NodeId) -> Outcome<()> {
        let letter = self.tok.literal_letter();
        let (from, to) = (self.nodes.get(mark), self.nodes.get(name));
        if from.line != to.line || from.end_col != to.col {
            let message =
                format!("{letter}-string: conversion type must come right after the exclamation mark");
            return Err(self.range(&from, &to, message));
        }
        let text = self.text_of(name);
        if !matches!(text, "s" | "r" | "a") {
            let message =
                format!("{letter}-string: invalid conversion character '{text}': expected 's', 'r', or 'a'");
            return Err(self.range(&to, &to, message));
        }
        Ok(())
    }

    fn number(&mut self, token: NodeId, start: usize) -> Outcome<NodeId> {
        let text = self.text_of(token);
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let is_decimal = text.bytes().all(|b| b.is_ascii_digit() || b == b'_');
        if is_decimal && digits > MAX_INT_DIGITS {
            let node = self.nodes.get(token);
            let message = format!(
                "Exceeds the limit ({MAX_INT_DIGITS} digits) for integer string conversion: value has {digits} \
                 digits; use sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for huge \
                 integer literals to avoid decimal conversion limits."
            );
            return Err(self.raise_span(ErrorKind::SyntaxError, (node.line, -1, node.end_line, -1), message));
        }
        Ok(self.make(Kind::Literal, start, &[token]))
    }

    fn string(&mut self, token: NodeId, start: usize) -> Outcome<NodeId> {
        match literal::check(self.text_of(token)) {
            Ok(is_bytes) => {
                Ok(self.make(if is_bytes { Kind::Bytes } else { Kind::Literal }, start, &[token]))
            }
            Err(error) => Err(self.literal_error(&error, token)),
        }
    }

    fn literal_error(&self, error: &LiteralError, token: NodeId) -> Box<Raised> {
        if error.at_token {
            let node = self.nodes.get(token);
            return self.range(&node, &node, error.message.clone());
        }
        self.raise_last(ErrorKind::SyntaxError, false, error.message.clone())
    }

    fn concatenate(&mut self, parts: NodeId, start: usize) -> Outcome<NodeId> {
        let parts = self.nodes.elements(parts);
        let has = |parser: &Self, kind| parts.iter().any(|part| parser.nodes.get(*part).kind == kind);
        let bytes = parts.iter().filter(|part| self.nodes.get(**part).kind == Kind::Bytes).count();
        if bytes > 0 && bytes < parts.len() {
            let message = "cannot mix bytes and nonbytes literals";
            return Err(self.raise_last(ErrorKind::SyntaxError, false, message));
        }
        let kind = if has(self, Kind::JoinedStr) {
            Kind::JoinedStr
        } else if bytes > 0 {
            Kind::Bytes
        } else {
            Kind::Literal
        };
        Ok(self.make(kind, start, &parts))
    }
}
