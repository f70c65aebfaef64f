//! What the frames that wait for a call never read again: a collection takes it for nothing.
//!
//! Invariant: of a slot that is dead only the payload goes, and only if it is an object. The tag stays: machine code and recordings
//! that wait know it.
#![allow(unsafe_code, reason = "the base of a frame is an address")]

use super::cx::Language;
use super::frame::Frame;
use super::mode::Run;

/// Clears the [dead](Language::dead) slots of the frames that wait for the one at this base; the stack is complete up to there.
pub(crate) fn forget<L: Language>(base: *mut u64) {
    let Some(link) = L::LINK else { return };
    // SAFETY: a frame of a runtime's stack, as whoever collects found it.
    let mut frame: Frame<Run, L> = unsafe { Frame::from_base(base) };
    while let Some((back, caller)) = frame.caller(link) {
        for &slot in L::dead(back) {
            let value = caller.read(slot);
            if value.tag().is_object() {
                caller.write(slot, value.words().0, 0);
            }
        }
        frame = caller;
    }
}
