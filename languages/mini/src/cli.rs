//! The command line of `mini`.

use clap::{Parser, ValueEnum};
use frontend::{Command, Program, Streams};

use crate::engine::EngineKind;
use crate::repl;
use crate::run::{self, Config};

/// Run programs of the Mini language.
#[derive(Parser, Debug)]
#[command(name = "mini", version, override_usage = USAGE,
          after_help = frontend::after_help("mini"))]
pub struct Arguments {
    #[command(flatten)]
    program: Program,

    /// What runs the program
    #[arg(long, value_enum, value_name = "ENGINE", default_value = "bytecode")]
    engine: EngineArgument,

    #[command(flatten)]
    common: frontend::Config,
}

const USAGE: &str = "mini [OPTIONS] FILE [ARG ..]
       mini [OPTIONS] -e CODE [ARG ..]
       mini [OPTIONS] - [ARG ..]
       mini [OPTIONS]";

#[derive(Clone, Copy, Debug, ValueEnum)]
enum EngineArgument {
    Tree,
    Bytecode,
}

impl Arguments {
    fn as_config(&self) -> Config {
        let engine = match self.engine {
            EngineArgument::Tree => EngineKind::Tree,
            EngineArgument::Bytecode => EngineKind::Bytecode,
        };
        Config { engine, common: self.common.clone() }
    }
}

impl Command for Arguments {
    fn config(&mut self) -> &mut frontend::Config {
        &mut self.common
    }

    fn program(&self) -> Program {
        self.program.clone()
    }

    fn run(&self, source: &[u8], streams: Streams) -> u8 {
        run::run(&self.as_config(), source, streams)
    }

    fn converse(&self) -> u8 {
        repl::run(&self.as_config())
    }
}
