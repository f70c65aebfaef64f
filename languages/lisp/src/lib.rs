//! Lisp: R7RS Scheme on Holloway.
//!
//! ```text
//! cli, repl     the command line and the read-eval-print loop
//! run           one program from start to end: the entry for tests
//! syntax/       text -> data
//! expand/       data -> expressions: macros, hygiene, libraries
//! compile/      expressions -> bytecode
//! vm/           the virtual machine on the framework
//! builtins/     the procedures that are written in Rust; those in Scheme are in `scheme/`
//! boot          how the system comes to be
//! value/        pairs, strings, records, ..; equality; values as text
//! number/       the numeric tower
//! machine       what a running program consists of
//! ports         where text and bytes come from and go to
//! symbol        names as numbers
//! error         errors, their places and call stacks
//! diagnostics   reports about errors
//! ```
//!
//! ```
//! let outcome = lisp::run_captured(&lisp::Config::default(), b"(display (* 6 7))");
//! assert_eq!(outcome.output, b"42");
//! ```

#![deny(unsafe_code)]

mod boot;
pub mod builtins;
pub mod cli;
pub mod compile;
pub mod diagnostics;
pub mod error;
pub mod expand;
pub mod machine;
pub mod number;
pub mod ports;
pub mod repl;
pub mod run;
pub mod symbol;
pub mod syntax;
pub mod value;
pub mod vm;

pub use run::{Config, run, run_captured};
