//! The Mini language: a small dynamic language on Holloway.
//!
//! ```text
//! cli, repl     the command line and the read-eval-print loop
//! run           one program from start to end: the entry for tests
//! syntax/       source -> tokens -> syntax tree -> what every name means
//! engine        the engines, behind one face
//! bytecode/     the bytecode engine
//! tree/         the tree-walking engine, the oracle
//! builtins/     the functions every program has
//! ops/          the operators on any values
//! value/        strings, large ints, closures; values as text
//! host          heap, output, input, command line
//! error         run-time errors, their places and call stacks
//! diagnostics   reports about errors
//! ```
//!
//! ```
//! let config = mini::Config { engine: mini::EngineKind::Tree, ..mini::Config::default() };
//! let outcome = mini::run_captured(&config, b"print(6 * 7)");
//! assert_eq!(outcome.output, b"42\n");
//! ```

#![deny(unsafe_code)]

pub mod builtins;
pub mod bytecode;
pub mod cli;
pub mod diagnostics;
pub mod engine;
pub mod error;
pub mod host;
pub mod ops;
pub mod repl;
pub mod run;
pub mod syntax;
pub mod tree;
pub mod value;

pub use engine::EngineKind;
pub use run::{Config, run, run_captured};
