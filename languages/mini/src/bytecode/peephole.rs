//! The peephole optimizer: what stands between the compiler's stack machine and the instructions.
//!
//! The compiler pushes and pops. A push of a variable or a constant is put off: its entry of the stack
//! only says where the value is, and the instruction that pops it uses it from there.
//!
//! | rule | plain | with the peephole |
//! |---|---|---|
//! | store-load | `t = x; u = K; t = t + u` | `t = x + K` |
//! | dead store | `t = a + b; x = t` | `x = a + b`; a dropped push leaves nothing |
//! | folding | `t = 2; u = 3; t = t * u` | `6` |
//! | compare and jump | `t = a < b; jump if t` | `jump if a < b` |
//! | jump threading | jump to a jump | jump to its target |
//! | dead code | what follows a jump, `return` or `throw` | nothing |
//!
//! Invariants: an entry that is put off names a variable of this frame; only statements assign those, and
//! between statements the stack is empty, so the value is still there when it is popped. No rule looks
//! across a label, nor across the ends of what a handler covers.

use std::collections::HashMap;

use holloway::{Symbol, Val};

use super::code::{Handler, Site};
use super::op::{Konst, Op, Slot};
use crate::syntax::ast::BinaryOp;
use crate::syntax::token::Span;

mod fold;
mod select;

pub(super) use select::compares;

/// A place to jump to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Label(usize);

/// Where the value of a stack entry is.
#[derive(Clone, Copy, Debug, PartialEq)]
enum What {
    /// In its own slot.
    Home,
    /// In this variable.
    Variable(Slot),
    /// It is a constant.
    Const(Val),
}

/// An entry of the stack.
#[derive(Clone, Copy, Debug)]
struct Entry {
    /// The slot that belongs to it.
    home: Slot,
    what: What,
    /// So many slots are in use if this is the top: entries that are put off use none.
    live: u32,
}

/// An operand of an instruction.
#[derive(Clone, Copy, Debug)]
enum Operand {
    Slot(Slot),
    Konst(Konst),
}

/// Why a function cannot be compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// A jump is too far for short jumps: to be tried again with long ones.
    Far,
    /// It needs more slots or constants than instructions can name.
    TooLarge,
}

/// Instructions under construction.
pub(super) struct Emitter {
    optimize: bool,
    /// No short jumps.
    far: bool,
    ops: Vec<Op>,
    spans: Vec<Span>,
    heights: Vec<u16>,
    consts: Vec<Val>,
    const_index: HashMap<Val, Konst>,
    sites: Vec<Site>,
    stack: Vec<Entry>,
    /// Slots in use.
    height: u32,
    /// By label: the instruction it means, and if anything jumps there.
    labels: Vec<(Option<u32>, bool)>,
    /// Instructions that jump, and where to.
    jumps: Vec<(usize, Label)>,
    /// Instructions before this one must not be changed: a label follows them.
    barrier: usize,
    /// Who catches what, and the label of each.
    handlers: Vec<(Handler, Label)>,
    reachable: bool,
    too_large: bool,
    /// The place of the next instructions.
    pub(super) span: Span,
}

/// What [`Emitter::finish`] gives.
pub(super) struct Emitted {
    pub(super) ops: Box<[Op]>,
    pub(super) consts: Box<[Val]>,
    pub(super) sites: Box<[Site]>,
    pub(super) spans: Box<[Span]>,
    pub(super) heights: Box<[u16]>,
    pub(super) handlers: Box<[Handler]>,
}

impl Emitter {
    /// For a function whose first `height` slots are in use.
    pub(super) fn new(optimize: bool, far: bool, height: u16) -> Emitter {
        Emitter {
            optimize,
            far,
            ops: Vec::new(),
            spans: Vec::new(),
            heights: Vec::new(),
            consts: Vec::new(),
            const_index: HashMap::new(),
            sites: Vec::new(),
            stack: Vec::new(),
            height: u32::from(height),
            labels: Vec::new(),
            jumps: Vec::new(),
            barrier: 0,
            handlers: Vec::new(),
            reachable: true,
            too_large: false,
            span: Span::default(),
        }
    }

