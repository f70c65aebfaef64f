//! Blocks and statements.

use holloway::Val;

use super::{Function, Loop};
use crate::builtins;
use crate::bytecode::op::{Op, Slot};
use crate::error::Result;
use crate::syntax::ast::{Arm, BinaryOp, Block, Expr, ExprKind, Name, Stmt, StmtKind, Target};
use crate::syntax::resolve::{Place, Storage, VariableId, VariableKind};
use crate::syntax::token::Span;
use crate::value::uninitialized;

impl<'a> Function<'_, '_, 'a> {
    /// The outermost block; pushes the value of the last statement if that is an expression, else nil.
    pub(super) fn root(&mut self, block: &Block<'a>) -> Result<()> {
        self.enter(block)?;
        let Some((last, others)) = block.statements.split_last() else {
            self.emitter.push_const(Val::NIL);
            return Ok(());
        };
        for statement in others {
            self.statement(statement)?;
        }
        if let StmtKind::Expr(expr) = &last.kind {
            self.statement = last.span;
            return self.expr(expr);
        }
        self.statement(last)?;
        self.emitter.push_const(Val::NIL);
        Ok(())
    }

    /// A block: its variables are gone when it ends.
    pub(super) fn block(&mut self, block: &Block<'a>) -> Result<()> {
        let height = self.emitter.height();
        self.enter(block)?;
        for statement in block.statements {
            self.statement(statement)?;
        }
        self.emitter.set_height(height);
        Ok(())
    }

    /// Makes the variables of a block that are needed before their statement, then its functions.
    fn enter(&mut self, block: &Block<'a>) -> Result<()> {
        self.statement = block.span;
        self.at(block.span);
        let info = self.compiler.program.resolution.block(block.id);
        for &id in &info.variables {
            let variable = self.resolution().variable(id);
            let by_statement = variable.kind == VariableKind::Let && !variable.checked;
            let checked = variable.checked;
            match variable.storage {
                Storage::Slot if by_statement => {}
                Storage::Slot if checked => {
                    self.emitter.push_const(uninitialized());
                    let slot = self.emitter.top_to_variable();
                    self.declare(id, slot);
                }
                Storage::Slot => {
                    // A function: it is put there in a moment.
                    let slot = self.emitter.reserve();
                    self.declare(id, slot);
                }
                Storage::Cell => {
                    self.emitter.push_const(uninitialized());
                    self.emitter.unary(|d, s| Op::NewCell { d, s });
                    let slot = self.emitter.top_to_variable();
                    self.declare(id, slot);
                }
                // Cells of globals begin uninitialised.
                Storage::Global(_) => {}
            }
        }
        for (name, function) in &info.functions {
            self.closure(function)?;
            self.at(block.span);
            self.initialize(*name)?;
        }
        for class in &info.classes {
            self.class(class, block.span)?;
        }
        Ok(())
    }

    fn declare(&mut self, id: VariableId, slot: Slot) {
        self.compiler.slots[id.0 as usize] = slot;
    }

    fn statement(&mut self, statement: &Stmt<'a>) -> Result<()> {
        self.statement = statement.span;
        self.at(statement.span);
        match &statement.kind {
            StmtKind::Expr(expr) => self.effect(expr),
            StmtKind::Let { name, value } => {
                self.expr(value)?;
                self.at(statement.span);
                self.initialize(*name)
            }
            StmtKind::Assign { target, op, op_span, value } => {
                self.assignment(target, op.map(|op| (op, *op_span)), value)
            }
            StmtKind::If { arms, otherwise } => self.branches(arms, *otherwise),
            StmtKind::While { condition, body } => self.while_loop(condition, body),
            StmtKind::For { variable, iterable, body } => self.for_loop(*variable, iterable, body),
            StmtKind::Break | StmtKind::Continue => {
                // The resolver has made sure that there is one.
                let Some(around) = self.loops.last() else { return Ok(()) };
                let to = match statement.kind {
                    StmtKind::Break => around.end,
                    _ => around.next,
                };
                self.emitter.jump(to);
                Ok(())
            }
            StmtKind::Return(value) => {
                match value {
                    Some(value) => self.expr(value)?,
                    None => self.emitter.push_const(Val::NIL),
                }
                self.at(statement.span);
                self.return_top();
                Ok(())
            }
            // Made when the block was entered.
            StmtKind::Function { .. } | StmtKind::Class(_) => Ok(()),
            StmtKind::Try { body, variable, handler } => self.try_catch(body, *variable, handler),
            StmtKind::Throw(value) => {
                self.expr(value)?;
                self.at(statement.span);
                let s = self.emitter.pop_slot();
                self.emitter.emit(Op::Throw { s });
                Ok(())
            }
        }
    }

