//! From the syntax tree to bytecode.
//!
//! * `function`: functions, their frames and closures
//! * `stmt`: blocks and statements
//! * `expr`: expressions and variables
//! * `condition`: expressions that are jumped on
//! * `call`: calls, of built-ins too
//! * `object`: objects, methods, classes
//!
//! The compiler is one pass over the tree. Slots come and go with blocks and temporaries, like a stack: that
//! is the height of an instruction. Places of errors are those that the tree-walking engine reports.

mod call;
mod condition;
mod expr;
mod function;
mod object;
mod stmt;

use std::collections::HashMap;

use crate::bytecode::code::Code;
use crate::bytecode::machine::Machine;
use crate::bytecode::op::Slot;
use crate::bytecode::peephole::{Emitter, Label};
use crate::error::Result;
use crate::syntax::Resolved;
use crate::syntax::ast::FunctionId;
use crate::syntax::resolve::{Storage, VariableId};
use crate::syntax::token::Span;

/// How to compile.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Combine and remove instructions.
    pub peephole: bool,
    /// The source's number.
    pub source: u32,
}

/// Compiles a program. Must be called on a [deep stack](frontend::with_deep_stack).
pub fn compile(
    program: &Resolved<'_>,
    machine: &mut Machine,
    options: Options,
) -> Result<&'static Code> {
    let variables = &program.resolution.variables;
    let first = machine.globals.len() as u32;
    let mut assigned = vec![program.resolution.session; program.resolution.globals as usize];
    let mut names = vec![""; program.resolution.globals as usize];
    for variable in variables {
        if let Storage::Global(global) = variable.storage {
            assigned[global as usize] |= variable.assigned;
            names[global as usize] = variable.name;
        }
    }
    for global in first..program.resolution.globals {
        machine.add_global(names[global as usize], assigned[global as usize])?;
    }
    let mut compiler = Compiler {
        program,
        machine,
        options,
        slots: vec![0; variables.len()],
        numbers: HashMap::new(),
    };
    compiler.program()
}

/// What all functions of a program share.
struct Compiler<'p, 'a> {
    program: &'p Resolved<'a>,
    machine: &'p mut Machine,
    options: Options,
    /// By variable: its slot in the frame of its function.
    slots: Vec<Slot>,
    /// The numbers of the functions that have been compiled.
    numbers: HashMap<FunctionId, u64>,
}

/// A function that is being compiled.
struct Function<'c, 'p, 'a> {
    compiler: &'c mut Compiler<'p, 'a>,
    emitter: Emitter,
    /// The loops around, the innermost last.
    loops: Vec<Loop>,
    /// The place of the innermost statement.
    statement: Span,
    /// It returns its object.
    constructor: bool,
}

/// Where `break` and `continue` go.
#[derive(Clone, Copy)]
struct Loop {
    end: Label,
    next: Label,
}

impl<'a> Function<'_, '_, 'a> {
    fn variable_slot(&self, id: VariableId) -> Slot {
        self.compiler.slots[id.0 as usize]
    }

    fn resolution(&self) -> &crate::syntax::resolve::Resolution<'a> {
        &self.compiler.program.resolution
    }

    /// The next instructions report their errors here.
    fn at(&mut self, span: Span) {
        self.emitter.span = span;
    }
}
