//! The beginning of a function's recording: its arguments that are no objects are read before anything else.
//!
//! ```text
//! i0 = slot_load 2
//! i1 = slot_load 3
//! guard_value i0, 2 -> s0
//! direct_entry [0, 2, 2, i1]     a caller that knows the type passes the word in a register
//! guard_no_signal -> s1
//! s1: {2: 2, 3: i1}
//! ```
//! So memory need not hold them, and every snapshot shows them. Which slots have arguments nobody says: what lies in the frame and is
//! never read is taken out again when the recording is over.
//!
//! Invariant: a tag is taken for known without a guard only as long as nobody has read the slot.

use super::{Ending, Recorder, SlotState};
use crate::heap::Tag;
use crate::interpret::stack;
use crate::language::value::payload_ty;
use crate::trace::{Direct, Op, Opcode, Passed, Ref, Slot, Ty};

/// So many arguments of a kind, general or float, are passed in registers.
const MOST_PASSED: usize = 6;

/// Tags of what may be passed in a register.
const PLAIN: [Tag; 3] = [Tag::INT, Tag::FLOAT, Tag::BOOL];

/// What was read at the entry of a function.
#[derive(Default)]
pub(super) struct Entry {
    /// Where the `direct_entry` stands.
    at: usize,
    params: Vec<Param>,
}

struct Param {
    slot: Slot,
    tag: Ref,
    value: Ref,
    /// Where the guard on the tag stands.
    guard: usize,
    /// Did anybody want to know what it is?
    is_read: bool,
}

impl Recorder {
    /// Arguments, then the guards of every entry.
    pub(super) fn record_entry(&mut self) {
        let mut params: Vec<Param> = Vec::new();
        let mut room = [MOST_PASSED; 2];
        for slot in (0..self.height).step_by(2).map(Slot) {
            let address = self.entry_base + slot.0 as usize * 8;
            let (tag, word) = (stack::peek(address), stack::peek(address + 8));
            let Some(&plain) = PLAIN.iter().find(|plain| u64::from(plain.0) == tag) else {
                continue;
            };
            let ty = payload_ty(plain);
            let room = &mut room[usize::from(ty == Ty::Float)];
            if *room == 0 {
                continue;
            }
            *room -= 1;
            let (first, second) = (slot.0 as u32, slot.0 as u32 + 1);
            let name = self.push(Op::new(Opcode::SlotLoad, Ty::Int, &[], first), tag);
            let value = self.push(Op::new(Opcode::SlotLoad, ty, &[], second), word);
            params.push(Param { slot, tag: name, value, guard: 0, is_read: false });
        }
        let mut direct = Direct { number: 0, passed: Vec::new() };
        for param in &mut params {
            let tag = self.trace.int(self.values[param.tag.index()] as i64);
            let mut guard = Op::new(Opcode::GuardValue, Ty::Bool, &[param.tag, tag], 0);
            guard.snap = Some(self.snapshot());
            param.guard = self.push(guard, 0).index();
            direct.passed.push(Passed { slot: param.slot, tag, value: param.value });
        }
        if !params.is_empty() {
            for (param, passed) in params.iter().zip(&direct.passed) {
                self.known.insert(param.tag, passed.tag);
                let (slot, payload) = (param.slot, Slot(param.slot.0 + 1));
                self.env.insert(slot, SlotState { name: param.tag, dirty: true });
                self.env.insert(payload, SlotState { name: param.value, dirty: true });
            }
            (self.slots_now, self.snapshot_now) = (None, None);
            let list = self.trace.direct_list(&direct);
            let entry = Op::new(Opcode::DirectEntry, Ty::Int, &[], 0);
            self.values.push(0);
            let at = self.trace.push_list(Op { at: self.at, ..entry }, &list).index();
            self.entry = Entry { at, params };
        }
        self.record_entry_guards();
    }

    /// Somebody wants to know what the word of this name is.
    pub(super) fn note_read(&mut self, name: Ref) {
        for param in &mut self.entry.params {
            param.is_read |= param.tag == name || param.value == name;
        }
    }

    /// The recording is over: what it read at the entry and nobody wanted to know is not tested, and memory holds it as before. If it
    /// does not end with a return, that goes for all of it, because there is no second entry then.
    pub(crate) fn settle_entry(&mut self) {
        let Entry { at, params } = std::mem::take(&mut self.entry);
        let returns = self.ending == Some(Ending::Finish);
        let (unread, read): (Vec<Param>, Vec<Param>) =
            params.into_iter().partition(|param| !param.is_read);
        for param in &unread {
            // A load that nobody uses.
            let guard = &mut self.trace.ops[param.guard];
            let load = Op::new(Opcode::SlotLoad, Ty::Int, &[], param.slot.0 as u32);
            *guard = Op { at: guard.at, ..load };
        }
        if !unread.is_empty()
            && let Some(mut direct) = self.trace.direct(&self.trace.ops[at])
        {
            direct.passed.retain(|passed| read.iter().any(|param| param.slot == passed.slot));
            let list = self.trace.direct_list(&direct);
            self.trace.ops[at].list = self.trace.add_list(&list);
        }
        let in_memory = |param: &&Param| !returns || !param.is_read;
        for param in unread.iter().chain(&read).filter(in_memory) {
            let payload = (Slot(param.slot.0 + 1), param.value);
            for snapshot in self.trace.snapshots.iter_mut().filter(|s| s.slots.contains(&payload)) {
                snapshot.slots.retain(|word| word.0.0 & !1 != param.slot.0);
            }
        }
    }
}
