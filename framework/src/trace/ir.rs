//! A trace: ops in a straight line, SSA, with constants, snapshots and jump targets on the side.
//!
//! ```text
//!     entry .. preamble ops ..          the first iteration (or all of a bridge)
//!     label [i3, f4]                    at most one; its `phi`s follow at once
//!     i7 = phi 0, f8 = phi 1
//!     .. body ops ..                    may use preamble values: those are loop-invariant ("imports")
//!     jump self [i9, f10]               or to another trace; or `leave`
//! ```
//! The label carries a snapshot that says which slots differ from memory there, in values that the body may use (phis,
//! constants, invariant preamble values): whoever jumps to the label from elsewhere must establish that state. It also says
//! what some words of the heap hold. It is a description, not a use: register allocation ignores it.
//!
//! Invariants (checked by the verifier): a value is defined before it is used; exactly the last op is a terminator;
//! guards, `leave`, `label` and `call_guest` have a snapshot, nothing else has; a jump passes what its target expects.

use super::desc::{AccessId, CallEffect, CallId, LayoutId};
use super::op::{Opcode, ResultTy, Ty};
use super::virtuals::VirtualObject;
use hashbrown::HashMap;
use std::fmt;

/// A value in a trace: an op's result or a constant.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ref(u32);

const CONST: u32 = 1 << 31;

impl Ref {
    /// No value: an unused operand.
    pub const NONE: Ref = Ref(u32::MAX);

    /// The result of the op at this index.
    pub fn op(index: usize) -> Ref {
        debug_assert!((index as u32) < CONST);
        Ref(index as u32)
    }

    /// The constant at this index of the constant table.
    pub fn constant(index: usize) -> Ref {
        debug_assert!((index as u32) < CONST - 1);
        Ref(index as u32 | CONST)
    }

    /// A constant?
    pub fn is_const(self) -> bool {
        self.0 & CONST != 0 && self != Ref::NONE
    }

    /// The result of an op?
    pub fn is_op(self) -> bool {
        self.0 & CONST == 0
    }

    /// Index of the op, or of the constant.
    pub fn index(self) -> usize {
        debug_assert!(self != Ref::NONE);
        (self.0 & !CONST) as usize
    }
}

impl fmt::Debug for Ref {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Ref::NONE => write!(f, "none"),
            r if r.is_const() => write!(f, "c{}", r.index()),
            r => write!(f, "v{}", r.index()),
        }
    }
}

/// A constant: a type and its 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Const {
    /// Its type.
    pub ty: Ty,
    /// The integer, the bits of the double, 0/1, or the address.
    pub bits: u64,
}

/// Index of a snapshot in its trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SnapId(pub u32);

/// A compiled trace, numbered from 1 in order of compilation; stable between runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TraceId(pub u32);

/// Names the greens of an instruction: an index into the driver's table of interned keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(pub u32);

/// A word of interpreter state: an offset in words from the VM stack's base at entry to the trace
/// (negative for frames below), or a red local of the dispatch loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slot(pub i32);

impl Slot {
    /// Red locals lie here.
    const LOCALS: i32 = i32::MIN / 2;
    /// How many red locals a dispatch loop may carry.
    pub const MAX_LOCALS: usize = 8;

    /// The red local number `k`.
    pub fn local(k: usize) -> Slot {
        debug_assert!(k < Slot::MAX_LOCALS);
        Slot(Slot::LOCALS - k as i32)
    }

    /// Which red local this is.
    pub fn as_local(self) -> Option<usize> {
        (self.0 <= Slot::LOCALS).then(|| (Slot::LOCALS - self.0) as usize)
    }
}

/// One operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Op {
    /// What it does.
    pub code: Opcode,
    /// Type of the result; meaningless if there is none.
    pub ty: Ty,
    /// Fixed operands; `Ref::NONE` where there is none.
    pub args: [Ref; 3],
    /// Slot, access, layout, call, target or position: see the op table.
    pub aux: u32,
    /// Operands of calls, labels and jumps: a range of `Trace::lists`.
    pub list: List,
    /// Where to go if the op leaves the trace.
    pub snap: Option<SnapId>,
    /// The instruction it was recorded in.
    pub at: KeyId,
}

