//! Guest calls in a recording: inlined, or left to run on their own; and the return that ends a function's trace.
//!
//! ```text
//! slot_store 9, i4          objects go to memory, where a collection finds them
//! i12 = call_guest @7 base 8 -> s4
//! i13 = result_tag
//! guard_no_error -> s5      the state behind the call: the exit goes on there
//! s4: {2: 2, 3: i1, 10: 2, 11: i5}   the frames that wait: written when somebody looks at them; and the callee's frame
//! ```
//! A call that is not inlined ends its instruction: it is recorded as if the callee's return were part of it, and what follows
//! belongs to the place that the link names. So a guard behind it never has to repeat the call.
//!
//! Invariant: behind such a call no name is known any more that may be the address of an object, because a collection in the callee
//! may have moved it.

use super::{Ending, Recorder, SlotState};
use crate::heap::Tag;
use crate::language::value::payload_ty;
use crate::trace::{KeyId, Op, Opcode, Ref, Slot, Snapshot, Ty};

/// So many slots of waiting frames may differ from memory. With more, every exit behind the call would have much to write.
const MOST_WAITING: usize = 64;

/// What becomes of a guest call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entered {
    /// It is recorded as part of this trace.
    Inlined,
    /// It runs on its own.
    Called {
        /// Because it recurs.
        recursive: bool,
    },
}

/// A guest call that is about to run on its own.
pub(crate) struct GuestCall {
    /// The key of the function.
    pub(crate) function: KeyId,
    /// Address of the callee's frame.
    pub(crate) frame: usize,
    /// Words in use in it.
    pub(crate) height: i32,
}

/// Where a guest call returns to.
pub(crate) struct Back {
    /// The place.
    pub(crate) at: KeyId,
    /// Address of its frame.
    pub(crate) base: usize,
    /// Words in use in it.
    pub(crate) height: i32,
}

impl Recorder {
    /// A guest function is entered: its code is at this address.
    pub(crate) fn enter_call(&mut self, code: usize, call_only: bool) -> Entered {
        // What recurs in an interpreter need not recur in the program that it interprets.
        let own = self.level == 0;
        let again = self.inlined.iter().filter(|&&c| c == code).count();
        let recursive = own && again >= self.limits.unroll;
        if recursive || own && call_only || self.inlined.len() >= self.limits.depth {
            return Entered::Called { recursive };
        }
        self.inlined.push(code);
        Entered::Inlined
    }

    /// A marked header comes up in a frame at this base. `true` if the frames below have the same one so often that the program is
    /// taken to recur.
    pub(crate) fn pass_marked(&mut self, base: i32, key: KeyId) -> bool {
        self.leave_marked(base);
        let again = self.marked.iter().filter(|m| m.1 == key).count();
        self.marked.push((base, key));
        again >= self.limits.unroll
    }

    /// The frame at this base, and those above it, are left.
    pub(crate) fn leave_marked(&mut self, base: i32) {
        while self.marked.last().is_some_and(|m| m.0 >= base) {
            self.marked.pop();
        }
    }

    /// A guest function returns; `true` if it was inlined.
    pub(crate) fn leave_call(&mut self) -> bool {
        self.inlined.pop().is_some()
    }

    /// Records the call. What may be an object, which a collection moves, goes to memory; other slots of the callee's frame and of those
    /// that wait stay as they are, and the call says what they hold.
    pub(crate) fn begin_guest_call(&mut self, call: &GuestCall) -> Ref {
        let frame = self.slot_of(call.frame);
        let top = Slot(frame.0 + call.height);
        self.commit_writes();
        let dirty = self.env.iter().filter(|&(&slot, state)| state.dirty && slot < top);
        let mut slots: Vec<Slot> = dirty.map(|(&slot, _)| slot).collect();
        slots.sort_unstable();
        let may_wait = |slot: Slot| {
            let state = self.env.get(&slot).filter(|state| state.dirty);
            slot.as_local().is_none() && state.is_some_and(|state| self.may_wait(slot, state))
        };
        // A value is passed as a whole, or not at all.
        let may_wait = |slot: Slot| may_wait(slot) && (slot < frame || may_wait(Slot(slot.0 ^ 1)));
        let (mut waiting, mut stored): (Vec<Slot>, Vec<Slot>) =
            slots.iter().partition(|&&slot| may_wait(slot));
        if waiting.len() > MOST_WAITING {
            (waiting, stored) = (Vec::new(), slots);
        }
        let is_stored = |slot: &Slot| stored.binary_search(slot).is_ok();
        let clean = (frame.0..top.0).map(Slot);
        let clean = clean.filter(|slot| !is_stored(slot) && waiting.binary_search(slot).is_err());
        for slot in clean.collect::<Vec<Slot>>().into_iter().chain(stored) {
            self.slot_flush(slot);
            self.env.get_mut(&slot).into_iter().for_each(|state| state.dirty = false);
        }
        let waiting: Vec<(Slot, Ref)> =
            waiting.iter().map(|&slot| (slot, self.canonical(self.env[&slot].name))).collect();
        let (at, base) = (self.at, self.base);
        let snap =
            self.trace.snapshot(Snapshot { at, base, slots: waiting, ..Snapshot::default() });
        let base = self.trace.int(frame.0.into());
        let mut op = Op::new(Opcode::CallGuest, Ty::Int, &[base], call.function.0);
        op.snap = Some(snap);
        let name = self.push(op, 0);
        self.has_called = true;
        self.forget_objects(frame);
        name
    }

