//! The instructions, as one table.
//!
//! ```text
//! R[x]    slot x of the frame: return link (0), the closure (1), parameters (2 ..), variables, temporaries
//! K[x]    constant x of the code          C[x]    capture x of the closure R[1]
//! cell    a heap object that holds a global variable, or a local one that is assigned
//! ```
//! A call is prepared in a window at `base`: R[base] is left for the link and then for the result,
//! R[base + 1] is the procedure, the arguments follow.
//!
//! Invariants: an instruction has at most 8 bytes and is plain data; only loops jump backward, to
//! the first instruction of a turn.
#![allow(rustdoc::broken_intra_doc_links, reason = "R[d] is the notation of the table")]

use holloway::{Tag, Val};

/// A slot of the frame.
pub type Slot = u16;
/// An index into the constants.
pub type Konst = u16;

/// A comparison of numbers, or of objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "they are called as in programs")]
pub enum Cmp {
    Eq,
    Lt,
    Le,
    Gt,
    Ge,
    /// `eq?`
    Same,
    /// `eqv?`
    Eqv,
}

/// A question to one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "they are called as in programs")]
pub enum Test {
    True,
    Null,
    Pair,
    Zero,
    Symbol,
    String,
    Vector,
    Char,
    Procedure,
    Fixnum,
    Eof,
}

/// A function of one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "they are called as in programs")]
pub enum Unary {
    Car,
    Cdr,
    Caar,
    Cadr,
    Cddr,
    VectorLength,
    StringLength,
    CharToInteger,
    Sqrt,
    ToFloat,
}

/// A function of two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "they are called as in programs")]
pub enum Binary {
    Cons,
    Quotient,
    Remainder,
    Modulo,
    Divide,
    VectorRef,
    StringRef,
    BytesRef,
}

impl Cmp {
    /// The comparison that `b` and `a` pass if and only if `a` and `b` pass this one.
    pub fn turned(self) -> Cmp {
        match self {
            Self::Lt => Self::Gt,
            Self::Le => Self::Ge,
            Self::Gt => Self::Lt,
            Self::Ge => Self::Le,
            same => same,
        }
    }

    /// The comparison that answers as this one does if one of the two values is `known`: `eqv?` is `eq?` but for numbers that are no
    /// words.
    pub fn with_known(self, known: Val) -> Cmp {
        let is_word = matches!(known.tag(), Tag::NIL | Tag::BOOL | Tag::INT | Tag::RAW);
        if self == Self::Eqv && is_word { Self::Same } else { self }
    }

    /// The comparison that a built-in of this name is.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "=" => Self::Eq,
            "<" => Self::Lt,
            "<=" => Self::Le,
            ">" => Self::Gt,
            ">=" => Self::Ge,
            "eq?" => Self::Same,
            "eqv?" => Self::Eqv,
            _ => return None,
        })
    }
}

impl Op {
    /// A jump, to be patched, that is taken if the answer about R[a] is `want`.
    pub fn jump_on(test: Test, a: Slot, want: bool) -> Op {
        let to = 0;
        match (test, want) {
            (Test::True, true) => Op::JumpTrue { a, to },
            (Test::True, false) => Op::JumpFalse { a, to },
            (Test::Null, true) => Op::JumpNull { a, to },
            (Test::Null, false) => Op::JumpNotNull { a, to },
            (Test::Pair, true) => Op::JumpPair { a, to },
            (Test::Pair, false) => Op::JumpNotPair { a, to },
            (test, true) => Op::JumpIf { test, a, to },
            (test, false) => Op::JumpIfNot { test, a, to },
        }
    }
}

impl Test {
    /// The question that a built-in of this name is.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "null?" => Self::Null,
            "pair?" => Self::Pair,
            "zero?" => Self::Zero,
            "symbol?" => Self::Symbol,
            "string?" => Self::String,
            "vector?" => Self::Vector,
            "char?" => Self::Char,
            "procedure?" => Self::Procedure,
            "eof-object?" => Self::Eof,
            _ => return None,
        })
    }
}

