//! `quasiquote`: templates with holes, nested, in lists and vectors.

use super::forms::Special;
use super::scope::Env;
use super::{Expander, Expr};
use crate::error::Result;
use crate::syntax::{Datum, Node};

impl Expander<'_> {
    /// The value of a template inside of `depth` quasiquotations.
    pub(super) fn quasiquote(&mut self, template: &Datum, depth: u32, env: &Env) -> Result<Expr> {
        self.m.check_depth()?;
        let span = template.span;
        match &template.node {
            Node::List(items) => {
                if let [head, inner] = &items[..] {
                    if self.is_special(head, Special::Unquote, env) {
                        if depth == 1 {
                            return self.expr(inner, env);
                        }
                        return self.nested(head, inner, depth - 1, template, env);
                    }
                    if self.is_special(head, Special::Quasiquote, env) {
                        return self.nested(head, inner, depth + 1, template, env);
                    }
                }
                self.quasi_items(items, None, depth, template, env)
            }
            Node::Dotted(items, tail) => self.quasi_items(items, Some(tail), depth, template, env),
            Node::Vector(items) => {
                let list = Datum::new(Node::List(items.clone()), span);
                if !self.has_hole(&list, env) {
                    return self.literal(template);
                }
                let list = self.quasi_items(items, None, depth, &list, env)?;
                self.system_call("list->vector", vec![list], span)
            }
            _ => self.literal(template),
        }
    }

    /// `(head inner)`, kept as a list.
    fn nested(
        &mut self,
        head: &Datum,
        inner: &Datum,
        depth: u32,
        template: &Datum,
        env: &Env,
    ) -> Result<Expr> {
        let (head, inner) = (self.literal(head)?, self.quasiquote(inner, depth, env)?);
        self.system_call("list", vec![head, inner], template.span)
    }

    /// Is there anything in a template that is to be evaluated?
    fn has_hole(&self, template: &Datum, env: &Env) -> bool {
        match &template.node {
            Node::Symbol(_) => {
                self.is_special(template, Special::Unquote, env)
                    || self.is_special(template, Special::UnquoteSplicing, env)
                    || self.is_special(template, Special::Quasiquote, env)
            }
            Node::List(items) | Node::Vector(items) => items.iter().any(|i| self.has_hole(i, env)),
            Node::Dotted(items, tail) => {
                items.iter().any(|i| self.has_hole(i, env)) || self.has_hole(tail, env)
            }
            _ => false,
        }
    }

    fn quasi_items(
        &mut self,
        items: &[Datum],
        tail: Option<&Datum>,
        depth: u32,
        whole: &Datum,
        env: &Env,
    ) -> Result<Expr> {
        let span = whole.span;
        if !self.has_hole(whole, env) {
            return self.literal(whole);
        }
        // `(a . ,b)` is read as `(a unquote b)`.
        let (items, mut result) = match items {
            [front @ .., unquote, inner]
                if tail.is_none()
                    && !front.is_empty()
                    && self.is_special(unquote, Special::Unquote, env) =>
            {
                let hole = Datum::list(vec![unquote.clone(), inner.clone()], span);
                (front, self.quasiquote(&hole, depth, env)?)
            }
            _ => match tail {
                Some(tail) => (items, self.quasiquote(tail, depth, env)?),
                None => (items, Expr::constant(holloway::Val::NIL, span)),
            },
        };
        let mut empty_tail = tail.is_none() && matches!(result.kind, super::ExprKind::Const(_));
        for item in items.iter().rev() {
            let splice = match item.as_list() {
                Some([head, inner]) if self.is_special(head, Special::UnquoteSplicing, env) => {
                    Some((head, inner))
                }
                _ => None,
            };
            result = match splice {
                Some((_, inner)) if depth == 1 => {
                    let list = self.expr(inner, env)?;
                    if empty_tail {
                        list
                    } else {
                        self.system_call("append", vec![list, result], item.span)?
                    }
                }
                Some((head, inner)) => {
                    let list = self.nested(head, inner, depth - 1, item, env)?;
                    self.system_call("cons", vec![list, result], span)?
                }
                None => {
                    let value = self.quasiquote(item, depth, env)?;
                    self.system_call("cons", vec![value, result], span)?
                }
            };
            empty_tail = false;
        }
        Ok(result)
    }
}
