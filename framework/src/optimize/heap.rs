//! HEAP: a load of what is known to be there is that value; a store of what is there already is dropped.
//!
//! ```text
//! field_store p0.P.x, i1          field_store p0.P.x, i1
//! i2 = field_load p0.P.x     =>   call_void show(i1)
//! call_void show(i2)              i3 = field_load p0.P.x
//! i3 = field_load p0.P.x
//! ```
//! Aliasing goes by type: two accesses with different ids never touch the same word. Through the same access, two
//! objects are different if both are constants, or if one was allocated after the other was known. Two elements are
//! different if their indices are different constants, or sums of the same value and different constants. A call that
//! writes clobbers everything but immutable fields.
//!
//! Guarantees: stores keep their order. Must not: drop a store that something may see.

use super::context::Context;
use super::hash::{Map, map};
use super::options::PassId;
use super::pass::{Answer, Pass, Word};
use crate::trace::{Access, AccessId, Mutability, Op, Opcode, Ref, Width};
use bumpalo::Bump;

/// A word whose content is known.
#[derive(Clone, Copy)]
struct Known {
    object: Ref,
    /// `Ref::NONE` for a field.
    index: Ref,
    value: Ref,
}

/// So many words are remembered of each access: an unrolled loop over an array must not take quadratic time.
const MOST: usize = 512;

/// The known words of the heap.
pub(super) struct Heap<'b> {
    words: Map<'b, AccessId, Vec<Known>>,
    /// The load that is fed now yields a value from before the bridge that did not survive the exit.
    lost: Option<(AccessId, Ref, Ref, Ref)>,
}

