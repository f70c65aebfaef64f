//! 6 RUN: entering machine code and reading what it left behind.
//!
//! Invariant: only this folder transfers control to compiled code.

mod context;
mod enter;
mod read;
mod thunk;
mod waiting;

pub use context::{AllocFn, Cold, ColdFn, Context, FinishFn, InterpretFn, Returned};
pub use enter::{ExitedAt, enter};
pub use read::read;
pub(crate) use thunk::call_thunk;
pub use waiting::{CallSites, NativeFrame, Working, complete_all};
