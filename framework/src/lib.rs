//! Holloway: a meta-tracing interpreter framework.
#![deny(unsafe_code)]

extern crate self as holloway;

pub mod assemble;
pub mod heap;
pub mod optimize;
pub mod run;
pub mod trace;

pub use heap::{Array, Elems, Field, Gc, Heap, Object, OutOfMemory, Tag, Unpacked, Val};
pub use holloway_macros::Object;
