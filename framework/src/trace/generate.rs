//! Random recordings: well-formed traces of one iteration of a loop, together with a world in which every guard holds.
//!
//! The generator plays the recorder. It carries concrete values along, so that it knows which way each guard goes; it keeps
//! slots in SSA form with deferred stores, takes snapshots per instruction with replay logs, and guards every
//! precondition (a divisor, an index, null) unless constants make it plain. The end state has the types of the entry
//! state, so that the recording closes a loop. Whatever values of the right types stand in slots and objects, the
//! trace runs without a [`Trap`](super::eval::Trap): it may only leave earlier.
//!
//! Invariant: a recording depends on its seed and plan alone.

mod guests;
mod instructions;
mod objects;
mod rng;
#[cfg(test)]
mod tests;
mod vocabulary;

pub use rng::Rng;
pub use vocabulary::{ArrayKind, Field, Function, Guest, Kind, Vocabulary};

use super::compute::compute;
use super::eval::{ModelWorld, World as _, apply};
use super::ir::{KeyId, Op, Ref, Slot, SnapId, Snapshot, Trace};
use super::op::{Opcode, Ty};
use std::collections::BTreeMap;

/// What recordings to make.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How many instructions.
    pub instructions: usize,
    /// Shares of the kinds of instructions, in any unit.
    pub arithmetic: u32,
    /// Guards on conditions and values.
    pub guards: u32,
    /// Loads, stores and allocations.
    pub heap: u32,
    /// Calls.
    pub calls: u32,
    /// Signals, invalidation, stores to the VM stack, dynamic results.
    pub rare: u32,
    /// In so many of a hundred cases a guard is on something that stays the same from iteration to iteration.
    pub stable: u32,
    /// Begin with a `guard_chaos`.
    pub chaos: bool,
    /// Begin with a test of a loop counter, end with its increment.
    pub counter: bool,
    /// Some calls are calls of guest functions.
    pub guests: bool,
    /// End with a `finish`, so that it closes no loop.
    pub finish: bool,
    /// Begin with a `direct_entry`: a function that takes arguments in registers.
    pub direct: bool,
}

impl Plan {
    /// A plan with everything in it, drawn from a seed.
    pub fn random(rng: &mut Rng) -> Plan {
        let most = if rng.percent(10) { 60 } else { 15 };
        let mut share = || if rng.percent(20) { 0 } else { 1 + rng.below(10) as u32 };
        Plan {
            arithmetic: 1 + share(),
            guards: 1 + share(),
            heap: share(),
            calls: share(),
            rare: share().min(2),
            stable: 30 + 7 * share(),
            instructions: 1 + rng.below(most),
            chaos: true,
            counter: rng.percent(70),
            guests: rng.percent(30),
            finish: false,
            direct: false,
        }
    }
}

/// A slot that a recording uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotUse {
    /// Which.
    pub slot: Slot,
    /// What it holds at entry and at the end.
    pub kind: Kind,
    /// Never written.
    pub invariant: bool,
}

/// A recording and the world it was made in.
#[derive(Clone, Debug)]
pub struct Generated {
    /// The recording: straight ops, then `leave` with the dirty slots.
    pub recording: Trace,
    /// The world at its entry; every guard holds in it, but for a `countdown` of the caller's choice.
    pub world: ModelWorld,
    /// The slots of the model interpreter.
    pub slots: Vec<SlotUse>,
}

/// The key of the loop header.
pub const HEADER: KeyId = KeyId(1);
/// Two slots that hold arguments on the VM stack, never anything else.
const ARGUMENTS: Slot = Slot(40);
/// Where the frames of guest functions begin, above all other slots.
const CALLEE: Slot = Slot(48);
/// Slots without a type of their own: written before they are read.
const SCRATCH: [Slot; 4] = [Slot(30), Slot(31), Slot(-5), Slot(33)];
const COUNTER: Slot = Slot(0);
const LIMIT: Slot = Slot(1);

