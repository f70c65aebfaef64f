//! Numbers across their types: exact comparison, conversion to and from floats, text.

use std::cmp::Ordering;

use dashu_int::ops::BitTest;
use dashu_int::{IBig, Sign, UBig};
use holloway::{Heap, Val};

use super::Big;
use super::big::{self, BigExt};

/// A number, taken apart.
#[derive(Clone, Debug)]
pub enum Number {
    /// An int that fits a word.
    Int(i64),
    /// An int that does not.
    Big(IBig),
    /// A float.
    Float(f64),
}

/// The number that a value is.
pub fn number(heap: &Heap, value: Val) -> Option<Number> {
    if let Some(word) = value.as_int() {
        return Some(Number::Int(word));
    }
    if let Some(float) = value.as_float() {
        return Some(Number::Float(float));
    }
    value.cast::<Big>().map(|b| Number::Big(b.read(heap)))
}

/// Compares two numbers by mathematical value; `None` if one is NaN (or no number).
pub fn compare(heap: &Heap, a: Val, b: Val) -> Option<Ordering> {
    use Number::{Big, Float, Int};
    match (number(heap, a)?, number(heap, b)?) {
        (Int(a), Int(b)) => Some(a.cmp(&b)),
        (Float(a), Float(b)) => a.partial_cmp(&b),
        (Int(a), Float(b)) => compare_int_float(a, b),
        (Float(a), Int(b)) => compare_int_float(b, a).map(Ordering::reverse),
        (Big(a), Big(b)) => Some(a.cmp(&b)),
        // A large int lies beyond all words.
        (Big(a), Int(_)) => Some(beyond(&a)),
        (Int(_), Big(b)) => Some(beyond(&b).reverse()),
        (Big(a), Float(b)) => compare_big_float(&a, b),
        (Float(a), Big(b)) => compare_big_float(&b, a).map(Ordering::reverse),
    }
}

fn beyond(big: &IBig) -> Ordering {
    if big.sign() == Sign::Negative { Ordering::Less } else { Ordering::Greater }
}

/// Compares a word with a float exactly.
pub fn compare_int_float(a: i64, b: f64) -> Option<Ordering> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if b.is_nan() {
        return None;
    }
    if b >= LIMIT {
        return Some(Ordering::Less);
    }
    if b < -LIMIT {
        return Some(Ordering::Greater);
    }
    let whole = b.trunc();
    let fraction = if b > whole {
        Ordering::Less
    } else if b < whole {
        Ordering::Greater
    } else {
        Ordering::Equal
    };
    Some(a.cmp(&(whole as i64)).then(fraction))
}

fn compare_big_float(a: &IBig, b: f64) -> Option<Ordering> {
    if b.is_nan() {
        return None;
    }
    if b == f64::INFINITY {
        return Some(Ordering::Less);
    }
    if b == f64::NEG_INFINITY {
        return Some(Ordering::Greater);
    }
    // Where the whole parts are equal, the float is beyond 2^63 and has no fraction.
    Some(a.cmp(&float_to_ibig(b)))
}

/// The whole part of a finite float, exactly.
pub fn float_to_ibig(float: f64) -> IBig {
    let bits = float.to_bits();
    let exponent = (bits >> 52 & 0x7FF) as i64;
    let fraction = bits & ((1 << 52) - 1);
    let mantissa = if exponent == 0 { fraction } else { fraction | 1 << 52 };
    let shift = exponent.max(1) - 1075;
    let magnitude = if shift >= 0 {
        UBig::from(mantissa) << shift as usize
    } else if shift > -64 {
        UBig::from(mantissa >> -shift)
    } else {
        UBig::ZERO
    };
    IBig::from_parts(Sign::from(float.is_sign_negative()), magnitude)
}

/// The float that is nearest to a number; `None` if the value is no number.
pub fn to_f64(heap: &Heap, value: Val) -> Option<f64> {
    match number(heap, value)? {
        Number::Int(word) => Some(word as f64),
        Number::Float(float) => Some(float),
        Number::Big(big) => Some(big_to_f64(&big)),
    }
}

/// The nearest float, ties to even; an infinity beyond the range.
pub fn big_to_f64(big: &IBig) -> f64 {
    quotient(big, &IBig::ONE)
}

/// The float nearest to the exact quotient `a / b`, `b` not zero.
pub fn quotient(a: &IBig, b: &IBig) -> f64 {
    let negative = a.sign() != b.sign();
    let (a, b) = (a.clone().into_parts().1, b.clone().into_parts().1);
    if a.is_zero() {
        // As the floats 0.0 and b would give.
        return if negative { -0.0 } else { 0.0 };
    }
    // Scaled so that the whole part of the quotient has 66 or 67 bits.
    let shift = b.bit_len() as i64 - a.bit_len() as i64 + 66;
    let (scaled, divisor) =
        if shift >= 0 { (a << shift as usize, b) } else { (a, b << -shift as usize) };
    let whole = &scaled / &divisor;
    let inexact = &whole * &divisor != scaled;
    // Fits: at most 67 bits. The lowest bit stands for everything that was cut off.
    let digits = u128::try_from(whole).unwrap_or(u128::MAX) | u128::from(inexact);
    let magnitude = scale(digits, -shift);
    if negative { -magnitude } else { magnitude }
}

