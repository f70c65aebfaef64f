//! Names for machine code in `perf`: one line a trace in `/tmp/perf-PID.map`.
//!
//! ```text
//! 7f0012345000 d4 trace 2 bridge sum.mini:5:9
//! ```
//! Invariant: a line is written by one call and holds no line break, so `perf` can read the file at any time.

use super::{Event, Observer, Source, Stats};
use std::fs::File;
use std::io::{self, Write};

/// Writes the map of this process.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/support/countdown.rs"));
/// # use holloway::*;
/// use holloway::observe::PerfMap;
///
/// # fn main() -> std::io::Result<()> {
/// let mut runtime = Runtime::<Countdown>::new(Heap::new(), JitOptions::default());
/// runtime.observe(Box::new(PerfMap::create()?)); // then: perf record; perf report
/// # std::fs::remove_file(format!("/tmp/perf-{}.map", std::process::id()))?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct PerfMap {
    out: File,
}

impl PerfMap {
    /// Makes the file.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn create() -> io::Result<PerfMap> {
        let path = format!("/tmp/perf-{}.map", std::process::id());
        Ok(PerfMap { out: File::create(path)? })
    }
}

impl Observer for PerfMap {
    fn event(&mut self, event: &Event<'_>, source: &dyn Source, _: &Stats) {
        if let Event::Compiled { id, at, parent, code, .. } = *event {
            let kind = if parent.is_none() { "loop" } else { "bridge" };
            let place = source.location(at).short_place().replace(char::is_control, " ");
            let (start, size) = (code.range.start, code.range.len());
            let line = format!("{start:x} {size:x} trace {} {kind} {place}\n", id.0);
            // A profile without names is all that can come of it.
            let _ = self.out.write_all(line.as_bytes());
        }
    }
}
