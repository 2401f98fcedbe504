//! Owns the token stream that the diagnosing parser and Python's `tokenize` read: CPython's tokenizer state
//! (indentation, brackets, string modes) and the errors it raises. Numbers and strings are in the modules below.
//! Does not compile anything: sources that compile need it only where a program asks for tokens.
//!
//! Facts after CPython 3.14 `Parser/lexer/lexer.c`: where the state stands when an error is raised is
//! visible in the error's line, column and text, so the state is kept the same way.
mod interpolated;
mod number;
mod string;

use super::super::ErrorKind;
use super::raised::{Outcome, Raised};
use std::cmp::Ordering;

const MAX_INDENT: usize = 100;
const MAX_BRACKETS: usize = 200;
/// How many f-strings and t-strings may be open at once.
const MAX_MODES: usize = 150;
const TAB_SIZE: usize = 8;
const EOF: i32 = -1;

/// The kinds of token the grammar tells apart; operators and keywords carry their text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    Name,
    Keyword,
    Number,
    String,
    Newline,
    Indent,
    Dedent,
    Op,
    /// Only where [`Tokenizer::extra`] is set.
    Comment,
    /// The end of a line that ends no statement; only where [`Tokenizer::extra`] is set.
    BlankNewline,
    /// `FSTRING_START` and the like; `true` for a t-string.
    InterpolatedStart(bool),
    InterpolatedMiddle(bool),
    InterpolatedEnd(bool),
    EndMarker,
    Error,
}

impl TokenKind {
    /// A string, or part of one: it may begin on an earlier line.
    pub(crate) fn is_string(self) -> bool {
        matches!(
            self,
            Self::String
                | Self::InterpolatedStart(_)
                | Self::InterpolatedMiddle(_)
                | Self::InterpolatedEnd(_)
        )
    }
}

/// One token. Columns are byte columns, -1 where CPython gives a token none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub kind: TokenKind,
    pub start: usize,
    pub end: usize,
    pub line: u32,
    pub col: i32,
    pub end_line: u32,
    pub end_col: i32,
    /// Open brackets after this token.
    pub level: u32,
    /// The token's text as the grammar names it (operators and keywords), else 0.
    pub symbol: u16,
    /// An `InterpolatedMiddle` of a raw string.
    pub raw: bool,
}

/// Why the stream ended, as CPython's `tok->done`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Done {
    Ok,
    Eof,
    Error,
    EndOfFileInString,
    EndOfLineInString,
    TabSpace,
    Dedent,
    TooDeep,
    LineContinuation,
}

#[derive(Clone, Copy)]
struct Bracket {
    byte: u8,
    line: u32,
    col: usize,
}

/// One open f-string or t-string.
#[derive(Clone, Copy)]
#[allow(clippy::struct_excessive_bools)]
struct Interpolated {
    tstring: bool,
    raw: bool,
    quote: u8,
    quote_size: usize,
    start: usize,
    line_start: usize,
    line: u32,
    /// Brackets open since the literal began.
    depth: i32,
    /// `depth` at which the current replacement field opened; -1 outside of one.
    expr_depth: i32,
    in_format_spec: bool,
    /// The literal's text is being read, not an expression in it.
    reading_text: bool,
}

#[allow(clippy::struct_excessive_bools, reason = "the tokenizer's state, as CPython keeps it")]
pub(crate) struct Tokenizer<'a> {
    source: &'a [u8],
    pub cur: usize,
    inp: usize,
    pub buf: usize,
    pub line_start: usize,
    start: Option<usize>,
    multi_line_start: usize,
    pub line: u32,
    first_line: u32,
    pub done: Done,
    at_line_begin: bool,
    indents: Vec<(usize, usize)>,
    pending: i32,
    brackets: Vec<Bracket>,
    modes: Vec<Interpolated>,
    /// `from __future__ import barry_as_FLUFL` is in force: `<>` is an operator.
    pub flufl: bool,
    /// Warnings given since they were last taken: message and line.
    pub warnings: Vec<(String, usize)>,
    /// Comments and the ends of blank lines are tokens, indentation has a place, carriage returns are in the source, and what only a
    /// parser would mind is let through.
    pub extra: bool,
    /// A comment was on a line without anything else, whose end comes next.
    comment_newline: bool,
}

fn is_identifier_start(c: i32) -> bool {
    c >= 128 || u8::try_from(c).is_ok_and(|c| c.is_ascii_alphabetic() || c == b'_')
}

fn is_identifier_char(c: i32) -> bool {
    is_identifier_start(c) || is_digit(c)
}

