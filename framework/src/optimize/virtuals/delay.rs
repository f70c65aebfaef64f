//! Delayed stores: a virtual that is stored into a real object stays virtual until somebody may look there.
//!
//! ```text
//! p2 = new Point                              p2 = virtual Point, 0
//! field_store p2.Point.x, i1                  guard_true b3 -> s0
//! field_store p0.Body.at, p2                  p4 = new Point
//! guard_true b3 -> s0                   =>    field_store p0.Body.at, p4
//! p4 = new Point                              s0: @1 {} virtuals [p2 {Point.x: i1}] memory [p0 {Body.at: p2}]
//! field_store p0.Body.at, p4
//! ```
//! An exit in between makes the object and does the store; another store to the same word takes its place. Loads of that
//! word are answered by HEAP, which is told of the store as if it had been done. (RPython's lazy stores, whose guards have
//! "pending fields".)
//!
//! Invariants: two delayed stores never write the same word, so their order does not matter; an op that may read or write
//! such a word comes after them, and so does everything behind the end of the recording.

use super::state::State;
use crate::optimize::context::Context;
use crate::optimize::heap::are_distinct;
use crate::optimize::pass::Answer;
use crate::optimize::pipeline::Pipeline;
use crate::optimize::{feeder::reinterpret, virtuals::bare};
use crate::trace::{
    CallEffect, Effect, KeyId, Op, Opcode, Ref, Ty, VirtualObject, VirtualStore, Width,
};

/// So many stores are delayed at once: each snapshot tells all of them.
const MOST: usize = 8;

/// A store to be done.
#[derive(Clone, Copy, Debug)]
pub(super) struct Delayed {
    object: Ref,
    store: VirtualStore,
    /// Where it was recorded.
    at: KeyId,
}

/// Can this store wait? It must be one of a virtual into a known word of an object that is none.
pub(super) fn delay(cx: &Context<'_>, op: &Op) -> Option<Answer> {
    let access = op.access().lookup()?;
    let (object, value) = (op.args[0], op.operands()[op.operands().len() - 1]);
    let is_place = cx.virtual_behind(object).is_none() && place(cx, op).is_some();
    let is_word = matches!(access.width, Width::Word(_));
    let is_virtual = cx.virtual_behind(bare(cx, value)).is_some();
    (is_place && is_word && is_virtual).then_some(Answer::Delay)
}

/// The element that the store writes: `Some(None)` for a field, `None` if that is not known.
fn place(cx: &Context<'_>, op: &Op) -> Option<Option<u32>> {
    match op.code {
        Opcode::FieldStore => Some(None),
        _ => Some(Some(cx.int(op.args[1])?.try_into().ok()?)),
    }
}

impl State {
    /// Are no stores delayed?
    pub(in crate::optimize) fn is_settled(&self) -> bool {
        self.delayed.is_empty()
    }
}

impl Context<'_> {
    /// What the delayed stores write, as a snapshot tells it.
    pub(super) fn delayed(&self) -> Vec<VirtualObject> {
        let mut memory: Vec<VirtualObject> = Vec::new();
        for delayed in &self.virtuals.delayed {
            let (name, value) = (self.resolve(delayed.object), self.resolve(delayed.store.value));
            let store = VirtualStore { value, ..delayed.store };
            match memory.iter_mut().find(|object| object.name == name) {
                Some(object) => object.stores.push(store),
                None => memory.push(VirtualObject { name, stores: vec![store] }),
            }
        }
        memory
    }

    /// May the op read or write the word of this store?
    fn meets(&self, op: &Op, delayed: &Delayed) -> bool {
        match op.code {
            Opcode::FieldLoad | Opcode::FieldStore => {
                op.access() == delayed.store.access
                    && !are_distinct(self, op.args[0], self.resolve(delayed.object))
            }
            Opcode::ElemLoad | Opcode::ElemStore => {
                let index = self.int(op.args[1]);
                let other = delayed.store.index.map(i64::from);
                op.access() == delayed.store.access
                    && !are_distinct(self, op.args[0], self.resolve(delayed.object))
                    && (index.is_none() || index == other)
            }
            Opcode::SlotLoad | Opcode::SlotStore | Opcode::Virtual => false,
            Opcode::Call => op.call().lookup().is_none_or(|c| c.effect != CallEffect::Elidable),
            code => !matches!(code.effect(), Effect::Pure | Effect::Guard | Effect::Alloc),
        }
    }

    /// Does the op write just the word of this store?
    fn covers(&self, op: &Op, delayed: &Delayed) -> bool {
        matches!(op.code, Opcode::FieldStore | Opcode::ElemStore)
            && op.access() == delayed.store.access
            && op.args[0] == self.resolve(delayed.object)
            && place(self, op) == Some(delayed.store.index)
    }
}

impl Pipeline<'_, '_> {
    /// Delays a store; the passes take it for done. `false` if its value has been allocated meanwhile, for one that came before.
    pub(in crate::optimize) fn delay(&mut self, op: &Op) -> bool {
        self.settle(op);
        if self.cx.virtuals.delayed.len() == MOST {
            let oldest = self.cx.virtuals.delayed.remove(0);
            self.carry_out(oldest);
        }
        let value = self.cx.resolve(op.operands()[op.operands().len() - 1]);
        let value = bare(&self.cx, value);
        let Some(index) = place(&self.cx, op) else { return false };
        if self.cx.virtual_behind(value).is_none() {
            return false;
        }
        let store = VirtualStore { access: op.access(), index, value };
        self.cx.virtuals.delayed.push(Delayed { object: op.args[0], store, at: self.cx.at });
        self.cx.virtuals.change();
        self.learn(op, Ref::NONE);
        true
    }

    /// Before an op: carries the stores out that it may meet, and forgets the one whose word it writes. So are those done whose
    /// value has been allocated since.
    pub(in crate::optimize) fn settle(&mut self, op: &Op) {
        let mut i = 0;
        while let Some(&delayed) = self.cx.virtuals.delayed.get(i) {
            let is_covered = self.cx.covers(op, &delayed);
            let value = self.cx.resolve(delayed.store.value);
            let is_real = self.cx.virtual_behind(value).is_none();
            if !(is_covered || is_real || self.cx.meets(op, &delayed)) {
                i += 1;
                continue;
            }
            self.cx.virtuals.delayed.remove(i);
            self.cx.virtuals.change();
            if !is_covered {
                self.carry_out(delayed);
                // Making the object may have carried out others.
                i = 0;
            }
        }
    }

    /// Carries all delayed stores out.
    pub(in crate::optimize) fn settle_all(&mut self) {
        while let Some(delayed) = self.cx.virtuals.delayed.pop() {
            self.cx.virtuals.change();
            self.carry_out(delayed);
        }
    }

    fn carry_out(&mut self, delayed: Delayed) {
        let Delayed { object, store, at } = delayed;
        let Some(access) = store.access.lookup() else { return };
        let here = std::mem::replace(&mut self.cx.at, at);
        let value = self.real(store.value);
        // A conversion is no guard.
        if let Ok(value) = reinterpret(value, access.width.ty(), self) {
            let object = self.cx.resolve(object);
            // Not fed: HEAP takes it for done.
            let store = match store.index {
                None => Op::new(Opcode::FieldStore, Ty::Int, &[object, value], store.access.0),
                Some(index) => {
                    let index = self.cx.make_int(index.into());
                    let args = [object, index, value];
                    Op::new(Opcode::ElemStore, Ty::Int, &args, store.access.0)
                }
            };
            self.commit(store);
        }
        self.cx.at = here;
    }
}
