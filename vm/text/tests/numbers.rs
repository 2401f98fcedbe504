//! `int`, `float` and `complex` against CPython's results.

mod support;

use std::cmp::Ordering;

use lasti_text::complex::{self, Complex};
use lasti_text::int::{Endian, Int, IntRef};
use lasti_text::{float, int};
use malachite_bigint::BigInt;
use rustpython_wtf8::Wtf8;
use support::{Case, check, escape_bytes, escape_str, outcome};

fn big(case: &Case<'_>, i: usize) -> BigInt {
    let text = case.fields[i];
    match text.strip_prefix("0x").or(text.strip_prefix("-0x")) {
        None => text.parse().unwrap(),
        Some(digits) => {
            let value = BigInt::parse_bytes(digits.as_bytes(), 16).unwrap();
            if text.starts_with('-') { -value } else { value }
        }
    }
}

/// As the data have numbers: large ones in hexadecimal.
fn show_int(value: Int) -> String {
    let value = value.into_big();
    if value.magnitude().bits() > 2000 {
        let digits = int::to_radix(IntRef::Big(&value), 16);
        match digits.strip_prefix('-') {
            None => format!("0x{digits}"),
            Some(digits) => format!("-0x{digits}"),
        }
    } else {
        value.to_string()
    }
}

/// A float field, written with `float.hex`.
fn real(case: &Case<'_>, i: usize) -> f64 {
    float::from_hex(Wtf8::new(case.fields[i])).unwrap()
}

fn show_float(value: f64) -> String {
    float::to_hex(value)
}

fn int_case(case: &Case<'_>) -> String {
    let endian = |i: usize| Endian::parse(case.fields[i]).unwrap();
    match case.kind() {
        "parse" => outcome(int::parse(&case.text(1), case.int(2), int::DEFAULT_DIGIT_LIMIT), show_int),
        "parse_bytes" => {
            outcome(int::parse_bytes(&case.bytes(1), case.int(2), int::DEFAULT_DIGIT_LIMIT), show_int)
        }
        "str" => {
            let value = Int::from(big(case, 1));
            let text = int::to_decimal(value.as_ref(), 4300).unwrap();
            assert_eq!(int::to_decimal(IntRef::Big(&value.into_big()), 4300).unwrap(), text);
            text
        }
        "radix" => {
            let value = Int::from(big(case, 1));
            let text = int::to_radix(value.as_ref(), case.int(2));
            assert_eq!(int::to_radix(IntRef::Big(&value.into_big()), case.int(2)), text);
            text
        }
        "float" => {
            let value = Int::from(big(case, 1));
            let found = float::from_int(value.as_ref());
            assert_eq!(float::from_int(IntRef::Big(&value.into_big())), found);
            outcome(found, show_float)
        }
        "hash" => {
            let value = Int::from(big(case, 1));
            let hash = float::hash_int(value.as_ref());
            assert_eq!(float::hash_int(IntRef::Big(&value.into_big())), hash);
            hash.to_string()
        }
        "round" => show_int(int::round_to_tens(Int::from(big(case, 1)).as_ref(), case.int(2))),
        "to_bytes" => {
            let value = Int::from(big(case, 1));
            let found = int::to_bytes(value.as_ref(), case.int(2), endian(3), case.bool(4));
            let again = int::to_bytes(IntRef::Big(&value.into_big()), case.int(2), endian(3), case.bool(4));
            assert_eq!(found, again);
            outcome(found, |bytes| escape_bytes(&bytes))
        }
        "from_bytes" => show_int(int::from_bytes(&case.bytes(1), endian(2), case.bool(3))),
        "truediv" => {
            let (a, b) = (Int::from(big(case, 1)), Int::from(big(case, 2)));
            let found = float::int_true_divide(a.as_ref(), b.as_ref());
            let (a, b) = (a.into_big(), b.into_big());
            assert_eq!(float::int_true_divide(IntRef::Big(&a), IntRef::Big(&b)), found);
            outcome(found, show_float)
        }
        "compare" => {
            let value = Int::from(big(case, 1));
            let found = float::compare(value.as_ref(), real(case, 2));
            assert_eq!(float::compare(IntRef::Big(&value.into_big()), real(case, 2)), found);
            match found {
                None => "None",
                Some(Ordering::Less) => "-1",
                Some(Ordering::Equal) => "0",
                Some(Ordering::Greater) => "1",
            }
            .to_owned()
        }
        "limited" => {
            let value = BigInt::from(10).pow(case.int::<u32>(1) - 1);
            outcome(int::to_decimal(IntRef::Big(&value), 4300), |text| text.len().to_string())
        }
        kind => panic!("unknown kind {kind}"),
    }
}