    // ---- slots -------------------------------------------------------------------------------------

    /// Slots in use.
    pub(super) fn height(&self) -> u32 {
        self.height
    }

    /// Frees all slots from this one on: a block ends.
    pub(super) fn set_height(&mut self, height: u32) {
        self.height = height;
    }

    /// Takes the next slot.
    pub(super) fn reserve(&mut self) -> Slot {
        let slot = u16::try_from(self.height).unwrap_or(u16::MAX);
        // Some slots above the last one are needed for moving things about.
        self.too_large |= self.height >= u32::from(u16::MAX) - 8;
        self.height += 1;
        slot
    }

    /// The number of a constant.
    pub(super) fn konst(&mut self, value: Val) -> Konst {
        if let Some(k) = self.const_index.get(&value) {
            return *k;
        }
        let k = u16::try_from(self.consts.len()).unwrap_or_else(|_| {
            self.too_large = true;
            u16::MAX
        });
        if !self.too_large {
            self.consts.push(value);
            self.const_index.insert(value, k);
        }
        k
    }

    /// The number of a new site; an old one's if there are too many.
    pub(super) fn site(&mut self, symbol: Symbol) -> Konst {
        if let Ok(number) = u16::try_from(self.sites.len()) {
            self.sites.push(Site::new(symbol));
            return number;
        }
        let shared = self.sites.iter().position(|s| s.symbol == symbol);
        self.too_large |= shared.is_none();
        shared.unwrap_or(0) as Konst
    }

    // ---- pushing -----------------------------------------------------------------------------------

    fn push(&mut self, what: What) {
        self.push_entry(what);
        if !self.optimize {
            self.settle_top();
        }
    }

    fn push_entry(&mut self, what: What) -> Slot {
        let below = self.live();
        let home = self.reserve();
        let live = if what == What::Home { u32::from(home) + 1 } else { below };
        self.stack.push(Entry { home, what, live });
        home
    }

    /// How many slots are in use.
    fn live(&self) -> u32 {
        self.stack.last().map_or(self.height, |top| top.live)
    }

    /// Pushes a variable of the frame.
    pub(super) fn push_variable(&mut self, slot: Slot) {
        self.push(What::Variable(slot));
    }

    /// Pushes a constant.
    pub(super) fn push_const(&mut self, value: Val) {
        self.push(What::Const(value));
    }

    /// Pushes what an instruction puts into the slot it is given.
    pub(super) fn push_op(&mut self, op: impl FnOnce(Slot) -> Op) -> Slot {
        let home = u16::try_from(self.height).unwrap_or(u16::MAX);
        self.emit(op(home));
        self.push_entry(What::Home)
    }

    /// Pushes a slot that something else fills.
    pub(super) fn push_home(&mut self) -> Slot {
        self.push_entry(What::Home)
    }

    /// Puts the top of the stack into its own slot, and tells which that is.
    pub(super) fn settle_top(&mut self) -> Slot {
        let at = self.stack.len() - 1;
        self.settle(at)
    }

    fn settle(&mut self, at: usize) -> Slot {
        let Entry { home, what, .. } = self.stack[at];
        match what {
            What::Home => {}
            What::Variable(s) => self.emit(Op::Move { d: home, s }),
            What::Const(value) => {
                let k = self.konst(value);
                self.emit(Op::Const { d: home, k });
            }
        }
        self.stack[at].what = What::Home;
        for entry in &mut self.stack[at..] {
            entry.live = entry.live.max(u32::from(home) + 1);
        }
        home
    }

    // ---- popping -----------------------------------------------------------------------------------

    fn pop(&mut self) -> Entry {
        let entry = self.stack.pop().expect("the compiler pops what it has pushed");
        self.height = u32::from(entry.home);
        entry
    }

