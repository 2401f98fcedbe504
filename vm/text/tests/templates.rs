//! `str.format`'s templates against `_string` and `str.format`.

mod support;

use std::ops::Range;

use lasti_text::repr;
use lasti_text::template::{self, Access, AutoNumber, Key, Parser};
use rustpython_wtf8::{CodePoint, Wtf8, Wtf8Buf};
use support::{Case, check, escape_str, outcome};

/// As Python's `ascii` shows a part of the template.
fn shown(template: &Wtf8, range: Range<usize>) -> String {
    repr::ascii(&template[range])
}

fn parse(template: &Wtf8) -> lasti_text::Result<String> {
    let mut pieces = Vec::new();
    for piece in Parser::new(template.as_bytes()) {
        let piece = piece?;
        let literal = shown(template, piece.literal);
        pieces.push(escape_str(&match piece.field {
            None => format!("{literal} None None None"),
            Some(field) => {
                let conversion = field.conversion.map_or("None".to_owned(), |c| {
                    repr::ascii(&Wtf8Buf::from(CodePoint::from_u32(c).unwrap()))
                });
                assert_eq!(field.nested, template[field.spec.clone()].as_bytes().contains(&b'{'));
                format!(
                    "{literal} {} {} {conversion}",
                    shown(template, field.name),
                    shown(template, field.spec)
                )
            }
        }));
    }
    Ok(pieces.join("|"))
}

fn split_name(name: &Wtf8) -> lasti_text::Result<String> {
    let (first, rest) = template::split_name(name.as_bytes(), 0..name.len())?;
    let key = |key: Key| match key {
        Key::Index(index) => index.to_string(),
        Key::Name(range) => shown(name, range),
    };
    let mut parts = vec![key(first)];
    for access in rest {
        parts.push(match access? {
            Access::Attribute(range) => format!("(True, {})", shown(name, range)),
            Access::Item(item) => format!("(False, {})", key(item)),
        });
    }
    Ok(parts.iter().map(|part| escape_str(part)).collect::<Vec<_>>().join("|"))
}

/// With the arguments `1, 2, a=3`.
fn format(template: &Wtf8) -> lasti_text::Result<String> {
    let mut numbers = AutoNumber::default();
    let mut out = String::new();
    for piece in Parser::new(template.as_bytes()) {
        let piece = piece?;
        out.push_str(template[piece.literal].as_str().unwrap());
        let Some(field) = piece.field else { continue };
        let (first, _) = template::split_name(template.as_bytes(), field.name)?;
        match numbers.resolve(first)? {
            Key::Index(index) => out.push_str(["1", "2"][index]),
            Key::Name(_) => out.push('3'),
        }
        if let Some(conversion) = field.conversion {
            return Err(template::unknown_conversion(conversion));
        }
    }
    Ok(out)
}

fn template_case(case: &Case<'_>) -> String {
    let text = case.text(1);
    match case.kind() {
        "parse" => outcome(parse(&text), |shown| shown),
        "name" => outcome(split_name(&text), |shown| shown),
        "format" => outcome(format(&text), |text| escape_str(&text)),
        kind => panic!("unknown kind {kind}"),
    }
}

#[test]
fn templates() {
    check(include_str!("../testdata/template.tsv"), 1000, template_case);
    assert_eq!(template::too_deep().message, "Max string recursion exceeded");
}
