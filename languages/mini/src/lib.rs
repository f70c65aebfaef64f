//! The Mini language: a small dynamic language on Holloway.
//!
//! ```text
//! syntax/       source -> tokens -> syntax tree -> what every name means
//! diagnostics   errors with the source line and a caret
//! stack         the deep stack that everything recursive runs on
//! ```

#![deny(unsafe_code)]

pub mod stack;
pub mod syntax;
