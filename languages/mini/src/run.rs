//! Running one program from start to end, with any configuration: what the binary does with a file, and
//! what tests do in their own process.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use bumpalo::Bump;

use crate::builtins;
use crate::diagnostics::{Reporter, Source};
use crate::engine::{Engine, EngineKind, Refused};
use crate::error::{Error, Failure};
use crate::host::{Host, Streams};
use crate::interrupt::Interrupt;
use crate::stack::{self, Depth};
use crate::syntax::resolve::Options;
use crate::syntax::token::Span;
use crate::syntax::{self, Resolved, SyntaxError};

/// The status of a program that an error has ended.
pub const STATUS_ERROR: u8 = 1;
/// The status of what is no program: a syntax error, an unreadable file, a wrong option.
pub const STATUS_UNUSABLE: u8 = 2;
/// The status of a program that the user has ended.
pub const STATUS_INTERRUPTED: u8 = 130;

/// How a program is to be run.
#[derive(Clone, Debug)]
pub struct Config {
    /// The name of the source in messages.
    pub name: String,
    /// What `args()` gives.
    pub arguments: Vec<String>,
    /// What runs it.
    pub engine: EngineKind,
    /// The text of `--jit`.
    pub jit: Option<String>,
    /// Where `--trace` goes: a file, or standard error if the text is empty.
    pub trace: Option<String>,
    /// The form of `--stats`.
    pub stats: Option<StatsForm>,
    /// Print the bytecode instead of running it.
    pub dump_bytecode: bool,
    /// The limit of the heap in bytes.
    pub max_heap: Option<usize>,
    /// If messages are coloured.
    pub colour: bool,
    /// Stops the program on request.
    pub interrupt: Interrupt,
}

/// How statistics are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatsForm {
    /// For people.
    Text,
    /// For programs.
    Json,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            name: "program.mini".to_owned(),
            arguments: Vec::new(),
            engine: EngineKind::Bytecode,
            jit: None,
            trace: None,
            stats: None,
            dump_bytecode: false,
            max_heap: None,
            colour: false,
            interrupt: Interrupt::default(),
        }
    }
}

/// What a program has done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Its exit status.
    pub status: u8,
    /// Its standard output.
    pub output: Vec<u8>,
    /// Its standard error.
    pub errors: Vec<u8>,
}

/// Runs a program on these streams and gives its exit status.
pub fn run(config: &Config, source: &[u8], streams: Streams) -> u8 {
    match stack::with_deep_stack(|limit| run_here(config, source, streams, limit)) {
        Ok(status) => status,
        Err(error) => {
            let reporter = Reporter { colour: config.colour };
            reporter.complain(&format!("cannot start: {error}"));
            STATUS_UNUSABLE
        }
    }
}

/// Runs a program with nothing on its input and keeps what it prints.
pub fn run_captured(config: &Config, source: &[u8]) -> Outcome {
    let (output, errors) = (Captured::default(), Captured::default());
    let streams = Streams {
        output: Box::new(output.clone()),
        line_buffered: false,
        errors: Box::new(errors.clone()),
        input: Box::new(|| Box::new(io::empty())),
    };
    let status = run(config, source, streams);
    Outcome { status, output: output.take(), errors: errors.take() }
}

/// A place in memory that two threads can write to.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Captured {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn run_here(config: &Config, source: &[u8], streams: Streams, limit: Depth) -> u8 {
    let reporter = Reporter { colour: config.colour };
    let mut host = Host::new(streams, config.arguments.clone(), config.interrupt.clone());
    if let Some(bytes) = config.max_heap {
        host.limit_heap(bytes);
    }
    let (text, wrong) = decode(source);
    let source = Source { name: config.name.clone(), text };
    let arena = Bump::new();
    let read = match wrong {
        Some(error) => Err(vec![error]),
        None => read_program(&arena, &source.text),
    };
    let program = match read {
        Ok(program) => program,
        Err(errors) => {
            // The status tells all there is to tell if nobody reads.
            let _ = host.write_error(&reporter.syntax(&source, &errors));
            return STATUS_UNUSABLE;
        }
    };
    let sources = [source];
    let mut engine = match Engine::new(config, host, limit) {
        Ok(engine) => engine,
        Err(refused) => {
            let Refused { message, mut host } = *refused;
            let _ = host.write_error(&reporter.plain(&message));
            return STATUS_UNUSABLE;
        }
    };
    let result = if config.dump_bytecode {
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
    engine.finish(config);
    status
}

/// Reports an error that nobody caught, and gives the status it means.
pub(crate) fn finish(host: &mut Host, reporter: Reporter, sources: &[Source], error: &Error) -> u8 {
    let report = reporter.failure(host, sources, error);
    let _ = host.write_error(&report);
    match error.failure() {
        Failure::Exit(status) => *status,
        Failure::Interrupted => STATUS_INTERRUPTED,
        Failure::Error { .. } | Failure::Thrown(_) | Failure::Uncaught { .. } => STATUS_ERROR,
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
