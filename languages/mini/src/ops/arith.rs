//! Arithmetic: ints overflow into large ints and come back, a float operand makes the result a float.

use dashu_int::ops::DivRem;
use dashu_int::{IBig, Sign};
use holloway::{Array, Gc, Val};

use super::{wrong_operand, wrong_operands};
use crate::error::{Error, Kind, Result};
use crate::host::Host;
use crate::value::big::{self, check_bits, from_i128, from_ibig, to_ibig};
use crate::value::number::{self, Number, bit_length};
use crate::value::text::{self, Str, StrExt};

/// The largest number of elements of an array.
const MAX_ELEMENTS: usize = holloway::heap::array::MAX_LEN;

/// Two numbers of one type.
pub(super) enum Pair {
    /// Words.
    Words(i64, i64),
    /// Ints, at least one of which is large.
    Bigs(IBig, IBig),
    /// Floats, at least one of which was one.
    Floats(f64, f64),
}

/// Brings two numbers to one type; `None` if one is no number.
pub(super) fn pair(host: &Host, a: Val, b: Val) -> Option<Pair> {
    if let (Some(a), Some(b)) = (a.as_int(), b.as_int()) {
        return Some(Pair::Words(a, b));
    }
    if a.as_float().is_some() || b.as_float().is_some() {
        let (a, b) = (number::to_f64(&host.heap, a)?, number::to_f64(&host.heap, b)?);
        return Some(Pair::Floats(a, b));
    }
    Some(Pair::Bigs(to_ibig(&host.heap, a)?, to_ibig(&host.heap, b)?))
}

/// `a + b`: numbers, two strings, two arrays.
pub fn add(host: &mut Host, a: Val, b: Val) -> Result<Val> {
    match pair(host, a, b) {
        Some(Pair::Words(a, b)) => from_i128(&mut host.heap, i128::from(a) + i128::from(b)),
        Some(Pair::Bigs(a, b)) => from_ibig(&mut host.heap, &(a + b)),
        Some(Pair::Floats(a, b)) => Ok(Val::float(a + b)),
        None => {
            if let (Some(a), Some(b)) = (a.cast::<Str>(), b.cast::<Str>()) {
                return concat(host, a, b).map(Val::object);
            }
            if let (Some(a), Some(b)) = (a.cast::<Array>(), b.cast::<Array>()) {
                return concat_arrays(host, a, b);
            }
            Err(wrong_operands("+", a, b))
        }
    }
}

/// `a + b` of strings.
pub fn concat(host: &mut Host, a: Gc<Str>, b: Gc<Str>) -> Result<Gc<Str>> {
    let length = a.byte_count() + b.byte_count();
    if length > u32::MAX as usize {
        check_length("a string", length as u128, u32::MAX as usize)?;
    }
    Ok(text::concat(&mut host.heap, a, b)?)
}

fn concat_arrays(host: &mut Host, a: Gc<Array>, b: Gc<Array>) -> Result<Val> {
    let total = a.count() + b.count();
    check_length("an array", total as u128, MAX_ELEMENTS)?;
    let sum = host.heap.new_array(total)?;
    for array in [a, b] {
        for index in 0..array.count() {
            if let Some(element) = array.load(index) {
                sum.push(&mut host.heap, element)?;
            }
        }
    }
    Ok(Val::object(sum))
}

fn check_length(what: &str, length: u128, most: usize) -> Result<()> {
    if length > most as u128 {
        return Err(Error::memory(&format!("{what} of length {length}")));
    }
    Ok(())
}

/// `a - b`
pub fn sub(host: &mut Host, a: Val, b: Val) -> Result<Val> {
    match pair(host, a, b) {
        Some(Pair::Words(a, b)) => from_i128(&mut host.heap, i128::from(a) - i128::from(b)),
        Some(Pair::Bigs(a, b)) => from_ibig(&mut host.heap, &(a - b)),
        Some(Pair::Floats(a, b)) => Ok(Val::float(a - b)),
        None => Err(wrong_operands("-", a, b)),
    }
}

/// `a * b`: numbers; a string or an array is repeated.
pub fn mul(host: &mut Host, a: Val, b: Val) -> Result<Val> {
    match pair(host, a, b) {
        Some(Pair::Words(a, b)) => from_i128(&mut host.heap, i128::from(a) * i128::from(b)),
        Some(Pair::Bigs(a, b)) => {
            check_bits((bit_length(&a) + bit_length(&b)).saturating_sub(1))?;
            from_ibig(&mut host.heap, &(a * b))
        }
        Some(Pair::Floats(a, b)) => Ok(Val::float(a * b)),
        None => repeat(host, a, b),
    }
}

