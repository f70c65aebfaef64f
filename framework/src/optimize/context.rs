//! What the passes share: the output so far, and what is known about its values.
//!
//! Invariant: `equal` and `facts` hold at the end of the output, given that everything in it ran and its guards held.
//! For a bridge the output starts with copies of the code that ran before it; those are dropped in the end, and of
//! their values only the ones that survive the exit are usable.

use super::fact::Fact;
use super::options::Options;
use super::report::Counts;
use super::virtuals::state::State;
use crate::trace::{Const, KeyId, Op, Opcode, Ref, Trace, Ty};

/// Operands of queued ops name results of earlier queued ops by numbers from here on.
const QUEUED: usize = 1 << 30;

/// The state that passes read and the pipeline writes.
pub(super) struct Context<'a> {
    /// The output so far.
    pub(super) out: Trace,
    /// How to optimize.
    pub(super) options: Options<'a>,
    /// Ops that replace the one that is fed: see [`Context::enqueue`].
    pub(super) queue: Vec<Op>,
    /// What is known about the result of the queued ops that they do not show themselves.
    pub(super) queue_fact: Fact,
    /// Where the op that is fed was recorded.
    pub(super) at: KeyId,
    /// The op that is fed is followed by one that reads its side result.
    pub(super) has_side_result: bool,
    /// What the passes did.
    pub(super) counts: Counts,
    /// The objects that are not allocated.
    pub(super) virtuals: State,
    /// Per op: the constant its result is known to be, or the op itself; for a virtual that was forced, the real object.
    equal: Vec<Ref>,
    /// Per op: what is known about its result, if it is an integer.
    facts: Vec<Fact>,
    /// Per op of the code before a bridge: the op of the parent trace whose value this is, if it may be used.
    inputs: Vec<Option<usize>>,
    /// Per op of the code before a bridge: the bridge's own op that computed its value anew.
    stand_ins: Vec<Option<Ref>>,
    /// Pairs of a bridge's own op and the value that it computed anew, by ascending op.
    renewed: Vec<(Ref, Ref)>,
}

