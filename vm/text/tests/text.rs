//! `str`'s and `bytes`' methods against CPython's results.

mod support;

use lasti_text::pad::Justify;
use lasti_text::split::Alphabet;
use lasti_text::strip::Side;
use lasti_text::{Text, bytes, case, pad, predicates, replace, repr, search, split, strip, translate};
use rustpython_wtf8::{CodePoint, Wtf8, Wtf8Buf};
use support::{Case, check, escape, escape_bytes, escape_str, outcome};

fn yes(value: bool) -> String {
    if value { "True" } else { "False" }.to_owned()
}

fn index(found: Option<usize>) -> String {
    found.map_or("-1".to_owned(), |at| at.to_string())
}

fn most(case: &Case<'_>, i: usize) -> Option<usize> {
    usize::try_from(case.int::<isize>(i)).ok()
}

fn side(kind: &str) -> Side {
    match kind {
        "strip" => Side::Both,
        "lstrip" => Side::Left,
        _ => Side::Right,
    }
}

fn justify(kind: &str) -> Justify {
    match kind {
        "ljust" => Justify::Left,
        "rjust" => Justify::Right,
        _ => Justify::Center,
    }
}

/// Parts of either as Python lists them.
fn parts(
    whole: &[u8],
    show: impl Fn(&[u8]) -> String,
    from_right: bool,
    ranges: impl Iterator<Item = std::ops::Range<usize>>,
) -> String {
    let mut shown: Vec<_> = ranges.map(|range| show(&whole[range])).collect();
    if from_right {
        shown.reverse();
    }
    shown.join("|")
}

fn show(bytes: &[u8]) -> String {
    escape(Wtf8::from_bytes(bytes).expect("whole code points"))
}

fn splits(
    case: &Case<'_>,
    whole: &[u8],
    separator: &[u8],
    alphabet: Alphabet,
    show: fn(&[u8]) -> String,
) -> String {
    let from_right = case.kind() == "rsplit";
    let max = most(case, 3);
    match (case.is_none(2), from_right) {
        (true, false) => parts(whole, show, false, split::words(whole, alphabet, max)),
        (true, true) => parts(whole, show, true, split::words_from_right(whole, alphabet, max)),
        (false, false) => parts(whole, show, false, split::pieces(whole, separator, max)),
        (false, true) => parts(whole, show, true, split::pieces_from_right(whole, separator, max)),
    }
}

fn text_case(case: &Case<'_>) -> String {
    let s = case.text(1);
    let text = Text::new(&s);
    let argument = if case.fields.len() > 3 { case.text(2) } else { Wtf8Buf::new() };
    let needle = argument.as_bytes();
    let same = |changed: Option<Wtf8Buf>| escape(changed.as_deref().unwrap_or(&s));
    match case.kind() {
        "upper" => escape(&case::upper(&s)),
        "lower" => escape(&case::lower(&s)),
        "title" => escape(&case::title(&s)),
        "capitalize" => escape(&case::capitalize(&s)),
        "swapcase" => escape(&case::swapcase(&s)),
        "casefold" => escape(&case::casefold(&s)),
        "isalpha" => yes(predicates::is_alpha(&s)),
        "isalnum" => yes(predicates::is_alnum(&s)),
        "isdecimal" => yes(predicates::is_decimal(&s)),
        "isdigit" => yes(predicates::is_digit(&s)),
        "isnumeric" => yes(predicates::is_numeric(&s)),
        "isspace" => yes(predicates::is_space(&s)),
        "isprintable" => yes(predicates::is_printable(&s)),
        "isascii" => yes(predicates::is_ascii(&s)),
        "isidentifier" => yes(predicates::is_identifier(&s)),
        "islower" => yes(predicates::is_lower(&s)),
        "isupper" => yes(predicates::is_upper(&s)),
        "istitle" => yes(predicates::is_title(&s)),
        "repr" => escape_str(&repr::repr(&s)),
        "ascii" => {
            assert_eq!(repr::ascii(&s), repr::ascii_of_repr(Wtf8::new(repr::repr(&s).as_str())));
            escape_str(&repr::ascii(&s))
        }
        "splitlines" => {
            parts(s.as_bytes(), show, false, split::lines(s.as_bytes(), Alphabet::Text, case.bool(2)))
        }
        "strip" | "lstrip" | "rstrip" if case.fields.len() == 3 => {
            show(&s.as_bytes()[strip::strip_space(s.as_bytes(), Alphabet::Text, side(case.kind()))])
        }
        "strip" | "lstrip" | "rstrip" => escape(&s[strip::strip_chars(&s, &argument, side(case.kind()))]),
        "ljust" | "rjust" | "center" => {
            let fill = case.text(3).code_points().next().unwrap();
            same(pad::justify(text, justify(case.kind()), case.int(2), fill).unwrap())
        }
        "zfill" => same(pad::zfill_text(text, case.int(2)).unwrap()),
        "expandtabs" => escape(&pad::expand_tabs(text, case.int(2)).unwrap()),
        "split" | "rsplit" => splits(case, s.as_bytes(), needle, Alphabet::Text, show),
        "step" => {
            let step: isize = case.int(2);
            let start = if step < 0 { text.len().wrapping_sub(1) } else { 0 };
            let count = text.len().div_ceil(step.unsigned_abs());
            if step == -1 {
                assert_eq!(pad::reversed(text), pad::stepped(text, start, step, count));
            }
            escape(&pad::stepped(text, start, step, count))
        }
        "find" => index(search::find_in_text(text, needle, case.optional(3), case.optional(4))),
        "rfind" => index(search::rfind_in_text(text, needle, case.optional(3), case.optional(4))),
        "count" => search::count_in_text(text, needle, case.optional(3), case.optional(4)).to_string(),
        "startswith" | "endswith" => yes(search::bounds(text, case.optional(3), case.optional(4))
            .is_some_and(|bounds| match case.kind() {
                "startswith" => search::starts_with(s.as_bytes(), bounds, [needle]),
                _ => search::ends_with(s.as_bytes(), bounds, [needle]),
            })),
        "replace" => same(replace::replace_text(&s, &argument, &case.text(3), most(case, 4)).unwrap()),
        "partition" | "rpartition" => {
            let from_left = case.kind() == "partition";
            let cut = if from_left { split::partition } else { split::rpartition };
            let all = s.as_bytes();
            match cut(all, needle) {
                Some(at) => [&all[..at.start], &all[at.clone()], &all[at.end..]].map(show).join("|"),
                None if from_left => show(all) + "||",
                None => "||".to_owned() + &show(all),
            }
        }
        "removeprefix" => escape(&s[strip::remove_prefix(s.as_bytes(), needle)]),
        "removesuffix" => escape(&s[strip::remove_suffix(s.as_bytes(), needle)]),
        kind => panic!("unknown kind {kind}"),
    }
}