impl Unary {
    /// The function that a built-in of this name is.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "car" => Self::Car,
            "cdr" => Self::Cdr,
            "caar" => Self::Caar,
            "cadr" => Self::Cadr,
            "cddr" => Self::Cddr,
            "vector-length" => Self::VectorLength,
            "string-length" => Self::StringLength,
            "char->integer" => Self::CharToInteger,
            "sqrt" => Self::Sqrt,
            "exact->inexact" | "inexact" => Self::ToFloat,
            _ => return None,
        })
    }
}

impl Binary {
    /// The function that a built-in of this name is.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "cons" => Self::Cons,
            "quotient" | "truncate-quotient" => Self::Quotient,
            "remainder" | "truncate-remainder" => Self::Remainder,
            "modulo" | "floor-remainder" => Self::Modulo,
            "/" => Self::Divide,
            "vector-ref" => Self::VectorRef,
            "string-ref" => Self::StringRef,
            "bytevector-u8-ref" => Self::BytesRef,
            _ => return None,
        })
    }
}

/// An instruction.
#[allow(missing_docs, reason = "operands are described by the notation of the table")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    // ---- moving values -------------------------------------------------------------------------
    /// `R[d] = R[s]`
    Move { d: Slot, s: Slot },
    /// `R[d] = K[k]`
    Const { d: Slot, k: Konst },

    // ---- variables that are not simply in a slot -----------------------------------------------
    /// `R[d] = K[k].value`; an error if that is unassigned
    Global { d: Slot, k: Konst },
    /// `K[k].value = R[s]`; an error if it was unassigned
    SetGlobal { k: Konst, s: Slot },
    /// `K[k].value = R[s]`
    Define { k: Konst, s: Slot },
    /// `R[d] = C[i]`
    Capture { d: Slot, i: u16 },
    /// `R[d] = a new cell that holds R[s]`
    NewCell { d: Slot, s: Slot },
    /// `R[d] = R[s].value`; R[s] is a cell
    Cell { d: Slot, s: Slot },
    /// `R[d].value = R[s]`
    SetCell { d: Slot, s: Slot },
    /// an error if R[s] is unassigned; K[k] is the variable's name
    Check { s: Slot, k: Konst },
    /// `R[d] = a closure`; R[d] holds the number of its code, R[d + 1] .. what it captures
    Closure { d: Slot, captures: u16 },
    /// capture i of the closure R[d], which nobody has seen yet, becomes R[s]
    Patch { d: Slot, i: u16, s: Slot },

    // ---- arithmetic ----------------------------------------------------------------------------
    /// `R[d] = R[a] + R[b]`
    Add { d: Slot, a: Slot, b: Slot },
    /// `R[d] = R[a] - R[b]`
    Sub { d: Slot, a: Slot, b: Slot },
    /// `R[d] = R[a] * R[b]`
    Mul { d: Slot, a: Slot, b: Slot },
    /// `R[d] = R[a] + i`
    AddI { d: Slot, a: Slot, i: i16 },
    /// `R[d] = R[a] cmp R[b]`
    Compare { cmp: Cmp, d: Slot, a: Slot, b: Slot },
    /// `R[d] = test R[a]`
    Is { test: Test, d: Slot, a: Slot },
    /// `R[d] = not R[a]`
    Not { d: Slot, a: Slot },

    // ---- data ----------------------------------------------------------------------------------
    /// `R[d] = car R[a]`
    Car { d: Slot, a: Slot },
    /// `R[d] = cdr R[a]`
    Cdr { d: Slot, a: Slot },
    /// `R[d] = f R[a]`, with another f than car and cdr
    Unary { f: Unary, d: Slot, a: Slot },
    /// `R[d] = f R[a] R[b]`
    Binary { f: Binary, d: Slot, a: Slot, b: Slot },
    /// element R[i] of the vector R[a] becomes R[s]
    VectorSet { a: Slot, i: Slot, s: Slot },
    /// the first half of the pair R[a] becomes R[s]
    SetCar { a: Slot, s: Slot },
    /// the second half of the pair R[a] becomes R[s]
    SetCdr { a: Slot, s: Slot },
    /// `R[d] = field i of the record R[a]`, which is to be of type R[t]
    RecordRef { i: u8, d: Slot, t: Slot, a: Slot },
    /// field i of the record R[a], which is to be of type R[t], becomes R[s]
    RecordSet { i: u8, t: Slot, a: Slot, s: Slot },

    // ---- control -------------------------------------------------------------------------------
    /// go to `to`
    Jump { to: u32 },
    /// go to `to` unless `R[a] cmp R[b]`, which is `by` away
    JumpUnless { cmp: Cmp, a: Slot, b: Slot, by: i16 },
    /// go to `to` if `R[a] cmp R[b]`, which is `by` away
    JumpWhen { cmp: Cmp, a: Slot, b: Slot, by: i16 },
    /// go to `to` unless `R[a] cmp i`, which is `by` away
    JumpUnlessI { cmp: Cmp, a: Slot, i: i16, by: i16 },
    /// go to `to` if `R[a] cmp i`, which is `by` away
    JumpWhenI { cmp: Cmp, a: Slot, i: i16, by: i16 },
    /// go to `to` if R[a] counts as true
    JumpTrue { a: Slot, to: u32 },
    /// go to `to` if R[a] is false
    JumpFalse { a: Slot, to: u32 },
    /// go to `to` if R[a] is the empty list
    JumpNull { a: Slot, to: u32 },
    /// go to `to` unless R[a] is the empty list
    JumpNotNull { a: Slot, to: u32 },
    /// go to `to` if R[a] is a pair
    JumpPair { a: Slot, to: u32 },
    /// go to `to` unless R[a] is a pair
    JumpNotPair { a: Slot, to: u32 },
    /// go to `to` if test R[a]
    JumpIf { test: Test, a: Slot, to: u32 },
    /// go to `to` unless test R[a]
    JumpIfNot { test: Test, a: Slot, to: u32 },
    /// `R[base] = R[base + 1] (R[base + 2], ..)`
    Call { base: Slot, argc: u16 },
    /// as Call, in place of the present frame; a call that needs no frame leaves its value in
    /// R[base], for the Return that follows
    TailCall { base: Slot, argc: u16 },
    /// `R[base + 1] = K[k].value` as Global does it, then as Call
    CallGlobal { argc: u8, base: Slot, k: Konst },
    /// `R[base + 1] = K[k].value` as Global does it, then as TailCall
    TailCallGlobal { argc: u8, base: Slot, k: Konst },
    /// `R[base + 1] = C[i]`, then as Call
    CallCapture { argc: u8, base: Slot, i: u16 },
    /// `R[base + 1] = C[i]`, then as TailCall
    TailCallCapture { argc: u8, base: Slot, i: u16 },
    /// `R[base] = builtin (R[base + 2], ..)`
    CallBuiltin { argc: u8, base: Slot, number: u16 },
    /// the frame's value is R[s]
    Return { s: Slot },

    /// a loop of the program that this program interprets may begin behind here: R[s] tells which
    MergePoint { s: Slot },
    /// R[s] is a constant of the trace
    Promote { s: Slot },

    // ---- what procedures of the system are made of ---------------------------------------------
    /// as TailCall of R[base + 1] with the elements of the list R[base + 2]
    Apply { base: Slot },
    /// the frame's value is that of R[s], called with the frame's continuation
    CallCc { s: Slot },
    /// goes on with R[s] as the value that the continuation R[k] waits for
    Reinstate { k: Slot, s: Slot },
    /// R[s] has come to the end of the stack: goes on with the frame that was moved to the heap
    /// last
    Underflow { s: Slot },
}
