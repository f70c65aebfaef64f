//! Collections: the driver's side. When, and with which roots.
//!
//! Invariant: a collection happens at a merge point, with the VM stack in memory complete up to the running frame, and only if no
//! frame of Rust further down may hold references: no recording is under way and nothing is pinned.

use super::signal;
use crate::heap::OutOfMemory;
use crate::heap::collect::Extent;
use crate::heap::roots::Roots;
use crate::language::{At, Language, Runtime, dead};
use crate::record::Abort;
use crate::record::recorder::Recorder;
use crate::record::tls;

/// A collection, which visits the whole stack, waits until young objects take this part of the stack's bytes.
const DEEP: usize = 4;

/// Under stress: bytes of a stack that is not deep.
const STRESSED_STACK: usize = 4 << 10;
/// Under stress: bytes of a stack that is very deep.
const VERY_DEEP: usize = 64 << 10;

/// Under stress: collections of a program that runs long.
const STRESSED_LONG: usize = 16 << 10;

/// A recording that waits for a call is given up when so many others could not begin meanwhile.
const PATIENCE: u32 = 100;

/// Where a merge point is: the place, and the base of its frame.
pub(crate) type Point<L> = (At<<L as Language>::Code>, *mut u64);

impl<L: Language> Runtime<L> {
    /// May objects move now?
    pub(crate) fn may_collect(&self) -> bool {
        self.pins == 0 && !tls::active()
    }

    /// Is something being recorded? (It may be suspended.)
    pub(crate) fn is_recording(&self) -> bool {
        // One that waits for a call and was given up meanwhile keeps nobody from recording. The others began after that, so there may be
        // many that were given up, but only the last one can be of use.
        tls::active() || self.suspended.last().is_some_and(|r| r.ending.is_none())
    }

    /// Keeps objects where they are until [`Runtime::unpin`].
    #[inline]
    pub(crate) fn pin(&mut self) {
        self.pins += 1;
    }

    /// May a recording begin? One that waits for a call keeps others from it for a while only: what it calls goes on for long, and is
    /// to be compiled first.
    pub(crate) fn may_record(&mut self) -> bool {
        if !self.is_recording() {
            return true;
        }
        self.turned_away += 1;
        if tls::active() || self.turned_away < PATIENCE {
            return false;
        }
        self.turned_away = 0;
        self.suspended.last_mut().into_iter().for_each(|waiting| waiting.abort(Abort::InnerLoop));
        true
    }

    /// See [`Runtime::pin`].
    #[inline]
    pub(crate) fn unpin(&mut self) {
        self.pins -= 1;
        if self.collection_waits && self.may_collect() {
            self.collection_waits = false;
            self.heap().bump.raise();
        }
    }

    /// Collects at this merge point, if that is possible.
    ///
    /// # Errors
    /// If more than the heap's limit is alive.
    #[cold]
    #[inline(never)]
    pub(crate) fn collect_at(&mut self, point: Point<L>) -> Result<(), OutOfMemory> {
        if !self.may_collect() {
            self.collection_waits = true;
            return Ok(());
        }
        if self.jit.options.stress != 0 {
            self.heap().bump.raise();
            // Not at all merge points of a program that runs long, nor if the stack is deep: to visit it takes long.
            self.passed_over += 1;
            let bytes = point.1 as usize - self.stack.start() as usize;
            let deep = bytes / STRESSED_STACK * (1 + bytes / VERY_DEEP);
            let long = self.heap().stats().minor as usize / STRESSED_LONG;
            if self.passed_over < deep.max(long) {
                return Ok(());
            }
            self.passed_over = 0;
        } else {
            let deep = point.1 as usize - self.stack.start() as usize;
            if self.heap().may_wait(deep / DEEP) {
                return Ok(());
            }
        }
        self.collect_with(point, &mut [])
    }

    /// Collects at this merge point, with these recordings as roots besides all others.
    pub(crate) fn collect_with(
        &mut self,
        (at, base): Point<L>,
        recordings: &mut [&mut Recorder],
    ) -> Result<(), OutOfMemory> {
        crate::run::complete_all();
        let top = base.wrapping_add(usize::from(L::height(at)) * 2);
        dead::forget::<L>(base);
        // The heap is part of the language's state, which shows its roots.
        let mut heap = std::mem::take(self.heap());
        let Runtime { host, stack, jit, suspended, .. } = self;
        let done = heap.collect(Extent::Young, &mut |roots: &mut Roots<'_>| {
            roots.pairs(stack.words_below(top));
            L::roots(host, roots);
            for recording in recordings.iter_mut() {
                recording.roots(roots);
            }
            for recording in suspended.iter_mut() {
                recording.roots(roots);
            }
            if roots.wants_tenured() {
                for trace in jit.traces.iter().flatten() {
                    trace.references.iter().for_each(|&word| roots.tenured_word(word));
                }
            }
        });
        self.stack.clear_above(top);
        let unused = std::mem::replace(self.heap(), heap);
        assert!(unused.used() == 0, "objects were made while roots were shown");
        done
    }

    /// Collects at this merge point if this recording, which ended here, holds references to young objects. Answers if its
    /// constants are old now.
    pub(crate) fn settle(&mut self, recorder: &mut Recorder, point: Point<L>) -> bool {
        let heap = self.heap();
        let young = recorder.constants().any(|word| heap.is_young(word));
        if !young && !recorder.immutable_reads().any(|word| heap.is_young(word)) {
            return true;
        }
        if !self.may_collect() {
            return !young;
        }
        if self.collect_with(point, &mut [recorder]).is_err() {
            self.memory_exceeded = true;
            signal::raise(&mut self.context, signal::MEMORY);
        }
        true
    }
}
