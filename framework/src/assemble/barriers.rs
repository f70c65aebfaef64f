//! Which stores need a write barrier.
//!
//! The collector must hear of every reference that is stored into an old object. Machine code is left for collections, so in one
//! pass through a trace there is none: an object that was allocated in this pass is young, and one barrier for an object is
//! enough. A call that may write the heap ends that certainty, for it may collect in some world or other; so does the label, where
//! other traces enter.
//!
//! Invariant: a store without barrier stores no reference, or a constant (which the collector knows as a root), or it stores into
//! an object that is young or in the remembered set.

use crate::heap::{Tag, array::Storage};
use crate::trace::{Effect, Op, Opcode, Ref, Trace, Ty, Width};
use hashbrown::{HashMap, HashSet};

/// For each op: is it a store that needs a barrier?
pub(super) fn needed(trace: &Trace) -> Vec<bool> {
    let mut needed = vec![false; trace.ops.len()];
    let mut known = Known { trace, done: HashSet::new(), kinds: HashMap::new() };
    for (i, op) in trace.ops.iter().enumerate() {
        match op.code {
            Opcode::New | Opcode::NewArray => {
                known.done.insert(Ref::op(i));
            }
            Opcode::FieldStore | Opcode::ElemStore if known.may_store_reference(i, op) => {
                needed[i] = known.done.insert(op.args[0]);
            }
            Opcode::GuardValue => known.learn_kind(op),
            Opcode::Label => known.done.clear(),
            Opcode::Call if !op.call().effect().writes() => {}
            _ if op.code.effect() == Effect::Call => {
                known.done.clear();
                known.kinds.clear();
            }
            _ => {}
        }
    }
    needed
}

struct Known<'t> {
    trace: &'t Trace,
    /// Young, or in the remembered set.
    done: HashSet<Ref>,
    /// Kinds of storages.
    kinds: HashMap<Ref, u64>,
}

impl Known<'_> {
    fn learn_kind(&mut self, guard: &Op) {
        let Some(load) = self.trace.def(guard.args[0]) else { return };
        if load.code == Opcode::FieldLoad
            && load.access().get().name == Storage::KIND.name
            && let Some(kind) = self.trace.as_const(guard.args[1])
        {
            self.kinds.insert(load.args[0], kind.bits);
        }
    }

    fn may_store_reference(&self, at: usize, store: &Op) -> bool {
        let access = store.access().get();
        if !access.may_hold_reference() {
            return false;
        }
        let value = store.operands()[store.operands().len() - 1];
        if !self.may_be_reference(value) {
            return false;
        }
        if let Some(&kind) = self.kinds.get(&store.args[0])
            && access.name == Storage::WORDS.name
        {
            return is_kind_of_references(kind);
        }
        // The tag of a dynamic value is stored just before its payload.
        let before = at.checked_sub(1).map(|i| &self.trace.ops[i]);
        let tag = before.filter(|op| {
            let words = op.code == Opcode::FieldStore && op.args[0] == store.args[0];
            words && op.access().get().offset + 8 == access.offset
        });
        match tag.and_then(|op| self.trace.as_const(op.args[1])) {
            Some(tag) => Tag(tag.bits as u32).is_object(),
            None => true,
        }
    }

    fn may_be_reference(&self, value: Ref) -> bool {
        let Some(op) = self.trace.def(value) else { return false };
        match (self.trace.ty(value), op.code) {
            (Ty::Ref, _) => true,
            (Ty::Int, Opcode::RefBits) => true,
            (Ty::Int, Opcode::FieldLoad | Opcode::ElemLoad) => {
                let access = op.access().get();
                let of_kind = self.kinds.get(&op.args[0]).copied();
                let plain = access.name == Storage::WORDS.name
                    && of_kind.is_some_and(|kind| !is_kind_of_references(kind));
                access.width == Width::Word(Ty::Int) && access.may_hold_reference() && !plain
            }
            (Ty::Int, code) => {
                matches!(code.effect(), Effect::Load | Effect::Call | Effect::Structure)
            }
            _ => false,
        }
    }
}

fn is_kind_of_references(kind: u64) -> bool {
    let kind = Tag(kind as u32);
    kind == Tag::MIXED || kind.is_object()
}
