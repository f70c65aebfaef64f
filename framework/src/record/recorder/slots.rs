//! Slots of the VM stack in a recording: the names of the words in them, and when they are written to memory.
//!
//! Invariant: writes of an instruction are part of the state only when it is over, and what memory holds then; until it is, snapshots
//! say what lay there before.

use super::{Recorder, SlotState};
use crate::trace::{Op, Opcode, Ref, Slot, Ty};

impl Recorder {
    /// The slot of this address.
    pub(crate) fn slot_of(&self, address: usize) -> Slot {
        Slot((address as isize - self.entry_base as isize) as i32 / 8)
    }

    /// The name of the word in a slot, which is `bits` now and is loaded as `ty` if it is not known yet.
    pub(crate) fn slot_read(&mut self, slot: Slot, ty: Ty, bits: u64) -> Ref {
        if let Some(&(_, name)) = self.writes.iter().rev().find(|w| w.0 == slot) {
            return self.canonical(name);
        }
        if let Some(&SlotState { name, .. }) = self.env.get(&slot) {
            self.note_read(name);
            return self.canonical(name);
        }
        let name = self.push(Op::new(Opcode::SlotLoad, ty, &[], slot.0 as u32), bits);
        self.env.insert(slot, SlotState { name, dirty: false });
        name
    }

    /// A slot now holds the word of this name.
    pub(crate) fn slot_write(&mut self, slot: Slot, name: Ref) {
        self.writes.push((slot, name));
    }

    /// Writes a slot to memory in the trace, for a callee that reads it there.
    pub(crate) fn slot_flush(&mut self, slot: Slot) {
        let name = match self.writes.iter().rev().find(|w| w.0 == slot).copied() {
            Some((_, name)) => {
                self.keep_previous(slot);
                name
            }
            None => match self.env.get(&slot) {
                Some(&SlotState { name, dirty: true }) => {
                    self.note_read(name);
                    name
                }
                // Memory has it, unless it is a constant that the optimizer kept from there when its frame waited for a call.
                _ if !self.has_called => return,
                _ => {
                    let address = self.entry_base as isize + slot.0 as isize * 8;
                    self.slot_read(slot, Ty::Int, crate::interpret::stack::peek(address as usize))
                }
            },
        };
        let name = self.canonical(name);
        self.push(Op::new(Opcode::SlotStore, Ty::Int, &[name], slot.0 as u32), 0);
    }

    /// The word that a slot held before this instruction is overwritten in memory: snapshots that begin the instruction again put it
    /// back.
    fn keep_previous(&mut self, slot: Slot) {
        if slot.0 >= self.base + self.height {
            return;
        }
        if !self.env.contains_key(&slot) {
            // What it was is gone, but nobody asks before the instruction ends.
            let name = self.push(Op::new(Opcode::SlotLoad, Ty::Int, &[], slot.0 as u32), 0);
            self.env.insert(slot, SlotState { name, dirty: false });
        }
        if let Some(state) = self.env.get_mut(&slot).filter(|state| !state.dirty) {
            state.dirty = true;
            (self.slots_now, self.snapshot_now) = (None, None);
        }
    }

    /// Slots from this address on are dead, and frames of a nested run may have lain there.
    pub(crate) fn forget_from(&mut self, address: usize) {
        let dead = self.slot_of(address);
        self.env.retain(|slot, _| *slot < dead);
    }

    /// The address of a slot.
    pub(crate) fn slot_addr(&mut self, slot: Slot, address: usize) -> Ref {
        self.push(Op::new(Opcode::SlotAddr, Ty::Int, &[], slot.0 as u32), address as u64)
    }
}