/// `digits * 2 ** exponent`, rounded once. `digits` has at least 66 bits.
fn scale(digits: u128, exponent: i64) -> f64 {
    let bits = 128 - i64::from(digits.leading_zeros());
    let top = bits - 1 + exponent;
    if top > 1023 {
        return f64::INFINITY;
    }
    // The weight of the last bit that a float of this size has.
    let last = (top - 52).max(-1074);
    let cut = last - exponent;
    if cut > 127 {
        return 0.0;
    }
    let kept = digits >> cut;
    let rest = digits & ((1 << cut) - 1);
    let half = 1u128 << (cut - 1);
    let up = rest > half || rest == half && kept & 1 == 1;
    let mantissa = (kept + u128::from(up)) as u64;
    // `mantissa * 2 ** last` is a float; rounding up may have made it one bit longer, or infinite.
    let biased = last + 1075;
    let encoded = if mantissa >> 52 == 0 {
        mantissa
    } else {
        ((biased as u64) << 52) + (mantissa - (1 << 52))
    };
    f64::from_bits(encoded.min(f64::INFINITY.to_bits()))
}

/// As Python's `repr`: the shortest digits that read back the same.
pub fn float_text(float: f64) -> String {
    if float.is_nan() {
        return "nan".to_owned();
    }
    if float.is_infinite() {
        return if float > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let scientific = shortest(float);
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        return positional(digits, exponent);
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}

/// The shortest digits that read back the same, in scientific form. Of two that are equally near, the
/// one whose last digit is even: that is what exact formatting with as many digits gives.
fn shortest(float: f64) -> String {
    let shortest = format!("{float:e}");
    let mantissa = shortest.split('e').next().unwrap_or_default();
    let digits = mantissa.bytes().filter(u8::is_ascii_digit).count();
    if digits <= 15 {
        return shortest; // no other number of as many digits is that near
    }
    let exact = format!("{float:.*e}", digits.saturating_sub(1));
    if exact.parse() == Ok(float) { exact } else { shortest }
}

/// `[-]d.ddd` times ten to the `exponent` without an exponent, and with at least one decimal.
fn positional(digits: &str, exponent: i32) -> String {
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", digits),
    };
    let digits = digits.replace('.', "");
    let Ok(point) = usize::try_from(exponent) else {
        let zeros = exponent.unsigned_abs() as usize - 1;
        return format!("{sign}0.{}{digits}", "0".repeat(zeros));
    };
    let point = point + 1;
    let padded = format!("{digits:0<point$}");
    let (whole, fraction) = padded.split_at(point);
    format!("{sign}{whole}.{}", if fraction.is_empty() { "0" } else { fraction })
}

/// The float that a text stands for, as the language writes them.
pub fn parse_float(text: &str) -> Option<f64> {
    let text = text.trim();
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned != "inf" && unsigned != "nan" && !is_decimal(unsigned) {
        return None;
    }
    text.parse().ok()
}

/// Digits, optionally with a fraction, optionally with an exponent.
fn is_decimal(text: &str) -> bool {
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let mantissa_ok = match mantissa.split_once('.') {
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => digits(mantissa),
    };
    let exponent_ok = exponent.is_none_or(|e| digits(e.strip_prefix(['+', '-']).unwrap_or(e)));
    mantissa_ok && exponent_ok
}

/// The int that a text stands for, if it is at most 18 digits and a sign.
pub fn parse_word(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    if digits.is_empty() || digits.len() > 18 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let int = digits.iter().fold(0, |int, digit| int * 10 + i64::from(digit - b'0'));
    Some(if negative { -int } else { int })
}

/// The int that a text stands for.
pub fn parse_int(text: &str) -> Option<IBig> {
    let text = text.trim();
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned.is_empty() || !unsigned.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let magnitude = match unsigned.parse::<u64>() {
        Ok(word) => UBig::from(word),
        Err(_) => UBig::from_str_radix(unsigned, 10).ok()?,
    };
    Some(IBig::from_parts(Sign::from(text.starts_with('-')), magnitude))
}

/// An estimate of the bits of a decimal number with that many digits, not below the truth.
pub fn decimal_bits(digits: usize) -> usize {
    digits.saturating_mul(10) / 3 + 2
}

/// The text of a large int.
pub fn big_text(heap: &Heap, big: holloway::Gc<Big>) -> String {
    big.read(heap).to_string()
}

/// The number of bits of a large int.
pub fn bit_length(int: &IBig) -> usize {
    int.bit_len().min(big::MAX_BITS + 1)
}

#[cfg(test)]
mod tests;