    /// `try { } catch e { }`: the handler stands behind the body and is entered by unwinding.
    fn try_catch(
        &mut self,
        body: &Block<'a>,
        variable: Name<'a>,
        handler: &Block<'a>,
    ) -> Result<()> {
        let height = self.emitter.height();
        let reachable = self.emitter.is_reachable();
        let statement = self.statement;
        let (catch, end) = (self.emitter.label(), self.emitter.label());
        let first = self.emitter.barrier();
        self.block(body)?;
        let last = self.emitter.barrier();
        self.emitter.jump(end);
        self.emitter.handler(first, last, catch, height as Slot);
        self.emitter.bind_loop(catch, reachable);
        self.at(statement);
        let slot = self.emitter.reserve();
        if let Some(id) = self.resolution().name(variable.id).variable {
            self.turn_variable(id, slot, false);
        }
        self.block(handler)?;
        self.emitter.set_height(height);
        self.emitter.bind(end);
        Ok(())
    }

    /// Gives a variable that comes into being the value on top of the stack.
    pub(super) fn initialize(&mut self, name: Name<'a>) -> Result<()> {
        let info = self.resolution().name(name.id);
        let Some(id) = info.variable else {
            self.emitter.drop_top();
            return Ok(());
        };
        let variable = self.resolution().variable(id);
        match variable.storage {
            Storage::Slot if variable.kind == VariableKind::Let && !variable.checked => {
                let slot = self.emitter.top_to_variable();
                self.declare(id, slot);
            }
            Storage::Global(global) => {
                let (k, assigned) = self.global(global);
                let s = self.emitter.pop_slot();
                let op = if assigned { Op::SetGlobal { k, s } } else { Op::Bind { k, s } };
                self.emitter.emit(op);
            }
            _ => self.store(info.place, id),
        }
        Ok(())
    }

    /// Pops a value into a variable of this program.
    fn store(&mut self, place: Place, id: VariableId) {
        match place {
            Place::Local(_) => {
                let slot = self.variable_slot(id);
                self.emitter.pop_into(slot);
            }
            Place::LocalCell(_) => {
                let d = self.variable_slot(id);
                let s = self.emitter.pop_slot();
                self.emitter.emit(Op::SetCell { d, s });
            }
            Place::CapturedCell(i) => {
                let s = self.emitter.pop_slot();
                self.emitter.emit(Op::SetCaptureCell { i: i as u16, s });
            }
            // Captured by value: never assigned.
            _ => self.emitter.drop_top(),
        }
    }

    fn assignment(
        &mut self,
        target: &Target<'a>,
        op: Option<(BinaryOp, Span)>,
        value: &Expr<'a>,
    ) -> Result<()> {
        let statement = self.statement;
        match target {
            Target::Variable(name) => {
                if op.is_some() {
                    self.read(*name)?;
                }
                self.right_side(op, value)?;
                self.assign(*name)
            }
            Target::Index { object, index, .. } => {
                self.expr(object)?;
                self.expr(index)?;
                if op.is_some() {
                    self.at(target.place());
                    let (a, i) = (self.emitter.peek(1), self.emitter.peek(0));
                    self.emitter.push_op(|d| Op::Index { d, a, i });
                }
                self.right_side(op, value)?;
                self.at(target.place());
                let (a, i) = (self.emitter.peek(2), self.emitter.peek(1));
                let s = self.emitter.peek(0);
                self.emitter.emit(Op::SetIndex { a, i, s });
                self.emitter.pop_many(3);
                self.at(statement);
                Ok(())
            }
            Target::Field { object, field, .. } => {
                let k = self.site(field.text);
                self.expr(object)?;
                if op.is_some() {
                    self.at(target.place());
                    let a = self.emitter.peek(0);
                    self.emitter.push_op(|d| Op::Field { d, a, k });
                }
                self.right_side(op, value)?;
                self.at(target.place());
                let (a, s) = (self.emitter.peek(1), self.emitter.peek(0));
                self.emitter.emit(Op::SetField { a, k, s });
                self.emitter.pop_many(2);
                self.at(statement);
                Ok(())
            }
        }
    }

    /// The right side of an assignment; with an operator the old value is on the stack.
    fn right_side(&mut self, op: Option<(BinaryOp, Span)>, value: &Expr<'a>) -> Result<()> {
        self.expr(value)?;
        if let Some((op, span)) = op {
            self.at(span);
            self.emitter.binary(op);
        }
        Ok(())
    }

    /// Assigns a variable that is in use already.
    fn assign(&mut self, name: Name<'a>) -> Result<()> {
        let info = self.resolution().name(name.id);
        self.at(name.span);
        match info.place {
            Place::Builtin(_) | Place::Undeclared => {
                let k = self.text_const(name.text)?;
                let builtin = matches!(info.place, Place::Builtin(_));
                self.emitter.emit(Op::NameError { builtin, k });
                self.emitter.drop_top();
                return Ok(());
            }
            _ if info.check => {
                self.read(name)?;
                self.emitter.drop_top();
            }
            _ => {}
        }
        if let Place::Global(global) = info.place {
            let (k, _) = self.global(global);
            let s = self.emitter.pop_slot();
            self.emitter.emit(Op::SetGlobal { k, s });
            return Ok(());
        }
        if let Some(id) = info.variable {
            self.store(info.place, id);
        }
        Ok(())
    }

