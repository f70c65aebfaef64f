//! Identity hashes: a number of an object that stays when it moves.
//!
//! The first time somebody asks, the object gets a number in a table on the side, and a bit in its header. Invariant: an object
//! has an entry, under its present address, exactly if its header has the bit.

use super::gc::Gc;
use super::header::Header;
use super::memory::Heap;
use super::object::Object;
use super::val::Val;
use hashbrown::HashMap;

/// The table.
#[derive(Default)]
pub(crate) struct Identities {
    numbers: HashMap<u64, u64>,
    /// Young objects that have an entry.
    young: Vec<u64>,
    given: u64,
}

impl Identities {
    fn give(&mut self, address: u64, young: bool) -> u64 {
        // A multiplier with well mixed bits spreads consecutive numbers.
        self.given += 1;
        let number = self.given.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let number = number ^ number >> 32;
        self.numbers.insert(address, number);
        if young {
            self.young.push(address);
        }
        number
    }

    /// An object was moved.
    pub(super) fn moved(&mut self, from: u64, to: u64) {
        if let Some(number) = self.numbers.remove(&from) {
            self.numbers.insert(to, number);
        }
    }

    /// Whatever is still known under a young address is dead.
    pub(super) fn bury_young(&mut self) {
        for address in self.young.drain(..) {
            self.numbers.remove(&address);
        }
    }

    /// An old object died.
    pub(super) fn forget(&mut self, address: u64) {
        self.numbers.remove(&address);
    }
}

impl Heap {
    /// A number of this object that stays the same as long as the object lives, wherever it is moved. Different objects may have
    /// the same number, but rarely do. Use it where others would hash the address.
    ///
    /// ```
    /// use holloway::Heap;
    ///
    /// let mut heap = Heap::new();
    /// let array = heap.new_array(0)?;
    /// let hash = heap.identity_hash(array);
    /// let root = heap.root(array);
    /// heap.collect_rooted();
    /// let array = root.get(&heap);
    /// assert_eq!(heap.identity_hash(array), hash);
    /// # Ok::<(), holloway::OutOfMemory>(())
    /// ```
    pub fn identity_hash<T: Object>(&self, object: Gc<T>) -> u64 {
        self.identity_of(object.address())
    }

    /// As [`Heap::identity_hash`], of a dynamic value that is an object; 0 for others.
    ///
    /// ```
    /// # use holloway::{Heap, OutOfMemory, Val};
    /// let mut heap = Heap::new();
    /// let array = heap.new_array(0)?;
    /// assert_eq!(heap.identity_hash_of(Val::object(array)), heap.identity_hash(array));
    /// assert_eq!(heap.identity_hash_of(Val::int(5)), 0);
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    pub fn identity_hash_of(&self, value: Val) -> u64 {
        if value.tag().is_object() { self.identity_of(value.bits()) } else { 0 }
    }

    /// Forgets old objects that died, before their places are taken.
    pub(super) fn forget_dead(&self) {
        for dead in self.old.dead_hashed.borrow_mut().drain(..) {
            self.identities.borrow_mut().forget(dead);
        }
    }

    fn identity_of(&self, address: u64) -> u64 {
        let header = Header::of(address);
        if header.is_hashed()
            && let Some(&number) = self.identities.borrow().numbers.get(&address)
        {
            return number;
        }
        self.forget_dead();
        header.with_hash().write(address);
        let young = self.is_young(address);
        self.identities.borrow_mut().give(address, young)
    }
}
