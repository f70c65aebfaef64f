//! Run-time errors, and everything else that leaves a program before its end.
//!
//! A failure is made where it happens (built-ins and operators know no places), and gets its place and
//! its call stack from the engine while it unwinds. It is one word wide, so that results stay small.

use std::fmt;

use holloway::{OutOfMemory, Val};

use crate::syntax::token::Span;

/// The result of something that may fail.
pub type Result<T> = std::result::Result<T, Error>;

/// The kinds of errors that the language knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A value of the wrong type.
    Type,
    /// A variable that does not exist, or not yet.
    Name,
    /// A position outside.
    Index,
    /// A key that is not there.
    Key,
    /// A value of the right type that cannot be used.
    Value,
    /// A division by zero.
    ZeroDivision,
    /// A wrong number of arguments.
    Argument,
    /// Too many calls inside of each other.
    StackOverflow,
    /// More memory than there is.
    Memory,
}

impl Kind {
    /// As programs see it.
    pub fn text(self) -> &'static str {
        match self {
            Kind::Type => "type",
            Kind::Name => "name",
            Kind::Index => "index",
            Kind::Key => "key",
            Kind::Value => "value",
            Kind::ZeroDivision => "zero_division",
            Kind::Argument => "argument",
            Kind::StackOverflow => "stack_overflow",
            Kind::Memory => "memory",
        }
    }
}

/// Why a program does not go on.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// An error of the language.
    Error {
        /// Its kind.
        kind: Kind,
        /// What is wrong: no full stop.
        message: String,
    },
    /// A value that the program has thrown.
    Thrown(Val),
    /// A thrown value that nobody has caught, as reports show it.
    Uncaught {
        /// The kind, if it is an error object.
        kind: Option<String>,
        /// The message of the error object, or the value itself.
        message: String,
    },
    /// The program ends itself with this status.
    Exit(u8),
    /// The user ends the program.
    Interrupted,
}

/// A place in one of the sources of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The number of the source: 0 unless there is a REPL.
    pub source: u32,
    /// Where in it.
    pub span: Span,
}

/// A call that was under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The number of the function in the [`Host`](crate::host::Host); `None` for the program itself.
    pub function: Option<u32>,
    /// What it was about to do.
    pub place: Place,
}

/// A failure on its way out.
#[derive(Debug)]
pub struct Error(Box<Details>);

#[derive(Debug)]
struct Details {
    failure: Failure,
    /// Where it happened.
    origin: Option<Place>,
    /// Where the calls stand that it has left, the innermost first.
    frames: Vec<Frame>,
    /// Where the innermost call that it has not left stands.
    current: Option<Place>,
}

impl Error {
    /// An error of the language.
    #[cold]
    pub fn new(kind: Kind, message: impl Into<String>) -> Error {
        Failure::Error { kind, message: message.into() }.into()
    }

    /// A `type` error.
    #[cold]
    pub fn wrong_type(message: impl Into<String>) -> Error {
        Error::new(Kind::Type, message)
    }

    /// A `value` error.
    #[cold]
    pub fn value(message: impl Into<String>) -> Error {
        Error::new(Kind::Value, message)
    }

    /// An `index` error.
    #[cold]
    pub fn index(message: impl Into<String>) -> Error {
        Error::new(Kind::Index, message)
    }

    /// A `memory` error: what was too large.
    #[cold]
    pub fn memory(what: &str) -> Error {
        Error::new(Kind::Memory, format!("out of memory: {what}"))
    }

    /// A `name` error: no enclosing block declares the name.
    #[cold]
    pub fn undeclared(name: &str) -> Error {
        Error::new(Kind::Name, format!("`{name}` is not declared"))
    }

    /// A `name` error: the variable's `let` has not run.
    #[cold]
    pub fn uninitialized(name: &str) -> Error {
        Error::new(Kind::Name, format!("`{name}` is used before its declaration has run"))
    }

    /// A `name` error: a built-in is assigned.
    #[cold]
    pub fn assigned_builtin(name: &str) -> Error {
        let message = format!("`{name}` is built in: declare it with `let` before assigning it");
        Error::new(Kind::Name, message)
    }

    /// An `argument` error. `expected` is such as `2` or `1 to 3`.
    #[cold]
    pub fn arguments(function: &str, expected: &str, given: usize) -> Error {
        let plural = if expected == "1" { "" } else { "s" };
        let message = format!("{function} takes {expected} argument{plural}, not {given}");
        Error::new(Kind::Argument, message)
    }

    /// A `stack_overflow` error.
    #[cold]
    pub fn stack_overflow() -> Error {
        Error::new(Kind::StackOverflow, "too many calls inside of each other")
    }

    /// Something that this version cannot do.
    #[cold]
    pub fn unsupported(what: &str) -> Error {
        Error::wrong_type(format!("{what} are not supported yet"))
    }

    /// A value that is thrown.
    #[cold]
    pub fn thrown(value: Val) -> Error {
        Failure::Thrown(value).into()
    }

    /// What happened.
    pub fn failure(&self) -> &Failure {
        &self.0.failure
    }

    /// If a `catch` takes it.
    pub fn is_catchable(&self) -> bool {
        matches!(self.failure(), Failure::Error { .. } | Failure::Thrown(_))
    }

    /// The same, with what happened described anew.
    #[must_use]
    pub fn described(mut self, failure: Failure) -> Error {
        self.0.failure = failure;
        self
    }

    /// Where it happened.
    pub fn origin(&self) -> Option<Place> {
        self.0.origin
    }

    /// The calls it has left, the innermost first.
    pub fn frames(&self) -> &[Frame] {
        &self.0.frames
    }

    /// Says where it happened, unless that is known.
    #[cold]
    #[must_use]
    pub fn at(mut self, place: Place) -> Error {
        self.0.origin.get_or_insert(place);
        self.0.current.get_or_insert(place);
        self
    }

    /// It leaves a call of `function` that was made at `call_site`.
    #[cold]
    #[must_use]
    pub fn leaving(mut self, function: u32, call_site: Place) -> Error {
        let place = self.0.current.unwrap_or(call_site);
        self.0.frames.push(Frame { function: Some(function), place });
        self.0.current = Some(call_site);
        self
    }

    /// It leaves the program.
    #[must_use]
    pub fn leaving_program(mut self) -> Error {
        if let Some(place) = self.0.current {
            self.0.frames.push(Frame { function: None, place });
        }
        self
    }
}

impl From<Failure> for Error {
    #[cold]
    fn from(failure: Failure) -> Error {
        Error(Box::new(Details { failure, origin: None, frames: Vec::new(), current: None }))
    }
}

impl From<OutOfMemory> for Error {
    #[cold]
    fn from(refused: OutOfMemory) -> Error {
        let message = match refused.wanted {
            0 => "out of memory: the heap is full".to_owned(),
            wanted => format!(
                "out of memory: {wanted} more bytes would exceed the limit of {}",
                refused.limit
            ),
        };
        Error::new(Kind::Memory, message)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.failure() {
            Failure::Error { kind, message } => write!(f, "{}: {message}", kind.text()),
            Failure::Thrown(value) => write!(f, "thrown: {value:?}"),
            Failure::Uncaught { kind: Some(kind), message } => write!(f, "{kind}: {message}"),
            Failure::Uncaught { kind: None, message } => write!(f, "{message}"),
            Failure::Exit(status) => write!(f, "exit with status {status}"),
            Failure::Interrupted => write!(f, "interrupted"),
        }
    }
}
