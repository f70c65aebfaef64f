//! The virtuals at the end of the output, and what they hold there.
//!
//! Invariant: `objects` ascends by name; a virtual that was forced is not in it, and its name is
//! [equal](Context::resolve) to the real object. Words name values that the output may use.

use super::delay::Delayed;
use crate::optimize::context::Context;
use crate::trace::{
    Access, AccessId, CallId, LayoutId, Ref, SnapId, Snapshot, VirtualObject, VirtualStore, Width,
};

/// A virtual.
#[derive(Clone, Debug)]
pub(in crate::optimize) struct Object {
    pub(in crate::optimize) name: Ref,
    pub(in crate::optimize) layout: LayoutId,
    pub(in crate::optimize) len: u32,
    /// What was stored, each word once.
    pub(in crate::optimize) words: Vec<VirtualStore>,
    /// `ref_bits` ops of it.
    pub(super) bits: Vec<Ref>,
}

impl Object {
    /// What was stored there.
    pub(in crate::optimize) fn word(&self, access: AccessId, index: Option<u32>) -> Option<Ref> {
        let same = |w: &&VirtualStore| w.access == access && w.index == index;
        self.words.iter().find(same).map(|w| w.value)
    }

    /// What a new object holds there.
    pub(in crate::optimize) fn initial(&self, access: &Access, index: Option<u32>) -> u64 {
        let Some(layout) = self.layout.lookup().filter(|_| index.is_none()) else { return 0 };
        let (tag, len) = (u64::from(layout.tag), u64::from(self.len));
        match (access.offset, access.width) {
            (0, Width::Word(_)) => tag | len << 32,
            (0, Width::Half) => tag,
            (4, Width::Half) => len,
            (8, Width::Word(_)) if layout.elem_size != 0 => len,
            _ => 0,
        }
    }

    /// The function whose call was put off.
    pub(in crate::optimize) fn made_by(&self) -> Option<CallId> {
        self.layout.lookup()?.made_by
    }

    /// Does the object hold this word there even if nobody stores it?
    pub(super) fn is_initial(&self, cx: &Context<'_>, store: &VirtualStore) -> bool {
        let access = store.access.lookup().filter(|_| self.made_by().is_none());
        access.is_some_and(|access| {
            let initial = self.initial(access, store.index);
            cx.out.as_const(store.value).is_some_and(|c| c.bits == initial)
        })
    }
}

/// All virtuals.
#[derive(Clone, Debug, Default)]
pub(in crate::optimize) struct State {
    objects: Vec<Object>,
    /// Stores that wait.
    pub(super) delayed: Vec<Delayed>,
    /// Counts changes: a snapshot that names a virtual is out of date after one.
    changes: u64,
}

impl State {
    pub(in crate::optimize) fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    pub(in crate::optimize) fn changes(&self) -> u64 {
        self.changes
    }

    /// What snapshots tell is out of date.
    pub(super) fn change(&mut self) {
        self.changes += 1;
    }

    fn find(&self, name: Ref) -> Option<usize> {
        self.objects.binary_search_by_key(&name, |object| object.name).ok()
    }

    pub(in crate::optimize) fn get(&self, name: Ref) -> Option<&Object> {
        self.find(name).map(|i| &self.objects[i])
    }

    /// A new virtual, all zero, younger than all others.
    pub(in crate::optimize) fn declare(&mut self, name: Ref, layout: LayoutId, len: u32) {
        self.changes += 1;
        let (words, bits) = (Vec::new(), Vec::new());
        self.objects.push(Object { name, layout, len, words, bits });
    }

    pub(in crate::optimize) fn store(
        &mut self,
        name: Ref,
        access: AccessId,
        index: Option<u32>,
        value: Ref,
    ) {
        self.changes += 1;
        let Some(i) = self.find(name) else { return };
        let words = &mut self.objects[i].words;
        match words.iter_mut().find(|w| w.access == access && w.index == index) {
            Some(word) => word.value = value,
            None => words.push(VirtualStore { access, index, value }),
        }
    }

    /// The op is `ref_bits` of this value.
    pub(super) fn note_bits(&mut self, name: Ref, at: Ref) {
        if let Some(i) = self.find(name) {
            self.objects[i].bits.push(at);
        }
    }

    /// It is not virtual any more.
    pub(super) fn remove(&mut self, name: Ref) -> Option<Object> {
        self.changes += 1;
        self.find(name).map(|i| self.objects.remove(i))
    }

    /// Whatever was known is out of reach.
    pub(in crate::optimize) fn clear(&mut self) {
        self.changes += 1;
        self.objects.clear();
        self.delayed.clear();
    }
}

impl Context<'_> {
    /// The virtual that a resolved value is, or is the `ref_bits` of.
    pub(in crate::optimize) fn virtual_behind(&self, value: Ref) -> Option<Ref> {
        if self.virtuals.is_empty() {
            return None;
        }
        self.out.virtual_behind(value).filter(|&name| self.virtuals.get(name).is_some())
    }

    /// Does this value stand for the result of a call that was put off?
    pub(in crate::optimize) fn is_put_off(&self, value: Ref) -> bool {
        let object = self.virtual_behind(value).and_then(|name| self.virtuals.get(name));
        object.is_some_and(|object| object.made_by().is_some())
    }

    /// The virtuals among these values, and all that they hold directly or through others, in the order found.
    pub(in crate::optimize) fn reach_virtuals(&self, from: impl Iterator<Item = Ref>) -> Vec<Ref> {
        let mut found: Vec<Ref> = Vec::new();
        let seen = |value: Ref, found: &mut Vec<Ref>| {
            if let Some(name) = self.virtual_behind(self.resolve(value))
                && !found.contains(&name)
            {
                found.push(name);
            }
        };
        from.for_each(|value| seen(value, &mut found));
        let mut next = 0;
        while let Some(&name) = found.get(next) {
            next += 1;
            let object = self.virtuals.get(name);
            let words = object.iter().flat_map(|object| &object.words);
            words.for_each(|word| seen(word.value, &mut found));
        }
        found
    }

    /// Appends a snapshot, with the stores that wait and the contents of the virtuals that it names.
    pub(in crate::optimize) fn snapshot(&mut self, mut snapshot: Snapshot) -> SnapId {
        if !self.virtuals.is_settled() {
            snapshot.memory = self.delayed();
        }
        if !self.virtuals.is_empty() {
            let mut names = self.reach_virtuals(snapshot.values());
            names.sort_unstable();
            snapshot.virtuals = names.into_iter().filter_map(|name| self.describe(name)).collect();
        }
        self.out.snapshot(snapshot)
    }

    fn describe(&self, name: Ref) -> Option<VirtualObject> {
        let object = self.virtuals.get(name)?;
        let known = |w: &VirtualStore| VirtualStore { value: self.resolve(w.value), ..*w };
        let words = object.words.iter().map(known);
        let stores = words.filter(|word| !object.is_initial(self, word)).collect();
        Some(VirtualObject { name, stores })
    }
}
