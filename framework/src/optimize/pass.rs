//! What a pass is: it is shown an op and answers; it is told what was committed and learns.
//!
//! Invariants for every pass: an answer is right wherever the ops committed so far have run and their guards held; a
//! value it answers with is usable ([`Context::usable`]); what it remembers it forgets when told to.

use super::context::Context;
use super::options::PassId;
use crate::trace::{AccessId, Op, Ref};

/// What becomes of an op.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Answer {
    /// This pass has nothing to say.
    Keep,
    /// Another op yields the same; it starts over with the first pass.
    Replace(Op),
    /// The ops in [`Context::queue`] yield the same: the last one's result is the result.
    Expand,
    /// Its result is this value.
    Value(Ref),
    /// It does nothing, and has no result.
    Drop,
    /// A guard that cannot hold.
    Never,
    /// A store that can wait.
    Delay,
    /// Its operands must be real: virtuals among them are allocated, and it starts over.
    Force,
}

/// A word of the heap and what it holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Word {
    pub(super) access: AccessId,
    pub(super) object: Ref,
    /// `Ref::NONE` for a field.
    pub(super) index: Ref,
    pub(super) value: Ref,
}

/// A pass.
pub(super) trait Pass {
    /// Which one.
    fn id(&self) -> PassId;

    /// What should become of this op? Its operands are resolved.
    fn feed(&mut self, cx: &mut Context<'_>, op: &Op) -> Answer;

    /// The op stands in the output as `at` (or once stood in code that ran before): learn from it.
    fn committed(&mut self, cx: &mut Context<'_>, op: &Op, at: Ref);

    /// The op is a guard that ran and failed: learn the opposite.
    fn failed(&mut self, _: &mut Context<'_>, _: &Op) {}

    /// The words of the heap whose contents are known, each as [`Pass::learn_word`] takes it.
    fn words(&self, _: &Context<'_>) -> Vec<Word> {
        Vec::new()
    }

    /// This word of the heap holds this value.
    fn learn_word(&mut self, _: Word) {}

    /// Only what is learnt from now on counts.
    fn forget(&mut self);
}
