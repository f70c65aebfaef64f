//! What a bridge's recording takes over from the exit that it grows from: slots, replay log, virtual objects, delayed stores.
//!
//! ```text
//! s0: {2: p3} virtuals [p3 {Point.x: i1}]    =>    i0 = input 1 / p1 = new Point / field_store p1.Point.x, i0
//! ```
//! A bridge is entered from machine code, where the virtuals of the exit do not exist: its recording begins with making
//! them, and its optimizer does without them again. So it is with calls that were put off.
//!
//! A payload that was an object when the parent was recorded has type `Ref` there. Where nobody asked for its tag it may be anything by
//! now; the bridge takes it for a number then. Invariants: `input`s come first, then all `new`s and calls, then the stores; a word of type `Ref`
//! is the address of an object, or 0.

use super::{Recorder, SlotState};
use crate::trace::{Op, Opcode, Ref, Snapshot, Trace, TraceId, Ty, VirtualObject, VirtualStore};
use hashbrown::HashMap;

/// The exit's values under the names that they have in the bridge.
struct Heirs<'a> {
    parent: &'a Trace,
    /// The concrete word of a value, that of a virtual being the address of the object made for it.
    word: &'a dyn Fn(Ref) -> u64,
    /// Is this the address of an object?
    is_object: &'a dyn Fn(u64) -> bool,
    /// Inputs of type `Ref` that are none, and their words.
    numbers: Vec<(Ref, Ref, u64)>,
    names: HashMap<Ref, Ref>,
}

impl Heirs<'_> {
    fn name(&mut self, rec: &mut Recorder, r: Ref) -> Ref {
        if let Some(c) = self.parent.as_const(r) {
            let is_number = c.ty == Ty::Ref && !(self.is_object)(c.bits);
            return rec.trace.constant(if is_number { Ty::Int } else { c.ty }, c.bits);
        }
        if let Some(&name) = self.names.get(&r) {
            return name;
        }
        let bits = (self.word)(r);
        let name = match self.parent.virtual_behind(r) {
            // `r` is the `ref_bits` of a virtual, which has a name already.
            Some(object) => rec.record_address(self.names[&object], bits),
            None => {
                let ty = self.parent.ty(r);
                let is_number = ty == Ty::Ref && !(self.is_object)(bits);
                let word = if is_number { 0 } else { bits };
                let input = rec.push(Op::new(Opcode::Input, ty, &[], r.index() as u32), word);
                if is_number {
                    self.numbers.push((r, input, bits));
                }
                input
            }
        };
        self.names.insert(r, name);
        name
    }
}

impl Recorder {
    /// Begins a bridge: the values of the exit's snapshot are known by the parent's. `word` gives their concrete words,
    /// `is_object` says which words are addresses of objects.
    pub(crate) fn begin_bridge(
        &mut self,
        parent: (TraceId, u32),
        parent_trace: &Trace,
        snapshot: &Snapshot,
        word: &dyn Fn(Ref) -> u64,
        is_object: &dyn Fn(u64) -> bool,
    ) {
        self.parent = Some(parent);
        let mut heirs = Heirs {
            parent: parent_trace,
            word,
            is_object,
            numbers: Vec::new(),
            names: HashMap::new(),
        };
        for r in snapshot.values().filter(|&r| parent_trace.virtual_behind(r).is_none()) {
            heirs.name(self, r);
        }
        for (r, input, bits) in std::mem::take(&mut heirs.numbers) {
            let number = self.push(Op::new(Opcode::RefBits, Ty::Int, &[input], 0), bits);
            heirs.names.insert(r, number);
        }
        for object in &snapshot.virtuals {
            let Some((layout, len)) = parent_trace.virtual_shape(object.name) else { continue };
            if let Some(call) = parent_trace.delayed_call(object.name) {
                let args: Vec<Ref> =
                    object.stores.iter().map(|store| heirs.name(self, store.value)).collect();
                let name = self.push_call(call, &args, word(object.name));
                heirs.names.insert(object.name, name);
                continue;
            }
            let op = if layout.get().elem_size == 0 {
                Op::new(Opcode::New, Ty::Ref, &[], layout.0)
            } else {
                let len = self.trace.int(len.into());
                Op::new(Opcode::NewArray, Ty::Ref, &[len], layout.0)
            };
            let name = self.push(op, word(object.name));
            heirs.names.insert(object.name, name);
        }
        let is_object = |object: &&VirtualObject| parent_trace.delayed_call(object.name).is_none();
        for object in snapshot.virtuals.iter().filter(is_object).chain(&snapshot.memory) {
            let name = heirs.name(self, object.name);
            for store in &object.stores {
                self.inherit_store(&mut heirs, name, store);
            }
        }
        for &(slot, r) in &snapshot.slots {
            let name = heirs.name(self, r);
            self.env.insert(slot, SlotState { name, dirty: true });
        }
        for &r in &snapshot.replay {
            let name = heirs.name(self, r);
            self.replay.push_back(name);
        }
    }

