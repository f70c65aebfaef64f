//! The engines, behind one face.
//!
//! This is all that the rest of the program knows of them: an engine takes a [`Host`], and then runs one
//! program after the other (a REPL's inputs; else there is only one).

use holloway::Val;

use crate::diagnostics::Source;
use crate::error::Result;
use crate::host::Host;
use crate::run::Config;
use crate::stack::Depth;
use crate::syntax::Resolved;
use crate::tree::Tree;

/// Which engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EngineKind {
    /// Walks the syntax tree.
    Tree,
    /// Runs bytecode, and machine code where it is hot.
    Bytecode,
}

/// An engine at work.
pub enum Engine<'a> {
    /// See [`EngineKind::Tree`].
    Tree(Tree<'a>),
}

/// There is no engine for this configuration.
pub struct Refused {
    /// Why not, for the user.
    pub message: String,
    /// The host that it was for.
    pub host: Host,
}

impl<'a> Engine<'a> {
    /// The engine that the configuration asks for.
    ///
    /// # Errors
    /// If an option cannot be used.
    pub fn new(
        config: &Config,
        host: Host,
        limit: Depth,
    ) -> std::result::Result<Engine<'a>, Box<Refused>> {
        match config.engine {
            EngineKind::Tree => Ok(Engine::Tree(Tree::new(host, limit))),
            EngineKind::Bytecode => {
                let message = "this build has no bytecode engine: use --engine tree".to_owned();
                Err(Box::new(Refused { message, host }))
            }
        }
    }

    /// Runs a program, which is source number `number` of the session. Gives the value of its last
    /// statement if that is an expression. Its global variables stay for the next program.
    ///
    /// # Errors
    /// What nobody caught.
    pub fn run(&mut self, program: &'a Resolved<'a>, _: &Source, number: u32) -> Result<Val> {
        match self {
            Engine::Tree(tree) => tree.run(program, number),
        }
    }

    /// The host that it works on.
    pub fn host(&mut self) -> &mut Host {
        match self {
            Engine::Tree(tree) => tree.host(),
        }
    }

    /// The program is over, its errors are reported: prints what the options ask for at the end.
    pub fn finish(self, _: &Config) {
        match self {
            Engine::Tree(_) => {}
        }
    }
}
