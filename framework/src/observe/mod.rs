//! What people see: events of the driver, statistics, text.
//!
//! Invariant: observing changes nothing, and costs nothing where nobody looks.

pub mod event;
mod location;
pub(crate) mod log;
pub mod stats;

pub use event::{Event, Observer, Source};
pub use location::Location;
pub use stats::{ExitStats, Stats, TraceStats};
