//! The command line of a language.
//!
//! Options of the language stand before the program; everything after FILE or CODE belongs to the
//! program, whatever it looks like. So the arguments are divided before clap sees them.

use std::ffi::OsString;
use std::io::{self, BufRead, IsTerminal, Read, Write};
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use clap::{Arg, Args, Parser};
use holloway::JitOptions;

use crate::config::Config;
use crate::diagnostics::Reporter;
use crate::keyboard::{Input, watch_keyboard};
use crate::streams::Streams;
use crate::{log, status};

/// Where the program is. A language flattens it into its arguments.
#[derive(Args, Clone, Debug, Default)]
pub struct Program {
    /// Run CODE; what follows are its arguments
    #[arg(short = 'e', long = "eval", value_name = "CODE", allow_hyphen_values = true)]
    pub code: Option<String>,

    /// The program, or - for standard input
    #[arg(value_name = "FILE")]
    pub file: Option<OsString>,
}

/// A language's arguments, parsed by clap, and what it does with them.
pub trait Command: Parser {
    /// The long options whose value is a program. As FILE does, they end the language's own options.
    const CODE: &'static [&'static str] = &["eval"];

    /// The knobs of the JIT compiler, as the language wants them where nobody says otherwise.
    fn knobs() -> JitOptions {
        JitOptions::default()
    }

    /// The options that every language has.
    fn config(&mut self) -> &mut Config;

    /// Which program is to be run; without code and file, that of standard input.
    fn program(&self) -> Program;

    /// Runs a source text on these streams and gives the exit status.
    fn run(&self, source: &[u8], streams: Streams) -> u8;

    /// Runs a read-eval-print loop on the terminal and gives the exit status.
    fn converse(&self) -> u8;

    /// Whether standard input is for that loop even if it is no terminal.
    fn insists(&self) -> bool {
        false
    }
}

/// What the help of the command `name` ends with.
pub fn after_help(name: &str) -> String {
    format!(
        "Without a program {name} reads one from standard input; \
         on a terminal it reads and runs line after line.\n\
         Exit status: 0; 1 after an error; 2 if there is no program to run; 130 after Ctrl-C.\n\
         Environment: HOLLOWAY_JIT as --jit; HOLLOWAY_TRACE: parts that --trace tells \
         (hot,rec,opt,asm,end);\n\
         HOLLOWAY_LOG: a log filter such as info; HOLLOWAY_PERF=1: name machine code for perf; \
         NO_COLOR."
    )
}

/// The whole command: does what the command line says. A panic becomes a message and a status too.
pub fn main<C: Command>() -> ExitCode {
    let status = panic::catch_unwind(AssertUnwindSafe(start::<C>)).unwrap_or_else(|_| {
        let name = C::command().get_name().to_owned();
        let message = "please report it, with the program that caused it";
        // There is nowhere to report a failure to.
        let _ = writeln!(io::stderr(), "internal error in {name}: {message}");
        status::BUG
    });
    ExitCode::from(status)
}

/// Parses the command line and does what it says.
fn start<C: Command>() -> u8 {
    let command = C::command();
    let (own, rest) = divide(&command, C::CODE, std::env::args_os().skip(1).collect());
    let name = OsString::from(command.get_name());
    let mut arguments = match C::try_parse_from(std::iter::once(name).chain(own)) {
        Ok(arguments) => arguments,
        Err(message) => {
            // `--help` and `--version` come this way too. There is nowhere to report a failure to.
            let _ = message.print();
            return if message.use_stderr() { status::UNUSABLE } else { 0 };
        }
    };
    let config = arguments.config();
    config.colour = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    config.arguments = rest.iter().map(|a| a.to_string_lossy().into_owned()).collect();
    if config.jit.as_deref() == Some("help") {
        // There is nowhere to report a failure to.
        let _ = io::stdout().write_all(C::knobs().help().as_bytes());
        return 0;
    }
    let reporter = config.reporter();
    if let Err(message) = log::start(config.colour) {
        return unusable(reporter, &message);
    }
    run_program(arguments, reporter)
}