fn is_digit(c: i32) -> bool {
    (i32::from(b'0')..=i32::from(b'9')).contains(&c)
}

fn is(c: i32, byte: u8) -> bool {
    c == i32::from(byte)
}

fn shown(c: i32) -> char {
    u8::try_from(c).map_or('?', char::from)
}

impl<'a> Tokenizer<'a> {
    pub(crate) fn new(source: &'a [u8]) -> Self {
        Self {
            source,
            cur: 0,
            inp: 0,
            buf: 0,
            line_start: 0,
            start: None,
            multi_line_start: 0,
            line: 0,
            first_line: 0,
            done: Done::Ok,
            at_line_begin: true,
            indents: vec![(0, 0)],
            pending: 0,
            brackets: Vec::new(),
            modes: Vec::new(),
            flufl: false,
            warnings: Vec::new(),
            extra: false,
            comment_newline: false,
        }
    }

    /// The innermost open bracket: its byte, line and byte column.
    pub(super) fn open_bracket(&self) -> Option<(char, u32, usize)> {
        self.brackets.last().map(|b| (char::from(b.byte), b.line, b.col))
    }

    /// Closes every indented block at the end of interactive input.
    pub(super) fn imply_dedents(&mut self) {
        if self.indents.len() > 1 {
            self.pending = 1 - self.indents.len() as i32;
            self.indents.truncate(1);
        }
    }

    /// An f-string or t-string is open.
    pub(super) fn in_interpolated(&self) -> bool {
        !self.modes.is_empty()
    }

    /// What the line of `token` is: from where, and to where it was read.
    pub(crate) fn line_of(&self, token: &Token) -> std::ops::Range<usize> {
        let earlier = token.kind.is_string() && token.start < self.line_start;
        let start = if earlier { self.multi_line_start } else { self.line_start };
        start.min(self.inp)..self.inp
    }

    /// The bytes not yet read.
    pub(super) fn rest(&self) -> &[u8] {
        self.source.get(self.cur..).unwrap_or_default()
    }

    /// The buffered text: the current line, or the lines of the string being read.
    pub(super) fn buffer(&self) -> &[u8] {
        self.source.get(self.buf..self.inp).unwrap_or_default()
    }

    fn next(&mut self) -> i32 {
        loop {
            if self.cur != self.inp {
                let c = self.source[self.cur];
                self.cur += 1;
                return i32::from(c);
            }
            if self.done != Done::Ok {
                return EOF;
            }
            if self.inp >= self.source.len() {
                self.done = Done::Eof;
                return EOF;
            }
            self.buf = self.cur;
            self.line_start = self.cur;
            self.line += 1;
            let rest = &self.source[self.inp..];
            self.inp += rest.iter().position(|b| *b == b'\n').map_or(rest.len(), |at| at + 1);
        }
    }

    fn back(&mut self, c: i32) {
        if c != EOF {
            self.cur = self.cur.saturating_sub(1);
        }
    }

    fn text(&self, from: usize, to: usize) -> String {
        String::from_utf8_lossy(self.source.get(from..to).unwrap_or_default()).into_owned()
    }

    /// An error at the current position. `CPython: helpers.c::_syntaxerror_range`.
    fn error<T>(&mut self, message: impl Into<String>) -> Outcome<T> {
        self.error_range(message, None)
    }

    fn error_range<T>(&mut self, message: impl Into<String>, range: Option<(i64, i64)>) -> Outcome<T> {
        self.done = Done::Error;
        let before = self.text(self.line_start, self.cur);
        let offset = before.chars().count() as i64;
        // A range is given in byte columns.
        let characters = |col: i64| {
            let to = self.line_start + usize::try_from(col).unwrap_or(0);
            self.text(self.line_start, to).chars().count() as i64
        };
        let (offset, end_offset) = range.map_or((offset, offset), |(a, b)| (characters(a), characters(b)));
        let line_end = self.source[self.line_start..]
            .iter()
            .position(|b| *b == b'\n')
            .map_or(self.source.len(), |at| self.line_start + at);
        let text = if line_end == self.cur { before } else { self.text(self.line_start, line_end) };
        Err(Box::new(Raised {
            kind: ErrorKind::SyntaxError,
            message: message.into(),
            line: i64::from(self.line),
            offset,
            end_line: i64::from(self.line),
            end_offset,
            text: Some(text),
        }))
    }

