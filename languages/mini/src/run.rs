//! Running one program from start to end, with any configuration: what the binary does with a file, and
//! what tests do in their own process.

use bumpalo::Bump;
use frontend::{Depth, Outcome, Reporter, Source, Streams, captured, run_deep, status};

use crate::builtins;
use crate::diagnostics;
use crate::engine::{Engine, EngineKind, Refused};
use crate::error::{Error, Failure};
use crate::host::Host;
use crate::syntax::resolve::Options;
use crate::syntax::token::Span;
use crate::syntax::{self, Resolved, SyntaxError};

/// How a program is to be run.
#[derive(Clone, Debug)]
pub struct Config {
    /// What runs it.
    pub engine: EngineKind,
    /// What every language can be told. The arguments are what `args()` gives.
    pub common: frontend::Config,
}

impl Default for Config {
    fn default() -> Config {
        let name = "program.mini".to_owned();
        Config {
            engine: EngineKind::Bytecode,
            common: frontend::Config { name, ..frontend::Config::default() },
        }
    }
}

/// Runs a program on these streams and gives its exit status.
pub fn run(config: &Config, source: &[u8], streams: Streams) -> u8 {
    run_deep(config.common.reporter(), |limit| Ok(run_here(config, source, streams, limit)))
}

/// Runs a program with nothing on its input and keeps what it prints.
pub fn run_captured(config: &Config, source: &[u8]) -> Outcome {
    captured(|streams| run(config, source, streams))
}

fn run_here(config: &Config, source: &[u8], streams: Streams, limit: Depth) -> u8 {
    let reporter = config.common.reporter();
    let mut host = Host::start(&config.common, streams);
    let (text, wrong) = decode(source);
    let source = Source { name: config.common.name.clone(), text };
    let arena = Bump::new();
    let read = match wrong {
        Some(error) => Err(vec![error]),
        None => read_program(&arena, &source.text),
    };
    let program = match read {
        Ok(program) => program,
        Err(errors) => {
            // The status tells all there is to tell if nobody reads.
            let _ = host.write_error(&diagnostics::syntax(reporter, &source, &errors));
            return status::UNUSABLE;
        }
    };
    let sources = [source];
    let mut engine = match Engine::new(config, host, limit) {
        Ok(engine) => engine,
        Err(refused) => {
            let Refused { message, mut host } = *refused;
            let _ = host.write_error(&reporter.plain(&message));
            return status::UNUSABLE;
        }
    };
    let result = if config.common.dump_bytecode {
        engine.dump(&program, &sources[0])
    } else {
        engine.run(&program, &sources[0], 0)
    };
    let host = engine.host();
    let flushed = host.flush();
    let status = match result.map(|_| ()).and(flushed) {
        Ok(()) => 0,
        Err(error) => finish(host, reporter, &sources, &error),
    };
    engine.finish(&config.common);
    status
}

/// Reports an error that nobody caught, and gives the status it means.
pub(crate) fn finish(host: &mut Host, reporter: Reporter, sources: &[Source], error: &Error) -> u8 {
    let report = diagnostics::failure(reporter, host, sources, error);
    let _ = host.write_error(&report);
    match error.failure() {
        Failure::Exit(status) => *status,
        Failure::Interrupted => status::INTERRUPTED,
        Failure::Error { .. } | Failure::Thrown(_) | Failure::Uncaught { .. } => status::ERROR,
    }
}

/// The text of a source, and what is wrong with it if it is not UTF-8.
pub(crate) fn decode(source: &[u8]) -> (String, Option<SyntaxError>) {
    match std::str::from_utf8(source) {
        Ok(text) => (text.to_owned(), None),
        Err(error) => {
            let at = error.valid_up_to();
            let span = Span::new(at, at + '\u{fffd}'.len_utf8());
            let wrong = SyntaxError::new(span, "the program is not UTF-8");
            (String::from_utf8_lossy(source).into_owned(), Some(wrong))
        }
    }
}

fn read_program<'a>(
    arena: &'a Bump,
    text: &str,
) -> std::result::Result<Resolved<'a>, Vec<SyntaxError>> {
    let options =
        Options { builtin: &builtins::find, known: &|_| None, first_global: 0, keep_root: false };
    syntax::read(arena, text, options)
}

#[cfg(test)]
mod tests;