    /// May objects move while a function that this instruction calls runs? Not if the instruction, begun again, needs words from before
    /// the call: they may be addresses.
    pub(crate) fn may_collect(&self) -> bool {
        let top = self.base + self.height;
        self.ending.is_none()
            && self.replay.is_empty()
            && self.log.iter().all(|&r| self.canonical(r).is_const())
            && self.writes.iter().all(|&(slot, _)| slot.0 >= top)
    }

    /// A function of the host is about to run that may move objects: what lies on the stack below its arguments, which begin at this
    /// address and are there already, goes to memory.
    pub(crate) fn begin_collecting(&mut self, arguments: usize) {
        let arguments = self.slot_of(arguments);
        let dirty = self.env.iter().filter(|&(&slot, state)| state.dirty && slot < arguments);
        let mut slots: Vec<Slot> = dirty.map(|(&slot, _)| slot).collect();
        slots.sort_unstable();
        for slot in slots {
            self.slot_flush(slot);
            self.env.get_mut(&slot).into_iter().for_each(|state| state.dirty = false);
        }
        (self.slots_now, self.snapshot_now) = (None, None);
    }

    /// Behind the call that was announced so: what lies on the stack is to be read from there.
    pub(crate) fn end_collecting(&mut self, arguments: usize) {
        self.forget_objects(self.slot_of(arguments));
        (self.slots_now, self.snapshot_now) = (None, None);
    }

    /// May memory wait for the word of this slot until somebody looks at it there? Not if the other word of the value is written, unless
    /// that is the address of an object: when the frame is left, and nobody has looked, memory would hold the tag of one value and the
    /// payload of another one, and the frame that comes there next would show both to a collection.
    fn may_wait(&self, slot: Slot, state: &SlotState) -> bool {
        let name = self.canonical(state.name);
        let tag = self.env.get(&Slot(slot.0 & !1));
        tag.is_some_and(|tag| self.canonical(tag.name).is_const())
            && self.is_lasting(slot, state)
            && (name.is_const() || self.trace.ty(name) != Ty::Ref)
    }

    /// Behind a call: the slots below the callee's frame that may be addresses of objects are to be read from memory.
    fn forget_objects(&mut self, frame: Slot) {
        self.cache.moved();
        let kept: Vec<(Slot, SlotState)> = self
            .env
            .iter()
            .filter(|&(&slot, state)| slot < frame && self.is_lasting(slot, state))
            .map(|(&slot, &state)| (slot, state))
            .collect();
        self.env.clear();
        self.env.extend(kept);
    }

    /// Is this a tag, a constant, or the payload behind a tag that is known not to be an object's?
    fn is_lasting(&self, slot: Slot, state: &SlotState) -> bool {
        if slot.0 % 2 == 0 || self.canonical(state.name).is_const() {
            return true;
        }
        let tag = self.env.get(&Slot(slot.0 - 1)).map(|tag| self.canonical(tag.name));
        let tag = tag.and_then(|tag| self.trace.as_const(tag));
        tag.is_some_and(|c| payload_ty(Tag(c.bits as u8 as u32)) != Ty::Ref)
    }

    /// The callee returned this tag and payload; their names.
    pub(crate) fn end_guest_call(
        &mut self,
        call: Ref,
        back: &Back,
        words: (u64, u64),
    ) -> (Ref, Ref) {
        self.values[call.index()] = words.1;
        let tag = self.push(Op::new(Opcode::ResultTag, Ty::Int, &[], 0), words.0);
        self.begin_instruction(back.at, back.base, back.height);
        self.record_no_error();
        self.returned = Some((tag, words.0));
        (tag, call)
    }

    /// The result of a guest call lies where it belongs. It is of one type nearly always; knowing that keeps it in registers across the
    /// next call.
    pub(super) fn record_result_type(&mut self, tag: Ref, word: u64) {
        if payload_ty(Tag(word as u8 as u32)) != Ty::Ref {
            self.record_promote(tag, word);
        }
    }

    /// The link in this slot is of the kind that `word` is.
    pub(crate) fn record_link_kind(&mut self, link: Slot, word: u64) {
        let name = self.slot_read(link, Ty::Int, word);
        let mask = self.trace.int(0xff);
        let kind = self.record_pure(Opcode::IntAnd, &[name, mask], word & 0xff);
        self.record_promote(kind, word & 0xff);
    }

    /// The function that the trace runs in returns: the recording ends with that.
    pub(crate) fn finish_function(&mut self, base: usize, tag: Ref, payload: Ref) {
        if self.ending.is_some() {
            return;
        }
        let (tag, payload) = (self.canonical(tag), self.canonical(payload));
        let base = self.slot_of(base).0;
        self.push(Op::new(Opcode::Finish, Ty::Int, &[tag, payload], base as u32), 0);
        self.ending.get_or_insert(Ending::Finish);
    }

    /// A function's trace begins: it tests what loops test where they come round, and that there is room on the stacks.
    pub(crate) fn begin_function(&mut self, code: usize) {
        self.function = Some(code);
    }

    /// The guards at the entry of a function, with the snapshot of its first instruction.
    pub(super) fn record_entry_guards(&mut self) {
        for code in [Opcode::GuardNoSignal, Opcode::GuardStack] {
            let mut op = Op::new(code, Ty::Bool, &[], 0);
            op.snap = Some(self.snapshot());
            self.push(op, 0);
        }
    }
}
