//! What people see: events of the driver, statistics, text.
//!
//! Invariant: observing changes nothing, and costs nothing where nobody looks.

pub mod event;
pub mod stats;

pub use event::{Event, Observer, Source};
pub use stats::Stats;

/// A place in the guest's source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Location {
    /// File, or how the source is called.
    pub file: String,
    /// Line, from 1; 0 if unknown.
    pub line: u32,
    /// Column, from 1; 0 if unknown.
    pub column: u32,
    /// The function.
    pub function: String,
    /// The instruction, as the disassembler writes it.
    pub opcode: String,
}
