//! Blocks and statements.

use holloway::{Array, Gc, Val};

use super::{Frame, Tree};
use crate::builtins;
use crate::error::{Error, Result};
use crate::ops;
use crate::ops::field;
use crate::ops::index::{self, character};
use crate::ops::iteration;
use crate::ops::range::Range;
use crate::syntax::ast::{BinaryOp, Block, Expr, ExprKind, Name, Stmt, StmtKind, Target};
use crate::syntax::resolve::{Place as VariablePlace, Storage};
use crate::syntax::token::Span;
use crate::value::text::{Str, StrExt};
use crate::value::{is_true, new_cell, uninitialized};

/// How a statement ends.
pub(super) enum Flow {
    /// The next one follows.
    Next,
    /// By `break`.
    Break,
    /// By `continue`.
    Continue,
    /// By `return`.
    Return(Val),
}

/// What a `for` goes through.
enum Items {
    Range(Range),
    Array(Gc<Array>, usize),
    String(Gc<Str>, usize),
}

impl<'a> Tree<'a> {
    /// The outermost block. Gives the value of the last statement if that is an expression.
    pub(super) fn program(&mut self, frame: &Frame<'a>, block: &'a Block<'a>) -> Result<Val> {
        self.enter(frame, block).map_err(|e| e.at(frame.place(block.span)))?;
        let mut last = Val::NIL;
        for statement in block.statements {
            last = match &statement.kind {
                StmtKind::Expr(expr) => self.expr(frame, expr),
                _ => self.statement(frame, statement).map(|_| Val::NIL),
            }
            .map_err(|e| e.at(frame.place(statement.span)))?;
        }
        Ok(last)
    }

    /// The body of a function: its value.
    pub(super) fn body(&mut self, frame: &Frame<'a>, block: &'a Block<'a>) -> Result<Val> {
        match self.block(frame, block)? {
            Flow::Return(value) => Ok(value),
            _ => Ok(Val::NIL),
        }
    }

    pub(super) fn block(&mut self, frame: &Frame<'a>, block: &'a Block<'a>) -> Result<Flow> {
        self.enter(frame, block).map_err(|e| e.at(frame.place(block.span)))?;
        for statement in block.statements {
            // What the parts of the statement have said of the place comes first.
            let flow =
                self.statement(frame, statement).map_err(|e| e.at(frame.place(statement.span)))?;
            if !matches!(flow, Flow::Next) {
                return Ok(flow);
            }
        }
        Ok(Flow::Next)
    }

    /// Makes the variables of a block, then its functions.
    fn enter(&mut self, frame: &Frame<'a>, block: &'a Block<'a>) -> Result<()> {
        let info = frame.resolution.block(block.id);
        for id in &info.variables {
            let variable = frame.resolution.variable(*id);
            let slot = frame.base + variable.slot as usize;
            match variable.storage {
                Storage::Slot => self.stack[slot] = uninitialized(),
                Storage::Global(global) => self.globals[global as usize] = uninitialized(),
                Storage::Cell => {
                    let cell = new_cell(&mut self.host.heap, uninitialized())?;
                    self.stack[slot] = Val::object(cell);
                }
            }
        }
        for (name, function) in &info.functions {
            let closure = self.closure(frame, function)?;
            self.store(frame, frame.resolution.name(name.id).place, closure);
        }
        for class in &info.classes {
            self.class(frame, class)?;
        }
        Ok(())
    }

    fn statement(&mut self, frame: &Frame<'a>, statement: &'a Stmt<'a>) -> Result<Flow> {
        match &statement.kind {
            StmtKind::Expr(expr) => {
                self.expr(frame, expr)?;
            }
            StmtKind::Let { name, value } => {
                let value = self.expr(frame, value)?;
                self.store(frame, frame.resolution.name(name.id).place, value);
            }
            StmtKind::Assign { target, op, op_span, value } => {
                self.assignment(frame, target, op.map(|op| (op, *op_span)), value)?;
            }
            StmtKind::If { arms, otherwise } => {
                for arm in *arms {
                    if is_true(self.expr(frame, arm.condition)?) {
                        return self.block(frame, arm.body);
                    }
                }
                if let Some(block) = otherwise {
                    return self.block(frame, block);
                }
            }
            StmtKind::While { condition, body } => return self.while_loop(frame, condition, body),
            StmtKind::For { variable, iterable, body } => {
                return self.for_loop(frame, *variable, iterable, body);
            }
            StmtKind::Break => return Ok(Flow::Break),
            StmtKind::Continue => return Ok(Flow::Continue),
            StmtKind::Return(None) => return Ok(Flow::Return(Val::NIL)),
            StmtKind::Return(Some(value)) => return self.expr(frame, value).map(Flow::Return),
            // Made when the block was entered.
            StmtKind::Function { .. } | StmtKind::Class(_) => {}
            StmtKind::Try { body, variable, handler } => {
                return self.try_catch(frame, body, *variable, handler);
            }
            StmtKind::Throw(value) => {
                let value = self.expr(frame, value)?;
                return Err(Error::thrown(value));
            }
        }
        Ok(Flow::Next)
    }

