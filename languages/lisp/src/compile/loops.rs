//! Loops: procedures that are only ever jumped to. They get no closure and no frame: their
//! parameters are slots of the frame around them, their calls are jumps.

use super::Compiler;
use super::function::{Location, LoopState, Target};
use super::uses::{key, mentioned, only_jumped_to, settle};
use crate::builtins;
use crate::error::Result;
use crate::expand::{Clause, Expr, ExprKind, Var};
use crate::vm::op::Op;

/// The clause of a procedure that a `letrec` of one variable defines, if it is a loop.
pub(super) fn as_loop<'e>(var: &Var, init: &'e Expr, body: &Expr) -> Option<&'e Clause> {
    let ExprKind::Lambda(procedure) = &init.kind else { return None };
    let [clause] = &procedure.clauses[..] else { return None };
    // Asked again for each loop around it: whoever has found it out has asked about those inside.
    let is_loop = var.is_loop.get().unwrap_or_else(|| {
        let argc = clause.params.len();
        clause.rest.is_none()
            && !var.assigned.get()
            && only_jumped_to(&clause.body, var, argc, true)
            && only_jumped_to(body, var, argc, true)
    });
    var.is_loop.set(Some(is_loop));
    is_loop.then_some(clause)
}

impl Compiler<'_> {
    /// A loop, and the expression that enters it.
    pub(super) fn loop_form(
        &mut self,
        var: &Var,
        clause: &Clause,
        body: &Expr,
        target: Target,
    ) -> Result<()> {
        let f = self.function();
        let before = f.next;
        let mut slots = Vec::with_capacity(clause.params.len());
        for _ in &clause.params {
            slots.push(f.temporary()?);
        }
        let params = clause.params.clone();
        let state = LoopState { params, slots: slots.clone(), start: None, entries: Vec::new() };
        f.loops.push(state);
        let index = f.loops.len() - 1;
        f.locations.insert(key(var), Location::Loop(index));
        self.expr(body, target)?;
        let f = self.function();
        // Where the entering expression did not enter.
        let over = f.jump_if_reachable();
        let start = f.here();
        let entries = std::mem::take(&mut f.loops[index].entries);
        for entry in entries {
            f.patch(entry, start)?;
        }
        f.loops[index].start = Some(start);
        f.reachable = true;
        let tail = target == Target::Tail;
        settle(&clause.params, &[&clause.body], tail, Some(var));
        let f = self.function();
        for (param, slot) in clause.params.iter().zip(&slots) {
            f.locations.insert(key(param), Location::of(param, *slot));
            if param.in_cell() {
                f.emit(Op::NewCell { d: *slot, s: *slot });
            }
        }
        self.expr(&clause.body, target)?;
        let f = self.function();
        if let Some(over) = over {
            let end = f.here();
            f.patch(over, end)?;
            f.reachable = true;
        }
        f.next = before;
        Ok(())
    }

    /// The call of a loop, and its arguments, that a `let` comes to which only names them:
    /// `(let ((x a)) (loop x b))` is `(loop a b)` if nobody can tell.
    pub(super) fn turn(
        &mut self,
        bindings: &[(Var, Expr)],
        body: &Expr,
    ) -> Option<(usize, Vec<Expr>)> {
        let ExprKind::Call(callee, arguments) = &body.kind else { return None };
        let ExprKind::Local(var) = &callee.kind else { return None };
        let Some(Location::Loop(index)) = self.function().locations.get(&key(var)).copied() else {
            return None;
        };
        let mut arguments = arguments.clone();
        for (var, init) in bindings {
            let is_own = |e: &Expr| matches!(&e.kind, ExprKind::Local(v) if key(v) == key(var));
            let mut own = arguments.iter_mut().filter(|argument| mentioned(argument, var));
            match (own.next(), own.next()) {
                (Some(argument), None)
                    if is_own(argument) && is_calm(init) && !var.assigned.get() =>
                {
                    *argument = init.clone();
                }
                _ => return None,
            }
        }
        arguments.iter().all(is_calm).then_some((index, arguments))
    }

    /// A call of a loop.
    pub(super) fn continue_loop(&mut self, index: usize, arguments: &[Expr]) -> Result<()> {
        let params = self.function().loops[index].params.clone();
        let slots = self.function().loops[index].slots.clone();
        let start = self.function().loops[index].start;
        let before = self.function().next;
        let mut moves = Vec::new();
        let order = match start {
            Some(_) => order(arguments, &params),
            None => (0..arguments.len()).collect(),
        };
        for (turn, &i) in order.iter().enumerate() {
            let (Some(argument), Some(slot)) = (arguments.get(i), slots.get(i)) else { continue };
            let own = params.get(i);
            if let (ExprKind::Local(var), Some(own), true) = (&argument.kind, own, start.is_some())
                && key(var) == key(own)
                && !var.in_cell()
            {
                continue;
            }
            let needed_later = start.is_some()
                && own.is_none_or(|own| {
                    order[turn + 1..].iter().any(|&i| mentioned(&arguments[i], own))
                });
            if needed_later {
                let temporary = self.function().temporary()?;
                self.expr(argument, Target::Slot(temporary))?;
                moves.push((*slot, temporary));
            } else {
                self.expr(argument, Target::Slot(*slot))?;
            }
        }
        let f = self.function();
        for (d, s) in moves {
            f.emit(Op::Move { d, s });
        }
        f.next = before;
        match start {
            Some(start) => {
                f.emit(Op::Jump { to: start });
            }
            None => {
                let entry = f.emit(Op::Jump { to: 0 });
                f.loops[index].entries.push(entry);
            }
        }
        f.reachable = false;
        Ok(())
    }
}

/// The order that the arguments of a turn are evaluated in: first those whose variables the others do not ask for, as far as
/// there are any, for they need no temporary. Only where nobody can tell.
fn order(arguments: &[Expr], params: &[Var]) -> Vec<usize> {
    let mut waiting: Vec<usize> = (0..arguments.len()).collect();
    if !arguments.iter().all(is_calm) {
        return waiting;
    }
    let mut order = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let free = |&i: &usize| {
            let own = params.get(i);
            let asked =
                |&other: &usize| other != i && own.is_none_or(|v| mentioned(&arguments[other], v));
            !waiting.iter().any(asked)
        };
        let at = waiting.iter().position(free).unwrap_or(0);
        order.push(waiting.remove(at));
    }
    order
}

/// Does an expression have no effect, and does it depend on none but those of variables that have slots?
fn is_calm(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Const(_) | ExprKind::Builtin(_) => true,
        ExprKind::Local(var) => !var.assigned.get() && !var.checked.get(),
        ExprKind::Call(callee, arguments) => match callee.kind {
            ExprKind::Builtin(number) => {
                CALM.contains(&builtins::name(number)) && arguments.iter().all(is_calm)
            }
            _ => false,
        },
        _ => false,
    }
}

/// Built-ins whose calls may change places with each other. They may fail, but with which error first is nobody's business.
const CALM: &[&str] =
    &["+", "-", "*", "car", "cdr", "caar", "cadr", "cddr", "not", "eq?", "null?", "pair?"];
