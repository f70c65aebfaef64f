//! 3 RECORD: from a running interpreter to a recording, a straight line of ops with snapshots.
//!
//! The operators of red values report here (`recorder`); reasons to give up are a table ([`abort`]).
//! Invariant: recording never changes what the program computes; an abort at any point leaves the interpreter where it was.

pub mod abort;
pub(crate) mod recorder;
pub(crate) mod tls;

pub use abort::Abort;
