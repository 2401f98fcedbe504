//! Expected texts are CPython's, but for what the module's description excepts.

use std::sync::Arc;

use malachite_bigint::BigInt;
use rustpython_wtf8::{CodePoint, Wtf8Buf};

use super::{Repr, write_text};
use crate::constant::{Const, FrozenSet, Int, Tuple};
use crate::text::Str;

#[track_caller]
fn check(constant: &Const, expected: &str) {
    assert_eq!(Repr(constant).to_string(), expected);
}

fn int(value: i64) -> Const {
    Const::Int(value.into())
}

#[test]
fn strings() {
    for (text, expected) in [
        ("", "''"),
        ("it's", r#""it's""#),
        (r#"say "hi""#, r#"'say "hi"'"#),
        (r#"'""#, r#"'\'"'"#),
        ("\\\n\r\t\0\x1b\x7f", r"'\\\n\r\t\x00\x1b\x7f'"),
        ("a\u{80}\u{a0}\u{ad}\u{e9}z", r"'a\x80\xa0\xadéz'"),
        ("\u{4e2d}\u{378}\u{2028}\u{feff}", r"'中\u0378\u2028\ufeff'"),
        ("\u{1f600}\u{e0001}\u{10ffff}", r"'😀\U000e0001\U0010ffff'"),
        // Assigned in Unicode 16; in 17; in neither.
        ("\u{1c89}\u{88f}\u{107bd}", r"'Ᲊ\u088f\U000107bd'"),
    ] {
        check(&Const::Str(Str::from(text)), expected);
    }
}

#[test]
fn lone_surrogates() {
    let text: Wtf8Buf =
        [0x27, 0xd800, 0xe9, 0xdfff].map(|n| CodePoint::from_u32(n).unwrap()).into_iter().collect();
    let text = Str::from_wtf8(&text, false);
    let mut plain = String::new();
    write_text(&text, &mut plain).unwrap();
    assert_eq!(plain, r"'\ud800é\udfff");
    check(&Const::Str(text), r#""'\ud800é\udfff""#);
}

#[test]
fn bytes() {
    check(&Const::Bytes(b"\0a\xff\\\n\"".to_vec().into()), r#"b'\x00a\xff\\\n"'"#);
    check(&Const::Bytes(b"'".to_vec().into()), r#"b"'""#);
    check(&Const::Bytes(b"'\"".to_vec().into()), r#"b'\'"'"#);
}

#[test]
fn floats() {
    for (value, expected) in [
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (1e15, "1000000000000000.0"),
        (1e16, "1e+16"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (1.5e-7, "1.5e-07"),
        (5e-324, "5e-324"),
        (0.1 + 0.2, "0.30000000000000004"),
        (2f64.powi(-25), "2.9802322387695312e-08"),
        (f64::INFINITY, "inf"),
        (-f64::INFINITY, "-inf"),
        (f64::NAN, "nan"),
        (-f64::NAN, "nan"),
    ] {
        check(&Const::Float(value), expected);
    }
}

#[test]
fn complex_numbers() {
    for (real, imag, expected) in [
        (0.0, 1.0, "1j"),
        (-0.0, 1.0, "(-0+1j)"),
        (0.0, -0.0, "-0j"),
        (1.0, -0.0, "(1-0j)"),
        (1.5, -2.5, "(1.5-2.5j)"),
        (1e16, 1e-5, "(1e+16+1e-05j)"),
        (f64::NAN, -f64::NAN, "(nan+nanj)"),
        (f64::INFINITY, -f64::INFINITY, "(inf-infj)"),
    ] {
        check(&Const::Complex(real, imag), expected);
    }
}

#[test]
fn containers() {
    let two = Tuple::from([int(1), Const::None]);
    check(&Const::Tuple(Tuple::default()), "()");
    check(&Const::Tuple(Tuple::from([Const::Bool(true)])), "(True,)");
    check(&Const::Tuple(Tuple::from([Const::Tuple(two), Const::Ellipsis])), "((1, None), Ellipsis)");
    check(&Const::FrozenSet(FrozenSet::default()), "frozenset()");
    check(&Const::FrozenSet([int(1), Const::None].into_iter().collect()), "frozenset({1, None})");
    check(&Const::Slice(Arc::new([int(1), Const::None, int(-2)])), "slice(1, None, -2)");
}

#[test]
fn integers_up_to_4300_digits() {
    let ten = BigInt::from(10);
    check(&Const::Int(Int::Small(i64::MIN)), "-9223372036854775808");
    check(&Const::Int(BigInt::from(u64::MAX).into()), "18446744073709551615");
    let most: BigInt = ten.pow(4300) - BigInt::from(1);
    check(&Const::Int((-most).into()), &format!("-{}", "9".repeat(4300)));
    check(&Const::Int(ten.pow(4300).into()), "<int of 14285 bits: more than 4300 digits>");
    check(&Const::Int(ten.pow(5000).into()), "<int of 16610 bits: more than 4300 digits>");
}

#[test]
fn deep_nesting_needs_no_stack() {
    let depth = 1000;
    let nested = (0..depth).fold(int(7), |inner, _| Const::Tuple(Tuple::from([inner])));
    check(&nested, &format!("{}7{}", "(".repeat(depth), ",)".repeat(depth)));
}

#[test]
fn text_that_doubles_at_each_level_is_cut_off() {
    let bomb = (0..60).fold(int(7), |inner, _| Const::Tuple(Tuple::from([inner.clone(), inner])));
    let text = Repr(&bomb).to_string();
    assert!(text.len() < super::MAX_TEXT + 100, "{}", text.len());
    assert!(text.ends_with("..."));
}