    fn token(&self, kind: TokenKind, range: Option<(usize, usize)>) -> Token {
        let is_string = kind.is_string();
        let line = if is_string { self.first_line } else { self.line };
        let (start, end) = range.unwrap_or((0, 0));
        // The end of an f-string may be on a later line than the text before it.
        let earlier = is_string && !(self.extra && start >= self.line_start);
        let line_start = if earlier { self.multi_line_start } else { self.line_start };
        let col = |at: usize, from: usize| {
            range.and_then(|_| at.checked_sub(from)).and_then(|col| i32::try_from(col).ok()).unwrap_or(-1)
        };
        Token {
            kind,
            start,
            end,
            line,
            col: col(start, line_start),
            end_line: self.line,
            end_col: col(end, self.line_start),
            level: self.brackets.len() as u32,
            symbol: 0,
            raw: false,
        }
    }

    /// The token that stands for an error raised here.
    pub(super) fn error_token(&self) -> Token {
        self.token(TokenKind::Error, None)
    }

    fn fail(&mut self, done: Done) -> Token {
        self.done = done;
        self.token(TokenKind::Error, None)
    }

    /// The next token. A token of kind `Error` is explained by `self.done`; an error that carries its
    /// own position is `Err`.
    pub(crate) fn get(&mut self) -> Outcome<Token> {
        if self.modes.last().is_some_and(|mode| mode.reading_text) {
            return self.interpolated();
        }
        self.normal()
    }

    /// Measures the indentation of the line. `Some` is an error token.
    fn indentation(&mut self) -> (Option<Token>, bool) {
        let (mut col, mut alt) = (0usize, 0usize);
        let mut continued = 0usize;
        let mut c;
        loop {
            c = self.next();
            match c {
                0x20 => (col, alt) = (col + 1, alt + 1),
                0x09 => (col, alt) = ((col / TAB_SIZE + 1) * TAB_SIZE, alt + 1),
                0x0c => (col, alt) = (0, 0),
                0x5c => {
                    // The columns before the first backslash are the indentation.
                    continued = if continued == 0 { col } else { continued };
                    if let Some(token) = self.continuation() {
                        return (Some(token), false);
                    }
                }
                _ => break,
            }
        }
        self.back(c);
        if is(c, b'#') || is(c, b'\n') || self.extra && is(c, b'\r') {
            return (None, true);
        }
        if !self.brackets.is_empty() {
            return (None, false);
        }
        if continued != 0 {
            (col, alt) = (continued, continued);
        }
        let (top, alt_top) = self.indents.last().copied().unwrap_or_default();
        match col.cmp(&top) {
            Ordering::Equal => {}
            Ordering::Greater => {
                if self.indents.len() >= MAX_INDENT {
                    self.cur = self.inp;
                    return (Some(self.fail(Done::TooDeep)), false);
                }
                if alt <= alt_top {
                    return (Some(self.tab_error()), false);
                }
                self.pending += 1;
                self.indents.push((col, alt));
            }
            Ordering::Less => {
                while self.indents.len() > 1 && self.indents.last().is_some_and(|(top, _)| col < *top) {
                    self.pending -= 1;
                    self.indents.pop();
                }
                if self.indents.last().is_none_or(|(top, _)| col != *top) {
                    self.cur = self.inp;
                    return (Some(self.fail(Done::Dedent)), false);
                }
            }
        }
        if self.indents.last().is_none_or(|(_, alt_top)| alt != *alt_top) {
            return (Some(self.tab_error()), false);
        }
        (None, false)
    }

    fn tab_error(&mut self) -> Token {
        self.cur = self.inp;
        self.fail(Done::TabSpace)
    }

    /// After a backslash: the newline and the start of the next line.
    fn continuation(&mut self) -> Option<Token> {
        let mut c = self.next();
        if self.extra && is(c, b'\r') {
            c = self.next();
        }
        if !is(c, b'\n') {
            return Some(self.fail(Done::LineContinuation));
        }
        let c = self.next();
        if c == EOF {
            self.cur = self.inp;
            return Some(self.fail(Done::Eof));
        }
        self.back(c);
        None
    }

