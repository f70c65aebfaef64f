//! Validity cells: what compiled code relies on although it may change.
//!
//! A cell is a number that whoever may change writes down: a prototype, an object with a quasi-immutable field. A trace that
//! relies on it names the number. When the owner changes it *breaks* the cell: it forgets the number, and the driver, before any
//! machine code runs again, invalidates the traces that named it.
//!
//! ```text
//!   0: nobody relies on it --watch--> n --break--> 0, and n is in the queue
//! ```
//! Invariant: a number is given once; it is alive from then on until its cell is broken.

use hashbrown::HashSet;
use std::cell::Cell;

/// The cells of a heap.
#[derive(Default)]
pub(crate) struct Validity {
    last: u64,
    alive: HashSet<u64>,
    broken: Vec<u64>,
}

impl Validity {
    /// The number in a cell, a new one if it has none.
    pub(crate) fn watch(&mut self, cell: &Cell<u64>) -> u64 {
        if cell.get() == 0 {
            cell.set(self.make());
        }
        cell.get()
    }

    /// A number for a cell that has none.
    pub(crate) fn make(&mut self) -> u64 {
        self.last += 1;
        self.alive.insert(self.last);
        self.last
    }

    /// What a cell stands for changes.
    pub(crate) fn break_cell(&mut self, cell: &Cell<u64>) {
        self.break_number(cell.replace(0));
    }

    /// What the cell with this number stood for changes. (0: nobody relied on it.)
    pub(crate) fn break_number(&mut self, number: u64) {
        if self.alive.remove(&number) {
            self.broken.push(number);
        }
    }

    /// May still be relied on?
    pub(crate) fn is_alive(&self, number: u64) -> bool {
        self.alive.contains(&number)
    }

    /// The cells that were broken since the last time.
    pub(crate) fn take_broken(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.broken)
    }

    /// Was a cell broken since the last time?
    #[inline(always)]
    pub(crate) fn has_broken(&self) -> bool {
        !self.broken.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_breaks_once() {
        let (mut validity, cell) = (Validity::default(), Cell::new(0));
        validity.break_cell(&cell);
        assert!(!validity.has_broken());
        let number = validity.watch(&cell);
        assert_eq!(validity.watch(&cell), number);
        assert!(validity.is_alive(number));
        validity.break_cell(&cell);
        validity.break_cell(&cell);
        assert!(!validity.is_alive(number));
        assert_eq!(validity.take_broken(), [number]);
        assert_ne!(validity.watch(&cell), number);
    }
}
