//! Errors: of the program, and what else ends it.
//!
//! A built-in that fails makes an [`Error`] of kind and message. The dispatch loop turns it into an
//! error object and raises that in the program; only if the program has no handler does it leave
//! the loop, with the calls that led to it.

use std::rc::Rc;

use holloway::{OutOfMemory, Val};

use crate::number::Problem;
use crate::syntax::{ReadError, Span};
use crate::value;

/// What errors say if there is no memory left. Reports add the limit.
pub(crate) const HEAP_IS_USED_UP: &str = "the heap is used up";

/// What kind of error an error object stands for. The numbers are those in `Condition`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Made by `error`.
    User = 0,
    /// A file cannot be used: `file-error?`.
    File = 1,
    /// Text is no datum: `read-error?`.
    Read = 2,
    /// An argument of the wrong type.
    Type = 3,
    /// An argument out of range.
    Range = 4,
    /// A wrong number of arguments.
    Arity = 5,
    /// A variable without value.
    Unbound = 6,
    /// What is called is no procedure.
    Call = 7,
    /// A program that is none.
    Syntax = 8,
    /// Everything that may be used is used up.
    Memory = 9,
}

/// Why the program cannot go on.
#[derive(Clone, Debug)]
pub enum Failure {
    /// An error to be raised.
    Condition {
        /// Its kind.
        kind: Kind,
        /// What went wrong.
        message: String,
        /// What it went wrong with.
        irritants: Vec<Val>,
    },
    /// Nobody handles an error, or what else was raised: its text.
    Uncaught(String),
    /// `exit`
    Exit(u8),
    /// Ctrl-C.
    Interrupted,
}

/// A call that an error left.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The procedure's name.
    pub name: Option<Rc<str>>,
    /// Where it was.
    pub span: Span,
}

/// An error on its way.
#[derive(Clone, Debug)]
pub struct Error(Box<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    failure: Failure,
    span: Option<Span>,
    frames: Vec<Frame>,
}

/// The result of what may fail.
pub type Result<T = Val> = std::result::Result<T, Error>;

impl From<Failure> for Error {
    fn from(failure: Failure) -> Error {
        Error(Box::new(Inner { failure, span: None, frames: Vec::new() }))
    }
}

impl From<OutOfMemory> for Error {
    fn from(_: OutOfMemory) -> Error {
        Error::new(Kind::Memory, HEAP_IS_USED_UP)
    }
}

impl From<ReadError> for Error {
    fn from(error: ReadError) -> Error {
        Error::new(Kind::Read, error.message).at(error.span)
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Error {
        match problem {
            Problem::Zero => Error::new(Kind::Range, "division by zero"),
            Problem::Domain => Error::new(Kind::Range, "no such number"),
            Problem::TooLarge => Error::new(Kind::Memory, "the result would be too large"),
        }
    }
}

impl Error {
    /// An error of this kind.
    pub fn new(kind: Kind, message: impl Into<String>) -> Error {
        Failure::Condition { kind, message: message.into(), irritants: Vec::new() }.into()
    }

    /// With what it went wrong.
    #[must_use]
    pub fn with(mut self, irritant: Val) -> Error {
        if let Failure::Condition { irritants, .. } = &mut self.0.failure {
            irritants.push(irritant);
        }
        self
    }

    /// A program that is none.
    pub fn syntax(span: Span, message: impl Into<String>) -> Error {
        Error::new(Kind::Syntax, message).at(span)
    }

    /// An argument of the wrong type.
    #[cold]
    pub fn wrong_type(who: &str, wanted: &str, given: Val) -> Error {
        let message = format!("{who}: {wanted} is wanted, not {}:", value::type_name(given));
        Error::new(Kind::Type, message).with(given)
    }

    /// An index out of range.
    #[cold]
    pub fn range(who: &str, given: Val) -> Error {
        Error::new(Kind::Range, format!("{who}: out of range:")).with(given)
    }

    /// A wrong number of arguments.
    #[cold]
    pub fn arity(name: &str, wanted: &str, given: usize) -> Error {
        let s = if wanted == "1" { "" } else { "s" };
        Error::new(Kind::Arity, format!("{name} takes {wanted} argument{s}, not {given}"))
    }

    /// At this place, unless it has one.
    #[must_use]
    pub fn at(mut self, span: Span) -> Error {
        if span.source != Span::NOWHERE {
            self.0.span.get_or_insert(span);
        }
        self
    }

    /// Gives it a place, unless it has one.
    pub fn place(&mut self, span: Span) {
        self.0.span.get_or_insert(span);
    }

    /// Leaves a call.
    pub fn leave(&mut self, name: Option<Rc<str>>, span: Span) {
        self.0.frames.push(Frame { name, span });
    }

    /// Why the program cannot go on.
    pub fn failure(&self) -> &Failure {
        &self.0.failure
    }

    /// The same error, as something else.
    #[must_use]
    pub fn becoming(mut self, failure: Failure) -> Error {
        self.0.failure = failure;
        self
    }

    /// Where it happened.
    pub fn span(&self) -> Option<Span> {
        self.0.span
    }

    /// The calls that it left, the innermost first.
    pub fn frames(&self) -> &[Frame] {
        &self.0.frames
    }
}
