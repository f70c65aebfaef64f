//! Marking old space, in slices, and what follows from it.
//!
//! A slice is part of a collection of the nursery, so the program has changed nothing between the visit of the roots and the end
//! of the slice. Objects are white (not in the colour of this marking), or marked: grey while they are on the stack, black
//! afterwards. The program may hide a white object behind a black one between slices, but only by storing a reference, and then
//! the write barrier has put the black one into the remembered set, whose objects every collection looks at.
//!
//! Invariant: if the stack is empty at the end of a collection, all that is alive is marked.
#![allow(unsafe_code, reason = "follows references through raw memory")]

use super::blocks::Block;
use super::header::{Header, MARK};
use super::memory::Heap;
use std::rc::Rc;

/// What happens to old space.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nothing: it grows.
    #[default]
    Idle,
    /// It is being marked.
    Marking,
    /// What was not marked becomes free.
    Sweeping,
    /// It is being checked: see `verify`.
    Verifying,
}

/// See the module.
#[derive(Default)]
pub(super) struct Marking {
    pub(super) phase: Phase,
    /// The colour of marked objects, and of new ones.
    pub(super) colour: u64,
    /// Grey objects, each with the index of the first trailing word that was not looked at.
    pub(super) stack: Vec<(u64, usize)>,
    /// Bytes of marked objects.
    alive: usize,
    /// Slices of this marking so far.
    slices: u32,
    /// Marking begins when there are so many bytes in old space.
    threshold: usize,
}

/// Trailing words that are looked at in one go.
pub(super) const STRETCH: usize = 4096;
/// Words of work in a slice, at least.
const SLICE: usize = 96 << 10;
/// Marking does not begin below this.
const LEAST: usize = 8 << 20;

impl Marking {
    /// A new object in old space has this size.
    pub(super) fn count_new(&mut self, bytes: usize) {
        if self.phase == Phase::Marking {
            self.alive += bytes;
        }
    }
}

impl Heap {
    /// Must references be shown that lead to old objects for sure?
    pub(super) fn wants_tenured(&self) -> bool {
        matches!(self.marking.phase, Phase::Marking | Phase::Verifying)
    }

    /// An object that does not move stays alive during this marking: it was reachable when that began.
    pub(crate) fn keep_tenured(&mut self, address: u64) {
        if self.marking.phase == Phase::Marking {
            self.mark(address);
        }
    }

    /// Marks an old object.
    #[inline]
    pub(super) fn mark(&mut self, address: u64) {
        let header = Header::of(address);
        if header.is_marked(self.marking.colour) {
            return;
        }
        header.with_mark(self.marking.colour).write(address);
        // SAFETY: old objects lie in blocks.
        self.marking.alive += unsafe { (*Block::of(address)).cell_bytes() };
        if self.layouts.of(header).has_refs {
            self.marking.stack.push((address, 0));
        }
    }

    /// Begins to mark, if it is time or `now`.
    pub(super) fn maybe_begin_marking(&mut self, now: bool) {
        let marking = &mut self.marking;
        let due = now || self.stressed || self.old.bytes > marking.threshold.max(LEAST);
        if marking.phase != Phase::Idle || !due {
            return;
        }
        marking.phase = Phase::Marking;
        marking.colour ^= MARK;
        marking.alive = 0;
        marking.slices = 0;
    }

    /// How many words the next slice may look at: the more survived, the more, so that marking ends before the heap has doubled.
    pub(super) fn slice(&mut self, promoted: usize) -> usize {
        self.marking.slices += 1;
        if self.stressed {
            return 64;
        }
        (SLICE + promoted / 8 * 3) << (self.marking.slices / 128).min(20)
    }

    /// Looks at grey objects, about so many words of them.
    pub(super) fn mark_some(&mut self, mut words: usize) {
        while words > 0
            && let Some((address, from)) = self.marking.stack.pop()
        {
            words = words.saturating_sub(self.mark_children(address, from) + 8);
        }
        if self.marking.stack.is_empty() {
            self.finish_marking();
        }
    }

    /// Marks what an object refers to; if it is long, only a part of it. Answers how many words that were.
    fn mark_children(&mut self, address: u64, from: usize) -> usize {
        let layouts = Rc::clone(&self.layouts);
        let known = layouts.of(Header::of(address));
        let mut words = 0;
        let mut visit = |word: *mut u64| {
            words += 1;
            // SAFETY: a word of a live object.
            let child = unsafe { word.read() };
            if child != 0 {
                debug_assert!(!self.is_young(child), "marking comes after the nursery is empty");
                self.mark(child);
            }
        };
        if from == 0 {
            layouts.each_field(known, address, &mut visit);
        }
        let more = layouts.each_elem(known, address, from..from + STRETCH, &mut visit);
        if more {
            self.marking.stack.push((address, from + STRETCH));
        }
        words
    }

    /// All that is alive is marked.
    fn finish_marking(&mut self) {
        let (colour, alive) = (self.marking.colour, self.marking.alive);
        self.watches.follow(|object| Header::of(object).is_marked(colour).then_some(object));
        self.marking.phase = Phase::Sweeping;
        self.marking.threshold = alive + (alive / 2).max(LEAST / 2);
        self.old.begin_sweep(colour, alive);
        self.stats.major += 1;
        self.stats.live = alive as u64;
    }

    /// Sweeps a part of old space, or all of it.
    pub(super) fn sweep_some(&mut self, all: bool) {
        if self.marking.phase != Phase::Sweeping {
            return;
        }
        let blocks = if all { usize::MAX } else { 16 + self.old.unswept() / 16 };
        self.old.sweep(blocks);
        self.forget_dead();
        if self.old.is_swept() {
            self.marking.phase = Phase::Idle;
        }
    }
}