    #[inline(never)]
    fn assignment(
        &mut self,
        frame: &Frame<'a>,
        target: &'a Target<'a>,
        op: Option<(BinaryOp, Span)>,
        value: &'a Expr<'a>,
    ) -> Result<()> {
        let place = frame.place(target.place());
        match target {
            Target::Variable(name) => {
                let old = match op {
                    Some(_) => self.read(frame, *name)?,
                    None => Val::NIL,
                };
                let value = self.right_side(frame, old, op, value)?;
                self.assign(frame, *name, value)
            }
            Target::Index { object, index, .. } => {
                let object = self.expr(frame, object)?;
                let at = self.expr(frame, index)?;
                let old = match op {
                    Some(_) => index::get(&mut self.host, object, at).map_err(|e| e.at(place))?,
                    None => Val::NIL,
                };
                let value = self.right_side(frame, old, op, value)?;
                index::set(&mut self.host, object, at, value).map_err(|e| e.at(place))
            }
            Target::Field { object, field, .. } => {
                let symbol = self.host.heap.symbol(field.text);
                let object = self.expr(frame, object)?;
                let old = match op {
                    Some(_) => {
                        field::get(&mut self.host, object, symbol).map_err(|e| e.at(place))?
                    }
                    None => Val::NIL,
                };
                let value = self.right_side(frame, old, op, value)?;
                field::set(&mut self.host, object, symbol, value).map_err(|e| e.at(place))
            }
        }
    }

    fn right_side(
        &mut self,
        frame: &Frame<'a>,
        old: Val,
        op: Option<(BinaryOp, Span)>,
        value: &'a Expr<'a>,
    ) -> Result<Val> {
        let value = self.expr(frame, value)?;
        match op {
            None => Ok(value),
            Some((op, span)) => {
                ops::binary(&mut self.host, op, old, value).map_err(|e| e.at(frame.place(span)))
            }
        }
    }

    #[inline(never)]
    fn while_loop(
        &mut self,
        frame: &Frame<'a>,
        condition: &'a Expr<'a>,
        body: &'a Block<'a>,
    ) -> Result<Flow> {
        while is_true(self.expr(frame, condition)?) {
            self.host.check_interrupt()?;
            match self.block(frame, body)? {
                Flow::Break => break,
                Flow::Return(value) => return Ok(Flow::Return(value)),
                Flow::Next | Flow::Continue => {}
            }
        }
        Ok(Flow::Next)
    }

    #[inline(never)]
    fn for_loop(
        &mut self,
        frame: &Frame<'a>,
        variable: Name<'a>,
        iterable: &'a Expr<'a>,
        body: &'a Block<'a>,
    ) -> Result<Flow> {
        let mut items = self.items(frame, iterable)?;
        while let Some(item) = self.next_item(&mut items)? {
            self.host.check_interrupt()?;
            self.turn_variable(frame, variable, item)?;
            match self.block(frame, body)? {
                Flow::Break => break,
                Flow::Return(value) => return Ok(Flow::Return(value)),
                Flow::Next | Flow::Continue => {}
            }
        }
        Ok(Flow::Next)
    }

    fn items(&mut self, frame: &Frame<'a>, iterable: &'a Expr<'a>) -> Result<Items> {
        let place = frame.place(iterable.place());
        // `range(..)` itself is not called: its numbers need no array.
        if let ExprKind::Call { callee, arguments } = &iterable.kind
            && let ExprKind::Name(name) = &callee.kind
            && let VariablePlace::Builtin(number) = frame.resolution.name(name.id).place
            && builtins::name(number) == "range"
        {
            let mut values = Vec::with_capacity(arguments.len());
            for argument in *arguments {
                values.push(self.expr(frame, argument)?);
            }
            let range = Range::new(&self.host, &values).map_err(|e| e.at(place))?;
            return Ok(Items::Range(range));
        }
        let value = self.expr(frame, iterable)?;
        if let Some(array) = value.cast::<Array>() {
            return Ok(Items::Array(array, 0));
        }
        if let Some(string) = value.cast::<Str>() {
            return Ok(Items::String(string, 0));
        }
        let keys = iteration::keys(&mut self.host, value).map_err(|e| e.at(place))?;
        Ok(Items::Array(keys, 0))
    }

    fn next_item(&mut self, items: &mut Items) -> Result<Option<Val>> {
        match items {
            Items::Range(range) => range.next(&mut self.host),
            Items::Array(array, at) => {
                *at += 1;
                Ok(array.load(*at - 1))
            }
            Items::String(string, at) => {
                if *at >= string.char_count() {
                    return Ok(None);
                }
                *at += 1;
                character(&mut self.host, *string, *at - 1).map(Some)
            }
        }
    }

    /// Makes the variable of a turn.
    pub(super) fn turn_variable(
        &mut self,
        frame: &Frame<'a>,
        name: Name<'a>,
        value: Val,
    ) -> Result<()> {
        let place = frame.resolution.name(name.id).place;
        if let VariablePlace::LocalCell(slot) = place {
            let cell = new_cell(&mut self.host.heap, value)?;
            self.stack[frame.base + slot as usize] = Val::object(cell);
        } else {
            self.store(frame, place, value);
        }
        Ok(())
    }
}
