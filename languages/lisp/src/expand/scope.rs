//! What names mean where.
//!
//! A scope maps symbols to bindings. Hygiene comes from aliases: a macro's template puts fresh
//! symbols into the program that stand for those of the template. Where such a symbol is bound, it
//! is a name like any other; where it is not, it means what the original means where the macro was
//! defined.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::expr::Var;
use super::forms::Special;
use super::rules::Macro;
use crate::symbol::Sym;

/// What a name means.
#[derive(Clone)]
pub enum Binding {
    /// A form that the expander knows.
    Special(Special),
    /// A macro.
    Macro(Rc<Macro>),
    /// A local variable.
    Local(Var),
    /// A global variable, by number.
    Global(u32),
    /// A built-in procedure, by number.
    Builtin(u16),
}

impl Binding {
    /// The same meaning?
    pub fn same(&self, other: &Binding) -> bool {
        match (self, other) {
            (Binding::Special(a), Binding::Special(b)) => a == b,
            (Binding::Macro(a), Binding::Macro(b)) => Rc::ptr_eq(a, b),
            (Binding::Local(a), Binding::Local(b)) => Rc::ptr_eq(a, b),
            (Binding::Global(a), Binding::Global(b)) => a == b,
            (Binding::Builtin(a), Binding::Builtin(b)) => a == b,
            _ => false,
        }
    }
}

/// A scope.
pub struct Scope {
    parent: Option<Env>,
    names: RefCell<HashMap<Sym, Binding>>,
    /// The names that scopes inside of the same outermost one bind: others need not be looked for there.
    inner: Rc<RefCell<HashSet<Sym>>>,
    /// The outermost scope around this one.
    outermost: Option<Env>,
    /// Names that belong to this scope itself, where others were imported.
    own: RefCell<HashSet<Sym>>,
}

/// A scope, shared.
pub type Env = Rc<Scope>;

impl Scope {
    /// An empty scope of a program or library.
    pub fn outermost() -> Env {
        Scope::new(None)
    }

    fn new(parent: Option<Env>) -> Env {
        let inner = parent.as_ref().map_or_else(Rc::default, |parent| parent.inner.clone());
        let outermost = parent.as_ref().map(Scope::root);
        let (names, own) = (RefCell::default(), RefCell::default());
        Rc::new(Scope { parent, names, inner, outermost, own })
    }

    /// An empty scope inside of another.
    pub fn inside(parent: &Env) -> Env {
        Scope::new(Some(parent.clone()))
    }

    /// Is this the scope of a whole program or library?
    pub fn is_outermost(&self) -> bool {
        self.parent.is_none()
    }

    /// Binds a name.
    pub fn bind(&self, name: Sym, binding: Binding) {
        if self.parent.is_some() {
            self.inner.borrow_mut().insert(name);
        }
        self.names.borrow_mut().insert(name, binding);
    }

    /// Binds a name that the program itself defines.
    pub fn define(&self, name: Sym, binding: Binding) {
        self.own.borrow_mut().insert(name);
        self.bind(name, binding);
    }

    /// Is this a name that the program itself defined?
    pub fn owns(&self, name: Sym) -> bool {
        self.own.borrow().contains(&name)
    }

    /// What a name means in this very scope.
    pub fn get(&self, name: Sym) -> Option<Binding> {
        self.names.borrow().get(&name).cloned()
    }

    /// All names of this very scope.
    pub fn names(&self) -> Vec<(Sym, Binding)> {
        self.names.borrow().iter().map(|(name, binding)| (*name, binding.clone())).collect()
    }

    /// What a name means here, without regard to aliases.
    pub fn find(self: &Rc<Self>, name: Sym) -> Option<Binding> {
        if !self.inner.borrow().contains(&name) {
            return self.root().get(name);
        }
        let mut scope = self;
        loop {
            if let Some(binding) = scope.get(name) {
                return Some(binding);
            }
            scope = scope.parent.as_ref()?;
        }
    }

    /// The scope of the whole program or library.
    pub fn root(self: &Rc<Self>) -> Env {
        self.outermost.as_ref().unwrap_or(self).clone()
    }
}
