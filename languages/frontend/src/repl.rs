//! The terminal's side of a read-eval-print loop: editing, history, lines that go on, completion.

use std::path::PathBuf;

use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::DefaultHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Editor, Helper};

use crate::interrupt::Interrupt;

/// The language's side of the loop.
pub trait Session {
    /// If no further line could turn this text, which is wrong, into a program.
    fn is_complete(text: &str) -> bool;

    /// If names may contain this character.
    fn is_in_name(character: char) -> bool {
        character.is_alphanumeric() || character == '_'
    }

    /// The names that the Tab key completes.
    fn names(&mut self) -> Vec<String> {
        Vec::new()
    }

    /// Runs an input and shows its value; a status if that ends the session.
    fn input(&mut self, text: String) -> Option<u8>;
}

/// Runs the loop on the terminal until the input ends, and gives the exit status. `name` is the
/// command's: its history is kept under it.
///
/// # Errors
/// If the terminal cannot be used: the message is for the user.
pub fn converse<S: Session>(
    name: &str,
    interrupt: &Interrupt,
    session: &mut S,
) -> Result<u8, String> {
    let mut editor: Editor<Lines, DefaultHistory> = Editor::new().map_err(|e| e.to_string())?;
    let history = history_file(name);
    if let Some(file) = &history {
        // There is none the first time.
        let _ = editor.load_history(file);
    }
    let status = loop {
        editor.set_helper(Some(Lines {
            names: session.names(),
            is_complete: S::is_complete,
            is_in_name: S::is_in_name,
        }));
        match editor.readline("> ") {
            Ok(text) => {
                // Keeping a history is a comfort: it may fail.
                let _ = editor.add_history_entry(&text);
                interrupt.clear();
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

fn history_file(name: &str) -> Option<PathBuf> {
    let state = match std::env::var_os("XDG_STATE_HOME") {
        Some(state) if !state.is_empty() => PathBuf::from(state),
        _ => PathBuf::from(std::env::var_os("HOME")?).join(".local/state"),
    };
    Some(state.join(name).join("history"))
}

/// Asks for more lines while the input is the beginning of a program; completes names.
struct Lines {
    names: Vec<String>,
    is_complete: fn(&str) -> bool,
    is_in_name: fn(char) -> bool,
}

impl Completer for Lines {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        at: usize,
        _: &rustyline::Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        let prefix = line[..at].trim_end_matches(self.is_in_name).len()..at;
        let (start, prefix) = (prefix.start, &line[prefix]);
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
        Ok(match (self.is_complete)(context.input()) {
            true => ValidationResult::Valid(None),
            false => ValidationResult::Incomplete,
        })
    }
}
