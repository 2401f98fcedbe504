//! Reads the cases that `generate/` wrote, and compares.

#![allow(dead_code, unreachable_pub, reason = "each test uses a part of it")]

use std::fmt::Write as _;

use rustpython_wtf8::{CodePoint, Wtf8, Wtf8Buf};

/// One case: its fields, still escaped.
pub struct Case<'a> {
    pub fields: Vec<&'a str>,
}

impl Case<'_> {
    pub fn kind(&self) -> &str {
        self.fields[0]
    }

    pub fn text(&self, i: usize) -> Wtf8Buf {
        unescape(self.fields[i])
    }

    pub fn str(&self, i: usize) -> String {
        self.text(i).into_string().expect("no surrogates in this field")
    }

    pub fn bytes(&self, i: usize) -> Vec<u8> {
        self.text(i).code_points().map(|c| u8::try_from(c.to_u32()).expect("a byte")).collect()
    }

    pub fn is_none(&self, i: usize) -> bool {
        self.fields[i] == "None"
    }

    pub fn int<T: std::str::FromStr>(&self, i: usize) -> T
    where
        T::Err: std::fmt::Debug,
    {
        self.fields[i].parse().unwrap_or_else(|e| panic!("{:?}: {e:?}", self.fields))
    }

    pub fn optional(&self, i: usize) -> Option<isize> {
        (!self.is_none(i)).then(|| self.int(i))
    }

    pub fn bool(&self, i: usize) -> bool {
        self.fields[i] == "True"
    }

    pub fn expected(&self) -> &str {
        self.fields[self.fields.len() - 1]
    }
}

pub fn unescape(field: &str) -> Wtf8Buf {
    let mut out = Wtf8Buf::new();
    let mut rest = field;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(tail) = rest.strip_prefix('\\') {
            out.push_char('\\');
            rest = tail;
        } else {
            let end = rest.find('}').expect("an escape ends");
            let code = u32::from_str_radix(&rest[2..end], 16).expect("an escape is hexadecimal");
            out.push(CodePoint::from_u32(code).expect("a code point"));
            rest = &rest[end + 1..];
        }
    }
    out.push_str(rest);
    out
}

pub fn escape(text: &Wtf8) -> String {
    let mut out = String::new();
    for c in text.code_points() {
        match c.to_char() {
            Some('\\') => out.push_str("\\\\"),
            Some(c @ ' '..='~') => out.push(c),
            _ => write!(out, "\\u{{{:x}}}", c.to_u32()).unwrap(),
        }
    }
    out
}

pub fn escape_str(text: &str) -> String {
    escape(Wtf8::new(text))
}

pub fn escape_bytes(bytes: &[u8]) -> String {
    escape_str(&bytes.iter().map(|&byte| byte as char).collect::<String>())
}

/// A result as the data have it.
pub fn outcome<T>(result: lasti_text::Result<T>, show: impl FnOnce(T) -> String) -> String {
    match result {
        Ok(value) => show(value),
        Err(error) => escape_str(&format!("!{error}")),
    }
}

/// Runs every case of the data and reports all that differ.
pub fn check(data: &str, at_least: usize, run: impl Fn(&Case<'_>) -> String) {
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in data.lines() {
        let case = Case { fields: line.split('\t').collect() };
        let found = run(&case);
        if found != case.expected() {
            wrong.push(format!("{line}\n    found {found}"));
        }
        count += 1;
    }
    assert!(count >= at_least, "only {count} cases");
    assert!(
        wrong.is_empty(),
        "{} of {count} differ:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(40)].join("\n")
    );
}
