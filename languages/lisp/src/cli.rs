//! The command line of `lisp`.

use clap::Parser;
use holloway::JitOptions;

use frontend::{Command, Program, Streams};

use crate::repl;
use crate::run::{self, Config};

/// Run programs of the Lisp language.
#[derive(Parser, Debug)]
#[command(name = "lisp", version, override_usage = USAGE,
          after_help = frontend::after_help("lisp"))]
pub struct Arguments {
    #[command(flatten)]
    program: Program,

    /// As --eval, and print the value
    #[arg(short = 'p', long = "print", value_name = "CODE", allow_hyphen_values = true)]
    print: Option<String>,

    /// Run the program in the metacircular evaluator, which is a Scheme program itself
    #[arg(long)]
    metacircular: bool,

    /// Ask for more input after the program, or at once, even if standard input is no terminal
    #[arg(short = 'i', long)]
    interactive: bool,

    #[command(flatten)]
    common: frontend::Config,
}

const USAGE: &str = "lisp [OPTIONS] FILE [ARG ..]
       lisp [OPTIONS] -e CODE [ARG ..]
       lisp [OPTIONS] -p CODE [ARG ..]
       lisp [OPTIONS] - [ARG ..]
       lisp [OPTIONS]";

impl Arguments {
    fn as_config(&self) -> Config {
        Config {
            common: self.common.clone(),
            metacircular: self.metacircular,
            print: self.print.is_some(),
            interactive: self.interactive,
        }
    }
}

impl Command for Arguments {
    const CODE: &'static [&'static str] = &["eval", "print"];

    fn knobs() -> JitOptions {
        run::knobs()
    }

    fn config(&mut self) -> &mut frontend::Config {
        &mut self.common
    }

    fn program(&self) -> Program {
        let Program { code, file } = self.program.clone();
        Program { code: code.or_else(|| self.print.clone()), file }
    }

    fn run(&self, source: &[u8], streams: Streams) -> u8 {
        run::run(&self.as_config(), source, streams)
    }

    fn converse(&self) -> u8 {
        repl::run(&self.as_config())
    }

    fn insists(&self) -> bool {
        self.interactive
    }
}