/// Makes a recording. `place` gives addresses to the objects that exist at entry, each of so many words.
pub fn generate(
    seed: u64,
    plan: &Plan,
    vocabulary: &Vocabulary,
    place: &mut dyn FnMut(usize) -> u64,
) -> Generated {
    let mut rng = Rng::new(seed);
    let mut world = ModelWorld::default();
    vocabulary.define(&mut world);
    objects::populate(&mut world, vocabulary, &mut rng, place);
    let mut slots = objects::slots(&mut world, vocabulary, &mut rng);
    if plan.direct {
        for (used, tag) in guests::arguments() {
            objects::fill_slot(&mut world, vocabulary, used, &mut rng);
            world.store_slot(Slot(used.slot.0 - 1), tag);
            slots.push(used);
        }
    }
    let mut generator = Generator {
        rng,
        plan,
        vocabulary,
        trace: Trace::new(),
        world: world.clone(),
        values: Vec::new(),
        kinds: Vec::new(),
        recent: Vec::new(),
        slots: slots.clone(),
        env: BTreeMap::new(),
        dirty: BTreeMap::new(),
        instruction: Instruction::default(),
    };
    generator.record();
    Generated { recording: generator.trace, world, slots }
}

/// The objects at entry, without an address of their own: far apart, never dereferenced.
pub fn made_up_addresses() -> impl FnMut(usize) -> u64 {
    let mut next = 0x1000_0000;
    move |words| {
        next += 8 * words as u64;
        next - 8 * words as u64
    }
}

impl Generated {
    /// The same world with some inputs changed: guards may fail in it.
    pub fn mutate(&self, vocabulary: &Vocabulary, rng: &mut Rng) -> ModelWorld {
        let mut world = self.world.clone();
        for _ in 0..1 + rng.below(3) {
            match rng.below(10) {
                0..6 => {
                    let used = self.slots[rng.below(self.slots.len())];
                    objects::fill_slot(&mut world, vocabulary, used, rng);
                }
                6..9 => objects::change_object(&mut world, vocabulary, rng),
                _ => world.signal = rng.percent(50),
            }
        }
        world
    }
}

/// The instruction being recorded.
#[derive(Clone, Debug, Default)]
struct Instruction {
    key: KeyId,
    base: i32,
    /// The dirty slots at its start.
    start: Vec<(Slot, Ref)>,
    replay: Vec<Ref>,
    /// The snapshot for guards from here on, if one was taken.
    snap: Option<SnapId>,
}

struct Generator<'a> {
    rng: Rng,
    plan: &'a Plan,
    vocabulary: &'a Vocabulary,
    trace: Trace,
    /// The world as the recording goes.
    world: ModelWorld,
    /// The concrete word of each op.
    values: Vec<u64>,
    /// What each op's value is.
    kinds: Vec<Kind>,
    /// Values computed lately.
    recent: Vec<Ref>,
    slots: Vec<SlotUse>,
    /// The slots whose value is known.
    env: BTreeMap<Slot, Ref>,
    /// Those of them that memory does not hold yet.
    dirty: BTreeMap<Slot, Ref>,
    instruction: Instruction,
}

