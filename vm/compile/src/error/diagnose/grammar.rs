//! Owns the loaded form of `grammar.peg` and its notation. Does not parse Python; `engine.rs` does.
//!
//! A rule is a name with `@memo` (results are remembered), `@left` (left-recursive) or `@plain` (no
//! `bad_*` rules inside), then its alternatives, tried in order:
//! `'x'` operator or keyword, `"x"` soft keyword, `NAME` token kind, `x? x* x+`, `','.x+` separated,
//! `( | )` group, `&x !x` lookahead, `~` commit, `&&'x'` required, `a=x` label.
//! `->` says what the alternative makes: `Kind` a node, `$a` a labelled one, `@f` a function of
//! `actions.rs`, `fail` nothing, or an error and its place: `loc a`, `range a b`, `from a` (to the
//! current position), `last` and `next` token, `indent`, `target-star|del|for a`. `a.first`, `a.last`
//! pick from a sequence, `b.end` the last comprehension's last part.
use super::node::Kind;
use super::tokenizer::TokenKind;
use std::collections::HashMap;
use std::sync::LazyLock;

pub(super) type RuleId = usize;

#[derive(Debug)]
pub(super) enum TokenMatch {
    Kind(TokenKind),
    Symbol(u16),
    Soft(String),
    AnySoft,
}

#[derive(Debug)]
pub(super) enum Item {
    Token(TokenMatch),
    Rule(RuleId),
    Group(Vec<Alternative>),
    Optional(Box<Item>),
    Repeat(Box<Item>, bool),
    Separated(Box<Item>, Box<Item>),
    Ahead(Box<Item>),
    NotAhead(Box<Item>),
    Cut,
    Required(u16),
}

/// Where in a labelled node an error stands.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    Whole,
    First,
    Last,
    End,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    Range((u8, Part), (u8, Part)),
    From(u8),
    LastToken,
    NextToken,
    Indentation,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Targets {
    Star,
    Del,
    For,
}

#[derive(Debug)]
pub(super) enum Action {
    Default,
    Make(Kind),
    Pick(u8),
    Call(String),
    Fail,
    Error(Place, String),
    Target(Targets, u8),
}

#[derive(Debug)]
pub(super) struct Alternative {
    pub items: Vec<(u8, Item)>,
    pub action: Action,
    /// Tried in the second pass only.
    pub bad: bool,
}

#[derive(Debug, Default)]
pub(super) struct Rule {
    pub alternatives: Vec<Alternative>,
    pub memo: bool,
    pub left: bool,
    pub plain: bool,
}

#[derive(Debug, Default)]
pub(super) struct Grammar {
    pub rules: Vec<Rule>,
    pub names: HashMap<String, RuleId>,
    pub symbols: HashMap<String, u16>,
    /// Symbol texts; entry 0 is no symbol.
    pub symbol_texts: Vec<String>,
}

pub(super) const SOFT_KEYWORDS: [&str; 4] = ["_", "case", "match", "type"];

/// The grammar, loaded once. An error is a mistake in `grammar.peg`; a test loads it.
pub(super) fn grammar() -> Result<&'static Grammar, &'static str> {
    static GRAMMAR: LazyLock<Result<Grammar, String>> = LazyLock::new(|| load(include_str!("grammar.peg")));
    GRAMMAR.as_ref().map_err(String::as_str)
}

impl Grammar {
    pub(super) fn symbol(&self, text: &str) -> u16 {
        self.symbols.get(text).copied().unwrap_or(0)
    }

    fn intern(&mut self, text: &str) -> u16 {
        if let Some(id) = self.symbols.get(text) {
            return *id;
        }
        let id = self.symbol_texts.len() as u16;
        self.symbols.insert(text.to_owned(), id);
        self.symbol_texts.push(text.to_owned());
        id
    }
}