#[test]
fn str_methods() {
    check(include_str!("../testdata/text.tsv"), 5000, text_case);
}

fn bytes_case(case: &Case<'_>) -> String {
    if case.kind() == "fromhex" {
        return outcome(bytes::from_hex(&case.text(1)), |bytes| escape_bytes(&bytes));
    }
    let s = case.bytes(1);
    let argument = if case.fields.len() > 3 { case.bytes(2) } else { Vec::new() };
    let show: fn(&[u8]) -> String = escape_bytes;
    match case.kind() {
        "upper" => show(&bytes::upper(&s)),
        "lower" => show(&bytes::lower(&s)),
        "title" => show(&bytes::title(&s)),
        "capitalize" => show(&bytes::capitalize(&s)),
        "swapcase" => show(&bytes::swapcase(&s)),
        "isalpha" => yes(bytes::is_alpha(&s)),
        "isalnum" => yes(bytes::is_alnum(&s)),
        "isdigit" => yes(bytes::is_digit(&s)),
        "isspace" => yes(bytes::is_space(&s)),
        "isascii" => yes(bytes::is_ascii(&s)),
        "islower" => yes(bytes::is_lower(&s)),
        "isupper" => yes(bytes::is_upper(&s)),
        "istitle" => yes(bytes::is_title(&s)),
        "repr" => escape_str(&repr::repr_bytes(&s)),
        "repr_bytearray" => escape_str(&repr::repr_bytearray("bytearray", &s)),
        "hex" => escape_str(&bytes::hex(&s, case.str(2).chars().next(), case.int(3)).unwrap()),
        "splitlines" => parts(&s, show, false, split::lines(&s, Alphabet::Bytes, case.bool(2))),
        "center" => {
            let padded = pad::justify_bytes(&s, Justify::Center, case.int(2), b'*').unwrap();
            show(padded.as_ref().unwrap_or(&s))
        }
        "zfill" => show(pad::zfill(&s, s.len(), case.int(2)).unwrap().as_ref().unwrap_or(&s)),
        "expandtabs" => show(&pad::expand_tabs_bytes(&s, case.int(2)).unwrap()),
        "split" | "rsplit" => splits(case, &s, &argument, Alphabet::Bytes, show),
        "find" => index(search::find_in_bytes(&s, &argument, case.optional(3), case.optional(4))),
        "rfind" => index(search::rfind_in_bytes(&s, &argument, case.optional(3), case.optional(4))),
        "count" => search::count_in_bytes(&s, &argument, case.optional(3), case.optional(4)).to_string(),
        "replace" => {
            let replaced = replace::replace_bytes(&s, &argument, &case.bytes(3), most(case, 4)).unwrap();
            show(replaced.as_ref().unwrap_or(&s))
        }
        "strip" if case.fields.len() == 3 => show(&s[strip::strip_space(&s, Alphabet::Bytes, Side::Both)]),
        "strip" => show(&s[strip::strip_bytes(&s, &argument, Side::Both)]),
        "translate" => show(&translate::translate_bytes(&s, None, &argument).unwrap()),
        kind => panic!("unknown kind {kind}"),
    }
}