fn repeat(host: &mut Host, a: Val, b: Val) -> Result<Val> {
    let (string, array) = (a.cast::<Str>(), a.cast::<Array>());
    let length = match (string, array) {
        (Some(string), _) => string.byte_count(),
        (_, Some(array)) => array.count(),
        _ => return Err(wrong_operands("*", a, b)),
    };
    let count = match (b.as_int(), to_ibig(&host.heap, b)) {
        (Some(count), _) => count.max(0) as u64,
        (None, Some(big)) if big.sign() == Sign::Negative => 0,
        (None, Some(_)) => u64::MAX,
        (None, None) => return Err(wrong_operands("*", a, b)),
    };
    // Nothing repeated is nothing, however often.
    let count = if length == 0 { 0 } else { count };
    let total = length as u128 * u128::from(count);
    if let Some(string) = string {
        check_length("a string", total, u32::MAX as usize)?;
        return Ok(Val::object(text::repeat(&mut host.heap, string, count as usize)?));
    }
    check_length("an array", total, MAX_ELEMENTS)?;
    host.check_room(total as usize * 8)?;
    repeat_array(host, array, count as usize)
}

fn repeat_array(host: &mut Host, array: Option<Gc<Array>>, count: usize) -> Result<Val> {
    let only = array.filter(|array| array.count() == 1).and_then(|array| array.load(0));
    let repeated = match only {
        Some(element) => host.heap.array_filled(count, element)?,
        None => {
            let elements = array.map(Gc::<Array>::to_vec).unwrap_or_default();
            let repeated = host.heap.new_array(elements.len() * count)?;
            for _ in 0..count {
                for element in &elements {
                    repeated.push(&mut host.heap, *element)?;
                }
            }
            repeated
        }
    };
    Ok(Val::object(repeated))
}

#[cold]
fn division_by_zero(op: &str) -> Error {
    Error::new(Kind::ZeroDivision, format!("`{op}` by zero"))
}

/// `a / b`: always a float, the one nearest to the exact quotient.
pub fn div(host: &mut Host, a: Val, b: Val) -> Result<Val> {
    const EXACT: u64 = 1 << 53;
    let quotient = match pair(host, a, b) {
        Some(Pair::Words(_, 0)) => return Err(division_by_zero("/")),
        Some(Pair::Words(a, b)) if a.unsigned_abs() <= EXACT && b.unsigned_abs() <= EXACT => {
            a as f64 / b as f64
        }
        Some(Pair::Words(a, b)) => number::quotient(&IBig::from(a), &IBig::from(b)),
        // A word that is zero is the only int that is.
        Some(Pair::Bigs(_, b)) if b.is_zero() => return Err(division_by_zero("/")),
        Some(Pair::Bigs(a, b)) => number::quotient(&a, &b),
        Some(Pair::Floats(_, 0.0)) => return Err(division_by_zero("/")),
        Some(Pair::Floats(a, b)) => a / b,
        None => return Err(wrong_operands("/", a, b)),
    };
    Ok(Val::float(quotient))
}

/// `a // b`, rounded down.
pub fn floor_div(host: &mut Host, a: Val, b: Val) -> Result<Val> {
    match pair(host, a, b) {
        Some(Pair::Words(_, 0)) => Err(division_by_zero("//")),
        Some(Pair::Words(a, b)) => from_i128(&mut host.heap, floor_div_words(a, b)),
        Some(Pair::Bigs(_, b)) if b.is_zero() => Err(division_by_zero("//")),
        Some(Pair::Bigs(a, b)) => from_ibig(&mut host.heap, &floor_div_mod(a, b).0),
        Some(Pair::Floats(_, 0.0)) => Err(division_by_zero("//")),
        Some(Pair::Floats(a, b)) => Ok(Val::float(floor_div_floats(a, b))),
        None => Err(wrong_operands("//", a, b)),
    }
}

fn floor_div_words(a: i64, b: i64) -> i128 {
    let (a, b) = (i128::from(a), i128::from(b));
    let quotient = a / b;
    if a % b != 0 && (a < 0) != (b < 0) { quotient - 1 } else { quotient }
}

/// `a % b`, with the sign of `b`.
pub fn modulo(host: &mut Host, a: Val, b: Val) -> Result<Val> {
    match pair(host, a, b) {
        Some(Pair::Words(_, 0)) => Err(division_by_zero("%")),
        Some(Pair::Words(a, b)) => {
            let rest = a.wrapping_rem(b);
            Ok(Val::int(if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest }))
        }
        Some(Pair::Bigs(_, b)) if b.is_zero() => Err(division_by_zero("%")),
        Some(Pair::Bigs(a, b)) => from_ibig(&mut host.heap, &floor_div_mod(a, b).1),
        Some(Pair::Floats(_, 0.0)) => Err(division_by_zero("%")),
        Some(Pair::Floats(a, b)) => Ok(Val::float(mod_floats(a, b))),
        None => Err(wrong_operands("%", a, b)),
    }
}

