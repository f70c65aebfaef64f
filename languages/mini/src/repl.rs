//! The read-eval-print loop.
//!
//! Every input is a program of its own whose outermost variables the later ones see. Inputs are never
//! forgotten: functions of earlier ones may still be called.

use std::collections::HashMap;

use bumpalo::Bump;
use frontend::{Depth, Reporter, Session, Source, Streams, converse, run_deep};

use crate::builtins;
use crate::diagnostics;
use crate::engine::Engine;
use crate::error::{Failure, Result};
use crate::host::Host;
use crate::run::{Config, finish};
use crate::syntax::resolve::{Options, Storage};
use crate::syntax::{self, Resolved, SyntaxError, parser};

/// Runs the loop on the terminal until the input ends, and gives the exit status.
pub fn run(config: &Config) -> u8 {
    run_deep(config.common.reporter(), |limit| {
        let arena = Bump::new();
        let mut session = Inputs::new(config, &arena, Streams::standard(), limit)?;
        let status = converse("mini", &config.common.interrupt, &mut session)?;
        session.engine.finish(&config.common);
        Ok(status)
    })
}

/// The state between inputs.
struct Inputs<'a> {
    arena: &'a Bump,
    engine: Engine<'a>,
    reporter: Reporter,
    sources: Vec<Source>,
    /// Where the variables of earlier inputs live.
    globals: HashMap<String, u32>,
    count: u32,
}

impl<'a> Inputs<'a> {
    /// A session that has had no input yet.
    fn new(
        config: &Config,
        arena: &'a Bump,
        streams: Streams,
        limit: Depth,
    ) -> std::result::Result<Inputs<'a>, String> {
        let host = Host::start(&config.common, streams);
        Ok(Inputs {
            arena,
            engine: Engine::new(config, host, limit).map_err(|r| r.message)?,
            reporter: config.common.reporter(),
            sources: Vec::new(),
            globals: HashMap::new(),
            count: 0,
        })
    }

    fn run(&mut self, program: &'a Resolved<'a>, number: u32) -> Result<()> {
        let value = self.engine.run(program, &self.sources[number as usize], number)?;
        let shown = self.engine.shown(value)?;
        let host = self.engine.host();
        if let Some(shown) = shown {
            host.write(format!("{shown}\n").as_bytes())?;
        }
        host.flush()
    }

    fn read(&mut self, number: u32) -> std::result::Result<&'a Resolved<'a>, Vec<SyntaxError>> {
        let globals = &self.globals;
        let options = Options {
            builtin: &builtins::find,
            known: &|name| globals.get(name).copied(),
            first_global: self.count,
            keep_root: true,
        };
        let text = &self.sources[number as usize].text;
        let program: &'a Resolved<'a> = self.arena.alloc(syntax::read(self.arena, text, options)?);
        self.count = program.resolution.globals;
        for variable in &program.resolution.variables {
            if let Storage::Global(global) = variable.storage {
                self.globals.insert(variable.name.to_owned(), global);
            }
        }
        Ok(program)
    }
}

impl Session for Inputs<'_> {
    fn is_complete(text: &str) -> bool {
        let arena = Bump::new();
        let (_, errors) = parser::parse(&arena, text);
        match errors.first() {
            Some(first) => (first.span.start as usize) < text.trim_end().len(),
            None => true,
        }
    }

    /// Runs an input and shows the value of its last expression; a status if that ends the session.
    fn input(&mut self, text: String) -> Option<u8> {
        let number = self.sources.len() as u32;
        self.sources.push(Source { name: format!("input {}", number + 1), text });
        let program = match self.read(number) {
            Ok(program) => program,
            Err(errors) => {
                let source = &self.sources[number as usize];
                let report = diagnostics::syntax(self.reporter, source, &errors);
                let _ = self.engine.host().write_error(&report);
                return None;
            }
        };
        match self.run(program, number) {
            Ok(()) => None,
            Err(error) => {
                let host = self.engine.host();
                let status = finish(host, self.reporter, &self.sources, &error);
                matches!(error.failure(), Failure::Exit(_)).then_some(status)
            }
        }
    }
}

/// Runs inputs without a terminal, for tests: what `print` and the loop itself show.
pub fn run_inputs(config: &Config, streams: Streams, inputs: &[&str]) -> u8 {
    run_deep(config.common.reporter(), |limit| {
        let arena = Bump::new();
        let mut session = Inputs::new(config, &arena, streams, limit)?;
        Ok(inputs.iter().find_map(|i| session.input((*i).to_owned())).unwrap_or(0))
    })
}

#[cfg(test)]
mod tests;
