//! The command line of `lisp`.
//!
//! Options of `lisp` stand before the program; everything after FILE or CODE belongs to the
//! program, whatever it looks like. So the arguments are divided before clap sees them.

use std::ffi::OsString;
use std::io::{self, BufRead, IsTerminal, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::{Parser, ValueEnum};
use holloway::JitOptions;

use crate::diagnostics::Reporter;
use crate::interrupt::Interrupt;
use crate::log;
use crate::ports::Streams;
use crate::repl;
use crate::run::{self, Config, STATUS_INTERRUPTED, STATUS_UNUSABLE, StatsForm};

/// Run programs of the Lisp language.
#[derive(Parser, Debug)]
#[command(name = "lisp", version, override_usage = USAGE, after_help = AFTER_HELP)]
struct Arguments {
    /// Run CODE; what follows are its arguments
    #[arg(short = 'e', long = "eval", value_name = "CODE", allow_hyphen_values = true)]
    code: Option<String>,

    /// As --eval, and print the value
    #[arg(short = 'p', long = "print", value_name = "CODE", allow_hyphen_values = true)]
    print: Option<String>,

    /// Run the program in the metacircular evaluator, which is a Scheme program itself
    #[arg(long)]
    metacircular: bool,

    /// Ask for more input after the program
    #[arg(short = 'i', long)]
    interactive: bool,

    /// on, off, help, or knobs as KEY=VALUE,..
    #[arg(long, value_name = "SPEC")]
    jit: Option<String>,

    /// Report what the JIT compiler does, to FILE or standard error
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true,
          default_missing_value = "")]
    trace: Option<String>,

    /// Print statistics at the end, on standard error
    #[arg(long, value_enum, value_name = "FORM", num_args = 0..=1, require_equals = true,
          default_missing_value = "text")]
    stats: Option<StatsArgument>,

    /// Print the bytecode instead of running the program
    #[arg(long)]
    dump_bytecode: bool,

    /// Let the heap grow to at most SIZE bytes (or 64K, 512M, 2G)
    #[arg(long, value_name = "SIZE", value_parser = size)]
    max_heap: Option<usize>,

    /// The program, or - for standard input
    #[arg(value_name = "FILE")]
    file: Option<OsString>,
}

const USAGE: &str = "lisp [OPTIONS] FILE [ARG ..]
       lisp [OPTIONS] -e CODE [ARG ..]
       lisp [OPTIONS] -p CODE [ARG ..]
       lisp [OPTIONS] - [ARG ..]
       lisp [OPTIONS]";

const AFTER_HELP: &str = "Without a program lisp reads one from standard input; \
on a terminal it reads and runs line after line.\n\
Exit status: 0; 1 after an error; 2 if there is no program to run; 130 after Ctrl-C.\n\
Environment: HOLLOWAY_JIT as --jit; HOLLOWAY_TRACE: parts that --trace tells (hot,rec,opt,asm,end);\n\
HOLLOWAY_LOG: a log filter such as info; HOLLOWAY_PERF=1: name machine code for perf; NO_COLOR.";

#[derive(Clone, Copy, Debug, ValueEnum)]
enum StatsArgument {
    Text,
    Json,
}

/// A number of bytes, with an optional unit.
fn size(text: &str) -> Result<usize, String> {
    let wrong = || format!("`{text}` is not a size such as 1000000, 64K, 512M or 2G");
    let (digits, shift) = match text.char_indices().last() {
        Some((at, 'k' | 'K')) => (&text[..at], 10),
        Some((at, 'm' | 'M')) => (&text[..at], 20),
        Some((at, 'g' | 'G')) => (&text[..at], 30),
        _ => (text, 0),
    };
    let number: usize = digits.parse().map_err(|_| wrong())?;
    number.checked_mul(1 << shift).ok_or_else(wrong)
}

/// Options that take the next argument as their value.
const WITH_VALUE: [&str; 2] = ["--jit", "--max-heap"];

/// Divides the command line into what belongs to `lisp` (with FILE or CODE) and what is for the
/// program.
fn divide(all: Vec<OsString>) -> (Vec<OsString>, Vec<OsString>) {
    let mut own = 0;
    while own < all.len() {
        let argument = all[own].to_string_lossy();
        own += 1;
        let takes_next = WITH_VALUE.contains(&&*argument);
        if ["-e", "--eval", "-p", "--print"].contains(&&*argument) {
            own += 1;
            break;
        }
        if ["--eval=", "--print=", "-e", "-p"].iter().any(|o| argument.starts_with(o)) {
            break;
        }
        if argument == "--" {
            own += 1;
            break;
        }
        if takes_next {
            own += 1;
        } else if !argument.starts_with('-') || argument == "-" {
            break;
        }
    }
    let own = own.min(all.len());
    let (own, rest) = all.split_at(own);
    (own.to_vec(), rest.to_vec())
}

