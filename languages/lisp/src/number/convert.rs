//! Between exact and inexact.

use dashu_int::IBig;
use dashu_int::ops::BitTest;

use super::{Num, Problem, Result, complex, ratio};

/// The nearest double of a real number; the real part of others.
pub fn to_float(a: &Num) -> f64 {
    match a {
        Num::Int(word) => *word as f64,
        Num::Big(big) => big.to_f64().value(),
        Num::Ratio(parts) => ratio_to_float(&parts.0, &parts.1),
        Num::Float(float) => *float,
        Num::Complex(parts) => to_float(&parts.0),
    }
}

/// The nearest double of a fraction, rounded once.
fn ratio_to_float(n: &IBig, d: &IBig) -> f64 {
    let negative = *n < IBig::ZERO;
    let n = if negative { -n } else { n.clone() };
    let (nb, db) = (n.bit_len() as i64, d.bit_len() as i64);
    // A quotient of 64 or 65 bits; fewer where the result is subnormal, so that it is rounded once
    // there too.
    let shift = (64 - (nb - db)).min(1074 + 2);
    let (n, d) = match shift {
        s if s >= 0 => (n << s as usize, d.clone()),
        s => (n, d.clone() << (-s) as usize),
    };
    let quotient = &n / &d;
    let sticky = u128::from(&quotient * &d != n);
    let bits = u128::try_from(&quotient).unwrap_or(u128::MAX) << 1 | sticky;
    let magnitude = scale(bits as f64, -(shift + 1));
    if negative { -magnitude } else { magnitude }
}

/// `x * 2^by`, in steps that do not over- or underflow before the result does.
fn scale(mut x: f64, mut by: i64) -> f64 {
    while by > 1000 {
        x *= 2f64.powi(1000);
        by -= 1000;
    }
    while by < -1000 {
        x *= 2f64.powi(-1000);
        by += 1000;
    }
    x * 2f64.powi(by as i32)
}

/// The exact number of the same value.
///
/// # Errors
/// Infinities and NaN have none.
pub fn to_exact(a: &Num) -> Result {
    match a {
        Num::Float(float) => exact_float(*float),
        Num::Complex(parts) => Ok(complex(to_exact(&parts.0)?, to_exact(&parts.1)?)),
        exact => Ok(exact.clone()),
    }
}

fn exact_float(float: f64) -> Result {
    if !float.is_finite() {
        return Err(Problem::Domain);
    }
    if float.fract() == 0.0 && float.abs() < 9.0e18 {
        return Ok(Num::Int(float as i64));
    }
    let bits = float.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as i64;
    let fraction = bits & ((1 << 52) - 1);
    let (mantissa, power) = match exponent {
        0 => (fraction, -1074),
        e => (fraction | 1 << 52, e - 1075),
    };
    let mantissa = IBig::from(mantissa) * if float < 0.0 { IBig::NEG_ONE } else { IBig::ONE };
    match power {
        p if p >= 0 => Ok((mantissa << p as usize).into()),
        p => ratio(mantissa, IBig::ONE << (-p) as usize),
    }
}

/// The inexact number nearest to it.
pub fn to_inexact(a: &Num) -> Num {
    match a {
        Num::Complex(parts) => Num::Complex(Box::new((to_inexact(&parts.0), to_inexact(&parts.1)))),
        real => Num::Float(to_float(real)),
    }
}
