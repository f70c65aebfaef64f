//! PURE: what was already computed is not computed again.
//!
//! ```text
//! i2 = int_add_ovf i0, i1 -> s0       i2 = int_add_ovf i0, i1 -> s0
//! i3 = int_add i1, i0             =>  call_void show(i2, i2)
//! call_void show(i2, i3)
//! ```
//! Ops without effects count, checked arithmetic, elidable calls that cannot fail, calls that only read (until something is
//! written), and loads of slots: the stack in
//! memory stays as it is while a trace runs, but for `slot_store`s. A slot that was stored to may hold arguments of a
//! call, which the callee may overwrite. A `slot_store` of what memory holds already is dropped.
//!
//! Guarantees: no two such ops in the output have the same operator and operands, where the first was usable.
//! Must not: remember an op across the label, unless whoever enters there computes it, too.

use super::context::Context;
use super::hash::{Map, map};
use super::options::PassId;
use super::pass::{Answer, Pass};
use crate::trace::{CallEffect, Op, Opcode, Ref, Ty};
use bumpalo::Bump;

/// Operator and operands: what makes two ops the same.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    code: Opcode,
    ty: Ty,
    aux: u32,
    a: Ref,
    b: Ref,
}

/// The ops already in the output.
pub(super) struct Pure<'b> {
    /// `seen[key] == r` only if `r` is the value of an op with this key.
    seen: Map<'b, Key, Ref>,
    /// Elidable calls.
    calls: Vec<Ref>,
    /// Calls that only read, since something was written.
    reads: Vec<Ref>,
    /// Slots that were stored to.
    stored: Vec<u32>,
    /// An op that is fed now yields a value from before the bridge that did not survive the exit.
    lost: Option<(Key, Ref)>,
}

impl<'b> Pure<'b> {
    /// Nothing was computed.
    pub(super) fn new(bump: &'b Bump) -> Pure<'b> {
        Pure {
            seen: map(bump),
            calls: Vec::new(),
            reads: Vec::new(),
            stored: Vec::new(),
            lost: None,
        }
    }

    fn find(&mut self, cx: &Context<'_>, key: Key) -> Option<Ref> {
        let value = cx.resolve(*self.seen.get(&key)?);
        let usable = cx.usable_form(value);
        if usable.is_none() {
            self.lost = Some((key, value));
        }
        usable
    }

    /// Does memory hold this value in the slot that the op stores it to?
    fn is_there(&self, cx: &Context<'_>, op: &Op) -> bool {
        let value = op.args[0];
        let there = self.seen.get(&slot_key(op.aux, cx.out.ty(value)));
        there.is_some_and(|&there| cx.resolve(there) == cx.original(value))
    }

    fn forget_slot(&mut self, slot: u32) {
        for ty in [Ty::Int, Ty::Float, Ty::Bool, Ty::Ref] {
            self.seen.remove(&slot_key(slot, ty));
        }
    }

    fn find_call(&self, cx: &Context<'_>, op: &Op, calls: &[Ref]) -> Option<Ref> {
        let list = cx.out.list(op);
        let same = |&&value: &&Ref| {
            cx.out.def(value).is_some_and(|d| d.aux == op.aux && cx.out.list(d) == list)
        };
        let value = cx.resolve(*calls.iter().find(same)?);
        cx.usable(value).then_some(value)
    }
}

/// The key of an op that may be merged with an equal one.
fn key(cx: &Context<'_>, op: &Op) -> Option<Key> {
    use Opcode::*;
    match op.code {
        SlotLoad | IntAddOvf | IntSubOvf | IntMulOvf => {}
        code if code.is_pure() => {}
        _ => return None,
    }
    Some(key_as(cx, op, op.code))
}

fn key_as(cx: &Context<'_>, op: &Op, code: Opcode) -> Key {
    let [a, b, _] = op.args.map(|r| cx.original(r));
    let (a, b) = if code.is_commutative() { (a.min(b), a.max(b)) } else { (a, b) };
    Key { code, ty: op.result().unwrap_or(Ty::Int), aux: op.aux, a, b }
}

/// The effect of a call whose result is all there is to it.
fn mergeable(cx: &Context<'_>, op: &Op) -> Option<CallEffect> {
    let desc = op.call().lookup()?;
    // What only reads may give a new object, and each call another one.
    let may_be_new = desc.effect == CallEffect::Reads && desc.result == Some(Ty::Ref);
    (!desc.can_fail && !cx.has_side_result && !may_be_new).then_some(desc.effect)
}

impl Pass for Pure<'_> {
    fn id(&self) -> PassId {
        PassId::Pure
    }

