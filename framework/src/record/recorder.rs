//! The recorder: a trace under construction beside a running interpreter.
//!
//! Every red operation arrives here with its concrete result, so the recorder can fold constants, choose types of loads by what
//! they really hold, and check itself: in debug builds the whole SSA environment is compared with the VM stack after every
//! instruction.
//!
//! Invariants: `values[i]` is the concrete result of op `i`; the environment holds, for every slot it mentions, the name of the
//! word that lies in that slot now; writes of the current instruction lie in `writes` until the next merge point, because a
//! snapshot shows the state *before* its instruction.

mod cache;
mod calls;
mod entry;
mod heap;
mod inherit;
mod references;
mod slots;

pub(crate) use calls::{Back, Entered, GuestCall};

use super::abort::Abort;
use crate::heap::Tag;
use crate::trace::{
    AccessId, CallId, KeyId, Op, Opcode, Ref, Slot, SnapId, Snapshot, Trace, TraceId, Ty,
};
use hashbrown::{HashMap, HashSet};
use std::collections::VecDeque;

/// How a recording ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// At the header it began at: a loop.
    Loop,
    /// At the header of a compiled loop, whose base lies so many words above ours.
    Join { header: KeyId, base: i32 },
    /// Anywhere: the interpreter goes on there.
    Leave,
    /// The function that it runs in returns.
    Finish,
    /// Given up.
    Abort(Abort),
}

#[derive(Clone, Copy)]
struct SlotState {
    name: Ref,
    dirty: bool,
}

/// Limits of a recording.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) ops: usize,
    pub(crate) depth: usize,
    pub(crate) unroll: usize,
}

/// So many slots may stand in the snapshots of a recording: one that goes deeper and deeper costs more with each guard.
const MOST_SHOWN: usize = 2_500_000;

/// A recording under way.
pub(crate) struct Recorder {
    pub(crate) trace: Trace,
    /// The header it began at; for a bridge, the key it continues at.
    pub(crate) start: KeyId,
    /// The [level](crate::Mark) of the loop that it belongs to.
    pub(crate) level: u8,
    /// Address of the VM stack's base at entry.
    pub(crate) entry_base: usize,
    /// The exit it grows from.
    pub(crate) parent: Option<(TraceId, u32)>,
    pub(crate) ending: Option<Ending>,
    pub(crate) limits: Limits,
    /// Loop headers met so far, marked ones in which frame, and how often.
    pub(crate) headers: HashMap<(KeyId, i32), u32>,
    /// Marked headers that came up in frames that are still there: the base, in words, and the key.
    pub(crate) marked: Vec<(i32, KeyId)>,
    /// Headers of lower levels that came up.
    pub(crate) passed: u32,
    /// The code of the function at whose entry this trace, or the one that it grows from, begins.
    pub(crate) function: Option<usize>,
    /// Functions inlined at present: identity of the code of each, outermost first.
    pub(crate) inlined: Vec<usize>,
    /// Functions whose results hold for one run of the loop only: no folding.
    pub(crate) invariant: Vec<CallId>,
    /// The validity cells that the trace relies on.
    pub(crate) relies_on: Vec<u64>,
    /// Objects that it need not name, because it knows what they refer to.
    kept: Vec<u64>,
    /// Objects whose shape was promoted.
    promoted: HashSet<Ref>,
    values: Vec<u64>,
    /// Integer values that are addresses of objects.
    addresses: Vec<Ref>,
    env: HashMap<Slot, SlotState>,
    writes: Vec<(Slot, Ref)>,
    known: HashMap<Ref, Ref>,
    accesses: HashMap<(usize, u32), AccessId>,
    cache: cache::Cache,
    at: KeyId,
    base: i32,
    height: i32,
    slots_now: Option<Vec<(Slot, Ref)>>,
    snapshot_now: Option<(usize, SnapId)>,
    /// Slots in all snapshots.
    shown: usize,
    log: Vec<Ref>,
    did_effect: bool,
    /// There is a guest call in the trace.
    has_called: bool,
    /// Tag of the result of a guest call, and what it was, until the result lies where it belongs.
    returned: Option<(Ref, u64)>,
    replay: VecDeque<Ref>,
    /// What was read at the entry of the function that begins the recording.
    entry: entry::Entry,
    /// State of the random numbers for forced exits; 0: none.
    chaos: u64,
}

