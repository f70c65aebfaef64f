//! Interrupts: how Ctrl-C reaches a guest, also one that loops in machine code.
//!
//! Invariant: the flag is the first thing every loop header looks at, interpreted or compiled.
#![allow(
    unsafe_code,
    reason = "the flag lives in the context, which signal handlers reach by address"
)]

use crate::run::Context;
use std::sync::atomic::{AtomicU64, Ordering};

/// Asks a running guest to stop; may be used from a signal handler or another thread. It must not outlive its runtime.
#[derive(Clone, Copy, Debug)]
pub struct Interrupter {
    flag: usize,
}

impl Interrupter {
    pub(crate) fn new(context: &Context) -> Interrupter {
        Interrupter { flag: std::ptr::from_ref(&context.signal) as usize }
    }

    /// The guest stops at the next loop header, with the error of [`Language::interrupted`](crate::Language::interrupted).
    pub fn interrupt(self) {
        // SAFETY: the context lies at this address while its runtime lives; the word is only read as a whole.
        let flag = unsafe { &*(self.flag as *const AtomicU64) };
        flag.store(1, Ordering::Relaxed);
    }
}
