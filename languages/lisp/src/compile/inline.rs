//! Calls of built-ins: as instructions of their own where there are some, else without looking for
//! the procedure.

use holloway::Val;

use super::Compiler;
use super::function::Target;
use crate::builtins;
use crate::error::Result;
use crate::expand::{Expr, ExprKind};
use crate::value;
use crate::vm::op::{Binary, Cmp, Op, Slot, Test, Unary};

use super::uses::key;

/// Sums and products of more operands are calls.
const LONGEST_FOLD: usize = 16;

/// A literal.
fn literal(expr: &Expr) -> Option<Val> {
    match expr.kind {
        ExprKind::Const(value) => Some(value),
        _ => None,
    }
}

impl Compiler<'_> {
    /// A small integer constant: a literal, or a variable that is bound to one.
    fn small(&mut self, expr: &Expr) -> Option<i16> {
        let value = match &expr.kind {
            ExprKind::Const(value) => *value,
            ExprKind::Local(var) => *self.function().known.get(&key(var))?,
            _ => return None,
        };
        value.as_int().and_then(|i| i16::try_from(i).ok())
    }

    /// Jumps, to be patched, that are taken if the truth of an expression is `want`.
    pub(super) fn jump_when(&mut self, expr: &Expr, want: bool) -> Result<Vec<u32>> {
        self.m.check_depth()?;
        match &expr.kind {
            ExprKind::Const(value) => {
                if value::is_true(*value) == want {
                    return Ok(self.function().jump_if_reachable().into_iter().collect());
                }
                return Ok(Vec::new());
            }
            ExprKind::If(a, b, c) => {
                let is = |e: &Expr, v: Val| matches!(e.kind, ExprKind::Const(k) if k == v);
                if is(c, Val::FALSE) {
                    return self.both(a, b, want);
                }
                if is(b, Val::TRUE) {
                    return self.either(a, c, want);
                }
            }
            ExprKind::Let(bindings, body) => {
                if let ([(var, a)], ExprKind::If(test, same, b)) = (&bindings[..], &body.kind)
                    && let (ExprKind::Local(x), ExprKind::Local(y)) = (&test.kind, &same.kind)
                    && std::rc::Rc::ptr_eq(x, var)
                    && std::rc::Rc::ptr_eq(y, var)
                    && !super::uses::mentioned(b, var)
                    && !var.assigned.get()
                {
                    return self.either(a, b, want);
                }
            }
            ExprKind::Call(callee, arguments) => {
                if let ExprKind::Builtin(number) = callee.kind
                    && let Some(jumps) = self.test_call(number, arguments, want)?
                {
                    return Ok(jumps);
                }
            }
            _ => {}
        }
        let before = self.function().next;
        let a = self.operand(expr)?;
        let jump = self.jump_on(Test::True, a, want);
        self.function().next = before;
        Ok(vec![jump])
    }

    fn jump_on(&mut self, test: Test, a: u16, want: bool) -> u32 {
        self.function().emit(Op::jump_on(test, a, want))
    }

    /// `(and a b)`
    fn both(&mut self, a: &Expr, b: &Expr, want: bool) -> Result<Vec<u32>> {
        let mut first = self.jump_when(a, false)?;
        let second = self.jump_when(b, want)?;
        if want {
            self.function().patch_here(&first)?;
            return Ok(second);
        }
        first.extend(second);
        Ok(first)
    }

    /// `(or a b)`
    fn either(&mut self, a: &Expr, b: &Expr, want: bool) -> Result<Vec<u32>> {
        let mut first = self.jump_when(a, true)?;
        let second = self.jump_when(b, want)?;
        if !want {
            self.function().patch_here(&first)?;
            return Ok(second);
        }
        first.extend(second);
        Ok(first)
    }

    fn test_call(
        &mut self,
        number: u16,
        arguments: &[Expr],
        want: bool,
    ) -> Result<Option<Vec<u32>>> {
        let name = builtins::name(number);
        let before = self.function().next;
        let jumps = match arguments {
            [a] if name == "not" => return self.jump_when(a, !want).map(Some),
            [a] => match Test::named(name) {
                Some(test) => {
                    let a = self.operand(a)?;
                    vec![self.jump_on(test, a, want)]
                }
                None => return Ok(None),
            },
            [a, b] => match Cmp::named(name) {
                Some(cmp) => {
                    let jump = self.comparing_jump(cmp, a, b, want)?;
                    vec![self.function().emit(jump)]
                }
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        self.function().next = before;
        Ok(Some(jumps))
    }

    /// The jump, to be patched, that is taken if a comparison comes out as `want`.
    fn comparing_jump(&mut self, cmp: Cmp, a: &Expr, b: &Expr, want: bool) -> Result<Op> {
        let small = match (self.small(a), self.small(b)) {
            (_, Some(i)) => Some((cmp, a, i)),
            (Some(i), _) => Some((cmp.turned(), b, i)),
            _ => None,
        };
        if let Some((cmp, a, i)) = small {
            let (cmp, a) = (cmp.with_known(Val::int(i.into())), self.operand(a)?);
            return Ok(match want {
                true => Op::JumpWhenI { cmp, a, i, by: 0 },
                false => Op::JumpUnlessI { cmp, a, i, by: 0 },
            });
        }
        let cmp = [a, b].into_iter().filter_map(literal).fold(cmp, Cmp::with_known);
        let (a, b) = (self.operand(a)?, self.operand(b)?);
        Ok(match want {
            true => Op::JumpWhen { cmp, a, b, by: 0 },
            false => Op::JumpUnless { cmp, a, b, by: 0 },
        })
    }

    /// A sum, difference or product of two operands.
    fn arithmetic(&mut self, name: &str, a: &Expr, b: &Expr, d: Slot) -> Result<Op> {
        match (name, self.small(a), self.small(b)) {
            ("+", _, Some(i)) => return Ok(Op::AddI { d, a: self.operand(a)?, i }),
            ("+", Some(i), _) => return Ok(Op::AddI { d, a: self.operand(b)?, i }),
            ("-", _, Some(i)) if i > i16::MIN => {
                return Ok(Op::AddI { d, a: self.operand(a)?, i: -i });
            }
            _ => {}
        }
        let (a, b) = (self.operand(a)?, self.operand(b)?);
        Ok(match name {
            "+" => Op::Add { d, a, b },
            "-" => Op::Sub { d, a, b },
            _ => Op::Mul { d, a, b },
        })
    }

    /// A call of a built-in; `false` if it is to be called as any procedure.
    pub(super) fn builtin_call(
        &mut self,
        number: u16,
        arguments: &[Expr],
        target: Target,
    ) -> Result<bool> {
        let before = self.function().next;
        if self.intrinsic(number, arguments, target)?
            || self.instruction(number, arguments, target)?
        {
            self.function().next = before;
            return Ok(true);
        }
        self.function().next = before;
        if arguments.len() > 100 || !builtins::accepts(number, arguments.len()) {
            return Ok(false);
        }
        let base = self.window(target)?;
        self.function().temporary()?;
        for argument in arguments {
            let slot = self.function().temporary()?;
            self.expr(argument, Target::Slot(slot))?;
        }
        let argc = arguments.len() as u8;
        self.function().emit(Op::CallBuiltin { argc, base, number });
        self.function().next = before;
        self.deliver(base, target);
        Ok(true)
    }

    /// What only procedures of the system do.
    fn intrinsic(&mut self, number: u16, arguments: &[Expr], target: Target) -> Result<bool> {
        if target != Target::Tail {
            return Ok(false);
        }
        let op = match (builtins::name(number), arguments) {
            ("%apply", [procedure, list]) => {
                let base = self.function().temporary()?;
                let slot = self.function().temporary()?;
                self.expr(procedure, Target::Slot(slot))?;
                let slot = self.function().temporary()?;
                self.expr(list, Target::Slot(slot))?;
                self.function().emit(Op::Apply { base });
                self.deliver(base, Target::Tail);
                return Ok(true);
            }
            ("%call/cc", [receiver]) => Op::CallCc { s: self.operand(receiver)? },
            ("%reinstate", [k, value]) => {
                let (k, s) = (self.operand(k)?, self.operand(value)?);
                Op::Reinstate { k, s }
            }
            _ => return Ok(false),
        };
        self.function().emit(op);
        self.function().reachable = false;
        Ok(true)
    }

    fn instruction(&mut self, number: u16, arguments: &[Expr], target: Target) -> Result<bool> {
        let name = builtins::name(number);
        match (name, arguments) {
            ("values", [one]) => {
                self.expr(one, target)?;
                return Ok(true);
            }
            ("+" | "*", [_, _, _, ..]) if arguments.len() <= LONGEST_FOLD => {
                return self.folded(number, arguments, target);
            }
            ("%merge-point", [a]) => {
                let s = self.operand(a)?;
                self.function().emit(Op::MergePoint { s });
                self.function().emit(Op::Promote { s });
                self.deliver(s, target);
                return Ok(true);
            }
            ("vector-set!", [a, i, s]) => {
                let (a, i, s) = (self.operand(a)?, self.operand(i)?, self.operand(s)?);
                self.function().emit(Op::VectorSet { a, i, s });
                return self.no_value(target);
            }
            ("set-car!", [a, s]) => {
                let (a, s) = (self.operand(a)?, self.operand(s)?);
                self.function().emit(Op::SetCar { a, s });
                return self.no_value(target);
            }
            ("set-cdr!", [a, s]) => {
                let (a, s) = (self.operand(a)?, self.operand(s)?);
                self.function().emit(Op::SetCdr { a, s });
                return self.no_value(target);
            }
            ("%record-set!", [kind, record, index, s]) => {
                let Some(i) = self.small(index).and_then(|i| u8::try_from(i).ok()) else {
                    return Ok(false);
                };
                let (t, a, s) = (self.operand(kind)?, self.operand(record)?, self.operand(s)?);
                self.function().emit(Op::RecordSet { i, t, a, s });
                return self.no_value(target);
            }
            _ => {}
        }
        let d = match target {
            Target::Slot(d) => d,
            _ => self.function().temporary()?,
        };
        let op = match arguments {
            [a] => {
                if let Some(test) = Test::named(name) {
                    Op::Is { test, d, a: self.operand(a)? }
                } else if let Some(f) = Unary::named(name) {
                    let a = self.operand(a)?;
                    match f {
                        Unary::Car => Op::Car { d, a },
                        Unary::Cdr => Op::Cdr { d, a },
                        _ => Op::Unary { f, d, a },
                    }
                } else if name == "not" {
                    Op::Not { d, a: self.operand(a)? }
                } else {
                    return Ok(false);
                }
            }
            [a, b] => {
                if let Some(cmp) = Cmp::named(name) {
                    let (a, b) = (self.operand(a)?, self.operand(b)?);
                    Op::Compare { cmp, d, a, b }
                } else if let Some(f) = Binary::named(name) {
                    let (a, b) = (self.operand(a)?, self.operand(b)?);
                    Op::Binary { f, d, a, b }
                } else if matches!(name, "+" | "-" | "*") {
                    self.arithmetic(name, a, b, d)?
                } else {
                    return Ok(false);
                }
            }
            [kind, record, index] if name == "%record-ref" => {
                let Some(i) = self.small(index).and_then(|i| u8::try_from(i).ok()) else {
                    return Ok(false);
                };
                let (t, a) = (self.operand(kind)?, self.operand(record)?);
                Op::RecordRef { i, d, t, a }
            }
            _ => return Ok(false),
        };
        self.function().emit(op);
        self.deliver(d, target);
        Ok(true)
    }

    fn no_value(&mut self, target: Target) -> Result<bool> {
        let nothing = Expr::constant(value::unspecified(), crate::syntax::Span::none());
        self.expr(&nothing, target)?;
        Ok(true)
    }

    /// `(+ a b c)` is `(+ (+ a b) c)`.
    fn folded(&mut self, number: u16, arguments: &[Expr], target: Target) -> Result<bool> {
        let Some((last, first)) = arguments.split_last() else { return Ok(false) };
        let span = last.span;
        let callee = || Expr::new(ExprKind::Builtin(number), span);
        let first = Expr::call(callee(), first.to_vec(), self.function().span);
        let whole = Expr::call(callee(), vec![first, last.clone()], self.function().span);
        self.expr(&whole, target)?;
        Ok(true)
    }
}
