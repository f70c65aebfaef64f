//! `letrec*`: when each of its variables comes to be.
//!
//! Procedures are made as late as possible: all at once at the end, unless something needs them
//! before. Then the other variables have their values already, and can be copied into closures. A
//! variable that may be asked for before it has its value lives in a cell that says so.

use std::collections::HashSet;

use super::uses::{key, mentions};
use crate::expand::{Expr, ExprKind, Var, Variable};

/// A step of making the variables.
pub(super) enum Step<'e> {
    /// Procedures that may mention each other.
    Procedures(Vec<(&'e Var, &'e Expr)>),
    /// The value of an expression.
    Value(&'e Var, &'e Expr),
}

/// The steps, and the variables that live in cells from the start.
pub(super) fn plan(bindings: &[(Var, Expr)]) -> (Vec<&Var>, Vec<Step<'_>>) {
    let count = bindings.len();
    let wanted: HashSet<*const Variable> = bindings.iter().map(|(var, _)| key(var)).collect();
    let mentioned: Vec<HashSet<*const Variable>> = bindings
        .iter()
        .map(|(_, init)| {
            let mut found = HashSet::new();
            mentions(init, &wanted, &mut found);
            found
        })
        .collect();
    let is_procedure: Vec<bool> = bindings
        .iter()
        .map(|(var, init)| matches!(init.kind, ExprKind::Lambda(_)) && !var.assigned.get())
        .collect();
    // Procedure i is made before the value of binding `place[i]`.
    let mut place: Vec<usize> =
        (0..count).map(|i| if is_procedure[i] { count } else { i }).collect();
    loop {
        let mut changed = false;
        for i in (0..count).filter(|i| is_procedure[*i]) {
            for j in 0..count {
                if mentioned[j].contains(&key(&bindings[i].0)) && place[j] < place[i] {
                    place[i] = place[j];
                    changed = true;
                }
            }
        }
        if !changed {
            break;
        }
    }
    let mut early = Vec::new();
    for j in (0..count).filter(|j| !is_procedure[*j]) {
        let needed =
            (0..count).any(|i| mentioned[i].contains(&key(&bindings[j].0)) && place[i] <= j);
        if needed {
            let var = &bindings[j].0;
            var.assigned.set(true);
            var.checked.set(true);
            early.push(var);
        }
    }
    let mut steps = Vec::new();
    for at in 0..=count {
        let procedures: Vec<_> = (0..count)
            .filter(|i| is_procedure[*i] && place[*i] == at)
            .map(|i| (&bindings[i].0, &bindings[i].1))
            .collect();
        if !procedures.is_empty() {
            steps.push(Step::Procedures(procedures));
        }
        if at < count && !is_procedure[at] {
            steps.push(Step::Value(&bindings[at].0, &bindings[at].1));
        }
    }
    (early, steps)
}