impl Recorder {
    pub(crate) fn new(
        start: KeyId,
        level: u8,
        entry_base: usize,
        limits: Limits,
        chaos: u64,
    ) -> Recorder {
        Recorder {
            trace: Trace::new(),
            start,
            level,
            entry_base,
            parent: None,
            ending: None,
            limits,
            headers: HashMap::new(),
            marked: Vec::new(),
            passed: 0,
            function: None,
            inlined: Vec::new(),
            invariant: Vec::new(),
            relies_on: Vec::new(),
            kept: Vec::new(),
            promoted: HashSet::new(),
            values: Vec::new(),
            addresses: Vec::new(),
            env: HashMap::new(),
            writes: Vec::new(),
            known: HashMap::new(),
            accesses: HashMap::new(),
            cache: cache::Cache::default(),
            at: start,
            base: 0,
            height: 0,
            slots_now: None,
            snapshot_now: None,
            shown: 0,
            log: Vec::new(),
            did_effect: false,
            has_called: false,
            returned: None,
            replay: VecDeque::new(),
            entry: entry::Entry::default(),
            chaos,
        }
    }

    fn push(&mut self, mut op: Op, value: u64) -> Ref {
        op.at = self.at;
        self.values.push(value);
        let r = self.trace.push(op);
        if self.trace.ops.len() > self.limits.ops {
            self.abort(Abort::TooLong);
        }
        r
    }

    /// Gives up, unless it has ended already.
    pub(crate) fn abort(&mut self, reason: Abort) {
        self.ending.get_or_insert(Ending::Abort(reason));
    }

    /// Gives up, whatever was decided before: the program itself went another way.
    pub(crate) fn abort_anyway(&mut self, reason: Abort) {
        self.ending = Some(Ending::Abort(reason));
    }

    /// Now and then, a guard that fails by chance, with the snapshot of the guard to come.
    fn maybe_chaos(&mut self) {
        if self.chaos == 0 {
            return;
        }
        self.chaos ^= self.chaos << 13;
        self.chaos ^= self.chaos >> 7;
        self.chaos ^= self.chaos << 17;
        if self.chaos.is_multiple_of(4) {
            let mut op = Op::new(Opcode::GuardChaos, Ty::Bool, &[], 0);
            op.snap = Some(self.snapshot());
            self.push(op, 0);
        }
    }

    /// The concrete word behind a name.
    pub(crate) fn word(&self, r: Ref) -> u64 {
        match self.trace.as_const(r) {
            Some(c) => c.bits,
            None => self.values[r.index()],
        }
    }

    pub(crate) fn constant(&mut self, ty: Ty, bits: u64) -> Ref {
        self.trace.constant(ty, bits)
    }

    fn canonical(&self, r: Ref) -> Ref {
        self.known.get(&r).copied().unwrap_or(r)
    }

    pub(crate) fn record_pure(&mut self, code: Opcode, args: &[Ref], bits: u64) -> Ref {
        let ty = match code.result() {
            crate::trace::ResultTy::Is(ty) => ty,
            _ => unreachable!("pure ops have a fixed result type"),
        };
        let mut names = [Ref::NONE; 3];
        for (to, &from) in names.iter_mut().zip(args) {
            *to = self.canonical(from);
        }
        let names = &names[..args.len()];
        if names.iter().all(|r| r.is_const()) {
            return self.trace.constant(ty, bits);
        }
        if code == Opcode::RefOfBits && self.trace.ops[names[0].index()].code == Opcode::RefBits {
            let object = self.trace.ops[names[0].index()].args[0];
            return self.canonical(object);
        }
        let mut key = [Ref::NONE; 3];
        key[..names.len()].copy_from_slice(names);
        if let Some(known) = self.cache.computed(code, key) {
            return self.canonical(known);
        }
        let name = self.push(Op::new(code, ty, &key[..args.len()], 0), bits);
        self.cache.learn_computed(code, key, name);
        name
    }