fn unusable(reporter: Reporter, message: &str) -> u8 {
    reporter.complain(message);
    status::UNUSABLE
}

/// Finds the program and runs it.
fn run_program<C: Command>(arguments: C, reporter: Reporter) -> u8 {
    let Program { code, file } = arguments.program();
    if let Some(code) = code {
        return run_source(arguments, "-e", code.as_bytes());
    }
    match file {
        Some(file) if file != "-" => {
            let name = file.to_string_lossy();
            match std::fs::read(&file) {
                Ok(source) => run_source(arguments, &name, &source),
                Err(error) => unusable(reporter, &format!("cannot read {name}: {error}")),
            }
        }
        None if arguments.insists() || io::stdin().is_terminal() => {
            let mut arguments = arguments;
            watch_keyboard(&arguments.config().interrupt, &Arc::default());
            arguments.converse()
        }
        _ => {
            let mut source = Vec::new();
            match io::stdin().read_to_end(&mut source) {
                Ok(_) => run_source(arguments, "<stdin>", &source),
                Err(error) => unusable(reporter, &format!("cannot read the input: {error}")),
            }
        }
    }
}

fn run_source<C: Command>(mut arguments: C, name: &str, source: &[u8]) -> u8 {
    let waiting = Arc::new(AtomicBool::new(false));
    let config = arguments.config();
    config.name = name.to_owned();
    watch_keyboard(&config.interrupt, &waiting);
    let input =
        move || -> Box<dyn BufRead + Send> { Box::new(io::BufReader::new(Input { waiting })) };
    arguments.run(source, Streams { input: Box::new(input), ..Streams::standard() })
}

/// How the language's arguments go on after one of them.
enum Next {
    /// The next argument is another one of the language.
    Argument,
    /// The next argument is the value of this one.
    Value,
    /// This is the program, which comes last.
    Last,
    /// The next argument is the program, which comes last.
    LastButOne,
}

/// Divides the command line into what belongs to the language (with FILE or CODE) and what is for
/// the program.
fn divide(
    command: &clap::Command,
    code: &[&str],
    all: Vec<OsString>,
) -> (Vec<OsString>, Vec<OsString>) {
    let mut own = 0;
    while own < all.len() {
        let next = next(command, code, &all[own].to_string_lossy());
        own += match next {
            Next::Argument | Next::Last => 1,
            Next::Value | Next::LastButOne => 2,
        };
        if matches!(next, Next::Last | Next::LastButOne) {
            break;
        }
    }
    let own = own.min(all.len());
    let (own, rest) = all.split_at(own);
    (own.to_vec(), rest.to_vec())
}

fn next(command: &clap::Command, code: &[&str], argument: &str) -> Next {
    // What takes a value: with `=` or in the same argument, or else in the next one.
    let takes = |found: Option<&Arg>, here: bool| {
        let option = found?;
        let program = option.get_long().is_some_and(|long| code.contains(&long));
        match (program, here) {
            (true, true) => Some(Next::Last),
            (true, false) => Some(Next::LastButOne),
            _ if !option.get_action().takes_values() => None,
            (false, false) if !option.is_require_equals_set() => Some(Next::Value),
            (false, _) => Some(Next::Argument),
        }
    };
    if argument == "--" {
        return Next::LastButOne;
    }
    if let Some(long) = argument.strip_prefix("--") {
        let (name, value) = long.split_once('=').map_or((long, None), |(n, v)| (n, Some(v)));
        let found = command.get_arguments().find(|a| a.get_long() == Some(name));
        return takes(found, value.is_some()).unwrap_or(Next::Argument);
    }
    let Some(letters) = argument.strip_prefix('-').filter(|l| !l.is_empty()) else {
        return Next::Last;
    };
    // `-ie CODE` is `-i -e CODE`, and `-eCODE` is `-e CODE`.
    for (at, letter) in letters.char_indices() {
        let found = command.get_arguments().find(|a| a.get_short() == Some(letter));
        let here = at + letter.len_utf8() < letters.len();
        if let Some(next) = takes(found, here) {
            return next;
        }
    }
    Next::Argument
}

#[cfg(test)]
mod tests;