fn load(text: &str) -> Result<Grammar, String> {
    let mut grammar = Grammar { symbol_texts: vec![String::new()], ..Grammar::default() };
    let lines = || text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    for line in lines().filter(|line| !line.starts_with(' ')) {
        let mut words = line.split_whitespace();
        let name = words.next().unwrap_or_default();
        let mut rule = Rule::default();
        for flag in words {
            match flag {
                "@memo" => rule.memo = true,
                "@left" => rule.left = true,
                "@plain" => rule.plain = true,
                other => return Err(format!("{name}: flag {other}")),
            }
        }
        if grammar.names.insert(name.to_owned(), grammar.rules.len()).is_some() {
            return Err(format!("{name} twice"));
        }
        grammar.rules.push(rule);
    }
    let mut current = None;
    for line in lines() {
        if let Some(body) = line.trim_start().strip_prefix("| ").filter(|_| line.starts_with(' ')) {
            let (items, action) = split_action(body);
            let mut reader = Reader { grammar: &mut grammar, text: items.as_bytes(), at: 0 };
            let items = reader.items().map_err(|error| format!("{line}: {error}"))?;
            if reader.at != reader.text.len() {
                return Err(format!("{line}: column {}", reader.at));
            }
            let action = parse_action(action).ok_or_else(|| format!("{line}: action"))?;
            let bad = is_bad(items.as_slice(), &grammar);
            let Some(rule) = current.and_then(|id: RuleId| grammar.rules.get_mut(id)) else {
                return Err(format!("{line}: no rule"));
            };
            rule.alternatives.push(Alternative { items, action, bad });
        } else {
            let name = line.split_whitespace().next().unwrap_or_default();
            current = grammar.names.get(name).copied();
        }
    }
    Ok(grammar)
}

/// An alternative that is nothing but a `bad_*` rule is tried in the second pass only.
fn is_bad(items: &[(u8, Item)], grammar: &Grammar) -> bool {
    let [(_, Item::Rule(id))] = items else { return false };
    grammar.names.iter().any(|(name, rule)| rule == id && name.starts_with("bad_"))
}

/// Splits at the `->` outside of quotes (it is an operator too) and parentheses (groups have actions).
fn split_action(body: &str) -> (&str, &str) {
    let (mut depth, mut quote) = (0, None);
    let bytes = body.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match (quote, byte) {
            (Some(open), byte) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, b'\'' | b'"') => quote = Some(byte),
            (None, b'(') => depth += 1,
            (None, b')') => depth -= 1,
            (None, b'-') if depth == 0 && bytes.get(at + 1) == Some(&b'>') => {
                return (body[..at].trim_end(), body[at + 2..].trim());
            }
            _ => {}
        }
    }
    (body, "")
}

fn parse_part(text: &str) -> Option<(u8, Part)> {
    let (label, part) = text.split_once('.').unwrap_or((text, ""));
    let part = match part {
        "" => Part::Whole,
        "first" => Part::First,
        "last" => Part::Last,
        "end" => Part::End,
        _ => return None,
    };
    Some((*label.as_bytes().first()?, part))
}

fn parse_action(text: &str) -> Option<Action> {
    if text.is_empty() {
        return Some(Action::Default);
    }
    if let Some(label) = text.strip_prefix('$') {
        return Some(Action::Pick(*label.as_bytes().first()?));
    }
    if let Some(name) = text.strip_prefix('@') {
        return Some(Action::Call(name.to_owned()));
    }
    if text == "fail" {
        return Some(Action::Fail);
    }
    let (place, message) = text.split_once(": ").unwrap_or((text, ""));
    let words: Vec<&str> = place.split(' ').collect();
    let target = |targets, label: &str| Some(Action::Target(targets, *label.as_bytes().first()?));
    let place = match words.as_slice() {
        ["target-star", label] => return target(Targets::Star, label),
        ["target-del", label] => return target(Targets::Del, label),
        ["target-for", label] => return target(Targets::For, label),
        ["loc", at] => Place::Range(parse_part(at)?, parse_part(at)?),
        ["range", from, to] => Place::Range(parse_part(from)?, parse_part(to)?),
        ["from", at] => Place::From(parse_part(at)?.0),
        ["last"] => Place::LastToken,
        ["next"] => Place::NextToken,
        ["indent"] => Place::Indentation,
        [kind] => return Kind::from_name(kind).map(Action::Make),
        _ => return None,
    };
    Some(Action::Error(place, message.to_owned()))
}

