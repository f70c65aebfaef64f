//! The fact about an op's result that follows from the facts about its operands.

use crate::optimize::context::Context;
use crate::optimize::fact::Fact;
use crate::trace::Opcode::*;
use crate::trace::{Access, Op, Opcode, Ref, Width};

/// What is known about the result of an integer op.
pub(super) fn fact(cx: &Context<'_>, op: &Op) -> Fact {
    let [a, b, _] = op.args;
    let fact = |r: Ref| if r == Ref::NONE { Fact::ANY } else { cx.fact(r) };
    match op.code {
        BoolToInt => Fact::range(0, 1),
        FieldLoad | ElemLoad => op.access().lookup().map_or(Fact::ANY, loaded),
        code if code.operands().len() == 2 => binary(code, fact(a), fact(b)),
        IntNeg => binary(IntSub, Fact::exact(0), fact(a)),
        IntNot => {
            let a = fact(a);
            Fact { lo: !a.hi, hi: !a.lo, zeros: a.ones, ones: a.zeros }
        }
        _ => Fact::ANY,
    }
}

fn loaded(access: &Access) -> Fact {
    match access.width {
        Width::Word(_) => Fact::ANY,
        Width::Byte | Width::Tag => Fact::range(0, 0xff),
        Width::Half => Fact::range(0, 0xffff_ffff),
    }
}

/// The least and greatest exact result of a sum, difference or product.
pub(super) fn exact_bounds(code: Opcode, a: Fact, b: Fact) -> Option<(i128, i128)> {
    let (alo, ahi) = (i128::from(a.lo), i128::from(a.hi));
    let (blo, bhi) = (i128::from(b.lo), i128::from(b.hi));
    match code {
        IntAdd | IntAddOvf | IntAddOverflows => Some((alo + blo, ahi + bhi)),
        IntSub | IntSubOvf | IntSubOverflows => Some((alo - bhi, ahi - blo)),
        IntMul | IntMulOvf | IntMulOverflows => {
            let ends = [alo * blo, alo * bhi, ahi * blo, ahi * bhi];
            Some((*ends.iter().min()?, *ends.iter().max()?))
        }
        _ => None,
    }
}

fn binary(code: Opcode, a: Fact, b: Fact) -> Fact {
    match code {
        IntAdd | IntSub | IntMul | IntAddOvf | IntSubOvf | IntMulOvf => arithmetic(code, a, b),
        IntAnd => {
            let bits = Fact::bits(a.zeros | b.zeros, a.ones & b.ones);
            // A natural mask bounds the result.
            let hi = match (a.is_natural(), b.is_natural()) {
                (true, true) => a.hi.min(b.hi),
                (true, false) => a.hi,
                (false, true) => b.hi,
                (false, false) => return bits,
            };
            bits.and(Fact::range(0, hi)).unwrap_or(bits)
        }
        IntOr => Fact::bits(a.zeros & b.zeros, a.ones | b.ones),
        IntXor => {
            Fact::bits(a.zeros & b.zeros | a.ones & b.ones, a.zeros & b.ones | a.ones & b.zeros)
        }
        IntShl | IntShr | UintShr => match b.value() {
            Some(by) => shift(code, a, by as u32 & 63),
            None if a.is_natural() && code != IntShl => Fact::range(0, a.hi),
            None => Fact::ANY,
        },
        IntRem | IntFloormod => remainder(code, a, b),
        IntDiv | IntFloordiv => quotient(a, b),
        IntMulhi if a.is_natural() && b.is_natural() => Fact::range(0, a.hi.min(b.hi)),
        _ => Fact::ANY,
    }
}

fn arithmetic(code: Opcode, a: Fact, b: Fact) -> Fact {
    let Some((lo, hi)) = exact_bounds(code, a, b) else { return Fact::ANY };
    let (min, max) = (i128::from(i64::MIN), i128::from(i64::MAX));
    let checked = matches!(code, IntAddOvf | IntSubOvf | IntMulOvf);
    let range = if checked || (lo >= min && hi <= max) {
        // What is checked was within bounds, or we are not here.
        Fact::range(lo.clamp(min, max) as i64, hi.clamp(min, max) as i64)
    } else {
        Fact::ANY
    };
    // Low bits that are 0 on both sides stay 0; those of factors add up.
    let (za, zb) = (a.zeros.trailing_ones(), b.zeros.trailing_ones());
    let zeros = if matches!(code, IntMul | IntMulOvf) { za + zb } else { za.min(zb) };
    let low = if zeros >= 64 { !0 } else { (1 << zeros) - 1 };
    range.and(Fact::bits(low, 0)).unwrap_or(range)
}

fn shift(code: Opcode, a: Fact, by: u32) -> Fact {
    match code {
        IntShl => {
            let low = (1u64 << by) - 1;
            let bits = Fact::bits(a.zeros << by | low, a.ones << by);
            let (lo, hi) = (a.lo << by, a.hi << by);
            // The range moves along if no bit is lost at either end.
            if lo >> by == a.lo && hi >> by == a.hi {
                bits.and(Fact::range(lo, hi)).unwrap_or(bits)
            } else {
                bits
            }
        }
        IntShr => Fact::range(a.lo >> by, a.hi >> by),
        _ if by == 0 => a,
        _ => {
            let bits = Fact::bits(a.zeros >> by | !(u64::MAX >> by), a.ones >> by);
            let range =
                if a.is_natural() { Fact::range(a.lo >> by, a.hi >> by) } else { Fact::ANY };
            bits.and(range).unwrap_or(bits)
        }
    }
}

fn remainder(code: Opcode, a: Fact, b: Fact) -> Fact {
    if b.lo <= 0 {
        return Fact::ANY;
    }
    let most = b.hi - 1;
    match code {
        IntFloormod if a.is_natural() => Fact::range(0, most.min(a.hi)),
        IntFloormod => Fact::range(0, most),
        _ if a.is_natural() => Fact::range(0, most.min(a.hi)),
        _ => Fact::range(-most, if a.hi <= 0 { 0 } else { most }),
    }
}

fn quotient(a: Fact, b: Fact) -> Fact {
    if b.lo <= 0 || a.lo == i64::MIN {
        return Fact::ANY;
    }
    // Dividing by a positive number takes every quotient towards zero, and a floor at most one further, not
    // past `a.lo`.
    Fact::range(a.lo.min(0), a.hi.max(0))
}
