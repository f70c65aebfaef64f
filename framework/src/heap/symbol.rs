//! Symbols: names of properties as small numbers.
//!
//! Invariant: within one heap two symbols are equal if and only if their texts are; a symbol is never forgotten.

use hashbrown::HashMap;
use std::rc::Rc;

/// The name of a property, see [`Heap::symbol`](super::Heap::symbol).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Symbol(pub u32);

/// Texts and their numbers.
#[derive(Default)]
pub(crate) struct Symbols {
    numbers: HashMap<Rc<str>, Symbol>,
    texts: Vec<Rc<str>>,
}

impl Symbols {
    pub(crate) fn intern(&mut self, text: &str) -> Symbol {
        if let Some(&symbol) = self.numbers.get(text) {
            return symbol;
        }
        let symbol = Symbol(self.texts.len() as u32);
        let text: Rc<str> = text.into();
        self.texts.push(text.clone());
        self.numbers.insert(text, symbol);
        symbol
    }

    pub(crate) fn find(&self, text: &str) -> Option<Symbol> {
        self.numbers.get(text).copied()
    }

    pub(crate) fn text(&self, symbol: Symbol) -> &str {
        self.texts.get(symbol.0 as usize).map_or("", |t| t)
    }
}

impl super::Heap {
    /// The symbol of this text.
    ///
    /// ```
    /// let mut heap = holloway::Heap::new();
    /// let x = heap.symbol("x");
    /// assert_eq!(heap.symbol("x"), x);
    /// assert_eq!(heap.symbol_text(x), "x");
    /// assert_eq!(heap.find_symbol("y"), None);
    /// ```
    pub fn symbol(&mut self, text: &str) -> Symbol {
        self.shapes.symbols.intern(text)
    }

    /// The symbol of this text if there is one: a text without symbol is the name of no property.
    ///
    /// ```
    /// let mut heap = holloway::Heap::new();
    /// assert_eq!(heap.find_symbol("x"), None);
    /// let x = heap.symbol("x");
    /// assert_eq!(heap.find_symbol("x"), Some(x));
    /// ```
    pub fn find_symbol(&self, text: &str) -> Option<Symbol> {
        self.shapes.symbols.find(text)
    }

    /// The text of a symbol of this heap.
    ///
    /// ```
    /// let mut heap = holloway::Heap::new();
    /// let x = heap.symbol("x");
    /// assert_eq!(heap.symbol_text(x), "x");
    /// ```
    pub fn symbol_text(&self, symbol: Symbol) -> &str {
        self.shapes.symbols.text(symbol)
    }
}
