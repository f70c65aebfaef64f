//! The expander: data to expressions in which macros are expanded and every name is resolved.
//!
//! ```text
//! expr      what comes out                      scope    what names mean where
//! forms     lambda, let, if, set!, cond, ..     rules    syntax-rules
//! body      definitions in bodies               records  define-record-type
//! control   guard, parameterize, delay, ..      quote    quote and quasiquote
//! toplevel  programs: definitions, import       library  define-library and what can be imported
//! convert   data to constants, values to data              show     expanded expressions as text
//! ```
//!
//! Invariant: expressions contain objects of old space only, for code will refer to them.

mod body;
mod control;
mod convert;
pub mod expr;
mod forms;
mod library;
mod quote;
mod records;
mod rules;
mod scope;
pub mod show;
mod standard;
mod toplevel;

#[cfg(test)]
mod tests;

pub use expr::{Clause, Expr, ExprKind, Procedure, Var, Variable};
pub use scope::{Binding, Env, Scope};

use std::collections::HashMap;

use crate::error::{Error, Result};
use crate::machine::Machine;
use crate::symbol::Sym;
use crate::syntax::{Datum, Node, Span};
use library::Library;

/// What names mean, everywhere.
pub struct World {
    /// The scope that all of the system is defined in.
    pub internal: Env,
    /// Where a program begins that imports nothing.
    pub everything: Env,
    /// Scopes that values refer to, by number.
    pub(crate) environments: Vec<Env>,
    libraries: HashMap<String, Library>,
    /// Where an alias that is bound nowhere is looked up.
    aliases: HashMap<Sym, Env>,
    /// Libraries that are being read.
    loading: Vec<String>,
}

impl Default for World {
    fn default() -> World {
        World {
            internal: Scope::outermost(),
            everything: Scope::outermost(),
            environments: Vec::new(),
            libraries: HashMap::new(),
            aliases: HashMap::new(),
            loading: Vec::new(),
        }
    }
}

impl World {
    /// A scope for a program that imports what it wants: only the forms to do that are there.
    pub fn program_scope(&self) -> Env {
        let scope = Scope::outermost();
        for name in ["import", "define-library"] {
            let name = Sym::new(name);
            if let Some(binding) = self.internal.get(name) {
                scope.bind(name, binding);
            }
        }
        scope
    }
}

/// A form expands into another one no more often than this.
const MAX_STEPS: usize = 100_000;

/// Expands programs of a machine.
pub struct Expander<'m> {
    pub(crate) m: &'m mut Machine,
    /// Data that macros have made so far.
    built: usize,
}

