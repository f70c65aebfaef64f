//! Programs as data: what the reader makes of text, with the places that everything stands at.

pub mod chars;
pub mod reader;

use std::rc::Rc;

use holloway::Val;

use crate::number::Num;
use crate::symbol::Sym;

pub use reader::{ReadError, Reader};

/// A stretch of a source text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The number of the source.
    pub source: u32,
    /// The first byte.
    pub start: u32,
    /// The byte behind the last one.
    pub end: u32,
}

impl Span {
    /// The source of what stands in no text.
    pub const NOWHERE: u32 = u32::MAX;

    /// No place.
    pub fn none() -> Span {
        Span { source: Span::NOWHERE, start: 0, end: 0 }
    }
}

/// Something that was read.
#[derive(Clone, Debug)]
pub struct Datum {
    /// What it is.
    pub node: Node,
    /// Where it stands.
    pub span: Span,
}

/// What a [`Datum`] is.
#[derive(Clone, Debug)]
pub enum Node {
    /// `#t`, `#f`
    Bool(bool),
    /// A number.
    Number(Num),
    /// `#\a`
    Char(char),
    /// `"text"`
    Text(Rc<str>),
    /// A symbol.
    Symbol(Sym),
    /// `#u8(1 2)`
    Bytes(Rc<[u8]>),
    /// `(a b c)`
    List(Rc<[Datum]>),
    /// `(a b . c)`, with at least one element before the dot; what follows it is no list.
    Dotted(Rc<[Datum]>, Rc<Datum>),
    /// `#(a b c)`
    Vector(Rc<[Datum]>),
    /// `#1=a`
    Label(u32, Rc<Datum>),
    /// `#1#`
    Reference(u32),
    /// A value in a program that was made by a program. It lies in old space.
    Value(Val),
}

impl Datum {
    /// A datum at a place.
    pub fn new(node: Node, span: Span) -> Datum {
        Datum { node, span }
    }

    /// A symbol.
    pub fn symbol(symbol: Sym, span: Span) -> Datum {
        Datum::new(Node::Symbol(symbol), span)
    }

    /// A list.
    pub fn list(items: Vec<Datum>, span: Span) -> Datum {
        Datum::new(Node::List(items.into()), span)
    }

    /// `(items.. . tail)`, in its simplest form.
    pub fn dotted(mut items: Vec<Datum>, tail: Datum, span: Span) -> Datum {
        match &tail.node {
            _ if items.is_empty() => tail,
            Node::List(rest) => {
                items.extend(rest.iter().cloned());
                Datum::list(items, span)
            }
            Node::Dotted(rest, end) => {
                items.extend(rest.iter().cloned());
                Datum::new(Node::Dotted(items.into(), end.clone()), span)
            }
            _ => Datum::new(Node::Dotted(items.into(), Rc::new(tail)), span),
        }
    }

    /// The symbol, if it is one.
    pub fn as_symbol(&self) -> Option<Sym> {
        match self.node {
            Node::Symbol(symbol) => Some(symbol),
            _ => None,
        }
    }

    /// The elements, if it is a proper list.
    pub fn as_list(&self) -> Option<&[Datum]> {
        match &self.node {
            Node::List(items) => Some(items),
            _ => None,
        }
    }
}
