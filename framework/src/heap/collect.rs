//! Collections: everything alive leaves the nursery, and a slice of the work on old space is done.
//!
//! Survivors are copied straight to old space; what stood in their place tells where they are now. The roots of a collection are
//! those that [`Roots`] says, and the remembered set. Weak references and identity hashes follow.
//!
//! Invariant: afterwards the nursery is empty, no reference anywhere leads into it, and every old object is clean.
#![allow(unsafe_code, reason = "copies objects as raw memory")]

use super::blocks::OldSpace;
use super::header::Header;
use super::mark::{Phase, STRETCH};
use super::memory::{Heap, OutOfMemory};
use super::roots::Roots;
use super::stats::HeapStats;
use std::mem::take;
use std::rc::Rc;
use std::time::Instant;

/// How much to collect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// The nursery, and a slice of old space if it has grown.
    Young,
    /// Everything that is dead now.
    Full,
}

/// So much of the limit may be made beyond what is alive when the guest gets its error ..
const RESERVE: usize = 8;
/// .. but at least so many bytes.
const LEAST_RESERVE: usize = 1 << 20;
/// A nursery that has grown takes no more than this part of the limit ..
const ROOMIEST: usize = 16;
/// .. and no more than this part of old space, or so many bytes: what the caches do not hold is worth its while only if there is
/// much more than that anyway.
const ROOMIEST_OLD: usize = 4;
const ROOMY: usize = 4 << 20;

