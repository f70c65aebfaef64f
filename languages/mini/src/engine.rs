//! The engines, behind one face.
//!
//! This is all that the rest of the program knows of them: an engine takes a `Host`, and then runs one
//! program after the other (a REPL's inputs; else there is only one).

use frontend::{Depth, Source};
use holloway::{JitOptions, Val};

use crate::bytecode::Bytecode;
use crate::error::Result;
use crate::host::Host;
use crate::run::Config;
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
#[allow(clippy::large_enum_variant, reason = "there is one of them in a program")]
pub enum Engine<'a> {
    /// See [`EngineKind::Tree`].
    Tree(Tree<'a>),
    /// See [`EngineKind::Bytecode`].
    Bytecode(Bytecode),
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
            // Options that mean nothing here must be right all the same.
            EngineKind::Tree => match config.common.jit_options(&JitOptions::default()) {
                Ok(_) => Ok(Engine::Tree(Tree::new(host, limit))),
                Err(message) => Err(Box::new(Refused { message, host })),
            },
            EngineKind::Bytecode => {
                let common = &config.common;
                match common
                    .jit_options(&JitOptions::default())
                    .and_then(|o| Ok((o, common.observers()?)))
                {
                    Ok((options, observers)) => {
                        let mut engine = Bytecode::new(host, limit, options);
                        for observer in observers {
                            engine.runtime().observe(observer);
                        }
                        Ok(Engine::Bytecode(engine))
                    }
                    Err(message) => Err(Box::new(Refused { message, host })),
                }
            }
        }
    }

    /// Runs a program, which is source number `number` of the session. Gives the value of its last
    /// statement if that is an expression. Its global variables stay for the next program.
    ///
    /// # Errors
    /// What nobody caught.
    pub fn run(&mut self, program: &'a Resolved<'a>, source: &Source, number: u32) -> Result<Val> {
        self.host().add_source(number, &source.text);
        match self {
            Engine::Tree(tree) => tree.run(program, number),
            Engine::Bytecode(engine) => engine.run(program, source, number),
        }
    }

    /// Prints the bytecode of a program, which is source number 0.
    ///
    /// # Errors
    /// If it cannot be compiled.
    pub fn dump(&mut self, program: &'a Resolved<'a>, source: &Source) -> Result<Val> {
        match self {
            Engine::Tree(tree) => tree.host().write_error("this engine has no bytecode\n")?,
            Engine::Bytecode(engine) => {
                let text = engine.dump(program, source, 0)?;
                engine.host().write(text.as_bytes())?;
            }
        }
        Ok(Val::NIL)
    }

    /// The text of a value as a REPL shows it; `None` for nil.
    ///
    /// # Errors
    /// What the methods of the program throw that are called for it.
    pub fn shown(&mut self, value: Val) -> Result<Option<String>> {
        match self {
            Engine::Tree(tree) => tree.shown(value),
            Engine::Bytecode(engine) => engine.shown(value),
        }
    }

    /// The host that it works on.
    pub fn host(&mut self) -> &mut Host {
        match self {
            Engine::Tree(tree) => tree.host(),
            Engine::Bytecode(engine) => engine.host(),
        }
    }

    /// The program is over, its errors are reported: prints what the options ask for at the end.
    pub fn finish(self, config: &frontend::Config) {
        let Engine::Bytecode(mut engine) = self else { return };
        let runtime = engine.runtime();
        runtime.finish();
        if let Some(text) = config.stats_text(|| runtime.stats()) {
            // There is nowhere to report a failure to.
            let _ = engine.host().write_error(&text);
        }
    }
}
