//! Owns the parser that walks the grammar over the tokens, with CPython's rules for what is remembered,
//! when tokens are fetched and when parsing stops: those decide which error is reported.
//! Does not own what alternatives make (`actions.rs`) nor the two passes (`mod.rs`).
//!
//! Bounds: `MAX_LEVEL` nested rules as in CPython, `MAX_STEPS` rule attempts (the grammar's backtracking
//! is exponential in the worst case), a stack that grows on the heap.
use super::super::ErrorKind;
use super::grammar::{Alternative, Grammar, Item, RuleId, SOFT_KEYWORDS, TokenMatch};
use super::node::{Kind, NodeId, Nodes};
use super::raised::{Outcome, Raised, character_offset};
use super::tokenizer::{Done, Token, TokenKind, Tokenizer};
use std::collections::HashMap;

const MAX_LEVEL: u32 = 6000;
const MAX_STEPS: u64 = 20_000_000;

/// What a matched item gives its alternative.
#[derive(Clone, Copy)]
pub(super) enum Value {
    Nothing,
    Node(NodeId),
}

#[allow(clippy::struct_excessive_bools)]
pub(super) struct Parser<'a> {
    pub grammar: &'static Grammar,
    pub source: &'a str,
    pub tok: Tokenizer<'a>,
    pub tokens: Vec<Token>,
    pub mark: usize,
    pub nodes: Nodes,
    token_nodes: Vec<Option<NodeId>>,
    memo: HashMap<(usize, RuleId), (Option<NodeId>, usize)>,
    pub bad_rules: bool,
    level: u32,
    steps: u64,
    pub single: bool,
    pub imply_dedent: bool,
    parsing_started: bool,
}

impl<'a> Parser<'a> {
    pub(super) fn new(grammar: &'static Grammar, source: &'a str) -> Self {
        Self {
            grammar,
            source,
            tok: Tokenizer::new(source.as_bytes()),
            tokens: Vec::new(),
            mark: 0,
            nodes: Nodes::default(),
            token_nodes: Vec::new(),
            memo: HashMap::new(),
            bad_rules: false,
            level: 0,
            steps: 0,
            single: false,
            imply_dedent: true,
            parsing_started: false,
        }
    }

    pub(super) fn reset_for_second_pass(&mut self) {
        self.memo.clear();
        self.mark = 0;
        self.level = 0;
        self.bad_rules = true;
    }

