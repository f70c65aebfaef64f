//! Events as `tracing` events, one target a stage, for whoever subscribes: `HOLLOWAY_LOG=holloway::record=debug`.
//!
//! ```text
//! holloway::record    a recording begins (debug), is given up (debug; error if it is our fault)
//! holloway::optimize  what the passes did (debug)
//! holloway::assemble  a trace has machine code (info)
//! holloway::run       traces are evicted or invalid (info), the program is over (debug)
//! ```
//! Invariant: only the cold paths of the driver come here, and nothing is formatted unless somebody listens.

use super::{Event, Source};
use crate::record::Abort;
use tracing::{debug, enabled, error, info};

/// Passes an event on.
pub(crate) fn event(event: &Event<'_>, source: &dyn Source) {
    match *event {
        Event::Start { id, at, parent, count, .. } => {
            if enabled!(target: "holloway::record", tracing::Level::DEBUG) {
                let (place, from) = (source.location(at).to_string(), parent_text(parent));
                debug!(target: "holloway::record", trace = id.0, place, from, count, "start");
            }
        }
        Event::Abort { id, at, reason, detail, .. } => {
            if reason == Abort::Bug {
                let place = source.location(at).to_string();
                error!(target: "holloway::record", trace = id.0, place, detail, "internal check failed");
            } else if enabled!(target: "holloway::record", tracing::Level::DEBUG) {
                let place = source.location(at).to_string();
                debug!(target: "holloway::record", trace = id.0, place, reason = reason.name(), "abort");
            }
        }
        Event::Compiled { id, at, parent, recording, trace, counts, code, nanos, .. } => {
            let [record, optimize, assemble] = nanos;
            let (recorded, left) = (recording.ops.len(), trace.ops.len());
            debug!(target: "holloway::optimize", trace = id.0, recorded, left, fed = counts.fed, nanos = optimize, "optimized");
            if enabled!(target: "holloway::assemble", tracing::Level::INFO) {
                let (place, from) = (source.location(at).to_string(), parent_text(parent));
                let bytes = code.range.len();
                info!(target: "holloway::assemble", trace = id.0, place, from, bytes, record, optimize, assemble, "compiled");
            }
        }
        Event::Wait { id, at } => {
            if enabled!(target: "holloway::record", tracing::Level::DEBUG) {
                let place = source.location(at).to_string();
                debug!(target: "holloway::record", trace = id.0, place, "waits for a version");
            }
        }
        Event::Evicted { traces } => {
            info!(target: "holloway::run", traces = traces.len(), "evicted");
        }
        Event::Invalidated { traces, .. } => {
            info!(target: "holloway::run", traces = traces.len(), "invalidated");
        }
        Event::End => debug!(target: "holloway::run", "end"),
    }
}

fn parent_text(parent: Option<(crate::trace::TraceId, u32)>) -> String {
    parent.map_or_else(String::new, |(trace, exit)| format!("trace {} exit {exit}", trace.0))
}
