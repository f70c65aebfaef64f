//! Expanded expressions as text: what `,expand` shows.
//!
//! ```text
//! (do ((i 0 (+ i 1))) ((= i 3)))   =>   (letrec ((do (lambda (i) (if (= i 3) .. (do (+ i 1)))))) (do 0))
//! ```
//! Variables that a macro made up may have the name of another one: all but the first get a number.

use std::collections::HashMap;

use super::{Expr, ExprKind, Var, Variable};
use crate::builtins;
use crate::machine::Machine;
use crate::value::object::PAIR;
use crate::value::{self, show};

/// Text wider than this is broken.
const WIDTH: usize = 78;

/// What is shown: words, and lists of it.
enum Form {
    Word(String),
    List(Vec<Form>),
}

fn word(text: &str) -> Form {
    Form::Word(text.to_owned())
}

/// The text of an expanded expression.
pub fn text(machine: &Machine, expr: &Expr) -> String {
    let mut names = Names { machine, known: HashMap::new(), counts: HashMap::new() };
    let mut text = String::new();
    names.form(expr).write(0, &mut text);
    text
}

/// The names that variables have in the text.
struct Names<'m> {
    machine: &'m Machine,
    known: HashMap<*const Variable, String>,
    counts: HashMap<String, usize>,
}

impl Names<'_> {
    fn variable(&mut self, var: &Var) -> Form {
        let counts = &mut self.counts;
        let name = self.known.entry(std::rc::Rc::as_ptr(var)).or_insert_with(|| {
            let plain = var.name.plain().name().to_string();
            let count = counts.entry(plain.clone()).or_insert(0);
            *count += 1;
            if *count == 1 { plain } else { format!("{plain}.{count}") }
        });
        word(name)
    }

    fn global(&self, number: u32) -> Form {
        word(&self.machine.globals[number as usize].name.plain().name())
    }

    fn constant(&self, value: holloway::Val) -> Form {
        let text = show::show(&self.machine.heap, value, show::WRITE);
        let quoted = value.is_nil() || value.tag() == PAIR || value::as_symbol(value).is_some();
        Form::Word(if quoted { format!("'{text}") } else { text })
    }

    fn forms(&mut self, exprs: &[Expr]) -> Vec<Form> {
        exprs.iter().map(|expr| self.form(expr)).collect()
    }

    fn binding(&mut self, head: &str, bindings: &[(Var, Expr)], body: &Expr) -> Form {
        let pairs = bindings.iter().map(|(var, init)| {
            let (name, init) = (self.variable(var), self.form(init));
            Form::List(vec![name, init])
        });
        let pairs = Form::List(pairs.collect());
        Form::List(vec![word(head), pairs, self.form(body)])
    }

    fn clause(&mut self, clause: &super::Clause) -> [Form; 2] {
        let mut params: Vec<Form> = clause.params.iter().map(|p| self.variable(p)).collect();
        if let Some(rest) = &clause.rest {
            params.extend([word("."), self.variable(rest)]);
        }
        [Form::List(params), self.form(&clause.body)]
    }

    fn form(&mut self, expr: &Expr) -> Form {
        let list = |head: &str, rest: Vec<Form>| {
            Form::List(std::iter::once(word(head)).chain(rest).collect())
        };
        match &expr.kind {
            ExprKind::Const(value) => self.constant(*value),
            ExprKind::Local(var) => self.variable(var),
            ExprKind::Global(number) => self.global(*number),
            ExprKind::Builtin(number) => word(builtins::name(*number)),
            ExprKind::SetLocal(var, value) => {
                let name = self.variable(var);
                list("set!", vec![name, self.form(value)])
            }
            ExprKind::SetGlobal(number, value) => {
                list("set!", vec![self.global(*number), self.form(value)])
            }
            ExprKind::Define(number, value) => {
                list("define", vec![self.global(*number), self.form(value)])
            }
            ExprKind::If(test, then, other) => {
                let parts = vec![self.form(test), self.form(then), self.form(other)];
                list("if", parts)
            }
            ExprKind::Lambda(procedure) => match &procedure.clauses[..] {
                [clause] => list("lambda", self.clause(clause).into()),
                clauses => {
                    let clauses = clauses.iter().map(|c| Form::List(self.clause(c).into()));
                    let clauses = clauses.collect();
                    list("case-lambda", clauses)
                }
            },
            ExprKind::Seq(items) => list("begin", self.forms(items)),
            ExprKind::Call(callee, arguments) => {
                let mut parts = vec![self.form(callee)];
                parts.extend(self.forms(arguments));
                Form::List(parts)
            }
            ExprKind::Let(bindings, body) => self.binding("let", bindings, body),
            ExprKind::Letrec(bindings, body) => self.binding("letrec*", bindings, body),
        }
    }
}

impl Form {
    fn width(&self) -> usize {
        match self {
            Form::Word(text) => text.chars().count(),
            Form::List(parts) => 1 + parts.len() + parts.iter().map(Form::width).sum::<usize>(),
        }
    }

    /// Appends the text, which begins at this column.
    fn write(&self, column: usize, text: &mut String) {
        let Form::List(parts) = self else {
            if let Form::Word(word) = self {
                text.push_str(word);
            }
            return;
        };
        text.push('(');
        let fits = column + self.width() <= WIDTH;
        // A list that begins with a word goes on under it, shifted; other lists are columns.
        let shift = if matches!(parts.first(), Some(Form::Word(_))) { 2 } else { 1 };
        let mut at = column + 1;
        for (index, part) in parts.iter().enumerate() {
            if index > 0 && !fits && (index > 1 || shift == 1) {
                at = column + shift;
                text.push('\n');
                text.push_str(&" ".repeat(at));
            } else if index > 0 {
                text.push(' ');
                at += 1;
            }
            part.write(at, text);
            at += part.width();
        }
        text.push(')');
    }
}
