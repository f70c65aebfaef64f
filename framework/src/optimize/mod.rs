//! OPTIMIZE: a recording becomes a trace that does less.
//!
//! Every recorded op is fed once through the passes, in order. A pass *answers* (keep it, another op instead, a value
//! that is already there, nothing at all, give up); only the pipeline appends to the output. What the passes learn along
//! the way - that a value is constant, its range, what a field holds - is knowledge about the output's values. Loop
//! peeling feeds the recording a second time, with the first iteration's knowledge about whatever the loop leaves alone.
//!
//! Invariants: no pass is needed for correctness (`opt=none` works); a guard is dropped only if it cannot fail; this
//! folder knows no register and no language.

mod options;
mod report;

pub use options::{Ignorant, Options, Oracle, PassId, PassSet, UnknownPass};
pub use report::{Counts, Observer, Silent};

use crate::trace::{Op, Opcode, Ref, Slot, Snapshot, Target, Trace, TraceId, Ty};

/// Why a recording was not turned into the trace that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GiveUp {
    /// In the second iteration a guard can only fail: the loop's types settle later. Record another iteration.
    TypeUnstable {
        /// Index of the guard in the recording.
        op: usize,
    },
    /// The bridge's end state is not what the target loop wants.
    DoesNotFit {
        /// The slot that does not fit.
        slot: Slot,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A guard that held while recording cannot hold by what is known: a bug in a pass or in a recorder.
    Contradiction {
        /// Index of the guard in the recording.
        op: usize,
    },
    /// The recording does not have the form that was expected.
    Malformed {
        /// What is wrong.
        why: &'static str,
    },
}

/// A stretch of compiled code that ran before a bridge: part of what is known at the exit.
#[derive(Clone, Copy, Debug)]
pub struct Prefix<'a> {
    /// An optimized trace.
    pub trace: &'a Trace,
    /// Index of the guard in it that was left.
    pub upto: usize,
}

/// The exit that a bridge starts at, and what is known about the run that recorded it.
#[derive(Clone, Copy)]
pub struct Exit<'a> {
    /// The traces from the root to the parent, each up to the guard where it was left. Their bases are the same.
    pub prefix: &'a [Prefix<'a>],
    /// Can the bridge use this value of the parent? (Is it still in a register or on the stack at the exit?)
    pub available: &'a dyn Fn(Ref) -> bool,
    /// The word in a slot (counted from the bridge's own base) at the end of the recording, if somebody knows it.
    pub word_at_end: &'a dyn Fn(Slot) -> Option<u64>,
}

/// Where a bridge goes when it is through.
#[derive(Clone, Copy, Debug)]
pub enum BridgeEnd<'a> {
    /// To the interpreter.
    Leave,
    /// To the entry of a trace, through memory.
    Entry {
        /// That trace.
        trace: TraceId,
        /// Words between its base and ours.
        base: i32,
    },
    /// To the label of a loop, with values in registers.
    Loop {
        /// The optimized loop.
        trace: &'a Trace,
        /// Its number.
        id: TraceId,
        /// Words between its base and ours.
        base: i32,
    },
}

/// Optimizes the recording of a loop: preamble, label, body and a jump to the label.
///
/// Without peeling, the trace stores all slots at its end and jumps to its own entry, through memory.
pub fn optimize_loop(
    recording: &Trace,
    own: TraceId,
    _options: &Options,
    _report: &mut dyn Observer,
) -> Result<Trace, GiveUp> {
    through_memory(recording, own, 0)
}

/// Optimizes a straight recording that ends in its `leave`.
pub fn optimize_line(recording: &Trace, _options: &Options, _report: &mut dyn Observer) -> Trace {
    recording.clone()
}

/// Optimizes the recording of a bridge.
///
/// Its `input` ops name values of the parent: `aux` is the index of the op there.
pub fn optimize_bridge(
    recording: &Trace,
    _exit: &Exit<'_>,
    end: BridgeEnd<'_>,
    _options: &Options,
    _report: &mut dyn Observer,
) -> Result<Trace, GiveUp> {
    match end {
        BridgeEnd::Leave => Ok(recording.clone()),
        BridgeEnd::Entry { trace, base } => through_memory(recording, trace, base),
        BridgeEnd::Loop { .. } => {
            Err(GiveUp::DoesNotFit { slot: Slot(0), why: "bridges into labels are not made yet" })
        }
    }
}

/// The recording as it is, then a store to every dirty slot and a jump to the entry of `trace`.
fn through_memory(recording: &Trace, trace: TraceId, base: i32) -> Result<Trace, GiveUp> {
    let mut out = recording.clone();
    let Some(leave) = out.ops.pop().filter(|op| op.code == Opcode::Leave) else {
        return Err(GiveUp::Malformed { why: "the last op is not `leave`" });
    };
    let end = recording.snapshot_of(&leave).cloned().unwrap_or_else(Snapshot::default);
    for &(slot, value) in &end.slots {
        let op = Op::new(Opcode::SlotStore, Ty::Int, &[value], slot.0 as u32);
        out.push(Op { at: leave.at, ..op });
    }
    out.targets.push(Target::Entry { trace, base });
    let jump = Op::new(Opcode::Jump, Ty::Int, &[], out.targets.len() as u32 - 1);
    out.push(Op { at: leave.at, ..jump });
    Ok(out)
}