/// Reads one alternative's items.
struct Reader<'a> {
    grammar: &'a mut Grammar,
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn spaces(&mut self) {
        while self.peek() == b' ' {
            self.at += 1;
        }
    }

    fn items(&mut self) -> Result<Vec<(u8, Item)>, String> {
        let mut items = Vec::new();
        loop {
            self.spaces();
            if matches!(self.peek(), 0 | b'|' | b')') || self.text[self.at..].starts_with(b"->") {
                return Ok(items);
            }
            let label = if self.text.get(self.at + 1) == Some(&b'=') && self.peek().is_ascii_lowercase() {
                self.at += 2;
                self.text[self.at - 2]
            } else {
                0
            };
            items.push((label, self.item()?));
        }
    }

    fn item(&mut self) -> Result<Item, String> {
        if self.text[self.at..].starts_with(b"&&") {
            self.at += 2;
            return match self.atom()? {
                Item::Token(TokenMatch::Symbol(id)) => Ok(Item::Required(id)),
                _ => Err("&& takes an operator".to_owned()),
            };
        }
        match self.peek() {
            b'&' => {
                self.at += 1;
                return Ok(Item::Ahead(Box::new(self.atom()?)));
            }
            b'!' => {
                self.at += 1;
                return Ok(Item::NotAhead(Box::new(self.atom()?)));
            }
            b'~' => {
                self.at += 1;
                return Ok(Item::Cut);
            }
            _ => {}
        }
        let atom = self.atom()?;
        Ok(match self.peek() {
            b'?' => {
                self.at += 1;
                Item::Optional(Box::new(atom))
            }
            b'*' => {
                self.at += 1;
                Item::Repeat(Box::new(atom), false)
            }
            b'+' => {
                self.at += 1;
                Item::Repeat(Box::new(atom), true)
            }
            b'.' => {
                self.at += 1;
                let element = self.atom()?;
                self.at += 1;
                Item::Separated(Box::new(atom), Box::new(element))
            }
            _ => atom,
        })
    }

    fn atom(&mut self) -> Result<Item, String> {
        match self.peek() {
            b'(' => {
                self.at += 1;
                let mut alternatives = Vec::new();
                loop {
                    let items = self.items()?;
                    let mut action = Action::Default;
                    if self.text[self.at..].starts_with(b"->") {
                        let start = self.at + 2;
                        while !matches!(self.peek(), 0 | b')' | b'|') {
                            self.at += 1;
                        }
                        let text = String::from_utf8_lossy(&self.text[start..self.at]);
                        action = parse_action(text.trim()).ok_or("action")?;
                    }
                    let bad = is_bad(&items, self.grammar);
                    alternatives.push(Alternative { items, action, bad });
                    match self.peek() {
                        b'|' => self.at += 1,
                        b')' => break,
                        _ => return Err(format!("column {}", self.at)),
                    }
                }
                self.at += 1;
                Ok(Item::Group(alternatives))
            }
            quote @ (b'\'' | b'"') => {
                let rest = &self.text[self.at + 1..];
                let len = rest.iter().position(|b| *b == quote).ok_or("open quote")?;
                let text = String::from_utf8_lossy(&rest[..len]).into_owned();
                self.at += len + 2;
                if quote == b'"' {
                    return Ok(Item::Token(TokenMatch::Soft(text)));
                }
                Ok(Item::Token(TokenMatch::Symbol(self.grammar.intern(&text))))
            }
            _ => {
                let start = self.at;
                while self.peek().is_ascii_alphanumeric() || self.peek() == b'_' {
                    self.at += 1;
                }
                let word = String::from_utf8_lossy(&self.text[start..self.at]).into_owned();
                Ok(match word.as_str() {
                    "NAME" => Item::Token(TokenMatch::Kind(TokenKind::Name)),
                    "NUMBER" => Item::Token(TokenMatch::Kind(TokenKind::Number)),
                    "STRING" => Item::Token(TokenMatch::Kind(TokenKind::String)),
                    "NEWLINE" => Item::Token(TokenMatch::Kind(TokenKind::Newline)),
                    "INDENT" => Item::Token(TokenMatch::Kind(TokenKind::Indent)),
                    "DEDENT" => Item::Token(TokenMatch::Kind(TokenKind::Dedent)),
                    "ENDMARKER" => Item::Token(TokenMatch::Kind(TokenKind::EndMarker)),
                    "FSTART" => Item::Token(TokenMatch::Kind(TokenKind::InterpolatedStart(false))),
                    "FMID" => Item::Token(TokenMatch::Kind(TokenKind::InterpolatedMiddle(false))),
                    "FEND" => Item::Token(TokenMatch::Kind(TokenKind::InterpolatedEnd(false))),
                    "TSTART" => Item::Token(TokenMatch::Kind(TokenKind::InterpolatedStart(true))),
                    "TMID" => Item::Token(TokenMatch::Kind(TokenKind::InterpolatedMiddle(true))),
                    "TEND" => Item::Token(TokenMatch::Kind(TokenKind::InterpolatedEnd(true))),
                    "SOFT" => Item::Token(TokenMatch::AnySoft),
                    name => {
                        Item::Rule(*self.grammar.names.get(name).ok_or_else(|| format!("rule {name:?}"))?)
                    }
                })
            }
        }
    }
}
