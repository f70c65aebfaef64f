//! The Mini language: a small dynamic language on Holloway.
//!
//! ```text
//! syntax/       source -> tokens -> syntax tree -> what every name means
//! value/        strings, large ints, closures; values as text
//! ops/          the operators on any values
//! builtins/     the functions every program has
//! host          heap, output, input, command line
//! error         run-time errors, their places and call stacks
//! stack         the deep stack that everything recursive runs on
//! ```

#![deny(unsafe_code)]

pub mod builtins;
pub mod diagnostics;
pub mod error;
pub mod host;
pub mod ops;
pub mod stack;
pub mod syntax;
pub mod tree;
pub mod value;
