//! Holloway: a meta-tracing interpreter framework.
#![deny(unsafe_code)]

extern crate self as holloway;

pub mod language;

pub mod heap;

pub mod interpret;

pub(crate) mod count;

pub mod record;

pub mod trace;

pub mod optimize;

pub mod assemble;

pub mod run;

pub(crate) mod exit;

pub(crate) mod bridge;

pub mod observe;

pub use heap::{Array, Elems, Field, Gc, Heap, Object, OutOfMemory, Tag, Unpacked, Val};
pub use holloway_macros::{Object, elidable, loop_invariant, residual};
pub use interpret::Header;
pub use interpret::options::JitOptions;
pub use interpret::signal::Interrupter;
pub use language::{
    At, Cx, Frame, Language, Mode, Outcome, Record, Red, Resume, Run, Runtime, StackOverflow, Value,
};
pub use observe::Location;
