//! The read-eval-print loop.

use frontend::{Config, Session, Streams, converse, run_deep};

use crate::error::{Failure, Result};
use crate::run::{self, finish, finish_reports, start};
use crate::syntax::{ReadError, Reader, Span};
use crate::value::{self, show};
use crate::vm::Vm;

/// Runs the loop on the terminal until the input ends, and gives the exit status.
pub fn run(config: &run::Config) -> u8 {
    let config = &config.common;
    run_deep(config.reporter(), |limit| {
        let mut vm = start(config, Streams::standard(), limit)?;
        let status = on_terminal(config, &mut vm)?;
        finish_reports(&mut vm, config);
        Ok(status)
    })
}

/// Runs the loop with a machine.
pub(crate) fn on_terminal(config: &Config, vm: &mut Vm) -> std::result::Result<u8, String> {
    converse("lisp", &config.interrupt, &mut Inputs { config, vm, count: 0 })
}

/// The inputs so far, and what they did.
struct Inputs<'a> {
    config: &'a Config,
    vm: &'a mut Vm,
    count: u32,
}

impl Session for Inputs<'_> {
    fn is_complete(text: &str) -> bool {
        let read = Reader::new(text, Span::NOWHERE).read_all();
        !matches!(read, Err(ReadError { incomplete: true, .. }))
    }

    fn is_in_name(character: char) -> bool {
        !character.is_whitespace() && !"()'`,\"".contains(character)
    }

    fn names(&mut self) -> Vec<String> {
        let names = self.vm.machine().world.everything.names();
        names.into_iter().map(|(name, _)| name.name().to_string()).collect()
    }

    fn input(&mut self, text: String) -> Option<u8> {
        self.count += 1;
        input(self.config, self.vm, self.count, &text)
    }
}

const HELP: &str = "An expression is evaluated and its value shown. Commands:
  ,help         this
  ,dis EXPR     the bytecode of an expression
  ,time EXPR    how long an expression takes
  ,quit         the end
";

/// Does what an input says; a status if that ends the session.
fn input(config: &Config, vm: &mut Vm, number: u32, text: &str) -> Option<u8> {
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
    let status = finish(vm, config.reporter(), result);
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
