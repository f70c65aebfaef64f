//! The remembered set: old objects that were written since the last collection.
//!
//! Invariant: an old object is in the set if and only if its header is not clean. So a write barrier is one test, and an object
//! is in the set once. A block's first word leads to the set, so that a barrier needs no more than the object.
#![allow(unsafe_code, reason = "finds the set through the header of a block")]

use super::blocks::Block;
use super::header::Header;
use std::cell::UnsafeCell;

/// The set of one heap, at an address that stays.
#[derive(Default)]
pub(crate) struct Remembered {
    objects: UnsafeCell<Vec<u64>>,
}

impl Remembered {
    /// Adds an old object.
    pub(crate) fn add(&self, address: u64) {
        Header::of(address).with_clean(false).write(address);
        // SAFETY: one thread, and no reference into the vector outlives one of these functions.
        unsafe { (*self.objects.get()).push(address) }
    }

    /// Empties the set. The objects are not clean yet.
    pub(crate) fn take(&self) -> Vec<u64> {
        // SAFETY: as in `add`.
        unsafe { std::mem::take(&mut *self.objects.get()) }
    }

    /// Gives the memory of the taken vector back to the set.
    pub(crate) fn recycle(&self, mut objects: Vec<u64>) {
        objects.clear();
        // SAFETY: as in `add`.
        unsafe {
            if (*self.objects.get()).is_empty() {
                *self.objects.get() = objects;
            }
        }
    }
}

/// Adds a clean object to the set of its heap: the slow half of the write barrier.
#[cold]
#[inline(never)]
pub(crate) fn remember(address: u64) {
    // SAFETY: a clean object lies in a block of old space, whose heap, and so whose set, is alive.
    unsafe { (*Block::of(address)).remembered().add(address) }
}
