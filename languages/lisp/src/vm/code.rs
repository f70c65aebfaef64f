//! Code objects: compiled procedures.
//!
//! ```text
//! slot    0      1         2 ..        ..          up to size
//!         link   closure   parameters  variables   temporaries and windows of calls
//! ```
//! Invariant: every constant index is in range, and the last instruction never falls through.

use std::fmt;

use holloway::Val;

use super::op::Op;
use super::variant::Variants;
use crate::symbol::Sym;
use crate::syntax::Span;

/// The slot of the return link.
pub const LINK: u16 = 0;

/// A compiled procedure, or a clause of one. Lives for ever.
#[derive(Clone, Default)]
pub struct Code {
    /// The instructions.
    pub ops: Box<[Op]>,
    /// What instructions refer to: literals, names, cells of globals.
    pub consts: Box<[Val]>,
    /// How many parameters must be given.
    pub params: u16,
    /// A list of all further arguments is one more.
    pub rest: bool,
    /// The clauses of a `case-lambda`, which has no instructions itself.
    pub clauses: Box<[&'static Code]>,
    /// How many slots it uses.
    pub size: u16,
    /// Its name, if it has one.
    pub name: Option<Sym>,
    /// By instruction: the place that its errors are reported at.
    pub(crate) spans: Box<[Span]>,
    /// By instruction: how many slots are in use.
    pub(crate) heights: Box<[u16]>,
    /// What it is done with while a call waits.
    pub(crate) dead: DeadSlots,
    /// How many arguments it takes, if it takes them as they are and always so many; else more than there can be.
    pub(crate) exact: u16,
    /// Its number in the machine.
    pub(crate) number: u32,
    /// The slots of parameters that it calls again and again.
    pub(crate) called: Box<[u16]>,
    /// What it is when it calls this or that.
    pub(crate) variants: Variants,
    /// What it calls, if it is such a variant.
    pub(crate) calls: Option<Sym>,
    /// The number of the code that it is a variant of, if it is one.
    pub(crate) original: Option<u32>,
}

/// The slots that a frame never reads again while it waits for a call.
#[derive(Clone, Default)]
pub(crate) struct DeadSlots {
    /// By the instruction that the call returns to: the number of a list. Empty if nothing is known.
    pub(crate) at: Box<[u16]>,
    /// The lists; the first one is empty.
    pub(crate) lists: Box<[Box<[u16]>]>,
}

impl DeadSlots {
    /// Those of a call that returns to this instruction.
    pub(crate) fn at(&self, pc: u32) -> &[u16] {
        let number = self.at.get(pc as usize).copied().unwrap_or(0);
        self.lists.get(usize::from(number)).map_or(&[], |list| list)
    }
}

impl Code {
    /// How many slots are in use at an instruction.
    pub(crate) fn height(&self, pc: u32) -> u16 {
        self.heights.get(pc as usize).copied().unwrap_or(2)
    }

    /// Where an instruction stands in the source.
    pub(crate) fn span(&self, pc: u32) -> Span {
        self.spans.get(pc as usize).copied().unwrap_or_else(Span::none)
    }

    /// Can it be called with so many arguments?
    pub fn accepts(&self, argc: u16) -> bool {
        if !self.clauses.is_empty() {
            return self.clauses.iter().any(|clause| clause.accepts(argc));
        }
        argc == self.params || self.rest && argc > self.params
    }

    /// What error messages say of the arguments it takes.
    pub fn arity_text(&self) -> String {
        match self.rest {
            _ if !self.clauses.is_empty() => {
                let texts: Vec<String> = self.clauses.iter().map(|c| c.arity_text()).collect();
                texts.join(" or ")
            }
            true => format!("at least {}", self.params),
            false => self.params.to_string(),
        }
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name.map(Sym::name);
        write!(f, "Code {} ({} ops)", name.as_deref().unwrap_or("?"), self.ops.len())
    }
}
