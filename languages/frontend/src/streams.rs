//! Where a program's output goes and its input comes from: the process's own streams, or memory.

use std::io::{self, BufRead, IsTerminal, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// The streams of a program.
pub struct Streams {
    /// Standard output.
    pub output: Box<dyn Write + Send>,
    /// If every line of the output is to be seen at once.
    pub line_buffered: bool,
    /// Standard error.
    pub errors: Box<dyn Write + Send>,
    /// Opens standard input, the first time that something is read.
    pub input: Box<dyn FnOnce() -> Box<dyn BufRead + Send> + Send>,
}

impl Streams {
    /// Those of the process.
    pub fn standard() -> Streams {
        Streams {
            output: Box::new(io::stdout()),
            line_buffered: io::stdout().is_terminal(),
            errors: Box::new(io::stderr()),
            input: Box::new(|| Box::new(io::BufReader::new(io::stdin()))),
        }
    }

    /// Those that keep what is written, and have no input.
    pub fn captured(output: &Captured, errors: &Captured) -> Streams {
        Streams {
            output: Box::new(output.clone()),
            line_buffered: false,
            errors: Box::new(errors.clone()),
            input: Box::new(|| Box::new(io::empty())),
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

/// Runs something with nothing on its input, and keeps what it prints. `run` gives the status.
pub fn captured(run: impl FnOnce(Streams) -> u8) -> Outcome {
    let (output, errors) = (Captured::default(), Captured::default());
    let status = run(Streams::captured(&output, &errors));
    Outcome { status, output: output.take(), errors: errors.take() }
}

/// A place in memory that two threads can write to. Clones are the same place.
#[derive(Clone, Debug, Default)]
pub struct Captured(Arc<Mutex<Vec<u8>>>);

impl Captured {
    /// What was written, which is then gone.
    pub fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The same as text.
    pub fn take_text(&self) -> String {
        String::from_utf8_lossy(&self.take()).into_owned()
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
