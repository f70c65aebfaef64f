//! The `lisp` command.

use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;

/// The status after an error of our own.
const STATUS_BUG: u8 = 70;

fn main() -> ExitCode {
    let status = panic::catch_unwind(AssertUnwindSafe(lisp::cli::main)).unwrap_or_else(|_| {
        eprintln!("internal error in lisp: please report it, with the program that caused it");
        STATUS_BUG
    });
    ExitCode::from(status)
}
