//! Floats of two bytes.

/// The nearest one, halves to even; `None` where a finite number is too large.
pub(super) fn from_double(value: f64) -> Option<u16> {
    let sign = if value.is_sign_negative() { 0x8000 } else { 0 };
    if value.is_nan() {
        return Some(sign | 0x7E00);
    }
    let absolute = value.abs();
    if absolute.is_infinite() {
        return Some(sign | 0x7C00);
    }
    // Steps are 2^-24 below 2^-14, and 2^-10 of the power of two above.
    let exponent = ((absolute.to_bits() >> 52) as i32 - 1023).max(-14);
    if exponent > 15 {
        return None;
    }
    let steps = (absolute * 2_f64.powi(10 - exponent)).round_ties_even() as u32;
    let biased = (exponent + 14) as u32;
    // A normal number's leading step of 1024 adds one to the exponent, as does rounding up to 2048.
    let bits = (biased << 10) + steps;
    (bits < 0x7C00).then_some(sign | bits as u16)
}

/// Exactly.
pub(super) fn to_double(bits: u16) -> f64 {
    let fraction = f64::from(bits & 0x3FF);
    let absolute = match bits >> 10 & 0x1F {
        0 => fraction * 2_f64.powi(-24),
        0x1F if fraction == 0.0 => f64::INFINITY,
        0x1F => f64::NAN,
        exponent => (1024.0 + fraction) * 2_f64.powi(i32::from(exponent) - 25),
    };
    if bits & 0x8000 == 0 { absolute } else { -absolute }
}
