//! `format()` against CPython's results.

mod support;

use lasti_text::complex::Complex;
use lasti_text::int::Int;
use lasti_text::{Error, ErrorKind, Text, float, format, percent, repr};
use malachite_bigint::BigInt;
use rustpython_wtf8::{Wtf8, Wtf8Buf};
use support::{Case, check, escape, escape_bytes, outcome};

fn real(text: &str) -> f64 {
    float::from_hex(Wtf8::new(text)).unwrap()
}

fn int(case: &Case<'_>) -> Int {
    case.fields[1].parse::<BigInt>().unwrap().into()
}

fn format_case(case: &Case<'_>) -> String {
    let spec = case.text(2);
    let show = |text: Wtf8Buf| escape(&text);
    match case.kind() {
        "int" => outcome(format::format_int(int(case).as_ref(), &spec, "int", 4300), show),
        "float" => outcome(format::format_float(real(case.fields[1]), &spec, "float"), show),
        "complex" => {
            let (a, b) = case.fields[1].split_once('|').unwrap();
            outcome(format::format_complex(Complex::new(real(a), real(b)), &spec, "complex"), show)
        }
        "str" => outcome(format::format_str(Text::new(&case.text(1)), &spec, "str"), show),
        kind => panic!("unknown kind {kind}"),
    }
}

#[test]
fn specifications() {
    check(include_str!("../testdata/format.tsv"), 6000, format_case);
}

/// Formats with arguments that are a mapping and one value at once, as the generator's are.
fn substitute(format: &[u8], text: bool) -> lasti_text::Result<Vec<u8>> {
    let parser = if text { percent::Parser::text(format) } else { percent::Parser::bytes(format) };
    let mut out = Vec::new();
    let mut given = false;
    let mut by_key = false;
    for event in parser {
        match event? {
            percent::Event::Literal(range) => out.extend_from_slice(&format[range]),
            percent::Event::Key(_) => (given, by_key) = (true, true),
            percent::Event::Width | percent::Event::Precision => {
                return Err(Error::new(ErrorKind::Type, "* wants int"));
            }
            percent::Event::Field(field) => {
                if given && !by_key {
                    return Err(Error::new(ErrorKind::Type, "not enough arguments for format string"));
                }
                (given, by_key) = (true, false);
                match field.kind() {
                    's' if text => out.extend(percent::format_text(Text::from("<>"), &field)?.into_bytes()),
                    's' | 'b' if !text => out.extend(percent::format_bytes(b"<>", &field)?),
                    'd' | 'i' => out.extend(percent::format_int(1.into(), &field, 0)?.into_bytes()),
                    'f' => out.extend(percent::format_float(1.0, &field)?.into_bytes()),
                    _ => return Err(field.unsupported()),
                }
            }
        }
    }
    Ok(out)
}

fn only_field(format: &Wtf8) -> lasti_text::Result<percent::Field> {
    let mut events: Vec<_> = percent::Parser::text(format.as_bytes()).collect::<Result<_, _>>()?;
    match events.pop() {
        Some(percent::Event::Field(field)) => Ok(field),
        other => panic!("{other:?} in place of a field"),
    }
}

fn percent_case(case: &Case<'_>) -> String {
    match case.kind() {
        "parse" => outcome(substitute(case.text(1).as_bytes(), true), |found| {
            escape(Wtf8::from_bytes(&found).unwrap())
        }),
        "parse_bytes" => outcome(substitute(&case.bytes(1), false), |found| escape_bytes(&found)),
        kind => outcome(
            only_field(&case.text(2)).and_then(|field| match kind {
                "int" => percent::format_int(int(case).as_ref(), &field, 4300).map(Into::into),
                "float" => percent::format_float(real(case.fields[1]), &field).map(Into::into),
                "char" => percent::format_char(case.text(1).code_points().next().unwrap(), &field),
                "str" => percent::format_text(Text::new(&case.text(1)), &field),
                "repr" => percent::format_text(Text::from(repr::repr(&case.text(1)).as_str()), &field),
                "ascii" => percent::format_text(Text::from(repr::ascii(&case.text(1)).as_str()), &field),
                kind => panic!("unknown kind {kind}"),
            }),
            |text: Wtf8Buf| escape(&text),
        ),
    }
}

#[test]
fn percent_operator() {
    check(include_str!("../testdata/percent.tsv"), 3000, percent_case);
}

#[test]
fn percent_operator_with_stars_and_wrong_values() {
    let events: Vec<_> = percent::Parser::text(b"%*.*f").collect::<Result<_, _>>().unwrap();
    let [percent::Event::Width, percent::Event::Precision, percent::Event::Field(field)] = events[..] else {
        panic!("{events:?}");
    };
    let mut field = field;
    percent::star_width(&mut field, -8);
    percent::star_precision(&mut field, -3);
    assert_eq!(percent::format_float(1.5, &field).unwrap(), "2       ");
    let wrong = |format: &str, type_name: &str, length| {
        percent::argument_error(&only_field(Wtf8::new(format)).unwrap(), type_name, length).message
    };
    assert_eq!(wrong("%i", "complex", None), "%i format: a real number is required, not complex");
    assert_eq!(wrong("%X", "str", None), "%X format: an integer is required, not str");
    assert_eq!(wrong("%f", "str", None), "must be real number, not str");
    assert_eq!(
        wrong("%c", "str", Some(2)),
        "%c requires an int or a unicode character, not a string of length 2"
    );
}
