//! The layouts of Lisp's own objects.
//!
//! Invariant: tags are from 64 on, and no other language of the project uses these.
#![allow(missing_docs, reason = "fields say what they are; derived constants repeat them")]

use holloway::{Gc, Object, Tag, Val};

use crate::vm::Code;

pub const PAIR: Tag = Tag(64);
pub const CLOSURE: Tag = Tag(65);
pub const CELL: Tag = Tag(66);
pub const STRING: Tag = Tag(67);
pub const BIG: Tag = Tag(69);
pub const RATIO: Tag = Tag(70);
pub const COMPLEX: Tag = Tag(71);
pub const BYTES: Tag = Tag(72);
pub const VALUES: Tag = Tag(73);
pub const RECORD_TYPE: Tag = Tag(74);
pub const RECORD: Tag = Tag(75);
pub const PROMISE: Tag = Tag(76);
pub const PARAMETER: Tag = Tag(78);
pub const CONDITION: Tag = Tag(79);
pub const CONTINUATION: Tag = Tag(80);
pub const SEGMENT: Tag = Tag(81);
pub const PORT: Tag = Tag(82);
pub const ENVIRONMENT: Tag = Tag(83);

/// What messages call the type of objects with this tag.
pub(super) fn type_name(tag: Tag) -> &'static str {
    match tag {
        PAIR => "a pair",
        CLOSURE | CONTINUATION | PARAMETER => "a procedure",
        STRING => "a string",
        BIG | RATIO | COMPLEX => "a number",
        BYTES => "a bytevector",
        VALUES => "several values",
        RECORD_TYPE => "a record type",
        RECORD => "a record",
        PROMISE => "a promise",
        CONDITION => "an error object",
        PORT => "a port",
        ENVIRONMENT => "an environment",
        _ => "an object",
    }
}

/// A pair.
#[derive(Object)]
#[object(tag = 64)]
pub struct Pair {
    pub car: Val,
    pub cdr: Val,
}

/// A procedure of the program, with what it captured.
#[derive(Object)]
#[object(tag = 65)]
pub struct Closure {
    #[immutable]
    pub code: &'static Code,
    /// Values, and [`Cell`]s of variables that are assigned.
    #[immutable]
    #[trailing]
    pub captures: Val,
}

/// A local variable that is assigned.
#[derive(Object)]
#[object(tag = 66)]
pub struct Cell {
    /// Its value, or [`super::unassigned`].
    pub value: Val,
}

/// A global variable. Most get their value once: traces take it for a constant until they know
/// better.
#[derive(Object)]
#[object(tag = 84)]
pub struct GlobalCell {
    /// Its value, or [`super::unassigned`].
    #[quasi_immutable]
    pub value: Val,
}

/// An exact integer that does not fit a word.
#[derive(Object)]
#[object(tag = 69)]
pub struct Big {
    #[immutable]
    pub negative: bool,
    #[immutable]
    #[trailing]
    pub limbs: i64,
}

/// A fraction in lowest terms.
#[derive(Object)]
#[object(tag = 70)]
pub struct Ratio {
    #[immutable]
    pub numerator: Val,
    #[immutable]
    pub denominator: Val,
}

/// A complex number that is not real.
#[derive(Object)]
#[object(tag = 71)]
pub struct Complex {
    #[immutable]
    pub re: Val,
    #[immutable]
    pub im: Val,
}

/// A bytevector.
#[derive(Object)]
#[object(tag = 72)]
pub struct Bytes {
    #[trailing]
    pub bytes: u8,
}

/// Several values, where one is expected: what `values` gives, unless that is one.
#[derive(Object)]
#[object(tag = 73)]
pub struct Values {
    #[immutable]
    #[trailing]
    pub items: Val,
}

/// A record type.
#[derive(Object)]
#[object(tag = 74)]
pub struct RecordType {
    /// A symbol.
    #[immutable]
    pub name: Val,
    /// A list of the names of the fields.
    #[immutable]
    pub fields: Val,
}

/// A record.
#[derive(Object)]
#[object(tag = 75)]
pub struct Record {
    #[immutable]
    pub kind: Gc<RecordType>,
    #[trailing]
    pub fields: Val,
}

/// A promise: promises that one was delayed to share the state.
#[derive(Object)]
#[object(tag = 76)]
pub struct Promise {
    pub state: Gc<PromiseState>,
}

/// See [`Promise`].
#[derive(Object)]
#[object(tag = 77)]
pub struct PromiseState {
    pub done: bool,
    /// The value if it is done, else the procedure that gives a promise.
    pub value: Val,
}

/// A parameter object.
#[derive(Object)]
#[object(tag = 78)]
pub struct Parameter {
    pub value: Val,
    /// A procedure, or `#f`.
    #[immutable]
    pub converter: Val,
}

/// An error object.
#[derive(Object)]
#[object(tag = 79)]
pub struct Condition {
    /// See [`Kind`](crate::error::Kind).
    #[immutable]
    pub kind: i64,
    #[immutable]
    pub message: Val,
    /// A list.
    #[immutable]
    pub irritants: Val,
}

/// A continuation.
#[derive(Object)]
#[object(tag = 80)]
pub struct Continuation {
    /// The [`Segment`] with the innermost frame, or the empty list.
    #[immutable]
    pub frames: Val,
    /// Where the frames in it end.
    #[immutable]
    pub end: i64,
    /// The `dynamic-wind`s around it.
    #[immutable]
    pub winds: Val,
    #[immutable]
    pub handlers: Val,
    #[immutable]
    pub parameters: Val,
}

/// Frames that were moved from the stack to the heap, and the link of what the innermost of them
/// called.
#[derive(Object)]
#[object(tag = 81)]
pub struct Segment {
    /// The segment with the caller of the outermost of them, or the empty list.
    #[immutable]
    pub next: Val,
    /// Where the frames in it end.
    #[immutable]
    pub end: i64,
    #[immutable]
    #[trailing]
    pub slots: Val,
}

/// A port, by its number in the host.
#[derive(Object)]
#[object(tag = 82)]
pub struct Port {
    #[immutable]
    pub number: i64,
}

/// An environment for `eval`, by its number.
#[derive(Object)]
#[object(tag = 83)]
pub struct Environment {
    #[immutable]
    pub number: i64,
}
