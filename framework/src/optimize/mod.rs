//! OPTIMIZE: a recording becomes a trace that does less.
//!
//! Every recorded op is fed once through the passes, in order. A pass *answers* (keep it, another op instead, a value
//! that is already there, nothing at all, give up); only the pipeline appends to the output. What the passes
//! learn along
//! the way - that a value is constant, its range, what a field holds - is knowledge about the output's values. Loop
//! peeling feeds the recording a second time, with the first iteration's knowledge about whatever the loop
//! leaves alone.
//!
//! Invariants: no pass is needed for correctness (`opt=none` works); a guard is dropped only if it cannot fail; this
//! folder knows no register and no language.

mod bridge;
mod context;
mod convention;
mod dead;
mod enter;
mod fact;
mod feeder;
mod fold;
mod guard;
mod hash;
mod heap;
mod memory;
mod options;
mod overwritten;
mod pass;
mod peel;
mod pipeline;
mod pure;
mod ranges;
mod report;
mod short;
#[cfg(test)]
pub(crate) mod tests;
mod virtuals;

pub use convention::{Convention, Conventions, Param};
pub use options::{Ignorant, Options, Oracle, PassId, PassSet, UnknownPass};
pub use report::{Counts, Observer, Silent};

use crate::trace::{Opcode, Ref, Slot, Trace, TraceId};
use bumpalo::Bump;
use feeder::{End, Feeder, NeverAt};
use pipeline::Pipeline;

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
    /// The target loop wants an object there that is not allocated, and the bridge has none like it. Its entry takes any.
    NotVirtual {
        /// The slot that leads to the object.
        slot: Slot,
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
    /// The traces from the root to the parent, each up to the guard where it was left; or only the last ones of them. Their bases
    /// are the same.
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
    /// To whoever called the function that it runs in: the recording ends in `finish`.
    Finish,
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

/// Bytes that most runs need for their tables.
const ARENA: usize = 32 << 10;

/// Optimizes the recording of a loop: preamble, label, body and a jump to the label.
///
/// Without peeling, the trace stores all slots at its end and jumps to its own entry, through memory. So it does if the
/// loop header lies at another base than the entry, or if its slots do not settle.
pub fn optimize_loop(
    recording: &Trace,
    own: TraceId,
    options: &Options<'_>,
    report: &mut dyn Observer,
) -> Result<Trace, GiveUp> {
    check_form(recording)?;
    let bump = Bump::with_capacity(ARENA);
    if options.passes.has(PassId::Peel)
        && let Some(mut pipeline) = peel::peel(recording, *options, &bump)?
    {
        return Ok(finish(&mut pipeline, report));
    }
    let (mut pipeline, end) = straight(recording, options, &bump)?;
    bridge::jump_to_entry(&mut pipeline, &end, own, end.base);
    Ok(finish(&mut pipeline, report))
}

/// Optimizes a straight recording that ends in its `leave`.
///
/// A recording that contradicts itself comes back as it is.
pub fn optimize_line(recording: &Trace, options: &Options<'_>, report: &mut dyn Observer) -> Trace {
    let bump = Bump::with_capacity(ARENA);
    let straight = check_form(recording).and_then(|()| straight(recording, options, &bump));
    match straight {
        Ok((mut pipeline, end)) => {
            match end.result {
                Some(result) => bridge::finish(&mut pipeline, result),
                None => bridge::leave(&mut pipeline, &end),
            }
            finish(&mut pipeline, report)
        }
        Err(why) => {
            tracing::error!(target: "holloway::optimize", ?why, "a straight trace stays as it was recorded");
            recording.clone()
        }
    }
}

/// Optimizes the recording of a bridge.
///
/// Its `input` ops name values of the parent: `aux` is the index of the op there. With an empty prefix this is
/// a straight
/// trace that ends at another trace.
pub fn optimize_bridge(
    recording: &Trace,
    exit: &Exit<'_>,
    end: BridgeEnd<'_>,
    options: &Options<'_>,
    report: &mut dyn Observer,
) -> Result<Trace, GiveUp> {
    check_form(recording)?;
    let bump = Bump::with_capacity(ARENA);
    let mut pipeline = bridge::bridge(recording, exit, end, *options, &bump)?;
    Ok(finish(&mut pipeline, report))
}

/// May a bridge enter this loop by its [label](BridgeEnd::Loop), if its slots hold these words in the end? A quick answer, before
/// anything is optimized: no is final, yes is not.
pub fn may_enter(target: &Trace, base: i32, word_at_end: &dyn Fn(Slot) -> u64) -> bool {
    enter::has_constants(target, base, word_at_end)
}

/// Recordings are straight lines that end in `leave` or `finish`.
fn check_form(recording: &Trace) -> Result<(), GiveUp> {
    let Some((last, ops)) = recording.ops.split_last() else {
        return Err(GiveUp::Malformed { why: "there are no ops" });
    };
    if !matches!(last.code, Opcode::Leave | Opcode::Finish) {
        return Err(GiveUp::Malformed { why: "the last op is neither `leave` nor `finish`" });
    }
    let skeleton =
        |code: Opcode| code.is_terminator() || matches!(code, Opcode::Label | Opcode::Phi);
    match ops.iter().any(|op| skeleton(op.code)) {
        true => Err(GiveUp::Malformed { why: "a recording has no label and no jump" }),
        false => Ok(()),
    }
}

/// Feeds the recording once.
fn straight<'a, 'b>(
    recording: &Trace,
    options: &Options<'a>,
    bump: &'b Bump,
) -> Result<(Pipeline<'a, 'b>, End), GiveUp> {
    let mut pipeline = Pipeline::new(*options, recording.ops.len() + 16, bump);
    let mut feeder = Feeder::new(recording);
    feeder.run(&mut pipeline).map_err(|NeverAt(op)| GiveUp::Contradiction { op })?;
    let end = feeder.end(&mut pipeline);
    Ok((pipeline, end))
}

/// The pipeline's output as a trace.
fn finish(pipeline: &mut Pipeline<'_, '_>, report: &mut dyn Observer) -> Trace {
    let trace = dead::sweep(&mut pipeline.cx);
    report.counts(&pipeline.cx.counts);
    trace
}
