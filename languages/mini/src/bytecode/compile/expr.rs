//! Expressions and variables: each leaves its value on the stack.

use holloway::Val;

use super::Function;
use crate::bytecode::op::{Konst, Op};
use crate::error::Result;
use crate::syntax::ast::{Expr, ExprKind, LogicalOp, Name, UnaryOp};
use crate::syntax::resolve::Place;
use crate::value::{big, builtin};

/// So many elements of an array literal are on the stack at a time.
const CHUNK: usize = 64;

impl<'a> Function<'_, '_, 'a> {
    /// Pushes the value of an expression.
    pub(super) fn expr(&mut self, expr: &Expr<'a>) -> Result<()> {
        match &expr.kind {
            ExprKind::Nil => self.emitter.push_const(Val::NIL),
            ExprKind::Bool(truth) => self.emitter.push_const(Val::bool(*truth)),
            ExprKind::Int(int) => self.emitter.push_const(Val::int(*int)),
            ExprKind::Float(float) => self.emitter.push_const(Val::float(*float)),
            ExprKind::BigInt { digits, radix } => {
                let value = big::from_digits(&mut self.compiler.machine.host.heap, digits, *radix)?;
                self.emitter.push_const(value);
            }
            ExprKind::String(text) => {
                let value = self.compiler.machine.literal(text)?;
                self.emitter.push_const(value);
            }
            ExprKind::Name(name) => self.read(*name)?,
            ExprKind::Array(elements) => self.array(elements)?,
            ExprKind::Function(function) => {
                self.at(self.statement);
                self.closure(function)?;
            }
            ExprKind::Unary { op, operand } => self.unary(expr, *op, operand)?,
            ExprKind::Binary { op, left, right, .. } => {
                self.expr(left)?;
                self.expr(right)?;
                self.at(expr.place());
                self.emitter.binary(*op);
            }
            ExprKind::Logical { op, left, right } => self.logical(*op, left, right)?,
            ExprKind::Call { callee, arguments } => self.call(expr, callee, arguments)?,
            ExprKind::Index { object, index } => {
                self.expr(object)?;
                self.expr(index)?;
                self.at(expr.place());
                self.emitter.binary_with(|d, a, i| Op::Index { d, a, i });
            }
            ExprKind::Object(pairs) => self.object(pairs)?,
            ExprKind::Field { object, field } => {
                let k = self.site(field.text);
                self.expr(object)?;
                self.at(field.span);
                self.emitter.unary(|d, a| Op::Field { d, a, k });
            }
            ExprKind::Super { this, base, field } => {
                let d = self.super_method(*this, *base, *field)?;
                self.emitter.emit(Op::BindMethod { d });
                self.emitter.pop_many(1);
            }
        }
        Ok(())
    }

    /// An expression whose value nobody wants.
    pub(super) fn effect(&mut self, expr: &Expr<'a>) -> Result<()> {
        if let ExprKind::Call { callee, arguments } = &expr.kind
            && self.push_call(expr, callee, arguments)?
        {
            return Ok(());
        }
        self.expr(expr)?;
        self.emitter.drop_top();
        Ok(())
    }

    fn unary(&mut self, expr: &Expr<'a>, op: UnaryOp, operand: &Expr<'a>) -> Result<()> {
        self.expr(operand)?;
        self.at(expr.place());
        match op {
            UnaryOp::Neg => self.emitter.negate(),
            UnaryOp::BitNot => self.emitter.unary(|d, a| Op::BitNot { d, a }),
            UnaryOp::Not => self.emitter.unary(|d, a| Op::Not { d, a }),
        }
        Ok(())
    }

    fn logical(&mut self, op: LogicalOp, left: &Expr<'a>, right: &Expr<'a>) -> Result<()> {
        let end = self.emitter.label();
        self.expr(left)?;
        let a = self.emitter.settle_top();
        // Whichever side is taken, its value ends up in this slot.
        self.emitter.emit_jump(Op::JumpIf { want: op == LogicalOp::Or, a, to: 0 }, end);
        self.emitter.pop_many(1);
        self.expr(right)?;
        self.emitter.settle_top();
        self.emitter.bind(end);
        Ok(())
    }

    fn array(&mut self, elements: &[Expr<'a>]) -> Result<()> {
        let statement = self.statement;
        if elements.len() <= CHUNK {
            let first = self.elements(elements)?;
            self.at(statement);
            self.emitter.pop_many(elements.len());
            let count = elements.len() as u16;
            self.emitter.push_op(|d| Op::Array { d, first, count });
            return Ok(());
        }
        self.at(statement);
        let d = self.emitter.push_op(|d| Op::Array { d, first: d, count: 0 });
        for chunk in elements.chunks(CHUNK) {
            let first = self.elements(chunk)?;
            self.at(statement);
            self.emitter.emit(Op::Extend { d, first, count: chunk.len() as u16 });
            self.emitter.pop_many(chunk.len());
        }
        Ok(())
    }

    /// Pushes values into consecutive slots, and tells the first.
    pub(super) fn elements(&mut self, elements: &[Expr<'a>]) -> Result<u16> {
        let first = self.emitter.height() as u16;
        for element in elements {
            self.expr(element)?;
            self.emitter.settle_top();
        }
        Ok(first)
    }

    /// The constant of a text.
    pub(super) fn text_const(&mut self, text: &str) -> Result<Konst> {
        let value = self.compiler.machine.literal(text)?;
        Ok(self.emitter.konst(value))
    }

    /// The constant of a global's cell, and if the global may be assigned.
    pub(super) fn global(&mut self, global: u32) -> (Konst, bool) {
        let (cell, assigned) = self.compiler.machine.global(global);
        (self.emitter.konst(cell), assigned)
    }

    /// Pushes the value of a variable.
    pub(super) fn read(&mut self, name: Name<'a>) -> Result<()> {
        let info = self.resolution().name(name.id);
        self.at(name.span);
        match (info.place, info.variable) {
            (Place::Local(_), Some(id)) => {
                let slot = self.variable_slot(id);
                self.emitter.push_variable(slot);
            }
            (Place::LocalCell(_), Some(id)) => {
                let s = self.variable_slot(id);
                self.emitter.push_op(|d| Op::Cell { d, s });
            }
            (Place::Captured(i), _) => {
                self.emitter.push_op(|d| Op::Capture { d, i: i as u16 });
            }
            (Place::CapturedCell(i), _) => {
                self.emitter.push_op(|d| Op::CaptureCell { d, i: i as u16 });
            }
            (Place::Global(global), _) => {
                let (k, assigned) = self.global(global);
                self.emitter
                    .push_op(|d| if assigned { Op::Global { d, k } } else { Op::Binding { d, k } });
            }
            (Place::Builtin(number), _) => self.emitter.push_const(builtin(number)),
            (Place::Undeclared | Place::Local(_) | Place::LocalCell(_), _) => {
                let k = self.text_const(name.text)?;
                self.emitter.emit(Op::NameError { builtin: false, k });
                self.emitter.push_const(Val::NIL);
            }
        }
        if info.check {
            let s = self.emitter.peek(0);
            let k = self.text_const(name.text)?;
            self.emitter.emit(Op::Check { s, k });
        }
        Ok(())
    }
}
