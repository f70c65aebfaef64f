//! Values: what the framework's tagged words mean in Lisp.
//!
//! | type | tag | payload |
//! |---|---|---|
//! | the empty list | `NIL` | |
//! | booleans, words, doubles | `BOOL`, `INT`, `FLOAT` | the framework's |
//! | other numbers | `Big`, `Ratio`, `Complex` | the object |
//! | characters, symbols, built-ins, unique values | `RAW` | kind in the upper half, number in the lower |
//! | vectors | `ARRAY` | the framework's array, with storage strategies |
//! | all others | see [`object`] | the object |
//!
//! Invariant: as in [`number`](crate::number): exact numbers have one representation each.

pub mod equal;
pub mod list;
pub mod numeric;
pub mod object;
pub mod show;
pub mod string;

pub use object::{
    Bytes, Cell, Closure, Condition, Continuation, Environment, GlobalCell, Pair, Parameter, Port,
    Promise, PromiseState, Record, RecordType, Segment, Values,
};
pub use string::{Chars, Str, StrExt};

use holloway::{Tag, Val};

use crate::symbol::Sym;

/// Kinds of values under the tag `RAW`.
const UNIQUE: u64 = 0;
const CHAR: u64 = 1;
const SYMBOL: u64 = 2;
const BUILTIN: u64 = 3;

const fn raw(kind: u64, number: u32) -> u64 {
    kind << 32 | number as u64
}

/// The payload of [`unassigned`].
pub const UNASSIGNED_WORD: u64 = raw(UNIQUE, 4);
/// What the payload of every character has in its upper half.
pub const CHAR_BASE: i64 = raw(CHAR, 0) as i64;
/// What the payload of every symbol has in its upper half.
pub const SYMBOL_BASE: i64 = raw(SYMBOL, 0) as i64;

/// The value of expressions that have none.
pub fn unspecified() -> Val {
    Val::raw(raw(UNIQUE, 1))
}

/// What stands for an argument that was not given.
pub fn default_object() -> Val {
    Val::raw(raw(UNIQUE, 2))
}

/// The end of a file.
pub fn eof() -> Val {
    Val::raw(raw(UNIQUE, 3))
}

/// What a variable holds before it is initialized. Never seen by programs.
pub fn unassigned() -> Val {
    Val::raw(UNASSIGNED_WORD)
}

/// A character.
pub fn character(c: char) -> Val {
    Val::raw(raw(CHAR, c as u32))
}

/// A symbol.
pub fn symbol(symbol: Sym) -> Val {
    Val::raw(raw(SYMBOL, symbol.0))
}

/// A built-in procedure.
pub fn builtin(number: u16) -> Val {
    Val::raw(raw(BUILTIN, u32::from(number)))
}

fn number_of(value: Val, kind: u64) -> Option<u32> {
    (value.tag() == Tag::RAW && value.bits() >> 32 == kind).then_some(value.bits() as u32)
}

/// The character that a value is.
#[inline]
pub fn as_char(value: Val) -> Option<char> {
    number_of(value, CHAR).and_then(char::from_u32)
}

/// The symbol that a value is.
#[inline]
pub fn as_symbol(value: Val) -> Option<Sym> {
    number_of(value, SYMBOL).map(Sym)
}

/// The number of the built-in that a value is.
#[inline]
pub fn as_builtin(value: Val) -> Option<u16> {
    number_of(value, BUILTIN).map(|n| n as u16)
}

/// Only `#f` is false.
#[inline]
pub fn is_true(value: Val) -> bool {
    value != Val::FALSE
}

/// A procedure?
pub fn is_procedure(value: Val) -> bool {
    match value.tag() {
        Tag::RAW => as_builtin(value).is_some(),
        tag => [object::CLOSURE, object::CONTINUATION, object::PARAMETER].contains(&tag),
    }
}

/// What messages call the type of a value.
pub fn type_name(value: Val) -> &'static str {
    match value.tag() {
        Tag::NIL => "the empty list",
        Tag::BOOL => "a boolean",
        Tag::INT | Tag::FLOAT => "a number",
        Tag::ARRAY => "a vector",
        Tag::RAW => match value.bits() >> 32 {
            CHAR => "a character",
            SYMBOL => "a symbol",
            BUILTIN => "a procedure",
            _ if value == eof() => "an end-of-file object",
            _ => "an unspecified value",
        },
        tag => object::type_name(tag),
    }
}
