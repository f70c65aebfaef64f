//! Code: what a function is compiled to.
//!
//! A frame of a function looks like this; the result takes the place of the closure:
//!
//! ```text
//! 0         1 .. params   params + 1    ..
//! closure   parameters    return link   variables and temporaries, as blocks and expressions come and go
//! ```
//! Invariant: `ops`, `spans` and `heights` have the same length, and the last instruction never falls through.

use std::fmt;

use holloway::{PropertyCache, Symbol, Val};

use super::op::{Op, Slot};
use crate::error::Place;
use crate::syntax::token::Span;

/// A compiled function, or the program itself. Lives for ever.
#[derive(Default)]
pub struct Code {
    /// The instructions.
    pub ops: Box<[Op]>,
    /// What instructions refer to: literals, names, cells of globals.
    pub consts: Box<[Val]>,
    /// The places that name fields and methods.
    pub sites: Box<[Site]>,
    /// How many parameters it has, the object of a method included.
    pub params: u16,
    /// If the first parameter is the object of a method.
    pub method: bool,
    /// The slot of the return link.
    pub link: Slot,
    /// By instruction: the place that its errors are reported at.
    pub(super) spans: Box<[Span]>,
    /// By instruction: how many slots are in use.
    pub(super) heights: Box<[u16]>,
    /// Who catches what: where several do, the first.
    pub(super) handlers: Box<[Handler]>,
    /// Its number in the machine.
    pub(super) number: u32,
    /// Its number in the host; `None` for a program.
    pub(super) function: Option<u32>,
    /// Its name, if it has one.
    pub(super) name: Option<Box<str>>,
    /// The source it stands in.
    pub(super) source: u32,
}

/// A place that names a field or a method.
#[derive(Debug)]
pub struct Site {
    /// The name.
    pub symbol: Symbol,
    /// What it found out about the objects that came by.
    pub cache: PropertyCache,
}

impl Site {
    /// One that has seen no object.
    pub(super) fn new(symbol: Symbol) -> Site {
        Site { symbol, cache: PropertyCache::new() }
    }
}

/// A `catch`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handler {
    /// The first instruction whose errors it catches.
    pub start: u32,
    /// The first one behind them.
    pub end: u32,
    /// Where it begins.
    pub target: u32,
    /// The slot that gets what was thrown.
    pub slot: Slot,
}

impl Code {
    /// Who catches what an instruction throws.
    pub(super) fn handler(&self, pc: u32) -> Option<Handler> {
        self.handlers.iter().find(|h| (h.start..h.end).contains(&pc)).copied()
    }

    /// Code that is never run: what closures of other engines hold.
    pub fn none() -> &'static Code {
        thread_local! {
            static NONE: &'static Code = Box::leak(Box::default());
        }
        NONE.with(|code| *code)
    }

    /// A place that names a field or a method.
    #[inline(always)]
    pub(super) fn site(&'static self, number: u16) -> &'static Site {
        &self.sites[usize::from(number)]
    }

    /// How many slots are in use at an instruction.
    pub(super) fn height(&self, pc: u32) -> u16 {
        self.heights.get(pc as usize).copied().unwrap_or(0)
    }

    /// Where an instruction stands in the source.
    pub(super) fn place(&self, pc: u32) -> Place {
        let span = self.spans.get(pc as usize).copied().unwrap_or_default();
        Place { source: self.source, span }
    }

    /// As reports call it.
    pub(super) fn title(&self) -> &str {
        match (&self.name, self.function) {
            (Some(name), _) => name,
            (None, Some(_)) => "fn",
            (None, None) => "the program",
        }
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Code {} ({} ops)", self.title(), self.ops.len())
    }
}
