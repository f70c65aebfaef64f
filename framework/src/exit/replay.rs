//! The replay log of an instruction being resumed.
//!
//! When a guard in the middle of an instruction fails, after the instruction already did something that must not happen twice,
//! the instruction is run again in the world `Resume`: every load and effect takes its result from this log until the log is
//! used up; from there on they are real.
//!
//! Invariant: the log is empty unless a dispatch loop runs in the world `Resume` on this thread.

use std::cell::RefCell;
use std::collections::VecDeque;

thread_local! {
    static LOG: RefCell<VecDeque<u64>> = const { RefCell::new(VecDeque::new()) };
}

/// Sets the log.
pub(crate) fn install(words: impl Iterator<Item = u64>) {
    LOG.with_borrow_mut(|log| {
        log.clear();
        log.extend(words);
    });
}

/// The next result of the interrupted run, if there is one left.
pub(crate) fn next() -> Option<u64> {
    LOG.with_borrow_mut(|log| log.pop_front())
}

/// Is this the last entry that is left?
pub(crate) fn is_empty() -> bool {
    LOG.with_borrow(|log| log.is_empty())
}
