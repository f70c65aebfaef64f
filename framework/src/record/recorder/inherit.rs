//! What a bridge's recording takes over from the exit that it grows from: slots, replay log, virtual objects.
//!
//! ```text
//! s0: {2: p3} virtuals [p3 {Point.x: i1}]    =>    i0 = input 1 / p1 = new Point / field_store p1.Point.x, i0
//! ```
//! A bridge is entered from machine code, where the virtuals of the exit do not exist: its recording begins with making
//! them, and its optimizer does without them again. Invariant: `input`s come first, then all `new`s, then the stores.

use super::{Recorder, SlotState};
use crate::trace::{Op, Opcode, Ref, Snapshot, Trace, TraceId, Ty, VirtualStore};
use hashbrown::HashMap;

/// The exit's values under the names that they have in the bridge.
struct Heirs<'a> {
    parent: &'a Trace,
    /// The concrete word of a value, that of a virtual being the address of the object made for it.
    word: &'a dyn Fn(Ref) -> u64,
    names: HashMap<Ref, Ref>,
}

impl Heirs<'_> {
    fn name(&mut self, rec: &mut Recorder, r: Ref) -> Ref {
        if let Some(c) = self.parent.as_const(r) {
            return rec.trace.constant(c.ty, c.bits);
        }
        if let Some(&name) = self.names.get(&r) {
            return name;
        }
        let bits = (self.word)(r);
        let name = match self.parent.virtual_behind(r) {
            // `r` is the `ref_bits` of a virtual, which has a name already.
            Some(object) => rec.record_address(self.names[&object], bits),
            None => {
                rec.push(Op::new(Opcode::Input, self.parent.ty(r), &[], r.index() as u32), bits)
            }
        };
        self.names.insert(r, name);
        name
    }
}

impl Recorder {
    /// Begins a bridge: the values of the exit's snapshot are known by the parent's. `word` gives their concrete words.
    pub(crate) fn begin_bridge(
        &mut self,
        parent: (TraceId, u32),
        parent_trace: &Trace,
        snapshot: &Snapshot,
        word: &dyn Fn(Ref) -> u64,
    ) {
        self.parent = Some(parent);
        let mut heirs = Heirs { parent: parent_trace, word, names: HashMap::new() };
        for r in snapshot.values().filter(|&r| parent_trace.virtual_behind(r).is_none()) {
            heirs.name(self, r);
        }
        for object in &snapshot.virtuals {
            let Some((layout, len)) = parent_trace.virtual_shape(object.name) else { continue };
            let op = if layout.get().elem_size == 0 {
                Op::new(Opcode::New, Ty::Ref, &[], layout.0)
            } else {
                let len = self.trace.int(len.into());
                Op::new(Opcode::NewArray, Ty::Ref, &[len], layout.0)
            };
            let name = self.push(op, word(object.name));
            heirs.names.insert(object.name, name);
        }
        for object in &snapshot.virtuals {
            for store in &object.stores {
                self.inherit_store(&mut heirs, object.name, store);
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

    /// Fills a word of an object that was virtual.
    fn inherit_store(&mut self, heirs: &mut Heirs<'_>, object: Ref, store: &VirtualStore) {
        let VirtualStore { access, index, value } = *store;
        let name = heirs.name(self, value);
        let bits = self.word(name);
        let name = self.record_cast(name, access.get().width.ty(), bits);
        let object = heirs.names[&object];
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
