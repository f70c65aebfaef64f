//! The pipeline: shows each op to the passes in order, does what they answer, and alone appends to the output.
//!
//! Invariant: whatever is appended has been shown to every pass, and every pass is told of it.

use super::context::Context;
use super::fact::Fact;
use super::options::{Options, PassId};
use super::pass::{Answer, Pass, Word};
use super::{fold, guard, heap, pure, ranges, virtuals};
use crate::trace::{List, Op, Ref, SnapId};
use bumpalo::Bump;

/// How often an op may be replaced before it is taken as it is.
const FUEL: u32 = 12;

/// Makes the snapshot of a guard.
pub(super) type Snap<'s> = &'s mut dyn FnMut(&mut Context<'_>) -> SnapId;

/// A guard that cannot hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Never;

/// The passes and what they share.
pub(super) struct Pipeline<'a, 'b> {
    pub(super) cx: Context<'a>,
    passes: Vec<Box<dyn Pass + 'b>>,
}

impl<'a, 'b> Pipeline<'a, 'b> {
    /// The passes that the options ask for, and an empty output.
    pub(super) fn new(options: Options<'a>, capacity: usize, bump: &'b Bump) -> Pipeline<'a, 'b> {
        let mut passes: Vec<Box<dyn Pass + 'b>> = Vec::with_capacity(5);
        for id in PassId::ALL.into_iter().filter(|&id| options.passes.has(id)) {
            match id {
                PassId::Fold => passes.push(Box::new(fold::Fold)),
                PassId::Ranges => passes.push(Box::new(ranges::Ranges)),
                PassId::Guard => passes.push(Box::new(guard::Guard::new(bump))),
                PassId::Pure => passes.push(Box::new(pure::Pure::new(bump))),
                PassId::Virtuals => passes.push(Box::<virtuals::Virtuals>::default()),
                PassId::Heap => passes.push(Box::new(heap::Heap::new(bump))),
                PassId::Peel | PassId::Dead => {}
            }
        }
        Pipeline { cx: Context::new(options, capacity), passes }
    }

    /// Feeds an op that is no guard; yields its result, or `Ref::NONE` if it has none or was dropped.
    pub(super) fn feed(&mut self, op: Op) -> Result<Ref, Never> {
        debug_assert!(!op.code.has_snapshot());
        self.feed_guard(op, &mut |_| SnapId(u32::MAX))
    }

    /// Feeds an op. If it stays a guard, `snapshot` is asked for its snapshot, before the guard teaches anything.
    pub(super) fn feed_guard(&mut self, op: Op, snapshot: Snap<'_>) -> Result<Ref, Never> {
        self.cx.counts.fed += 1;
        self.feed_with(op, FUEL, snapshot)
    }

    fn feed_with(&mut self, mut op: Op, mut fuel: u32, snapshot: Snap<'_>) -> Result<Ref, Never> {
        op.args = op.args.map(|r| if r == Ref::NONE { r } else { self.cx.resolve(r) });
        let mut i = 0;
        while i < self.passes.len() && fuel > 0 {
            let pass = &mut self.passes[i];
            let answer = pass.feed(&mut self.cx, &op);
            let id = pass.id() as usize;
            match answer {
                Answer::Keep => i += 1,
                Answer::Never => return Err(Never),
                Answer::Replace(other) => {
                    self.cx.counts.rewritten[id] += 1;
                    op = Op { at: op.at, snap: op.snap, ..other };
                    i = 0;
                    fuel -= 1;
                }
                Answer::Expand => {
                    self.cx.counts.rewritten[id] += 1;
                    return self.expand(fuel - 1, snapshot);
                }
                Answer::Force => {
                    self.realize(&mut op);
                    i = 0;
                    fuel -= 1;
                }
                Answer::Delay => {
                    if self.delay(&op) {
                        return Ok(Ref::NONE);
                    }
                    op.args = op.args.map(|r| if r == Ref::NONE { r } else { self.cx.resolve(r) });
                    i = 0;
                    fuel -= 1;
                }
                Answer::Value(value) => {
                    self.cx.counts.removed[id] += 1;
                    self.drop_list(&op);
                    return Ok(value);
                }
                Answer::Drop => {
                    self.cx.counts.removed[id] += 1;
                    self.drop_list(&op);
                    return Ok(Ref::NONE);
                }
            }
        }
        self.realize(&mut op);
        if !self.cx.virtuals.is_settled() {
            self.settle(&op);
        }
        if op.code.has_snapshot() {
            op.snap = Some(snapshot(&mut self.cx));
        }
        Ok(self.commit(op))
    }

    /// Feeds the queued ops and yields the result of the last one.
    fn expand(&mut self, fuel: u32, snapshot: Snap<'_>) -> Result<Ref, Never> {
        let queue = std::mem::take(&mut self.cx.queue);
        let fact = std::mem::replace(&mut self.cx.queue_fact, Fact::ANY);
        let mut results: Vec<Ref> = Vec::with_capacity(queue.len());
        for mut op in queue {
            op.args = op.args.map(|r| match Context::queued(r) {
                Some(k) => results[k],
                None => r,
            });
            results.push(self.feed_with(op, fuel, snapshot)?);
        }
        let result = results.last().copied().unwrap_or(Ref::NONE);
        self.cx.learn_fact(result, fact);
        Ok(result)
    }

    /// Appends an op as it is.
    pub(super) fn commit(&mut self, op: Op) -> Ref {
        let op = Op { at: self.cx.at, ..op };
        let at = self.cx.append(op);
        self.learn(&op, at);
        if op.result().is_some() { at } else { Ref::NONE }
    }

    /// Tells the passes that this op has run.
    pub(super) fn learn(&mut self, op: &Op, at: Ref) {
        for pass in &mut self.passes {
            pass.committed(&mut self.cx, op, at);
        }
    }

    /// Tells the passes that this guard has run and failed.
    pub(super) fn learn_failed(&mut self, op: &Op) {
        for pass in &mut self.passes {
            pass.failed(&mut self.cx, op);
        }
    }

    /// The words of the heap whose contents are known.
    pub(super) fn words(&self) -> Vec<Word> {
        self.passes.iter().flat_map(|pass| pass.words(&self.cx)).collect()
    }

    /// Tells the passes what a word of the heap holds.
    pub(super) fn learn_word(&mut self, word: Word) {
        self.passes.iter_mut().for_each(|pass| pass.learn_word(word));
    }

    /// Everything learnt so far is void.
    pub(super) fn forget(&mut self) {
        self.cx.forget();
        self.passes.iter_mut().for_each(|pass| pass.forget());
    }

    /// Puts operands in the output's lists, for the op that is fed next.
    pub(super) fn list(&mut self, operands: impl Iterator<Item = Ref>) -> List {
        let lists = &mut self.cx.out.lists;
        let start = lists.len() as u32;
        lists.extend(operands);
        List { start, len: lists.len() as u32 - start }
    }

    /// Takes the operands of a dropped op back, if they are the last ones.
    fn drop_list(&mut self, op: &Op) {
        let lists = &mut self.cx.out.lists;
        if op.list.len > 0 && (op.list.start + op.list.len) as usize == lists.len() {
            lists.truncate(op.list.start as usize);
        }
    }
}