    /// The slot that the value of an entry is in; constants are brought into one.
    fn slot(&mut self, at: usize) -> Slot {
        match self.stack[at].what {
            What::Variable(slot) => slot,
            _ => self.settle(at),
        }
    }

    /// The slot of the entry `depth` below the top, which stays where it is.
    pub(super) fn peek(&mut self, depth: usize) -> Slot {
        self.slot(self.stack.len() - 1 - depth)
    }

    /// Pops an entry and gives the slot its value is in.
    pub(super) fn pop_slot(&mut self) -> Slot {
        let slot = self.peek(0);
        self.pop();
        slot
    }

    /// Pops `count` entries that are in their own slots.
    pub(super) fn pop_many(&mut self, count: usize) {
        for _ in 0..count {
            self.pop();
        }
    }

    /// Pops a value nobody wants.
    pub(super) fn drop_top(&mut self) {
        let entry = self.pop();
        if entry.what == What::Home
            && let Some(last) = self.last_into(entry.home)
            && matches!(last, Op::Move { .. } | Op::Const { .. } | Op::Capture { .. })
        {
            self.unemit();
        }
    }

    /// Pops the top of the stack into a variable.
    pub(super) fn pop_into(&mut self, d: Slot) {
        let entry = self.pop();
        match entry.what {
            What::Home => {
                if self.optimize
                    && let Some(last) = self.last_into(entry.home)
                    && let Some(to) = last.destination()
                {
                    *to = d;
                } else {
                    self.emit(Op::Move { d, s: entry.home });
                }
            }
            What::Variable(s) => {
                if s != d {
                    self.emit(Op::Move { d, s });
                }
            }
            What::Const(value) => {
                let k = self.konst(value);
                self.emit(Op::Const { d, k });
            }
        }
    }

    /// The top of the stack becomes a variable: its slot is no longer the stack's.
    pub(super) fn top_to_variable(&mut self) -> Slot {
        let slot = self.settle_top();
        self.stack.pop();
        slot
    }

    /// Pops one operand and pushes what the instruction makes of it.
    pub(super) fn unary(&mut self, op: impl FnOnce(Slot, Slot) -> Op) {
        let a = self.pop_slot();
        self.push_op(|d| op(d, a));
    }

    /// Pops two operands and pushes what the instruction makes of them.
    pub(super) fn binary_with(&mut self, op: impl FnOnce(Slot, Slot, Slot) -> Op) {
        let (a, b) = (self.peek(1), self.peek(0));
        self.pop_many(2);
        self.push_op(|d| op(d, a, b));
    }

    /// The same for an operator of the language.
    pub(super) fn binary(&mut self, op: BinaryOp) {
        if let Some(folded) = self.folded(op) {
            self.pop_many(2);
            self.push(What::Const(folded));
            return;
        }
        let (a, b) = self.operands(op);
        self.pop_many(2);
        self.push_op(|d| select::binary(op, d, a, b));
    }

    /// What an operator gives for the two top entries, if that is known.
    fn folded(&self, op: BinaryOp) -> Option<Val> {
        match self.stack[..] {
            [.., Entry { what: What::Const(a), .. }, Entry { what: What::Const(b), .. }] => {
                fold::binary(op, a, b)
            }
            _ => None,
        }
    }

    /// The two top entries, as an operator can take them.
    fn operands(&mut self, op: BinaryOp) -> (Operand, Operand) {
        let top = self.stack.len() - 1;
        match (self.stack[top - 1].what, self.stack[top].what) {
            (_, What::Const(k)) if select::takes_right_constant(op) => {
                let a = Operand::Slot(self.slot(top - 1));
                (a, Operand::Konst(self.konst(k)))
            }
            (What::Const(k), _) if select::takes_left_constant(op) => {
                let b = Operand::Slot(self.slot(top));
                (Operand::Konst(self.konst(k)), b)
            }
            _ => (Operand::Slot(self.slot(top - 1)), Operand::Slot(self.slot(top))),
        }
    }

