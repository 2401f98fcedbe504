//! Owns the tokens of a source as Python's `tokenize` shows them: [`tokens`]. Facts after CPython 3.14
//! `Python/Python-tokenize.c`.

use std::ops::Range;

use crate::error::diagnose::raised::Raised;
use crate::error::diagnose::tokenizer::{Done, Token as Read, TokenKind, Tokenizer};
use crate::error::{ErrorKind, SyntaxError};

/// The file name in errors.
const FILENAME: &str = "<string>";

/// Python's numbers of tokens, as in `token`.
mod number {
    pub(super) const ENDMARKER: u8 = 0;
    pub(super) const NAME: u8 = 1;
    pub(super) const NUMBER: u8 = 2;
    pub(super) const STRING: u8 = 3;
    pub(super) const NEWLINE: u8 = 4;
    pub(super) const INDENT: u8 = 5;
    pub(super) const DEDENT: u8 = 6;
    pub(super) const OP: u8 = 55;
    pub(super) const FSTRING_START: u8 = 59;
    pub(super) const TSTRING_START: u8 = 62;
    pub(super) const COMMENT: u8 = 65;
    pub(super) const NL: u8 = 66;
}

/// Operators, the first with the number behind `DEDENT`.
const OPERATORS: [&str; 48] = [
    "(", ")", "[", "]", ":", ",", ";", "+", "-", "*", "/", "|", "&", "<", ">", "=", ".", "%", "{", "}", "==",
    "!=", "<=", ">=", "~", "^", "<<", ">>", "**", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=",
    ">>=", "**=", "//", "//=", "@", "@=", "->", "...", ":=", "!",
];

/// A token.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Token {
    /// Its number in Python's `token`.
    pub kind: u8,
    /// Its text.
    pub text: String,
    /// Line from 1 and column from 0, in characters; -1 where a token has no place.
    pub start: (i64, i64),
    /// The same of its end.
    pub end: (i64, i64),
    /// Where the line or lines that it is on are in [`Tokens::source`].
    pub line: Range<usize>,
}

/// The tokens of a source, one after the other.
pub struct Tokens {
    /// The source, with a newline at its end.
    source: String,
    /// That newline is not the source's own.
    implied_newline: bool,
    extra: bool,
    read: std::vec::IntoIter<(Read, Range<usize>, bool)>,
    error: Option<SyntaxError>,
}

/// The tokens of `source`; with `extra` those of `tokenize`: comments and blank lines too, operators without their
/// exact numbers. The source is read to its end, or to its first fault, at once.
pub fn tokens(source: &str, extra: bool) -> Tokens {
    let mut source = source.to_owned();
    let implied_newline = !source.is_empty() && !source.ends_with('\n');
    if implied_newline {
        source.push('\n');
    }
    let mut tokenizer = Tokenizer::new(source.as_bytes());
    tokenizer.extra = extra;
    let mut read = Vec::new();
    let mut error = None;
    loop {
        let token = match tokenizer.get() {
            Ok(token) => token,
            Err(raised) => {
                error = Some(syntax_error(&raised));
                break;
            }
        };
        if token.kind == TokenKind::Error {
            error = Some(fault(&source, &tokenizer, &token));
            break;
        }
        let end = token.kind == TokenKind::EndMarker;
        let trailing = end || token.kind == TokenKind::Dedent && tokenizer.done == Done::Eof;
        let line = tokenizer.line_of(&token);
        read.push((token, line, trailing));
        if end {
            break;
        }
    }
    Tokens { source, implied_newline, extra, read: read.into_iter(), error }
}

fn syntax_error(raised: &Raised) -> SyntaxError {
    let number = |number: i64| i32::try_from(number).ok();
    SyntaxError {
        kind: raised.kind,
        msg: raised.message.clone(),
        filename: FILENAME.to_owned(),
        lineno: number(raised.line),
        offset: number(raised.offset),
        end_lineno: number(raised.end_line),
        end_offset: number(raised.end_offset),
        text: raised.text.clone(),
    }
}