impl Heap {
    /// Collects. `roots` shows all roots; it may be called several times.
    ///
    /// # Errors
    /// If more than the limit is alive.
    pub(crate) fn collect(
        &mut self,
        extent: Extent,
        roots: &mut dyn FnMut(&mut Roots<'_>),
    ) -> Result<(), OutOfMemory> {
        let began = Instant::now();
        self.stats.peak = self.stats.peak.max(self.reserved() as u64);
        if extent == Extent::Young {
            self.collect_once(false, roots);
        }
        if extent == Extent::Full || self.used() > self.limit {
            if self.marking.phase == Phase::Marking {
                self.collect_once(true, roots); // ends a marking that began long ago
            }
            self.collect_once(true, roots);
            self.sweep_some(true);
        }
        if self.stressed && self.stats.minor >= self.verify_at {
            // The more there is to look at, the more rarely.
            let objects = self.verify(roots) as u64;
            self.verify_at = self.stats.minor + 1 + self.stats.minor / 32 + objects / 256;
        }
        let dead = self.watches.take_due();
        let pause = began.elapsed();
        self.stats.total += pause;
        self.stats.longest = self.stats.longest.max(pause);
        for finalizer in dead {
            finalizer();
        }
        self.judge()
    }

    /// Is less alive than the limit allows? If not, the guest gets an error, and until less is alive, a reserve: it needs memory
    /// to raise the error, and to get to where it is handled.
    fn judge(&mut self) -> Result<(), OutOfMemory> {
        let excess = self.used().saturating_sub(self.limit);
        let fits = excess <= self.reserve;
        self.reserve = match excess {
            0 => 0,
            _ if fits => self.reserve,
            // A guest that handles one error after the other, and lets go of nothing, comes to an end.
            _ => {
                let more = excess + (self.limit / RESERVE).max(LEAST_RESERVE);
                more.min(self.limit.max(LEAST_RESERVE))
            }
        };
        if fits { Ok(()) } else { Err(OutOfMemory { wanted: 0, limit: self.limit }) }
    }

    /// What the collector did so far.
    ///
    /// ```
    /// # use holloway::Heap;
    /// let mut heap = Heap::new();
    /// heap.collect_rooted();
    /// assert!(heap.stats().major > 0);
    /// ```
    pub fn stats(&self) -> HeapStats {
        HeapStats { peak: self.stats.peak.max(self.reserved() as u64), ..self.stats }
    }

    /// Collects everything that no handle leads to. Only for a heap without a runtime, whose roots are its handles.
    ///
    /// # Panics
    /// If the heap belongs to a runtime.
    ///
    /// ```
    /// # use holloway::{Heap, OutOfMemory, Val};
    /// let mut heap = Heap::new();
    /// let kept = heap.array_of(&[Val::int(1)])?;
    /// let kept = heap.root(kept);
    /// heap.array_filled(1000, Val::NIL)?; // nobody keeps this one
    /// heap.collect_rooted();
    /// assert_eq!(kept.get(&heap).load(0), Some(Val::int(1)));
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    pub fn collect_rooted(&mut self) {
        assert!(!self.bump.is_collected(), "the runtime of this heap collects at merge points");
        let _ = self.collect(Extent::Full, &mut |_| {});
    }

    fn collect_once(&mut self, fully: bool, roots: &mut dyn FnMut(&mut Roots<'_>)) {
        let before = self.old.bytes;
        let direct = take(&mut self.direct);
        self.stats.minor += 1;
        self.sweep_some(fully);
        self.maybe_begin_marking(fully);
        roots(&mut Roots { heap: self });
        self.visit_own_roots();
        self.visit_remembered();
        self.scan_promoted();
        let nursery = &self.nursery;
        self.watches.follow(|object| match nursery.contains(object) {
            true => Header::of(object).moved_to(),
            false => Some(object),
        });
        self.identities.get_mut().bury_young();
        let promoted = self.old.bytes.saturating_sub(before);
        let young = self.nursery.used(&self.bump);
        let most = (self.limit / ROOMIEST).min(ROOMY.max(self.old.bytes / ROOMIEST_OLD));
        self.nursery.adapt(promoted, young, most);
        self.nursery.empty(&self.bump, self.stressed);
        self.stay_tenuring();
        self.stats.promoted += promoted as u64;
        if self.marking.phase == Phase::Marking {
            let words = if fully { usize::MAX } else { self.slice(promoted + direct) };
            self.mark_some(words);
        }
    }

    /// Handles, and members of prototypes.
    pub(super) fn visit_own_roots(&mut self) {
        let handles = Rc::clone(&self.handles);
        handles.each(|word| self.visit(word));
        let mut members = take(&mut self.shapes.prototypes.values);
        Roots { heap: self }.vals(&mut members);
        self.shapes.prototypes.values = members;
    }

    /// A reference is alive: where its object lies now.
    #[inline]
    pub(super) fn visit(&mut self, address: u64) -> u64 {
        if self.nursery.contains(address) {
            return self.promote(address);
        }
        match self.marking.phase {
            Phase::Marking => self.mark(address),
            Phase::Verifying => self.promoted.push(address),
            Phase::Idle | Phase::Sweeping => {}
        }
        address
    }

    /// A reference to an object that does not move is alive.
    pub(super) fn visit_tenured(&mut self, address: u64) {
        assert!(!self.nursery.contains(address), "a young object is not tenured");
        self.visit(address);
    }

    /// Moves a young object to old space, unless that is done.
    fn promote(&mut self, address: u64) -> u64 {
        let header = Header::of(address);
        if let Some(to) = header.moved_to() {
            return to;
        }
        assert!(self.marking.phase != Phase::Verifying, "a reference leads into the nursery");
        let known = self.layouts.of(header);
        let (bytes, has_refs) = (known.bytes(header), known.has_refs);
        // The system itself is out of memory in the middle of a collection: nothing can go on.
        let Some(to) = self.old.allocate(bytes) else { std::process::abort() };
        // SAFETY: a cell of at least as many bytes, elsewhere.
        unsafe { copy_words(address as *const u64, to as *mut u64, bytes / 8) };
        self.marking.count_new(OldSpace::footprint(bytes));
        header.with_clean(true).with_mark(self.marking.colour).write(to);
        if header.is_hashed() {
            self.forget_dead(); // one of them may have lain there
            self.identities.get_mut().moved(address, to);
        }
        Header::forward(to).write(address);
        if has_refs {
            self.promoted.push(to);
        }
        to
    }

    /// What old objects refer to that were written since the last collection.
    fn visit_remembered(&mut self) {
        let (objects, layouts) = (self.remembered.take(), Rc::clone(&self.layouts));
        for &address in &objects {
            let header = Header::of(address).with_clean(true);
            header.write(address);
            // While old space is being marked, a long object is left to the slices of marking, but for what is young.
            let long = self.marking.phase == Phase::Marking
                && layouts.of(header).capacity(header) > STRETCH;
            if long && header.is_marked(self.marking.colour) {
                self.marking.stack.push((address, 0));
            }
            layouts.each_ref(address, &mut |word| self.visit_word(word, long));
        }
        self.remembered.recycle(objects);
    }

    /// What promoted objects refer to, and so on.
    fn scan_promoted(&mut self) {
        let layouts = Rc::clone(&self.layouts);
        while let Some(address) = self.promoted.pop() {
            layouts.each_ref(address, &mut |word| self.visit_word(word, false));
        }
    }

    /// Visits a reference in an object; `young`: unless it is an old one.
    #[inline]
    fn visit_word(&mut self, word: *mut u64, young: bool) {
        // SAFETY: a word of a live object.
        let child = unsafe { word.read() };
        if child == 0 {
            return;
        }
        if self.nursery.contains(child) {
            let moved = self.promote(child);
            // SAFETY: as above.
            unsafe { word.write(moved) };
        } else if !young && self.marking.phase == Phase::Marking {
            self.mark(child);
        }
    }
}

/// Copies words. Most objects have few of them.
///
/// # Safety
/// As many words at both addresses, which are not the same.
#[inline(always)]
unsafe fn copy_words(from: *const u64, to: *mut u64, count: usize) {
    macro_rules! copy {
        ($($few:literal)*) => {
            match count {
                // SAFETY: the caller vouches for it.
                $($few => unsafe { to.cast::<[u64; $few]>().write(from.cast::<[u64; $few]>().read()) },)*
                // SAFETY: as above.
                _ => unsafe { std::ptr::copy_nonoverlapping(from, to, count) },
            }
        };
    }
    copy!(2 3 4 5 6 7 8);
}