    fn branches(&mut self, arms: &[Arm<'a>], otherwise: Option<&Block<'a>>) -> Result<()> {
        let end = self.emitter.label();
        for (index, arm) in arms.iter().enumerate() {
            let next = self.emitter.label();
            self.condition(arm.condition, false, next)?;
            self.block(arm.body)?;
            if index + 1 < arms.len() || otherwise.is_some() {
                self.emitter.jump(end);
            }
            self.emitter.bind(next);
        }
        if let Some(block) = otherwise {
            self.block(block)?;
        }
        self.emitter.bind(end);
        Ok(())
    }

    /// The test stands behind the body, so that a turn has one jump.
    fn while_loop(&mut self, condition: &Expr<'a>, body: &Block<'a>) -> Result<()> {
        let statement = self.statement;
        let around = self.new_loop();
        let first = self.emitter.label();
        let reachable = self.emitter.is_reachable();
        if !matches!(condition.kind, ExprKind::Bool(true)) {
            self.emitter.jump(around.next);
        }
        self.emitter.bind_loop(first, reachable);
        self.block(body)?;
        self.emitter.bind(around.next);
        self.statement = statement;
        self.at(statement);
        self.condition(condition, true, first)?;
        self.emitter.bind(around.end);
        self.loops.pop();
        Ok(())
    }

    fn new_loop(&mut self) -> Loop {
        let around = Loop { end: self.emitter.label(), next: self.emitter.label() };
        self.loops.push(around);
        around
    }

    fn for_loop(&mut self, name: Name<'a>, iterable: &Expr<'a>, body: &Block<'a>) -> Result<()> {
        let height = self.emitter.height();
        let statement = self.statement;
        let id = self.resolution().name(name.id).variable;
        // `range(..)` itself is not called: its numbers need no array.
        let range = self.range_arguments(iterable);
        let i = match range {
            Some(arguments) => {
                if arguments.len() == 1 {
                    self.emitter.push_const(Val::int(0));
                    self.emitter.top_to_variable();
                }
                for argument in arguments {
                    self.expr(argument)?;
                    self.emitter.top_to_variable();
                }
                height as Slot
            }
            None => {
                self.expr(iterable)?;
                let i = self.emitter.top_to_variable();
                self.emitter.reserve();
                self.emitter.reserve();
                i
            }
        };
        let steps = range.is_some_and(|arguments| arguments.len() == 3);
        let around = self.new_loop();
        let first = self.emitter.label();
        let reachable = self.emitter.is_reachable();
        self.at(iterable.place());
        match range {
            Some(_) if steps => self.emitter.emit_loop(|by| Op::StepPrep { i, by }, around.end),
            Some(_) => self.emitter.emit_loop(|by| Op::CountPrep { i, by }, around.end),
            None => self.emitter.emit_loop(|by| Op::EachPrep { i, by }, around.next),
        }
        self.emitter.bind_loop(first, reachable);
        self.at(statement);
        if let Some(id) = id {
            self.turn_variable(id, if range.is_some() { i } else { i + 2 }, range.is_some());
        }
        self.block(body)?;
        self.emitter.bind(around.next);
        self.at(statement);
        match range {
            Some(_) if steps => self.emitter.emit_loop(|by| Op::Step { i, by }, first),
            Some(_) => self.emitter.emit_loop(|by| Op::Count { i, by }, first),
            None => self.emitter.emit_loop(|by| Op::Each { i, by }, first),
        }
        self.emitter.bind(around.end);
        self.loops.pop();
        self.emitter.set_height(height);
        Ok(())
    }

    /// The arguments of `range` if an expression calls it, and with as many as it takes.
    fn range_arguments<'t>(&self, iterable: &'t Expr<'a>) -> Option<&'t [Expr<'a>]> {
        let ExprKind::Call { callee, arguments } = &iterable.kind else { return None };
        let ExprKind::Name(name) = &callee.kind else { return None };
        let Place::Builtin(number) = self.resolution().name(name.id).place else { return None };
        (builtins::name(number) == "range" && (1..=3).contains(&arguments.len()))
            .then_some(*arguments)
    }

    /// Makes the variable of a turn, whose value is in `slot`: that slot itself, unless the program may change
    /// it there (`counts`: the loop counts in it) or wants a cell.
    fn turn_variable(&mut self, id: VariableId, slot: Slot, counts: bool) {
        let variable = self.resolution().variable(id);
        let (assigned, storage) = (variable.assigned, variable.storage);
        if storage == Storage::Cell {
            self.emitter.push_op(|d| Op::NewCell { d, s: slot });
        } else if assigned && counts {
            self.emitter.push_variable(slot);
        } else {
            self.declare(id, slot);
            return;
        }
        let own = self.emitter.top_to_variable();
        self.declare(id, own);
    }
}