/// A range of `Trace::lists`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct List {
    /// First index.
    pub start: u32,
    /// How many.
    pub len: u32,
}

impl Op {
    /// An op without list, snapshot or location.
    pub fn new(code: Opcode, ty: Ty, args: &[Ref], aux: u32) -> Op {
        let mut three = [Ref::NONE; 3];
        three[..args.len()].copy_from_slice(args);
        Op { code, ty, args: three, aux, list: List::default(), snap: None, at: KeyId(0) }
    }

    /// Type of the result.
    pub fn result(&self) -> Option<Ty> {
        match self.code.result() {
            ResultTy::Nothing => None,
            ResultTy::Is(ty) => Some(ty),
            ResultTy::Own => Some(self.ty),
        }
    }

    /// The fixed operands that are there.
    pub fn operands(&self) -> &[Ref] {
        &self.args[..self.code.operands().len()]
    }

    /// The slot of a `slot_load` or `slot_store`.
    pub fn slot(&self) -> Slot {
        Slot(self.aux as i32)
    }

    /// The field or element of a heap access.
    pub fn access(&self) -> AccessId {
        AccessId(self.aux)
    }

    /// The layout of an allocation.
    pub fn layout(&self) -> LayoutId {
        LayoutId(self.aux)
    }

    /// The guest function that a `call_guest` calls.
    pub fn guest(&self) -> KeyId {
        KeyId(self.aux)
    }

    /// The callee of a call.
    pub fn call(&self) -> CallId {
        CallId(self.aux)
    }

    /// May objects move meanwhile, so that no address of one from before is good behind it?
    pub fn collects(&self) -> bool {
        match self.code {
            Opcode::CallGuest => true,
            Opcode::Call | Opcode::CallVoid => self.call().effect() == CallEffect::Collects,
            _ => false,
        }
    }
}

/// Where a jump goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The label of this trace.
    Label,
    /// The label of another trace: values of its phis, then of its imports. Its base lies `base` words above ours.
    Loop {
        /// That trace.
        trace: TraceId,
        /// Words between the two bases.
        base: i32,
    },
    /// The entry of a trace (possibly this one): no values, the VM stack in memory is complete.
    Entry {
        /// That trace.
        trace: TraceId,
        /// Words between the two bases.
        base: i32,
    },
}

/// How to go on in the interpreter when a guard fails: the state at the start of its instruction.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Snapshot {
    /// Greens to continue at.
    pub at: KeyId,
    /// Words between the base to continue with and the base at entry.
    pub base: i32,
    /// Slots whose value differs from memory, by ascending slot.
    pub slots: Vec<(Slot, Ref)>,
    /// Results of what the instruction has already done, in order: the replay log. Empty if it has done nothing
    /// that must not be done twice.
    pub replay: Vec<Ref>,
    /// What the virtuals hold that it names, by ascending name.
    pub virtuals: Vec<VirtualObject>,
    /// A label's: what words of other objects hold in memory whenever it is reached. The body relies on it. A guard's: what
    /// whoever leaves there has to write to them.
    pub memory: Vec<VirtualObject>,
    /// A label's: preamble ops that are safe behind the guards of the preamble only. Traces that jump here must not run them.
    pub barred: Vec<Ref>,
}

/// A trace. The fields are public: stages read them; only [`Trace`]'s own methods and the optimizer's driver append.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// The ops, in order of execution. `Ref::op(i)` is the result of `ops[i]`.
    pub ops: Vec<Op>,
    /// Constants, each once.
    pub consts: Vec<Const>,
    /// Operands of calls, labels and jumps.
    pub lists: Vec<Ref>,
    /// Snapshots; several guards may share one.
    pub snapshots: Vec<Snapshot>,
    /// Where jumps go: `Op::aux` of a jump.
    pub targets: Vec<Target>,
    /// Preamble values that the body uses, in ascending order: with the phis, what a jump from another trace must pass.
    /// Empty without a label.
    pub imports: Vec<Ref>,
    const_index: HashMap<Const, Ref>,
}

impl Trace {
    /// An empty trace.
    pub fn new() -> Trace {
        Trace::default()
    }

