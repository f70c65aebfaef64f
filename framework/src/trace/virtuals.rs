//! Virtual objects: allocations that a trace does without, described where it is left.
//!
//! ```text
//! p3 = virtual Point, 0                         stands for an object; nothing is allocated
//! guard_true b4 -> s0
//! s0: @7 {2: p3} virtuals [p3 {Point.x: i1, Point.y: i2}]
//! ```
//! A snapshot tells the contents of every virtual that its slots, its replay log or other virtuals name, as they are at
//! its guard. Whoever leaves there makes the objects, each once, then fills them: so they may name each other in circles.
//! Last come the stores into other objects that the trace has put off, which a guard's [`Snapshot::memory`] tells.
//! A store writes the word of its value, whatever the value's type. What no store mentions is zero, but for header and length.
//!
//! A call that only makes an object (`CallEffect::Makes`) may be put off just so: the words of such a virtual are the arguments,
//! values or other calls that are put off, and to make it is to call the function.
//!
//! ```text
//! p4 = virtual concat, 0                        s0: {2: p4} virtuals [p4 {concat.0: p1, concat.1: p2}]
//! ```
//!
//! Invariant: [`Snapshot::virtuals`] ascends by name and has an entry for each virtual that the snapshot names.

use super::desc::{AccessId, CallId, LayoutId};
use super::ir::{Ref, Snapshot, Trace};
use super::op::Opcode;

/// The contents of a virtual at a guard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VirtualObject {
    /// The `virtual` op.
    pub name: Ref,
    /// Its words that may differ from those of a new object.
    pub stores: Vec<VirtualStore>,
}

/// A word of a virtual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VirtualStore {
    /// The field, or the elements.
    pub access: AccessId,
    /// Which element.
    pub index: Option<u32>,
    /// What it holds.
    pub value: Ref,
}

impl Snapshot {
    /// Every value that the snapshot names: slots, replay log, contents of virtuals, known words and their objects.
    pub fn values(&self) -> impl Iterator<Item = Ref> + '_ {
        let objects = self.virtuals.iter().chain(&self.memory);
        let contents = objects.flat_map(|v| v.stores.iter().map(|s| s.value));
        let known = self.memory.iter().map(|object| object.name);
        let slots = self.slots.iter().map(|&(_, r)| r);
        slots.chain(self.replay.iter().copied()).chain(contents).chain(known)
    }

    /// The contents of a virtual.
    pub fn contents(&self, name: Ref) -> Option<&VirtualObject> {
        let at = self.virtuals.binary_search_by_key(&name, |v| v.name).ok()?;
        Some(&self.virtuals[at])
    }
}

impl Trace {
    /// The `virtual` op behind a value: the value itself, or what it is the `ref_bits` of.
    pub fn virtual_behind(&self, value: Ref) -> Option<Ref> {
        let op = self.def(value)?;
        match op.code {
            Opcode::Virtual => Some(value),
            Opcode::RefBits => {
                let object = op.args[0];
                self.def(object).filter(|d| d.code == Opcode::Virtual).map(|_| object)
            }
            _ => None,
        }
    }

    /// The function whose call a `virtual` op puts off.
    pub fn delayed_call(&self, name: Ref) -> Option<CallId> {
        self.virtual_shape(name)?.0.lookup()?.made_by
    }

    /// Layout and number of elements of a `virtual` op.
    pub fn virtual_shape(&self, name: Ref) -> Option<(LayoutId, u32)> {
        let op = self.def(name).filter(|op| op.code == Opcode::Virtual)?;
        Some((op.layout(), self.as_const(op.args[0])?.bits as u32))
    }
}

/// The objects made for the virtuals of a snapshot.
#[derive(Clone, Debug, Default)]
pub struct Made(Vec<(Ref, u64)>);

impl Made {
    /// Makes an object for each virtual. `allocate` gives the address of a new one; `call` that of what a call which was put
    /// off gives. `word` reads a value that is no virtual.
    ///
    /// # Errors
    /// What `allocate` or `call` says.
    pub fn allocate<E>(
        trace: &Trace,
        snapshot: &Snapshot,
        word: &dyn Fn(Ref) -> u64,
        allocate: &mut dyn FnMut(LayoutId, u64) -> Result<u64, E>,
        call: &mut dyn FnMut(CallId, &[u64]) -> Result<u64, E>,
    ) -> Result<Made, E> {
        let mut made = Made(Vec::with_capacity(snapshot.virtuals.len()));
        for object in &snapshot.virtuals {
            let Some((layout, len)) = trace.virtual_shape(object.name) else { continue };
            let address = match trace.delayed_call(object.name) {
                // The arguments come first: they were there when it was put off.
                Some(callee) => call(callee, &made.words(trace, object, word))?,
                None => allocate(layout, len.into())?,
            };
            made.0.push((object.name, address));
        }
        Ok(made)
    }

    /// The arguments of a call that was put off.
    fn words(&self, trace: &Trace, call: &VirtualObject, word: &dyn Fn(Ref) -> u64) -> Vec<u64> {
        let value = |r| self.word(trace, r).unwrap_or_else(|| word(r));
        call.stores.iter().map(|store| value(store.value)).collect()
    }

    /// The address behind a value that stands for a virtual.
    pub fn word(&self, trace: &Trace, value: Ref) -> Option<u64> {
        if self.0.is_empty() {
            return None;
        }
        let name = trace.virtual_behind(value)?;
        self.0.iter().find(|made| made.0 == name).map(|made| made.1)
    }

    /// Fills the objects, and does the stores that were put off. `word` reads a value that is no virtual, `store` writes a field or element of an object.
    ///
    /// # Errors
    /// What `store` says.
    pub fn fill<E>(
        &self,
        trace: &Trace,
        snapshot: &Snapshot,
        word: &dyn Fn(Ref) -> u64,
        store: &mut dyn FnMut(AccessId, u64, Option<i64>, u64) -> Result<(), E>,
    ) -> Result<(), E> {
        let new = snapshot.virtuals.iter().zip(self.0.iter().map(|made| made.1));
        let new = new.filter(|(object, _)| trace.delayed_call(object.name).is_none());
        let others = snapshot.memory.iter().map(|object| (object, word(object.name)));
        for (object, address) in new.chain(others) {
            for &VirtualStore { access, index, value } in &object.stores {
                let bits = self.word(trace, value).unwrap_or_else(|| word(value));
                store(access, address, index.map(i64::from), bits)?;
            }
        }
        Ok(())
    }
}
