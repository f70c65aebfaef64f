//! The state at an exit: the words of its snapshot, and slots written from them.
//!
//! Invariant: after [`restore`] the VM stack in memory is complete.

use crate::assemble::Exit;
use crate::interpret::stack;
use crate::run::{Context, read};
use crate::trace::{Ref, Slot, Trace};

/// The word of a value that is alive at an exit.
///
/// # Panics
/// If it is not alive there: a bug in the assembler.
pub(crate) fn word(trace: &Trace, exit: &Exit, context: &Context, value: Ref) -> u64 {
    match trace.as_const(value) {
        Some(c) => c.bits,
        None => match exit.loc(value) {
            Some(loc) => read(loc, context),
            None => panic!("{value:?} is not alive at the exit of op {}", exit.op),
        },
    }
}

/// The address of a slot.
pub(crate) fn address(base: usize, slot: Slot) -> usize {
    (base as isize + slot.0 as isize * 8) as usize
}

/// Writes the snapshot's slots; gives the base to go on with and the words of the replay log.
pub(crate) fn restore(trace: &Trace, exit: &Exit, context: &Context) -> (usize, Vec<u64>) {
    let snapshot = &trace.snapshots[exit.snap.0 as usize];
    let base = context.exit_base as usize;
    for &(slot, value) in &snapshot.slots {
        stack::poke(address(base, slot), word(trace, exit, context, value));
    }
    let log = snapshot.replay.iter().map(|&r| word(trace, exit, context, r)).collect();
    (address(base, Slot(snapshot.base)), log)
}
