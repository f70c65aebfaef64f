//! Which parameters of a procedure are procedures that it calls again and again: in a loop, or in a recursion that passes them on.
//!
//! Invariant: the answer decides how often code is copied, never what it does.

use super::Compiler;
use super::loops::as_loop;
use super::uses::{key, parts};
use crate::expand::{Clause, Expr, ExprKind, Var};
use crate::symbol::Sym;
use crate::vm::op::Slot;

/// What is known of a parameter.
#[derive(Clone, Copy, Default)]
struct Param {
    is_called: bool,
    is_called_in_loop: bool,
    is_passed_on: bool,
}

struct Search<'c> {
    /// What the procedure is called.
    own: Option<Sym>,
    clause: &'c Clause,
    found: Vec<Param>,
}

impl Compiler<'_> {
    /// The slots of those parameters, if they stay what they are.
    pub(super) fn called_often(&self, own: Option<Sym>, clause: &Clause) -> Vec<Slot> {
        let found = vec![Param::default(); clause.params.len()];
        let mut search = Search { own, clause, found };
        self.search(&mut search, &clause.body, false);
        let params = clause.params.iter().zip(&search.found).zip(2..);
        let chosen = params.filter(|((var, param), _)| {
            let often = param.is_called_in_loop || param.is_called && param.is_passed_on;
            often && !var.assigned.get()
        });
        chosen.map(|(_, slot)| slot).collect()
    }

    fn search(&self, search: &mut Search<'_>, expr: &Expr, in_loop: bool) {
        match &expr.kind {
            ExprKind::Lambda(_) => return,
            ExprKind::Letrec(bindings, body) => {
                if let [(var, init)] = &bindings[..]
                    && let Some(inner) = as_loop(var, init, body)
                {
                    self.search(search, &inner.body, true);
                    self.search(search, body, in_loop);
                    return;
                }
            }
            ExprKind::Call(callee, arguments) => {
                self.note_call(search, callee, arguments, in_loop);
                // `((lambda (x) body) value)` is a `let`.
                if let ExprKind::Lambda(procedure) = &callee.kind {
                    let clauses = procedure.clauses.iter();
                    clauses.for_each(|clause| self.search(search, &clause.body, in_loop));
                }
            }
            _ => {}
        }
        parts(expr, &mut |part, _| self.search(search, part, in_loop));
    }

    fn note_call(&self, search: &mut Search<'_>, callee: &Expr, arguments: &[Expr], in_loop: bool) {
        let name = match &callee.kind {
            ExprKind::Local(var) => Some(var.name.plain()),
            ExprKind::Global(number) => Some(self.m.globals[*number as usize].name.plain()),
            _ => None,
        };
        let is_apply = name.is_some_and(|name| &*name.name() == "apply");
        let called = if is_apply { arguments.first() } else { Some(callee) };
        if let Some(param) = called.and_then(|called| search.param(called)) {
            param.is_called = true;
            param.is_called_in_loop |= in_loop;
        }
        if name.is_some() && name == search.own {
            for (index, argument) in arguments.iter().enumerate() {
                let own = search.clause.params.get(index);
                if own.is_some_and(|own| is_local(argument, own)) {
                    search.found[index].is_passed_on = true;
                }
            }
        }
    }
}

impl Search<'_> {
    /// What is known of the parameter that an expression is.
    fn param(&mut self, expr: &Expr) -> Option<&mut Param> {
        let index = self.clause.params.iter().position(|param| is_local(expr, param))?;
        self.found.get_mut(index)
    }
}

fn is_local(expr: &Expr, var: &Var) -> bool {
    matches!(&expr.kind, ExprKind::Local(other) if key(other) == key(var))
}
