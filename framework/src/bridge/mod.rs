//! 8 BRIDGE: exits that are taken often become traces of their own.
//!
//! ```text
//!   Counting --taken `bridge` times--> recorded from the exit --ok--> Bridged (the guard jumps there directly)
//!       ^                                   |
//!       +------- four times as long --------+ given up; after `retries` of them: Plain (always leaves)
//! ```
//! Invariant: an exit is counted only when it leaves for the interpreter, so a bridged one counts no more.

use crate::trace::TraceId;

/// What became of one exit.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ExitState {
    /// How often it was left through.
    pub(crate) count: u64,
    /// Count at which a bridge is tried; 0: not set yet.
    next: u64,
    /// Bridges given up.
    failures: u32,
    /// The bridge.
    pub(crate) bridge: Option<TraceId>,
}

impl ExitState {
    /// Counts an exit; `true` if a bridge is due.
    pub(crate) fn left(&mut self, threshold: u32, retries: u32) -> bool {
        self.count += 1;
        if self.next == 0 {
            self.next = u64::from(threshold);
        }
        self.bridge.is_none() && self.failures < retries && self.count >= self.next
    }

    /// A bridge was given up: the next attempt comes after four times as many exits.
    pub(crate) fn penalize(&mut self) {
        self.failures += 1;
        self.next = self.count * 4;
    }
}
