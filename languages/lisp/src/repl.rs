//! The read-eval-print loop.

use std::path::PathBuf;

use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::DefaultHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Editor, Helper};

use crate::diagnostics::Reporter;
use crate::error::{Failure, Result};
use crate::ports::Streams;
use crate::run::{Config, STATUS_UNUSABLE, finish, finish_reports, start};
use crate::stack;
use crate::syntax::{ReadError, Reader, Span};
use crate::value::{self, show};
use crate::vm::Vm;

/// Runs the loop on the terminal until the input ends, and gives the exit status.
pub fn run(config: &Config) -> u8 {
    let reporter = Reporter { colour: config.colour };
    let complain = |message: &str| {
        reporter.complain(message);
        STATUS_UNUSABLE
    };
    let work = |limit| -> std::result::Result<u8, String> {
        let mut vm = start(config, Streams::standard(), limit)?;
        let status = on_terminal(config, &mut vm)?;
        finish_reports(&mut vm, config);
        Ok(status)
    };
    match stack::with_deep_stack(work) {
        Ok(Ok(status)) => status,
        Ok(Err(message)) => complain(&message),
        Err(error) => complain(&format!("cannot start: {error}")),
    }
}

/// Asks for more lines while the input is the beginning of a program; completes names.
struct Lines {
    names: Vec<String>,
}

impl Completer for Lines {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        at: usize,
        _: &rustyline::Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        let start = line[..at].rfind(|c: char| c.is_whitespace() || "()'`,\"".contains(c));
        let start = start.map_or(0, |n| n + 1);
        let prefix = &line[start..at];
        let found = self.names.iter().filter(|n| !prefix.is_empty() && n.starts_with(prefix));
        Ok((start, found.cloned().collect()))
    }
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
    !matches!(Reader::new(text, Span::NOWHERE).read_all(), Err(ReadError { incomplete: true, .. }))
}

/// Runs the loop with a machine.
pub(crate) fn on_terminal(config: &Config, vm: &mut Vm) -> std::result::Result<u8, String> {
    let mut editor: Editor<Lines, DefaultHistory> = Editor::new().map_err(|e| e.to_string())?;
    let history = history_file();
    if let Some(file) = &history {
        // There is none the first time.
        let _ = editor.load_history(file);
    }
    let mut count = 0;
    let status = loop {
        let names = vm.machine().world.everything.names();
        let names = names.into_iter().map(|(name, _)| name.name().to_string()).collect();
        editor.set_helper(Some(Lines { names }));
        match editor.readline("> ") {
            Ok(text) => {
                // Keeping a history is a comfort: it may fail.
                let _ = editor.add_history_entry(&text);
                config.interrupt.clear();
                count += 1;
                if let Some(status) = input(config, vm, count, &text) {
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
    Some(state.join("lisp/history"))
}

const HELP: &str = "An expression is evaluated and its value shown. Commands:
  ,help         this
  ,dis EXPR     the bytecode of an expression
  ,time EXPR    how long an expression takes
  ,quit         the end
";

/// Does what an input says; a status if that ends the session.
fn input(config: &Config, vm: &mut Vm, number: u32, text: &str) -> Option<u8> {
    let reporter = Reporter { colour: config.colour };
    let text = text.trim();
    let (command, rest) = match text.strip_prefix(',') {
        Some(command) => command.split_once(char::is_whitespace).unwrap_or((command, "")),
        None => ("", text),
    };
    let name = format!("input {number}");
    let result = match command {
        "" => evaluate(vm, &name, rest),
        "quit" | "q" => return Some(0),
        "time" => {
            let start = std::time::Instant::now();
            let result = evaluate(vm, &name, rest);
            let text = format!("; {:.3} s\n", start.elapsed().as_secs_f64());
            result.and_then(|()| vm.machine().ports.write_output(text.as_bytes()))
        }
        "dis" => {
            let dumped = vm.dump(&name, rest);
            dumped.and_then(|text| vm.machine().ports.write_output(text.as_bytes()))
        }
        "help" => vm.machine().ports.write_output(HELP.as_bytes()),
        other => {
            let message = format!("there is no command ,{other}: try ,help\n");
            vm.machine().ports.write_output(message.as_bytes())
        }
    };
    let exit = match &result {
        Err(error) => matches!(error.failure(), Failure::Exit(_)),
        Ok(()) => false,
    };
    let status = finish(vm, reporter, result);
    exit.then_some(status)
}

fn evaluate(vm: &mut Vm, name: &str, text: &str) -> Result<()> {
    let everything = vm.machine().world.everything.clone();
    let value = vm.run_source(name, text, &everything)?;
    if value != value::unspecified() {
        let text = show::show(&vm.machine().heap, value, show::WRITE);
        vm.machine().ports.write_output((text + "\n").as_bytes())?;
    }
    Ok(())
}
