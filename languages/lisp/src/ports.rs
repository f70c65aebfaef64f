//! Ports: where text and bytes come from and go to.
//!
//! Input that is no terminal is read when its port is opened; standard input a line at a time. A
//! port is a number in this table.
//!
//! Invariant: port 0 is standard input, 1 standard output, 2 standard error.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, BufRead, Write};
use std::rc::Rc;

use frontend::{Streams, status};
use holloway::Val;

use crate::error::{Error, Failure, Kind, Result};

/// Where output goes.
pub enum Sink {
    /// Into memory: text, or bytes.
    Memory(Vec<u8>),
    /// To a file.
    File(io::BufWriter<File>),
    /// To standard output.
    Output,
    /// To standard error.
    Errors,
}

/// Where input comes from.
#[derive(Default)]
pub struct Input {
    /// What was read; UTF-8 if the port is textual.
    pub bytes: Vec<u8>,
    /// The next byte.
    pub at: usize,
    /// More comes from standard input.
    pub standard: bool,
    /// `#!fold-case` is in force.
    pub fold_case: bool,
}

/// A port.
pub struct PortState {
    /// For bytes, not for text?
    pub binary: bool,
    /// The input side.
    pub input: Option<Input>,
    /// The output side.
    pub output: Option<Sink>,
    /// The input side was closed.
    pub input_closed: bool,
    /// The output side was closed.
    pub output_closed: bool,
}

/// Numbers of ports that no object stands for any more.
pub(crate) type Free = Rc<RefCell<Vec<i64>>>;

/// All ports.
pub struct Ports {
    table: Vec<PortState>,
    pub(crate) free: Free,
    /// The objects of `current-input-port`, `current-output-port` and `current-error-port` at the
    /// beginning.
    pub current: [Val; 3],
    output: Box<dyn Write + Send>,
    buffer: Vec<u8>,
    line_buffered: bool,
    errors: Box<dyn Write + Send>,
    open_input: Option<Box<dyn FnOnce() -> Box<dyn BufRead + Send> + Send>>,
    input: Option<Box<dyn BufRead + Send>>,
}

/// Output is written in pieces of this size.
const BUFFER: usize = 1 << 16;

fn failed(error: &io::Error) -> Error {
    Error::new(Kind::File, format!("input or output failed: {error}"))
}

impl Ports {
    pub(crate) fn new(streams: Streams) -> Ports {
        let mut ports = Ports {
            table: Vec::new(),
            free: Free::default(),
            current: [Val::NIL; 3],
            output: streams.output,
            buffer: Vec::new(),
            line_buffered: streams.line_buffered,
            errors: streams.errors,
            open_input: Some(streams.input),
            input: None,
        };
        ports.add_input(Input { standard: true, ..Input::default() }, false);
        ports.add_output(Sink::Output, false);
        ports.add_output(Sink::Errors, false);
        ports
    }

    fn add(&mut self, state: PortState) -> i64 {
        if let Some(number) = self.free.borrow_mut().pop() {
            self.table[number as usize] = state;
            return number;
        }
        self.table.push(state);
        self.table.len() as i64 - 1
    }

    /// A port that is read from.
    pub fn add_input(&mut self, input: Input, binary: bool) -> i64 {
        let (input, output) = (Some(input), None);
        self.add(PortState { binary, input, output, input_closed: false, output_closed: false })
    }

    /// A port that is written to.
    pub fn add_output(&mut self, sink: Sink, binary: bool) -> i64 {
        let (input, output) = (None, Some(sink));
        self.add(PortState { binary, input, output, input_closed: false, output_closed: false })
    }

    /// A port.
    pub fn state(&mut self, number: i64) -> &mut PortState {
        &mut self.table[number as usize]
    }

    /// Writes to a port.
    ///
    /// # Errors
    /// If it is closed or cannot be written to.
    pub fn write(&mut self, number: i64, bytes: &[u8]) -> Result<()> {
        let port = &mut self.table[number as usize];
        if port.output_closed {
            return Err(Error::new(Kind::File, "the port is closed"));
        }
        match &mut port.output {
            None => Err(Error::new(Kind::File, "the port is not for output")),
            Some(Sink::Memory(memory)) => {
                memory.extend_from_slice(bytes);
                Ok(())
            }
            Some(Sink::File(file)) => file.write_all(bytes).map_err(|e| failed(&e)),
            Some(Sink::Output) => self.write_output(bytes),
            Some(Sink::Errors) => {
                self.flush_output()?;
                self.errors.write_all(bytes).map_err(|e| failed(&e))
            }
        }
    }

