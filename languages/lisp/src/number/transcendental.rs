//! Roots, powers, and the functions of doubles and complex numbers.

use std::cmp::Ordering;

use dashu_int::ops::{BitTest, SquareRoot};
use dashu_int::{IBig, Sign, UBig};

use super::{
    MAX_BITS, Num, Problem, Result, add, compare, complex, div, is_zero, mul, neg, ratio, sub,
    to_float,
};

fn magnitude(int: &IBig) -> UBig {
    int.clone().into_parts().1
}

/// The largest integer whose square is at most `a`, and the rest.
///
/// # Errors
/// For what is no exact integer, or below zero.
pub fn exact_root(a: &Num) -> Result<(Num, Num)> {
    let int = a.to_ibig().filter(|i| *i >= IBig::ZERO).ok_or(Problem::Domain)?;
    let root = IBig::from_parts(Sign::Positive, magnitude(&int).sqrt());
    let rest = int - &root * &root;
    Ok((root.into(), rest.into()))
}

/// The square root: exact if it can be.
pub fn sqrt(a: &Num) -> Result {
    match a {
        Num::Float(float) if *float < 0.0 => Ok(complex(Num::Int(0), Num::Float((-float).sqrt()))),
        Num::Float(float) => Ok(Num::Float(float.sqrt())),
        Num::Complex(_) => {
            let (x, y) = floats(a);
            let size = x.hypot(y);
            let (re, im) = (((size + x) / 2.0).sqrt(), ((size - x) / 2.0).sqrt());
            let im = if y < 0.0 { -im } else { im };
            if a.is_exact() {
                // Perhaps it is a square of small integers.
                let guess = complex(nearest(re), nearest(im));
                if super::equal(&mul(&guess, &guess)?, a) {
                    return Ok(guess);
                }
            }
            Ok(complex(Num::Float(re), Num::Float(im)))
        }
        _ if super::sign(a) == Some(-1) => Ok(complex(Num::Int(0), sqrt(&neg(a))?)),
        _ => {
            let (n, d) = a.to_ratio().ok_or(Problem::Domain)?;
            let ((rn, n_rest), (rd, d_rest)) = (exact_root(&n.into())?, exact_root(&d.into())?);
            if is_zero(&n_rest) && is_zero(&d_rest) {
                return div(&rn, &rd);
            }
            Ok(Num::Float(to_float(a).sqrt()))
        }
    }
}

fn nearest(x: f64) -> Num {
    super::to_exact(&Num::Float(x.round())).unwrap_or(Num::Int(0))
}

fn floats(a: &Num) -> (f64, f64) {
    match a {
        Num::Complex(parts) => (to_float(&parts.0), to_float(&parts.1)),
        real => (to_float(real), 0.0),
    }
}

/// `a` to the power `b`: exact if both are and `b` is an integer.
pub fn expt(a: &Num, b: &Num) -> Result {
    if let Num::Int(power) = b {
        return integer_power(a, *power);
    }
    match (a, b) {
        (Num::Int(1), _) if b.is_exact() => Ok(Num::Int(1)),
        (Num::Int(0 | -1), Num::Big(_)) => match a {
            Num::Int(0) => Ok(Num::Int(0)),
            _ => {
                let odd = b.to_ibig().is_some_and(|b| b % IBig::from(2) != IBig::ZERO);
                Ok(Num::Int(if odd { -1 } else { 1 }))
            }
        },
        (_, Num::Big(_)) if a.is_exact() => Err(Problem::TooLarge),
        (Num::Complex(_), _) | (_, Num::Complex(_)) => general_power(a, b),
        _ => {
            if let (Some((n, d)), true) = (b.to_ratio(), a.is_exact())
                && d == IBig::from(2)
            {
                let root = sqrt(a)?;
                if root.is_exact() {
                    return expt(&root, &n.into());
                }
            }
            let (x, y) = (to_float(a), to_float(b));
            if x < 0.0 && y.fract() != 0.0 {
                return general_power(a, b);
            }
            Ok(Num::Float(x.powf(y)))
        }
    }
}

fn integer_power(a: &Num, power: i64) -> Result {
    if power < 0 {
        let positive = integer_power(a, power.checked_neg().ok_or(Problem::TooLarge)?)?;
        return div(&Num::Int(1), &positive);
    }
    match a {
        Num::Int(0) => Ok(Num::Int(i64::from(power == 0))),
        Num::Int(1) => Ok(Num::Int(1)),
        Num::Int(-1) => Ok(Num::Int(if power % 2 == 0 { 1 } else { -1 })),
        Num::Float(float) => Ok(Num::Float(match i32::try_from(power) {
            Ok(power) => float.powi(power),
            Err(_) => float.powf(power as f64),
        })),
        Num::Complex(_) => {
            let (mut result, mut base, mut left) = (Num::Int(1), a.clone(), power);
            while left > 0 {
                if left % 2 == 1 {
                    result = mul(&result, &base)?;
                }
                left /= 2;
                if left > 0 {
                    base = mul(&base, &base)?;
                }
            }
            Ok(result)
        }
        _ => {
            let (n, d) = a.to_ratio().ok_or(Problem::Domain)?;
            let bits = n.bit_len().max(d.bit_len());
            let size = (power as u64).checked_mul(bits as u64).ok_or(Problem::TooLarge)?;
            if size > MAX_BITS as u64 {
                return Err(Problem::TooLarge);
            }
            ratio(n.pow(power as usize), d.pow(power as usize))
        }
    }
}

