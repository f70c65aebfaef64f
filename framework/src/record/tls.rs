//! The recorder of this thread. Operators of red values have no other way to reach it.
//!
//! Invariant: there is one exactly while a dispatch loop runs in the world `Record` on this thread.

use super::recorder::Recorder;
use std::cell::RefCell;

thread_local! {
    static RECORDER: RefCell<Option<Box<Recorder>>> = const { RefCell::new(None) };
}

/// Runs `f` on the recorder.
///
/// # Panics
/// If nothing is being recorded: a red value of the world `Record` cannot exist then.
pub(crate) fn with<R>(f: impl FnOnce(&mut Recorder) -> R) -> R {
    RECORDER.with_borrow_mut(|r| f(r.as_mut().expect("a recording is under way")))
}

/// Is a recording under way?
pub(crate) fn active() -> bool {
    RECORDER.with_borrow(|r| r.is_some())
}

/// Begins a recording.
pub(crate) fn install(recorder: Box<Recorder>) {
    RECORDER.with_borrow_mut(|r| *r = Some(recorder));
}

/// Ends the recording.
pub(crate) fn take() -> Option<Box<Recorder>> {
    RECORDER.with_borrow_mut(|r| r.take())
}
