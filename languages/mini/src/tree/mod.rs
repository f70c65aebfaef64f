//! The tree-walking engine: runs the syntax tree as it is, the obvious way.
//!
//! It is the oracle that the bytecode engine is compared with, and shares with it only what comes before
//! (syntax tree, resolved names) and below (built-ins, operators, the heap). It is written for being
//! right, not for being fast.
//!
//! * `call`: functions, frames, closures
//! * `stmt`: blocks and statements
//! * `expr`: expressions and variables
//! * `object`: objects, classes, errors that are thrown and caught
//!
//! Variables live in one stack of values: a frame is the window that begins at its base. Its host stack
//! is the [deep one](frontend::with_deep_stack); a guest call that would come too near to its end is a
//! `stack_overflow` error, as is one beyond [`CALL_DEPTH`](crate::host::CALL_DEPTH).

mod call;
mod expr;
mod object;
mod stmt;

use std::collections::HashMap;

use frontend::Depth;
use holloway::{Gc, Val};

use crate::builtins;
use crate::error::{Place, Result};
use crate::host::Host;
use crate::syntax::Resolved;
use crate::syntax::ast::Function;
use crate::syntax::resolve::Resolution;
use crate::syntax::token::Span;
use crate::value::{Closure, uninitialized};
use call::Callback;

/// A function of a program that has been loaded.
#[derive(Clone, Copy)]
struct Loaded<'a> {
    function: &'a Function<'a>,
    resolution: &'a Resolution<'a>,
    source: u32,
}

/// The code that runs, and where its variables are.
#[derive(Clone, Copy)]
struct Frame<'a> {
    base: usize,
    closure: Option<Gc<Closure>>,
    resolution: &'a Resolution<'a>,
    source: u32,
}

impl Frame<'_> {
    fn place(&self, span: Span) -> Place {
        Place { source: self.source, span }
    }
}

/// The engine.
pub struct Tree<'a> {
    host: Host,
    limit: Depth,
    /// The frames of all calls that are under way, and the arguments of those that are being made.
    stack: Vec<Val>,
    globals: Vec<Val>,
    /// By the number that the host gave a function.
    functions: HashMap<u32, Loaded<'a>>,
    /// The numbers of functions that have been made before, by the address of the syntax tree.
    numbers: HashMap<usize, u32>,
    /// The values of string and large int literals, by the address of their text.
    literals: HashMap<(usize, usize), Val>,
    /// How many calls are under way.
    depth: usize,
}

impl<'a> Tree<'a> {
    /// An engine that works on this host.
    pub fn new(host: Host, limit: Depth) -> Tree<'a> {
        Tree {
            host,
            limit,
            stack: Vec::new(),
            globals: Vec::new(),
            functions: HashMap::new(),
            numbers: HashMap::new(),
            literals: HashMap::new(),
            depth: 0,
        }
    }

    /// The host.
    pub fn host(&mut self) -> &mut Host {
        &mut self.host
    }

    /// The text of a value as a REPL shows it; `None` for nil.
    pub fn shown(&mut self, value: Val) -> Result<Option<String>> {
        let place = Place { source: 0, span: Span::default() };
        builtins::shown(&mut Callback { tree: self, site: place }, value)
    }

    /// Runs a program, source number `source` of the session. Gives the value of its last statement if
    /// that is an expression. Global variables stay for the next one.
    pub fn run(&mut self, program: &'a Resolved<'a>, source: u32) -> Result<Val> {
        let resolution = &program.resolution;
        self.stack.clear();
        self.depth = 0;
        self.globals.resize(resolution.globals as usize, uninitialized());
        self.stack.resize(resolution.functions[0].slots as usize, Val::NIL);
        let frame = Frame { base: 0, closure: None, resolution, source };
        let result = self.program(&frame, program.program.body);
        let place = frame.place(Span::default());
        result.map_err(|e| {
            builtins::uncaught(&mut Callback { tree: self, site: place }, e.leaving_program())
        })
    }
}