    pub(crate) fn record_checked(&mut self, code: Opcode, args: &[Ref], bits: u64) -> Ref {
        let names = [self.canonical(args[0]), self.canonical(args[1])];
        if names.iter().all(|r| r.is_const()) {
            return self.trace.constant(Ty::Int, bits);
        }
        self.maybe_chaos();
        let mut op = Op::new(code, Ty::Int, &names, 0);
        op.snap = Some(self.snapshot());
        self.push(op, bits)
    }

    pub(crate) fn record_guard(&mut self, condition: Ref, taken: bool) {
        let condition = self.canonical(condition);
        if condition.is_const() {
            return;
        }
        self.maybe_chaos();
        let code = if taken { Opcode::GuardTrue } else { Opcode::GuardFalse };
        let mut op = Op::new(code, Ty::Bool, &[condition], 0);
        op.snap = Some(self.snapshot());
        self.push(op, 0);
        let known = self.trace.constant(Ty::Bool, taken as u64);
        self.known.insert(condition, known);
    }

    pub(crate) fn record_promote(&mut self, name: Ref, bits: u64) {
        let name = self.canonical(name);
        if name.is_const() {
            return;
        }
        self.maybe_chaos();
        let constant = self.trace.constant(self.trace.ty(name), bits);
        let mut op = Op::new(Opcode::GuardValue, Ty::Bool, &[name, constant], 0);
        op.snap = Some(self.snapshot());
        self.push(op, 0);
        self.known.insert(name, constant);
    }

    /// What follows holds as long as the validity cell of this number is not broken.
    pub(crate) fn record_valid(&mut self, cell: u64) {
        if !self.relies_on.contains(&cell) {
            self.relies_on.push(cell);
            self.cache.validity_changed();
        }
        self.maybe_chaos();
        let mut op = Op::new(Opcode::GuardValid, Ty::Bool, &[], 0);
        op.snap = Some(self.snapshot());
        self.push(op, 0);
    }

    pub(crate) fn record_cast(&mut self, name: Ref, to: Ty, bits: u64) -> Ref {
        use Opcode::*;
        let name = self.canonical(name);
        let from = self.trace.ty(name);
        if from == to {
            return name;
        }
        // The address of an object is no number: it may change until the recording is over.
        if name.is_const() && from != Ty::Ref {
            return self.trace.constant(to, bits);
        }
        let as_int = match from {
            Ty::Int => name,
            Ty::Float => self.record_pure(FloatBits, &[name], bits),
            Ty::Bool => self.record_pure(BoolToInt, &[name], bits),
            Ty::Ref => self.record_address(name, bits),
        };
        match to {
            Ty::Int => as_int,
            Ty::Float => self.record_pure(FloatOfBits, &[as_int], bits),
            Ty::Bool => self.record_pure(BoolOfInt, &[as_int], bits),
            Ty::Ref => self.record_pure(RefOfBits, &[as_int], bits),
        }
    }

    // Instructions and snapshots.

    /// A new instruction begins: `base` is the address of its frame, `height` the number of words in use above it.
    pub(crate) fn begin_instruction(&mut self, at: KeyId, base: usize, height: i32) {
        self.commit_writes();
        self.at = at;
        self.base = self.slot_of(base).0;
        self.height = height;
        if cfg!(debug_assertions) {
            self.shadow_check();
        }
        if self.trace.ops.is_empty() && self.parent.is_none() && self.function.is_some() {
            self.record_entry();
        }
        if let Some((tag, word)) = self.returned.take() {
            self.record_result_type(tag, word);
        }
    }

