//! Owns finding CPython's error for a source that does not compile: a tokenizer and a parser that follow
//! CPython's two passes, so that message, line and columns are the same.
//! Does not compile, and does not know errors of the symbol table or the code generator.
// An error is boxed where it is raised, and every result of the parser can carry one.
#![allow(clippy::unnecessary_box_returns)]

mod actions;
mod engine;
mod grammar;
mod literal;
mod node;
pub(crate) mod raised;
pub(crate) mod tokenizer;
mod warnings;

use super::ErrorKind;
use engine::Parser;
pub(in crate::error) use raised::Raised;
use std::borrow::Cow;
use tokenizer::{Done, Token, TokenKind};
pub(in crate::error) use warnings::warnings;
use warnings::warnings_until;

/// What is parsed: a module, one interactive statement, or an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::error) enum Start {
    File,
    Single,
    Eval,
}

impl Start {
    /// The grammar's name for it.
    const fn rule(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Single => "interactive",
            Self::Eval => "eval",
        }
    }
}

/// Flags that change what is an error.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::error) struct Flags {
    /// `PyCF_DONT_IMPLY_DEDENT`
    pub dont_imply_dedent: bool,
    /// `PyCF_ALLOW_INCOMPLETE_INPUT`
    pub allow_incomplete_input: bool,
    /// `CO_FUTURE_BARRY_AS_BDFL`
    pub flufl: bool,
}

/// The error CPython's parser raises for `source`, `None` if it raises none.
/// Newlines must be `\n` already (see `source.rs`).
pub(in crate::error) fn diagnose(source: &str, start: Start, flags: Flags) -> Option<Raised> {
    let grammar = grammar::grammar().ok()?;
    let source = with_last_newline(source, start);
    let mut parser = new_parser(grammar, &source, start, flags);
    let rule = *grammar.names.get(start.rule())?;
    let first = parser.rule(rule);
    let incomplete = flags.allow_incomplete_input
        && matches!(parser.tok.done, Done::Eof | Done::EndOfFileInString | Done::EndOfLineInString);
    let raised = match first {
        Ok(Some(_)) if parser.single && has_more_statements(parser.tok.rest()) => {
            let message = "multiple statements found while compiling a single statement";
            parser.raise_last(ErrorKind::SyntaxError, false, message)
        }
        Ok(Some(_)) => return None,
        _ if incomplete => parser.raise_last(ErrorKind::IncompleteInputError, false, "incomplete input"),
        Err(raised) => or_tokenizer_error(&mut parser, raised),
        Ok(None) => {
            let last = parser.last_token()?;
            parser.reset_for_second_pass();
            match parser.rule(rule) {
                Err(raised) => or_tokenizer_error(&mut parser, raised),
                Ok(_) => generic(&mut parser, last),
            }
        }
    };
    Some(*raised)
}

fn with_last_newline(source: &str, start: Start) -> Cow<'_, str> {
    let needs_newline = start == Start::File && !source.ends_with('\n') && !source.is_empty();
    if needs_newline { Cow::Owned(format!("{source}\n")) } else { Cow::Borrowed(source) }
}

fn new_parser<'a>(
    grammar: &'static grammar::Grammar,
    source: &'a str,
    start: Start,
    flags: Flags,
) -> Parser<'a> {
    let mut parser = Parser::new(grammar, source);
    parser.single = start == Start::Single;
    parser.imply_dedent = !flags.dont_imply_dedent;
    parser.tok.flufl = flags.flufl;
    parser
}

/// The warnings that the first pass over `source` gives: for what it has read before it finds an error.
pub(in crate::error) fn warnings_of_parser(source: &str, start: Start, flags: Flags) -> Vec<(String, usize)> {
    let all = warnings_until(source, usize::MAX);
    let Ok(grammar) = grammar::grammar() else { return all };
    let source = with_last_newline(source, start);
    let mut parser = new_parser(grammar, &source, start, flags);
    let Some(&rule) = grammar.names.get(start.rule()).filter(|_| !all.is_empty()) else { return all };
    match parser.rule(rule) {
        Ok(Some(_)) => all,
        _ => parser.last_token().map_or_else(Vec::new, |last| warnings_until(&source, last.start)),
    }
}

/// `CPython: pegen.c::bad_single_statement`.
fn has_more_statements(rest: &[u8]) -> bool {
    String::from_utf8_lossy(rest).split('\n').any(|line| {
        let line = line.trim_start_matches([' ', '\t', '\x0c']);
        !line.is_empty() && !line.starts_with('#')
    })
}

/// No rule had a message of its own. `CPython: pegen_errors.c::_PyPegen_set_syntax_error`.
fn generic(parser: &mut Parser<'_>, last: Token) -> Box<Raised> {
    let indentation = match last.kind {
        TokenKind::Indent => Some("unexpected indent"),
        TokenKind::Dedent => Some("unexpected unindent"),
        _ => None,
    };
    if let Some(message) = indentation {
        return parser.raise_last(ErrorKind::IndentationError, false, message);
    }
    let raised = parser.raise_at_token(&last, "invalid syntax");
    or_later_tokenizer_error(parser, raised)
}

/// An error of the parser, unless the tokenizer has one; an error of the tokenizer itself stands.
fn or_tokenizer_error(parser: &mut Parser<'_>, raised: Box<Raised>) -> Box<Raised> {
    if parser.tok.done != Done::Ok || raised.kind == ErrorKind::MemoryError {
        return raised;
    }
    or_later_tokenizer_error(parser, raised)
}

/// An error of the tokenizer further on outranks one of the parser, an open bracket only one on a later
/// line. `CPython: pegen_errors.c::_PyPegen_tokenize_full_source_to_check_for_errors`.
fn or_later_tokenizer_error(parser: &mut Parser<'_>, raised: Box<Raised>) -> Box<Raised> {
    let Some(current) = parser.last_token() else { return raised };
    loop {
        match parser.tok.get() {
            // An error inside an f-string must not hide the one before it.
            Err(_) if parser.tok.in_interpolated() => return raised,
            Err(error) => return error,
            Ok(token) if token.kind == TokenKind::Error => {
                if parser.tok.in_interpolated() {
                    return raised;
                }
                let open = parser.tok.open_bracket().filter(|(_, line, _)| current.line > *line);
                return open.and_then(|_| parser.unclosed_bracket()).unwrap_or(raised);
            }
            Ok(token) if token.kind == TokenKind::EndMarker => return raised,
            Ok(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_grammar_loads() {
        assert_eq!(super::grammar::grammar().err(), None);
    }
}
