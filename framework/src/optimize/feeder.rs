//! Feeds a recording to the pipeline, and translates its values, constants, lists and snapshots into the output's.
//!
//! In the first iteration `slot_load` reads memory. In the second one the loop's label says what the slots hold, and
//! every snapshot lists, besides the slots it was recorded with, those that differ from memory at the label.
//!
//! Constants that the recording of a function writes to frames that wait for a call need not go to memory: no collection changes them.
//! They are such slots from there on, and the call's snapshot lists them, too. The two words of a value go to memory together or not at
//! all: what a frame leaves behind must not be the tag of one value and the payload of another one.
//!
//! A recorded call's snapshot has the words of the callee's frame as well. What the callee takes in registers is passed there; what it
//! leaves alone waits with the caller's frames; everything else is stored before the call.

use super::context::{Context, op};
use super::options::Ignorant;
use super::pipeline::{Never, Pipeline};
use crate::trace::{KeyId, Op, Opcode, Ref, Slot, SnapId, Snapshot, Trace, Ty};

/// Slots and their values, by ascending slot.
pub(super) type Slots = Vec<(Slot, Ref)>;

/// One pass over a recording.
pub(super) struct Feeder<'t> {
    recording: &'t Trace,
    /// Values of the recording's ops in the output.
    values: Vec<Ref>,
    /// Constants of the recording in the output, once they were asked for.
    consts: Vec<Option<Ref>>,
    /// Snapshots of the recording in the output, once they were asked for, and how often virtuals had changed by then.
    snaps: Vec<Option<(SnapId, u64)>>,
    /// Slots that differ from memory where the feeding began, unless a `slot_store` wrote them since.
    state: Slots,
    /// Per op of the recording: for a store right before a guest call, the slot where the callee's frame begins.
    frames: Vec<Option<i32>>,
    /// What such stores write to the callee's frame, in values of the recording.
    callees: Slots,
    /// Per op of the recording: a guard that was dropped.
    pub(super) dropped: Vec<bool>,
    /// Per op of the recording: a guard that was kept, in this form or another.
    pub(super) kept: Vec<bool>,
    /// Per op of the recording: how long the output was before it.
    pub(super) begins: Vec<usize>,
}

/// A guard of the recording cannot hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NeverAt(pub(super) usize);

