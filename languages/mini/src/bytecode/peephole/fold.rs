//! Constant folding: operators on two numbers, as long as nothing can go wrong and no object is made.

use holloway::Val;

use crate::ops::arith::{floor_div_floats, mod_floats};
use crate::syntax::ast::BinaryOp;

/// What an operator gives for two constants, if that is known before the program runs.
pub(super) fn binary(op: BinaryOp, a: Val, b: Val) -> Option<Val> {
    if let (Some(a), Some(b)) = (a.as_int(), b.as_int()) {
        return ints(op, a, b);
    }
    floats(op, float(a)?, float(b)?)
}

/// A number as a float, if that is exact.
fn float(value: Val) -> Option<f64> {
    match value.as_int() {
        Some(int) if int.unsigned_abs() <= 1 << 53 => Some(int as f64),
        Some(_) => None,
        None => value.as_float(),
    }
}

fn ints(op: BinaryOp, a: i64, b: i64) -> Option<Val> {
    let int = match op {
        BinaryOp::Add => a.checked_add(b)?,
        BinaryOp::Sub => a.checked_sub(b)?,
        BinaryOp::Mul => a.checked_mul(b)?,
        BinaryOp::FloorDiv if b > 0 => a.div_euclid(b),
        BinaryOp::Mod if b > 0 => a.rem_euclid(b),
        BinaryOp::BitAnd => a & b,
        BinaryOp::BitOr => a | b,
        BinaryOp::BitXor => a ^ b,
        BinaryOp::Shl if (0..=62).contains(&b) && (a << b) >> b == a => a << b,
        BinaryOp::Shr if b >= 0 => a >> b.min(63),
        BinaryOp::Pow => a.checked_pow(u32::try_from(b).ok()?)?,
        BinaryOp::Div if b != 0 => return floats(op, float(Val::int(a))?, float(Val::int(b))?),
        BinaryOp::Eq => return Some(Val::bool(a == b)),
        BinaryOp::Ne => return Some(Val::bool(a != b)),
        BinaryOp::Lt => return Some(Val::bool(a < b)),
        BinaryOp::Le => return Some(Val::bool(a <= b)),
        BinaryOp::Gt => return Some(Val::bool(a > b)),
        BinaryOp::Ge => return Some(Val::bool(a >= b)),
        _ => return None,
    };
    Some(Val::int(int))
}

fn floats(op: BinaryOp, a: f64, b: f64) -> Option<Val> {
    let float = match op {
        BinaryOp::Add => a + b,
        BinaryOp::Sub => a - b,
        BinaryOp::Mul => a * b,
        BinaryOp::Div if b != 0.0 => a / b,
        BinaryOp::FloorDiv if b != 0.0 => floor_div_floats(a, b),
        BinaryOp::Mod if b != 0.0 => mod_floats(a, b),
        BinaryOp::Eq => return Some(Val::bool(a == b)),
        BinaryOp::Ne => return Some(Val::bool(a != b)),
        BinaryOp::Lt => return Some(Val::bool(a < b)),
        BinaryOp::Le => return Some(Val::bool(a <= b)),
        BinaryOp::Gt => return Some(Val::bool(a > b)),
        BinaryOp::Ge => return Some(Val::bool(a >= b)),
        _ => return None,
    };
    Some(Val::float(float))
}

/// What `-` gives for a constant.
pub(super) fn negate(value: Val) -> Option<Val> {
    match value.as_int() {
        Some(int) => int.checked_neg().map(Val::int),
        None => value.as_float().map(|f| Val::float(-f)),
    }
}
