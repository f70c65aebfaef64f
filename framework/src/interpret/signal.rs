//! Interrupts: how Ctrl-C reaches a guest, also one that loops in machine code.
//!
//! Invariant: the flag is the first thing every loop header looks at, interpreted or compiled.
#![allow(
    unsafe_code,
    reason = "the flag lives in the context, which signal handlers reach by address"
)]

use crate::run::Context;
use std::sync::atomic::{AtomicU64, Ordering};

/// The bit of the flag that asks the guest to stop.
pub(crate) const INTERRUPT: u64 = 1;
/// The bit that says that machine code allocated beyond the limit.
pub(crate) const MEMORY: u64 = 4;

fn flag(context: &mut Context) -> &AtomicU64 {
    // SAFETY: the word is there, and others access it as a whole too.
    unsafe { AtomicU64::from_ptr(std::ptr::from_mut(&mut context.signal)) }
}

/// Takes these bits of the flag, those of them that are set.
pub(crate) fn take(context: &mut Context, bits: u64) -> u64 {
    flag(context).fetch_and(!bits, Ordering::Relaxed) & bits
}

/// Sets a bit of the flag.
pub(crate) fn raise(context: &mut Context, bit: u64) {
    flag(context).fetch_or(bit, Ordering::Relaxed);
}

/// Asks a running guest to stop; may be used from a signal handler or another thread. It must not outlive its runtime.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/support/countdown.rs"));
/// # use holloway::*;
/// # fn main() {
/// let mut runtime = Runtime::<Countdown>::new(Heap::new(), JitOptions::default());
/// let interrupter = runtime.interrupter();
/// let alarm = std::thread::spawn(move || {
///     std::thread::sleep(std::time::Duration::from_millis(5));
///     interrupter.interrupt();
/// });
/// let start = At { code: COUNTDOWN, pc: 0, sp: 1 };
/// assert_eq!(runtime.run(start, 1, &[Val::int(i64::MAX)]).unwrap_err(), "interrupted");
/// # alarm.join().unwrap();
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Interrupter {
    flag: usize,
}

impl Interrupter {
    pub(crate) fn new(context: &Context) -> Interrupter {
        Interrupter { flag: std::ptr::from_ref(&context.signal) as usize }
    }

    /// The guest stops at the next loop header, with the error of [`Language::interrupted`](crate::Language::interrupted).
    ///
    /// ```
    /// use holloway::Interrupter;
    ///
    /// /// What a handler of Ctrl-C does, on whatever thread it runs.
    /// fn ctrl_c(guest: Interrupter) {
    ///     guest.interrupt();
    /// }
    /// ```
    pub fn interrupt(self) {
        // SAFETY: the context lies at this address while its runtime lives; the word is only read as a whole.
        let flag = unsafe { &*(self.flag as *const AtomicU64) };
        flag.fetch_or(INTERRUPT, Ordering::Relaxed);
    }
}
