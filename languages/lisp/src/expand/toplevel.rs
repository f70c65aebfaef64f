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
use crate::syntax::{Datum, Node, Span};
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

    /// The name that an identifier stands for, and the scope of the program or library that imports it, if it is imported.
    pub(super) fn imported(&self, name: Sym, env: &Env) -> Option<(Sym, Env)> {
        let (mut name, mut env) = (name, env);
        while env.find(name).is_none() {
            (name, env) = (name.original()?, self.m.world.aliases.get(&name)?);
        }
        let root = env.root();
        (root.get(name).is_some() && !root.owns(name)).then_some((name, root))
    }

    /// The program's own variable in place of an imported one that it assigns. What a program or a library imports in so many
    /// words is not its to change; where everything is there without an import, the name is the program's from the start.
    pub(super) fn own_instead(&mut self, name: Sym, root: &Env, span: Span) -> Result<u32> {
        if !std::rc::Rc::ptr_eq(root, &self.m.world.everything) {
            let message = format!("`{}` is imported: it cannot be assigned", name.name());
            return Err(Error::syntax(span, message));
        }
        self.own_copy(name, root)
    }

    /// Is this form an import?
    pub fn is_import(&self, form: &Datum, env: &Env) -> bool {
        let head = form.as_list().and_then(<[Datum]>::first);
        head.is_some_and(|head| {
            self.is_special(head, Special::Import, env)
                || self.is_special(head, Special::DefineLibrary, env)
        })
    }

    /// Names that are imported, but defined or assigned by one of these forms, belong to the program from the
    /// start: procedures that are compiled before the definition must see it.
    ///
    /// # Errors
    /// For want of memory.
    pub fn announce(&mut self, forms: &[Datum], env: &Env) -> Result<()> {
        let mut names = Vec::new();
        for form in forms {
            self.defined_names(form, env, &mut names);
        }
        if std::rc::Rc::ptr_eq(env, &self.m.world.everything) {
            self.assigned_names(forms, env, &mut names);
        }
        for name in names {
            if let Some(Binding::Global(_) | Binding::Builtin(_)) = env.get(name) {
                self.own_copy(name, env)?;
            }
        }
        Ok(())
    }

    /// Adds the names that a form defines, as far as no macro is involved.
    fn defined_names(&self, form: &Datum, env: &Env, names: &mut Vec<Sym>) {
        let Some([head, target, rest @ ..]) = form.as_list() else { return };
        let is = |special| self.is_special(head, special, env);
        if is(Special::Begin) {
            self.defined_names(target, env, names);
            rest.iter().for_each(|form| self.defined_names(form, env, names));
        } else if is(Special::Define) {
            names.extend(first_symbol(target));
        } else if is(Special::DefineValues) {
            names.extend(symbols(target));
        } else if is(Special::DefineRecord) {
            names.extend(first_symbol(target));
            if let [constructor, others @ ..] = rest {
                names.extend(first_symbol(constructor));
                others.iter().for_each(|other| names.extend(symbols(other)));
            }
        }
    }

    /// Adds the names that are assigned anywhere in these forms.
    fn assigned_names(&self, forms: &[Datum], env: &Env, names: &mut Vec<Sym>) {
        let mut waiting: Vec<&Datum> = forms.iter().collect();
        while let Some(datum) = waiting.pop() {
            let (Node::List(items) | Node::Dotted(items, _)) = &datum.node else { continue };
            if let [head, target, ..] = &items[..]
                && self.is_special(head, Special::Set, env)
            {
                names.extend(target.as_symbol());
            }
            waiting.extend(items.iter());
        }
    }

    /// Nothing, at no place.
    pub fn nothing(&self) -> Expr {
        self.unspecified(Span::none())
    }
}

/// The name that `name`, `(name . params)` or `((name . params) . params)` is about.
fn first_symbol(target: &Datum) -> Option<Sym> {
    let mut target = target;
    loop {
        match &target.node {
            Node::Symbol(name) => return Some(*name),
            Node::List(items) if !items.is_empty() => target = &items[0],
            Node::Dotted(items, _) => target = &items[0],
            _ => return None,
        }
    }
}

/// The symbols of a list, or a symbol.
fn symbols(datum: &Datum) -> Vec<Sym> {
    match &datum.node {
        Node::Symbol(name) => vec![*name],
        Node::List(items) => items.iter().filter_map(Datum::as_symbol).collect(),
        Node::Dotted(items, tail) => {
            items.iter().filter_map(Datum::as_symbol).chain(tail.as_symbol()).collect()
        }
        _ => Vec::new(),
    }
}
