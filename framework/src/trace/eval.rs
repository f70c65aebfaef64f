//! Runs any trace on a model of the world: the oracle for the optimizer and the assembler, on any machine.
//!
//! A run starts at the entry (or at the label, as if jumped to from elsewhere), follows jumps to the trace's own label
//! and entry, and ends where it leaves the trace. A guard that fails does nothing but say what its snapshot holds;
//! [`Outcome::write_back`] then makes the world's slots what the interpreter would find. Invariant: an op whose
//! precondition does not hold is a [`Trap`], never a made-up value: a trap means that the trace is wrong.

mod canonical;
mod model;
#[cfg(test)]
mod tests;
mod world;

pub use model::{ModelCall, ModelGuest, ModelObject, ModelWorld};
pub use world::World;

use super::compute::compute;
use super::ir::{Const, KeyId, Op, Ref, Slot, Target, Trace, TraceId};
use super::op::{Opcode, Ty};
use super::virtuals::Made;
use std::fmt;

/// How to run a trace.
#[derive(Clone, Copy, Debug)]
pub struct Config<'a> {
    /// Values of the `input` ops.
    pub inputs: &'a [u64],
    /// Start at the label instead, with these values of its `phi`s and then of [`Trace::imports`].
    pub at_label: Option<&'a [u64]>,
    /// The trace's own number: jumps to its entry are followed.
    pub own: Option<TraceId>,
    /// Stop after so many jumps back.
    pub fuel: u64,
    /// Let the guard that is this op fail when it is reached for the n-th time, counting from 0.
    pub force: Option<(usize, u64)>,
}

impl Default for Config<'_> {
    fn default() -> Self {
        Config { inputs: &[], at_label: None, own: None, fuel: u64::MAX, force: None }
    }
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Where.
    pub exit: Exit,
    /// How many jumps back were taken before.
    pub rounds: u64,
    /// What the snapshot says; empty after a jump to another trace.
    pub state: State,
    /// The value of every op that ran, by index of the op.
    pub values: Vec<u64>,
}

/// Where a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exit {
    /// At this guard or `leave`.
    Left(usize),
    /// At this jump to another trace, which gets these values.
    Jumped(usize, Target, Vec<u64>),
    /// At this `finish`, with this tag and payload.
    Finished(usize, u64, u64),
    /// At this jump back: out of fuel.
    OutOfFuel(usize),
}

/// What a snapshot holds, evaluated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// Greens to continue at.
    pub at: KeyId,
    /// Words between the base to continue with and the base at entry.
    pub base: i32,
    /// Slots to write.
    pub slots: Vec<(Slot, Const)>,
    /// The replay log.
    pub replay: Vec<Const>,
}

/// A run met an op whose precondition does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trap {
    /// Index of the op.
    pub op: usize,
    /// What is wrong.
    pub why: String,
}

impl fmt::Display for Trap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "op {}: {}", self.op, self.why)
    }
}

impl std::error::Error for Trap {}

impl Outcome {
    /// Writes the slots of the snapshot to the world and moves its base: what an exit does.
    pub fn write_back(&self, world: &mut dyn World) {
        for &(slot, value) in &self.state.slots {
            world.store_slot(slot, value.bits);
        }
        world.move_base(self.state.base);
    }
}

/// Runs a trace that the verifier accepts.
pub fn run(trace: &Trace, world: &mut dyn World, config: &Config<'_>) -> Result<Outcome, Trap> {
    let mut run = Run {
        trace,
        world,
        config,
        values: vec![0; trace.ops.len()],
        phis: Vec::new(),
        forced: 0,
        rounds: 0,
    };
    let mut index = run.start().map_err(|why| Trap { op: 0, why })?;
    loop {
        let Some(op) = trace.ops.get(index) else {
            return Err(Trap { op: index, why: "the trace has no terminator".to_owned() });
        };
        match run.op(index, op).map_err(|why| Trap { op: index, why })? {
            Step::Next => index += 1,
            Step::Goto(target) => index = target,
            Step::Exit(exit) => return run.finish(exit).map_err(|why| Trap { op: index, why }),
        }
    }
}

struct Run<'a> {
    trace: &'a Trace,
    world: &'a mut dyn World,
    config: &'a Config<'a>,
    values: Vec<u64>,
    /// What the `phi`s are to become.
    phis: Vec<u64>,
    /// How often the guard to be forced was reached.
    forced: u64,
    rounds: u64,
}

enum Step {
    Next,
    Goto(usize),
    Exit(Exit),
}

/// The world's answer, or why there is none.
type Answer<T> = Result<T, String>;

