//! Which instruction an operator becomes, by what its operands are.

use super::Operand;
use crate::bytecode::op::{Op, Slot};
use crate::syntax::ast::BinaryOp;

/// If there is an instruction with a constant on the right.
pub(super) fn takes_right_constant(op: BinaryOp) -> bool {
    use BinaryOp::{Add, Div, FloorDiv, Mod, Mul, Sub};
    matches!(op, Add | Sub | Mul | Div | FloorDiv | Mod)
}

/// If there is an instruction with a constant on the left.
pub(super) fn takes_left_constant(op: BinaryOp) -> bool {
    matches!(op, BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Div)
}

/// The instruction of an operator.
pub(super) fn binary(op: BinaryOp, d: Slot, a: Operand, b: Operand) -> Op {
    use Operand::{Konst, Slot};
    match (op, a, b) {
        (BinaryOp::Add, Slot(a), Konst(k)) => Op::AddK { d, a, k },
        (BinaryOp::Sub, Slot(a), Konst(k)) => Op::SubK { d, a, k },
        (BinaryOp::Mul, Slot(a), Konst(k)) => Op::MulK { d, a, k },
        (BinaryOp::Div, Slot(a), Konst(k)) => Op::DivK { d, a, k },
        (BinaryOp::FloorDiv, Slot(a), Konst(k)) => Op::FloorDivK { d, a, k },
        (BinaryOp::Mod, Slot(a), Konst(k)) => Op::ModK { d, a, k },
        (BinaryOp::Sub, Konst(k), Slot(b)) => Op::KSub { d, k, b },
        (BinaryOp::Mul, Konst(k), Slot(b)) => Op::KMul { d, k, b },
        (BinaryOp::Div, Konst(k), Slot(b)) => Op::KDiv { d, k, b },
        (_, Slot(a), Slot(b)) => on_slots(op, d, a, b),
        (_, Konst(_), _) | (_, _, Konst(_)) => {
            unreachable!("constants are operands only where an instruction takes them")
        }
    }
}

fn on_slots(op: BinaryOp, d: Slot, a: Slot, b: Slot) -> Op {
    match op {
        BinaryOp::Add => Op::Add { d, a, b },
        BinaryOp::Sub => Op::Sub { d, a, b },
        BinaryOp::Mul => Op::Mul { d, a, b },
        BinaryOp::Div => Op::Div { d, a, b },
        BinaryOp::FloorDiv => Op::FloorDiv { d, a, b },
        BinaryOp::Mod => Op::Mod { d, a, b },
        BinaryOp::Pow => Op::Pow { d, a, b },
        BinaryOp::BitAnd => Op::BitAnd { d, a, b },
        BinaryOp::BitOr => Op::BitOr { d, a, b },
        BinaryOp::BitXor => Op::BitXor { d, a, b },
        BinaryOp::Shl => Op::Shl { d, a, b },
        BinaryOp::Shr => Op::Shr { d, a, b },
        BinaryOp::Eq => Op::Eq { d, a, b },
        BinaryOp::Ne => Op::Ne { d, a, b },
        BinaryOp::Lt => Op::Lt { d, a, b },
        BinaryOp::Le => Op::Le { d, a, b },
        BinaryOp::Gt => Op::Gt { d, a, b },
        BinaryOp::Ge => Op::Ge { d, a, b },
    }
}

/// If an operator compares.
pub(in crate::bytecode) fn compares(op: BinaryOp) -> bool {
    use BinaryOp::{Eq, Ge, Gt, Le, Lt, Ne};
    matches!(op, Eq | Ne | Lt | Le | Gt | Ge)
}

/// The jump of a comparison.
pub(super) fn compare_and_jump(op: BinaryOp, want: bool, a: Slot, b: Operand) -> Op {
    let by = 0;
    match b {
        Operand::Slot(b) => match op {
            BinaryOp::Lt => Op::JumpLt { want, a, b, by },
            BinaryOp::Le => Op::JumpLe { want, a, b, by },
            BinaryOp::Gt => Op::JumpGt { want, a, b, by },
            BinaryOp::Ge => Op::JumpGe { want, a, b, by },
            BinaryOp::Ne => Op::JumpEq { want: !want, a, b, by },
            _ => Op::JumpEq { want, a, b, by },
        },
        Operand::Konst(k) => match op {
            BinaryOp::Lt => Op::JumpLtK { want, a, k, by },
            BinaryOp::Le => Op::JumpLeK { want, a, k, by },
            BinaryOp::Gt => Op::JumpGtK { want, a, k, by },
            BinaryOp::Ge => Op::JumpGeK { want, a, k, by },
            BinaryOp::Ne => Op::JumpEqK { want: !want, a, k, by },
            _ => Op::JumpEqK { want, a, k, by },
        },
    }
}
