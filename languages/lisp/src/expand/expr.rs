//! What the expander makes of a program: expressions in which every name is resolved.

use std::cell::Cell;
use std::rc::Rc;

use holloway::Val;

use crate::symbol::Sym;
use crate::syntax::Span;

/// A local variable. Two are the same if and only if they are the same object.
#[derive(Debug)]
pub struct Variable {
    /// Its name.
    pub name: Sym,
    /// It is assigned somewhere.
    pub assigned: Cell<bool>,
    /// It may be referred to before it is initialized.
    pub checked: Cell<bool>,
    /// It is assigned, but nobody else has a copy of it: it needs no cell.
    pub unshared: Cell<bool>,
    /// It is a procedure that is only ever jumped to, if the compiler has found out.
    pub is_loop: Cell<Option<bool>>,
}

/// A reference to a local variable.
pub type Var = Rc<Variable>;

impl Variable {
    /// A new variable.
    pub fn new(name: Sym) -> Var {
        Rc::new(Variable {
            name,
            assigned: Cell::new(false),
            checked: Cell::new(false),
            unshared: Cell::new(false),
            is_loop: Cell::new(None),
        })
    }

    /// Does it live in a cell?
    pub fn in_cell(&self) -> bool {
        self.assigned.get() && !self.unshared.get()
    }
}

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it does.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// What an [`Expr`] does.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// A constant, in old space.
    Const(Val),
    /// The value of a local variable.
    Local(Var),
    /// The value of a global variable, by number.
    Global(u32),
    /// A built-in procedure.
    Builtin(u16),
    /// Assigns a local variable.
    SetLocal(Var, Box<Expr>),
    /// Assigns a global variable that has a value.
    SetGlobal(u32, Box<Expr>),
    /// Gives a global variable a value.
    Define(u32, Box<Expr>),
    /// `(if a b c)`
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    /// A procedure; several for `case-lambda`.
    Lambda(Rc<Procedure>),
    /// One after the other; the last one's value.
    Seq(Vec<Expr>),
    /// A call.
    Call(Box<Expr>, Vec<Expr>),
    /// Variables, then a body.
    Let(Vec<(Var, Expr)>, Box<Expr>),
    /// As `letrec*`.
    Letrec(Vec<(Var, Expr)>, Box<Expr>),
}

/// A procedure.
#[derive(Debug)]
pub struct Procedure {
    /// What it is called, if something.
    pub name: Cell<Option<Sym>>,
    /// Its clauses: one, except for `case-lambda`.
    pub clauses: Vec<Clause>,
}

/// A clause of a procedure.
#[derive(Debug)]
pub struct Clause {
    /// The parameters that must be given.
    pub params: Vec<Var>,
    /// The one that gets a list of all others.
    pub rest: Option<Var>,
    /// What is done.
    pub body: Expr,
}

impl Expr {
    /// An expression at a place.
    pub fn new(kind: ExprKind, span: Span) -> Expr {
        Expr { kind, span }
    }

    /// A constant.
    pub fn constant(value: Val, span: Span) -> Expr {
        Expr::new(ExprKind::Const(value), span)
    }

    /// The value of a local variable.
    pub fn local(var: &Var, span: Span) -> Expr {
        Expr::new(ExprKind::Local(var.clone()), span)
    }

    /// One after the other.
    pub fn seq(mut items: Vec<Expr>, span: Span) -> Expr {
        if items.len() == 1
            && let Some(only) = items.pop()
        {
            return only;
        }
        Expr::new(ExprKind::Seq(items), span)
    }

    /// `(if a b c)`
    pub fn choice(test: Expr, then: Expr, other: Expr, span: Span) -> Expr {
        Expr::new(ExprKind::If(Box::new(test), Box::new(then), Box::new(other)), span)
    }

    /// A call.
    pub fn call(callee: Expr, arguments: Vec<Expr>, span: Span) -> Expr {
        Expr::new(ExprKind::Call(Box::new(callee), arguments), span)
    }

    /// One variable, then a body.
    pub fn binding(var: Var, init: Expr, body: Expr, span: Span) -> Expr {
        Expr::new(ExprKind::Let(vec![(var, init)], Box::new(body)), span)
    }

    /// A procedure with these parameters.
    pub fn lambda(params: Vec<Var>, rest: Option<Var>, body: Expr, span: Span) -> Expr {
        let clauses = vec![Clause { params, rest, body }];
        let procedure = Procedure { name: Cell::new(None), clauses };
        Expr::new(ExprKind::Lambda(Rc::new(procedure)), span)
    }

    /// Names a procedure that has no name.
    pub fn named(self, name: Sym) -> Expr {
        if let ExprKind::Lambda(procedure) = &self.kind
            && procedure.name.get().is_none()
        {
            procedure.name.set(Some(name.plain()));
        }
        self
    }
}
