//! Leaving machine code: slots are written, the exit is counted, a cut instruction is finished or a bridge begun.
//!
//! Invariant: when a header answers `Moved`, memory is complete and `moved` names the next instruction.
#![allow(unsafe_code, reason = "rebuilds frames from addresses that exits restored")]

use super::driver::{self, new_recorder, record};
use super::hints::Header;
use super::signal;
use crate::exit::state::{Argument, PutOff};
use crate::exit::{replay, state};
use crate::language::frame::Place;
use crate::language::{At, Cx, Frame, Language, Outcome, Raised, Resume, Run, Runtime};
use crate::run::{self, ExitedAt};
use crate::trace::{Made, Opcode};

/// Goes on after an exit.
pub(super) fn leave<L: Language>(rt: &mut Runtime<L>, exited: ExitedAt) -> Header {
    rt.jit.stats.exits += 1;
    let compiled = rt.jit.trace(exited.trace).expect("a trace that was just left");
    let exit = &compiled.code.exits[exited.exit as usize];
    let code = compiled.trace.ops[exit.op].code;
    let called = call_put_off(rt, state::put_off(&compiled.trace, exit, &rt.context));
    let Runtime { jit, host, context, .. } = &mut *rt;
    let compiled = jit.trace(exited.trace).expect("still there");
    let exit = &compiled.code.exits[exited.exit as usize];
    let restored = state::restore(&compiled.trace, exit, context, (L::heap(host), &called));
    if restored.exceeded {
        // The guest gets its error at the next header.
        rt.memory_exceeded = true;
        signal::raise(&mut rt.context, signal::MEMORY);
    }
    let compiled = rt.jit.trace(exited.trace).expect("still there");
    let exit = &compiled.code.exits[exited.exit as usize];
    let base = restored.base as *mut u64;
    let at = rt.jit.keys.get(compiled.trace.snapshots[exit.snap.0 as usize].at);
    if code == Opcode::GuardNoSignal && rt.context.signal != 0 {
        return match driver::signalled(rt, at, base) {
            Header::Stay => {
                rt.moved = Some(Place::new(at, base));
                Header::Moved
            }
            ended => ended,
        };
    }
    let key = compiled.trace.snapshots[exit.snap.0 as usize].at;
    if code == Opcode::Leave && rt.jit.keys.level(key) > compiled.level {
        // The header of a loop that this trace is no part of.
        return driver::pass_header(rt, key, base);
    }
    let failed_call = code == Opcode::GuardNoError;
    let (threshold, retries) = (rt.jit.options.bridge, rt.jit.options.retries);
    if failed_call && restored.log.is_empty() {
        // A guest function failed, as machine code called it.
        rt.context.error = 0;
        let error = rt.pending_error.take().expect("what failed left an error");
        // SAFETY: a frame that the exit restored.
        let frame = unsafe { Frame::from_base(base) };
        return match caught(rt, (at, frame), Raised::ByCall, error) {
            true => Header::Moved,
            false => Header::Ended,
        };
    }
    let counted = !matches!(code, Opcode::GuardNoSignal | Opcode::GuardStack | Opcode::GuardValid);
    let is_valid = !rt.jit.invalid.contains(&exited.trace);
    let wanted = counted && !failed_call && is_valid;
    let compiled = rt.jit.trace_mut(exited.trace).expect("still there");
    let due = compiled.exits[exited.exit as usize].left(threshold, retries);
    if due && wanted && rt.jit.enabled && rt.may_record() {
        return grow(rt, exited, at, base, &restored.made);
    }
    if restored.log.is_empty() {
        rt.moved = Some(Place::new(at, base));
        return Header::Moved;
    }
    replay::install(restored.log.into_iter());
    resume(rt, at, base)
}

/// The results of the calls that a trace put off and did not come to, in their order.
fn call_put_off<L: Language>(rt: &mut Runtime<L>, calls: Vec<PutOff>) -> Vec<u64> {
    let mut results = Vec::with_capacity(calls.len());
    for PutOff { callee, args } in calls {
        let word = |argument| match argument {
            Argument::Word(word) => word,
            Argument::Result(k) => results[k],
        };
        let args: Vec<u64> = args.into_iter().map(word).collect();
        let address = callee.get().address;
        let context = &raw mut *rt.context;
        // SAFETY: what makes objects fails never and collects nothing; the descriptor has the address of a thunk of this
        // language and says how many words it takes, which the trace computed for it.
        results.push(unsafe { run::call_thunk(address, context, &args) });
    }
    results
}

/// Asks the language who catches an error: `moved` says where the program goes on, or, if the answer is no, `ended` that this dispatch
/// loop does not.
pub(super) fn caught<L: Language>(
    rt: &mut Runtime<L>,
    (at, frame): (At<L::Code>, Frame<Run, L>),
    raised: Raised,
    error: L::Error,
) -> bool {
    if rt.is_detached() {
        // The frame is not on the stack any more.
        rt.ended = Some(Err(error));
        return false;
    }
    let caught = L::catch(&mut Cx::new(rt, at, frame), (at, frame), raised, error);
    match caught {
        Ok((at, frame)) => {
            rt.moved = Some(Place::new(at, frame.base()));
            if rt.is_detached() {
                rt.ended = Some(Ok(Outcome::Switched));
            }
            !rt.is_detached()
        }
        Err(error) => {
            rt.ended = Some(Err(error));
            false
        }
    }
}

/// Records a bridge from an exit.
fn grow<L: Language>(
    rt: &mut Runtime<L>,
    exited: ExitedAt,
    at: At<L::Code>,
    base: *mut u64,
    made: &Made,
) -> Header {
    let start = rt.jit.keys.intern(at);
    let entry_base = rt.context.exit_base as usize;
    let parent = rt.jit.trace(exited.trace);
    let (level, function) = parent.map_or((0, None), |parent| (parent.level, parent.function));
    let mut recorder = new_recorder(rt, start, entry_base, level);
    recorder.function = function;
    let heap = L::heap(&mut rt.host);
    let compiled = rt.jit.trace(exited.trace).expect("a trace that was just left");
    let exit = &compiled.code.exits[exited.exit as usize];
    let snapshot = &compiled.trace.snapshots[exit.snap.0 as usize];
    let context = &rt.context;
    let parent = (exited.trace, exited.exit);
    let word = |value| {
        let object = made.word(&compiled.trace, value);
        object.unwrap_or_else(|| state::word(&compiled.trace, exit, context, value))
    };
    let is_object = |word| heap.holds(word);
    recorder.begin_bridge(parent, &compiled.trace, snapshot, &word, &is_object);
    let count = compiled.exits[exited.exit as usize].count as u32;
    record(rt, recorder, at, base, count)
}

/// Finishes an instruction that was cut: runs it again, with the replay log, up to the next merge point.
fn resume<L: Language>(rt: &mut Runtime<L>, at: At<L::Code>, base: *mut u64) -> Header {
    rt.jit.stats.resumes += 1;
    rt.resume_begun = false;
    // SAFETY: a frame that an exit restored.
    let frame: Frame<Resume, L> = unsafe { Frame::from_base(base) };
    let outcome = L::dispatch::<Resume>(&mut Cx::new(rt, at, frame));
    replay::install(std::iter::empty());
    match outcome {
        Ok(Outcome::Switched) if !rt.is_detached() => Header::Moved,
        ended => {
            rt.ended = Some(ended);
            Header::Ended
        }
    }
}