    /// Ends the current instruction: its writes become part of the state.
    pub(crate) fn commit_writes(&mut self) {
        for (slot, name) in self.writes.drain(..) {
            self.env.insert(slot, SlotState { name, dirty: true });
        }
        self.slots_now = None;
        self.snapshot_now = None;
        self.log.clear();
        self.did_effect = false;
    }

    /// Where the current instruction began.
    pub(crate) fn at(&self) -> KeyId {
        self.at
    }

    fn snapshot(&mut self) -> SnapId {
        if self.returned.is_some() {
            // The language does more than to put a result where it belongs: no snapshot would show that.
            self.abort(Abort::Opaque);
        }
        let logged = if self.did_effect { self.log.len() } else { 0 };
        if let Some((n, id)) = self.snapshot_now
            && n == logged
        {
            return id;
        }
        let slots = match &self.slots_now {
            Some(slots) => slots.clone(),
            None => {
                let top = self.base + self.height;
                let mut slots: Vec<(Slot, Ref)> = self
                    .env
                    .iter()
                    .filter(|(slot, state)| state.dirty && slot.0 < top)
                    .map(|(&slot, state)| (slot, self.canonical(state.name)))
                    .collect();
                slots.sort_unstable_by_key(|s| s.0);
                self.slots_now = Some(slots.clone());
                slots
            }
        };
        self.shown += slots.len();
        if self.shown > MOST_SHOWN {
            self.abort(Abort::TooLong);
        }
        let replay = self.log[..logged].iter().map(|&r| self.canonical(r)).collect();
        let base = self.base;
        let id = self.trace.snapshot(Snapshot {
            at: self.at,
            base,
            slots,
            replay,
            ..Snapshot::default()
        });
        self.snapshot_now = Some((logged, id));
        id
    }

    /// Compares the environment with the VM stack. An object that is known to be a constant may be missing there: a collection takes it
    /// from a slot that is dead.
    fn shadow_check(&self) {
        let top = self.base + self.height;
        for (&slot, state) in &self.env {
            if slot.0 >= top {
                continue;
            }
            let address = (self.entry_base as isize + slot.0 as isize * 8) as usize;
            let (is, should) = (crate::interpret::stack::peek(address), self.word(state.name));
            let tag = self.env.get(&Slot(slot.0 & !1)).map_or(0, |tag| self.word(tag.name));
            let may_be_missing = slot.0 % 2 != 0 && Tag(tag as u32).is_object();
            assert!(
                is == should || is == 0 && may_be_missing,
                "recorder and VM stack disagree on slot {}: {should:#x} recorded, {is:#x} there",
                slot.0
            );
        }
    }

    // Effects.

    /// The next result of the instruction's earlier, interrupted run, if there is one left.
    pub(crate) fn next_replayed(&mut self) -> Option<(Ref, u64)> {
        let name = self.replay.pop_front()?;
        self.log.push(name);
        self.did_effect = true;
        Some((name, self.word(name)))
    }

    /// Notes a word that stands for what would have been loaded, as [`Recorder::log_decision`] does.
    pub(crate) fn log_word(&mut self, name: Ref) {
        self.log.push(name);
    }

    /// Notes that the shape of the object of this name is promoted.
    pub(crate) fn note_promoted(&mut self, name: Ref) {
        self.promoted.insert(self.canonical(name));
    }

    /// Was the shape of the object of this name promoted before?
    pub(crate) fn has_promoted(&self, name: Ref) -> bool {
        self.promoted.contains(&self.canonical(name))
    }

    /// Is the value of this name a constant of the trace?
    pub(crate) fn is_constant(&self, name: Ref) -> bool {
        self.canonical(name).is_const()
    }

    /// Notes a green decision, so that the instruction takes it again if it is run again.
    pub(crate) fn log_decision(&mut self, bits: u64) {
        let bits = self.trace.int(bits as i64);
        self.log.push(bits);
    }