/// Does what the command line says, and gives the exit status.
pub fn main() -> u8 {
    let (own, rest) = divide(std::env::args_os().skip(1).collect());
    let name = OsString::from("lisp");
    let arguments = match Arguments::try_parse_from(std::iter::once(name).chain(own)) {
        Ok(arguments) => arguments,
        Err(message) => {
            // `--help` and `--version` come this way too. There is nowhere to report a failure to.
            let _ = message.print();
            return if message.use_stderr() { STATUS_UNUSABLE } else { 0 };
        }
    };
    let colour = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    if arguments.jit.as_deref() == Some("help") {
        // There is nowhere to report a failure to.
        let _ = io::stdout().write_all(JitOptions::help().as_bytes());
        return 0;
    }
    if let Err(message) = log::start(colour) {
        Reporter { colour }.complain(&message);
        return STATUS_UNUSABLE;
    }
    let config = Config {
        name: String::new(),
        arguments: rest.iter().map(|a| a.to_string_lossy().into_owned()).collect(),
        jit: arguments.jit.clone(),
        trace: arguments.trace.clone(),
        stats: arguments.stats.map(|form| match form {
            StatsArgument::Text => StatsForm::Text,
            StatsArgument::Json => StatsForm::Json,
        }),
        dump_bytecode: arguments.dump_bytecode,
        print: arguments.print.is_some(),
        metacircular: arguments.metacircular,
        interactive: arguments.interactive,
        max_heap: arguments.max_heap,
        colour,
        interrupt: Interrupt::default(),
    };
    start(arguments, config)
}

/// What is to be run.
fn start(arguments: Arguments, config: Config) -> u8 {
    if let Some(code) = arguments.code.or(arguments.print) {
        return run_source(Config { name: "-e".to_owned(), ..config }, code.as_bytes());
    }
    match arguments.file {
        Some(file) if file != "-" => match std::fs::read(&file) {
            Ok(source) => {
                let name = file.to_string_lossy().into_owned();
                run_source(Config { name, ..config }, &source)
            }
            Err(error) => {
                let message = format!("cannot read {}: {error}", file.to_string_lossy());
                complain(&config, &message)
            }
        },
        None if io::stdin().is_terminal() => {
            watch_keyboard(&config.interrupt, &Arc::default());
            repl::run(&config)
        }
        _ => {
            let mut source = Vec::new();
            match io::stdin().read_to_end(&mut source) {
                Ok(_) => run_source(Config { name: "<stdin>".to_owned(), ..config }, &source),
                Err(error) => complain(&config, &format!("cannot read the input: {error}")),
            }
        }
    }
}

fn complain(config: &Config, message: &str) -> u8 {
    Reporter { colour: config.colour }.complain(message);
    STATUS_UNUSABLE
}

fn run_source(config: Config, source: &[u8]) -> u8 {
    let waiting = Arc::new(AtomicBool::new(false));
    watch_keyboard(&config.interrupt, &waiting);
    let input =
        move || -> Box<dyn BufRead + Send> { Box::new(io::BufReader::new(Input { waiting })) };
    run::run(&config, source, Streams { input: Box::new(input), ..Streams::standard() })
}

/// Standard input that tells when the program waits for it.
struct Input {
    waiting: Arc<AtomicBool>,
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.waiting.store(true, Ordering::Relaxed);
        let count = io::stdin().read(buffer);
        self.waiting.store(false, Ordering::Relaxed);
        count
    }
}

/// Makes Ctrl-C set `interrupt`. If the program waits for input, or has not heeded the last one, it
/// is ended at once.
fn watch_keyboard(interrupt: &Interrupt, waiting: &Arc<AtomicBool>) {
    let (interrupt, waiting) = (interrupt.clone(), Arc::clone(waiting));
    let handler = move || {
        if interrupt.request() || waiting.load(Ordering::Relaxed) {
            std::process::exit(i32::from(STATUS_INTERRUPTED));
        }
    };
    // Without it Ctrl-C still ends the process.
    let _ = ctrlc::set_handler(handler);
}