    /// Negation, folded.
    pub(super) fn negate(&mut self) {
        if self.optimize
            && let Some(Entry { what: What::Const(value), .. }) = self.stack.last_mut()
            && let Some(folded) = fold::negate(*value)
        {
            *value = folded;
            return;
        }
        self.unary(|d, a| Op::Neg { d, a });
    }

    /// Pops two operands and jumps if their comparison answers `want`.
    pub(super) fn compare_and_jump(&mut self, op: BinaryOp, want: bool, label: Label) {
        if self.far || !self.optimize {
            self.binary(op);
            self.jump_if(want, label);
            return;
        }
        if let Some(folded) = self.folded(op) {
            self.pop_many(2);
            if crate::value::is_true(folded) == want {
                self.jump(label);
            }
            return;
        }
        let a = self.peek(1);
        let b = match self.stack[self.stack.len() - 1].what {
            What::Const(value) => Operand::Konst(self.konst(value)),
            _ => Operand::Slot(self.peek(0)),
        };
        self.pop_many(2);
        self.emit_jump(select::compare_and_jump(op, want, a, b), label);
    }

    /// Pops a value and jumps if it is true, or not, as `want` says.
    pub(super) fn jump_if(&mut self, want: bool, label: Label) {
        if let Some(Entry { what: What::Const(value), .. }) = self.stack.last() {
            let jumps = crate::value::is_true(*value) == want;
            self.pop();
            if jumps {
                self.jump(label);
            }
            return;
        }
        let a = self.pop_slot();
        self.emit_jump(Op::JumpIf { want, a, to: 0 }, label);
    }

    // ---- jumping -----------------------------------------------------------------------------------

    /// A new label.
    pub(super) fn label(&mut self) -> Label {
        self.labels.push((None, false));
        Label(self.labels.len() - 1)
    }

    /// The next instruction is what the label means.
    pub(super) fn bind(&mut self, label: Label) {
        self.reachable |= self.labels[label.0].1;
        self.bind_anyway(label);
    }

    fn bind_anyway(&mut self, label: Label) {
        self.labels[label.0].0 = Some(self.ops.len() as u32);
        self.barrier = self.ops.len();
    }

    /// The body of a loop begins, which is entered from elsewhere.
    pub(super) fn bind_loop(&mut self, label: Label, reachable: bool) {
        self.reachable = reachable;
        self.bind_anyway(label);
    }

    /// Separates the next instruction from those before it, and tells its number.
    pub(super) fn barrier(&mut self) -> u32 {
        self.barrier = self.ops.len();
        self.ops.len() as u32
    }

    /// What instructions `start..end` throw is put into a slot, and caught at the label. Inner handlers
    /// must come before those around them.
    pub(super) fn handler(&mut self, start: u32, end: u32, catch: Label, slot: Slot) {
        if start < end {
            self.handlers.push((Handler { start, end, target: 0, slot }, catch));
        }
    }

    /// If the next instruction can be reached.
    pub(super) fn is_reachable(&self) -> bool {
        self.reachable
    }

    /// Jumps.
    pub(super) fn jump(&mut self, label: Label) {
        self.emit_jump(Op::Jump { to: 0 }, label);
        self.reachable = false;
    }

    /// An instruction that jumps, or not.
    pub(super) fn emit_jump(&mut self, op: Op, label: Label) {
        if !self.reachable {
            return;
        }
        self.labels[label.0].1 = true;
        self.jumps.push((self.ops.len(), label));
        self.emit(op);
    }

    /// An instruction of a loop, which jumps by a short distance.
    pub(super) fn emit_loop(&mut self, op: impl FnOnce(i16) -> Op, label: Label) {
        if !self.far {
            self.emit_jump(op(0), label);
            return;
        }
        let skip = self.label();
        self.emit(op(1));
        self.emit_jump(Op::Jump { to: 0 }, skip);
        self.emit_jump(Op::Jump { to: 0 }, label);
        self.bind(skip);
    }