    /// Writes to standard output.
    ///
    /// # Errors
    /// If that fails.
    pub fn write_output(&mut self, bytes: &[u8]) -> Result<()> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= BUFFER || self.line_buffered && bytes.contains(&b'\n') {
            self.flush_output()?;
        }
        Ok(())
    }

    /// Writes what is waiting for standard output.
    ///
    /// # Errors
    /// If that fails.
    pub fn flush_output(&mut self) -> Result<()> {
        let result = self.output.write_all(&self.buffer).and_then(|()| self.output.flush());
        self.buffer.clear();
        result.map_err(|error| match error.kind() {
            // If nobody reads any more there is no point in going on, and nobody to tell.
            io::ErrorKind::BrokenPipe => Failure::Exit(status::ERROR).into(),
            _ => failed(&error),
        })
    }

    /// Writes to standard error.
    pub fn write_error(&mut self, text: &str) {
        // There is nowhere to report a failure to.
        let _ = self.flush_output();
        let _ = self.errors.write_all(text.as_bytes());
    }

    /// Writes what is waiting for a port.
    ///
    /// # Errors
    /// If that fails.
    pub fn flush(&mut self, number: i64) -> Result<()> {
        match &mut self.table[number as usize].output {
            Some(Sink::File(file)) => file.flush().map_err(|e| failed(&e)),
            Some(Sink::Output) => self.flush_output(),
            _ => Ok(()),
        }
    }

    /// Flushes all files, at the end of the program.
    pub fn flush_all(&mut self) -> Result<()> {
        for number in 0..self.table.len() as i64 {
            self.flush(number)?;
        }
        Ok(())
    }

    /// Closes sides of a port.
    ///
    /// # Errors
    /// If what is waiting cannot be written.
    pub fn close(&mut self, number: i64, input: bool, output: bool) -> Result<()> {
        self.flush(number)?;
        let port = &mut self.table[number as usize];
        if input && port.input.is_some() {
            port.input_closed = true;
            port.input = Some(Input::default());
        }
        if output && port.output.is_some() {
            port.output_closed = true;
            if let Some(Sink::File(_)) = port.output {
                port.output = Some(Sink::Memory(Vec::new()));
            }
        }
        Ok(())
    }

    /// The input side of a port, with at least one unread byte unless it is at its end.
    ///
    /// # Errors
    /// If it cannot be read from.
    pub fn filled(&mut self, number: i64) -> Result<&mut Input> {
        let port = &self.table[number as usize];
        if port.input_closed {
            return Err(Error::new(Kind::File, "the port is closed"));
        }
        match &port.input {
            None => return Err(Error::new(Kind::File, "the port is not for input")),
            Some(input) if input.at >= input.bytes.len() && input.standard => {
                self.refill(number)?
            }
            Some(_) => {}
        }
        self.table[number as usize]
            .input
            .as_mut()
            .ok_or_else(|| Error::new(Kind::File, "the port is not for input"))
    }

    /// Reads another line of standard input; `false` at its end.
    ///
    /// # Errors
    /// If that fails.
    pub fn more(&mut self, number: i64) -> Result<bool> {
        let standard = |port: &PortState| port.input.as_ref().is_some_and(|i| i.standard);
        if !standard(&self.table[number as usize]) {
            return Ok(false);
        }
        let waiting = |ports: &Ports| {
            let input = ports.table[number as usize].input.as_ref();
            input.map_or(0, |input| input.bytes.len() - input.at)
        };
        let before = waiting(self);
        self.refill(number)?;
        Ok(waiting(self) > before)
    }

    fn refill(&mut self, number: i64) -> Result<()> {
        self.flush_output()?;
        if let Some(open) = self.open_input.take() {
            self.input = Some(open());
        }
        let Some(from) = &mut self.input else { return Ok(()) };
        let Some(input) = &mut self.table[number as usize].input else { return Ok(()) };
        let mut line = Vec::new();
        from.read_until(b'\n', &mut line).map_err(|e| failed(&e))?;
        input.bytes.drain(..input.at);
        input.at = 0;
        input.bytes.extend_from_slice(&line);
        Ok(())
    }
}