impl Run<'_> {
    fn start(&mut self) -> Answer<usize> {
        let (Some(values), Some(label)) = (self.config.at_label, self.trace.label()) else {
            return Ok(0);
        };
        let phis = self.trace.ops[label].list.len as usize;
        for (&import, &value) in self.trace.imports.iter().zip(values.iter().skip(phis)) {
            self.values[import.index()] = value;
        }
        self.phis = values.iter().copied().take(phis).collect();
        self.check_memory(label)?;
        Ok(label + 1)
    }

    /// A value at the label, where the phis are still to come.
    fn arriving(&self, r: Ref) -> u64 {
        match self.trace.def(r).filter(|op| op.code == Opcode::Phi) {
            Some(op) => self.phis.get(op.aux as usize).copied().unwrap_or(0),
            None => self.value(r),
        }
    }

    /// At the label: memory holds what it says.
    fn check_memory(&mut self, label: usize) -> Answer<()> {
        let Some(snapshot) = self.trace.snapshot_of(&self.trace.ops[label]) else { return Ok(()) };
        let from_elsewhere = self.config.at_label.is_some();
        for object in &snapshot.memory {
            if from_elsewhere && object.name.is_op() && !self.trace.imports.contains(&object.name) {
                continue; // an object that the body does not use is not passed on
            }
            let address = self.arriving(object.name);
            for store in &object.stores {
                let wanted = self.arriving(store.value);
                let found = self.world.load(store.access, address, store.index.map(i64::from))?;
                if found != wanted {
                    let name = &store.access.get().name;
                    return Err(format!("{name} holds {found:#x} at the label, not {wanted:#x}"));
                }
            }
        }
        Ok(())
    }

    fn value(&self, r: Ref) -> u64 {
        match self.trace.as_const(r) {
            Some(c) => c.bits,
            None => self.values[r.index()],
        }
    }

    fn list(&self, op: &Op) -> Vec<u64> {
        self.trace.list(op).iter().map(|&r| self.value(r)).collect()
    }

    fn op(&mut self, index: usize, op: &Op) -> Answer<Step> {
        let mut args = [0; 3];
        for (arg, &operand) in args.iter_mut().zip(op.operands()) {
            *arg = self.value(operand);
        }
        if op.code.is_guard() && self.is_forced(index) {
            return Ok(Step::Exit(Exit::Left(index)));
        }
        match op.code {
            Opcode::Label => {
                self.phis = self.list(op);
                self.check_memory(index)?;
                Ok(Step::Next)
            }
            Opcode::Jump => self.jump(index, op),
            Opcode::Leave => Ok(Step::Exit(Exit::Left(index))),
            Opcode::Finish => Ok(Step::Exit(Exit::Finished(index, args[0], args[1]))),
            code if code.is_guard() => self.guard(index, op, args),
            _ => {
                let value = self.plain(index, op, args)?;
                if op.result() == Some(Ty::Bool) && value > 1 {
                    return Err(format!("{} yields the truth value {value:#x}", op.code));
                }
                self.values[index] = value;
                Ok(Step::Next)
            }
        }
    }

    fn is_forced(&mut self, index: usize) -> bool {
        let Some((_, nth)) = self.config.force.filter(|&(op, _)| op == index) else {
            return false;
        };
        self.forced += 1;
        self.forced > nth
    }

    fn jump(&mut self, index: usize, op: &Op) -> Answer<Step> {
        let list = self.list(op);
        let target = self.trace.target(op);
        let (next, base) = match target {
            Target::Label => (self.trace.label().map(|label| label + 1), 0),
            Target::Entry { trace, base } if self.config.own == Some(trace) => (Some(0), base),
            Target::Entry { .. } | Target::Loop { .. } => {
                return Ok(Step::Exit(Exit::Jumped(index, target, list)));
            }
        };
        if self.rounds >= self.config.fuel {
            return Ok(Step::Exit(Exit::OutOfFuel(index)));
        }
        self.rounds += 1;
        self.phis = list;
        self.world.move_base(base);
        if let (Target::Label, Some(next)) = (target, next) {
            self.check_memory(next - 1)?;
        }
        next.map(Step::Goto).ok_or_else(|| "there is no label".to_owned())
    }

    /// Checked arithmetic sets its value; everything else only goes on or leaves.
    fn guard(&mut self, index: usize, op: &Op, [a, b, _]: [u64; 3]) -> Answer<Step> {
        let holds = match op.code {
            Opcode::IntAddOvf | Opcode::IntSubOvf | Opcode::IntMulOvf => {
                let value = compute(op.code, a, b);
                self.values[index] = value.unwrap_or_default();
                value.is_some()
            }
            Opcode::GuardTrue => a == 1,
            Opcode::GuardFalse => a == 0,
            Opcode::GuardValue => a == b,
            Opcode::GuardNoError => !self.world.has_failed(),
            Opcode::GuardNoSignal => !self.world.has_signal(),
            Opcode::GuardValid => self.world.is_valid(),
            Opcode::GuardStack => self.world.has_room(),
            Opcode::GuardChaos => !self.world.chaos(),
            code => return Err(format!("{code} is no guard")),
        };
        Ok(if holds { Step::Next } else { Step::Exit(Exit::Left(index)) })
    }

    /// An op that neither leaves nor jumps.
    fn plain(&mut self, index: usize, op: &Op, args: [u64; 3]) -> Answer<u64> {
        match op.code {
            Opcode::Input => {
                let value = self.config.inputs.get(index).copied();
                value.ok_or_else(|| format!("there is no input {index}"))
            }
            Opcode::Phi => {
                let value = self.phis.get(op.aux as usize).copied();
                value.ok_or_else(|| format!("there is no value for phi {}", op.aux))
            }
            // A stand-in that nobody looks at; a place where nothing happens.
            Opcode::Virtual | Opcode::DirectEntry => Ok(0),
            Opcode::CallGuest => {
                // The callee looks at the stack.
                let waiting = self.trace.snapshot_of(op).map_or(&[][..], |s| &s.slots);
                for &(slot, r) in waiting {
                    let word = self.value(r);
                    self.world.store_slot(slot, word);
                }
                for passed in self.trace.direct(op).into_iter().flat_map(|direct| direct.passed) {
                    let (tag, value) = (self.value(passed.tag), self.value(passed.value));
                    self.world.store_slot(passed.slot, tag);
                    self.world.store_slot(Slot(passed.slot.0 + 1), value);
                }
                apply(op, args, &[], self.world)
            }
            _ => apply(op, args, &self.list(op), self.world),
        }
    }

    /// Evaluates the snapshot, and makes the objects that were virtual.
    fn finish(self, exit: Exit) -> Answer<Outcome> {
        let mut state = State::default();
        if let Exit::Left(index) = exit
            && let Some(snapshot) = self.trace.snapshot_of(&self.trace.ops[index])
        {
            let trace = self.trace;
            let (values, world) = (&self.values, &mut *self.world);
            let value = |r: Ref| trace.as_const(r).map_or_else(|| values[r.index()], |c| c.bits);
            let world = std::cell::RefCell::new(world);
            let made = Made::allocate(
                trace,
                snapshot,
                &value,
                &mut |layout, len| world.borrow_mut().allocate(layout, len),
                &mut |callee, args| world.borrow_mut().call(callee, args),
            )?;
            let world = world.into_inner();
            made.fill(trace, snapshot, &value, &mut |access, object, index, word| {
                world.store(access, object, index, word)
            })?;
            let bits = |r| made.word(trace, r).unwrap_or_else(|| value(r));
            let known = |r| Const { ty: trace.ty(r), bits: bits(r) };
            state.at = snapshot.at;
            state.base = snapshot.base;
            state.slots = snapshot.slots.iter().map(|&(slot, r)| (slot, known(r))).collect();
            state.replay = snapshot.replay.iter().map(|&r| known(r)).collect();
        }
        Ok(Outcome { exit, rounds: self.rounds, state, values: self.values })
    }
}

