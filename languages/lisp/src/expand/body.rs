//! Bodies: definitions, then expressions; together a `letrec*`.

use std::collections::VecDeque;

use super::forms::Special;
use super::scope::{Binding, Env, Scope};
use super::{Expander, Expr, ExprKind, MAX_STEPS, Var, Variable};
use crate::error::{Error, Result};
use crate::symbol::Sym;
use crate::syntax::{Datum, Span};

/// What the value of a definition comes from.
pub(super) enum Init {
    /// An expression, in a scope.
    Datum(Datum, Env),
    /// The parameters and the body of a procedure.
    Lambda(Datum, Vec<Datum>, Span, Env),
    /// Something that is expanded already.
    Expr(Expr),
}

/// What a definition defines.
pub(super) enum Definition {
    /// A variable.
    Value(Datum, Init),
    /// Variables, by the values of an expression.
    Values(Datum, Datum),
    /// A macro.
    Syntax(Datum, Datum),
    /// A record type.
    Record(Datum),
    /// Several forms in place of one.
    Splice(Vec<Datum>, Env),
}

impl Expander<'_> {
    /// What a form defines; the form itself, its macros expanded, if it defines nothing.
    pub(super) fn definition(
        &mut self,
        form: &Datum,
        env: &Env,
    ) -> Result<std::result::Result<Definition, Datum>> {
        let mut current = form.clone();
        for _ in 0..MAX_STEPS {
            let Some([head, rest @ ..]) = current.as_list() else { return Ok(Err(current)) };
            let Some(name) = head.as_symbol() else { return Ok(Err(current)) };
            match self.lookup(name, env) {
                Ok(Binding::Macro(found)) => current = self.apply_macro(&found, &current, env)?,
                Ok(Binding::Special(special)) => {
                    return match self.known_definition(special, rest, &current, env)? {
                        Some(definition) => Ok(Ok(definition)),
                        None => Ok(Err(current)),
                    };
                }
                _ => return Ok(Err(current)),
            }
        }
        Err(Error::syntax(form.span, "the expansion of this does not end"))
    }

    fn known_definition(
        &mut self,
        special: Special,
        rest: &[Datum],
        form: &Datum,
        env: &Env,
    ) -> Result<Option<Definition>> {
        let bad = || Error::syntax(form.span, "this is no definition");
        Ok(Some(match (special, rest) {
            (Special::Begin, forms) => Definition::Splice(forms.to_vec(), env.clone()),
            (Special::Define, [target, body @ ..]) => {
                let (name, init) = self.define_target(target, body, form.span, env)?;
                Definition::Value(name, init)
            }
            (Special::DefineValues, [formals, value]) => {
                Definition::Values(formals.clone(), value.clone())
            }
            (Special::DefineSyntax, [name, rules]) => {
                Definition::Syntax(name.clone(), rules.clone())
            }
            (Special::DefineRecord, [_, _, _, ..]) => Definition::Record(form.clone()),
            (Special::Include | Special::IncludeCi, files) => {
                let data = self.included(files, special == Special::IncludeCi)?;
                Definition::Splice(data, env.clone())
            }
            (Special::CondExpand, clauses) => {
                Definition::Splice(self.cond_expand(clauses)?, env.clone())
            }
            (
                Special::Define
                | Special::DefineValues
                | Special::DefineSyntax
                | Special::DefineRecord,
                _,
            ) => return Err(bad()),
            _ => return Ok(None),
        }))
    }

    /// `(define name value)`, `(define (name . params) body ..)`, and curried ones.
    fn define_target(
        &mut self,
        target: &Datum,
        body: &[Datum],
        span: Span,
        env: &Env,
    ) -> Result<(Datum, Init)> {
        if target.as_symbol().is_some() {
            let init = match body {
                [] => Init::Expr(self.unspecified(span)),
                [value] => Init::Datum(value.clone(), env.clone()),
                _ => return Err(Error::syntax(span, "this is no definition")),
            };
            return Ok((target.clone(), init));
        }
        use crate::syntax::Node;
        let (head, params) = match &target.node {
            Node::List(items) if !items.is_empty() => {
                (&items[0], Datum::list(items[1..].to_vec(), target.span))
            }
            Node::Dotted(items, tail) => {
                let params = Datum::dotted(items[1..].to_vec(), (**tail).clone(), target.span);
                (&items[0], params)
            }
            _ => return Err(Error::syntax(target.span, "the name of a variable is wanted here")),
        };
        if head.as_symbol().is_some() {
            return Ok((head.clone(), Init::Lambda(params, body.to_vec(), span, env.clone())));
        }
        let mut inner = vec![self.system("lambda", span), params];
        inner.extend(body.iter().cloned());
        let inner = Datum::list(inner, span);
        self.define_target(head, &[inner], span, env)
    }

    /// The value of a definition.
    pub(super) fn init(&mut self, name: Sym, init: Init) -> Result<Expr> {
        let value = match init {
            Init::Datum(datum, env) => self.expr(&datum, &env)?,
            Init::Lambda(params, body, span, env) => self.lambda(&params, &body, span, &env)?,
            Init::Expr(expr) => expr,
        };
        Ok(value.named(name))
    }

    /// Expands a body in a scope that is its own.
    pub(super) fn body(&mut self, forms: &[Datum], span: Span, env: &Env) -> Result<Expr> {
        self.m.check_depth()?;
        if forms.is_empty() {
            return Err(Error::syntax(span, "a body without an expression"));
        }
        // A definition must not change what a name means that the parameters bind: it is another
        // scope.
        let inner = Scope::inside(env);
        let mut queue: VecDeque<(Datum, Env)> =
            forms.iter().map(|form| (form.clone(), inner.clone())).collect();
        let mut bindings: Vec<(Var, Init)> = Vec::new();
        let mut expressions: Vec<(Datum, Env)> = Vec::new();
        while let Some((form, scope)) = queue.pop_front() {
            match self.definition(&form, &scope)? {
                Err(expression) => expressions.push((expression, scope)),
                Ok(Definition::Splice(forms, scope)) => {
                    for form in forms.into_iter().rev() {
                        queue.push_front((form, scope.clone()));
                    }
                }
                Ok(Definition::Syntax(name, rules)) => {
                    let binding = self.transformer(&rules, &scope)?;
                    let Some(symbol) = name.as_symbol() else {
                        return Err(Error::syntax(name.span, "a name is wanted here"));
                    };
                    scope.bind(symbol, binding);
                }
                Ok(definition) => {
                    self.sequence_expressions(&mut expressions, &mut bindings);
                    self.body_definition(definition, &scope, &mut bindings)?;
                }
            }
        }
        let mut body = Vec::with_capacity(expressions.len());
        let mut made = Vec::with_capacity(bindings.len());
        for (var, init) in bindings {
            let value = self.init(var.name, init)?;
            made.push((var, value));
        }
        for (expression, scope) in expressions {
            body.push(self.expr(&expression, &scope)?);
        }
        let body = match body.is_empty() {
            true => self.unspecified(span),
            false => Expr::seq(body, span),
        };
        if made.is_empty() {
            return Ok(body);
        }
        Ok(Expr::new(ExprKind::Letrec(made, Box::new(body)), span))
    }

    /// Expressions before a definition are done in their turn.
    fn sequence_expressions(
        &mut self,
        expressions: &mut Vec<(Datum, Env)>,
        bindings: &mut Vec<(Var, Init)>,
    ) {
        for (expression, scope) in expressions.drain(..) {
            let nobody = Variable::new(Sym::new("_"));
            bindings.push((nobody, Init::Datum(expression, scope)));
        }
    }

    fn body_definition(
        &mut self,
        definition: Definition,
        scope: &Env,
        bindings: &mut Vec<(Var, Init)>,
    ) -> Result<()> {
        match definition {
            Definition::Value(name, init) => {
                let var = self.bind_local(&name, scope)?;
                bindings.push((var, init));
            }
            Definition::Values(formals, value) => {
                let (vars, rest) = self.parameters(&formals, scope)?;
                let span = formals.span;
                let list = Variable::new(Sym::new("values"));
                let value = self.expr(&value, scope)?;
                let values = self.values_list(value, vars.len(), rest.is_some(), span)?;
                bindings.push((list.clone(), Init::Expr(values)));
                for (index, var) in vars.iter().enumerate() {
                    let part = self.element(&list, index, span)?;
                    bindings.push((var.clone(), Init::Expr(part)));
                }
                if let Some(rest) = rest {
                    let tail = self.tail(&list, vars.len(), span)?;
                    bindings.push((rest, Init::Expr(tail)));
                }
            }
            Definition::Record(form) => {
                for (name, init) in self.record_definitions(&form, scope)? {
                    let var = self.bind_local(&name, scope)?;
                    bindings.push((var, init));
                }
            }
            Definition::Syntax(..) | Definition::Splice(..) => {}
        }
        Ok(())
    }
}