#[test]
fn bytes_methods() {
    check(include_str!("../testdata/bytes.tsv"), 2000, bytes_case);
}

fn crc32(mut sum: u32, bytes: &[u8]) -> u32 {
    for &byte in bytes {
        sum ^= u32::from(byte);
        for _ in 0..8 {
            sum = (sum >> 1) ^ (0xEDB8_8320 & (sum & 1).wrapping_neg());
        }
    }
    sum
}

/// The checksum of what a method gives for each code point.
fn checksum(method: impl Fn(&Wtf8) -> Wtf8Buf) -> String {
    let mut sum = u32::MAX;
    for code in 0..=0x0010_FFFF {
        let one = Wtf8Buf::from(CodePoint::from_u32(code).unwrap());
        sum = crc32(sum, method(&one).as_bytes());
    }
    (!sum).to_string()
}

#[test]
fn every_code_point() {
    let is = |predicate: fn(&Wtf8) -> bool| checksum(|c| yes(predicate(c)).into());
    check(include_str!("../testdata/code_points.tsv"), 18, |case| match case.kind() {
        "upper" => checksum(case::upper),
        "lower" => checksum(case::lower),
        "title" => checksum(case::title),
        "casefold" => checksum(case::casefold),
        "swapcase" => checksum(case::swapcase),
        "isalpha" => is(predicates::is_alpha),
        "isalnum" => is(predicates::is_alnum),
        "isdecimal" => is(predicates::is_decimal),
        "isdigit" => is(predicates::is_digit),
        "isnumeric" => is(predicates::is_numeric),
        "isspace" => is(predicates::is_space),
        "isprintable" => is(predicates::is_printable),
        "isidentifier" => is(predicates::is_identifier),
        "islower" => is(predicates::is_lower),
        "isupper" => is(predicates::is_upper),
        "istitle" => is(predicates::is_title),
        "splitlines" => checksum(|c| {
            let line = [c.as_bytes(), b"a"].concat();
            split::lines(&line, Alphabet::Text, false).count().to_string().into()
        }),
        "repr" => checksum(|c| repr::repr(c).into()),
        kind => panic!("unknown kind {kind}"),
    });
}

#[test]
fn translation() {
    let table = |c: u32| {
        Ok::<_, lasti_text::Error>(match char::from_u32(c) {
            Some('a') => translate::Translation::Delete,
            Some('b') => translate::Translation::Text("<é>".into()),
            Some('é') => translate::Translation::CodePoint(0x1F600),
            Some('!') => translate::Translation::CodePoint(0x11_0000),
            _ => translate::Translation::Keep,
        })
    };
    let translated = translate::translate_text(Wtf8::new("abécab"), table).unwrap();
    assert_eq!(translated, Wtf8Buf::from("<é>😀c<é>"));
    let error = translate::translate_text(Wtf8::new("x!"), table).unwrap_err();
    assert_eq!(error.to_string(), "ValueError: character mapping must be in range(0x110000)");
    assert_eq!(translate::make_table(b"ab", b"BA").unwrap()[b'a' as usize], b'B');
    let error = translate::make_table(b"ab", b"B").unwrap_err();
    assert_eq!(error.message, "maketrans arguments must have same length");
    let error = translate::translate_bytes(b"x", Some(b"short"), b"").unwrap_err();
    assert_eq!(error.message, "translation table must be 256 characters long");
}

#[test]
fn joining_and_repeating() {
    let parts = ["a", "é", ""].map(Wtf8::new);
    assert_eq!(replace::join_text(Wtf8::new(", "), parts.into_iter()).unwrap(), Wtf8Buf::from("a, é, "));
    assert_eq!(replace::join_bytes(b"-", std::iter::empty()).unwrap(), b"");
    assert_eq!(replace::repeat(b"ab", 3).unwrap(), b"ababab");
    assert_eq!(replace::repeat(b"", isize::MAX).unwrap(), b"");
    assert_eq!(replace::repeat(b"ab", -3).unwrap(), b"");
    assert_eq!(replace::repeat(b"ab", isize::MAX).unwrap_err().kind, lasti_text::ErrorKind::Memory);
}

#[test]
fn indices_of_code_points() {
    let long = "é".repeat(1000) + "a😀";
    let text = Text::from(long.as_str());
    assert_eq!(text.len(), 1002);
    for i in 0..1002 {
        assert_eq!(text.char_index(text.byte_index(i)), i);
    }
    assert_eq!(text.byte_index(5000), long.len());
    assert_eq!(text.get(1001), CodePoint::from_u32(0x1F600));
    assert_eq!(text.get(1002), None);
    assert_eq!(text.slice(998..1001), Wtf8::new("ééa"));
    assert_eq!(text.slice(1001..5000), Wtf8::new("😀"));
    assert_eq!(text.slice(5000..6000), Wtf8::new(""));
}
