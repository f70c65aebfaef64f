//! Making a failing program small: take a statement out, keep the change if it still fails.

use super::shape::{Stmt, text};
use crate::language::Language;

/// A program that can be made smaller.
#[derive(Debug, Clone)]
pub struct Program {
    pub(super) language: Language,
    pub(super) statements: Vec<Stmt>,
}

impl Program {
    /// Its text.
    pub fn text(&self) -> String {
        text(self.language, &self.statements)
    }
}

/// The smallest program that still fails that can be found by single steps, in at most `tries`
/// runs. `fails` says whether a text still shows the failure.
pub fn minimize(program: &Program, tries: usize, mut fails: impl FnMut(&str) -> bool) -> Program {
    let mut best = program.statements.clone();
    let mut left = tries;
    let mut step = 0;
    while let Some(smaller) = nth_step(&best, step) {
        if smaller == best {
            step += 1;
            continue;
        }
        if left == 0 {
            break;
        }
        left -= 1;
        if fails(&text(program.language, &smaller)) {
            best = smaller;
        } else {
            step += 1;
        }
    }
    Program { language: program.language, statements: best }
}

/// The program after the `n`-th way of making it smaller, the big ones first: taking statements
/// out, then putting a block's body in the block's place.
fn nth_step(program: &[Stmt], n: usize) -> Option<Vec<Stmt>> {
    let count = size(program);
    let mut at = n % count.max(1);
    let mut copy = program.to_vec();
    match n.checked_div(count)? {
        0 => change(&mut copy, &mut at, &mut |_| Vec::new()).then_some(copy),
        1 => change(&mut copy, &mut at, &mut unwrap).then_some(copy),
        _ => None,
    }
}

fn unwrap(statement: &Stmt) -> Vec<Stmt> {
    match statement {
        Stmt::Line(_) => vec![statement.clone()],
        Stmt::Block { body, other, .. } => body.iter().chain(other).cloned().collect(),
    }
}

/// How many statements there are, those in blocks too.
fn size(statements: &[Stmt]) -> usize {
    let inner = |s: &Stmt| match s {
        Stmt::Line(_) => 1,
        Stmt::Block { body, other, .. } => 1 + size(body) + size(other),
    };
    statements.iter().map(inner).sum()
}

/// Replaces the `at`-th statement by what `f` makes of it. Gives false if there are not so many.
fn change(list: &mut Vec<Stmt>, at: &mut usize, f: &mut dyn FnMut(&Stmt) -> Vec<Stmt>) -> bool {
    for i in 0..list.len() {
        if *at == 0 {
            let new = f(&list[i]);
            list.splice(i..=i, new);
            return true;
        }
        *at -= 1;
        if let Stmt::Block { body, other, .. } = &mut list[i]
            && (change(body, at, f) || change(other, at, f))
        {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_fails_is_left() {
        let inner = vec![Stmt::line("a"), Stmt::line("bad"), Stmt::line("c")];
        let statements = vec![Stmt::line("x"), Stmt::block("if y", inner), Stmt::line("z")];
        let small = minimize(&Program { language: Language::Mini, statements }, 1000, |text| {
            text.contains("bad")
        });
        assert_eq!(small.text(), "bad\n");
    }
}
