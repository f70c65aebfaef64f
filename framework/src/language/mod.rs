//! What a language author touches: red values and worlds, hints, frames, heap access, residual calls.
//!
//! This is the API boundary: languages see this folder, `heap` and `observe`. Invariant: everything here that a handler calls
//! is generic over [`Mode`], computes the same in every mode, and costs in `Run` what the plain operation costs.

mod access;
mod arrays;
pub mod builtin;
pub(crate) mod cx;
pub(crate) mod dead;
pub(crate) mod frame;
mod head;
mod maker;
mod mark;
pub(crate) mod mode;
mod red;
pub mod residual;
mod saved;
mod shapes;
pub(crate) mod value;
mod watched;

pub use cx::{Cx, Language, Outcome, Position, Raised, Runtime};
pub use frame::{At, Frame, StackOverflow};
pub use maker::Maker;
pub use mark::Mark;
pub use mode::{Mode, Record, Resume, Run, World};
pub use red::Red;
pub use saved::Restored;
pub use shapes::Found;
pub use value::Value;
pub use watched::Watched;
