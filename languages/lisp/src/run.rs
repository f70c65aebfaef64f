//! Running one program from start to end, with any configuration: what the binary does with a file,
//! and what tests do in their own process.

use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use holloway::JitOptions;
use holloway::observe::{Observer, from_environment, trace_to};

use crate::diagnostics::Reporter;
use crate::error::{Error, Failure, Kind, Result};
use crate::interrupt::Interrupt;
use crate::machine::Machine;
use crate::ports::Streams;
use crate::repl;
use crate::stack::{self, Depth};
use crate::value::{self, show};
use crate::vm::Vm;

/// The exit status after an error of the program.
pub const STATUS_ERROR: u8 = 1;
/// The exit status if there is no program that could be run.
pub const STATUS_UNUSABLE: u8 = 2;
/// The exit status after Ctrl-C.
pub const STATUS_INTERRUPTED: u8 = 130;

/// How a program is run.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// What reports call the source.
    pub name: String,
    /// What `command-line` gives behind the name.
    pub arguments: Vec<String>,
    /// Knobs of the JIT compiler, as `--jit` takes them.
    pub jit: Option<String>,
    /// Where `--trace` reports go; empty for standard error.
    pub trace: Option<String>,
    /// If and how statistics are printed at the end.
    pub stats: Option<StatsForm>,
    /// Print the bytecode instead of running the program.
    pub dump_bytecode: bool,
    /// Run the program in the metacircular evaluator.
    pub metacircular: bool,
    /// Print the value of the last expression.
    pub print: bool,
    /// Ask for more input after the program.
    pub interactive: bool,
    /// The limit of the heap, in bytes.
    pub max_heap: Option<usize>,
    /// If reports are coloured.
    pub colour: bool,
    /// How Ctrl-C reaches the program.
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

/// What a run did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The exit status.
    pub status: u8,
    /// What it wrote to standard output.
    pub output: Vec<u8>,
    /// What it wrote to standard error.
    pub errors: Vec<u8>,
}

/// Runs a program and gives the exit status.
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

/// Runs a program and keeps what it writes; it has no input.
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

/// A machine as the configuration asks for.
pub(crate) fn start(
    config: &Config,
    streams: Streams,
    limit: Depth,
) -> std::result::Result<Vm, String> {
    let (options, observers) = settings(config)?;
    let mut arguments = vec![config.name.clone()];
    arguments.extend(config.arguments.iter().cloned());
    let mut machine = Machine::new(streams, arguments, config.interrupt.clone(), limit);
    if let Some(bytes) = config.max_heap {
        machine.heap.set_limit(bytes);
    }
    if let Some(folder) = Path::new(&config.name).parent().filter(|f| !f.as_os_str().is_empty()) {
        machine.folders.push(folder.to_owned());
    }
    let mut vm = Vm::new(machine, options).map_err(|error| describe(&error))?;
    for observer in observers {
        vm.runtime().observe(observer);
    }
    Ok(vm)
}

fn describe(error: &Error) -> String {
    match error.failure() {
        Failure::Condition { message, .. } => format!("{message} ({:?})", error.span()),
        other => format!("{other:?}"),
    }
}

fn run_here(config: &Config, source: &[u8], streams: Streams, limit: Depth) -> u8 {
    let reporter = Reporter { colour: config.colour };
    let mut vm = match start(config, streams, limit) {
        Ok(vm) => vm,
        Err(message) => {
            reporter.complain(&message);
            return STATUS_UNUSABLE;
        }
    };
    let result = run_text(&mut vm, config, source);
    let mut status = finish(&mut vm, reporter, result);
    if config.interactive {
        status = repl::on_terminal(config, &mut vm).unwrap_or(status);
    }
    finish_reports(&mut vm, config);
    status
}

fn run_text(vm: &mut Vm, config: &Config, source: &[u8]) -> Result<()> {
    let text = std::str::from_utf8(source)
        .map_err(|_| Error::new(Kind::Syntax, "the program is not UTF-8"))?;
    if config.dump_bytecode {
        let text = vm.dump(&config.name, text)?;
        return vm.machine().ports.write_output(text.as_bytes());
    }
    let result = match config.metacircular {
        true => vm.run_in_evaluator(&config.name, text)?,
        false => vm.run_program(&config.name, text)?,
    };
    if config.print && result != value::unspecified() {
        let text = show::show(&vm.machine().heap, result, show::WRITE);
        vm.machine().ports.write_output((text + "\n").as_bytes())?;
    }
    Ok(())
}

/// The program is over: flushes, reports its error, and gives the exit status.
pub(crate) fn finish(vm: &mut Vm, reporter: Reporter, result: Result<()>) -> u8 {
    let flushed = vm.machine().ports.flush_all();
    let Err(error) = result.and(flushed) else { return 0 };
    let report = reporter.failure(vm.machine(), &error);
    vm.machine().ports.write_error(&report);
    match error.failure() {
        Failure::Exit(status) => *status,
        Failure::Interrupted => STATUS_INTERRUPTED,
        Failure::Condition { kind: Kind::Syntax | Kind::Read, .. } => STATUS_UNUSABLE,
        Failure::Condition { .. } | Failure::Uncaught(_) => STATUS_ERROR,
    }
}

/// Prints what the options ask for at the end.
pub(crate) fn finish_reports(vm: &mut Vm, config: &Config) {
    let runtime = vm.runtime();
    runtime.finish();
    let text = match config.stats {
        None => return,
        Some(StatsForm::Text) => runtime.stats().to_text(),
        Some(StatsForm::Json) => runtime.stats().to_json() + "\n",
    };
    vm.machine().ports.write_error(&text);
}

/// What the options say about the JIT compiler: those of the variable `HOLLOWAY_JIT`, then those of
/// `--jit`; and what writes the reports.
type Settings = (JitOptions, Vec<Box<dyn Observer>>);

fn settings(config: &Config) -> std::result::Result<Settings, String> {
    let mut options = JitOptions::default();
    if let Ok(variable) = std::env::var("HOLLOWAY_JIT") {
        options.apply(&variable).map_err(|e| format!("HOLLOWAY_JIT: {e}"))?;
    }
    if let Some(argument) = &config.jit {
        options.apply(argument).map_err(|e| format!("--jit: {e}"))?;
    }
    let mut observers = from_environment()?;
    if let Some(target) = &config.trace {
        observers.push(trace_to(target)?);
    }
    Ok((options, observers))
}
