//! Errors, warnings and decoding against what CPython 3.14 says; `data/make_errors.py` wrote it down.
use lasti_compile::source::{Origin, decode};
use lasti_compile::{Mode, Options, SyntaxError, compile, compile_bytes};

fn unescape(text: &str) -> String {
    let mut plain = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, false) => plain.push(c),
            _ => match chars.next() {
                Some('n') => plain.push('\n'),
                Some('t') => plain.push('\t'),
                Some('r') => plain.push('\r'),
                other => plain.extend(other),
            },
        }
    }
    plain
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\n', "\\n").replace('\t', "\\t").replace('\r', "\\r")
}

fn options(mode: &str) -> Options {
    let mode = match mode {
        "exec" => Mode::Exec,
        "eval" => Mode::Eval,
        "single" => Mode::Single,
        other => panic!("mode {other}"),
    };
    Options { mode, ..Options::default() }
}

/// An error in the fields of the data files.
fn fields(error: &SyntaxError) -> String {
    let number = |value: Option<i32>| value.map_or("-".to_owned(), |value| value.to_string());
    let text = error.text.as_ref().map_or("-".to_owned(), |text| format!("={}", escape(text)));
    [
        error.kind.name().to_owned(),
        number(error.lineno),
        number(error.offset),
        number(error.end_lineno),
        number(error.end_offset),
        text,
        escape(&error.msg),
    ]
    .join("\t")
}

/// Runs `check` on each line; it returns what was expected and what was found.
fn compare(data: &str, check: impl Fn(&[&str]) -> (String, String)) {
    let mut differences = Vec::new();
    for line in data.lines() {
        let (expected, found) = check(&line.split('\t').collect::<Vec<_>>());
        if expected != found {
            differences.push(format!("{line:.200}\n  CPython: {expected}\n  Lasti:   {found}"));
        }
    }
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
}

#[test]
fn errors_equal_cpythons() {
    compare(include_str!("data/errors.txt"), |fields_of| {
        let [mode, source, expected @ ..] = fields_of else { panic!("{fields_of:?}") };
        let found = match compile(&unescape(source), "<string>", &options(mode)) {
            Ok(_) => "OK".to_owned(),
            Err(error) => format!("{}\t{}", fields(&error), escape(&error.to_string())),
        };
        (expected.join("\t"), found)
    });
}

#[test]
fn warnings_equal_cpythons() {
    compare(include_str!("data/warnings.txt"), |fields_of| {
        let [mode, source, expected @ ..] = fields_of else { panic!("{fields_of:?}") };
        let found = match compile(&unescape(source), "<string>", &options(mode)) {
            Ok(compiled) => compiled
                .warnings
                .iter()
                .map(|warning| format!("{}\t{}", warning.lineno, escape(&warning.message)))
                .collect::<Vec<_>>()
                .join("\t"),
            Err(error) => error.to_string(),
        };
        (expected.join("\t"), found)
    });
}

#[test]
fn bytes_are_decoded_as_by_cpython() {
    compare(include_str!("data/sources.txt"), |fields_of| {
        let [hex, expected @ ..] = fields_of else { panic!("{fields_of:?}") };
        let bytes: Vec<u8> = (0..hex.len() / 2)
            .map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).expect("hexadecimal"))
            .collect();
        let found = match compile_bytes(&bytes, "<string>", &Options::default()) {
            Ok(_) => decode(&bytes, "<string>", Origin::Bytes)
                .map_or_else(|error| fields(&error), |text| format!("OK\t{}", escape(&text))),
            Err(error) => fields(&error),
        };
        (expected.join("\t"), found)
    });
}
