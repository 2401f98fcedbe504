//! The gamma function by Lanczos's approximation with g = 6.024680040776729583740234375 and thirteen terms, whose
//! coefficients are those of the Boost library. CPython: `m_tgamma`, `m_lgamma` in Modules/mathmodule.c.

use std::f64::consts::PI;

const G: f64 = 6.024_680_040_776_729_583_740_234_375;
const G_MINUS_HALF: f64 = G - 0.5;
const LN_PI: f64 = 1.144_729_885_849_400_174_143_427;

const NUMERATOR: [f64; 13] = [
    23_531_376_880.410_759_688_572_007_674_451_636_754_734_846_804_940,
    42_919_803_642.649_098_768_957_899_047_001_988_850_926_355_848_959,
    35_711_959_237.355_668_049_440_185_451_547_166_705_960_488_635_843,
    17_921_034_426.037_209_699_919_755_754_458_931_112_671_403_265_390,
    6_039_542_586.352_028_005_064_291_644_307_297_921_069_938_842_080_3,
    1_439_720_407.311_721_673_663_223_072_794_912_393_971_548_573_060_0,
    248_874_557.862_054_156_511_468_979_689_487_846_234_637_270_098_2,
    31_426_415.585_400_194_380_614_231_628_318_205_362_874_684_987_9,
    2_876_370.628_935_372_441_225_409_051_620_849_613_598_911_423_5,
    186_056.265_395_223_495_040_293_957_162_652_336_837_361_155_86,
    8_071.672_002_365_816_210_638_002_402_772_250_696_655_217_548_9,
    210.824_277_751_579_345_878_259_163_738_096_474_022_395_9,
    2.506_628_274_631_000_502_415_765_284_806_086_285_9,
];

const DENOMINATOR: [f64; 13] = [
    0.0,
    39_916_800.0,
    120_543_840.0,
    150_917_976.0,
    105_258_076.0,
    45_995_730.0,
    13_339_535.0,
    2_637_558.0,
    357_423.0,
    32_670.0,
    1_925.0,
    66.0,
    1.0,
];

/// The factorials that floats hold exactly.
const FACTORIALS: [f64; 23] = {
    let mut table = [1.0; 23];
    let mut n = 1;
    while n < 23 {
        table[n] = table[n - 1] * n as f64;
        n += 1;
    }
    table
};

/// Lanczos's sum at a positive `x`; beyond 5 in powers of `1/x`, so that nothing overflows.
fn lanczos_sum(x: f64) -> f64 {
    let (mut above, mut below) = (0.0, 0.0);
    if x < 5.0 {
        for (n, d) in NUMERATOR.iter().zip(&DENOMINATOR).rev() {
            above = above * x + n;
            below = below * x + d;
        }
    } else {
        for (n, d) in NUMERATOR.iter().zip(&DENOMINATOR) {
            above = above / x + n;
            below = below / x + d;
        }
    }
    above / below
}

/// `sin(pi * x)` without loss for large `x`.
fn sin_pi(x: f64) -> f64 {
    let y = x.abs() % 2.0;
    let part = match (2.0 * y).round() as i32 {
        0 => (PI * y).sin(),
        1 => (PI * (y - 0.5)).cos(),
        // Zero is to come out without a sign.
        2 => (PI * (1.0 - y)).sin(),
        3 => -(PI * (y - 1.5)).cos(),
        _ => (PI * (y - 2.0)).sin(),
    };
    1.0_f64.copysign(x) * part
}

/// The gamma function; NaN where it has a pole, but infinity at zero.
pub(super) fn gamma(x: f64) -> f64 {
    if x.is_nan() || x == f64::INFINITY {
        return x;
    }
    if x == f64::NEG_INFINITY {
        return f64::NAN;
    }
    if x == 0.0 {
        // A pole: what calls this makes a domain error of it.
        return f64::NAN;
    }
    if x == x.floor() {
        if x < 0.0 {
            return f64::NAN;
        }
        if x <= 23.0 {
            return FACTORIALS[x as usize - 1];
        }
    }
    let size = x.abs();
    if size < 1e-20 {
        return 1.0 / x;
    }
    if size > 200.0 {
        return if x < 0.0 { 0.0 / sin_pi(x) } else { f64::INFINITY };
    }
    let y = size + G_MINUS_HALF;
    // What rounding lost of `y`.
    let z = if size > G_MINUS_HALF { (y - size) - G_MINUS_HALF } else { (y - G_MINUS_HALF) - size };
    let z = z * G / y;
    if x < 0.0 {
        let mut result = -PI / sin_pi(size) / size * y.exp() / lanczos_sum(size);
        result -= z * result;
        if size < 140.0 {
            return result / y.powf(size - 0.5);
        }
        let root = y.powf(size / 2.0 - 0.25);
        return result / root / root;
    }
    let mut result = lanczos_sum(size) / y.exp();
    result += z * result;
    if size < 140.0 {
        return result * y.powf(size - 0.5);
    }
    let root = y.powf(size / 2.0 - 0.25);
    result * root * root
}

/// The logarithm of the gamma function's absolute value; NaN where it has a pole.
pub(super) fn lgamma(x: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    if x.is_infinite() {
        return f64::INFINITY;
    }
    if x == x.floor() && x <= 2.0 {
        return if x <= 0.0 { f64::NAN } else { 0.0 };
    }
    let size = x.abs();
    if size < 1e-20 {
        return -size.ln();
    }
    let mut result = lanczos_sum(size).ln() - G;
    result += (size - 0.5) * ((size + G - 0.5).ln() - 1.0);
    if x < 0.0 {
        result = LN_PI - sin_pi(size).abs().ln() - size.ln() - result;
    }
    result
}