fn floor_div_mod(a: IBig, b: IBig) -> (IBig, IBig) {
    let (quotient, rest) = a.div_rem(&b);
    if !rest.is_zero() && rest.sign() != b.sign() {
        return (quotient - IBig::ONE, rest + b);
    }
    (quotient, rest)
}

/// `a % b` of floats, `b` not zero.
pub fn mod_floats(a: f64, b: f64) -> f64 {
    let rest = a % b;
    if rest == 0.0 {
        return f64::copysign(0.0, b);
    }
    if (b < 0.0) != (rest < 0.0) { rest + b } else { rest }
}

/// `a // b` of floats, `b` not zero.
pub fn floor_div_floats(a: f64, b: f64) -> f64 {
    let rest = a % b;
    let mut quotient = (a - rest) / b;
    if rest != 0.0 && (b < 0.0) != (rest < 0.0) {
        quotient -= 1.0;
    }
    if quotient == 0.0 {
        return f64::copysign(0.0, a / b);
    }
    let floor = quotient.floor();
    if quotient - floor > 0.5 { floor + 1.0 } else { floor }
}

/// `a ** b`: an int for ints with `b >= 0`, else C's `pow` of floats.
pub fn pow(host: &mut Host, a: Val, b: Val) -> Result<Val> {
    let (Some(base), Some(exponent)) =
        (number::number(&host.heap, a), number::number(&host.heap, b))
    else {
        return Err(wrong_operands("**", a, b));
    };
    match (&base, &exponent) {
        (Number::Float(_), _) | (_, Number::Float(_)) => {}
        (_, Number::Int(..0)) => {}
        (_, Number::Big(exponent)) if exponent.sign() == Sign::Negative => {}
        (Number::Int(base), Number::Int(exponent)) => {
            return pow_words(host, *base, *exponent as u64);
        }
        (Number::Int(base), Number::Big(exponent)) => {
            let odd = exponent % IBig::from(2) != IBig::ZERO;
            return match base {
                0 | 1 => Ok(Val::int(*base)),
                -1 => Ok(Val::int(if odd { -1 } else { 1 })),
                _ => Err(too_many_bits()),
            };
        }
        (Number::Big(base), Number::Int(exponent)) => {
            return pow_big(host, base, *exponent as u64);
        }
        (Number::Big(_), Number::Big(_)) => return Err(too_many_bits()),
    }
    let float = |value| number::to_f64(&host.heap, value).unwrap_or(f64::NAN);
    Ok(Val::float(float(a).powf(float(b))))
}

#[cold]
fn too_many_bits() -> Error {
    Error::memory(&format!("an int of more than {} bits", big::MAX_BITS))
}

fn pow_words(host: &mut Host, base: i64, exponent: u64) -> Result<Val> {
    match base {
        0 | 1 => return Ok(Val::int(if exponent == 0 { 1 } else { base })),
        -1 => return Ok(Val::int(if exponent % 2 == 1 { -1 } else { 1 })),
        _ => {}
    }
    if let Ok(small) = u32::try_from(exponent)
        && let Some(power) = base.checked_pow(small)
    {
        return Ok(Val::int(power));
    }
    pow_big(host, &IBig::from(base), exponent)
}

/// `base ** exponent` with `base` beyond -1..=1.
fn pow_big(host: &mut Host, base: &IBig, exponent: u64) -> Result<Val> {
    // A number of n bits is at least 2 ** (n - 1), so its power has at least (n - 1) * exponent bits.
    let least = (bit_length(base) as u128 - 1) * u128::from(exponent);
    check_bits(usize::try_from(least).unwrap_or(usize::MAX))?;
    host.check_room(least as usize / 8)?;
    let power = base.pow(exponent as usize);
    from_ibig(&mut host.heap, &power)
}

/// `-a`
pub fn neg(host: &mut Host, a: Val) -> Result<Val> {
    match number::number(&host.heap, a) {
        Some(Number::Int(a)) => from_i128(&mut host.heap, -i128::from(a)),
        Some(Number::Big(a)) => from_ibig(&mut host.heap, &-a),
        Some(Number::Float(a)) => Ok(Val::float(-a)),
        None => Err(wrong_operand("-", a)),
    }
}
