//! Who is mentioned where.

use std::collections::HashSet;
use std::rc::Rc;

use crate::expand::{Expr, ExprKind, Var, Variable};

/// What a variable is told apart from others by.
pub(super) fn key(var: &Var) -> *const Variable {
    Rc::as_ptr(var)
}

/// Visits the parts of an expression; with `true` if a part gives the value of the whole, in the
/// same procedure.
pub(super) fn parts<'e>(expr: &'e Expr, visit: &mut dyn FnMut(&'e Expr, bool)) {
    match &expr.kind {
        ExprKind::Const(_) | ExprKind::Local(_) | ExprKind::Global(_) | ExprKind::Builtin(_) => {}
        ExprKind::SetLocal(_, value)
        | ExprKind::SetGlobal(_, value)
        | ExprKind::Define(_, value) => {
            visit(value, false);
        }
        ExprKind::If(a, b, c) => {
            visit(a, false);
            visit(b, true);
            visit(c, true);
        }
        ExprKind::Lambda(procedure) => {
            procedure.clauses.iter().for_each(|clause| visit(&clause.body, false));
        }
        ExprKind::Seq(items) => {
            let last = items.len().saturating_sub(1);
            items.iter().enumerate().for_each(|(i, item)| visit(item, i == last));
        }
        ExprKind::Call(callee, arguments) => {
            visit(callee, false);
            arguments.iter().for_each(|argument| visit(argument, false));
        }
        ExprKind::Let(bindings, body) | ExprKind::Letrec(bindings, body) => {
            bindings.iter().for_each(|(_, value)| visit(value, false));
            visit(body, true);
        }
    }
}

/// Adds those of the variables `wanted` that an expression mentions.
pub(super) fn mentions(
    expr: &Expr,
    wanted: &HashSet<*const Variable>,
    found: &mut HashSet<*const Variable>,
) {
    if let ExprKind::Local(var) | ExprKind::SetLocal(var, _) = &expr.kind
        && wanted.contains(&key(var))
    {
        found.insert(key(var));
    }
    parts(expr, &mut |part, _| mentions(part, wanted, found));
}

/// Does an expression mention a variable?
pub(super) fn mentioned(expr: &Expr, var: &Var) -> bool {
    let mut found = HashSet::new();
    mentions(expr, &HashSet::from([key(var)]), &mut found);
    !found.is_empty()
}

/// Is a procedure only ever called with `argc` arguments, and always where the call's value is that
/// of the whole expression?
pub(super) fn only_jumped_to(expr: &Expr, var: &Var, argc: usize, tail: bool) -> bool {
    match &expr.kind {
        ExprKind::Local(other) | ExprKind::SetLocal(other, _) if key(other) == key(var) => {
            return false;
        }
        ExprKind::Call(callee, arguments) => {
            if let ExprKind::Local(other) = &callee.kind
                && key(other) == key(var)
            {
                return tail
                    && arguments.len() == argc
                    && arguments.iter().all(|a| !mentioned(a, var));
            }
            // `((lambda (x) body) value)` is a `let`.
            if let ExprKind::Lambda(procedure) = &callee.kind
                && let [clause] = &procedure.clauses[..]
                && clause.rest.is_none()
                && clause.params.len() == arguments.len()
            {
                return arguments.iter().all(|a| !mentioned(a, var))
                    && only_jumped_to(&clause.body, var, argc, tail);
            }
        }
        ExprKind::Lambda(procedure) => {
            return procedure.clauses.iter().all(|clause| !mentioned(&clause.body, var));
        }
        // A loop inside of this one: from its turns this one may be continued.
        ExprKind::Letrec(bindings, body) => {
            if let [(inner, init)] = &bindings[..]
                && let Some(clause) = super::loops::as_loop(inner, init, body)
            {
                return only_jumped_to(&clause.body, var, argc, tail)
                    && only_jumped_to(body, var, argc, tail);
            }
        }
        _ => {}
    }
    let mut fine = true;
    parts(expr, &mut |part, last| {
        fine = fine && only_jumped_to(part, var, argc, tail && last);
    });
    fine
}

/// Finds out which of these variables need no cell although they are assigned: no closure captures
/// them, and while they are there no call returns to the frame, so that no continuation has a copy
/// of it. `tail`: the value of the last expression is that of the procedure. Calls of `own` are
/// jumps.
pub(super) fn settle(vars: &[Var], scope: &[&Expr], tail: bool, own: Option<&Var>) {
    if vars.iter().all(|var| !var.in_cell() || var.checked.get()) {
        return;
    }
    let mut jumped: Vec<*const Variable> = own.map(key).into_iter().collect();
    let last = scope.len().saturating_sub(1);
    let returns = |(i, part): (usize, &&Expr)| comes_back(part, tail && i == last, &mut jumped);
    if scope.iter().enumerate().any(returns) {
        return;
    }
    for var in vars.iter().filter(|var| var.assigned.get() && !var.checked.get()) {
        if !scope.iter().any(|part| captured(part, var)) {
            var.unshared.set(true);
        }
    }
}

/// Is there a call, other than of a built-in, that returns to this frame?
fn comes_back(expr: &Expr, tail: bool, jumped: &mut Vec<*const Variable>) -> bool {
    match &expr.kind {
        ExprKind::Lambda(_) => return false,
        ExprKind::Call(callee, arguments) => {
            let known = match &callee.kind {
                ExprKind::Builtin(_) => true,
                ExprKind::Local(var) => jumped.contains(&key(var)),
                ExprKind::Lambda(procedure) => {
                    let all = procedure.clauses.iter();
                    return arguments.iter().any(|a| comes_back(a, false, jumped))
                        || all.into_iter().any(|clause| comes_back(&clause.body, tail, jumped));
                }
                _ => false,
            };
            return !known && !tail
                || comes_back(callee, false, jumped)
                || arguments.iter().any(|a| comes_back(a, false, jumped));
        }
        ExprKind::Letrec(bindings, body) => {
            if let [(var, init)] = &bindings[..]
                && let Some(clause) = super::loops::as_loop(var, init, body)
            {
                jumped.push(key(var));
                return comes_back(&clause.body, tail, jumped) || comes_back(body, tail, jumped);
            }
        }
        _ => {}
    }
    let mut found = false;
    parts(expr, &mut |part, last| found = found || comes_back(part, tail && last, jumped));
    found
}

/// Does a closure mention a variable? Procedures that are loops, or called where they stand, are
/// none.
fn captured(expr: &Expr, var: &Var) -> bool {
    match &expr.kind {
        ExprKind::Lambda(procedure) => {
            return procedure.clauses.iter().any(|clause| mentioned(&clause.body, var));
        }
        ExprKind::Letrec(bindings, body) => {
            if let [(name, init)] = &bindings[..]
                && let Some(clause) = super::loops::as_loop(name, init, body)
            {
                return captured(&clause.body, var) || captured(body, var);
            }
        }
        _ => {}
    }
    let mut found = false;
    parts(expr, &mut |part, _| found = found || captured(part, var));
    found
}