    /// Records a call. `tag` is the tag of a dynamic result.
    pub(crate) fn record_call(
        &mut self,
        call: CallId,
        args: &[Ref],
        result: u64,
        tag: Option<u64>,
    ) -> (Ref, Option<Ref>) {
        let desc = call.get();
        if desc.effect.writes() {
            self.cache.written();
        }
        let args: Vec<Ref> = args.iter().map(|&a| self.canonical(a)).collect();
        let name = self.push_call(call, &args, result);
        let logged = if desc.result.is_some() { name } else { self.trace.int(0) };
        self.log.push(logged);
        let tag = tag.map(|bits| {
            let tag = self.push(Op::new(Opcode::ResultTag, Ty::Int, &[], 0), bits);
            self.log.push(tag);
            tag
        });
        self.did_effect |= desc.effect != crate::trace::CallEffect::Elidable || desc.can_fail;
        (logged, tag)
    }

    /// Appends a call.
    fn push_call(&mut self, call: CallId, args: &[Ref], result: u64) -> Ref {
        let (code, ty) = match call.get().result {
            Some(ty) => (Opcode::Call, ty),
            None => (Opcode::CallVoid, Ty::Int),
        };
        let mut op = Op::new(code, ty, &[], call.0);
        op.at = self.at;
        self.values.push(result);
        self.trace.push_list(op, args)
    }

    /// The arguments of the call that this value of the trace is the result of, with their words, if it is one of that function.
    pub(crate) fn arguments_of(&self, value: Ref, function: &str) -> Option<Vec<(Ref, u64)>> {
        let op = self.trace.def(self.canonical(value)).filter(|op| op.code == Opcode::Call)?;
        let desc = op.call().get();
        let args = self.trace.list(op);
        let found = desc.effect == crate::trace::CallEffect::Makes && desc.name == function;
        found.then(|| args.iter().map(|&r| (r, self.word(r))).collect())
    }

    /// Records that the call just before did not fail.
    pub(crate) fn record_no_error(&mut self) {
        let mut op = Op::new(Opcode::GuardNoError, Ty::Bool, &[], 0);
        op.snap = Some(self.snapshot());
        self.push(op, 0);
    }

    /// Nothing of the interrupted run is left?
    pub(crate) fn replay_is_empty(&self) -> bool {
        self.replay.is_empty()
    }

    /// Records an elidable call; `fold`s on constants.
    pub(crate) fn record_elidable(
        &mut self,
        call: CallId,
        args: &[Ref],
        result: u64,
        fold: bool,
    ) -> Ref {
        let args: Vec<Ref> = args.iter().map(|&a| self.canonical(a)).collect();
        let ty = call.get().result.unwrap_or(Ty::Int);
        if fold && args.iter().all(|a| a.is_const()) {
            return self.trace.constant(ty, result);
        }
        if !fold && !self.invariant.contains(&call) {
            self.invariant.push(call);
        }
        let mut op = Op::new(Opcode::Call, ty, &[], call.0);
        op.at = self.at;
        self.values.push(result);
        self.trace.push_list(op, &args)
    }

    /// Ends the recording at the instruction that begins now.
    pub(crate) fn finish(&mut self, ending: Ending) {
        if self.ending.is_some() {
            return;
        }
        let tests: &[Opcode] = match ending {
            // What joins a loop further up the stack may come round again and again: a recursion.
            Ending::Join { base: 1.., .. } => &[Opcode::GuardNoSignal, Opcode::GuardStack],
            Ending::Loop | Ending::Join { .. } => &[Opcode::GuardNoSignal],
            _ => &[],
        };
        for &code in tests {
            let mut op = Op::new(code, Ty::Bool, &[], 0);
            op.snap = Some(self.snapshot());
            self.push(op, 0);
        }
        let mut op = Op::new(Opcode::Leave, Ty::Int, &[], 0);
        op.snap = Some(self.snapshot());
        self.push(op, 0);
        self.ending.get_or_insert(ending);
    }
}
