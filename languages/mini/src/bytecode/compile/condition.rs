//! Expressions that are jumped on: their value is never made.

use super::Function;
use crate::bytecode::peephole::{Label, compares};
use crate::error::Result;
use crate::syntax::ast::{Expr, ExprKind, LogicalOp, UnaryOp};

impl<'a> Function<'_, '_, 'a> {
    /// Jumps to `label` if the expression is true, or not, as `want` says; else goes on.
    pub(super) fn condition(&mut self, expr: &Expr<'a>, want: bool, label: Label) -> Result<()> {
        match &expr.kind {
            ExprKind::Unary { op: UnaryOp::Not, operand } => self.condition(operand, !want, label),
            ExprKind::Logical { op, left, right } => {
                // The left side alone decides if it is false (and), true (or).
                let decided = *op == LogicalOp::Or;
                if decided == want {
                    self.condition(left, want, label)?;
                    return self.condition(right, want, label);
                }
                let skip = self.emitter.label();
                self.condition(left, decided, skip)?;
                self.condition(right, want, label)?;
                self.emitter.bind(skip);
                Ok(())
            }
            ExprKind::Binary { op, left, right, .. } if compares(*op) => {
                self.expr(left)?;
                self.expr(right)?;
                self.at(expr.place());
                self.emitter.compare_and_jump(*op, want, label);
                Ok(())
            }
            _ => {
                self.expr(expr)?;
                self.emitter.jump_if(want, label);
                Ok(())
            }
        }
    }
}