    // ---- instructions ------------------------------------------------------------------------------

    /// An instruction as it is.
    pub(super) fn emit(&mut self, op: Op) {
        if !self.reachable {
            return;
        }
        self.ops.push(op);
        self.spans.push(self.span);
        let height = self.live().max(op.reads_below());
        self.heights.push(u16::try_from(height).unwrap_or(u16::MAX));
        if matches!(op, Op::Return { .. } | Op::NameError { .. } | Op::Throw { .. }) {
            self.reachable = false;
        }
    }

    /// The last instruction, if it puts its result into this slot and no label follows it.
    fn last_into(&mut self, slot: Slot) -> Option<&mut Op> {
        if !self.reachable || self.ops.len() <= self.barrier {
            return None;
        }
        let last = self.ops.last_mut()?;
        (last.destination().map(|d| *d) == Some(slot)).then_some(last)
    }

    fn unemit(&mut self) {
        self.ops.pop();
        self.spans.pop();
        self.heights.pop();
    }

    /// The instructions, with all jumps in place.
    pub(super) fn finish(mut self) -> Result<Emitted, Refused> {
        if self.too_large {
            return Err(Refused::TooLarge);
        }
        let targets: HashMap<usize, Label> = self.jumps.iter().copied().collect();
        for (from, label) in std::mem::take(&mut self.jumps) {
            let mut to = self.labels[label.0].0.unwrap_or(0);
            // A circle of jumps is an endless loop of the program.
            for _ in 0..if self.optimize { 8 } else { 0 } {
                match (self.ops.get(to as usize), targets.get(&(to as usize))) {
                    (Some(Op::Jump { .. }), Some(label)) => {
                        to = self.labels[label.0].0.unwrap_or(0);
                    }
                    _ => break,
                }
            }
            let by = i16::try_from(i64::from(to) - (from as i64 + 1));
            if !set_target(&mut self.ops[from], to, by.ok()) {
                return Err(Refused::Far);
            }
        }
        let labels = &self.labels;
        let target = |(handler, label): &(Handler, Label)| Handler {
            target: labels[label.0].0.unwrap_or(0),
            ..*handler
        };
        let handlers = self.handlers.iter().map(target).collect();
        Ok(Emitted {
            handlers,
            ops: self.ops.into(),
            consts: self.consts.into(),
            sites: self.sites.into(),
            spans: self.spans.into(),
            heights: self.heights.into(),
        })
    }
}

/// Sets where an instruction jumps to; false if that is too far for it.
fn set_target(op: &mut Op, target: u32, short: Option<i16>) -> bool {
    use Op::{
        Count, CountPrep, Each, EachPrep, Jump, JumpEq, JumpEqK, JumpGe, JumpGeK, JumpGt, JumpGtK,
        JumpIf, JumpLe, JumpLeK, JumpLt, JumpLtK, Step, StepPrep,
    };
    match op {
        Jump { to } | JumpIf { to, .. } => {
            *to = target;
            return true;
        }
        _ => {}
    }
    let Some(distance) = short else { return false };
    match op {
        JumpEq { by, .. } | JumpLt { by, .. } | JumpLe { by, .. } | JumpGt { by, .. } => {
            *by = distance
        }
        JumpGe { by, .. } | JumpEqK { by, .. } | JumpLtK { by, .. } => *by = distance,
        JumpLeK { by, .. } | JumpGtK { by, .. } | JumpGeK { by, .. } => *by = distance,
        CountPrep { by, .. } | Count { by, .. } | StepPrep { by, .. } => *by = distance,
        Step { by, .. } | EachPrep { by, .. } | Each { by, .. } => *by = distance,
        _ => {}
    }
    true
}
