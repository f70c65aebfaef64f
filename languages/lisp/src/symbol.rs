//! Symbols: names as small numbers.
//!
//! The reader, the expander and running programs name things alike, so there is one table a thread.
//! A symbol of a program is its number, in the payload of a value; two are the same if and only if
//! their numbers are. Macro expansion makes *aliases*: symbols of no name of their own that stand
//! for another one somewhere else (see `expand`).
//!
//! Invariant: a symbol is never forgotten; `Sym`s with the same name and no alias among them are
//! equal.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// A symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sym(pub u32);

#[derive(Default)]
struct Table {
    numbers: HashMap<Rc<str>, Sym>,
    /// By number: the name, and the symbol that an alias stands for.
    entries: Vec<(Rc<str>, Option<Sym>)>,
}

thread_local! {
    static TABLE: RefCell<Table> = RefCell::default();
}

impl Sym {
    /// The symbol of this name.
    pub fn new(name: &str) -> Sym {
        TABLE.with_borrow_mut(|table| {
            if let Some(symbol) = table.numbers.get(name) {
                return *symbol;
            }
            let symbol = Sym(table.entries.len() as u32);
            let name: Rc<str> = name.into();
            table.entries.push((name.clone(), None));
            table.numbers.insert(name, symbol);
            symbol
        })
    }

    /// A new symbol that stands for this one.
    pub fn alias(self) -> Sym {
        TABLE.with_borrow_mut(|table| {
            let symbol = Sym(table.entries.len() as u32);
            let name = table.entries[self.0 as usize].0.clone();
            table.entries.push((name, Some(self)));
            symbol
        })
    }

    /// What an alias stands for.
    pub fn original(self) -> Option<Sym> {
        TABLE.with_borrow(|table| table.entries[self.0 as usize].1)
    }

    /// The symbol that a program wrote: no alias.
    pub fn plain(mut self) -> Sym {
        while let Some(original) = self.original() {
            self = original;
        }
        self
    }

    /// Its name.
    pub fn name(self) -> Rc<str> {
        TABLE.with_borrow(|table| table.entries[self.0 as usize].0.clone())
    }
}
