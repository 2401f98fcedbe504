//! The `struct` module's formats against CPython's results.

mod support;

use lasti_text::complex::Complex;
use lasti_text::float;
use lasti_text::int::{Int, IntRef};
use lasti_text::structs::{Format, Unpacked, Value};
use malachite_bigint::BigInt;
use rustpython_wtf8::Wtf8;
use support::{Case, check, escape_bytes, outcome};

fn real(text: &str) -> f64 {
    float::from_hex(Wtf8::new(text)).unwrap()
}

/// A value as the generator writes it.
enum Given {
    Int(BigInt),
    Float(f64),
    Complex(Complex),
    Bool(bool),
    Bytes(Vec<u8>),
    ByteArray(Vec<u8>),
    Other,
}

impl Given {
    fn parse(text: &str) -> Self {
        let (kind, rest) = text.split_at(1);
        let bytes = || lasti_text::bytes::from_hex(Wtf8::new(rest)).unwrap();
        match kind {
            "i" => Self::Int(rest.parse().unwrap()),
            "f" => Self::Float(real(rest)),
            "c" => {
                let (a, b) = rest.split_once(' ').unwrap();
                Self::Complex(Complex::new(real(a), real(b)))
            }
            "?" => Self::Bool(rest == "True"),
            "b" => Self::Bytes(bytes()),
            "a" => Self::ByteArray(bytes()),
            _ => Self::Other,
        }
    }

    fn value(&self) -> Value<'_> {
        match self {
            Self::Int(value) => Value::Int(IntRef::Big(value)),
            Self::Float(value) => Value::Float(*value),
            Self::Complex(value) => Value::Complex(*value),
            Self::Bool(value) => Value::Bool(*value),
            Self::Bytes(bytes) => Value::Bytes(bytes),
            Self::ByteArray(bytes) => Value::ByteArray(bytes),
            Self::Other => Value::Other,
        }
    }
}

fn shown(values: &[Unpacked<'_>]) -> String {
    let one = |value: &Unpacked<'_>| match value {
        Unpacked::Int(Int::Small(value)) => format!("i{value}"),
        Unpacked::Int(Int::Big(value)) => format!("i{value}"),
        Unpacked::Float(value) => format!("f{}", float::to_hex(*value)),
        Unpacked::Complex(value) => format!("c{} {}", float::to_hex(value.real), float::to_hex(value.imag)),
        Unpacked::Bool(value) => if *value { "?True" } else { "?False" }.to_owned(),
        Unpacked::Bytes(bytes) => format!("b{}", lasti_text::bytes::hex(bytes, None, 1).unwrap()),
    };
    values.iter().map(one).collect::<Vec<_>>().join(",")
}

fn struct_case(case: &Case<'_>) -> String {
    let format = match Format::parse(case.text(1).as_bytes()) {
        Ok(format) => format,
        Err(error) => return outcome::<()>(Err(error), |()| String::new()),
    };
    match case.kind() {
        "pack" => {
            let given: Vec<_> =
                case.fields[2].split(',').filter(|text| !text.is_empty()).map(Given::parse).collect();
            let values: Vec<_> = given.iter().map(Given::value).collect();
            outcome(format.pack(&values), |bytes| escape_bytes(&bytes))
        }
        "size" => format.size().to_string(),
        "unpack" => outcome(format.unpack(&case.bytes(2)), |values| shown(&values)),
        "unpack_from" => outcome(format.unpack_from(&case.bytes(2), case.int(3)), |values| shown(&values)),
        "pack_into" => {
            let mut buffer = vec![0xFF; 6];
            let packed = format.pack_into(&mut buffer, case.int(2), &[Value::Int(1.into())]);
            outcome(packed, |()| escape_bytes(&buffer))
        }
        "iter" => outcome(format.iter_unpack(&case.bytes(2)).map(Iterator::count), |count| count.to_string()),
        kind => panic!("unknown kind {kind}"),
    }
}

#[test]
fn formats() {
    check(include_str!("../testdata/struct.tsv"), 3000, struct_case);
}
