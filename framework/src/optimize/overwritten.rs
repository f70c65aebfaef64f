//! Stores that nobody sees, because another store to the same word follows.
//!
//! ```text
//! p0 = new P                          p0 = new P
//! field_store p0.P.x, 0         =>    field_store p0.P.x, i1
//! field_store p0.P.x, i1              guard_true b2 -> s0
//! guard_true b2 -> s0
//! ```
//! Backwards: a word that will be written again stays that until something may look at it. Whoever the trace is left to sees all
//! of memory, so guards end it for all words, and so do calls and the label. A load ends it for the words that it may
//! read: aliasing goes by type, as in HEAP.
//!
//! Must not: touch a store that a guard, a call, a load or another trace can see.

use crate::trace::{AccessId, Effect, Op, Opcode, Ref, Trace};

/// What a store writes.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Slot(u32),
    Word { access: AccessId, object: Ref, index: Ref },
}

impl Place {
    fn of(op: &Op) -> Option<Place> {
        let [object, index, _] = op.args;
        match op.code {
            Opcode::SlotStore => Some(Place::Slot(op.aux)),
            Opcode::FieldStore => {
                Some(Place::Word { access: op.access(), object, index: Ref::NONE })
            }
            Opcode::ElemStore => Some(Place::Word { access: op.access(), object, index }),
            _ => None,
        }
    }
}

/// More words are not kept in mind: a long run of stores must not take quadratic time.
const MOST: usize = 64;

/// The stores from op `from` on that may go, as one answer for each op of the trace.
pub(super) fn find(trace: &Trace, from: usize) -> Vec<bool> {
    let mut found = vec![false; trace.ops.len()];
    let mut written: Vec<Place> = Vec::new();
    for index in (from..trace.ops.len()).rev() {
        let op = &trace.ops[index];
        if let Some(place) = Place::of(op) {
            found[index] = written.contains(&place);
            if !found[index] && written.len() < MOST {
                written.push(place);
            }
            continue;
        }
        match op.code {
            Opcode::SlotLoad => written.retain(|&place| place != Place::Slot(op.aux)),
            Opcode::FieldLoad | Opcode::ElemLoad => written.retain(
                |place| !matches!(place, Place::Word { access, .. } if *access == op.access()),
            ),
            _ if sees_memory(op) => written.clear(),
            _ => {}
        }
    }
    found
}

/// May the op, or what follows it elsewhere, look at any word?
fn sees_memory(op: &Op) -> bool {
    op.snap.is_some() || !matches!(op.code.effect(), Effect::Pure | Effect::Alloc)
}