impl<'t> Feeder<'t> {
    /// Begins with memory as it is.
    pub(super) fn new(recording: &'t Trace) -> Feeder<'t> {
        Feeder::at_label(recording, Slots::new())
    }

    /// Begins where these slots differ from memory.
    pub(super) fn at_label(recording: &'t Trace, state: Slots) -> Feeder<'t> {
        Feeder {
            recording,
            values: vec![Ref::NONE; recording.ops.len()],
            consts: vec![None; recording.consts.len()],
            snaps: vec![None; recording.snapshots.len()],
            state,
            frames: frames(recording),
            callees: Slots::new(),
            dropped: vec![false; recording.ops.len()],
            kept: vec![false; recording.ops.len()],
            begins: vec![0; recording.ops.len()],
        }
    }

    /// Says what an op of the recording yields, instead of feeding it.
    pub(super) fn define(&mut self, index: usize, value: Ref) {
        self.values[index] = value;
    }

    /// Feeds everything but the last op, which is the `leave`, and yields that.
    pub(super) fn run(&mut self, pipeline: &mut Pipeline<'_, '_>) -> Result<(), NeverAt> {
        let last = self.recording.ops.len().saturating_sub(1);
        for index in 0..last {
            self.feed(index, pipeline).map_err(|Never| NeverAt(index))?;
        }
        pipeline.settle_all();
        Ok(())
    }

    /// Feeds what follows a guard that cannot hold, as if that were not so; only to see what the end is like. `false` if that
    /// does not work.
    pub(super) fn run_on(&mut self, never: usize, pipeline: &mut Pipeline<'_, '_>) -> bool {
        // What is known contradicts itself from here on: nothing may be read or called on the strength of it.
        pipeline.cx.options.oracle = &Ignorant;
        let last = self.recording.ops.len().saturating_sub(1);
        let works = (never..last).all(|index| {
            let has_result = self.recording.ops[index].result().is_some();
            self.feed(index, pipeline).is_ok() || !has_result
        });
        pipeline.settle_all();
        works
    }

    /// Feeds one op.
    fn feed(&mut self, index: usize, pipeline: &mut Pipeline<'_, '_>) -> Result<(), Never> {
        let mut op = self.recording.ops[index];
        if op.code == Opcode::Input {
            return Ok(());
        }
        if op.collects() {
            self.flush(&op, pipeline)?;
        }
        if op.code == Opcode::CallGuest {
            return self.call(index, op, pipeline);
        }
        if op.code == Opcode::DirectEntry {
            return self.direct_entry(op, pipeline);
        }
        for i in 0..op.code.operands().len() {
            op.args[i] = self.value(op.args[i], &mut pipeline.cx);
        }
        let recording = self.recording;
        if op.list.len > 0 {
            let list = recording.list(&op);
            let values: Vec<Ref> = list.iter().map(|&r| self.value(r, &mut pipeline.cx)).collect();
            op.list = pipeline.list(values.into_iter());
        }
        match self.frames[index].filter(|_| op.slot().as_local().is_none()) {
            Some(frame) if op.slot().0 >= frame => {
                self.callees.push((op.slot(), recording.ops[index].args[0]));
                return Ok(());
            }
            Some(_) if self.is_function() && self.keep(index, &op, &mut pipeline.cx) => {
                return Ok(());
            }
            _ => {}
        }
        let snap = op.snap.take();
        pipeline.cx.at = op.at;
        pipeline.cx.has_side_result = has_side_result(recording, index);
        let begin = pipeline.cx.out.ops.len();
        self.begins[index] = begin;
        self.values[index] = match (op.code, snap) {
            (Opcode::SlotLoad, _) => self.slot(op, pipeline)?,
            (_, Some(snap)) => {
                let mut kept = false;
                let value = pipeline.feed_guard(op, &mut |cx| {
                    kept = true;
                    self.snapshot(snap, cx)
                })?;
                self.kept[index] = kept;
                self.dropped[index] = !kept;
                value
            }
            (_, None) => pipeline.feed(op)?,
        };
        if op.code == Opcode::SlotStore {
            self.state.retain(|&(slot, _)| slot != op.slot());
        }
        Ok(())
    }

    /// A guest call: words of the callee's frame are passed, wait, or are stored.
    fn call(
        &mut self,
        index: usize,
        mut op: Op,
        pipeline: &mut Pipeline<'_, '_>,
    ) -> Result<(), Never> {
        let recording = self.recording;
        pipeline.cx.at = op.at;
        let frame = frame_of(recording, &op).unwrap_or(i32::MAX);
        let mut snapshot = recording.snapshot_of(&op).cloned().unwrap_or_default();
        let is_callers = |slot: Slot| slot.0 < frame || slot.as_local().is_some();
        let mut callees = std::mem::take(&mut self.callees);
        let stored: Vec<Slot> = callees.iter().map(|word| word.0).collect();
        callees.extend(snapshot.slots.extract_if(.., |word| !is_callers(word.0)));
        callees.sort_unstable_by_key(|word| word.0);
        let words: Slots =
            callees.iter().map(|&(slot, r)| (slot, self.value(r, &mut pipeline.cx))).collect();
        let convention = pipeline.cx.options.conventions.and_then(|c| c.of(op.guest()));
        let direct = convention.and_then(|(number, convention)| {
            let direct = convention.arguments(number, (&words, frame), &pipeline.cx.out)?;
            Some((direct, convention))
        });
        // A value waits as a whole, or not at all.
        let may_wait = |first: i32| {
            let may = |word: &&(Slot, Ref)| !stored.contains(&word.0) || word.1.is_const();
            words.iter().filter(|word| word.0.0 & !1 == first).filter(may).count() == 2
        };
        for (&recorded, &(slot, value)) in callees.iter().zip(&words) {
            let first = slot.0 & !1;
            match &direct {
                Some((direct, _)) if direct.passed.iter().any(|p| p.slot.0 == first) => {}
                Some((_, convention))
                    if !convention.wants(Slot(slot.0 - frame)) && may_wait(first) =>
                {
                    snapshot.slots.push(recorded);
                }
                _ => {
                    let store = Op::new(Opcode::SlotStore, Ty::Int, &[value], slot.0 as u32);
                    pipeline.feed(store)?;
                }
            }
        }
        if let Some((direct, _)) = direct {
            let list = pipeline.cx.out.direct_list(&direct);
            op.list = pipeline.list(list.into_iter());
        }
        op.args[0] = self.value(op.args[0], &mut pipeline.cx);
        op.snap = None;
        pipeline.cx.has_side_result = has_side_result(recording, index);
        self.begins[index] = pipeline.cx.out.ops.len();
        self.values[index] = pipeline.feed_guard(op, &mut |cx| {
            let slots = self.slots(&snapshot, cx);
            cx.snapshot(Snapshot { slots, ..snapshot.clone() })
        })?;
        self.kept[index] = true;
        Ok(())
    }

    /// The second entry, if the function is to have one.
    fn direct_entry(&mut self, op: Op, pipeline: &mut Pipeline<'_, '_>) -> Result<(), Never> {
        let own = pipeline.cx.options.conventions.and_then(|c| c.own());
        let (Some(number), Some(mut direct)) = (own, self.recording.direct(&op)) else {
            return Ok(());
        };
        direct.number = number;
        for passed in &mut direct.passed {
            passed.tag = self.value(passed.tag, &mut pipeline.cx);
            passed.value = self.value(passed.value, &mut pipeline.cx);
        }
        pipeline.cx.at = op.at;
        let list = pipeline.cx.out.direct_list(&direct);
        let list = pipeline.list(list.into_iter());
        pipeline.feed(Op { list, ..op })?;
        Ok(())
    }

    /// A store into a frame that is about to wait: if it is of a constant, it need not happen, nor is the other word of the value stored.
    fn keep(&mut self, index: usize, store: &Op, cx: &mut Context<'_>) -> bool {
        let (slot, value) = (store.slot(), cx.resolve(store.args[0]));
        if !value.is_const() || slot.as_local().is_some() {
            return false;
        }
        if let Some(other) = self.stored_with(index, Slot(slot.0 ^ 1))
            && !self.value(other, cx).is_const()
        {
            return false;
        }
        match self.state.binary_search_by_key(&slot, |&(slot, _)| slot) {
            Ok(i) => self.state[i].1 = value,
            Err(i) => self.state.insert(i, (slot, value)),
        }
        true
    }

    /// What is stored into a slot, in the recording, by the stores around this one that belong to the same guest call.
    fn stored_with(&self, index: usize, slot: Slot) -> Option<Ref> {
        let ops = &self.recording.ops;
        let belongs = |&i: &usize| self.frames[i] == self.frames[index];
        let before = (0..index).rev().take_while(belongs);
        let behind = (index + 1..ops.len()).take_while(belongs);
        before.chain(behind).find(|&i| ops[i].slot() == slot).map(|i| ops[i].args[0])
    }

    /// Before a call during which objects move: slots below the callee's frame go to memory, unless they may wait. Those above are the
    /// callee's; a function of the host has no frame.
    fn flush(&mut self, call: &Op, pipeline: &mut Pipeline<'_, '_>) -> Result<(), Never> {
        let is_guest = call.code == Opcode::CallGuest;
        let frame = self.recording.as_const(call.args[0]).filter(|_| is_guest);
        let frame = frame.map_or(i64::MAX, |c| c.bits as i64);
        let waits = is_guest && self.is_function();
        for (slot, value) in std::mem::take(&mut self.state) {
            if i64::from(slot.0) < frame {
                let value = pipeline.cx.resolve(value);
                if waits && value.is_const() && slot.as_local().is_none() {
                    self.state.push((slot, value));
                    continue;
                }
                pipeline.cx.at = call.at;
                pipeline.feed(Op::new(Opcode::SlotStore, Ty::Int, &[value], slot.0 as u32))?;
            }
        }
        Ok(())
    }

    /// Does the recording end with a return? Then what its frames hold is of no interest behind its end.
    fn is_function(&self) -> bool {
        self.recording.ops.last().is_some_and(|op| op.code == Opcode::Finish)
    }

    /// The value of the slot at the label, as the type that the op wants, or else what memory holds.
    fn slot(&mut self, load: Op, pipeline: &mut Pipeline<'_, '_>) -> Result<Ref, Never> {
        match self.state.binary_search_by_key(&load.slot(), |&(slot, _)| slot) {
            Ok(i) => reinterpret(self.state[i].1, load.ty, pipeline),
            Err(_) => pipeline.feed(load),
        }
    }

    /// The output's value for a value of the recording, as it is known now.
    pub(super) fn value(&mut self, r: Ref, cx: &mut Context<'_>) -> Ref {
        if r.is_op() {
            return cx.resolve(self.values[r.index()]);
        }
        if r == Ref::NONE {
            return r;
        }
        *self.consts[r.index()].get_or_insert_with(|| {
            let c = self.recording.consts[r.index()];
            cx.out.constant(c.ty, c.bits)
        })
    }

    /// The output's snapshot for a snapshot of the recording.
    fn snapshot(&mut self, snap: SnapId, cx: &mut Context<'_>) -> SnapId {
        let changes = cx.virtuals.changes();
        if let Some((done, then)) = self.snaps[snap.0 as usize]
            && (then == changes || tells_no_object(cx, done))
        {
            return done;
        }
        let recorded = &self.recording.snapshots[snap.0 as usize];
        let slots = self.slots(recorded, cx);
        let replay = recorded.replay.iter().map(|&r| self.value(r, cx)).collect();
        let (at, base) = (recorded.at, recorded.base);
        let done = cx.snapshot(Snapshot { at, base, slots, replay, ..Snapshot::default() });
        // A later `slot_store` takes slots out of the state: snapshots after it are not the same.
        self.snaps[snap.0 as usize] = Some((done, changes));
        done
    }

    /// The slots of a recorded snapshot, and those that differ from memory since the label.
    fn slots(&mut self, recorded: &Snapshot, cx: &mut Context<'_>) -> Slots {
        let mut slots = Slots::with_capacity(recorded.slots.len() + self.state.len());
        let mut state = std::mem::take(&mut self.state);
        let mut older = state.iter().copied().peekable();
        for &(slot, value) in &recorded.slots {
            while let Some(entry) = older.next_if(|entry| entry.0 < slot) {
                slots.push((entry.0, cx.resolve(entry.1)));
            }
            older.next_if(|entry| entry.0 == slot);
            slots.push((slot, self.value(value, cx)));
        }
        slots.extend(older.map(|(slot, value)| (slot, cx.resolve(value))));
        std::mem::swap(&mut self.state, &mut state);
        slots
    }

    /// Greens, base and slots at the end of the recording.
    pub(super) fn end(&mut self, pipeline: &mut Pipeline<'_, '_>) -> End {
        let recording = self.recording;
        let leave = recording.ops.last();
        let mut result = leave.copied().filter(|op| op.code == Opcode::Finish);
        for r in result.iter_mut().flat_map(|op| &mut op.args) {
            *r = self.value(*r, &mut pipeline.cx);
        }
        pipeline.cx.at = leave.map_or(KeyId(0), |op| op.at);
        match leave.and_then(|op| recording.snapshot_of(op)) {
            Some(snapshot) => {
                let slots = self.slots(snapshot, &mut pipeline.cx);
                End { at: snapshot.at, base: snapshot.base, slots, result }
            }
            None => End { at: KeyId(0), base: 0, slots: Slots::new(), result },
        }
    }
}

/// The slot where the frame of the function begins that is called.
fn frame_of(recording: &Trace, call: &Op) -> Option<i32> {
    recording.as_const(call.args[0]).and_then(|c| i32::try_from(c.bits as i64).ok())
}

/// For each op: if it is a store right before a guest call, the slot where the callee's frame begins.
fn frames(recording: &Trace) -> Vec<Option<i32>> {
    let mut frames = vec![None; recording.ops.len()];
    let mut frame = None;
    for (index, op) in recording.ops.iter().enumerate().rev() {
        match op.code {
            Opcode::CallGuest => frame = frame_of(recording, op),
            Opcode::SlotStore => frames[index] = frame,
            _ => frame = None,
        }
    }
    frames
}

/// The state at the end of a recording.
#[derive(Clone, Debug)]
pub(super) struct End {
    /// Greens.
    pub(super) at: KeyId,
    /// Words between the base there and at entry.
    pub(super) base: i32,
    /// Slots that differ from memory.
    pub(super) slots: Slots,
    /// The `finish`, if it ends with one.
    pub(super) result: Option<Op>,
}

impl End {
    /// The state as a snapshot.
    pub(super) fn snapshot(&self) -> Snapshot {
        Snapshot { at: self.at, base: self.base, slots: self.slots.clone(), ..Snapshot::default() }
    }
}

/// Are there neither virtuals nor stores that wait, here and in this snapshot?
fn tells_no_object(cx: &Context<'_>, snap: SnapId) -> bool {
    let snapshot = &cx.out.snapshots[snap.0 as usize];
    snapshot.virtuals.is_empty() && snapshot.memory.is_empty() && cx.virtuals.is_settled()
}

/// Is the call at this index followed by an op that reads its tag or error?
pub(super) fn has_side_result(trace: &Trace, index: usize) -> bool {
    let next = trace.ops.get(index + 1).map(|op| op.code);
    matches!(next, Some(Opcode::ResultTag | Opcode::GuardNoError))
}

/// The same word as a value of another type.
pub(super) fn reinterpret(
    value: Ref,
    ty: Ty,
    pipeline: &mut Pipeline<'_, '_>,
) -> Result<Ref, Never> {
    let value = pipeline.cx.resolve(value);
    let from = pipeline.cx.out.ty(value);
    if from == ty {
        return Ok(value);
    }
    if let Some(c) = pipeline.cx.out.as_const(value) {
        return Ok(pipeline.cx.out.constant(ty, c.bits));
    }
    let word = match from {
        Ty::Int => value,
        Ty::Float => pipeline.feed(op(Opcode::FloatBits, &[value]))?,
        Ty::Bool => pipeline.feed(op(Opcode::BoolToInt, &[value]))?,
        Ty::Ref => pipeline.feed(op(Opcode::RefBits, &[value]))?,
    };
    match ty {
        Ty::Int => Ok(word),
        Ty::Float => pipeline.feed(op(Opcode::FloatOfBits, &[word])),
        Ty::Bool => pipeline.feed(op(Opcode::BoolOfInt, &[word])),
        Ty::Ref => pipeline.feed(op(Opcode::RefOfBits, &[word])),
    }
}
