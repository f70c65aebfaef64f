//! 7 EXIT: from the registers that a failed guard left behind to interpreter state.
//!
//! [`state`] reads values where the assembler put them and writes them to VM stack slots; [`replay`] holds the log of an
//! instruction that must be finished. Invariant: an exit needs nothing but its snapshot.

pub(crate) mod replay;
pub(crate) mod state;
