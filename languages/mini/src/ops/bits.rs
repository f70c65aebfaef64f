//! Bit operators: on ints only, as if in two's complement with endless sign bits.

use dashu_int::{IBig, Sign};
use holloway::Val;

use super::arith::{Pair, pair};
use super::{wrong_operand, wrong_operands};
use crate::error::{Error, Result};
use crate::host::Host;
use crate::value::big::{check_bits, from_ibig, to_ibig};
use crate::value::number::bit_length;

fn bitwise(
    host: &mut Host,
    op: &str,
    (a, b): (Val, Val),
    words: fn(i64, i64) -> i64,
    bigs: fn(IBig, IBig) -> IBig,
) -> Result<Val> {
    match pair(host, a, b) {
        Some(Pair::Words(a, b)) => Ok(Val::int(words(a, b))),
        Some(Pair::Bigs(a, b)) => from_ibig(&mut host.heap, &bigs(a, b)),
        _ => Err(wrong_operands(op, a, b)),
    }
}

/// `a & b`
pub fn and(host: &mut Host, a: Val, b: Val) -> Result<Val> {
    bitwise(host, "&", (a, b), |a, b| a & b, |a, b| a & b)
}

/// `a | b`
pub fn or(host: &mut Host, a: Val, b: Val) -> Result<Val> {
    bitwise(host, "|", (a, b), |a, b| a | b, |a, b| a | b)
}

/// `a ^ b`
pub fn xor(host: &mut Host, a: Val, b: Val) -> Result<Val> {
    bitwise(host, "^", (a, b), |a, b| a ^ b, |a, b| a ^ b)
}

/// `~a`
pub fn not(host: &mut Host, a: Val) -> Result<Val> {
    if let Some(word) = a.as_int() {
        return Ok(Val::int(!word));
    }
    match to_ibig(&host.heap, a) {
        Some(big) => from_ibig(&mut host.heap, &!big),
        None => Err(wrong_operand("~", a)),
    }
}

/// The count of a shift: `None` if it is larger than any int has bits.
fn count(op: &str, by: &IBig) -> Result<Option<usize>> {
    if by.sign() == Sign::Negative && !by.is_zero() {
        return Err(Error::value(format!("`{op}` by a negative count")));
    }
    Ok(usize::try_from(by).ok())
}

fn operands(host: &Host, op: &str, a: Val, b: Val) -> Result<(IBig, IBig)> {
    match (to_ibig(&host.heap, a), to_ibig(&host.heap, b)) {
        (Some(a), Some(b)) => Ok((a, b)),
        _ => Err(wrong_operands(op, a, b)),
    }
}

/// `a << b`
pub fn shl(host: &mut Host, a: Val, b: Val) -> Result<Val> {
    if let (Some(a), Some(b @ 0..=62)) = (a.as_int(), b.as_int())
        && (a << b) >> b == a
    {
        return Ok(Val::int(a << b));
    }
    let (value, by) = operands(host, "<<", a, b)?;
    let count = count("<<", &by)?;
    if value.is_zero() {
        return Ok(Val::int(0));
    }
    let count = count.unwrap_or(usize::MAX);
    check_bits(bit_length(&value).saturating_add(count))?;
    host.check_room(count / 8)?;
    from_ibig(&mut host.heap, &(value << count))
}

/// `a >> b`, rounded down.
pub fn shr(host: &mut Host, a: Val, b: Val) -> Result<Val> {
    if let (Some(a), Some(b @ 0..)) = (a.as_int(), b.as_int()) {
        return Ok(Val::int(a >> b.min(63)));
    }
    let (value, by) = operands(host, ">>", a, b)?;
    match count(">>", &by)? {
        Some(count) if count < bit_length(&value) => {
            // Towards minus infinity: of a negative number the complement is shifted.
            let shifted =
                if value.sign() == Sign::Negative { !(!value >> count) } else { value >> count };
            from_ibig(&mut host.heap, &shifted)
        }
        _ => Ok(Val::int(if value.sign() == Sign::Negative { -1 } else { 0 })),
    }
}
