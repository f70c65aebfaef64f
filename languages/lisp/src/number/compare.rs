//! Order and equality: exact, also between exact and inexact numbers.

use std::cmp::Ordering;

use dashu_int::IBig;

use super::{Num, to_exact};

/// The order of two real numbers; `None` if one is a NaN or not real.
pub fn compare(a: &Num, b: &Num) -> Option<Ordering> {
    match (a, b) {
        (Num::Complex(_), _) | (_, Num::Complex(_)) => None,
        (Num::Int(a), Num::Int(b)) => Some(a.cmp(b)),
        (Num::Float(a), Num::Float(b)) => a.partial_cmp(b),
        (Num::Float(a), exact) => compare_float(*a, exact),
        (exact, Num::Float(b)) => compare_float(*b, exact).map(Ordering::reverse),
        _ => {
            let ((an, ad), (bn, bd)) = (a.to_ratio()?, b.to_ratio()?);
            Some((an * bd).cmp(&(bn * ad)))
        }
    }
}

fn compare_float(float: f64, exact: &Num) -> Option<Ordering> {
    if float.is_nan() {
        return None;
    }
    if float.is_infinite() {
        return Some(if float > 0.0 { Ordering::Greater } else { Ordering::Less });
    }
    compare(&to_exact(&Num::Float(float)).ok()?, exact)
}

/// `a = b`
pub fn equal(a: &Num, b: &Num) -> bool {
    if a.is_real() && b.is_real() {
        return compare(a, b) == Some(Ordering::Equal);
    }
    let ((ar, ai), (br, bi)) = (a.clone().parts(), b.clone().parts());
    equal(&ar, &br) && equal(&ai, &bi)
}

/// `a = 0`
pub fn is_zero(a: &Num) -> bool {
    match a {
        Num::Int(word) => *word == 0,
        Num::Float(float) => *float == 0.0,
        Num::Complex(parts) => is_zero(&parts.0) && is_zero(&parts.1),
        Num::Big(_) | Num::Ratio(_) => false,
    }
}

/// -1, 0 or 1; `None` for what has no sign.
pub fn sign(a: &Num) -> Option<i64> {
    let of = |int: &IBig| if *int < IBig::ZERO { -1 } else { 1 };
    match a {
        Num::Int(word) => Some(word.signum()),
        Num::Big(big) => Some(of(big)),
        Num::Ratio(parts) => Some(of(&parts.0)),
        Num::Float(float) if *float > 0.0 => Some(1),
        Num::Float(float) if *float < 0.0 => Some(-1),
        Num::Float(_) => Some(0),
        Num::Complex(_) => None,
    }
}
