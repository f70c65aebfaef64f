//! The part of the report that is about the collector.
//!
//! Invariant: nothing is said if nothing was collected.

use super::time;
use crate::heap::HeapStats;
use crate::observe::json::Json;
use std::fmt::Write;

impl HeapStats {
    pub(super) fn write(&self, out: &mut String) -> std::fmt::Result {
        if self.minor == 0 {
            return Ok(());
        }
        let [total, longest] = [self.total, self.longest].map(|t| time(t.as_nanos() as u64));
        let [promoted, live, peak] = [self.promoted, self.live, self.peak].map(|n| n >> 10);
        writeln!(out, "  collections      {} of the nursery, {} of all", self.minor, self.major)?;
        writeln!(out, "    pauses         {total} in all, the longest {longest}")?;
        writeln!(
            out,
            "    memory         {promoted} KiB survived the nursery, {live} KiB were alive at the last marking, {peak} KiB at most were taken"
        )
    }

    pub(super) fn json(&self, json: &mut Json) {
        json.object("collector", |json| {
            json.number("minor", self.minor);
            json.number("major", self.major);
            json.number("promoted_bytes", self.promoted);
            json.number("live_bytes", self.live);
            json.number("peak_bytes", self.peak);
            json.number("total_ns", self.total.as_nanos() as u64);
            json.number("longest_ns", self.longest.as_nanos() as u64);
        });
    }
}
