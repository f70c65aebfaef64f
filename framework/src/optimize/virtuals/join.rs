//! JOIN: a trace that ends at a label with virtuals must end with such virtuals of its own.
//!
//! ```text
//! loop 1:  label [i3] -> {2: p5} virtuals [p5 {Point.x: i4, Point.y: 7}]
//! bridge:  .. p8 = virtual Point, 0  {x: i9, y: 7} is in slot 2 ..   =>   jump loop 1 [i9]
//! ```
//! Invariant: a virtual of the label stands for one of ours and ours for one of the label's, and at the jump it still is one.

use super::carry::{is_same, word};
use crate::optimize::GiveUp;
use crate::optimize::context::Context;
use crate::trace::{AccessId, Ref, Slot, Snapshot, Trace, VirtualStore};

/// Virtuals of a label, and ours in their places.
#[derive(Debug, Default)]
pub(in crate::optimize) struct Pairs(Vec<(Ref, Ref)>);

impl Pairs {
    /// Pairs the virtual in a slot, and all that it refers to, with ours.
    pub(in crate::optimize) fn pair(
        &mut self,
        cx: &mut Context<'_>,
        (target, wants): (&Trace, &Snapshot),
        slot: Slot,
        theirs: Ref,
        ours: Ref,
    ) -> Result<(), GiveUp> {
        let misfit = GiveUp::NotVirtual { slot };
        let mut pending = vec![(theirs, ours)];
        while let Some((theirs, ours)) = pending.pop() {
            let ours = cx.virtual_behind(cx.resolve(ours)).ok_or(misfit)?;
            if self.0.contains(&(theirs, ours)) {
                continue;
            }
            let object = cx.virtuals.get(ours).ok_or(misfit)?;
            let is_taken = self.0.iter().any(|&(t, o)| t == theirs || o == ours);
            let shape = (object.layout, object.len);
            if is_taken || target.virtual_shape(theirs) != Some(shape) {
                return Err(misfit);
            }
            let wanted = wants.contents(theirs).map_or(&[][..], |object| &object.stores);
            for store in &object.words {
                let is_wanted =
                    |w: &VirtualStore| (w.access, w.index) == (store.access, store.index);
                let store = VirtualStore { value: cx.resolve(store.value), ..*store };
                if !wanted.iter().any(is_wanted) && !object.is_initial(cx, &store) {
                    return Err(misfit);
                }
            }
            self.0.push((theirs, ours));
            for store in wanted {
                let value = word(cx, ours, store.access, store.index).ok_or(misfit)?;
                if target.virtual_behind(store.value).is_some() {
                    pending.push((store.value, value));
                } else if let Some(c) = target.as_const(store.value) {
                    let constant = cx.out.constant(c.ty, c.bits);
                    if !is_same(cx, value, constant) {
                        return Err(misfit);
                    }
                }
            }
        }
        Ok(())
    }

    /// What our counterpart of that virtual holds.
    pub(in crate::optimize) fn word(
        &self,
        cx: &mut Context<'_>,
        theirs: Ref,
        access: AccessId,
        index: Option<u32>,
    ) -> Option<Ref> {
        let &(_, ours) = self.0.iter().find(|pair| pair.0 == theirs)?;
        word(cx, ours, access, index)
    }

    /// Is none of ours allocated?
    pub(in crate::optimize) fn are_virtual(&self, cx: &Context<'_>) -> bool {
        self.0.iter().all(|&(_, ours)| cx.virtuals.get(ours).is_some())
    }
}