/// `e^(b log a)`
fn general_power(a: &Num, b: &Num) -> Result {
    if is_zero(a) {
        return Ok(if a.is_exact() { Num::Int(0) } else { Num::Float(0.0) });
    }
    function("exp", &mul(&function("log", a)?, b)?)
}

/// The function of this name.
///
/// # Errors
/// Where it is not defined.
pub fn function(name: &str, a: &Num) -> Result {
    if let Num::Complex(_) = a {
        return of_complex(name, a);
    }
    // What is exactly known stays exact.
    match (name, a) {
        ("exp", Num::Int(0)) => return Ok(Num::Int(1)),
        ("log", Num::Int(0)) => return Err(Problem::Domain),
        ("log", Num::Int(1)) | ("sin" | "tan" | "asin" | "atan", Num::Int(0)) => {
            return Ok(Num::Int(0));
        }
        ("cos", Num::Int(0)) => return Ok(Num::Int(1)),
        ("acos", Num::Int(1)) => return Ok(Num::Int(0)),
        _ => {}
    }
    let x = to_float(a);
    Ok(Num::Float(match name {
        "exp" => x.exp(),
        "log" if x < 0.0 => {
            let re = log_magnitude(&neg(a));
            return Ok(complex(Num::Float(re), Num::Float(std::f64::consts::PI)));
        }
        "log" => log_magnitude(a),
        "sin" => x.sin(),
        "cos" => x.cos(),
        "tan" => x.tan(),
        "asin" | "acos" if x.abs() > 1.0 => return of_complex(name, a),
        "asin" => x.asin(),
        "acos" => x.acos(),
        "atan" => x.atan(),
        _ => return Err(Problem::Domain),
    }))
}

/// The logarithm of a positive number, however large.
fn log_magnitude(a: &Num) -> f64 {
    match a {
        Num::Big(big) => {
            let shift = big.bit_len().saturating_sub(64);
            let top = (big >> shift).to_f64().value();
            top.ln() + shift as f64 * std::f64::consts::LN_2
        }
        other => to_float(other).ln(),
    }
}

fn of_complex(name: &str, z: &Num) -> Result {
    let (x, y) = floats(z);
    let make = |re: f64, im: f64| Ok(complex(Num::Float(re), Num::Float(im)));
    let i = complex(Num::Int(0), Num::Int(1));
    match name {
        "exp" => make(x.exp() * y.cos(), x.exp() * y.sin()),
        "log" => make(x.hypot(y).ln(), y.atan2(x)),
        "sin" => make(x.sin() * y.cosh(), x.cos() * y.sinh()),
        "cos" => make(x.cos() * y.cosh(), -x.sin() * y.sinh()),
        "tan" => div(&of_complex("sin", z)?, &of_complex("cos", z)?),
        // -i log(iz + sqrt(1 - z^2))
        "asin" => {
            let root = sqrt(&sub(&Num::Int(1), &mul(z, z)?)?)?;
            let log = function("log", &add(&mul(&i, z)?, &root)?)?;
            mul(&neg(&i), &log)
        }
        "acos" => {
            let asin = of_complex("asin", z)?;
            sub(&Num::Float(std::f64::consts::FRAC_PI_2), &asin)
        }
        // (log(1 + iz) - log(1 - iz)) / 2i
        "atan" => {
            let iz = mul(&i, z)?;
            let plus = function("log", &add(&Num::Int(1), &iz)?)?;
            let minus = function("log", &sub(&Num::Int(1), &iz)?)?;
            div(&sub(&plus, &minus)?, &mul(&Num::Int(2), &i)?)
        }
        _ => Err(Problem::Domain),
    }
}

/// `atan` of two arguments, `magnitude` of both parts, or the number of a magnitude and an angle.
///
/// # Errors
/// For what is not real, and for two exact zeros.
pub fn function2(name: &str, a: &Num, b: &Num) -> Result {
    if !a.is_real() || !b.is_real() {
        return Err(Problem::Domain);
    }
    match name {
        "atan" => match (a, b) {
            (Num::Int(0), Num::Int(0)) => Err(Problem::Zero),
            (Num::Int(0), _) if b.is_exact() && super::sign(b) == Some(1) => Ok(Num::Int(0)),
            _ => Ok(Num::Float(to_float(a).atan2(to_float(b)))),
        },
        "magnitude" => match compare(b, &Num::Int(0)) {
            Some(Ordering::Equal) if super::sign(a) == Some(-1) => Ok(neg(a)),
            Some(Ordering::Equal) => Ok(a.clone()),
            _ => sqrt(&add(&mul(a, a)?, &mul(b, b)?)?),
        },
        "polar" => Ok(super::parse::polar(a, b)),
        _ => Err(Problem::Domain),
    }
}

/// The logarithm of `a` to the base `b`.
///
/// # Errors
/// Where it is not defined.
pub fn log_base(a: &Num, b: &Num) -> Result {
    let (x, y) = (function("log", a)?, function("log", b)?);
    if is_zero(&y) {
        return Err(Problem::Zero);
    }
    // Powers of two are common, and exact this way.
    if let (Num::Int(base), true) = (b, a.is_real())
        && super::sign(a) == Some(1)
    {
        let x = to_float(a);
        if x.is_finite() && *base == 2 {
            return Ok(Num::Float(x.log2()));
        }
        if x.is_finite() && *base == 10 {
            return Ok(Num::Float(x.log10()));
        }
    }
    div(&x, &y)
}
