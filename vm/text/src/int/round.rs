//! `int.__round__`.

use malachite_bigint::BigInt;
use num_integer::Integer;
use num_traits::Zero;

use super::{Int, IntRef};

/// To a multiple of `10^places`, halves to the even one: `round(int, -places)`.
pub fn round_to_tens(value: IntRef<'_>, places: u32) -> Int {
    let big = match value {
        IntRef::Small(value) => BigInt::from(value),
        IntRef::Big(value) => value.clone(),
    };
    // So many digits that nothing remains; the power itself could not be computed.
    if u64::from(places) > big.bits() {
        return Int::Small(0);
    }
    let unit = BigInt::from(10).pow(places);
    let (quotient, rest) = big.div_mod_floor(&unit);
    let up = match (&rest << 1_usize).cmp(&unit) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => quotient.bit(0),
        std::cmp::Ordering::Greater => true,
    };
    let lower = &big - &rest;
    let rounded = if up { lower + unit } else { lower };
    if rounded.is_zero() { Int::Small(0) } else { rounded.into() }
}
