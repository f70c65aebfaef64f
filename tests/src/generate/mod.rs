//! Making random programs with hot loops, running them in all modes, making failures small.

pub mod campaign;
pub mod minimize;
mod object;
pub mod program;
pub mod random;
pub mod scheme;
mod shape;
pub mod source;
