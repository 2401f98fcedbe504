//! Which members of a constant set are equal.
//!
//! The library tells `1`, `1.0` and `True` apart when it folds a set display; CPython makes a real
//! `frozenset`, in which the first of equal members stays.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use lasti_code::{Const, Int};

/// The members without those that equal an earlier one in Python's sense.
pub(crate) fn distinct(members: Vec<Const>) -> Vec<Const> {
    let mut kept: Vec<Const> = Vec::with_capacity(members.len());
    let mut by_hash: HashMap<u64, Vec<usize>> = HashMap::new();
    for member in members {
        // Equal constants have been merged by then; only numbers and what holds them remain.
        if may_equal_another(&member) {
            let mut hasher = DefaultHasher::new();
            hash(&member, &mut hasher);
            let alike = by_hash.entry(hasher.finish()).or_default();
            if alike.iter().any(|&earlier| equal(&kept[earlier], &member)) {
                continue;
            }
            alike.push(kept.len());
        }
        kept.push(member);
    }
    kept
}

/// The same for all constants that are equal in Python's sense.
fn hash(constant: &Const, state: &mut DefaultHasher) {
    if let Const::Tuple(items) = constant {
        items.iter().for_each(|item| hash(item, state));
    } else if let Some((real, imag)) = complex(constant) {
        match real {
            Real::Int(value) => value.hash(state),
            Real::Float(value) => match integer(value) {
                Some(value) => value.hash(state),
                None => value.to_bits().hash(state),
            },
        }
        state.write_u8(u8::from(imag.partial_cmp(&0.0) == Some(Ordering::Equal)));
    } else {
        constant.hash(state);
    }
}

/// Whether a different constant can equal this one.
fn may_equal_another(constant: &Const) -> bool {
    match constant {
        Const::Bool(_) | Const::Int(_) | Const::Float(_) | Const::Complex(..) => true,
        Const::Tuple(items) => items.iter().any(may_equal_another),
        _ => false,
    }
}

/// Python's `==`, for what a set display can hold.
fn equal(a: &Const, b: &Const) -> bool {
    match (a, b) {
        (Const::Tuple(a), Const::Tuple(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| equal(a, b))
        }
        _ => match (complex(a), complex(b)) {
            (Some((a, x)), Some((b, y))) => same_number(&a, &b) && x.partial_cmp(&y) == Some(Ordering::Equal),
            _ => a == b,
        },
    }
}

/// A real number.
enum Real {
    Int(Int),
    Float(f64),
}

/// A number's real and imaginary part.
fn complex(constant: &Const) -> Option<(Real, f64)> {
    Some(match constant {
        Const::Bool(value) => (Real::Int(Int::Small(i64::from(*value))), 0.0),
        Const::Int(value) => (Real::Int(value.clone()), 0.0),
        Const::Float(value) => (Real::Float(*value), 0.0),
        Const::Complex(real, imag) => (Real::Float(*real), *imag),
        _ => return None,
    })
}

fn same_number(a: &Real, b: &Real) -> bool {
    match (a, b) {
        (Real::Int(a), Real::Int(b)) => a == b,
        (Real::Float(a), Real::Float(b)) => a.partial_cmp(b) == Some(Ordering::Equal),
        (Real::Int(int), Real::Float(float)) | (Real::Float(float), Real::Int(int)) => {
            integer(*float).as_ref() == Some(int)
        }
    }
}

/// The integer that a float is equal to.
fn integer(float: f64) -> Option<Int> {
    if !float.is_finite() || float.fract() != 0.0 {
        return None;
    }
    // The digits of an integral float are exact.
    let digits = format!("{float:.0}");
    Some(Int::from(digits.parse::<malachite_bigint::BigInt>().ok()?))
}

#[cfg(test)]
mod tests {
    use lasti_code::Const;

    use crate::testing::compiled;

    fn members(source: &str) -> String {
        let module = compiled(source);
        let set = module.consts.iter().find_map(|constant| match constant {
            Const::FrozenSet(members) => Some(format!("{:?}", members.as_tuple())),
            _ => None,
        });
        set.unwrap_or_default()
    }

    #[test]
    fn the_first_of_equal_numbers_stays() {
        assert_eq!(members("x in {1, 1.0, True, 1+0j}"), "[Int(Small(1))]");
        assert_eq!(members("x in {True, 1}"), "[Bool(true)]");
        assert_eq!(members("x in {0.0, -0.0, 0}"), "[Float(0.0)]");
        assert_eq!(
            members("x in {(1, 'a'), (1.0, 'a'), 'b'}"),
            "[Tuple([Int(Small(1)), Str(\"a\")]), Str(\"b\")]"
        );
    }

    #[test]
    fn large_numbers_are_compared_exactly() {
        assert_eq!(members("x in {9007199254740993, 9007199254740992.0}").matches("Float").count(), 1);
        assert!(!members("x in {10**22, 1e22}").contains("Float"));
        assert!(members("x in {10**23, 1e23}").contains("Float"));
    }
}
