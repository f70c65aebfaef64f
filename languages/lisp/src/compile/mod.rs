//! The compiler: expressions to code.
//!
//! ```text
//! letrec    which definitions are procedures, and when each is made     uses     who is mentioned where
//! function  a procedure under construction: slots, captures, jumps      loops    procedures that are only ever jumped to
//! emit      expressions                                                 inline   calls of built-ins as instructions
//! liveness  which slots a waiting frame is done with                    called   parameters that are called again and again
//! ```
//! A variable lives in a slot of its frame; closures copy what they capture. A variable that is
//! assigned lives in a cell, which is what is copied: by closures, and by continuations, for a
//! frame may be entered again.
//!
//! Invariant: the height of an instruction covers all slots that it, or a later one, reads before
//! they are written.

mod called;
mod emit;
mod function;
mod inline;
mod letrec;
mod liveness;
mod loops;
mod uses;

use holloway::Val;

use crate::error::Result;
use crate::expand::Expr;
use crate::machine::Machine;
use crate::vm::Code;
use function::{Function, Target};

/// Compiles expressions that are done one after the other to a procedure without parameters. The
/// last one is a tail call of it if `tail` says so; else the procedure stays, and can be seen in
/// reports.
///
/// # Errors
/// If it is too large.
pub fn compile(machine: &mut Machine, body: &[Expr], tail: bool) -> Result<&'static Code> {
    let before = machine.heap.set_tenuring(true);
    let code = compile_program(machine, body, tail);
    machine.heap.set_tenuring(before);
    code
}

fn compile_program(machine: &mut Machine, body: &[Expr], tail: bool) -> Result<&'static Code> {
    let mut compiler = Compiler { m: machine, functions: Vec::new() };
    compiler.functions.push(Function::new(None, &[], false));
    match body.split_last() {
        Some((last, others)) => {
            for expr in others {
                compiler.expr(expr, Target::Effect)?;
            }
            if tail {
                compiler.expr(last, Target::Tail)?;
            } else {
                let slot = compiler.function().temporary()?;
                compiler.expr(last, Target::Slot(slot))?;
                compiler.deliver(slot, Target::Tail);
            }
        }
        None => {
            let slot = compiler.function().temporary()?;
            compiler.function().constant(slot, Val::NIL)?;
            compiler.function().emit(crate::vm::op::Op::Return { s: slot });
        }
    }
    let (code, _) = compiler.finish()?;
    Ok(code)
}

/// The compiler at work: the procedures under construction, the innermost last.
struct Compiler<'m> {
    m: &'m mut Machine,
    functions: Vec<Function>,
}

impl Compiler<'_> {
    /// The procedure that is being compiled.
    fn function(&mut self) -> &mut Function {
        self.functions.last_mut().expect("something is being compiled")
    }

    /// Ends the innermost procedure: its code, and what it captures of the one around it.
    fn finish(&mut self) -> Result<(&'static Code, Vec<crate::expand::Var>)> {
        let function = self.functions.pop().expect("something is being compiled");
        let (code, captures) = function.finish();
        Ok((self.m.add_code(code), captures))
    }
}