    fn normal(&mut self) -> Outcome<Token> {
        'line: loop {
            self.start = None;
            let mut blank = false;
            if self.at_line_begin {
                self.at_line_begin = false;
                let (error, is_blank) = self.indentation();
                if let Some(token) = error {
                    return Ok(token);
                }
                blank = is_blank;
            }
            self.start = Some(self.cur);
            if self.pending < 0 {
                self.pending += 1;
                let place = self.extra.then_some((self.cur, self.cur));
                return Ok(self.token(TokenKind::Dedent, place));
            }
            if self.pending > 0 {
                self.pending -= 1;
                let place = self.extra.then_some((self.buf, self.cur));
                return Ok(self.token(TokenKind::Indent, place));
            }
            let c = self.next();
            self.back(c);
            loop {
                self.start = None;
                let mut c = self.next();
                while matches!(c, 0x20 | 0x09 | 0x0c) {
                    c = self.next();
                }
                let start = if c == EOF { self.cur } else { self.cur - 1 };
                // CPython steps back by one at the end of file too; only the buffer's start sees it.
                self.start = Some(start);
                if is(c, b'#') {
                    while c != EOF && !is(c, b'\n') && !(self.extra && is(c, b'\r')) {
                        c = self.next();
                    }
                    if self.extra {
                        self.back(c);
                        self.comment_newline = blank;
                        return Ok(self.token(TokenKind::Comment, Some((start, self.cur))));
                    }
                }
                if c == EOF {
                    let ended = self.brackets.is_empty() && self.done == Done::Eof;
                    let kind = if ended { TokenKind::EndMarker } else { TokenKind::Error };
                    return Ok(self.token(kind, None));
                }
                if is_identifier_start(c) {
                    return self.name_or_prefixed(c, start);
                }
                if self.extra && is(c, b'\r') {
                    c = self.next();
                }
                if is(c, b'\n') {
                    self.at_line_begin = true;
                    let after_comment = std::mem::take(&mut self.comment_newline);
                    if blank || !self.brackets.is_empty() || after_comment {
                        if self.extra {
                            return Ok(self.token(TokenKind::BlankNewline, Some((start, self.cur))));
                        }
                        continue 'line;
                    }
                    return Ok(self.token(TokenKind::Newline, Some((start, self.cur))));
                }
                if is(c, b'.') {
                    return self.dot(start);
                }
                if is_digit(c) {
                    return self.number(c, start);
                }
                if is(c, b'\'') || is(c, b'"') {
                    return self.string(c, start);
                }
                if is(c, b'\\') {
                    if let Some(token) = self.continuation() {
                        return Ok(token);
                    }
                    continue;
                }
                return self.punctuation(c, start);
            }
        }
    }

    fn dot(&mut self, start: usize) -> Outcome<Token> {
        let c = self.next();
        if is_digit(c) {
            return self.fraction(c, start);
        }
        if is(c, b'.') {
            let third = self.next();
            if is(third, b'.') {
                return Ok(self.token(TokenKind::Op, Some((start, self.cur))));
            }
            self.back(third);
        }
        self.back(c);
        Ok(self.token(TokenKind::Op, Some((start, self.cur))))
    }

    fn name_or_prefixed(&mut self, first: i32, start: usize) -> Outcome<Token> {
        let mut c = first;
        let mut seen = Prefixes::default();
        while seen.add(c) {
            c = self.next();
            if is(c, b'"') || is(c, b'\'') {
                if let Some((a, b)) = seen.clash() {
                    let range = (start + 1 - self.line_start, self.cur - self.line_start);
                    let message = format!("'{a}' and '{b}' prefixes are incompatible");
                    return self.error_range(message, Some((range.0 as i64, range.1 as i64)));
                }
                if seen.has('f') || seen.has('t') {
                    return self.interpolated_start(c, start, seen.has('t'), seen.has('r'));
                }
                return self.string(c, start);
            }
        }
        let mut non_ascii = false;
        while is_identifier_char(c) {
            non_ascii |= c >= 128;
            c = self.next();
        }
        self.back(c);
        if non_ascii {
            self.verify_identifier(start)?;
        }
        Ok(self.token(TokenKind::Name, Some((start, self.cur))))
    }

    /// PEP 3131: reports the first character that no identifier may have.
    fn verify_identifier(&mut self, start: usize) -> Outcome<()> {
        if self.extra {
            return Ok(());
        }
        let name = self.text(start, self.cur);
        let bad = name.char_indices().find(|(at, c)| {
            let allowed = if *at == 0 {
                rustpython_unicode::identifier::is_xid_start(*c) || *c == '_'
            } else {
                rustpython_unicode::identifier::is_xid_continue(*c)
            };
            !allowed
        });
        let Some((at, c)) = bad else { return Ok(()) };
        self.cur = start + at + c.len_utf8();
        let code = u32::from(c);
        if rustpython_unicode::classify::is_printable(c) {
            return self.error(format!("invalid character '{c}' (U+{code:04X})"));
        }
        self.error(format!("invalid non-printable character U+{code:04X}"))
    }

    fn punctuation(&mut self, c: i32, start: usize) -> Outcome<Token> {
        if is(c, b':')
            && let Some(mode) = self.modes.last_mut()
            && mode.expr_depth >= 0
            && mode.depth - 1 == mode.expr_depth
        {
            mode.reading_text = true;
            mode.in_format_spec = true;
            return Ok(self.token(TokenKind::Op, Some((start, self.cur))));
        }
        let c2 = self.next();
        if is_two_char_operator(c, c2) || (self.flufl && is(c, b'<') && is(c2, b'>')) {
            let c3 = self.next();
            if !is_three_char_operator(c, c2, c3) {
                self.back(c3);
            }
            return Ok(self.token(TokenKind::Op, Some((start, self.cur))));
        }
        self.back(c2);
        match c {
            0x28 | 0x5b | 0x7b => self.open(c, start)?,
            0x29 | 0x5d | 0x7d => self.close(c)?,
            _ => {}
        }
        if !(0x20..0x7f).contains(&c) {
            return self.error(format!("invalid non-printable character U+{c:04X}"));
        }
        Ok(self.token(TokenKind::Op, Some((start, self.cur))))
    }

    fn open(&mut self, c: i32, start: usize) -> Outcome<()> {
        if self.brackets.len() >= MAX_BRACKETS {
            return self.error("too many nested parentheses");
        }
        let byte = u8::try_from(c).unwrap_or_default();
        let col = start.saturating_sub(self.line_start);
        self.brackets.push(Bracket { byte, line: self.line, col });
        if let Some(mode) = self.modes.last_mut() {
            mode.depth += 1;
        }
        Ok(())
    }

    fn close(&mut self, c: i32) -> Outcome<()> {
        let shown = shown(c);
        let mode = self.modes.last().copied();
        if let Some(mode) = mode
            && mode.depth == 0
            && is(c, b'}')
        {
            return self.error(format!("{}-string: single '}}' is not allowed", mode.letter()));
        }
        let Some(open) = self.brackets.pop() else {
            if self.extra {
                return Ok(());
            }
            return self.error(format!("unmatched '{shown}'"));
        };
        let pairs = matches!((open.byte, c), (b'(', 0x29) | (b'[', 0x5d) | (b'{', 0x7d));
        if !pairs && !self.extra {
            if let Some(mode) = mode
                && open.byte == b'{'
                && mode.depth - 1 == mode.expr_depth
            {
                return self.error(format!("{}-string: unmatched '{shown}'", mode.letter()));
            }
            let opening = char::from(open.byte);
            let on_line =
                if open.line == self.line { String::new() } else { format!(" on line {}", open.line) };
            return self.error(format!(
                "closing parenthesis '{shown}' does not match opening parenthesis '{opening}'{on_line}"
            ));
        }
        if let Some(mode) = self.modes.last_mut() {
            mode.depth -= 1;
            if mode.depth < 0 {
                let letter = mode.letter();
                return self.error(format!("{letter}-string: unmatched '{shown}'"));
            }
            if is(c, b'}') && mode.depth == mode.expr_depth {
                mode.expr_depth -= 1;
                mode.reading_text = true;
                mode.in_format_spec = false;
            }
        }
        Ok(())
    }
}

