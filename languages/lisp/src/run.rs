//! Running one program from start to end, with any configuration: what the binary does with a file,
//! and what tests do in their own process.

use std::path::Path;

use holloway::JitOptions;

use frontend::{Depth, Outcome, Reporter, Streams, captured, run_deep, status};

use crate::diagnostics;
use crate::error::{Error, Failure, Kind, Result};
use crate::machine::Machine;
use crate::repl;
use crate::syntax::Span;
use crate::value::{self, show};
use crate::vm::Vm;

/// How a program is run.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// What every language can be told. The arguments are what `command-line` gives behind the name.
    pub common: frontend::Config,
    /// Run the program in the metacircular evaluator.
    pub metacircular: bool,
    /// Print the value of the last expression.
    pub print: bool,
    /// Ask for more input after the program.
    pub interactive: bool,
}

/// Runs a program and gives the exit status.
pub fn run(config: &Config, source: &[u8], streams: Streams) -> u8 {
    run_deep(config.common.reporter(), |limit| {
        let mut vm = start(&config.common, streams, limit)?;
        let result = run_text(&mut vm, config, source);
        let mut status = finish(&mut vm, config.common.reporter(), result);
        if config.interactive {
            status = repl::on_terminal(config, &mut vm).unwrap_or(status);
        }
        finish_reports(&mut vm, &config.common);
        Ok(status)
    })
}

/// Runs a program and keeps what it writes; it has no input.
pub fn run_captured(config: &Config, source: &[u8]) -> Outcome {
    captured(|streams| run(config, source, streams))
}

/// The knobs of the JIT compiler: programs that build lists and call procedures have many exits that are hardly ever taken, and
/// bridges there cost more than they gain.
pub fn knobs() -> JitOptions {
    JitOptions { bridge: 15, ..JitOptions::default() }
}

/// A machine as the configuration asks for.
pub(crate) fn start(
    config: &frontend::Config,
    streams: Streams,
    limit: Depth,
) -> std::result::Result<Vm, String> {
    let (options, observers) = (config.jit_options(&knobs())?, config.observers()?);
    let mut arguments = vec![config.name.clone()];
    arguments.extend(config.arguments.iter().cloned());
    let mut machine = Machine::new(streams, arguments, config.interrupt.clone(), limit);
    if let Some(bytes) = config.max_heap {
        machine.limit_heap(bytes);
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
        Failure::Condition { message, .. } => format!("the system cannot start: {message}"),
        other => format!("the system cannot start: {other:?}"),
    }
}

fn run_text(vm: &mut Vm, config: &Config, source: &[u8]) -> Result<()> {
    let name = &config.common.name;
    let text = match std::str::from_utf8(source) {
        Ok(text) => text,
        Err(error) => {
            // Up to the place of the error the text is the same.
            let source = vm.machine().add_source(name, &String::from_utf8_lossy(source));
            let start = error.valid_up_to() as u32;
            let end = start + char::REPLACEMENT_CHARACTER.len_utf8() as u32;
            return Err(Error::syntax(Span { source, start, end }, "this is not UTF-8"));
        }
    };
    if config.common.dump_bytecode {
        let text = vm.dump(name, text)?;
        return vm.machine().ports.write_output(text.as_bytes());
    }
    let result = match config.metacircular {
        true => vm.run_in_evaluator(name, text)?,
        false => vm.run_program(name, text)?,
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
    let report = diagnostics::failure(reporter, vm.machine(), &error);
    vm.machine().ports.write_error(&report);
    match error.failure() {
        Failure::Exit(status) => *status,
        Failure::Interrupted => status::INTERRUPTED,
        // What a running program reads or evaluates is no part of it.
        Failure::Condition { kind: Kind::Syntax | Kind::Read, .. } if error.frames().is_empty() => {
            status::UNUSABLE
        }
        Failure::Condition { .. } | Failure::Uncaught(_) => status::ERROR,
    }
}

/// Prints what the options ask for at the end.
pub(crate) fn finish_reports(vm: &mut Vm, config: &frontend::Config) {
    let runtime = vm.runtime();
    runtime.finish();
    if let Some(text) = config.stats_text(|| runtime.stats()) {
        vm.machine().ports.write_error(&text);
    }
}
