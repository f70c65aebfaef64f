//! What a running program has around it, whatever engine runs it: the heap, the output, the command
//! line, the names of its functions.

use std::io::{self, BufRead, Write};
use std::time::Instant;

use holloway::{Array, Gc, Heap, Val};

use crate::error::{Error, Failure, Result};
use crate::interrupt::Interrupt;
use crate::value::text;

/// Calls of the program's functions may be nested this deep, whatever engine runs them; the next one is
/// a `stack_overflow` error.
pub const CALL_DEPTH: usize = 30_000;

/// Where a program's output goes and its input comes from.
pub struct Streams {
    /// Standard output.
    pub output: Box<dyn Write + Send>,
    /// If every line of the output is to be seen at once.
    pub line_buffered: bool,
    /// Standard error.
    pub errors: Box<dyn Write + Send>,
    /// Standard input; opened when first read.
    pub input: Box<dyn FnOnce() -> Box<dyn BufRead + Send> + Send>,
}

impl Streams {
    /// Those of the process.
    pub fn standard() -> Streams {
        use std::io::IsTerminal;
        Streams {
            output: Box::new(io::stdout()),
            line_buffered: io::stdout().is_terminal(),
            errors: Box::new(io::stderr()),
            input: Box::new(|| Box::new(io::BufReader::new(io::stdin()))),
        }
    }
}

enum Input {
    Unopened(Box<dyn FnOnce() -> Box<dyn BufRead + Send> + Send>),
    Open(Box<dyn BufRead + Send>),
    Closed,
}

/// A function of the program, as messages and `print` see it.
#[derive(Clone, Debug)]
pub struct FunctionEntry {
    /// Its name, if it has one.
    pub name: Option<Box<str>>,
    /// For a method: the name of its class.
    pub class: Option<Box<str>>,
}

/// See the module.
pub struct Host {
    /// Where values live.
    pub heap: Heap,
    /// Set from outside when the program is to stop.
    pub interrupt: Interrupt,
    /// What `args()` gives.
    pub arguments: Vec<String>,
    output: Box<dyn Write + Send>,
    line_buffered: bool,
    buffer: Vec<u8>,
    errors: Box<dyn Write + Send>,
    input: Input,
    started: Instant,
    functions: Vec<FunctionEntry>,
    /// The strings of one ASCII character, once they are made.
    characters: Option<Gc<Array>>,
}

/// When so many bytes wait they are written.
const BUFFER: usize = 64 << 10;

impl Host {
    /// A host for one program.
    pub fn new(streams: Streams, arguments: Vec<String>, interrupt: Interrupt) -> Host {
        Host {
            heap: Heap::new(),
            interrupt,
            arguments,
            output: streams.output,
            line_buffered: streams.line_buffered,
            buffer: Vec::new(),
            errors: streams.errors,
            input: Input::Unopened(streams.input),
            started: Instant::now(),
            functions: Vec::new(),
            characters: None,
        }
    }

    /// Makes a string.
    pub fn string(&mut self, text: &str) -> Result<Val> {
        Ok(text::value(&mut self.heap, text)?)
    }

    /// The string of one character.
    pub fn character(&mut self, character: char) -> Result<Val> {
        if !character.is_ascii() {
            return self.string(character.encode_utf8(&mut [0; 4]));
        }
        let made = self.characters()?.load(character as usize);
        Ok(made.unwrap_or(Val::NIL))
    }

    /// The strings of the ASCII characters, by their codes.
    #[inline]
    pub fn characters(&mut self) -> Result<Gc<Array>> {
        match self.characters {
            Some(table) => Ok(table),
            None => self.make_characters(),
        }
    }

    #[cold]
    fn make_characters(&mut self) -> Result<Gc<Array>> {
        let table = self.heap.new_array(128)?;
        for code in 0..128u8 {
            let text = text::value(&mut self.heap, char::from(code).encode_utf8(&mut [0; 4]))?;
            table.push(&mut self.heap, text)?;
        }
        self.characters = Some(table);
        Ok(table)
    }

    /// An error if that many bytes more would be too much.
    pub fn check_room(&self, bytes: usize) -> Result<()> {
        Ok(self.heap.check_room(bytes)?)
    }

    /// Makes a function of the program known; the number is what closures hold.
    pub fn add_function(&mut self, name: Option<&str>, class: Option<&str>) -> u32 {
        let entry = FunctionEntry { name: name.map(Box::from), class: class.map(Box::from) };
        self.functions.push(entry);
        self.functions.len() as u32 - 1
    }

    /// The name of a function.
    pub fn function_name(&self, function: u32) -> Option<&str> {
        self.functions.get(function as usize)?.name.as_deref()
    }

    /// A function as messages call it: `f`, `Point.plus`, or `fn` for one without a name.
    pub fn describe_function(&self, function: u32) -> String {
        let Some(entry) = self.functions.get(function as usize) else { return "fn".to_owned() };
        match (&entry.class, &entry.name) {
            (Some(class), Some(name)) => format!("{class}.{name}"),
            (_, Some(name)) => name.to_string(),
            _ => "fn".to_owned(),
        }
    }

    /// Fails if the user wants the program to stop.
    #[inline]
    pub fn check_interrupt(&self) -> Result<()> {
        if self.interrupt.is_requested() {
            return Err(Failure::Interrupted.into());
        }
        Ok(())
    }

    /// Seconds since the program began.
    pub fn clock(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }

    /// Writes to the output.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= BUFFER || self.line_buffered && bytes.contains(&b'\n') {
            return self.flush();
        }
        Ok(())
    }

    /// Hands everything that was written to the system.
    pub fn flush(&mut self) -> Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let written = self.output.write_all(&self.buffer).and_then(|()| self.output.flush());
        self.buffer.clear();
        written.map_err(|error| {
            // If nobody reads any more there is no point in going on, and nobody to tell.
            if error.kind() != io::ErrorKind::BrokenPipe {
                let _ = writeln!(self.errors, "error: cannot write the output: {error}");
            }
            Failure::Exit(1).into()
        })
    }

    /// Writes to standard error, after everything that was written to the output.
    pub fn write_error(&mut self, text: &str) -> Result<()> {
        let flushed = self.flush();
        // There is nowhere to report a failure to.
        let _ = self.errors.write_all(text.as_bytes()).and_then(|()| self.errors.flush());
        flushed
    }

    /// The next line of the input without its end; `None` at the end.
    pub fn read_line(&mut self) -> Result<Option<String>> {
        self.flush()?;
        self.input = match std::mem::replace(&mut self.input, Input::Closed) {
            Input::Unopened(open) => Input::Open(open()),
            other => other,
        };
        let Input::Open(input) = &mut self.input else { return Ok(None) };
        let mut line = Vec::new();
        input
            .read_until(b'\n', &mut line)
            .map_err(|e| Error::value(format!("cannot read the input: {e}")))?;
        if line.is_empty() {
            return Ok(None);
        }
        if line.last() == Some(&b'\n') {
            line.pop();
            if line.last() == Some(&b'\r') {
                line.pop();
            }
        }
        match String::from_utf8(line) {
            Ok(line) => Ok(Some(line)),
            Err(_) => Err(Error::value("the line of the input is not UTF-8")),
        }
    }
}