/// The error that the tokenizer's state stands for.
fn fault(source: &str, tokenizer: &Tokenizer<'_>, token: &Read) -> SyntaxError {
    let (kind, message) = match tokenizer.done {
        Done::Eof => (ErrorKind::SyntaxError, "unexpected EOF in multi-line statement"),
        Done::Dedent => (ErrorKind::IndentationError, "unindent does not match any outer indentation level"),
        Done::TabSpace => (ErrorKind::TabError, "inconsistent use of tabs and spaces in indentation"),
        Done::TooDeep => (ErrorKind::IndentationError, "too many levels of indentation"),
        Done::LineContinuation => {
            (ErrorKind::SyntaxError, "unexpected character after line continuation character")
        }
        Done::Ok | Done::Error | Done::EndOfFileInString | Done::EndOfLineInString => {
            (ErrorKind::SyntaxError, "unknown tokenization error")
        }
    };
    let line = source.get(tokenizer.line_of(token)).unwrap_or_default();
    SyntaxError {
        kind,
        msg: message.to_owned(),
        filename: FILENAME.to_owned(),
        lineno: i32::try_from(token.end_line).ok(),
        offset: i32::try_from(line.chars().count()).ok(),
        end_lineno: None,
        end_offset: None,
        text: Some(line.trim_end_matches('\n').to_owned()),
    }
}

impl Tokens {
    /// The source; tokens say which part of it their lines are.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// A column in characters.
    fn column(&self, at: usize, bytes: i32) -> i64 {
        let Ok(bytes) = usize::try_from(bytes) else { return -1 };
        let before = self.source.get(at - bytes..at).unwrap_or_default();
        if before.is_ascii() { bytes as i64 } else { before.chars().count() as i64 }
    }

    fn shown(&self, read: &Read, mut line: Range<usize>, trailing: bool) -> Token {
        let mut text = self.source.get(read.start..read.end).unwrap_or_default();
        let (mut start, mut end) = (
            (i64::from(read.line), self.column(read.start, read.col)),
            (i64::from(read.end_line), self.column(read.end, read.end_col)),
        );
        let implied = self.implied_newline && line.end == self.source.len();
        if implied && !line.is_empty() {
            line.end -= 1;
        }
        if self.extra && trailing {
            line = 0..0;
            start = (start.0 + 1, 0);
            end = start;
        }
        let kind = match read.kind {
            TokenKind::EndMarker | TokenKind::Error => number::ENDMARKER,
            TokenKind::Name | TokenKind::Keyword => number::NAME,
            TokenKind::Number => number::NUMBER,
            TokenKind::String => number::STRING,
            TokenKind::Newline => {
                if self.extra {
                    text = match text {
                        _ if implied => "",
                        text if text.ends_with("\r\n") => "\r\n",
                        _ => "\n",
                    };
                } else {
                    text = text.strip_suffix('\n').unwrap_or(text);
                    end.1 -= 1;
                }
                number::NEWLINE
            }
            TokenKind::Indent => number::INDENT,
            TokenKind::Dedent => number::DEDENT,
            TokenKind::Comment => number::COMMENT,
            TokenKind::BlankNewline => {
                if implied {
                    text = "";
                }
                number::NL
            }
            TokenKind::InterpolatedStart(template) => interpolated(template),
            TokenKind::InterpolatedMiddle(template) => interpolated(template) + 1,
            TokenKind::InterpolatedEnd(template) => interpolated(template) + 2,
            TokenKind::Op if self.extra => number::OP,
            TokenKind::Op => {
                let known = OPERATORS.iter().position(|operator| *operator == text);
                known.map_or(number::OP, |place| number::DEDENT + 1 + place as u8)
            }
        };
        Token { kind, text: text.to_owned(), start, end, line }
    }
}

fn interpolated(template: bool) -> u8 {
    if template { number::TSTRING_START } else { number::FSTRING_START }
}

impl Iterator for Tokens {
    type Item = Result<Token, SyntaxError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.read.next() {
            Some((read, line, trailing)) => Some(Ok(self.shown(&read, line, trailing))),
            None => self.error.take().map(Err),
        }
    }
}
