//! Where instructions lead: what makes code, what reads it and what shows it share this.
//!
//! Invariant: every instruction is named here, so that a new jump cannot be taken for something that goes on behind itself.

use super::op::Op;

/// The operand of a jump that tells where it leads.
enum Way<'op> {
    /// To this instruction.
    To(&'op mut u32),
    /// So far from the instruction behind the jump.
    By(&'op mut i16),
}

impl Op {
    /// The instruction that it may go on with, if it is a jump and stands at `pc`.
    pub fn target(mut self, pc: u32) -> Option<u32> {
        self.way().map(|way| match way {
            Way::To(to) => *to,
            Way::By(by) => (pc + 1).wrapping_add_signed(i32::from(*by)),
        })
    }

    /// Makes a jump at `pc` lead to `target`; other instructions stay as they are. `None`: that is too far away.
    pub fn lead_to(&mut self, pc: u32, target: u32) -> Option<()> {
        match self.way() {
            None => {}
            Some(Way::To(to)) => *to = target,
            Some(Way::By(by)) => {
                *by = i16::try_from(i64::from(target) - i64::from(pc) - 1).ok()?;
            }
        }
        Some(())
    }

    /// May the instruction behind it come next?
    pub fn falls_through(self) -> bool {
        !matches!(
            self,
            Op::Jump { .. } | Op::Return { .. } | Op::CallCc { .. } | Op::Reinstate { .. }
        )
    }

    fn way(&mut self) -> Option<Way<'_>> {
        match self {
            Op::Jump { to }
            | Op::JumpTrue { to, .. }
            | Op::JumpFalse { to, .. }
            | Op::JumpNull { to, .. }
            | Op::JumpNotNull { to, .. }
            | Op::JumpPair { to, .. }
            | Op::JumpNotPair { to, .. }
            | Op::JumpIf { to, .. }
            | Op::JumpIfNot { to, .. } => Some(Way::To(to)),
            Op::JumpUnless { by, .. }
            | Op::JumpWhen { by, .. }
            | Op::JumpUnlessI { by, .. }
            | Op::JumpWhenI { by, .. } => Some(Way::By(by)),
            Op::Move { .. }
            | Op::Const { .. }
            | Op::Global { .. }
            | Op::SetGlobal { .. }
            | Op::Define { .. }
            | Op::Capture { .. }
            | Op::NewCell { .. }
            | Op::Cell { .. }
            | Op::SetCell { .. }
            | Op::Check { .. }
            | Op::Closure { .. }
            | Op::Patch { .. }
            | Op::Add { .. }
            | Op::Sub { .. }
            | Op::Mul { .. }
            | Op::AddI { .. }
            | Op::Compare { .. }
            | Op::Is { .. }
            | Op::Not { .. }
            | Op::Car { .. }
            | Op::Cdr { .. }
            | Op::Unary { .. }
            | Op::Binary { .. }
            | Op::VectorSet { .. }
            | Op::SetCar { .. }
            | Op::SetCdr { .. }
            | Op::RecordRef { .. }
            | Op::RecordSet { .. }
            | Op::Call { .. }
            | Op::TailCall { .. }
            | Op::CallGlobal { .. }
            | Op::TailCallGlobal { .. }
            | Op::CallCapture { .. }
            | Op::TailCallCapture { .. }
            | Op::CallBuiltin { .. }
            | Op::Return { .. }
            | Op::MergePoint { .. }
            | Op::Promote { .. }
            | Op::Apply { .. }
            | Op::CallCc { .. }
            | Op::Reinstate { .. }
            | Op::Underflow { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vm::op::Cmp;

    #[test]
    fn jumps_lead_where_they_are_sent() {
        for mut op in
            [Op::JumpNull { a: 2, to: 0 }, Op::JumpWhen { cmp: Cmp::Lt, a: 2, b: 3, by: 0 }]
        {
            for target in [0, 7, 8, 300] {
                assert_eq!(op.lead_to(7, target), Some(()));
                assert_eq!(op.target(7), Some(target));
            }
        }
    }

    #[test]
    fn a_short_jump_does_not_go_far() {
        let mut op = Op::JumpWhenI { cmp: Cmp::Lt, a: 2, i: 1, by: 0 };
        assert_eq!(op.lead_to(0, 32_768), Some(()));
        assert_eq!(op.lead_to(0, 32_769), None);
        assert_eq!(op.target(0), Some(32_768));
    }
}