#[test]
fn whole_numbers() {
    check(include_str!("../testdata/int.tsv"), 3000, int_case);
}

fn float_case(case: &Case<'_>) -> String {
    let pair = |(a, b)| format!("{}|{}", show_float(a), show_float(b));
    match case.kind() {
        "repr" => float::repr(real(case, 1)),
        "hex" => float::to_hex(real(case, 1)),
        "ratio" => outcome(float::as_integer_ratio(real(case, 1)), |(a, b)| {
            format!("{}|{}", show_int(a.into()), show_int(b.into()))
        }),
        "int" => outcome(float::to_int(real(case, 1)), show_int),
        "floor" => outcome(float::floor(real(case, 1)), show_int),
        "ceil" => outcome(float::ceil(real(case, 1)), show_int),
        "round" if case.is_none(2) => outcome(float::round_to_int(real(case, 1)), show_int),
        "round" => outcome(float::round_to_digits(real(case, 1), case.int(2)), show_float),
        "hash" => float::hash_float(real(case, 1)).unwrap().to_string(),
        "is_integer" => if float::is_integer(real(case, 1)) { "True" } else { "False" }.to_owned(),
        "truediv" => outcome(float::divide(real(case, 1), real(case, 2)), show_float),
        "floordiv" => outcome(float::floor_divide(real(case, 1), real(case, 2)), show_float),
        "mod" => outcome(float::remainder(real(case, 1), real(case, 2)), show_float),
        "divmod" => outcome(float::divmod(real(case, 1), real(case, 2)), pair),
        "pow" => outcome(float::pow(real(case, 1), real(case, 2)), |power| match power {
            float::Power::Float(power) => show_float(power),
            float::Power::Complex => "complex".to_owned(),
        }),
        "parse" => outcome(float::parse(&case.text(1)), show_float),
        "parse_bytes" => outcome(float::parse_bytes(&case.bytes(1)), show_float),
        "fromhex" => outcome(float::from_hex(&case.text(1)), show_float),
        kind => panic!("unknown kind {kind}"),
    }
}

#[test]
fn floats() {
    check(include_str!("../testdata/float.tsv"), 7000, float_case);
    assert_eq!(float::hash_float(f64::NAN), None);
    assert!(float::parse(Wtf8::new("-nan")).unwrap().is_sign_negative());
}

fn complex_case(case: &Case<'_>) -> String {
    let show = |z: Complex| format!("{}|{}", show_float(z.real), show_float(z.imag));
    if case.kind() == "parse" {
        return outcome(complex::parse(&case.text(1)), show);
    }
    let a = Complex::new(real(case, 1), real(case, 2));
    let b = || Complex::new(real(case, 3), real(case, 4));
    match case.kind() {
        "repr" => escape_str(&a.repr()),
        "abs" => outcome(a.abs(), show_float),
        "mul" => show(a.multiply(b())),
        "mul_real" => show(a.multiply_real(b().real)),
        "div" => outcome(a.divide(b()), show),
        "div_real" => outcome(a.divide_real(b().real), show),
        "real_div" => outcome(Complex::divide_into(a.real, b()), show),
        "pow" => outcome(a.pow(b()), show),
        kind => panic!("unknown kind {kind}"),
    }
}

#[test]
fn complex_numbers() {
    check(include_str!("../testdata/complex.tsv"), 2500, complex_case);
}
