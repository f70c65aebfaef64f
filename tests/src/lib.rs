//! The corpus and everything that runs it. Tests are data: adding one never touches Rust.
//!
//! ```text
//! programs/<language>/<feature>/*   a program and, in its comments, what it must do
//!      |  case      reads the expectations
//!      v
//!    language      whose program it is
//!      v
//!    mode          every way of running it: engines, thresholds, passes off, chaos
//!      v
//!    worker        runs it in a process of its own, so that a crash or a hang is only a failure
//!      v
//!    outcome       what it did: output, error text, exit status, what the compiler did
//!      v
//!    suite         one named test a file and mode: as expected, and the same in every mode
//! ```
//!
//! `events` compares what the JIT tells about itself with logs. `traces` does the same for the optimizer and the assembler. `generate` makes programs instead of reading them, `tidy` checks the sources themselves.

pub mod bless;
pub mod case;
pub mod engine;
pub mod events;
pub mod generate;
pub mod language;
pub mod mode;
pub mod outcome;
pub mod suite;
pub mod tidy;
pub mod traces;
pub mod worker;

use std::path::PathBuf;

/// The folder of the whole repository.
pub fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().map(PathBuf::from).unwrap_or(here)
}