impl<'m> Expander<'m> {
    /// An expander.
    pub fn new(m: &'m mut Machine) -> Expander<'m> {
        Expander { m, built: 0 }
    }

    /// What an identifier means; `None` if nothing, and then its name.
    fn lookup(&self, name: Sym, env: &Env) -> std::result::Result<Binding, (Sym, Env)> {
        let (mut name, mut env) = (name, env);
        loop {
            if let Some(binding) = env.find(name) {
                return Ok(binding);
            }
            match (name.original(), self.m.world.aliases.get(&name)) {
                (Some(original), Some(from)) => (name, env) = (original, from),
                _ => return Err((name, env.root())),
            }
        }
    }

    /// Do two identifiers mean the same?
    fn same_identifier(&self, a: Sym, a_env: &Env, b: Sym, b_env: &Env) -> bool {
        match (self.lookup(a, a_env), self.lookup(b, b_env)) {
            (Ok(a), Ok(b)) => a.same(&b),
            (Err((a, _)), Err((b, _))) => a == b,
            _ => false,
        }
    }

    /// Is this an identifier that means a form of the system?
    fn is_special(&self, datum: &Datum, special: forms::Special, env: &Env) -> bool {
        datum.as_symbol().is_some_and(
            |name| matches!(self.lookup(name, env), Ok(Binding::Special(s)) if s == special),
        )
    }

    /// An identifier that means what it means in the system, wherever it stands.
    fn system(&mut self, name: &str, span: Span) -> Datum {
        let alias = Sym::new(name).alias();
        let internal = self.m.world.internal.clone();
        self.m.world.aliases.insert(alias, internal);
        Datum::symbol(alias, span)
    }

    /// The value of a name of the system.
    fn system_value(&mut self, name: &str, span: Span) -> Result<Expr> {
        let internal = self.m.world.internal.clone();
        self.reference(Sym::new(name), span, &internal)
    }

    /// A call of a procedure of the system.
    fn system_call(&mut self, name: &str, arguments: Vec<Expr>, span: Span) -> Result<Expr> {
        let callee = self.system_value(name, span)?;
        Ok(Expr::call(callee, arguments, span))
    }

    /// The value of a variable.
    fn reference(&mut self, name: Sym, span: Span, env: &Env) -> Result<Expr> {
        let kind = match self.lookup(name, env) {
            Ok(Binding::Local(var)) => ExprKind::Local(var),
            Ok(Binding::Global(number)) => ExprKind::Global(number),
            Ok(Binding::Builtin(number)) => ExprKind::Builtin(number),
            Ok(Binding::Special(_) | Binding::Macro(_)) => {
                let message = format!("`{}` is syntax, not a value", name.name());
                return Err(Error::syntax(span, message));
            }
            Err((name, root)) => {
                // It may be defined later.
                let number = self.m.add_global(name)?;
                root.define(name, Binding::Global(number));
                ExprKind::Global(number)
            }
        };
        Ok(Expr::new(kind, span))
    }

    /// Expands an expression.
    ///
    /// # Errors
    /// If it is none.
    pub(crate) fn expr(&mut self, datum: &Datum, env: &Env) -> Result<Expr> {
        self.m.check_depth()?;
        let mut current = datum.clone();
        for _ in 0..MAX_STEPS {
            let span = current.span;
            let items = match &current.node {
                Node::Symbol(name) => return self.reference(*name, span, env),
                Node::List(items) if items.is_empty() => {
                    return Err(Error::syntax(span, "`()` is no expression: quote it"));
                }
                Node::List(items) => items.clone(),
                Node::Dotted(items, _) => match self.macro_of(&items[0], env) {
                    Some(found) => {
                        current = self.apply_macro(&found, &current, env)?;
                        continue;
                    }
                    None => return Err(Error::syntax(span, "a call with a dot")),
                },
                Node::Label(..) | Node::Reference(_) => {
                    return Err(Error::syntax(span, "a label is no expression: quote it"));
                }
                _ => return self.literal(&current),
            };
            if let Some(name) = items[0].as_symbol() {
                match self.lookup(name, env) {
                    Ok(Binding::Special(special)) => {
                        return self.special(special, &current, &items, env);
                    }
                    Ok(Binding::Macro(found)) => {
                        current = self.apply_macro(&found, &current, env)?;
                        continue;
                    }
                    _ => {}
                }
            }
            let callee = self.expr(&items[0], env)?;
            let arguments = self.exprs(&items[1..], env)?;
            return Ok(Expr::call(callee, arguments, span));
        }
        Err(Error::syntax(datum.span, "the expansion of this does not end"))
    }

    fn macro_of(&self, head: &Datum, env: &Env) -> Option<std::rc::Rc<rules::Macro>> {
        match self.lookup(head.as_symbol()?, env) {
            Ok(Binding::Macro(found)) => Some(found),
            _ => None,
        }
    }

    fn exprs(&mut self, data: &[Datum], env: &Env) -> Result<Vec<Expr>> {
        data.iter().map(|datum| self.expr(datum, env)).collect()
    }

    /// Expands expressions that follow each other.
    fn sequence(&mut self, data: &[Datum], span: Span, env: &Env) -> Result<Expr> {
        if data.is_empty() {
            return Ok(self.unspecified(span));
        }
        Ok(Expr::seq(self.exprs(data, env)?, span))
    }

    fn unspecified(&self, span: Span) -> Expr {
        Expr::constant(crate::value::unspecified(), span)
    }

    /// A local variable of this name in a scope.
    fn bind_local(&mut self, name: &Datum, env: &Env) -> Result<Var> {
        let Some(symbol) = name.as_symbol() else {
            return Err(Error::syntax(name.span, "the name of a variable is wanted here"));
        };
        if env.get(symbol).is_some() {
            let message = format!("`{}` is bound twice here", symbol.name());
            return Err(Error::syntax(name.span, message));
        }
        let var = Variable::new(symbol);
        env.bind(symbol, Binding::Local(var.clone()));
        Ok(var)
    }
}
