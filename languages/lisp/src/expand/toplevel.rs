//! Programs: definitions of global variables, macros, imports, libraries.

use holloway::Val;

use super::body::{Definition, Init};
use super::control::define;
use super::forms::Special;
use super::scope::{Binding, Env};
use super::{Expander, Expr, Variable};
use crate::error::{Error, Result};
use crate::machine::Machine;
use crate::symbol::Sym;
use crate::syntax::{Datum, Span};
use crate::value::{self, GlobalCell};

impl Machine {
    /// The value of a number for an environment.
    pub(crate) fn add_environment(&mut self, env: Env) -> i64 {
        let known = self.world.environments.iter().position(|e| std::rc::Rc::ptr_eq(e, &env));
        known.unwrap_or_else(|| {
            self.world.environments.push(env);
            self.world.environments.len() - 1
        }) as i64
    }
}

impl Expander<'_> {
    /// Expands a form of a program: what is to be done, in order.
    ///
    /// # Errors
    /// If it is none.
    pub fn toplevel(&mut self, form: &Datum, env: &Env) -> Result<Vec<Expr>> {
        self.m.check_depth()?;
        let span = form.span;
        let definition = match self.definition(form, env)? {
            Ok(definition) => definition,
            Err(expression) => {
                if let Some([head, rest @ ..]) = expression.as_list() {
                    if self.is_special(head, Special::Import, env) {
                        return self.import(rest, env);
                    }
                    if self.is_special(head, Special::DefineLibrary, env) {
                        return self.define_library(&expression);
                    }
                }
                return Ok(vec![self.expr(&expression, env)?]);
            }
        };
        match definition {
            Definition::Splice(forms, env) => {
                let mut all = Vec::new();
                for form in forms {
                    all.extend(self.toplevel(&form, &env)?);
                }
                Ok(all)
            }
            Definition::Syntax(name, rules) => {
                let binding = self.transformer(&rules, env)?;
                let symbol = name.as_symbol();
                let symbol = symbol.ok_or_else(|| Error::syntax(name.span, "a name is wanted"))?;
                env.root().define(symbol, binding.clone());
                env.root().define(symbol.plain(), binding);
                Ok(vec![self.unspecified(span)])
            }
            Definition::Value(name, init) => {
                let number = self.own_global(&name, env)?;
                let symbol = self.m.globals[number as usize].name;
                let value = self.init(symbol, init)?;
                Ok(vec![define(number, value, span)])
            }
            Definition::Values(formals, value) => self.global_values(&formals, &value, env),
            Definition::Record(form) => {
                let definitions: Vec<(Datum, Init)> = self.record_definitions(&form, env)?;
                let mut numbered = Vec::new();
                for (name, init) in definitions {
                    numbered.push((self.own_global(&name, env)?, name, init));
                }
                let mut all = Vec::new();
                for (number, name, init) in numbered {
                    let symbol = name.as_symbol().unwrap_or(Sym::new("")).plain();
                    let value = self.init(symbol, init)?;
                    all.push(define(number, value, span));
                }
                Ok(all)
            }
        }
    }

    fn global_values(&mut self, formals: &Datum, value: &Datum, env: &Env) -> Result<Vec<Expr>> {
        let span = formals.span;
        use crate::syntax::Node;
        let (names, rest): (Vec<Datum>, Option<Datum>) = match &formals.node {
            Node::List(items) => (items.to_vec(), None),
            Node::Dotted(items, tail) => (items.to_vec(), Some((**tail).clone())),
            _ => (Vec::new(), Some(formals.clone())),
        };
        let value = self.expr(value, env)?;
        let list = Variable::new(Sym::new("values"));
        let values = self.values_list(value, names.len(), rest.is_some(), span)?;
        let mut body = Vec::new();
        for (index, name) in names.iter().enumerate() {
            let number = self.own_global(name, env)?;
            body.push(define(number, self.element(&list, index, span)?, span));
        }
        if let Some(rest) = rest {
            let number = self.own_global(&rest, env)?;
            body.push(define(number, self.tail(&list, names.len(), span)?, span));
        }
        body.push(self.unspecified(span));
        Ok(vec![Expr::binding(list, values, Expr::seq(body, span), span)])
    }

    /// The global variable that a definition of this name defines.
    fn own_global(&mut self, name: &Datum, env: &Env) -> Result<u32> {
        let Some(symbol) = name.as_symbol() else {
            return Err(Error::syntax(name.span, "the name of a variable is wanted here"));
        };
        let root = env.root();
        if symbol.original().is_some() {
            // A macro made this name up: it is another one than that of the program, but may serve
            // as such.
            if let (true, Some(Binding::Global(number))) = (root.owns(symbol), root.get(symbol)) {
                return Ok(number);
            }
            let number = match (root.owns(symbol.plain()), root.get(symbol.plain())) {
                (true, Some(Binding::Global(number))) => number,
                _ => self.own_copy(symbol.plain(), &root)?,
            };
            root.define(symbol, Binding::Global(number));
            return Ok(number);
        }
        self.own_copy(symbol, &root)
    }

    /// The program's own variable of this name: with the value of an import of the same name, if
    /// there is one.
    pub(super) fn own_copy(&mut self, name: Sym, root: &Env) -> Result<u32> {
        let known = root.get(name);
        if let (true, Some(Binding::Global(number))) = (root.owns(name), &known) {
            return Ok(*number);
        }
        let number = self.m.add_global(name)?;
        let before: Option<Val> = match known {
            Some(Binding::Global(other)) => Some(self.m.global(other)),
            Some(Binding::Builtin(builtin)) => Some(value::builtin(builtin)),
            _ => None,
        };
        if let Some(before) = before {
            let cell = self.m.globals[number as usize].cell;
            self.m.heap.set_watched(cell, GlobalCell::VALUE, before);
        }
        root.define(name, Binding::Global(number));
        Ok(number)
    }

    /// Is this form an import?
    pub fn is_import(&self, form: &Datum, env: &Env) -> bool {
        let head = form.as_list().and_then(<[Datum]>::first);
        head.is_some_and(|head| {
            self.is_special(head, Special::Import, env)
                || self.is_special(head, Special::DefineLibrary, env)
        })
    }

    /// Names that are imported, but defined by one of these forms, belong to the program from the
    /// start: procedures that are compiled before the definition must see it.
    ///
    /// # Errors
    /// For want of memory.
    pub fn announce(&mut self, forms: &[Datum], env: &Env) -> Result<()> {
        for form in forms {
            let Some([head, target, ..]) = form.as_list() else { continue };
            if !self.is_special(head, Special::Define, env) {
                continue;
            }
            let mut target = target;
            let name = loop {
                use crate::syntax::Node;
                match &target.node {
                    Node::Symbol(name) => break Some(*name),
                    Node::List(items) if !items.is_empty() => target = &items[0],
                    Node::Dotted(items, _) => target = &items[0],
                    _ => break None,
                }
            };
            let Some(name) = name else { continue };
            if let Some(Binding::Global(_) | Binding::Builtin(_)) = env.get(name) {
                self.own_copy(name, env)?;
            }
        }
        Ok(())
    }

    /// Nothing, at no place.
    pub fn nothing(&self) -> Expr {
        self.unspecified(Span::none())
    }
}