impl Generator<'_> {
    fn record(&mut self) {
        self.instruction.key = HEADER;
        if self.plan.direct {
            self.direct_entry();
        }
        if self.plan.chaos {
            self.begin();
            self.guard(Opcode::GuardChaos, &[]);
        }
        if self.plan.counter {
            self.begin();
            let (counter, limit) = (self.read(COUNTER), self.read(LIMIT));
            self.condition(Opcode::IntLt, &[counter, limit]);
        }
        for _ in 0..self.plan.instructions {
            self.begin();
            self.instruction();
        }
        if self.plan.counter {
            self.begin();
            let (counter, one) = (self.read(COUNTER), self.trace.int(1));
            let code = self.rng.choose(&[Opcode::IntAdd, Opcode::IntAddOvf]);
            let next = self.emit(code, Kind::Word(Ty::Int), &[counter, one], 0);
            self.write(COUNTER, next);
        }
        self.begin();
        if self.plan.finish {
            let value = self.result();
            let tag = self.trace.int(2);
            self.push(Op::new(Opcode::Finish, Ty::Int, &[tag, value], 0), &[]);
            return;
        }
        self.instruction.key = HEADER;
        self.instruction.base = 0;
        let snap = self.snap();
        let leave = Op { snap: Some(snap), ..Op::new(Opcode::Leave, Ty::Int, &[], 0) };
        self.push(leave, &[]);
    }

    /// Starts a new instruction.
    fn begin(&mut self) {
        self.instruction = Instruction {
            key: KeyId(self.instruction.key.0 + 1),
            base: if self.rng.percent(20) { self.rng.below(20) as i32 - 4 } else { 0 },
            start: self.dirty.iter().map(|(&slot, &value)| (slot, value)).collect(),
            replay: Vec::new(),
            snap: None,
        };
    }

    /// The snapshot of a guard here.
    fn snap(&mut self) -> SnapId {
        let now = &mut self.instruction;
        *now.snap.get_or_insert_with(|| {
            self.trace.snapshot(Snapshot {
                at: now.key,
                base: now.base,
                slots: now.start.clone(),
                replay: now.replay.clone(),
                ..Snapshot::default()
            })
        })
    }

    /// Notes that the instruction has done something that must not be done twice.
    fn log(&mut self, result: Ref) {
        self.instruction.replay.push(result);
        self.instruction.snap = None;
    }

    /// The concrete word of a value.
    fn word(&self, value: Ref) -> u64 {
        match self.trace.as_const(value) {
            Some(c) => c.bits,
            None => self.values[value.index()],
        }
    }

    /// Appends an op that holds, and runs it.
    fn push(&mut self, mut op: Op, list: &[Ref]) -> Ref {
        op.at = self.instruction.key;
        let mut args = [0; 3];
        for (arg, &operand) in args.iter_mut().zip(op.operands()) {
            *arg = self.word(operand);
        }
        let words: Vec<u64> = list.iter().map(|&value| self.word(value)).collect();
        let word = match op.code {
            Opcode::Leave | Opcode::Finish | Opcode::DirectEntry => 0,
            code if code.is_guard() => compute(code, args[0], args[1]).unwrap_or_default(),
            _ => apply(&op, args, &words, &mut self.world).unwrap_or_default(),
        };
        self.values.push(word);
        if list.is_empty() { self.trace.push(op) } else { self.trace.push_list(op, list) }
    }

    /// Appends an op that yields a value of this kind.
    fn emit(&mut self, code: Opcode, kind: Kind, args: &[Ref], aux: u32) -> Ref {
        let snap = code.is_guard().then(|| self.snap());
        self.pad_kinds();
        let result = self.push(Op { snap, ..Op::new(code, kind.ty(), args, aux) }, &[]);
        self.note(result, kind);
        result
    }

    /// Appends a guard that yields nothing.
    fn guard(&mut self, code: Opcode, args: &[Ref]) {
        let snap = Some(self.snap());
        self.push(Op { snap, ..Op::new(code, Ty::Int, args, 0) }, &[]);
    }

    /// Appends a comparison and a guard that it goes on as it goes now.
    fn condition(&mut self, code: Opcode, args: &[Ref]) {
        let value = self.emit(code, Kind::Word(Ty::Bool), args, 0);
        self.branch(value);
    }

    /// Appends a guard that this truth value stays.
    fn branch(&mut self, value: Ref) {
        let code = if self.word(value) == 1 { Opcode::GuardTrue } else { Opcode::GuardFalse };
        self.guard(code, &[value]);
    }

    fn pad_kinds(&mut self) {
        self.kinds.resize(self.trace.ops.len(), Kind::Word(Ty::Int));
    }

    /// Notes what the last op's value is.
    fn note(&mut self, value: Ref, kind: Kind) {
        self.pad_kinds();
        self.kinds[value.index()] = kind;
        if self.recent.len() == 16 {
            self.recent.remove(0);
        }
        self.recent.push(value);
    }

    /// The value in a slot, loaded if nobody did yet.
    fn read(&mut self, slot: Slot) -> Ref {
        if let Some(&value) = self.env.get(&slot) {
            return value;
        }
        let kind = self.slots.iter().find(|used| used.slot == slot).map(|used| used.kind);
        let kind = kind.unwrap_or(Kind::Word(Ty::Int));
        let value = self.emit(Opcode::SlotLoad, kind, &[], slot.0 as u32);
        self.env.insert(slot, value);
        value
    }

    /// Writes a slot, without a store.
    fn write(&mut self, slot: Slot, value: Ref) {
        self.env.insert(slot, value);
        self.dirty.insert(slot, value);
    }
}
