//! Holloway: a meta-tracing interpreter framework.
#![deny(unsafe_code)]

pub mod trace;