impl<'a> Context<'a> {
    /// An empty output.
    pub(super) fn new(options: Options<'a>, capacity: usize) -> Context<'a> {
        let mut out = Trace::new();
        out.ops.reserve(capacity);
        Context {
            out,
            options,
            queue: Vec::new(),
            queue_fact: Fact::ANY,
            at: KeyId(0),
            has_side_result: false,
            counts: Counts::default(),
            virtuals: State::default(),
            equal: Vec::with_capacity(capacity),
            facts: Vec::with_capacity(capacity),
            inputs: Vec::new(),
            stand_ins: Vec::new(),
            renewed: Vec::new(),
        }
    }

    /// Appends an op about which nothing is known yet.
    pub(super) fn append(&mut self, op: Op) -> Ref {
        let at = self.out.push(op);
        self.equal.push(at);
        self.facts.push(Fact::ANY);
        at
    }

    /// Appends an op of the code that ran before the bridge; its value must not be used.
    pub(super) fn append_prefix(&mut self, op: Op) -> Ref {
        self.inputs.push(None);
        self.stand_ins.push(None);
        debug_assert_eq!(self.inputs.len(), self.out.ops.len() + 1);
        self.append(op)
    }

    /// A value of the code before may be used: it is that of this op of the parent trace.
    pub(super) fn allow(&mut self, value: Ref, parent_op: usize) {
        if value.is_op() {
            self.inputs[value.index()] = Some(parent_op);
        }
    }

    /// The number of ops that ran before the bridge.
    pub(super) fn prefix_len(&self) -> usize {
        self.inputs.len()
    }

    /// The value itself if it may be used, or the bridge's own op that computed it anew.
    pub(super) fn usable_form(&self, value: Ref) -> Option<Ref> {
        if self.usable(value) { Some(value) } else { self.stand_ins[value.index()] }
    }

    /// The op yields what this value of the code before was: what was known about that is true of it.
    pub(super) fn renew(&mut self, value: Ref, op: Ref) {
        if self.usable(value) || !op.is_op() {
            return;
        }
        self.stand_ins[value.index()] = Some(op);
        self.renewed.push((op, value));
        self.learn_fact(op, self.facts[value.index()]);
    }

    /// The value under which tables know this one.
    pub(super) fn original(&self, value: Ref) -> Ref {
        if self.renewed.is_empty() {
            return value;
        }
        match self.renewed.binary_search_by_key(&value, |pair| pair.0) {
            Ok(i) => self.renewed[i].1,
            Err(_) => value,
        }
    }

    /// Which op of the parent trace yields this value of the code before.
    pub(super) fn input(&self, value: Ref) -> Option<usize> {
        self.inputs.get(value.index()).copied().flatten()
    }

    /// Forgets what is known about every value. (Which real object a virtual became is no knowledge, but a name.)
    pub(super) fn forget(&mut self) {
        for (i, equal) in self.equal.iter_mut().enumerate() {
            if equal.is_const() {
                *equal = Ref::op(i);
            }
        }
        self.virtuals.clear();
        self.facts.fill(Fact::ANY);
    }

    /// May the output use this value?
    pub(super) fn usable(&self, value: Ref) -> bool {
        !value.is_op() || self.inputs.get(value.index()).is_none_or(Option::is_some)
    }

    /// The constant that the value is known to be, or the value (a real one, if it was virtual once).
    pub(super) fn resolve(&self, value: Ref) -> Ref {
        if !value.is_op() {
            return value;
        }
        match self.equal[value.index()] {
            other if other.is_op() && other != value => self.resolve(other),
            known => known,
        }
    }

    /// From now on this virtual, or its address, is that value.
    pub(super) fn set_alias(&mut self, value: Ref, real: Ref) {
        debug_assert!(self.out.virtual_behind(value).is_some());
        if value != real {
            self.equal[value.index()] = real;
        }
    }

    /// From now on the value is this constant.
    pub(super) fn set_equal(&mut self, value: Ref, constant: Ref) {
        debug_assert!(value.is_op() && constant.is_const());
        self.equal[value.index()] = constant;
    }

    /// What is known about an integer.
    pub(super) fn fact(&self, value: Ref) -> Fact {
        match self.constant(value) {
            Some(c) => Fact::exact(c.bits as i64),
            None => self.facts[value.index()],
        }
    }

    /// This is known about the value, too.
    pub(super) fn learn_fact(&mut self, value: Ref, fact: Fact) {
        if value.is_op()
            && let Some(both) = self.facts[value.index()].and(fact)
        {
            self.facts[value.index()] = both;
        }
    }

    /// The constant that the value is.
    pub(super) fn constant(&self, value: Ref) -> Option<Const> {
        self.out.as_const(self.resolve(value))
    }

    /// The constant integer that the value is.
    pub(super) fn int(&self, value: Ref) -> Option<i64> {
        self.constant(value).map(|c| c.bits as i64)
    }

    /// The op that yields the value, if it is one with this code.
    pub(super) fn def(&self, value: Ref, code: Opcode) -> Option<Op> {
        self.out.def(value).filter(|op| op.code == code).copied()
    }

    /// The constant integer.
    pub(super) fn make_int(&mut self, value: i64) -> Ref {
        self.out.int(value)
    }

    /// The constant truth value.
    pub(super) fn make_bool(&mut self, value: bool) -> Ref {
        self.out.constant(Ty::Bool, u64::from(value))
    }

    /// Queues an op and yields a name for its result, for ops queued after it.
    pub(super) fn enqueue(&mut self, code: Opcode, args: &[Ref]) -> Ref {
        self.queue.push(op(code, args));
        Ref::op(QUEUED + self.queue.len() - 1)
    }

    /// Which queued op's result this is.
    pub(super) fn queued(value: Ref) -> Option<usize> {
        if value.is_op() { value.index().checked_sub(QUEUED) } else { None }
    }
}

/// An op whose result type the op table says.
pub(super) fn op(code: Opcode, args: &[Ref]) -> Op {
    Op::new(code, Ty::Int, args, 0)
}
