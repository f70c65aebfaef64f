//! Closures and the cells of captured variables.

use holloway::{Object, Tag, Val};

use crate::bytecode::Code;

/// The tag of [`Closure`].
pub const CLOSURE_TAG: Tag = Tag(18);

/// A function of the program, with what it captured.
#[derive(Object)]
#[object(tag = 18)]
pub struct Closure {
    /// The number of the function in the [`Host`](crate::host::Host).
    #[immutable]
    pub function: i64,
    /// What the bytecode engine runs; [`Code::none`] in closures of other engines.
    #[immutable]
    pub code: &'static Code,
    /// What the resolver's `captures` say: values, and cells as [`Val::object`].
    #[immutable]
    #[trailing]
    pub captures: Val,
}

/// A captured variable that may change.
#[derive(Object)]
#[object(tag = 19)]
pub struct Cell {
    /// Its value, or [`super::uninitialized`].
    pub value: Val,
}
