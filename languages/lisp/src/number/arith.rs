//! Addition, subtraction, multiplication, division of any numbers.

use dashu_int::IBig;
use dashu_int::ops::BitTest;

use super::{MAX_BITS, Num, Problem, Result, complex, ratio, to_float};

/// Two numbers brought to one kind.
enum Pair {
    Ints(IBig, IBig),
    Ratios((IBig, IBig), (IBig, IBig)),
    Floats(f64, f64),
    Complexes((Num, Num), (Num, Num)),
}

fn pair(a: &Num, b: &Num) -> Pair {
    match (a, b) {
        (Num::Complex(_), _) | (_, Num::Complex(_)) => {
            Pair::Complexes(a.clone().parts(), b.clone().parts())
        }
        (Num::Float(_), _) | (_, Num::Float(_)) => Pair::Floats(to_float(a), to_float(b)),
        (Num::Ratio(_), _) | (_, Num::Ratio(_)) => {
            let one = |n: &Num| n.to_ratio().unwrap_or((IBig::ZERO, IBig::ONE));
            Pair::Ratios(one(a), one(b))
        }
        _ => {
            let one = |n: &Num| n.to_ibig().unwrap_or(IBig::ZERO);
            Pair::Ints(one(a), one(b))
        }
    }
}

/// `a + b`
pub fn add(a: &Num, b: &Num) -> Result {
    Ok(match pair(a, b) {
        Pair::Ints(a, b) => (a + b).into(),
        Pair::Ratios((an, ad), (bn, bd)) => ratio(an * &bd + bn * &ad, ad * bd)?,
        Pair::Floats(a, b) => Num::Float(a + b),
        Pair::Complexes((a, b), (c, d)) => complex(add(&a, &c)?, add(&b, &d)?),
    })
}

/// `-a`
pub fn neg(a: &Num) -> Num {
    match a {
        Num::Int(a) => Num::from(-IBig::from(*a)),
        Num::Big(a) => (-a).into(),
        Num::Ratio(parts) => Num::Ratio(Box::new((-&parts.0, parts.1.clone()))),
        Num::Float(a) => Num::Float(-a),
        Num::Complex(parts) => complex(neg(&parts.0), neg(&parts.1)),
    }
}

/// `a - b`
pub fn sub(a: &Num, b: &Num) -> Result {
    match pair(a, b) {
        Pair::Floats(a, b) => Ok(Num::Float(a - b)),
        Pair::Complexes((a, b), (c, d)) => Ok(complex(sub(&a, &c)?, sub(&b, &d)?)),
        _ => add(a, &neg(b)),
    }
}

/// `a * b`
pub fn mul(a: &Num, b: &Num) -> Result {
    Ok(match pair(a, b) {
        Pair::Ints(a, b) => {
            if a.bit_len() + b.bit_len() > MAX_BITS {
                return Err(Problem::TooLarge);
            }
            (a * b).into()
        }
        Pair::Ratios((an, ad), (bn, bd)) => ratio(an * bn, ad * bd)?,
        // An exact zero wins over everything but a NaN or an infinity of the same kind of number.
        Pair::Floats(a, b) => Num::Float(a * b),
        Pair::Complexes((a, b), (c, d)) => {
            complex(sub(&mul(&a, &c)?, &mul(&b, &d)?)?, add(&mul(&a, &d)?, &mul(&b, &c)?)?)
        }
    })
}

/// `a / b`
pub fn div(a: &Num, b: &Num) -> Result {
    if matches!(b, Num::Int(0)) {
        return Err(Problem::Zero);
    }
    match pair(a, b) {
        Pair::Ints(a, b) => ratio(a, b),
        Pair::Ratios((an, ad), (bn, bd)) => ratio(an * bd, ad * bn),
        Pair::Floats(a, b) => Ok(Num::Float(a / b)),
        Pair::Complexes((a, b), (c, d)) => {
            let size = add(&mul(&c, &c)?, &mul(&d, &d)?)?;
            let re = add(&mul(&a, &c)?, &mul(&b, &d)?)?;
            let im = sub(&mul(&b, &c)?, &mul(&a, &d)?)?;
            Ok(complex(div(&re, &size)?, div(&im, &size)?))
        }
    }
}
