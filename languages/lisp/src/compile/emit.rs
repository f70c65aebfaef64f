//! Expressions to instructions.

use std::rc::Rc;

use holloway::Val;

use super::function::{Function, Location, Target};
use super::letrec::{Step, plan};
use super::uses::{key, settle};
use super::{Compiler, loops};
use crate::error::{Error, Kind, Result};
use crate::expand::{Clause, Expr, ExprKind, Procedure, Var};
use crate::value::{self, Closure, unassigned};
use crate::vm::Code;
use crate::vm::op::{Op, Slot};

impl Compiler<'_> {
    /// An expression, its value where `target` says.
    pub(super) fn expr(&mut self, expr: &Expr, target: Target) -> Result<()> {
        self.m.check_depth()?;
        let outer = self.function().span;
        if expr.span.source != crate::syntax::Span::NOWHERE {
            self.function().span = expr.span;
        }
        let result = self.expr_here(expr, target);
        self.function().span = outer;
        result
    }

    fn expr_here(&mut self, expr: &Expr, target: Target) -> Result<()> {
        match &expr.kind {
            ExprKind::Const(value) => self.constant(*value, target),
            ExprKind::Builtin(number) => self.constant(value::builtin(*number), target),
            ExprKind::Local(_) | ExprKind::Global(_) => {
                if target == Target::Effect && matches!(expr.kind, ExprKind::Local(_)) {
                    return Ok(());
                }
                let before = self.function().next;
                let slot = match target {
                    Target::Slot(slot) => self.value_into(expr, slot)?,
                    _ => self.operand(expr)?,
                };
                self.function().next = before;
                self.deliver(slot, target);
                Ok(())
            }
            ExprKind::SetLocal(var, value) => self.set_local(var, value, target),
            ExprKind::SetGlobal(number, value) => {
                let before = self.function().next;
                let s = self.operand(value)?;
                let k = self.global(*number)?;
                self.function().emit(Op::SetGlobal { k, s });
                self.function().next = before;
                self.constant(value::unspecified(), target)
            }
            ExprKind::Define(number, value) => {
                let before = self.function().next;
                let s = self.operand(value)?;
                let k = self.global(*number)?;
                self.function().emit(Op::Define { k, s });
                self.function().next = before;
                self.constant(value::unspecified(), target)
            }
            ExprKind::If(test, then, other) => self.choice(test, then, other, target),
            ExprKind::Lambda(procedure) => {
                let before = self.function().next;
                let slot = self.function().temporary()?;
                self.closure(procedure, slot, None)?;
                self.function().next = before;
                self.deliver(slot, target);
                Ok(())
            }
            ExprKind::Seq(items) => match items.split_last() {
                Some((last, others)) => {
                    others.iter().try_for_each(|item| self.expr(item, Target::Effect))?;
                    self.expr(last, target)
                }
                None => self.constant(value::unspecified(), target),
            },
            ExprKind::Call(callee, arguments) => self.call(callee, arguments, target),
            ExprKind::Let(bindings, body) => self.let_form(bindings, body, target),
            ExprKind::Letrec(bindings, body) => self.letrec(bindings, body, target),
        }
    }

    /// A value that is in a slot goes where `target` says.
    pub(super) fn deliver(&mut self, slot: Slot, target: Target) {
        let f = self.function();
        match target {
            Target::Slot(d) if d != slot => f.emit_with(slot, Op::Move { d, s: slot }),
            Target::Tail => {
                f.emit_with(slot, Op::Return { s: slot });
                f.reachable = false;
            }
            _ => {}
        }
    }

    fn constant(&mut self, value: Val, target: Target) -> Result<()> {
        let f = self.function();
        match target {
            Target::Effect => Ok(()),
            Target::Slot(slot) => f.constant(slot, value),
            Target::Tail => {
                let before = f.next;
                let slot = f.temporary()?;
                f.constant(slot, value)?;
                f.next = before;
                self.deliver(slot, target);
                Ok(())
            }
        }
    }

    /// A slot that holds the value of an expression: that of the variable, if it is one.
    pub(super) fn operand(&mut self, expr: &Expr) -> Result<Slot> {
        if let ExprKind::Local(var) = &expr.kind
            && let Location::Slot(slot) = self.locate(var)?
        {
            return Ok(slot);
        }
        let slot = self.function().temporary()?;
        self.expr(expr, Target::Slot(slot))?;
        Ok(slot)
    }

    /// The slot where the value of a variable is now: `d`, or its own.
    fn value_into(&mut self, expr: &Expr, d: Slot) -> Result<Slot> {
        match &expr.kind {
            ExprKind::Global(number) => {
                let k = self.global(*number)?;
                self.function().emit(Op::Global { d, k });
            }
            ExprKind::Local(var) => {
                match self.locate(var)? {
                    Location::Slot(slot) => return Ok(slot),
                    Location::Cell(s) => {
                        self.function().emit(Op::Cell { d, s });
                    }
                    Location::Capture(i) => {
                        self.function().emit(Op::Capture { d, i });
                    }
                    Location::CaptureCell(i) => {
                        self.function().emit(Op::Capture { d, i });
                        self.function().emit(Op::Cell { d, s: d });
                    }
                    Location::Loop(_) => return Err(bug("a loop is used as a value")),
                }
                if var.checked.get() {
                    let k = self.function().number_of(value::symbol(var.name.plain()))?;
                    self.function().emit(Op::Check { s: d, k });
                }
            }
            _ => {}
        }
        Ok(d)
    }

    /// Where a variable is, as the innermost procedure sees it.
    pub(super) fn locate(&mut self, var: &Var) -> Result<Location> {
        let level = self.functions.len() - 1;
        self.locate_in(level, var)
    }

    fn locate_in(&mut self, level: usize, var: &Var) -> Result<Location> {
        if let Some(location) = self.functions[level].locations.get(&key(var)) {
            return Ok(*location);
        }
        if level == 0 {
            return Err(bug(&format!("the variable `{}` is nowhere", var.name.name())));
        }
        self.locate_in(level - 1, var)?;
        let number = self.functions[level].add_capture(var)?;
        let location = match var.in_cell() {
            true => Location::CaptureCell(number),
            false => Location::Capture(number),
        };
        self.functions[level].locations.insert(key(var), location);
        Ok(location)
    }

    /// The constant with the cell of a global variable.
    fn global(&mut self, number: u32) -> Result<u16> {
        let cell = Val::object(self.m.globals[number as usize].cell);
        self.function().number_of(cell)
    }

    fn set_local(&mut self, var: &Var, value: &Expr, target: Target) -> Result<()> {
        let before = self.function().next;
        let s = self.operand(value)?;
        match self.locate(var)? {
            Location::Cell(d) => {
                self.function().emit(Op::SetCell { d, s });
            }
            Location::Slot(d) if var.unshared.get() => {
                self.function().emit(Op::Move { d, s });
            }
            Location::CaptureCell(i) => {
                let d = self.function().temporary()?;
                self.function().emit(Op::Capture { d, i });
                self.function().emit(Op::SetCell { d, s });
            }
            _ => return Err(bug("a variable without cell is assigned")),
        }
        self.function().next = before;
        self.constant(value::unspecified(), target)
    }

    fn choice(&mut self, test: &Expr, then: &Expr, other: &Expr, target: Target) -> Result<()> {
        if let ExprKind::Const(value) = test.kind {
            return self.expr(if value::is_true(value) { then } else { other }, target);
        }
        let jumps = self.jump_when(test, false)?;
        self.expr(then, target)?;
        let over = self.function().jump_if_reachable();
        self.function().patch_here(&jumps)?;
        self.expr(other, target)?;
        if let Some(over) = over {
            self.function().patch_here(&[over])?;
        }
        Ok(())
    }

    fn let_form(&mut self, bindings: &[(Var, Expr)], body: &Expr, target: Target) -> Result<()> {
        if let Some((index, arguments)) = self.turn(bindings, body) {
            return self.continue_loop(index, &arguments);
        }
        let before = self.function().next;
        let vars: Vec<Var> = bindings.iter().map(|(var, _)| var.clone()).collect();
        settle(&vars, &[body], target == Target::Tail, None);
        for (var, init) in bindings {
            let slot = self.function().temporary()?;
            self.expr(init, Target::Slot(slot))?;
            if var.in_cell() {
                self.function().emit(Op::NewCell { d: slot, s: slot });
            }
            self.bind(var, slot, init);
        }
        self.expr(body, target)?;
        self.function().next = before;
        Ok(())
    }

    /// A variable, or its cell, is in a slot; this is what it is bound to.
    fn bind(&mut self, var: &Var, slot: Slot, init: &Expr) {
        self.function().locations.insert(key(var), Location::of(var, slot));
        if let ExprKind::Const(value) = init.kind
            && !var.assigned.get()
        {
            self.function().known.insert(key(var), value);
        }
    }

    fn letrec(&mut self, bindings: &[(Var, Expr)], body: &Expr, target: Target) -> Result<()> {
        if let [(var, init)] = bindings
            && let Some(clause) = loops::as_loop(var, init, body)
        {
            return self.loop_form(var, clause, body, target);
        }
        let before = self.function().next;
        let (early, steps) = plan(bindings);
        for var in early {
            let slot = self.function().temporary()?;
            self.function().constant(slot, unassigned())?;
            self.function().emit(Op::NewCell { d: slot, s: slot });
            self.function().locations.insert(key(var), Location::Cell(slot));
        }
        let count = steps.len();
        for (index, step) in steps.into_iter().enumerate() {
            match step {
                Step::Value(var, init) => self.letrec_value(var, init)?,
                Step::Procedures(procedures) => {
                    if let [(var, init)] = procedures[..]
                        && index + 1 == count
                        && let Some(clause) = loops::as_loop(var, init, body)
                    {
                        self.loop_form(var, clause, body, target)?;
                        self.function().next = before;
                        return Ok(());
                    }
                    self.procedures(&procedures)?;
                }
            }
        }
        self.expr(body, target)?;
        self.function().next = before;
        Ok(())
    }

    fn letrec_value(&mut self, var: &Var, init: &Expr) -> Result<()> {
        if self.function().locations.contains_key(&key(var)) {
            return self.set_local(var, init, Target::Effect);
        }
        let slot = self.function().temporary()?;
        self.expr(init, Target::Slot(slot))?;
        if var.in_cell() {
            self.function().emit(Op::NewCell { d: slot, s: slot });
        }
        self.function().locations.insert(key(var), Location::of(var, slot));
        Ok(())
    }

    /// Procedures that may mention each other: what is not there yet when one is made is put into
    /// it later.
    fn procedures(&mut self, procedures: &[(&Var, &Expr)]) -> Result<()> {
        let mut slots = Vec::with_capacity(procedures.len());
        for (var, _) in procedures {
            let slot = self.function().temporary()?;
            slots.push(slot);
            self.function().locations.insert(key(var), Location::Slot(slot));
            self.function().pending.insert(key(var));
        }
        let mut patches: Vec<(Slot, u16, Slot)> = Vec::new();
        for ((var, init), slot) in procedures.iter().zip(&slots) {
            if let ExprKind::Lambda(procedure) = &init.kind {
                let before = self.function().next;
                self.closure(procedure, *slot, Some(&mut patches))?;
                self.function().next = before;
            }
            self.function().pending.remove(&key(var));
        }
        for (d, i, s) in patches {
            self.function().emit(Op::Patch { d, i, s });
        }
        Ok(())
    }

    /// `R[d] = a closure`. What it captures of pending procedures is noted in `patches`.
    fn closure(
        &mut self,
        procedure: &Rc<Procedure>,
        d: Slot,
        patches: Option<&mut Vec<(Slot, u16, Slot)>>,
    ) -> Result<()> {
        let (code, captures) = self.procedure(procedure)?;
        if captures.is_empty() {
            // There is no telling one such closure from another.
            let closure = self.m.heap.tenured(|heap| Closure::alloc(heap, 0, 0, code))?;
            return self.function().constant(d, Val::object(closure));
        }
        let before = self.function().next;
        let base = self.function().temporary()?;
        self.function().constant(base, Val::raw(u64::from(code.number)))?;
        let mut late = Vec::new();
        for (index, var) in captures.iter().enumerate() {
            let slot = self.function().temporary()?;
            if self.function().pending.contains(&key(var)) {
                self.function().constant(slot, value::unspecified())?;
                if let Location::Slot(from) = self.locate(var)? {
                    late.push((d, index as u16, from));
                }
                continue;
            }
            match self.locate(var)? {
                Location::Slot(s) | Location::Cell(s) => {
                    self.function().emit(Op::Move { d: slot, s });
                }
                Location::Capture(i) | Location::CaptureCell(i) => {
                    self.function().emit(Op::Capture { d: slot, i });
                }
                Location::Loop(_) => return Err(bug("a loop is captured")),
            }
        }
        let captures = captures.len() as u16;
        self.function().emit(Op::Closure { d: base, captures });
        self.function().emit(Op::Move { d, s: base });
        self.function().next = before;
        match patches {
            Some(patches) => patches.extend(late),
            None if late.is_empty() => {}
            None => return Err(bug("a procedure is captured before it is made")),
        }
        Ok(())
    }

    /// Compiles a procedure; several clauses share what they capture.
    fn procedure(&mut self, procedure: &Procedure) -> Result<(&'static Code, Vec<Var>)> {
        if let [clause] = &procedure.clauses[..] {
            self.clause(procedure, clause, &[])?;
            return self.finish();
        }
        let mut captures: Vec<Var> = Vec::new();
        let mut clauses = Vec::new();
        for clause in &procedure.clauses {
            self.clause(procedure, clause, &captures)?;
            let (code, all) = self.finish()?;
            captures = all;
            clauses.push(code);
        }
        let name = procedure.name.get();
        let span = self.function().span;
        let code = Code { clauses: clauses.into(), name, spans: [span].into(), ..Code::default() };
        Ok((self.m.add_code(code), captures))
    }

    /// Compiles a clause, whose first captures are given. It is the innermost procedure until
    /// `finish`.
    fn clause(&mut self, procedure: &Procedure, clause: &Clause, captures: &[Var]) -> Result<()> {
        let mut params = clause.params.clone();
        params.extend(clause.rest.clone());
        settle(&params, &[&clause.body], true, None);
        let span = self.function().span;
        let mut function = Function::new(procedure.name.get(), &params, clause.rest.is_some());
        function.span = span;
        function.called = self.called_often(procedure.name.get(), clause);
        self.functions.push(function);
        let level = self.functions.len() - 1;
        for var in captures {
            self.locate_in(level, var)?;
        }
        self.expr(&clause.body, Target::Tail)
    }

    /// A call: of a loop, of a built-in, of anything.
    fn call(&mut self, callee: &Expr, arguments: &[Expr], target: Target) -> Result<()> {
        if let ExprKind::Local(var) = &callee.kind
            && let Some(Location::Loop(index)) = self.function().locations.get(&key(var)).copied()
        {
            return self.continue_loop(index, arguments);
        }
        if let ExprKind::Lambda(procedure) = &callee.kind
            && let [clause] = &procedure.clauses[..]
            && clause.rest.is_none()
            && clause.params.len() == arguments.len()
        {
            return self.inlined_lambda(clause, arguments, target);
        }
        if let ExprKind::Builtin(number) = callee.kind
            && self.builtin_call(number, arguments, target)?
        {
            return Ok(());
        }
        let before = self.function().next;
        let base = self.window(target)?;
        let slot = self.function().temporary()?;
        let leaves = self.raises(callee);
        let is_tail = target == Target::Tail && !leaves;
        let fetched = match u8::try_from(arguments.len()) {
            Ok(argc) => self.fetching_call(callee, base, argc, is_tail)?,
            Err(_) => None,
        };
        if fetched.is_none() {
            self.expr(callee, Target::Slot(slot))?;
        }
        for argument in arguments {
            let slot = self.function().temporary()?;
            self.expr(argument, Target::Slot(slot))?;
        }
        let argc = arguments.len() as u16;
        let f = self.function();
        f.emit(match (fetched, is_tail) {
            (Some(call), _) => call,
            (None, true) => Op::TailCall { base, argc },
            (None, false) => Op::Call { base, argc },
        });
        f.next = before;
        self.deliver(base, target);
        Ok(())
    }

    /// The call that fetches what it calls itself, if there is one: from a global variable, or from a capture.
    fn fetching_call(
        &mut self,
        callee: &Expr,
        base: Slot,
        argc: u8,
        is_tail: bool,
    ) -> Result<Option<Op>> {
        Ok(match &callee.kind {
            ExprKind::Global(number) => {
                let k = self.global(*number)?;
                Some(match is_tail {
                    true => Op::TailCallGlobal { argc, base, k },
                    false => Op::CallGlobal { argc, base, k },
                })
            }
            ExprKind::Local(var) if !var.checked.get() => match self.locate(var)? {
                Location::Capture(i) => Some(match is_tail {
                    true => Op::TailCallCapture { argc, base, i },
                    false => Op::CallCapture { argc, base, i },
                }),
                _ => None,
            },
            _ => None,
        })
    }

    /// Does this procedure never return? Its callers stay on the stack, for reports.
    fn raises(&self, callee: &Expr) -> bool {
        let hooks = self.m.hooks;
        match callee.kind {
            ExprKind::Global(number) => [hooks.raise, hooks.error].contains(&Some(number)),
            _ => false,
        }
    }

    /// The first slot of a window: where the value is wanted, if that is the last slot in use.
    pub(super) fn window(&mut self, target: Target) -> Result<Slot> {
        match target {
            Target::Slot(slot) if slot + 1 == self.function().next => Ok(slot),
            _ => self.function().temporary(),
        }
    }

    fn inlined_lambda(
        &mut self,
        clause: &Clause,
        arguments: &[Expr],
        target: Target,
    ) -> Result<()> {
        let before = self.function().next;
        settle(&clause.params, &[&clause.body], target == Target::Tail, None);
        let mut slots = Vec::with_capacity(arguments.len());
        for argument in arguments {
            let slot = self.function().temporary()?;
            self.expr(argument, Target::Slot(slot))?;
            slots.push(slot);
        }
        for ((var, slot), init) in clause.params.iter().zip(slots).zip(arguments) {
            if var.in_cell() {
                self.function().emit(Op::NewCell { d: slot, s: slot });
            }
            self.bind(var, slot, init);
        }
        self.expr(&clause.body, target)?;
        self.function().next = before;
        Ok(())
    }
}

/// The compiler contradicts itself.
fn bug(message: &str) -> Error {
    Error::new(Kind::Syntax, format!("internal error in the compiler: {message}"))
}