/// The string prefix letters read so far, each at most once.
#[derive(Default)]
struct Prefixes(String);

impl Prefixes {
    fn has(&self, letter: char) -> bool {
        self.0.contains(letter)
    }

    fn add(&mut self, c: i32) -> bool {
        let letter = shown(c).to_ascii_lowercase();
        let is_new = "burft".contains(letter) && !self.has(letter);
        if is_new {
            self.0.push(letter);
        }
        is_new
    }

    /// Two letters that no literal may combine, in the order CPython looks for them.
    fn clash(&self) -> Option<(char, char)> {
        let pairs = [('u', 'b'), ('u', 'r'), ('u', 'f'), ('u', 't'), ('b', 'f'), ('b', 't'), ('f', 't')];
        pairs.into_iter().find(|(a, b)| self.has(*a) && self.has(*b))
    }
}

fn is_two_char_operator(a: i32, b: i32) -> bool {
    let (Ok(a), Ok(b)) = (u8::try_from(a), u8::try_from(b)) else { return false };
    match b {
        b'=' => b"!%&*+-/:<=>@^|".contains(&a),
        b'*' | b'/' | b'<' => a == b,
        b'>' => matches!(a, b'-' | b'>'),
        _ => false,
    }
}

fn is_three_char_operator(a: i32, b: i32, c: i32) -> bool {
    is(c, b'=') && a == b && (is(a, b'*') || is(a, b'/') || is(a, b'<') || is(a, b'>'))
}
