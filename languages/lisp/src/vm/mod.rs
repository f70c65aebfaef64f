//! The virtual machine: Lisp on the framework, with machine code where a program is hot.
//!
//! * `op`: the table of instructions; `jump`: where they lead; `code`: code objects and frames; `disassemble`: code as text
//! * `dispatch`: the one interpreter, for all worlds; its instructions are in `arith`, `data` and `call`, and what they do
//!   rarely in `slow`
//! * `primitive`, `library`: built-ins that traces look into
//! * `variant`: code of procedures that call a parameter, for each procedure that is passed
//! * `evaluator`: programs for the metacircular evaluator
//! * `control`: continuations, the stack that moves to the heap, errors

mod arith;
mod call;
pub mod code;
mod control;
mod data;
pub mod disassemble;
mod dispatch;
mod evaluator;
mod formula;
mod jump;
mod language;
mod library;
pub mod op;
mod primitive;
mod slow;
mod variant;

pub use code::Code;
pub use language::Lisp;

use holloway::{At, JitOptions, Runtime, Val};

use crate::compile;
use crate::error::Result;
use crate::expand::{Env, Expander, Expr};
use crate::machine::{Machine, Registers};
use crate::syntax::{Datum, Reader};
use crate::value::{Closure, unspecified};

/// A machine at work.
pub struct Vm {
    runtime: Box<Runtime<Lisp>>,
    /// Is the metacircular evaluator loaded?
    evaluator: bool,
}

impl Drop for Vm {
    fn drop(&mut self) {
        // The interrupter must not outlive the runtime.
        self.machine().interrupt.unhook();
    }
}

impl Vm {
    /// A machine in which the system is loaded.
    ///
    /// # Errors
    /// If the system has an error.
    pub fn new(machine: Machine, mut jit: JitOptions) -> Result<Vm> {
        if jit.stack_bytes == JitOptions::default().stack_bytes {
            jit.stack_bytes = control::STACK;
        }
        let mut machine = machine;
        machine.has_variants = jit.enabled;
        let interrupt = machine.interrupt.clone();
        let mut runtime = Runtime::new(machine, jit);
        let interrupter = runtime.interrupter();
        interrupt.set_hook(move || interrupter.interrupt());
        let mut vm = Vm { runtime, evaluator: false };
        crate::boot::boot(&mut vm)?;
        Ok(vm)
    }

    /// The runtime.
    pub fn runtime(&mut self) -> &mut Runtime<Lisp> {
        &mut self.runtime
    }

    /// What the program consists of.
    pub fn machine(&mut self) -> &mut Machine {
        &mut self.runtime.host
    }

    /// Runs compiled expressions.
    fn run(&mut self, code: &'static Code) -> Result<Val> {
        self.machine().registers = Registers::default();
        let thunk = Val::object(Closure::alloc(&mut self.machine().heap, 0, 0, code)?);
        let root = control::root();
        let at = At { code: root, pc: 0, sp: root.height(0) };
        self.runtime.run(at, code::LINK, &control::root_slots(thunk))
    }

    fn compiled(&mut self, form: &Datum, env: &Env) -> Result<&'static Code> {
        let machine = self.machine();
        let exprs: Vec<Expr> = Expander::new(machine).toplevel(form, env)?;
        compile::compile(machine, &exprs, false)
    }

    /// Runs the forms of a source in a scope; the value of the last one.
    ///
    /// # Errors
    /// What nobody handled.
    pub fn run_source(&mut self, name: &str, text: &str, env: &Env) -> Result<Val> {
        let source = self.machine().add_source(name, text);
        let forms = Reader::new(text, source).read_all()?;
        self.run_forms(&forms, env)
    }

    fn run_forms(&mut self, forms: &[Datum], env: &Env) -> Result<Val> {
        let mut value = unspecified();
        let mut announced = false;
        for (index, form) in forms.iter().enumerate() {
            let mut expander = Expander::new(self.machine());
            if !announced && !expander.is_import(form, env) {
                expander.announce(&forms[index..], env)?;
                announced = true;
            }
            let code = self.compiled(form, env)?;
            value = self.run(code)?;
        }
        Ok(value)
    }

    /// The scope for a program: empty if it begins with an import, else one with everything.
    pub fn program_scope(&mut self, forms: &[Datum]) -> Env {
        let everything = self.machine().world.everything.clone();
        match forms.first() {
            Some(form) if Expander::new(self.machine()).is_import(form, &everything) => {
                self.machine().world.program_scope()
            }
            _ => everything,
        }
    }

    /// Runs a program.
    ///
    /// # Errors
    /// What nobody handled.
    pub fn run_program(&mut self, name: &str, text: &str) -> Result<Val> {
        let source = self.machine().add_source(name, text);
        let forms = Reader::new(text, source).read_all()?;
        let env = self.program_scope(&forms);
        self.run_forms(&forms, &env)
    }

    /// A program whose macros are expanded, as text.
    ///
    /// # Errors
    /// If it cannot be expanded.
    pub fn expanded(&mut self, name: &str, text: &str) -> Result<String> {
        let source = self.machine().add_source(name, text);
        let forms = Reader::new(text, source).read_all()?;
        let env = self.machine().world.everything.clone();
        let mut text = String::new();
        for form in &forms {
            for expr in Expander::new(self.machine()).toplevel(form, &env)? {
                text += &crate::expand::show::text(self.machine(), &expr);
                text.push('\n');
            }
        }
        Ok(text)
    }

    /// The bytecode of a program, as text.
    ///
    /// # Errors
    /// If it cannot be compiled.
    pub fn dump(&mut self, name: &str, text: &str) -> Result<String> {
        let source = self.machine().add_source(name, text);
        let forms = Reader::new(text, source).read_all()?;
        let env = self.program_scope(&forms);
        let first = self.machine().codes.len();
        for form in &forms {
            self.compiled(form, &env)?;
        }
        let codes = self.machine().codes[first..].to_vec();
        let texts: Vec<String> =
            codes.into_iter().map(|code| disassemble::code(self.machine(), code)).collect();
        Ok(texts.join("\n"))
    }
}
