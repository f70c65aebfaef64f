//! Objects in a recording: loads, stores and allocations.
//!
//! Invariant: every one has an entry in the replay log, also a load that is not recorded because its word is known.

use super::Recorder;
use crate::trace::{Access, AccessId, LayoutId, Op, Opcode, Ref, Ty, Width};

impl Recorder {
    /// Registers how a field or element lies in memory.
    pub(crate) fn access(
        &mut self,
        name: &'static str,
        part: u32,
        make: impl FnOnce() -> Access,
    ) -> AccessId {
        *self.accesses.entry((name.as_ptr() as usize, part)).or_insert_with(|| AccessId::of(make()))
    }

    pub(crate) fn record_load(
        &mut self,
        access: AccessId,
        base: Ref,
        index: Option<Ref>,
        bits: u64,
    ) -> Ref {
        let ty = access.get().width.ty();
        let base = self.canonical(base);
        let index = index.map_or(Ref::NONE, |i| self.canonical(i));
        if let Some(known) = self.known_word(access, (base, index), bits) {
            self.log.push(known);
            return known;
        }
        let op = match index {
            Ref::NONE => Op::new(Opcode::FieldLoad, ty, &[base], access.0),
            index => Op::new(Opcode::ElemLoad, ty, &[base, index], access.0),
        };
        let name = self.push(op, bits);
        self.cache.learn(&self.trace, access, (base, index), name);
        self.log.push(name);
        name
    }

    /// The name of what a load yields, if that is known.
    fn known_word(&mut self, access: AccessId, place: (Ref, Ref), bits: u64) -> Option<Ref> {
        let ty = access.get().width.ty();
        if self.is_frozen(place) {
            // What it refers to lives as long as it does.
            let object = self.word(place.0);
            if access.get().may_hold_reference() && !self.kept.contains(&object) {
                self.kept.push(object);
            }
            return Some(self.trace.constant(ty, bits));
        }
        let known = self.cache.load(access, place.0, place.1)?;
        let known = self.canonical(known);
        let is_whole = matches!(access.get().width, Width::Word(_) | Width::Tag);
        if self.trace.ty(known) != ty || !is_whole {
            return None;
        }
        let agrees = self.word(known) == bits;
        debug_assert!(agrees, "recorder and heap disagree on {}", access.get().name);
        agrees.then_some(known)
    }

    /// Is this a word of a constant object that never changes?
    fn is_frozen(&self, (object, index): (Ref, Ref)) -> bool {
        let is_constant = |r: Ref| r == Ref::NONE || r.is_const();
        object.is_const() && is_constant(index) && crate::heap::is_frozen(self.word(object))
    }

    pub(crate) fn record_store(
        &mut self,
        access: AccessId,
        base: Ref,
        index: Option<Ref>,
        value: Ref,
    ) {
        let (base, value) = (self.canonical(base), self.canonical(value));
        let place = (base, index.map_or(Ref::NONE, |i| self.canonical(i)));
        self.cache.store(&self.trace, access, place, value);
        match index {
            None => self.push(Op::new(Opcode::FieldStore, Ty::Int, &[base, value], access.0), 0),
            Some(i) => {
                let i = self.canonical(i);
                self.push(Op::new(Opcode::ElemStore, Ty::Int, &[base, i, value], access.0), 0)
            }
        };
        let nothing = self.trace.int(0);
        self.log.push(nothing);
        self.did_effect = true;
    }

    pub(crate) fn record_new(&mut self, layout: LayoutId, bits: u64) -> Ref {
        let name = self.push(Op::new(Opcode::New, Ty::Ref, &[], layout.0), bits);
        self.log.push(name);
        self.did_effect = true;
        name
    }

    /// Records the allocation of an object with so many trailing elements.
    pub(crate) fn record_new_array(&mut self, layout: LayoutId, len: i64, bits: u64) -> Ref {
        let len = self.trace.int(len);
        let name = self.push(Op::new(Opcode::NewArray, Ty::Ref, &[len], layout.0), bits);
        self.log.push(name);
        self.did_effect = true;
        name
    }
}