    pub(super) fn token_text(&self, token: &Token) -> &'a str {
        self.source.get(token.start..token.end).unwrap_or_default()
    }

    pub(super) fn last_token(&self) -> Option<Token> {
        self.tokens.last().copied()
    }

    /// Reads one token more. `CPython: pegen.c::_PyPegen_fill_token`.
    fn fill(&mut self) -> Outcome<()> {
        let mut token = match self.tok.get() {
            Ok(token) => token,
            Err(raised) => {
                self.tokens.push(self.tok.error_token());
                self.token_nodes.push(None);
                return Err(raised);
            }
        };
        if self.single && token.kind == TokenKind::EndMarker && self.parsing_started {
            token.kind = TokenKind::Newline;
            self.parsing_started = false;
            if self.imply_dedent {
                self.tok.imply_dedents();
            }
        } else {
            self.parsing_started = true;
        }
        let text = self.token_text(&token);
        match token.kind {
            TokenKind::Name => {
                token.symbol = self.grammar.symbol(text);
                if token.symbol != 0 {
                    token.kind = TokenKind::Keyword;
                }
            }
            TokenKind::Op if text == "<>" => token.symbol = self.grammar.symbol("!="),
            TokenKind::Op => token.symbol = self.grammar.symbol(text),
            _ => {}
        }
        self.tokens.push(token);
        self.token_nodes.push(None);
        if token.kind == TokenKind::Error { Err(self.tokenizer_error(&token)) } else { Ok(()) }
    }

    pub(super) fn current(&mut self) -> Outcome<Token> {
        while self.mark >= self.tokens.len() {
            self.fill()?;
        }
        Ok(self.tokens[self.mark])
    }

    fn token_node(&mut self, at: usize) -> NodeId {
        if let Some(id) = self.token_nodes[at] {
            return id;
        }
        let token = self.tokens[at];
        let kind = if token.kind == TokenKind::Name { Kind::Name } else { Kind::Token };
        let span = (token.line, token.col, token.end_line, token.end_col);
        let id = self.nodes.add(kind, span, at as u32, &[]);
        self.token_nodes[at] = Some(id);
        id
    }

    fn token(&mut self, matcher: &TokenMatch) -> Outcome<Option<Value>> {
        let token = self.current()?;
        let matches = match matcher {
            TokenMatch::Kind(kind) => token.kind == *kind,
            TokenMatch::Symbol(symbol) => token.symbol == *symbol,
            TokenMatch::Soft(text) => token.kind == TokenKind::Name && self.token_text(&token) == text,
            TokenMatch::AnySoft => {
                token.kind == TokenKind::Name && SOFT_KEYWORDS.contains(&self.token_text(&token))
            }
        };
        if !matches {
            return Ok(None);
        }
        let node = self.token_node(self.mark);
        self.mark += 1;
        Ok(Some(Value::Node(node)))
    }

    /// Parses `id` here; `None` leaves the position where it was.
    pub(super) fn rule(&mut self, id: RuleId) -> Outcome<Option<NodeId>> {
        let grammar = self.grammar;
        let Some(rule) = grammar.rules.get(id) else { return Ok(None) };
        let start = self.mark;
        if rule.memo || rule.left {
            // CPython reads the token the memo hangs on before it looks.
            self.current()?;
            if let Some((node, end)) = self.memo.get(&(start, id)).copied() {
                if node.is_some() {
                    self.mark = end;
                }
                return Ok(node);
            }
        }
        if rule.left {
            return self.left_recursive(id, start);
        }
        let bad_rules = self.bad_rules;
        if rule.plain {
            self.bad_rules = false;
        }
        let result = self.nested(&rule.alternatives);
        self.bad_rules = bad_rules;
        let node = match result? {
            Some(Value::Node(node)) => Some(node),
            Some(Value::Nothing) => Some(self.make(Kind::Seq, start, &[])),
            None => None,
        };
        if rule.memo {
            self.memo.insert((start, id), (node, self.mark));
        }
        Ok(node)
    }

    /// Grows a left-recursive rule from its shortest match, as long as it gets longer.
    fn left_recursive(&mut self, id: RuleId, start: usize) -> Outcome<Option<NodeId>> {
        let (mut best, mut end) = (None, start);
        loop {
            self.memo.insert((start, id), (best, end));
            self.mark = start;
            let grammar = self.grammar;
            let grown = self.nested(&grammar.rules[id].alternatives)?;
            let Some(Value::Node(node)) = grown.filter(|_| self.mark > end) else { break };
            (best, end) = (Some(node), self.mark);
        }
        self.mark = if best.is_some() { end } else { start };
        Ok(best)
    }

    /// Alternatives one level deeper.
    fn nested(&mut self, alternatives: &'static [Alternative]) -> Outcome<Option<Value>> {
        self.steps += 1;
        if self.level >= MAX_LEVEL || self.steps > MAX_STEPS {
            return Err(too_complex());
        }
        self.level += 1;
        let result = stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.alternatives(alternatives));
        self.level -= 1;
        result
    }

    fn alternatives(&mut self, alternatives: &'static [Alternative]) -> Outcome<Option<Value>> {
        let start = self.mark;
        let mut values: Vec<(u8, NodeId)> = Vec::new();
        for alternative in alternatives {
            if alternative.bad && !self.bad_rules {
                continue;
            }
            values.clear();
            let mut cut = false;
            let mut matched = true;
            for (label, item) in &alternative.items {
                if matches!(item, Item::Cut) {
                    cut = true;
                    continue;
                }
                match self.item(item)? {
                    Some(Value::Node(node)) => values.push((*label, node)),
                    Some(Value::Nothing) => {}
                    None => {
                        matched = false;
                        break;
                    }
                }
            }
            if matched && let Some(value) = self.act(&alternative.action, start, &values)? {
                return Ok(Some(value));
            }
            self.mark = start;
            if cut {
                return Ok(None);
            }
        }
        Ok(None)
    }

    fn item(&mut self, item: &'static Item) -> Outcome<Option<Value>> {
        match item {
            Item::Token(matcher) => self.token(matcher),
            Item::Rule(id) => Ok(self.rule(*id)?.map(Value::Node)),
            Item::Group(alternatives) => self.nested(alternatives),
            Item::Optional(inner) => Ok(Some(self.item(inner)?.unwrap_or(Value::Nothing))),
            Item::Repeat(inner, at_least_one) => self.repeat(inner, *at_least_one),
            Item::Separated(separator, element) => self.separated(separator, element),
            Item::Ahead(inner) => {
                let start = self.mark;
                let found = self.item(inner)?;
                self.mark = start;
                Ok(found.map(|_| Value::Nothing))
            }
            Item::NotAhead(inner) => {
                let start = self.mark;
                let found = self.item(inner)?;
                self.mark = start;
                Ok(if found.is_some() { None } else { Some(Value::Nothing) })
            }
            Item::Cut => Ok(Some(Value::Nothing)),
            Item::Required(symbol) => {
                let token = self.current()?;
                if token.symbol == *symbol {
                    self.mark += 1;
                    return Ok(Some(Value::Nothing));
                }
                let text = &self.grammar.symbol_texts[usize::from(*symbol)];
                Err(self.raise_at_token(&token, format!("expected '{text}'")))
            }
        }
    }

    fn repeat(&mut self, inner: &'static Item, at_least_one: bool) -> Outcome<Option<Value>> {
        let start = self.mark;
        let mut found = Vec::new();
        loop {
            let before = self.mark;
            let Some(value) = self.item(inner)? else { break };
            if let Value::Node(node) = value {
                found.push(node);
            }
            if self.mark == before {
                break;
            }
        }
        if at_least_one && found.is_empty() {
            self.mark = start;
            return Ok(None);
        }
        Ok(Some(Value::Node(self.make(Kind::Seq, start, &found))))
    }

    fn separated(&mut self, separator: &'static Item, element: &'static Item) -> Outcome<Option<Value>> {
        let start = self.mark;
        let mut found = Vec::new();
        let mut before = start;
        while let Some(value) = self.item(element)? {
            if let Value::Node(node) = value {
                found.push(node);
            }
            before = self.mark;
            if self.item(separator)?.is_none() {
                break;
            }
        }
        self.mark = before;
        if found.is_empty() {
            self.mark = start;
            return Ok(None);
        }
        Ok(Some(Value::Node(self.make(Kind::Seq, start, &found))))
    }

    /// A node over the tokens from `start` to here.
    pub(super) fn make(&mut self, kind: Kind, start: usize, children: &[NodeId]) -> NodeId {
        let blank = |token: &&Token| {
            matches!(
                token.kind,
                TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent | TokenKind::EndMarker
            )
        };
        let mut span = (0, -1, 0, -1);
        if let Some(first) = self.tokens.get(start) {
            (span.0, span.1) = (first.line, first.col);
        }
        if let Some(last) = self.tokens[..self.mark.min(self.tokens.len())].iter().rev().find(|t| !blank(t)) {
            (span.2, span.3) = (last.end_line, last.end_col);
        }
        self.nodes.add(kind, span, start as u32, children)
    }

    // Errors. Columns given here are 0-based byte columns, -1 for none.

    pub(super) fn raise_at_token(&self, token: &Token, message: impl Into<String>) -> Box<Raised> {
        let span = (token.line, token.col, token.end_line, token.end_col);
        self.raise_span(ErrorKind::SyntaxError, span, message)
    }

    /// `CPython: RAISE_ERROR_KNOWN_LOCATION`.
    pub(super) fn raise_span(
        &self,
        kind: ErrorKind,
        (line, col, end_line, end_col): (u32, i32, u32, i32),
        message: impl Into<String>,
    ) -> Box<Raised> {
        let (col, end_col) = (i64::from(col) + 1, i64::from(end_col) + 1);
        self.raise(kind, (line, col, end_line, end_col), message)
    }

    /// At the last token read, or the next one. `CPython: pegen_errors.c::_PyPegen_raise_error`.
    pub(super) fn raise_last(&self, kind: ErrorKind, next: bool, message: impl Into<String>) -> Box<Raised> {
        let token = if next { self.tokens.get(self.mark) } else { self.tokens.last() };
        let Some(token) = token.copied() else {
            return self.raise(kind, (0, 0, 0, -1), message);
        };
        let col = if token.col == -1 {
            if self.tok.cur == self.tok.buf {
                0
            } else {
                self.tok.cur.saturating_sub(self.tok.line_start) as i64
            }
        } else {
            i64::from(token.col) + 1
        };
        let end_col = if token.end_col == -1 { -1 } else { i64::from(token.end_col) + 1 };
        self.raise(kind, (token.line, col, token.end_line, end_col), message)
    }

    fn raise(
        &self,
        kind: ErrorKind,
        (line, col, end_line, end_col): (u32, i64, u32, i64),
        message: impl Into<String>,
    ) -> Box<Raised> {
        let buffer = self.tok.buffer();
        let text = if self.tok.line <= line && !buffer.is_empty() {
            String::from_utf8_lossy(buffer).into_owned()
        } else {
            self.source.split('\n').nth(line.saturating_sub(1) as usize).unwrap_or_default().to_owned()
        };
        Box::new(Raised {
            kind,
            message: message.into(),
            line: i64::from(line),
            offset: character_offset(&text, col),
            end_line: i64::from(end_line),
            end_offset: if end_col > 0 { character_offset(&text, end_col) } else { end_col },
            text: Some(text),
        })
    }

    pub(super) fn unclosed_bracket(&self) -> Option<Box<Raised>> {
        let (bracket, line, col) = self.tok.open_bracket()?;
        let message = format!("'{bracket}' was never closed");
        Some(self.raise_span(ErrorKind::SyntaxError, (line, col as i32, line, -1), message))
    }

    /// Explains an error token. `CPython: pegen_errors.c::_Pypegen_tokenizer_error`.
    fn tokenizer_error(&self, token: &Token) -> Box<Raised> {
        let (kind, col, message) = match self.tok.done {
            Done::Eof => {
                return self.unclosed_bracket().unwrap_or_else(|| {
                    self.raise_last(ErrorKind::SyntaxError, false, "unexpected EOF while parsing")
                });
            }
            Done::Dedent => {
                let message = "unindent does not match any outer indentation level";
                return self.raise_last(ErrorKind::IndentationError, false, message);
            }
            Done::TabSpace => (ErrorKind::TabError, 0, "inconsistent use of tabs and spaces in indentation"),
            Done::TooDeep => (ErrorKind::IndentationError, 0, "too many levels of indentation"),
            Done::LineContinuation => (
                ErrorKind::SyntaxError,
                self.tok.cur.saturating_sub(self.tok.buf + 1) as i32,
                "unexpected character after line continuation character",
            ),
            _ => (ErrorKind::SyntaxError, 0, "unknown parsing error"),
        };
        self.raise_span(kind, (token.end_line, col, token.end_line, -1), message)
    }
}

/// The source nests deeper or is harder to read than the parser allows.
fn too_complex() -> Box<Raised> {
    Box::new(Raised {
        kind: ErrorKind::MemoryError,
        message: "Parser stack overflowed - Python source too complex to parse".to_owned(),
        line: 0,
        offset: 0,
        end_line: 0,
        end_offset: 0,
        text: None,
    })
}
