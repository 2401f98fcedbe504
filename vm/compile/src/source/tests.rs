//! What only a file shows; `tests/errors.rs` has the rest. Expected texts: CPython 3.14 running the file.
use super::{Origin, decode, from_text};

fn file(bytes: &[u8]) -> String {
    decode(bytes, "F", Origin::File).map_or_else(|error| error.to_string(), |text| format!("{text:?}"))
}

#[test]
fn a_file_that_is_not_utf8_names_itself() {
    assert_eq!(
        file(b"x=1\nx=2\ny=\"\xe4\"\n"),
        "  File \"F\", line 3\n    y=\"\u{fffd}\"\n       ^\nSyntaxError: Non-UTF-8 code starting with '\\xe4' in file F \
         on line 3, but no encoding declared; see https://peps.python.org/pep-0263/ for details"
    );
}

#[test]
fn a_file_declared_utf8_shows_the_decoders_message() {
    assert_eq!(
        file(b"# coding: utf-8\ny=\"\xe4\"\n"),
        "  File \"F\", line 2\n    y=\"\u{fffd}\"\nSyntaxError: (unicode error) 'utf-8' codec can't decode byte 0xe4 \
         in position 3: invalid continuation byte"
    );
}

#[test]
fn positions_in_a_declared_file_count_from_the_cookies_line() {
    assert_eq!(
        file(b"# coding: ascii\n\"\xe4\""),
        "  File \"F\", line 0\nSyntaxError: 'ascii' codec can't decode byte 0xe4 in position 2: ordinal not in range(128)"
    );
}

#[test]
fn a_null_byte_in_a_file_has_a_place() {
    assert_eq!(
        file(b"x\ny = '\0'"),
        "  File \"F\", line 2\n    y = '\nSyntaxError: source code cannot contain null bytes"
    );
}

#[test]
fn codecs_lasti_lacks_are_told_from_codecs_that_are_none() {
    let message = |name: &str| {
        let source = format!("# coding: {name}\n");
        decode(source.as_bytes(), "F", Origin::Bytes).map_err(|error| error.msg)
    };
    assert_eq!(message("nothing"), Err("unknown encoding: nothing".to_owned()));
    let unsupported = "encoding not supported by lasti: utf-7; save the file as UTF-8";
    assert_eq!(message("utf-7"), Err(unsupported.to_owned()));
}

#[test]
fn text_keeps_its_cookie_and_loses_carriage_returns() {
    assert_eq!(from_text("# coding: nothing\r\nx\ry", "F"), Ok("# coding: nothing\nx\ny".to_owned()));
    let error = from_text("x\0", "F").expect_err("a null character");
    assert_eq!(error.to_string(), "SyntaxError: source code string cannot contain null bytes");
}