    /// Fills a word of an object that was virtual, or does a store that was put off.
    fn inherit_store(&mut self, heirs: &mut Heirs<'_>, object: Ref, store: &VirtualStore) {
        let VirtualStore { access, index, value } = *store;
        let name = heirs.name(self, value);
        let bits = self.word(name);
        let name = self.record_cast(name, access.get().width.ty(), bits);
        let place = index.map_or(Ref::NONE, |index| self.trace.int(index.into()));
        self.cache.store(&self.trace, access, (object, place), name);
        let op = match index {
            None => Op::new(Opcode::FieldStore, Ty::Int, &[object, name], access.0),
            Some(index) => {
                let index = self.trace.int(index.into());
                Op::new(Opcode::ElemStore, Ty::Int, &[object, index, name], access.0)
            }
        };
        self.push(op, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::{Recorder, Ref, TraceId};
    use crate::record::recorder::Limits;
    use crate::trace::{self, KeyId};

    /// What a bridge from the exit begins with, if only these words are addresses of objects, and the names of the exit's slots.
    fn begin(parent: &str, words: &[u64], objects: &[u64]) -> (String, Vec<String>) {
        let parent = trace::parse(parent).expect("a trace");
        let limits = Limits { ops: 100, depth: 8, unroll: 8 };
        let mut recorder = Recorder::new(KeyId(0), 0, 0, limits, 0);
        let word = |r: Ref| words[r.index()];
        let snapshot = &parent.snapshots[0];
        let is_object = |bits| objects.contains(&bits);
        recorder.begin_bridge((TraceId(0), 0), &parent, snapshot, &word, &is_object);
        let slots = snapshot.slots.iter().map(|(slot, _)| {
            let state = &recorder.env[slot];
            format!("{:?} {:#x}", recorder.trace.ty(state.name), recorder.word(state.name))
        });
        let slots = slots.collect();
        (recorder.trace.to_string(), slots)
    }

    const PARENT: &str = "p0 = slot_load 0\np1 = slot_load 1\nleave -> s0\ns0: @1 {2: p0, 3: p1}\n";

    #[test]
    fn a_payload_that_is_no_object_any_more_is_a_number() {
        let (begun, slots) = begin(PARENT, &[0x4008, 0x3ff0], &[0x4008]);
        assert_eq!(begun, "p0 = input 0\np1 = input 1\ni2 = ref_bits p1\n");
        assert_eq!(slots, ["Ref 0x4008", "Int 0x3ff0"]);
    }

    #[test]
    fn objects_stay_objects() {
        let (begun, slots) = begin(PARENT, &[0x4008, 0], &[0x4008, 0]);
        assert_eq!(begun, "p0 = input 0\np1 = input 1\n");
        assert_eq!(slots, ["Ref 0x4008", "Ref 0x0"]);
    }
}
