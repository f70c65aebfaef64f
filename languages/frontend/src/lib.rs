//! What stands between a language and the person at the terminal, and is the same for every language.
//!
//! ```text
//! command       the command line: which program, with which options; exit statuses
//! config        the options that every language has, and what they mean for the JIT compiler
//! repl          the terminal's side of a read-eval-print loop
//! diagnostics   errors with the source line and a caret, and call stacks
//! streams       output, errors and input of a program; how tests catch them
//! interrupt     how Ctrl-C reaches a program
//! stack         the deep stack that everything recursive runs on
//! log           what HOLLOWAY_LOG asks for
//! ```
//!
//! A language describes its command line as a clap parser that takes in [`Program`] (`-e CODE`,
//! `FILE`) and [`Config`] (`--jit`, `--trace`, ..), and says in [`Command`] how it runs a source
//! text. The rest is here. `examples/echo.rs` is a whole command in 60 lines:
//!
//! ```text
//! cargo run -p frontend --example echo -- --help
//! ```

#![deny(unsafe_code)]

mod command;
mod config;
mod diagnostics;
mod interrupt;
mod keyboard;
mod log;
mod repl;
mod stack;
pub mod status;
mod streams;

pub use command::{Command, Program, after_help, main};
pub use config::{Config, StatsForm, size_text};
pub use diagnostics::{Call, Reporter, Source, call_stack, line_number};
pub use interrupt::Interrupt;
pub use repl::{Session, converse};
pub use stack::{Depth, run_deep, with_deep_stack};
pub use streams::{Captured, Outcome, Streams, captured};
