//! The bytecode engine: Mini on the framework, with machine code where a program is hot.
//!
//! ```text
//! syntax tree --compile--> pushes and pops --peephole--> code --dispatch--> values
//! ```
//!
//! * `op`: the table of instructions; `code`: code objects and frames
//! * `compile`, `peephole`: from the tree to code
//! * `disassemble`, `formula`: code as text
//! * `machine`: what a running program consists of
//! * `dispatch`: the one interpreter, for all worlds; its instructions are in `arith`, `compare`,
//!   `iterate`, `index`, `object`, `call`, `reading` and `math`, and what they do rarely in `slow`
//! * `unwind`: errors on their way to a `catch`

mod arith;
mod call;
pub mod code;
mod compare;
pub mod compile;
pub mod disassemble;
mod dispatch;
mod formula;
mod index;
mod iterate;
mod language;
pub mod machine;
mod math;
mod object;
pub mod op;
mod peephole;
mod reading;
mod slow;
mod text;
mod unwind;

pub use code::Code;
pub use language::Mini;
pub use machine::Machine;

use frontend::{Depth, Source};
use holloway::{At, JitOptions, Runtime, Val};

use crate::builtins;
use crate::error::{Place, Result};
use crate::host::Host;
use crate::syntax::Resolved;
use crate::syntax::token::Span;

/// The engine.
pub struct Bytecode {
    runtime: Box<Runtime<Mini>>,
    peephole: bool,
}

impl Drop for Bytecode {
    fn drop(&mut self) {
        // The interrupter must not outlive the runtime.
        self.host().interrupt.unhook();
    }
}

impl Bytecode {
    /// An engine that works on this host.
    pub fn new(host: Host, limit: Depth, jit: JitOptions) -> Bytecode {
        let interrupt = host.interrupt.clone();
        let mut runtime = Runtime::new(Machine::new(host, limit), jit);
        let interrupter = runtime.interrupter();
        interrupt.set_hook(move || interrupter.interrupt());
        Bytecode { runtime, peephole: true }
    }

    /// The same, with or without the peephole optimizer.
    #[must_use]
    pub fn with_peephole(mut self, on: bool) -> Bytecode {
        self.peephole = on;
        self
    }

    /// The runtime: for observers and statistics.
    pub fn runtime(&mut self) -> &mut Runtime<Mini> {
        &mut self.runtime
    }

    /// The host.
    pub fn host(&mut self) -> &mut Host {
        &mut self.runtime.host.host
    }

    /// Compiles a program, source number `number` of the session.
    fn compile(
        &mut self,
        program: &Resolved<'_>,
        source: &Source,
        number: u32,
    ) -> Result<&'static Code> {
        let machine = &mut self.runtime.host;
        machine.add_source(number, source);
        let options = compile::Options { peephole: self.peephole, source: number };
        // Code refers to what it needs by address.
        machine.heap().set_tenuring(true);
        let compiled = compile::compile(program, machine, options);
        machine.heap().set_tenuring(false);
        machine.add_program(compiled.as_ref().map_or(Code::none(), |code| code));
        compiled
    }

    /// Runs a program, source number `number` of the session. Gives the value of its last statement if that
    /// is an expression. Its global variables stay for the next program.
    pub fn run(&mut self, program: &Resolved<'_>, source: &Source, number: u32) -> Result<Val> {
        let code = self.compile(program, source, number)?;
        let at = At { code, pc: 0, sp: code.height(0) };
        let result = self.runtime.run(at, code.link, &[Val::NIL]);
        let site = code.place(0);
        result.map_err(|error| {
            let mut callback = call::Callback { rt: &mut self.runtime, site };
            builtins::uncaught(&mut callback, error.leaving_program())
        })
    }

    /// The text of a value as a REPL shows it; `None` for nil.
    pub fn shown(&mut self, value: Val) -> Result<Option<String>> {
        let site = Place { source: 0, span: Span::default() };
        builtins::shown(&mut call::Callback { rt: &mut self.runtime, site }, value)
    }

    /// The bytecode of a program, as text.
    pub fn dump(&mut self, program: &Resolved<'_>, source: &Source, number: u32) -> Result<String> {
        let first = self.runtime.host.codes().len();
        let code = self.compile(program, source, number)?;
        let mut text = disassemble::code(&self.runtime.host, code);
        let codes = &self.runtime.host.codes()[first..];
        for function in codes.iter().filter(|c| !std::ptr::eq(**c, code)) {
            text.push('\n');
            text.push_str(&disassemble::code(&self.runtime.host, function));
        }
        Ok(text)
    }
}
