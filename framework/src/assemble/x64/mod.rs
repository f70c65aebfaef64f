//! The only folder that knows instruction encodings: every `dynasm!` lives here.

mod trampoline;

pub(super) use trampoline::trampoline;
