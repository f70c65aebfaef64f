//! A language whose programs are printed: the least that a command needs.

use clap::Parser;
use frontend::{Command, Config, Program, Session, Streams, status};

/// Run programs of the Echo language.
#[derive(Parser)]
#[command(name = "echo", version, after_help = frontend::after_help("echo"))]
struct Echo {
    #[command(flatten)]
    program: Program,
    #[command(flatten)]
    config: Config,
}

impl Command for Echo {
    fn config(&mut self) -> &mut Config {
        &mut self.config
    }

    fn program(&self) -> Program {
        self.program.clone()
    }

    fn run(&self, source: &[u8], mut streams: Streams) -> u8 {
        frontend::run_deep(self.config.reporter(), |_depth| {
            // A language would start its `holloway::Runtime` with them.
            let _ = (self.config.jit_options(&Self::knobs())?, self.config.observers()?);
            let written = streams.output.write_all(source);
            Ok(if written.is_ok() { 0 } else { status::ERROR })
        })
    }

    fn converse(&self) -> u8 {
        frontend::run_deep(self.config.reporter(), |_depth| {
            frontend::converse("echo", &self.config.interrupt, &mut Lines)
        })
    }
}

struct Lines;

impl Session for Lines {
    fn is_complete(_text: &str) -> bool {
        true
    }

    fn input(&mut self, text: String) -> Option<u8> {
        println!("{text}");
        None
    }
}

fn main() -> std::process::ExitCode {
    frontend::main::<Echo>()
}