/// What an op that neither leaves nor jumps yields on concrete operands, and its effect on the world; what has no result
/// yields 0.
pub(super) fn apply(
    op: &Op,
    [a, b, c]: [u64; 3],
    list: &[u64],
    world: &mut dyn World,
) -> Result<u64, String> {
    match op.code {
        Opcode::SlotLoad => world.load_slot(op.slot()),
        Opcode::SlotStore => {
            world.store_slot(op.slot(), a);
            Ok(0)
        }
        Opcode::SlotAddr => world.slot_address(op.slot()),
        Opcode::FieldLoad => world.load(op.access(), a, None),
        Opcode::FieldStore => world.store(op.access(), a, None, b).map(|()| 0),
        Opcode::ElemLoad => world.load(op.access(), a, Some(b as i64)),
        Opcode::ElemStore => world.store(op.access(), a, Some(b as i64), c).map(|()| 0),
        Opcode::New => world.allocate(op.layout(), 0),
        Opcode::NewArray => world.allocate(op.layout(), a),
        Opcode::Call | Opcode::CallVoid => world.call(op.call(), list),
        Opcode::CallGuest => world.call_guest(op.guest(), a as i64),
        Opcode::ResultTag => Ok(world.result_tag()),
        code => compute(code, a, b)
            .ok_or_else(|| format!("{code} is not defined on {} and {}", a as i64, b as i64)),
    }
}
