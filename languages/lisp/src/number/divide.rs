//! Integer division and rounding.

use dashu_int::IBig;
use dashu_int::ops::{DivRem, Gcd};

use super::{Num, Problem, Result};

/// How a quotient, or a number, is rounded to an integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// Down.
    Floor,
    /// Up.
    Ceiling,
    /// Towards zero.
    Truncate,
    /// To the nearest, and to the even one of two.
    Round,
}

/// Quotient and remainder of two integers; inexact if one of them is.
///
/// # Errors
/// For a divisor 0, and for what is no integer.
pub fn euclid(a: &Num, b: &Num, rounding: Rounding) -> Result<(Num, Num)> {
    if !a.is_integer() || !b.is_integer() {
        return Err(Problem::Domain);
    }
    if super::is_zero(b) {
        return Err(Problem::Zero);
    }
    let inexact = !a.is_exact() || !b.is_exact();
    let (a, b) = (super::to_exact(a)?, super::to_exact(b)?);
    let (Some(a), Some(b)) = (a.to_ibig(), b.to_ibig()) else { return Err(Problem::Domain) };
    let (quotient, rest) = divide(&a, &b, rounding);
    let (quotient, rest) = (Num::from(quotient), Num::from(rest));
    Ok(match inexact {
        true => (super::to_inexact(&quotient), super::to_inexact(&rest)),
        false => (quotient, rest),
    })
}

fn divide(a: &IBig, b: &IBig, rounding: Rounding) -> (IBig, IBig) {
    let (mut q, mut r) = a.div_rem(b);
    let adjust = |q: &mut IBig, r: &mut IBig, up: bool| {
        if up {
            *q += IBig::ONE;
            *r -= b;
        } else {
            *q -= IBig::ONE;
            *r += b;
        }
    };
    if r == IBig::ZERO {
        return (q, r);
    }
    let negative = (*a < IBig::ZERO) != (*b < IBig::ZERO);
    match rounding {
        Rounding::Truncate => {}
        Rounding::Floor if negative => adjust(&mut q, &mut r, false),
        Rounding::Ceiling if !negative => adjust(&mut q, &mut r, true),
        Rounding::Floor | Rounding::Ceiling => {}
        Rounding::Round => {
            let abs = |x: &IBig| if *x < IBig::ZERO { -x } else { x.clone() };
            let twice = abs(&r) * IBig::from(2);
            let size = abs(b);
            let odd = &q % IBig::from(2) != IBig::ZERO;
            if twice > size || twice == size && odd {
                adjust(&mut q, &mut r, !negative);
            }
        }
    }
    (q, r)
}

/// The integer that a real number is rounded to.
///
/// # Errors
/// For what is not real.
pub fn round_to(a: &Num, rounding: Rounding) -> Result {
    Ok(match a {
        Num::Int(_) | Num::Big(_) => a.clone(),
        Num::Ratio(parts) => divide(&parts.0, &parts.1, rounding).0.into(),
        Num::Float(float) => Num::Float(match rounding {
            Rounding::Floor => float.floor(),
            Rounding::Ceiling => float.ceil(),
            Rounding::Truncate => float.trunc(),
            Rounding::Round => float.round_ties_even(),
        }),
        Num::Complex(_) => return Err(Problem::Domain),
    })
}

/// The greatest common divisor of two integers.
///
/// # Errors
/// For what is no integer.
pub fn gcd(a: &Num, b: &Num) -> Result {
    if !a.is_integer() || !b.is_integer() {
        return Err(Problem::Domain);
    }
    let inexact = !a.is_exact() || !b.is_exact();
    let (Some(a), Some(b)) = (super::to_exact(a)?.to_ibig(), super::to_exact(b)?.to_ibig()) else {
        return Err(Problem::Domain);
    };
    let result = match (a == IBig::ZERO, b == IBig::ZERO) {
        (true, true) => Num::Int(0),
        _ => IBig::from((&a).gcd(&b)).into(),
    };
    Ok(if inexact { super::to_inexact(&result) } else { result })
}
