//! What folding may know about the world: the results that this very recording saw.
//!
//! An immutable field read from an object, or an elidable function called with some words, gave a result while the trace was
//! recorded. Wherever the optimizer finds that the object or the words are constants, it asks for that result again. Nothing is
//! read from addresses and nothing is called here, so a wrong guess of the optimizer (an address that is none, say, in code that
//! is never reached) cannot do harm: it gets no answer.
//!
//! Invariant: an answer is what the load or call would yield now, because immutable fields keep their words and elidable
//! functions depend on their arguments alone. (Those that are only loop-invariant are left out.)

use crate::heap::{Heap, is_frozen};
use crate::optimize::Oracle;
use crate::record::recorder::Recorder;
use crate::trace::{AccessId, CallEffect, CallId, Mutability, Opcode, Ref, Ty};
use hashbrown::HashMap;

/// Remembers the loads and calls of one recording.
#[derive(Default)]
pub(super) struct Seen {
    loads: HashMap<(AccessId, u64, Option<i64>), u64>,
    /// Of objects whose words never change.
    frozen: HashMap<(AccessId, u64, Option<i64>), u64>,
    calls: HashMap<(CallId, Vec<u64>), u64>,
}

impl Seen {
    /// Everything that may be folded in this recording. Young objects are not: they will move.
    pub(super) fn new(recorder: &Recorder, heap: &Heap) -> Seen {
        let (trace, mut seen) = (&recorder.trace, Seen::default());
        for (i, op) in trace.ops.iter().enumerate() {
            let result = || recorder.word(Ref::op(i));
            let young = || op.access().get().may_hold_reference() && heap.is_young(result());
            let word = |n: usize| recorder.word(op.args[n]);
            let immutable = || op.access().get().mutability == Mutability::Immutable;
            match op.code {
                Opcode::FieldLoad if immutable() && !young() => {
                    seen.loads.insert((op.access(), word(0), None), result());
                }
                Opcode::ElemLoad if immutable() && !young() => {
                    seen.loads.insert((op.access(), word(0), Some(word(1) as i64)), result());
                }
                Opcode::FieldLoad if is_frozen(word(0)) => {
                    seen.frozen.insert((op.access(), word(0), None), result());
                }
                Opcode::ElemLoad if is_frozen(word(0)) => {
                    seen.frozen.insert((op.access(), word(0), Some(word(1) as i64)), result());
                }
                Opcode::Call
                    if is_elidable(op.call())
                        && !recorder.invariant.contains(&op.call())
                        && !(op.ty == Ty::Ref && heap.is_young(result())) =>
                {
                    let words = trace.list(op).iter().map(|&r| recorder.word(r)).collect();
                    seen.calls.insert((op.call(), words), result());
                }
                _ => {}
            }
        }
        seen
    }
}

/// Depends on its arguments alone and always has a result.
fn is_elidable(call: CallId) -> bool {
    let desc = call.get();
    desc.effect == CallEffect::Elidable && !desc.can_fail
}

impl Oracle for Seen {
    fn load(&self, access: AccessId, object: u64, index: Option<i64>) -> Option<u64> {
        self.loads.get(&(access, object, index)).copied()
    }

    fn frozen(&self, access: AccessId, object: u64, index: Option<i64>) -> Option<u64> {
        self.frozen.get(&(access, object, index)).copied()
    }

    fn call(&self, callee: CallId, arguments: &[u64]) -> Option<u64> {
        self.calls.get(&(callee, arguments.to_vec())).copied()
    }
}