    fn feed(&mut self, cx: &mut Context<'_>, op: &Op) -> Answer {
        let found = match op.code {
            Opcode::Call => match mergeable(cx, op) {
                Some(CallEffect::Elidable) => self.find_call(cx, op, &self.calls),
                Some(CallEffect::Reads) => self.find_call(cx, op, &self.reads),
                _ => None,
            },
            Opcode::SlotStore if self.is_there(cx, op) => return Answer::Drop,
            _ => key(cx, op).and_then(|key| self.find(cx, key)),
        };
        found.map_or(Answer::Keep, Answer::Value)
    }

    fn committed(&mut self, cx: &mut Context<'_>, op: &Op, at: Ref) {
        use Opcode::*;
        if let Some(key) = key(cx, op) {
            match self.lost.take() {
                Some((lost, value)) if lost == key => cx.renew(value, at),
                _ => {
                    self.seen.insert(key, at);
                }
            }
        }
        // a + b did not overflow, so it is the wrapping sum, and the question is answered.
        let (wrapping, question) = match op.code {
            IntAddOvf => (IntAdd, IntAddOverflows),
            IntSubOvf => (IntSub, IntSubOverflows),
            IntMulOvf => (IntMul, IntMulOverflows),
            Call if mergeable(cx, op) == Some(CallEffect::Elidable) => return self.calls.push(at),
            Call | CallVoid if !op.collects() => {
                for slot in std::mem::take(&mut self.stored) {
                    self.forget_slot(slot);
                }
                if op.call().effect().writes() {
                    self.reads.clear();
                } else if op.code == Call && mergeable(cx, op) == Some(CallEffect::Reads) {
                    self.reads.push(at);
                }
                return;
            }
            FieldStore | ElemStore => return self.reads.clear(),
            Call | CallVoid | CallGuest => {
                // Objects may lie elsewhere, and so may what slots hold.
                let lasts = |key: &Key| {
                    !matches!(key.code, SlotLoad | RefBits | RefOfBits) && key.ty != Ty::Ref
                };
                self.seen.retain(|key, _| lasts(key));
                self.calls.clear();
                self.reads.clear();
                self.stored.clear();
                return;
            }
            DirectEntry => {
                // Memory need not hold what was loaded from it in the other entry.
                for passed in cx.out.direct(op).into_iter().flat_map(|direct| direct.passed) {
                    self.forget_slot(passed.slot.0 as u32);
                    self.forget_slot(passed.slot.0 as u32 + 1);
                }
                return;
            }
            SlotStore => {
                self.reads.clear();
                self.forget_slot(op.aux);
                self.stored.push(op.aux);
                let value = op.args[0];
                self.seen.insert(slot_key(op.aux, cx.out.ty(value)), cx.original(value));
                return;
            }
            _ => return,
        };
        self.seen.insert(key_as(cx, op, wrapping), at);
        let no = cx.make_bool(false);
        self.seen.insert(Key { ty: Ty::Bool, ..key_as(cx, op, question) }, no);
    }

    fn failed(&mut self, cx: &mut Context<'_>, op: &Op) {
        use Opcode::*;
        let question = match op.code {
            IntAddOvf => IntAddOverflows,
            IntSubOvf => IntSubOverflows,
            IntMulOvf => IntMulOverflows,
            _ => return,
        };
        let yes = cx.make_bool(true);
        self.seen.insert(Key { ty: Ty::Bool, ..key_as(cx, op, question) }, yes);
    }

    fn forget(&mut self) {
        self.seen.clear();
        self.calls.clear();
        self.reads.clear();
        self.stored.clear();
        self.lost = None;
    }
}

fn slot_key(slot: u32, ty: Ty) -> Key {
    Key { code: Opcode::SlotLoad, ty, aux: slot, a: Ref::NONE, b: Ref::NONE }
}
