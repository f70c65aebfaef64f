//! Functions: the second entry of a generated one, and its calls of guest functions.
//!
//! ```text
//! slots 18 .. 29    its arguments, a tag and a payload each
//! slots 48 ..       the frame of a function that it calls: two arguments likewise
//! ```
//! Invariant: what is an argument of the function is known from its second entry on, and every snapshot has it until it is written.

use super::super::direct::{Direct, Passed};
use super::super::eval::World as _;
use super::super::ir::{KeyId, Op, Slot, Snapshot};
use super::super::op::{Opcode, Ty};
use super::vocabulary::{Guest, Kind};
use super::{CALLEE, Generator, SlotUse};
use std::collections::BTreeMap;

/// Payloads of the arguments that the function may have; the tag lies one word below.
const ARGUMENTS: [(i32, Ty); 6] =
    [(19, Ty::Int), (21, Ty::Float), (23, Ty::Bool), (25, Ty::Int), (27, Ty::Float), (29, Ty::Int)];

impl Generator<'_> {
    /// Loads of the arguments, guards on their tags, and a `direct_entry`.
    pub(super) fn direct_entry(&mut self) {
        let mut direct = Direct { number: 0, passed: Vec::new() };
        let mut tags = Vec::new();
        for (payload, _) in ARGUMENTS {
            if self.rng.percent(30) {
                continue;
            }
            let (payload, slot) = (Slot(payload), Slot(payload - 1));
            let tag = self.emit(Opcode::SlotLoad, Kind::Word(Ty::Int), &[], slot.0 as u32);
            // Nobody is to use what was loaded instead of the constant.
            self.recent.pop();
            tags.push(tag);
            let value = self.read(payload);
            let known = self.trace.int(self.word(tag) as i64);
            direct.passed.push(Passed { slot, tag: known, value });
        }
        if direct.passed.is_empty() {
            return;
        }
        for (&tag, passed) in tags.iter().zip(&direct.passed) {
            self.guard(Opcode::GuardValue, &[tag, passed.tag]);
        }
        for passed in &direct.passed {
            self.write(passed.slot, passed.tag);
            self.write(Slot(passed.slot.0 + 1), passed.value);
        }
        let list = self.trace.direct_list(&direct);
        self.push(Op::new(Opcode::DirectEntry, Ty::Int, &[], 0), &list);
    }

    /// A call of a guest function: to memory go references, and some of the rest; the other slots wait. No reference is used behind it
    /// that was there before.
    pub(super) fn call_guest(&mut self) {
        let mut key = self.rng.below(Guest::COUNT as usize) as u32;
        let a = self.pick(Kind::Word(Ty::Int));
        let b = self.pick(Guest::second(KeyId(key)));
        if Guest::new(KeyId(key), self.word(a), 0).result.is_none() {
            key = 0;
        }
        let mut arguments = Vec::new();
        for (payload, value) in [(CALLEE.0 + 1, a), (CALLEE.0 + 3, b)] {
            // A tag that the callee does not expect, now and then.
            let tag = if self.rng.percent(5) { 7 } else { Guest::tag(self.trace.ty(value)) };
            arguments.extend([(Slot(payload - 1), self.trace.int(tag)), (Slot(payload), value)]);
        }
        let mut waiting = BTreeMap::new();
        for (slot, value) in std::mem::take(&mut self.dirty).into_iter().chain(arguments) {
            let may_wait = value.is_const() || self.trace.ty(value) != Ty::Ref;
            if may_wait && slot.as_local().is_none() && self.rng.percent(60) {
                waiting.insert(slot, value);
                let word = self.word(value);
                self.world.store_slot(slot, word);
                continue;
            }
            self.push(Op::new(Opcode::SlotStore, Ty::Int, &[value], slot.0 as u32), &[]);
        }
        let frame = self.trace.int(CALLEE.0.into());
        let function = KeyId(80 + key);
        let (at, base) = (self.instruction.key, self.instruction.base);
        let slots = waiting.iter().map(|(&slot, &value)| (slot, value)).collect();
        let snap = self.trace.snapshot(Snapshot { at, base, slots, ..Snapshot::default() });
        let call = Op::new(Opcode::CallGuest, Ty::Int, &[frame], function.0);
        let result = self.push(Op { snap: Some(snap), ..call }, &[]);
        waiting.retain(|slot, _| *slot < CALLEE);
        self.dirty = waiting;
        self.forget_objects();
        self.note(result, Kind::Word(Ty::Int));
        let tag = self.push(Op::new(Opcode::ResultTag, Ty::Int, &[], 0), &[]);
        self.note(tag, Kind::Word(Ty::Int));
        self.begin();
        self.guard(Opcode::GuardNoError, &[]);
        if self.rng.percent(60) {
            self.write_somewhere(result);
        }
    }
}

/// The arguments of a function, and their tags.
pub(super) fn arguments() -> impl Iterator<Item = (SlotUse, u64)> {
    ARGUMENTS.into_iter().map(|(payload, ty)| {
        let used = SlotUse { slot: Slot(payload), kind: Kind::Word(ty), invariant: false };
        (used, Guest::tag(ty) as u64)
    })
}
