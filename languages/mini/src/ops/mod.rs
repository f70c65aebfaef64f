//! The operators of the language on any values: what both engines do when no faster way is known.
//!
//! * `arith`: `+ - * / // % **` and negation
//! * `bits`: `& | ^ << >> ~`
//! * `compare`: `== < ..`
//! * `field`: `o.k`, `o.k = v`, methods
//! * `index`: `a[i]` and `a[i] = v`
//! * `iteration`: `for` through keys
//! * `range`: the numbers of `range(..)`

pub mod arith;
pub mod bits;
pub mod compare;
pub mod field;
pub mod index;
pub mod iteration;
pub mod range;

use holloway::Val;

use crate::error::{Error, Result};
use crate::host::Host;
use crate::syntax::ast::{BinaryOp, UnaryOp};
use crate::value::{is_true, type_name};

/// `left op right`
pub fn binary(host: &mut Host, op: BinaryOp, left: Val, right: Val) -> Result<Val> {
    match op {
        BinaryOp::Add => arith::add(host, left, right),
        BinaryOp::Sub => arith::sub(host, left, right),
        BinaryOp::Mul => arith::mul(host, left, right),
        BinaryOp::Div => arith::div(host, left, right),
        BinaryOp::FloorDiv => arith::floor_div(host, left, right),
        BinaryOp::Mod => arith::modulo(host, left, right),
        BinaryOp::Pow => arith::pow(host, left, right),
        BinaryOp::BitAnd => bits::and(host, left, right),
        BinaryOp::BitOr => bits::or(host, left, right),
        BinaryOp::BitXor => bits::xor(host, left, right),
        BinaryOp::Shl => bits::shl(host, left, right),
        BinaryOp::Shr => bits::shr(host, left, right),
        BinaryOp::Eq => Ok(Val::bool(compare::equal(host, left, right))),
        BinaryOp::Ne => Ok(Val::bool(!compare::equal(host, left, right))),
        BinaryOp::Lt => compare::lt(host, left, right).map(Val::bool),
        BinaryOp::Le => compare::le(host, left, right).map(Val::bool),
        BinaryOp::Gt => compare::gt(host, left, right).map(Val::bool),
        BinaryOp::Ge => compare::ge(host, left, right).map(Val::bool),
    }
}

/// `op operand`
pub fn unary(host: &mut Host, op: UnaryOp, operand: Val) -> Result<Val> {
    match op {
        UnaryOp::Neg => arith::neg(host, operand),
        UnaryOp::BitNot => bits::not(host, operand),
        UnaryOp::Not => Ok(Val::bool(!is_true(operand))),
    }
}

/// The `type` error of an operator that does not take these operands.
#[cold]
pub fn wrong_operands(op: &str, left: Val, right: Val) -> Error {
    let (left, right) = (type_name(left), type_name(right));
    Error::wrong_type(format!("`{op}` does not take {left} and {right}"))
}

/// The `type` error of an operator that does not take this operand.
#[cold]
pub fn wrong_operand(op: &str, operand: Val) -> Error {
    Error::wrong_type(format!("`{op}` does not take {}", type_name(operand)))
}

#[cfg(test)]
mod tests;