    /// Appends an op.
    pub fn push(&mut self, op: Op) -> Ref {
        self.ops.push(op);
        Ref::op(self.ops.len() - 1)
    }

    /// Appends an op with list operands.
    pub fn push_list(&mut self, mut op: Op, list: &[Ref]) -> Ref {
        op.list = self.add_list(list);
        self.push(op)
    }

    /// A list that an op may hold.
    pub(crate) fn add_list(&mut self, list: &[Ref]) -> List {
        let start = self.lists.len() as u32;
        self.lists.extend_from_slice(list);
        List { start, len: list.len() as u32 }
    }

    /// The constant with this type and these bits.
    pub fn constant(&mut self, ty: Ty, bits: u64) -> Ref {
        let c = Const { ty, bits };
        *self.const_index.entry(c).or_insert_with(|| {
            self.consts.push(c);
            Ref::constant(self.consts.len() - 1)
        })
    }

    /// The objects that it mentions as constants.
    pub(crate) fn references(&self) -> impl Iterator<Item = u64> {
        self.consts.iter().filter(|c| c.ty == Ty::Ref && c.bits != 0).map(|c| c.bits)
    }

    /// Changes constants: objects that they name were moved.
    pub(crate) fn change_consts(&mut self, mut change: impl FnMut(&mut Const)) {
        self.const_index.clear();
        for (i, c) in self.consts.iter_mut().enumerate() {
            change(c);
            self.const_index.entry(*c).or_insert(Ref::constant(i));
        }
    }

    /// An integer constant.
    pub fn int(&mut self, value: i64) -> Ref {
        self.constant(Ty::Int, value as u64)
    }

    /// Appends a snapshot.
    pub fn snapshot(&mut self, snapshot: Snapshot) -> SnapId {
        self.snapshots.push(snapshot);
        SnapId(self.snapshots.len() as u32 - 1)
    }

    /// The op that defines a value.
    pub fn def(&self, r: Ref) -> Option<&Op> {
        if r.is_op() { self.ops.get(r.index()) } else { None }
    }

    /// The constant behind a value.
    pub fn as_const(&self, r: Ref) -> Option<Const> {
        if r.is_const() { self.consts.get(r.index()).copied() } else { None }
    }

    /// The type of a value.
    ///
    /// # Panics
    /// If `r` is [`Ref::NONE`] or names an op without result.
    pub fn ty(&self, r: Ref) -> Ty {
        if r.is_const() {
            self.consts[r.index()].ty
        } else {
            self.ops[r.index()].result().expect("the op has a result")
        }
    }

    /// The list operands of an op.
    pub fn list(&self, op: &Op) -> &[Ref] {
        &self.lists[op.list.start as usize..(op.list.start + op.list.len) as usize]
    }

    /// The snapshot of a guard or `leave`.
    pub fn snapshot_of(&self, op: &Op) -> Option<&Snapshot> {
        op.snap.map(|s| &self.snapshots[s.0 as usize])
    }

    /// Index of the label op.
    pub fn label(&self) -> Option<usize> {
        self.ops.iter().position(|op| op.code == Opcode::Label)
    }

    /// Where a jump goes.
    pub fn target(&self, op: &Op) -> Target {
        self.targets[op.aux as usize]
    }

    /// Calls `f` with every value that the op at `index` uses: operands, list, and what its snapshot needs
    /// (a label's snapshot is a description, not a use).
    pub fn each_use(&self, index: usize, mut f: impl FnMut(Ref)) {
        let op = &self.ops[index];
        op.operands().iter().copied().for_each(&mut f);
        self.list(op).iter().copied().for_each(&mut f);
        if op.code == Opcode::Label {
            return;
        }
        if let Some(s) = self.snapshot_of(op) {
            s.values().for_each(&mut f);
        }
    }

    /// Recomputes [`Trace::imports`]: the preamble values that ops after the label use.
    pub fn find_imports(&mut self) {
        let mut imports = Vec::new();
        if let Some(label) = self.label() {
            for i in label + 1..self.ops.len() {
                self.each_use(i, |r| {
                    if r.is_op() && r.index() < label {
                        imports.push(r);
                    }
                });
            }
            imports.sort_unstable();
            imports.dedup();
        }
        self.imports = imports;
    }
}
