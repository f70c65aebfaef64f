//! The read-eval-print loop.
//!
//! Every input is a program of its own whose outermost variables the later ones see. Inputs are never
//! forgotten: functions of earlier ones may still be called.

use std::collections::HashMap;
use std::path::PathBuf;

use bumpalo::Bump;
use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::DefaultHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Editor, Helper};

use crate::builtins;
use crate::diagnostics::{Reporter, Source};
use crate::engine::Engine;
use crate::error::{Failure, Result};
use crate::host::{Host, Streams};
use crate::run::{Config, STATUS_UNUSABLE, finish};
use crate::stack::{self, Depth};
use crate::syntax::resolve::{Options, Storage};
use crate::syntax::{self, Resolved, SyntaxError, parser};

/// Runs the loop on the terminal until the input ends, and gives the exit status.
pub fn run(config: &Config) -> u8 {
    match stack::with_deep_stack(|limit| on_terminal(config, limit)) {
        Ok(Ok(status)) => status,
        Ok(Err(message)) => {
            Reporter { colour: config.colour }.complain(&message);
            STATUS_UNUSABLE
        }
        Err(error) => {
            let message = format!("cannot start: {error}");
            Reporter { colour: config.colour }.complain(&message);
            STATUS_UNUSABLE
        }
    }
}

/// Asks for more lines while the input is the beginning of a program.
struct Lines;

impl Completer for Lines {
    type Candidate = String;
}

impl Hinter for Lines {
    type Hint = String;
}

impl Highlighter for Lines {}

impl Helper for Lines {}

impl Validator for Lines {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        Ok(match is_complete(context.input()) {
            true => ValidationResult::Valid(None),
            false => ValidationResult::Incomplete,
        })
    }
}

/// If no further line could turn this text, which is wrong, into a program.
fn is_complete(text: &str) -> bool {
    let arena = Bump::new();
    let (_, errors) = parser::parse(&arena, text);
    match errors.first() {
        Some(first) => (first.span.start as usize) < text.trim_end().len(),
        None => true,
    }
}

fn on_terminal(config: &Config, limit: Depth) -> std::result::Result<u8, String> {
    let mut editor: Editor<Lines, DefaultHistory> = Editor::new().map_err(|e| e.to_string())?;
    editor.set_helper(Some(Lines));
    let history = history_file();
    if let Some(file) = &history {
        // There is none the first time.
        let _ = editor.load_history(file);
    }
    let arena = Bump::new();
    let mut host =
        Host::new(Streams::standard(), config.arguments.clone(), config.interrupt.clone());
    if let Some(bytes) = config.max_heap {
        host.limit_heap(bytes);
    }
    let mut session = Session::new(config, &arena, host, limit)?;
    let status = loop {
        match editor.readline("> ") {
            Ok(text) => {
                // Keeping a history is a comfort: it may fail.
                let _ = editor.add_history_entry(&text);
                config.interrupt.clear();
                if let Some(status) = session.input(text) {
                    break status;
                }
            }
            Err(ReadlineError::Interrupted) => {}
            Err(ReadlineError::Eof) => break 0,
            Err(error) => return Err(format!("cannot read the input: {error}")),
        }
    };
    if let Some(file) = &history {
        let _ = file.parent().map(std::fs::create_dir_all);
        let _ = editor.save_history(file);
    }
    Ok(status)
}

fn history_file() -> Option<PathBuf> {
    let state = match std::env::var_os("XDG_STATE_HOME") {
        Some(state) if !state.is_empty() => PathBuf::from(state),
        _ => PathBuf::from(std::env::var_os("HOME")?).join(".local/state"),
    };
    Some(state.join("mini/history"))
}

/// The state between inputs.
pub struct Session<'a> {
    arena: &'a Bump,
    engine: Engine<'a>,
    reporter: Reporter,
    sources: Vec<Source>,
    /// Where the variables of earlier inputs live.
    globals: HashMap<String, u32>,
    count: u32,
}

impl<'a> Session<'a> {
    /// A session that has had no input yet.
    pub fn new(
        config: &Config,
        arena: &'a Bump,
        host: Host,
        limit: Depth,
    ) -> std::result::Result<Session<'a>, String> {
        Ok(Session {
            arena,
            engine: Engine::new(config, host, limit).map_err(|r| r.message)?,
            reporter: Reporter { colour: config.colour },
            sources: Vec::new(),
            globals: HashMap::new(),
            count: 0,
        })
    }

    /// Runs an input and shows the value of its last expression; a status if that ends the session.
    pub fn input(&mut self, text: String) -> Option<u8> {
        let number = self.sources.len() as u32;
        self.sources.push(Source { name: format!("input {}", number + 1), text });
        let program = match self.read(number) {
            Ok(program) => program,
            Err(errors) => {
                let report = self.reporter.syntax(&self.sources[number as usize], &errors);
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

/// Runs inputs without a terminal, for tests: what `print` and the loop itself show.
pub fn run_inputs(config: &Config, streams: Streams, inputs: &[&str]) -> u8 {
    let work = |limit| {
        let arena = Bump::new();
        let interrupt = config.interrupt.clone();
        let host = Host::new(streams, config.arguments.clone(), interrupt);
        match Session::new(config, &arena, host, limit) {
            Ok(mut session) => {
                inputs.iter().find_map(|i| session.input((*i).to_owned())).unwrap_or(0)
            }
            Err(_) => STATUS_UNUSABLE,
        }
    };
    stack::with_deep_stack(work).unwrap_or(STATUS_UNUSABLE)
}

#[cfg(test)]
mod tests;
