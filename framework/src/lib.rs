//! Holloway: a meta-tracing interpreter framework.
#![deny(unsafe_code)]

pub mod assemble;
pub mod optimize;
pub mod run;
pub mod trace;
