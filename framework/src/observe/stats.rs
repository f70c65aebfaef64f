//! Statistics: what the JIT did, in numbers.
//!
//! Invariant: counts are exact; times are wall time.

use crate::record::Abort;
use crate::trace::TraceId;

/// One compiled trace.
#[derive(Clone, Debug, Default)]
pub struct TraceStats {
    /// Its number.
    pub id: u32,
    /// Where it begins, as `file:line`.
    pub place: String,
    /// The trace and exit that it grows from.
    pub parent: Option<(u32, u32)>,
    /// Ops recorded and ops left.
    pub ops: [usize; 2],
    /// Guards recorded and guards left.
    pub guards: [usize; 2],
    /// Bytes of machine code.
    pub bytes: usize,
    /// Entries from the interpreter.
    pub entries: u64,
    /// For each exit: how often it was left through for the interpreter, and the bridge that took over.
    pub exits: Vec<(u64, Option<u32>)>,
}

/// What the JIT did.
#[derive(Clone, Debug, Default)]
pub struct Stats {
    /// Nanoseconds recording.
    pub record_nanos: u64,
    /// Nanoseconds optimizing.
    pub optimize_nanos: u64,
    /// Nanoseconds assembling.
    pub assemble_nanos: u64,
    /// Recordings begun.
    pub recordings: u64,
    /// Loops compiled.
    pub loops: u64,
    /// Bridges compiled.
    pub bridges: u64,
    /// Entries into machine code from the interpreter.
    pub entries: u64,
    /// Exits to the interpreter.
    pub exits: u64,
    /// Instructions finished in the world `Resume`.
    pub resumes: u64,
    /// Traces evicted for want of code memory.
    pub evicted: u64,
    /// Recordings given up, by reason.
    pub aborts: Vec<(Abort, u64)>,
    /// Every compiled trace.
    pub traces: Vec<TraceStats>,
}

impl Stats {
    /// Counts an abort.
    pub(crate) fn abort(&mut self, reason: Abort) {
        match self.aborts.iter_mut().find(|a| a.0 == reason) {
            Some(a) => a.1 += 1,
            None => self.aborts.push((reason, 1)),
        }
    }

    /// The statistics of a trace.
    pub(crate) fn trace(&mut self, id: TraceId) -> &mut TraceStats {
        let id = id.0;
        match self.traces.iter().position(|t| t.id == id) {
            Some(i) => &mut self.traces[i],
            None => {
                self.traces.push(TraceStats { id, ..TraceStats::default() });
                self.traces.last_mut().expect("just pushed")
            }
        }
    }
}
