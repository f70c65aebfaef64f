//! Getting rid of traces: the older half when code memory is used up, all of them when the host asks.
//!
//! Invariants: no code is freed while machine code runs anywhere on the native stack; a trace goes together with everything
//! that grows from it, and with every trace that jumps into it, whose own exits then leave for the interpreter again.

use crate::assemble;
use crate::language::{Language, Runtime};
use crate::observe::Event;
use crate::trace::{Opcode, Target, TraceId};
use hashbrown::HashSet;

/// Evicts the older half of the living traces.
pub(super) fn evict_old<L: Language>(rt: &mut Runtime<L>) {
    let living: Vec<u32> = living(rt);
    let Some(&middle) = living.get(living.len() / 2) else { return };
    evict(rt, |id| id.0 <= middle);
}

fn living<L: Language>(rt: &Runtime<L>) -> Vec<u32> {
    let numbered = rt.jit.traces.iter().enumerate();
    numbered.filter(|(_, t)| t.is_some()).map(|(i, _)| i as u32 + 1).collect()
}

impl<L: Language> Runtime<L> {
    /// Forgets all machine code, to be compiled anew where it is still needed. Does nothing while machine code is running.
    pub fn flush_traces(&mut self) {
        evict(self, |_| true);
    }
}

fn evict<L: Language>(rt: &mut Runtime<L>, chosen: impl Fn(TraceId) -> bool) {
    if rt.jit.depth > 0 {
        return; // some of it is being run
    }
    let first = living(rt).into_iter().map(TraceId).filter(|&id| chosen(id)).collect();
    let gone = with_dependents(rt, first);
    rt.update_stats(); // what the evicted ones counted
    let jit = &mut rt.jit;
    let Some(memory) = jit.memory.as_mut() else { return };
    let mut embedded = Vec::new();
    for &id in &gone {
        let Some(trace) = jit.traces[id.0 as usize - 1].take() else { continue };
        memory.free(trace.code.range.clone());
        jit.call_sites.remove(&trace.code.call_sites);
        embedded.extend(&trace.references);
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
    jit.stats.evicted += gone.len() as u64;
    jit.invalid.retain(|id| !gone.contains(id));
    jit.counters.forget(|id| gone.contains(&id));
    // Machine code stores constants without telling the collector.
    embedded.into_iter().for_each(|word| rt.heap().keep_tenured(word));
    let mut gone: Vec<TraceId> = gone.into_iter().collect();
    gone.sort_unstable();
    rt.emit(&Event::Evicted { traces: &gone });
}

/// Evicts the traces that are invalid.
pub(super) fn evict_invalid<L: Language>(rt: &mut Runtime<L>) {
    let invalid = std::mem::take(&mut rt.jit.invalid);
    evict(rt, |id| invalid.contains(&id));
}

/// These traces, and all that must go with them.
pub(super) fn with_dependents<L: Language>(
    rt: &Runtime<L>,
    mut gone: HashSet<TraceId>,
) -> HashSet<TraceId> {
    loop {
        let before = gone.len();
        for id in living(rt).into_iter().map(TraceId) {
            if depends_on(rt, id, &gone) {
                gone.insert(id);
            }
        }
        if gone.len() == before {
            return gone;
        }
    }
}

/// Does this trace grow from, or jump into, one of these?
fn depends_on<L: Language>(rt: &Runtime<L>, id: TraceId, gone: &HashSet<TraceId>) -> bool {
    let Some(trace) = rt.jit.trace(id) else { return false };
    if trace.parent.is_some_and(|(p, _)| gone.contains(&p)) {
        return true;
    }
    let jumps = trace.trace.ops.iter().filter(|op| op.code == Opcode::Jump);
    jumps.into_iter().any(|op| match trace.trace.target(op) {
        Target::Label => false,
        Target::Loop { trace, .. } | Target::Entry { trace, .. } => gone.contains(&trace),
    })
}
