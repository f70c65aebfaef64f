//! Calls: of functions, and of built-ins that are known by name.

use holloway::Val;

use super::Function;
use crate::builtins;
use crate::bytecode::op::{Math, Math2, Op};
use crate::error::{Error, Result};
use crate::syntax::ast::{Expr, ExprKind, Name};
use crate::syntax::resolve::Place;

/// No call has more arguments.
const MOST: usize = u16::MAX as usize / 2;

impl<'a> Function<'_, '_, 'a> {
    /// Pushes the result of a call.
    pub(super) fn call(
        &mut self,
        expr: &Expr<'a>,
        callee: &Expr<'a>,
        arguments: &[Expr<'a>],
    ) -> Result<()> {
        if arguments.len() > MOST {
            return Err(Error::memory("a call with so many arguments"));
        }
        if let ExprKind::Name(name) = &callee.kind {
            let info = self.resolution().name(name.id);
            match info.place {
                Place::Builtin(number) => return self.builtin(expr, number, arguments),
                Place::Global(global) if !info.check => {
                    return self.global_call(expr, *name, global, arguments);
                }
                _ => {}
            }
        }
        let method = match &callee.kind {
            ExprKind::Field { object, field } => Some(self.method(object, *field)?),
            ExprKind::Super { this, base, field } => Some(self.super_method(*this, *base, *field)?),
            _ => None,
        };
        if let Some(base) = method {
            self.elements(arguments)?;
            self.at(expr.place());
            self.emitter.emit(Op::CallMethod { base, argc: arguments.len() as u16 });
            self.emitter.pop_many(arguments.len() + 1);
            return Ok(());
        }
        self.expr(callee)?;
        let base = self.emitter.settle_top();
        self.elements(arguments)?;
        self.at(expr.place());
        self.emitter.emit(Op::Call { base, argc: arguments.len() as u16 });
        self.emitter.pop_many(arguments.len());
        Ok(())
    }

    fn global_call(
        &mut self,
        expr: &Expr<'a>,
        name: Name<'a>,
        global: u32,
        arguments: &[Expr<'a>],
    ) -> Result<()> {
        let (k, assigned) = self.global(global);
        match u8::try_from(arguments.len()) {
            Ok(argc) if !assigned => {
                let base = self.emitter.push_home();
                self.elements(arguments)?;
                self.at(expr.place());
                self.emitter.emit(Op::CallBinding { argc, base, k });
            }
            _ => {
                self.read(name)?;
                let base = self.emitter.settle_top();
                self.elements(arguments)?;
                self.at(expr.place());
                self.emitter.emit(Op::Call { base, argc: arguments.len() as u16 });
            }
        }
        self.emitter.pop_many(arguments.len());
        Ok(())
    }

    /// A call of a built-in: an instruction of its own, if there is one.
    fn builtin(&mut self, expr: &Expr<'a>, number: u16, arguments: &[Expr<'a>]) -> Result<()> {
        let name = builtins::name(number);
        match arguments {
            [a] if name == "len" => self.with_one(expr, a, |d, a| Op::Len { d, a }),
            [a] if name == "pop" => self.with_one(expr, a, |d, a| Op::Pop { d, a }),
            [_, _] if name == "push" => {
                self.push_call_of(expr, arguments)?;
                self.emitter.push_const(Val::NIL);
                Ok(())
            }
            [a] if let Some(f) = Math::of(name) => {
                self.with_one(expr, a, |d, a| Op::Math { f, d, a })
            }
            [a, b] if let Some(f) = Math2::of(name) => {
                self.expr(a)?;
                self.expr(b)?;
                self.at(expr.place());
                self.emitter.binary_with(|d, a, b| Op::Math2 { f, d, a, b });
                Ok(())
            }
            _ => self.plain_builtin(expr, number, arguments),
        }
    }

    fn with_one(
        &mut self,
        expr: &Expr<'a>,
        argument: &Expr<'a>,
        op: impl FnOnce(u16, u16) -> Op,
    ) -> Result<()> {
        self.expr(argument)?;
        self.at(expr.place());
        self.emitter.unary(op);
        Ok(())
    }

    /// `push(a, v)` as a statement; false if that is not what the call is.
    pub(super) fn push_call(
        &mut self,
        expr: &Expr<'a>,
        callee: &Expr<'a>,
        arguments: &[Expr<'a>],
    ) -> Result<bool> {
        let ExprKind::Name(name) = &callee.kind else { return Ok(false) };
        let Place::Builtin(number) = self.resolution().name(name.id).place else {
            return Ok(false);
        };
        if builtins::name(number) != "push" || arguments.len() != 2 {
            return Ok(false);
        }
        self.push_call_of(expr, arguments)?;
        Ok(true)
    }

    fn push_call_of(&mut self, expr: &Expr<'a>, arguments: &[Expr<'a>]) -> Result<()> {
        for argument in arguments {
            self.expr(argument)?;
        }
        self.at(expr.place());
        let (a, s) = (self.emitter.peek(1), self.emitter.peek(0));
        self.emitter.emit(Op::Push { a, s });
        self.emitter.pop_many(2);
        Ok(())
    }

    fn plain_builtin(
        &mut self,
        expr: &Expr<'a>,
        number: u16,
        arguments: &[Expr<'a>],
    ) -> Result<()> {
        self.emitter.push_const(builtins_value(number));
        let base = self.emitter.settle_top();
        self.elements(arguments)?;
        self.at(expr.place());
        let argc = arguments.len();
        match u8::try_from(argc) {
            Ok(argc) => self.emitter.emit(Op::CallBuiltin { argc, base, number }),
            Err(_) => self.emitter.emit(Op::Call { base, argc: argc as u16 }),
        }
        self.emitter.pop_many(argc);
        Ok(())
    }
}

fn builtins_value(number: u16) -> Val {
    crate::value::builtin(number)
}
