//! Code that relied on what has changed.
//!
//! ```text
//! a prototype changes --> its validity cell breaks --> before machine code runs again: every trace that names the cell, and
//! whatever grows from such a trace or jumps into it, is invalid: no header, no call and no guard leads there any more, its
//! `guard_valid`s leave --> as soon as no machine code runs, it is evicted
//! ```
//! So it goes with traces that nothing makes wrong, when better ones are to take their place ([`forget_open`]).
//!
//! Machine code that waits for a call while this happens goes on to its next `guard_valid`. Until there it relies on nothing
//! that may have changed: what it found out before the call, the interpreter would have found out before the call as well.
//!
//! Invariant: when machine code is entered, or a call from machine code returns, no trace that is not invalid names a broken cell.

use super::driver::CompiledTrace;
use super::evict;
use crate::assemble;
use crate::language::{Language, Runtime};
use crate::observe::{Event, Why};
use crate::trace::TraceId;
use hashbrown::HashSet;

impl<L: Language> Runtime<L> {
    /// Invalidates the traces that rely on what has changed since the last time.
    #[inline(always)]
    pub(crate) fn settle_validity(&mut self) {
        if self.heap().shapes.validity.has_broken() || !self.jit.invalid.is_empty() {
            self.settle_broken();
        }
    }

    #[cold]
    #[inline(never)]
    fn settle_broken(&mut self) {
        let broken = self.heap().shapes.validity.take_broken();
        if !broken.is_empty() {
            invalidate(self, &broken);
        }
        if self.jit.depth == 0 && !self.jit.invalid.is_empty() {
            evict::evict_invalid(self);
        }
    }

    /// Has something changed that was relied on?
    pub(crate) fn are_valid(&mut self, cells: &[u64]) -> bool {
        let validity = &self.heap().shapes.validity;
        cells.iter().all(|&cell| validity.is_alive(cell))
    }
}

fn invalidate<L: Language>(rt: &mut Runtime<L>, broken: &[u64]) {
    remove(rt, Why::Changed, |trace| trace.relies_on.iter().any(|c| broken.contains(c)));
}

/// The traces that leave a frame of this function open where they end are not wrong, but not wanted: what comes now calls it.
pub(super) fn forget_open<L: Language>(rt: &mut Runtime<L>, code: usize) {
    remove(rt, Why::Inlined, |trace| trace.open.contains(&code));
}

/// Takes such traces away, and what grows from them or jumps into them.
fn remove<L: Language>(rt: &mut Runtime<L>, why: Why, is_such: impl Fn(&CompiledTrace) -> bool) {
    let numbered = (1..).map(TraceId).zip(&rt.jit.traces);
    let first: HashSet<TraceId> =
        numbered.filter(|(_, t)| t.as_deref().is_some_and(&is_such)).map(|(id, _)| id).collect();
    if first.is_empty() {
        return;
    }
    let mut gone: Vec<TraceId> = evict::with_dependents(rt, first).into_iter().collect();
    gone.retain(|id| !rt.jit.invalid.contains(id));
    gone.sort_unstable();
    let jit = &mut rt.jit;
    let Some(memory) = jit.memory.as_mut() else { return };
    for &id in &gone {
        let Some(trace) = jit.traces[id.0 as usize - 1].as_deref() else { continue };
        assemble::invalidate(memory, &trace.code);
        if trace.parent.is_none() && trace.function.is_some() {
            assemble::close(memory, &trace.code, trace.start);
        }
        if let Some((parent, exit)) = trace.parent
            && let Some(Some(parent)) = jit.traces.get_mut(parent.0 as usize - 1)
        {
            assemble::detach(memory, &parent.code.exits[exit as usize]);
            parent.exits[exit as usize] = Default::default();
        }
    }
    jit.counters.forget(|id| gone.contains(&id));
    jit.stats.invalidated += gone.len() as u64;
    jit.invalid.extend(&gone);
    rt.emit(&Event::Invalidated { traces: &gone, why });
}
