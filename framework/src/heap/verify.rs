//! The verifier: after a collection, is the heap what it must be?
//!
//! It follows every root. Rules: a reference leads to a cell of old space that holds an object of a known layout; every such
//! object is clean; a trailing array is not longer than its room; nothing leads into the nursery or into memory that was left.

use super::blocks::OldSpace;
use super::gc::LEN_OFFSET;
use super::header::Header;
use super::mark::Phase;
use super::memory::Heap;
use super::roots::Roots;
use hashbrown::HashSet;
use std::rc::Rc;

impl Heap {
    /// Checks everything that can be reached. Answers how many objects that are.
    ///
    /// # Panics
    /// If a rule is broken.
    pub(super) fn verify(&mut self, roots: &mut dyn FnMut(&mut Roots<'_>)) -> usize {
        assert!(self.nursery.is_empty(&self.bump), "young objects after a collection");
        let phase = std::mem::replace(&mut self.marking.phase, Phase::Verifying);
        let mut blocks: Vec<_> = self.old.stretches().collect();
        blocks.sort_unstable_by_key(|b| b.start);
        roots(&mut Roots { heap: self });
        self.visit_own_roots();
        let layouts = Rc::clone(&self.layouts);
        let mut seen = HashSet::new();
        while let Some(address) = self.promoted.pop() {
            if !seen.insert(address) {
                continue;
            }
            assert!(OldSpace::is_cell(&blocks, address), "a reference leads to no cell");
            let header = Header::of(address);
            let known = layouts.get(header.tag());
            let Some(known) = known else {
                panic!("an object has the header {:#x}", header.bits())
            };
            assert!(header.is_clean(), "a {} was written during a collection", known.name);
            if known.has_length {
                let len = read(address + u64::from(LEN_OFFSET));
                assert!(
                    len <= header.capacity() as u64,
                    "a {} is longer than its room",
                    known.name
                );
            }
            layouts.each_ref(address, &mut |word| {
                let child = read(word as u64);
                if child != 0 {
                    self.promoted.push(child);
                }
            });
        }
        self.marking.phase = phase;
        seen.len()
    }
}

#[allow(unsafe_code, reason = "reads a word of a live object")]
fn read(address: u64) -> u64 {
    // SAFETY: the callers give addresses of words of objects that were found to lie in cells.
    unsafe { (address as *const u64).read() }
}
