//! Forms that come down to procedures of the system: several values, `parameterize`, `guard`,
//! promises.

use super::forms::Special;
use super::scope::{Env, Scope};
use super::{Expander, Expr, ExprKind, Var, Variable};
use crate::error::{Error, Result};
use crate::symbol::Sym;
use crate::syntax::{Datum, Node, Span};
use holloway::Val;

impl Expander<'_> {
    /// The values of an expression as a list: `count` of them, or at least as many.
    pub(super) fn values_list(
        &mut self,
        value: Expr,
        count: usize,
        more: bool,
        span: Span,
    ) -> Result<Expr> {
        let count = Expr::constant(Val::int(count as i64), span);
        let more = Expr::constant(Val::bool(more), span);
        self.system_call("%values->list", vec![value, count, more], span)
    }

    /// The list without its first elements.
    pub(super) fn tail(&mut self, list: &Var, index: usize, span: Span) -> Result<Expr> {
        let mut tail = Expr::local(list, span);
        for _ in 0..index {
            tail = self.system_call("cdr", vec![tail], span)?;
        }
        Ok(tail)
    }

    /// An element of a list.
    pub(super) fn element(&mut self, list: &Var, index: usize, span: Span) -> Result<Expr> {
        let tail = self.tail(list, index, span)?;
        self.system_call("car", vec![tail], span)
    }

    pub(super) fn let_values(
        &mut self,
        bindings: &Datum,
        body: &[Datum],
        sequential: bool,
        span: Span,
        env: &Env,
    ) -> Result<Expr> {
        let wrong = || Error::syntax(bindings.span, "these are no bindings of values");
        let items = bindings.as_list().ok_or_else(wrong)?;
        let mut scope = Scope::inside(env);
        let mut made: Vec<(Var, Expr)> = Vec::new();
        for item in items {
            let Some([formals, value]) = item.as_list() else { return Err(wrong()) };
            let value = self.expr(value, if sequential { &scope } else { env })?;
            if sequential {
                scope = Scope::inside(&scope);
            }
            let (vars, rest) = self.parameters(formals, &scope)?;
            if let ([var], None) = (&vars[..], &rest) {
                made.push((var.clone(), value));
                continue;
            }
            let list = Variable::new(Sym::new("values"));
            let values = self.values_list(value, vars.len(), rest.is_some(), item.span)?;
            made.push((list.clone(), values));
            for (index, var) in vars.iter().enumerate() {
                let part = self.element(&list, index, item.span)?;
                made.push((var.clone(), part));
            }
            if let Some(rest) = rest {
                let tail = self.tail(&list, vars.len(), item.span)?;
                made.push((rest, tail));
            }
        }
        let mut result = self.body(body, span, &scope)?;
        for (var, value) in made.into_iter().rev() {
            result = Expr::binding(var, value, result, span);
        }
        Ok(result)
    }

    pub(super) fn parameterize(
        &mut self,
        bindings: &Datum,
        body: &[Datum],
        span: Span,
        env: &Env,
    ) -> Result<Expr> {
        let wrong = || Error::syntax(bindings.span, "these are no bindings of parameters");
        let items = bindings.as_list().ok_or_else(wrong)?;
        if items.is_empty() {
            return self.body(body, span, &Scope::inside(env));
        }
        let mut pairs = Vec::new();
        for item in items {
            let Some([parameter, value]) = item.as_list() else { return Err(wrong()) };
            let both = vec![self.expr(parameter, env)?, self.expr(value, env)?];
            pairs.push(self.system_call("cons", both, item.span)?);
        }
        let list = self.system_call("list", pairs, span)?;
        let body = self.body(body, span, &Scope::inside(env))?;
        let thunk = Expr::lambda(Vec::new(), None, body, span);
        self.system_call("%parameterize", vec![list, thunk], span)
    }

    /// `(guard (name clause ..) body ..)`
    pub(super) fn guard(
        &mut self,
        clauses: &Datum,
        body: &[Datum],
        span: Span,
        env: &Env,
    ) -> Result<Expr> {
        let Some([name, clauses @ ..]) = clauses.as_list() else {
            return Err(Error::syntax(span, "this is no `guard`"));
        };
        let body = self.body(body, span, &Scope::inside(env))?;
        let body = Expr::lambda(Vec::new(), None, body, span);
        let inner = Scope::inside(env);
        let payload = self.bind_local(name, &inner)?;
        let again = Variable::new(Sym::new("reraise"));
        let mut choices = clauses.to_vec();
        let has_else = clauses.last().and_then(Datum::as_list).is_some_and(|clause| {
            clause.first().is_some_and(|test| self.is_special(test, Special::Else, &inner))
        });
        if !has_else {
            let alias = Sym::new("reraise").alias();
            inner.bind(alias, super::Binding::Local(again.clone()));
            let call = Datum::list(vec![Datum::symbol(alias, span)], span);
            let clause = vec![self.system("else", span), call];
            choices.push(Datum::list(clause, span));
        }
        let handler = self.cond(&choices, span, &inner)?;
        let handler = Expr::lambda(vec![payload, again], None, handler, span);
        self.system_call("%guard", vec![body, handler], span)
    }

    /// `(delay value)`, or `(delay-force value)`.
    pub(super) fn delay(
        &mut self,
        value: &Datum,
        plain: bool,
        span: Span,
        env: &Env,
    ) -> Result<Expr> {
        let mut body = self.expr(value, env)?;
        if plain {
            body = self.system_call("make-promise", vec![body], span)?;
        }
        let thunk = Expr::lambda(Vec::new(), None, body, span);
        self.system_call("%make-lazy", vec![thunk], span)
    }

    /// The forms in files.
    pub(super) fn included(&mut self, files: &[Datum], fold_case: bool) -> Result<Vec<Datum>> {
        let mut data = Vec::new();
        for file in files {
            let Node::Text(name) = &file.node else {
                return Err(Error::syntax(file.span, "the name of a file is wanted here"));
            };
            let text = self.m.read_file(name).map_err(|error| error.at(file.span))?;
            let source = self.m.add_source(name, &text);
            let mut reader = crate::syntax::Reader::new(&text, source);
            reader.fold_case = fold_case;
            data.extend(reader.read_all()?);
        }
        Ok(data)
    }

    /// The forms that `cond-expand` chooses.
    pub(super) fn cond_expand(&mut self, clauses: &[Datum]) -> Result<Vec<Datum>> {
        for clause in clauses {
            let Some([requirement, body @ ..]) = clause.as_list() else {
                return Err(Error::syntax(clause.span, "this is no clause of `cond-expand`"));
            };
            if self.holds(requirement)? {
                return Ok(body.to_vec());
            }
        }
        Ok(Vec::new())
    }

    fn holds(&mut self, requirement: &Datum) -> Result<bool> {
        let wrong = || Error::syntax(requirement.span, "this is no requirement");
        if let Some(name) = requirement.as_symbol() {
            let name = name.name();
            return Ok(&*name == "else" || crate::builtins::FEATURES.contains(&&*name));
        }
        let Some([head, rest @ ..]) = requirement.as_list() else { return Err(wrong()) };
        let Some(head) = head.as_symbol() else { return Err(wrong()) };
        match (&*head.name(), rest) {
            ("and", all) => {
                for one in all {
                    if !self.holds(one)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            ("or", all) => {
                for one in all {
                    if self.holds(one)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            ("not", [one]) => Ok(!self.holds(one)?),
            ("library", [name]) => self.has_library(name),
            _ => Err(wrong()),
        }
    }
}

/// A definition of a global variable.
pub(super) fn define(number: u32, value: Expr, span: Span) -> Expr {
    Expr::new(ExprKind::Define(number, Box::new(value)), span)
}
