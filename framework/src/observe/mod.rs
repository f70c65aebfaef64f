//! What people see: events of the driver, statistics, text.
//!
//! Invariant: observing changes nothing, and costs nothing where nobody looks.

pub mod event;
mod json;
mod location;
pub(crate) mod log;
mod open;
mod paint;
mod perf;
mod report;
mod stages;
pub mod stats;
mod text;

pub use crate::heap::ShapeStats;
pub use event::{Event, Observer, Source, Why};
pub use location::Location;
pub use open::{from_environment, trace_to};
pub use perf::PerfMap;
pub use stages::{Stage, Stages, UnknownStage};
pub(crate) use stats::allocations;
pub use stats::{ExitStats, Stats, TraceEnd, TraceStats};
pub use text::TraceText;
