//! The numeric tower on the host's side: exact integers of any size, exact rationals, doubles, and
//! complex numbers of two of these.
//!
//! The dispatch loop handles words and doubles itself; whatever is larger, or mixed, comes here as
//! a [`Num`] and goes back as one.
//!
//! Invariant: a `Big` does not fit a word; a `Ratio` is in lowest terms with a denominator above 1;
//! the imaginary part of a `Complex` is not an exact 0. So exact numbers are equal if and only if
//! their representations are.

mod arith;
mod compare;
mod convert;
mod divide;
mod parse;
mod print;
mod transcendental;

#[cfg(test)]
mod tests;

pub use arith::{add, div, mul, neg, sub};
pub use compare::{compare, equal, is_zero, sign};
pub use convert::{to_exact, to_float, to_inexact};
pub use divide::{Rounding, euclid, gcd, round_to};
pub use parse::{parse, parse_prefixed};
pub use print::to_text;
pub use transcendental::{exact_root, expt, function, function2, log_base, sqrt};

use dashu_int::IBig;

/// A number.
#[derive(Clone, Debug, PartialEq)]
pub enum Num {
    /// An exact integer that fits a word.
    Int(i64),
    /// An exact integer that does not.
    Big(IBig),
    /// A fraction: numerator and denominator.
    Ratio(Box<(IBig, IBig)>),
    /// A double.
    Float(f64),
    /// Real and imaginary part.
    Complex(Box<(Num, Num)>),
}

impl From<IBig> for Num {
    fn from(int: IBig) -> Num {
        match i64::try_from(&int) {
            Ok(word) => Num::Int(word),
            Err(_) => Num::Big(int),
        }
    }
}

/// Why there is no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Division by an exact zero.
    Zero,
    /// The operation is not defined for such a number.
    Domain,
    /// The result would be too large to be kept.
    TooLarge,
}

/// The result of an operation that may have none.
pub type Result<T = Num> = std::result::Result<T, Problem>;

/// The largest exact integer, in bits.
pub const MAX_BITS: usize = 1 << 31;

impl Num {
    /// An exact number?
    pub fn is_exact(&self) -> bool {
        match self {
            Num::Float(_) => false,
            Num::Complex(parts) => parts.0.is_exact() && parts.1.is_exact(),
            _ => true,
        }
    }

    /// An exact integer as a large one.
    pub fn to_ibig(&self) -> Option<IBig> {
        match self {
            Num::Int(word) => Some(IBig::from(*word)),
            Num::Big(big) => Some(big.clone()),
            _ => None,
        }
    }

    /// Numerator and denominator of an exact real number.
    pub fn to_ratio(&self) -> Option<(IBig, IBig)> {
        match self {
            Num::Ratio(parts) => Some((**parts).clone()),
            other => other.to_ibig().map(|int| (int, IBig::ONE)),
        }
    }

    /// A real number?
    pub fn is_real(&self) -> bool {
        !matches!(self, Num::Complex(_))
    }

    /// A rational number: real and finite.
    pub fn is_rational(&self) -> bool {
        match self {
            Num::Float(float) => float.is_finite(),
            Num::Complex(_) => false,
            _ => true,
        }
    }

    /// An integer, exact or not.
    pub fn is_integer(&self) -> bool {
        match self {
            Num::Int(_) | Num::Big(_) => true,
            Num::Float(float) => float.is_finite() && float.fract() == 0.0,
            Num::Ratio(_) | Num::Complex(_) => false,
        }
    }

    /// Real and imaginary part.
    pub fn parts(self) -> (Num, Num) {
        match self {
            Num::Complex(parts) => *parts,
            real => (real, Num::Int(0)),
        }
    }
}

/// The fraction of two integers, in lowest terms.
pub fn ratio(numerator: IBig, denominator: IBig) -> Result {
    use dashu_int::ops::Gcd;
    if denominator == IBig::ZERO {
        return Err(Problem::Zero);
    }
    let common = IBig::from((&numerator).gcd(&denominator));
    let (mut n, mut d) = (numerator / &common, denominator / &common);
    if d < IBig::ZERO {
        (n, d) = (-n, -d);
    }
    Ok(if d == IBig::ONE { n.into() } else { Num::Ratio(Box::new((n, d))) })
}

/// The complex number with these parts; the real one if the imaginary part is an exact 0.
pub fn complex(re: Num, im: Num) -> Num {
    match im {
        Num::Int(0) => re,
        im => Num::Complex(Box::new((re, im))),
    }
}
