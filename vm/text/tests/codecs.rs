//! The codecs against CPython's results.

mod support;

use lasti_text::Text;
use lasti_text::codecs::{
    self, ByteOrder, CodecError, DecodeHandler, EncodeHandler, Fault, Replacement, charmap, escape,
};
use rustpython_wtf8::{Wtf8, Wtf8Buf};
use support::{Case, check, escape as show, escape_bytes, escape_str, outcome};

fn show_error(error: &CodecError) -> String {
    let fault = |kind: &str, fault: &Fault| {
        let Fault { encoding, start, end, reason } = fault;
        format!("!{kind} {encoding} {start} {end} {reason}")
    };
    escape_str(&match error {
        CodecError::Decode(found) => fault("decode", found),
        CodecError::Encode(found) => fault("encode", found),
        CodecError::Other(error) => format!("!{error}"),
    })
}

/// The handlers of CPython, and those that the generator registers.
fn decode_handler<'a>(
    errors: &'a str,
    input: &'a [u8],
) -> impl FnMut(&Fault) -> Result<(Wtf8Buf, usize), CodecError> + 'a {
    move |fault| match errors {
        "again" => Ok(("<é>".into(), fault.start + 1)),
        "skip" => Ok(("é".into(), (fault.end + 1).min(input.len()))),
        "bytes" => Ok((Wtf8Buf::new(), input.len() + 5)),
        name => codecs::handlers::Handler::from_name(name).unwrap().decode(input, fault),
    }
}

fn encode_handler<'a>(
    errors: &'a str,
    text: &'a Wtf8,
) -> impl FnMut(&Fault) -> Result<(Replacement, usize), CodecError> + 'a {
    let text = Text::new(text);
    move |fault| match errors {
        "again" => {
            let back = match fault.end as isize - text.len() as isize {
                0 => fault.end as isize,
                back => back,
            };
            Ok((Replacement::Text("<!>".into()), codecs::resolve_position(back, text.len())?))
        }
        "skip" => Ok((Replacement::Text("é".into()), (fault.end + 1).min(text.len()))),
        "bytes" => Ok((Replacement::Bytes(b"\xff\xfe".to_vec()), fault.end)),
        name => codecs::handlers::Handler::from_name(name).unwrap().encode(text, fault),
    }
}

fn order(name: &str) -> ByteOrder {
    match &name[6..] {
        "" => ByteOrder::Marked,
        "-le" => ByteOrder::Little,
        _ => ByteOrder::Big,
    }
}

/// The generator's table for `charmap`.
fn table() -> Wtf8Buf {
    let mut table: Wtf8Buf = (0..0x80_u8).map(rustpython_wtf8::CodePoint::from).collect();
    table.push_str("é€\u{fffe}\u{1f600}");
    table.push(0xD800_u16.into());
    table.push_str("x");
    table
}

fn names(name: &str) -> Option<Wtf8Buf> {
    (name == "LATIN SMALL LETTER E WITH ACUTE").then(|| "é".into())
}

fn decode(
    name: &str,
    input: &[u8],
    last: bool,
    handler: DecodeHandler<'_, CodecError>,
) -> Result<(Wtf8Buf, usize), CodecError> {
    let escaped = |found: codecs::Escaped| (found.text, found.used);
    match name {
        "utf-8" => codecs::decode_utf8(input, last, handler),
        "ascii" => codecs::decode_ascii(input, handler).map(|text| (text, input.len())),
        "latin-1" => Ok((codecs::decode_latin1(input), input.len())),
        "charmap" => charmap::decode_table(input, &table(), handler).map(|text| (text, input.len())),
        "unicode_escape" => codecs::decode_unicode_escape(input, last, &names, handler).map(escaped),
        "raw_unicode_escape" => codecs::decode_raw_unicode_escape(input, last, handler).map(escaped),
        name if name.starts_with("utf-16") => {
            codecs::decode_utf16(input, order(name), last, handler).map(|(decoded, _)| decoded)
        }
        name => codecs::decode_utf32(input, order(name), last, handler).map(|(decoded, _)| decoded),
    }
}

fn encode(name: &str, text: &Wtf8, handler: EncodeHandler<'_, CodecError>) -> Result<Vec<u8>, CodecError> {
    match name {
        "utf-8" => codecs::encode_utf8(text, handler),
        "ascii" => codecs::encode_ascii(text, handler),
        "latin-1" => codecs::encode_latin1(text, handler),
        "charmap" => charmap::encode_map(text, &charmap::EncodingMap::new(&table()), handler),
        "unicode_escape" => Ok(codecs::encode_unicode_escape(text)),
        "raw_unicode_escape" => Ok(codecs::encode_raw_unicode_escape(text)),
        name if name.starts_with("utf-16") => codecs::encode_utf16(text, order(name), handler),
        name => codecs::encode_utf32(text, order(name), handler),
    }
}

fn codec_case(case: &Case<'_>) -> String {
    let (kind, name) = case.kind().split_once(' ').unwrap_or((case.kind(), ""));
    match kind {
        "decode" => {
            let input = case.bytes(1);
            let errors = case.str(2);
            let mut handler = decode_handler(&errors, &input);
            match decode(name, &input, case.bool(3), &mut handler) {
                Ok((text, used)) => format!("{}|{used}", show(&text)),
                Err(error) => show_error(&error),
            }
        }
        "encode" => {
            let text = case.text(1);
            let errors = case.str(2);
            match encode(name, &text, &mut encode_handler(&errors, &text)) {
                Ok(bytes) => escape_bytes(&bytes),
                Err(error) => show_error(&error),
            }
        }
        "escape_decode" => {
            outcome(escape::decode(&case.bytes(1), &case.str(2)), |found| escape_bytes(&found.bytes))
        }
        "decode_error" => {
            escape_str(&codecs::decode_error("x", &case.bytes(1), case.int(2), case.int(3), "why"))
        }
        "encode_error" => {
            escape_str(&codecs::encode_error("x", Text::new(&case.text(1)), case.int(2), case.int(3), "why"))
        }
        "translate_error" => {
            escape_str(&codecs::translate_error(Text::new(&case.text(1)), case.int(2), case.int(3), "why"))
        }
        "escape_encode" => escape_bytes(&escape::encode(&case.bytes(1))),
        kind => panic!("unknown kind {kind}"),
    }
}

#[test]
fn codecs_with_every_handler() {
    check(include_str!("../testdata/codecs.tsv"), 5000, codec_case);
}

#[test]
fn unknown_escapes_are_told() {
    let mut handler = |_: &Fault| -> Result<(Wtf8Buf, usize), CodecError> { unreachable!() };
    let found = codecs::decode_unicode_escape(br"ok\n\q\400", true, &names, &mut handler).unwrap();
    assert_eq!((found.text, found.invalid), ("ok\n\\q\u{100}".into(), Some(4)));
    let found = codecs::decode_unicode_escape(br"\377\400", true, &names, &mut handler).unwrap();
    assert_eq!(found.invalid, Some(4));
    assert_eq!(escape::decode(br"\x41\400\8", "strict").unwrap().invalid, Some(4));
}

#[test]
fn the_byte_order_mark_is_remembered() {
    let mut handler = |_: &Fault| -> Result<(Wtf8Buf, usize), CodecError> { unreachable!() };
    let (_, order) = codecs::decode_utf16(b"\xfe\xff", ByteOrder::Marked, false, &mut handler).unwrap();
    assert_eq!(order, ByteOrder::Big);
    let (_, order) = codecs::decode_utf32(b"\xff", ByteOrder::Marked, false, &mut handler).unwrap();
    assert_eq!(order, ByteOrder::Marked);
}
