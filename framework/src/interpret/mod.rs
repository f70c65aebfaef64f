//! 1 INTERPRET: the driver. It counts, records, compiles, enters and leaves; every other stage is called from here.
//!
//! ```text
//!            hot header                    closed              exit
//!  Run  ------------------> Record ---> optimize, assemble ---> Run
//!   |  ^                                                         |
//!   |  +--- exit (slots restored; Resume finishes a cut instruction) --- machine code <--- header of a compiled loop
//! ```
//! Invariant: between any two instructions the VM stack in memory is the whole state of the guest.

pub(crate) mod calls;
pub(crate) mod collect;
pub(crate) mod compile;
pub(crate) mod driver;
pub(crate) mod evict;
mod headers;
pub(crate) mod hints;
mod invalidate;
pub(crate) mod keys;
pub(crate) mod leave;
pub mod options;
pub(crate) mod oracle;
pub mod signal;
pub(crate) mod stack;

pub use hints::Header;
