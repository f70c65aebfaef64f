//! The read-eval-print loop.
//!
//! An input may define a name that the system gives too: it means what that input says from then on. What earlier inputs defined
//! still uses what it was compiled with.

use std::cell::Cell;
use std::rc::Rc;

use frontend::{Config, Session, Streams, converse, run_deep};

use holloway::observe::{self, Event, Observer, Stats};

use crate::error::{Error, Failure, Kind, Result};
use crate::run::{self, finish, finish_reports, start};
use crate::syntax::{ReadError, Reader, Span};
use crate::value::{self, Values, show};
use crate::vm::Vm;

/// Runs the loop on the terminal until the input ends, and gives the exit status.
pub fn run(config: &run::Config) -> u8 {
    run_deep(config.common.reporter(), |limit| {
        let mut vm = start(&config.common, Streams::standard(), limit)?;
        let status = on_terminal(config, &mut vm)?;
        finish_reports(&mut vm, &config.common);
        Ok(status)
    })
}

/// Runs the loop with a machine.
pub(crate) fn on_terminal(config: &run::Config, vm: &mut Vm) -> std::result::Result<u8, String> {
    converse("lisp", &config.common.interrupt, &mut Inputs::new(config, vm))
}

/// Runs inputs without a terminal, for tests.
pub fn run_inputs(config: &run::Config, streams: Streams, inputs: &[&str]) -> u8 {
    run_deep(config.common.reporter(), |limit| {
        let mut vm = start(&config.common, streams, limit)?;
        let mut session = Inputs::new(config, &mut vm);
        let status = inputs.iter().find_map(|text| session.input((*text).to_owned()));
        Ok(status.unwrap_or(0))
    })
}

/// The inputs so far, and what they did.
struct Inputs<'a> {
    config: &'a Config,
    vm: &'a mut Vm,
    /// Whether the metacircular evaluator gets what is not a command.
    metacircular: bool,
    count: u32,
    /// Whether `,trace` shows events, once it was given.
    tracing: Option<Rc<Cell<bool>>>,
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
        input(self, &text)
    }
}

const HELP: &str = "An expression is evaluated and its value shown. Commands:
  ,help          this
  ,dis EXPR      the bytecode of an expression
  ,expand EXPR   an expression without its macros
  ,time EXPR     how long an expression takes
  ,trace EXPR    what the JIT compiler does meanwhile
  ,trace         the same from now on, or not any more
  ,quit          the end
";

/// Passes events on while it is switched on.
struct Switched {
    on: Rc<Cell<bool>>,
    observer: Box<dyn Observer>,
}

impl Observer for Switched {
    fn event(&mut self, event: &Event<'_>, source: &dyn observe::Source, stats: &Stats) {
        if self.on.get() {
            self.observer.event(event, source, stats);
        }
    }
}

impl<'a> Inputs<'a> {
    fn new(config: &'a run::Config, vm: &'a mut Vm) -> Inputs<'a> {
        let run::Config { common, metacircular, .. } = config;
        Inputs { config: common, vm, metacircular: *metacircular, count: 0, tracing: None }
    }

    /// Evaluates a text and shows its values.
    fn evaluate(&mut self, name: &str, text: &str) -> Result<()> {
        match self.metacircular {
            true => self.vm.show_in_evaluator(name, text).map(drop),
            false => evaluate(self.vm, name, text),
        }
    }

    /// The switch of what shows events, which is made when it is first asked for.
    fn tracing(&mut self) -> Result<Rc<Cell<bool>>> {
        if let Some(switch) = &self.tracing {
            return Ok(switch.clone());
        }
        let observer = observe::trace_to("-").map_err(|e| Error::new(Kind::File, e))?;
        let on = Rc::new(Cell::new(false));
        self.vm.runtime().observe(Box::new(Switched { on: on.clone(), observer }));
        self.tracing = Some(on.clone());
        Ok(on)
    }

    /// `,trace`: shows events while an expression is evaluated, or from now on.
    fn trace(&mut self, name: &str, text: &str) -> Result<()> {
        if self.config.trace.is_some() {
            self.evaluate(name, text)?;
            return self.vm.machine().ports.write_output(b"; --trace shows it all the time\n");
        }
        let switch = self.tracing()?;
        if text.is_empty() {
            switch.set(!switch.get());
            let state = if switch.get() { "on" } else { "off" };
            return self.vm.machine().ports.write_output(format!("; it is {state}\n").as_bytes());
        }
        let before = switch.replace(true);
        let result = self.evaluate(name, text);
        switch.set(before);
        result
    }
}

/// Does what an input says; a status if that ends the session.
fn input(inputs: &mut Inputs<'_>, text: &str) -> Option<u8> {
    let text = text.trim();
    let (command, rest) = match text.strip_prefix(',') {
        Some(command) => command.split_once(char::is_whitespace).unwrap_or((command, "")),
        None => ("", text),
    };
    let name = format!("input {}", inputs.count);
    let (config, vm) = (inputs.config, &mut *inputs.vm);
    let result = match command {
        "trace" => inputs.trace(&name, rest),
        "" => inputs.evaluate(&name, rest),
        "expand" => {
            let expanded = vm.expanded(&name, rest);
            expanded.and_then(|text| vm.machine().ports.write_output(text.as_bytes()))
        }
        "quit" | "q" => return Some(0),
        "time" => {
            let start = std::time::Instant::now();
            let result = inputs.evaluate(&name, rest);
            let text = format!("; {:.3} s\n", start.elapsed().as_secs_f64());
            result.and_then(|()| inputs.vm.machine().ports.write_output(text.as_bytes()))
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
    let status = finish(inputs.vm, config.reporter(), result);
    exit.then_some(status)
}

fn evaluate(vm: &mut Vm, name: &str, text: &str) -> Result<()> {
    let everything = vm.machine().world.everything.clone();
    let value = vm.run_source(name, text, &everything)?;
    let values = match value.cast::<Values>() {
        Some(values) => (0..values.len()).filter_map(|i| values.val_at(Values::ITEMS, i)).collect(),
        None => vec![value],
    };
    for value in values.into_iter().filter(|value| *value != value::unspecified()) {
        let text = show::show(&vm.machine().heap, value, show::WRITE);
        vm.machine().ports.write_output((text + "\n").as_bytes())?;
    }
    Ok(())
}
