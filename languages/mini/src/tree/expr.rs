//! Expressions and variables.
//!
//! `expr` only tells the kinds apart; what needs local variables of its own is a function of its own, so
//! that deep expressions take little of the host's stack.

use holloway::Val;

use super::{Frame, Tree};
use crate::error::{Error, Result};
use crate::ops::{self, field, index};
use crate::syntax::ast::{BinaryOp, Expr, ExprKind, LogicalOp, Name, UnaryOp};
use crate::syntax::resolve::Place as VariablePlace;
use crate::value::{Cell, big, builtin, is_true, is_uninitialized};

impl<'a> Tree<'a> {
    /// The value of an expression.
    pub(super) fn expr(&mut self, frame: &Frame<'a>, expr: &'a Expr<'a>) -> Result<Val> {
        match &expr.kind {
            ExprKind::Nil => Ok(Val::NIL),
            ExprKind::Bool(truth) => Ok(Val::bool(*truth)),
            ExprKind::Int(int) => Ok(Val::int(*int)),
            ExprKind::Float(float) => Ok(Val::float(*float)),
            ExprKind::BigInt { digits, radix } => self.big(digits, *radix),
            ExprKind::String(text) => self.string(text),
            ExprKind::Name(name) => self.read(frame, *name),
            ExprKind::Array(elements) => self.array(frame, elements),
            ExprKind::Function(function) => self.closure(frame, function),
            ExprKind::Unary { op, operand } => self.unary(frame, expr, *op, operand),
            ExprKind::Binary { op, left, right, .. } => {
                self.binary(frame, expr, *op, (left, right))
            }
            ExprKind::Logical { op, left, right } => {
                let value = self.expr(frame, left)?;
                let decided = match op {
                    LogicalOp::And => !is_true(value),
                    LogicalOp::Or => is_true(value),
                };
                if decided { Ok(value) } else { self.expr(frame, right) }
            }
            ExprKind::Call { callee, arguments } => self.call_expr(frame, expr, callee, arguments),
            ExprKind::Index { object, index } => self.index(frame, expr, object, index),
            ExprKind::Object(pairs) => self.object(frame, pairs),
            ExprKind::Field { object, field } => self.field(frame, object, *field),
            ExprKind::Super { this, base, field } => {
                let this = self.read(frame, *this)?;
                let method = self.super_method(frame, *base, *field)?;
                field::bind(&mut self.host, method, this)
            }
        }
    }

    #[inline(never)]
    fn unary(
        &mut self,
        frame: &Frame<'a>,
        expr: &'a Expr<'a>,
        op: UnaryOp,
        operand: &'a Expr<'a>,
    ) -> Result<Val> {
        let value = self.expr(frame, operand)?;
        ops::unary(&mut self.host, op, value).map_err(|e| e.at(frame.place(expr.place())))
    }

    #[inline(never)]
    fn binary(
        &mut self,
        frame: &Frame<'a>,
        expr: &'a Expr<'a>,
        op: BinaryOp,
        (left, right): (&'a Expr<'a>, &'a Expr<'a>),
    ) -> Result<Val> {
        let left = self.expr(frame, left)?;
        let right = self.expr(frame, right)?;
        ops::binary(&mut self.host, op, left, right).map_err(|e| e.at(frame.place(expr.place())))
    }

    #[inline(never)]
    fn index(
        &mut self,
        frame: &Frame<'a>,
        expr: &'a Expr<'a>,
        object: &'a Expr<'a>,
        at: &'a Expr<'a>,
    ) -> Result<Val> {
        let object = self.expr(frame, object)?;
        let at = self.expr(frame, at)?;
        index::get(&mut self.host, object, at).map_err(|e| e.at(frame.place(expr.place())))
    }

    #[inline(never)]
    fn array(&mut self, frame: &Frame<'a>, elements: &'a [Expr<'a>]) -> Result<Val> {
        let first = self.stack.len();
        for element in elements {
            let value = self.expr(frame, element)?;
            self.stack.push(value);
        }
        let array = self.host.heap.array_of(&self.stack[first..])?;
        self.stack.truncate(first);
        Ok(Val::object(array))
    }

    fn string(&mut self, text: &'a str) -> Result<Val> {
        let key = (text.as_ptr().addr(), text.len());
        if let Some(made) = self.literals.get(&key) {
            return Ok(*made);
        }
        let made = self.host.string(text)?;
        self.literals.insert(key, made);
        Ok(made)
    }

    fn big(&mut self, digits: &'a str, radix: u32) -> Result<Val> {
        let key = (digits.as_ptr().addr(), digits.len());
        if let Some(made) = self.literals.get(&key) {
            return Ok(*made);
        }
        let made = big::from_digits(&mut self.host.heap, digits, radix)?;
        self.literals.insert(key, made);
        Ok(made)
    }

    /// The value of a variable.
    pub(super) fn read(&mut self, frame: &Frame<'a>, name: Name<'a>) -> Result<Val> {
        let info = frame.resolution.name(name.id);
        let value = match info.place {
            VariablePlace::Local(slot) => self.stack[frame.base + slot as usize],
            VariablePlace::LocalCell(slot) => cell_value(self.stack[frame.base + slot as usize]),
            VariablePlace::Captured(capture) => captured(frame, capture),
            VariablePlace::CapturedCell(capture) => cell_value(captured(frame, capture)),
            VariablePlace::Global(global) => self.globals[global as usize],
            VariablePlace::Builtin(number) => builtin(number),
            VariablePlace::Undeclared => {
                return Err(Error::undeclared(name.text).at(frame.place(name.span)));
            }
        };
        if info.check && is_uninitialized(value) {
            return Err(Error::uninitialized(name.text).at(frame.place(name.span)));
        }
        Ok(value)
    }

    /// Assigns a variable that is in use already.
    pub(super) fn assign(&mut self, frame: &Frame<'a>, name: Name<'a>, value: Val) -> Result<()> {
        let info = frame.resolution.name(name.id);
        match info.place {
            VariablePlace::Builtin(_) => {
                return Err(Error::assigned_builtin(name.text).at(frame.place(name.span)));
            }
            _ if info.check => {
                self.read(frame, name)?;
            }
            VariablePlace::Undeclared => {
                return Err(Error::undeclared(name.text).at(frame.place(name.span)));
            }
            _ => {}
        }
        self.store(frame, info.place, value);
        Ok(())
    }

    /// Puts a value where a variable lives.
    pub(super) fn store(&mut self, frame: &Frame<'a>, place: VariablePlace, value: Val) {
        let cell = match place {
            VariablePlace::Local(slot) => {
                self.stack[frame.base + slot as usize] = value;
                return;
            }
            VariablePlace::Global(global) => {
                self.globals[global as usize] = value;
                return;
            }
            VariablePlace::LocalCell(slot) => self.stack[frame.base + slot as usize],
            VariablePlace::CapturedCell(capture) => captured(frame, capture),
            // Captured by value, built in or undeclared: never assigned.
            _ => return,
        };
        if let Some(cell) = cell.cast::<Cell>() {
            cell.set_val(Cell::VALUE, value);
        }
    }
}

fn cell_value(cell: Val) -> Val {
    cell.cast::<Cell>().map_or(Val::NIL, |c| c.get_val(Cell::VALUE))
}

pub(super) fn captured(frame: &Frame<'_>, capture: u32) -> Val {
    use crate::value::Closure;
    frame.closure.and_then(|c| c.val_at(Closure::CAPTURES, capture as usize)).unwrap_or(Val::NIL)
}
