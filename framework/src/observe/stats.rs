//! Statistics: what the JIT did, in numbers.
//!
//! Invariant: counts are exact; times are wall time.

use super::Location;
use crate::heap::{HeapStats, ShapeStats};
use crate::optimize::Counts;
use crate::record::Abort;
use crate::trace::{Effect, KeyId, Op, Opcode, Target, Trace, TraceId};

/// One compiled trace.
///
/// ```
/// use holloway::observe::{Stats, TraceEnd};
///
/// /// How many traces are loops without allocations?
/// fn lean(stats: &Stats) -> usize {
///     stats.traces.iter().filter(|t| t.end == TraceEnd::Own && t.allocations[1] == 0).count()
/// }
/// ```
#[derive(Clone, Debug, Default)]
pub struct TraceStats {
    /// Its number.
    pub id: u32,
    /// Where it begins, until somebody asks for the place.
    pub(crate) start: Option<KeyId>,
    /// Where it begins, as `file:line:column`.
    pub place: String,
    /// The function that it begins in.
    pub function: String,
    /// It begins at the entry of that function.
    pub is_function: bool,
    /// The trace and exit that it grows from.
    pub parent: Option<(u32, u32)>,
    /// Ops recorded and ops left.
    pub ops: [usize; 2],
    /// Guards recorded and guards left.
    pub guards: [usize; 2],
    /// Allocations recorded, and those left: in an iteration, if the trace loops, what comes before its label aside. Calls
    /// that do nothing but make an object count; what other functions allocate does not.
    pub allocations: [usize; 2],
    /// Bytes of machine code.
    pub bytes: usize,
    /// Entries from the interpreter.
    pub entries: u64,
    /// Where it goes when it is through.
    pub end: TraceEnd,
    /// Its exits, in order of execution.
    pub exits: Vec<ExitStats>,
}

/// Allocations of a recording, and of an iteration of what became of it.
pub(crate) fn allocations(recording: &Trace, trace: &Trace) -> [usize; 2] {
    let count = |trace: &Trace| {
        let body = &trace.ops[trace.label().unwrap_or(0)..];
        let makes = |op: &&Op| op.code == Opcode::Call && op.call().makes();
        body.iter().filter(|op| op.code.effect() == Effect::Alloc || makes(op)).count()
    };
    [count(recording), count(trace)]
}

/// Where a trace goes when it is through.
///
/// ```
/// use holloway::observe::TraceEnd;
///
/// let text = |end| match end {
///     TraceEnd::Own => "is a loop".to_owned(),
///     TraceEnd::Loop(trace) | TraceEnd::Entry(trace) => format!("goes on in trace {trace}"),
///     TraceEnd::Return => "returns".to_owned(),
///     TraceEnd::Leave => "goes back to the interpreter".to_owned(),
/// };
/// assert_eq!(text(TraceEnd::Loop(2)), "goes on in trace 2");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TraceEnd {
    /// To its own loop head.
    Own,
    /// To the loop head of another trace, with values in registers.
    Loop(u32),
    /// To the entry of a trace, with all values in memory.
    Entry(u32),
    /// It returns from the function that it runs in.
    Return,
    /// To the interpreter.
    #[default]
    Leave,
}

impl TraceEnd {
    /// The end of this trace.
    pub(crate) fn of(trace: &Trace) -> TraceEnd {
        match trace.ops.last() {
            Some(op) if op.code == Opcode::Jump => match trace.target(op) {
                Target::Label => TraceEnd::Own,
                Target::Loop { trace, .. } => TraceEnd::Loop(trace.0),
                Target::Entry { trace, .. } => TraceEnd::Entry(trace.0),
            },
            Some(op) if op.code == Opcode::Finish => TraceEnd::Return,
            _ => TraceEnd::Leave,
        }
    }
}

/// One exit of a compiled trace.
///
/// ```
/// use holloway::observe::Stats;
///
/// /// The exit that was taken most often without a bridge: how often, and where.
/// fn busiest(stats: &Stats) -> Option<(u64, String)> {
///     let exits = stats.traces.iter().flat_map(|t| &t.exits).filter(|e| e.bridge.is_none());
///     exits.map(|exit| (exit.count, exit.location.to_string())).max()
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExitStats {
    /// How often it was left through for the interpreter.
    pub count: u64,
    /// The bridge that has taken over.
    pub bridge: Option<u32>,
    /// The guard, or `leave`.
    pub op: Opcode,
    /// Where the interpreter goes on.
    pub location: Location,
}

/// What the JIT did.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/support/countdown.rs"));
/// # use holloway::*;
/// # fn main() {
/// let mut runtime = Runtime::<Countdown>::new(Heap::new(), JitOptions::default());
/// runtime.run(At { code: COUNTDOWN, pc: 0, sp: 1 }, 1, &[Val::int(100_000)]).unwrap();
/// # if cfg!(all(target_arch = "x86_64", target_os = "linux")) {
/// // An author's test that a loop was compiled, and that it left once, at its end.
/// assert_eq!((runtime.stats().loops, runtime.stats().exits), (1, 1));
/// # }
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Stats {
    /// Nanoseconds since the runtime was made.
    pub total_nanos: u64,
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
    /// Functions compiled.
    pub functions: u64,
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
    /// Traces that were given up because something they relied on changed.
    pub invalidated: u64,
    /// What happened to the shapes of objects and to the interpreter's inline caches.
    pub shapes: ShapeStats,
    /// What the collector did.
    pub memory: HeapStats,
    /// What the optimizer's passes did, over all compiled traces.
    pub passes: Counts,
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
        let at = self.traces.binary_search_by_key(&id, |t| t.id).unwrap_or_else(|at| {
            self.traces.insert(at, TraceStats { id, ..TraceStats::default() });
            at
        });
        &mut self.traces[at]
    }
}