impl<'b> Heap<'b> {
    /// Nothing is known.
    pub(super) fn new(bump: &'b Bump) -> Heap<'b> {
        Heap { words: map(bump), lost: None }
    }

    /// The content of a word, in a form that may not be usable.
    fn find(&self, cx: &Context<'_>, access: AccessId, object: Ref, index: Ref) -> Option<Ref> {
        let (object, index) = (cx.original(object), cx.original(index));
        let same = |k: &&Known| {
            cx.original(cx.resolve(k.object)) == object
                && (index == Ref::NONE || cx.original(cx.resolve(k.index)) == index)
        };
        self.words.get(&access)?.iter().rev().find(same).map(|k| cx.resolve(k.value))
    }

    fn optimize_load(&mut self, cx: &mut Context<'_>, op: &Op) -> Answer {
        let [object, index, _] = op.args;
        self.lost = None;
        if let Some(value) = self.find(cx, op.access(), object, index)
            && Some(cx.out.ty(value)) == op.result()
        {
            match cx.usable_form(value) {
                Some(value) => return Answer::Value(value),
                None => self.lost = Some((op.access(), object, index, value)),
            }
        }
        let constant = |r| cx.constant(r).map(|c| c.bits);
        let (Some(address), Some(access)) = (constant(object), op.access().lookup()) else {
            return Answer::Keep;
        };
        let index = match index {
            Ref::NONE => None,
            r => match constant(r) {
                Some(bits) => Some(bits as i64),
                None => return Answer::Keep,
            },
        };
        let oracle = cx.options.oracle;
        let found = match access.mutability {
            Mutability::Immutable => oracle.load(op.access(), address, index),
            Mutability::Mutable => oracle.frozen(op.access(), address, index),
        };
        match found {
            Some(bits) => Answer::Value(cx.out.constant(op.ty, bits)),
            None => Answer::Keep,
        }
    }

    fn optimize_store(&mut self, cx: &Context<'_>, op: &Op) -> Answer {
        let (index, value) = stored(op);
        match self.find(cx, op.access(), op.args[0], index) {
            Some(there) if there == value || there == cx.original(value) => Answer::Drop,
            _ => Answer::Keep,
        }
    }

    fn learn_load(&mut self, cx: &mut Context<'_>, op: &Op, at: Ref) {
        if let Some((access, object, index, value)) = self.lost.take()
            && (access, object, index) == (op.access(), op.args[0], op.args[1])
        {
            return cx.renew(value, at);
        }
        let known = Known { object: op.args[0], index: op.args[1], value: at };
        let words = self.words.entry(op.access()).or_default();
        if words.len() == MOST {
            // The oldest are the least likely to be asked for.
            words.drain(..MOST / 2);
        }
        words.push(known);
    }

    fn learn_store(&mut self, cx: &Context<'_>, op: &Op) {
        let (index, value) = stored(op);
        let (object, index) = (cx.original(op.args[0]), cx.original(index));
        let words = self.words.entry(op.access()).or_default();
        words.retain(|k| {
            let other = cx.original(cx.resolve(k.object));
            let other_index = cx.original(cx.resolve(k.index));
            are_distinct(cx, object, other)
                || (index != Ref::NONE && are_distinct_indices(cx, index, other_index))
        });
        if op.access().lookup().is_some_and(|access| fits(cx, access, value)) {
            words.push(Known { object, index, value });
        }
    }
}

/// Index (or none) and value of a store.
fn stored(op: &Op) -> (Ref, Ref) {
    match op.code {
        Opcode::ElemStore => (op.args[1], op.args[2]),
        _ => (Ref::NONE, op.args[1]),
    }
}

/// Does a load yield exactly what was stored?
fn fits(cx: &Context<'_>, access: &Access, value: Ref) -> bool {
    match access.width {
        Width::Word(_) | Width::Tag => true,
        Width::Byte => cx.fact(value).lo >= 0 && cx.fact(value).hi <= 0xff,
        Width::Half => cx.fact(value).lo >= 0 && cx.fact(value).hi <= 0xffff_ffff,
    }
}

/// Are these certainly different objects?
pub(super) fn are_distinct(cx: &Context<'_>, a: Ref, b: Ref) -> bool {
    if a == b {
        return false;
    }
    if a.is_const() && b.is_const() {
        return true;
    }
    let is_new =
        |r: Ref| cx.out.def(r).is_some_and(|d| matches!(d.code, Opcode::New | Opcode::NewArray));
    let before = |a: Ref, b: Ref| a.is_const() || (b.is_op() && a.index() < b.index());
    (is_new(a) && (is_new(b) || before(b, a))) || (is_new(b) && before(a, b))
}

/// Are these certainly different indices?
fn are_distinct_indices(cx: &Context<'_>, a: Ref, b: Ref) -> bool {
    if a == b {
        return false;
    }
    let (fa, fb) = (cx.fact(a), cx.fact(b));
    if fa.hi < fb.lo || fb.hi < fa.lo {
        return true;
    }
    let (x, c) = sum(cx, a);
    let (y, d) = sum(cx, b);
    x == y && c != d
}

/// `a` as a value plus a constant.
fn sum(cx: &Context<'_>, a: Ref) -> (Ref, i64) {
    match cx.out.def(a) {
        Some(d) if matches!(d.code, Opcode::IntAdd | Opcode::IntAddOvf) => {
            match cx.int(d.args[1]) {
                Some(c) => (d.args[0], c),
                None => (a, 0),
            }
        }
        _ => (a, 0),
    }
}

impl Pass for Heap<'_> {
    fn id(&self) -> PassId {
        PassId::Heap
    }

    fn feed(&mut self, cx: &mut Context<'_>, op: &Op) -> Answer {
        match op.code {
            Opcode::FieldLoad | Opcode::ElemLoad => self.optimize_load(cx, op),
            Opcode::FieldStore | Opcode::ElemStore => self.optimize_store(cx, op),
            _ => Answer::Keep,
        }
    }

    fn committed(&mut self, cx: &mut Context<'_>, op: &Op, at: Ref) {
        match op.code {
            Opcode::FieldLoad | Opcode::ElemLoad => self.learn_load(cx, op, at),
            Opcode::FieldStore | Opcode::ElemStore => self.learn_store(cx, op),
            _ if op.collects() => self.words.clear(),
            Opcode::Call | Opcode::CallVoid if op.call().effect().writes() => {
                self.words.retain(|id, _| {
                    id.lookup().is_some_and(|a| a.mutability == Mutability::Immutable)
                });
            }
            _ => {}
        }
    }

    fn words(&self, cx: &Context<'_>) -> Vec<Word> {
        let mut words = Vec::new();
        for (&access, known) in &self.words {
            for k in known {
                let [object, index, value] = [k.object, k.index, k.value]
                    .map(|r| if r == Ref::NONE { r } else { cx.resolve(r) });
                words.push(Word { access, object, index, value });
            }
        }
        words
    }

    fn learn_word(&mut self, word: Word) {
        let Word { access, object, index, value } = word;
        self.words.entry(access).or_default().push(Known { object, index, value });
    }

    fn forget(&mut self) {
        self.words.clear();
        self.lost = None;
    }
}
