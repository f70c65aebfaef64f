//! VIRTUALS: an object that nobody else can see is not allocated.
//!
//! ```text
//! p1 = new Point                         p1 = virtual Point, 0
//! field_store p1.Point.x, i0             guard_true b3 -> s0
//! guard_true b3 -> s0               =>   leave -> s1
//! i2 = field_load p1.Point.x             s0: @1 {2: p1} virtuals [p1 {Point.x: i0}]
//! leave -> s1                            s1: @2 {2: i0}
//! ```
//! Stores to a virtual only change what is known about it ([`state`]), loads find that. It is *forced* - allocated for
//! real, and filled - where anything but a snapshot wants it: passed to a call, written to the VM stack, tested for its address,
//! or stored into a real object ([`force`]), and there the store [waits](delay) for somebody who looks. A snapshot describes
//! the virtuals that it names.
//!
//! A call that only makes an object (`CallEffect::Makes`) is put off in the same way: what it is called with is what the virtual
//! holds, and forced it is called.
//!
//! ```text
//! p1 = call digits(i0)              p1 = virtual digits, 0
//! guard_true b2 -> s0          =>   guard_true b2 -> s0
//! leave -> s1                       leave -> s1
//! s0: @1 {2: p1}                    s0: @1 {2: p1} virtuals [p1 {digits.0: i0}]
//! ```
//!
//! Guarantees: in the output only snapshots and `ref_bits` use a virtual. Must not: force what nobody asked for.

pub(super) mod carry;
mod delay;
mod force;
pub(super) mod join;
pub(super) mod state;

use super::context::{Context, op};
use super::options::PassId;
use super::pass::{Answer, Pass};
use crate::trace::{Access, Op, Opcode, Ref, Ty, Width};

/// Arrays with more elements are allocated.
const MOST_ELEMENTS: i64 = 32;
/// So are objects with more bytes before their elements.
const MOST_BYTES: u32 = 512;

/// The pass; what it knows lies in [`Context::virtuals`], because snapshots show it.
#[derive(Default)]
pub(super) struct Virtuals {
    /// The arguments of the call that is put off now.
    arguments: Vec<Ref>,
}

impl Pass for Virtuals {
    fn id(&self) -> PassId {
        PassId::Virtuals
    }

    fn feed(&mut self, cx: &mut Context<'_>, op: &Op) -> Answer {
        use Opcode::*;
        match op.code {
            New => optimize_new(cx, op, 0),
            NewArray => match cx.int(op.args[0]) {
                Some(len @ 0..=MOST_ELEMENTS) => optimize_new(cx, op, len),
                _ => Answer::Keep,
            },
            Call if op.call().makes() && !cx.has_side_result => self.put_off(cx, op),
            _ if !uses_virtual(cx, op) => Answer::Keep,
            FieldLoad | ElemLoad => optimize_load(cx, op).unwrap_or(Answer::Force),
            FieldStore | ElemStore => {
                let answer = optimize_store(cx, op).or_else(|| delay::delay(cx, op));
                answer.unwrap_or(Answer::Force)
            }
            // What is made later may be an object that was there before.
            RefEq | RefNe if op.args[..2].iter().any(|&r| cx.is_put_off(r)) => Answer::Force,
            RefEq | RefNe => {
                // A virtual is no object but itself: nobody else has seen it.
                let same = op.args[0] == op.args[1];
                Answer::Value(cx.make_bool(same == (op.code == RefEq)))
            }
            RefBits => Answer::Keep,
            RefOfBits => match cx.virtual_behind(op.args[0]) {
                Some(object) => Answer::Value(object),
                None => Answer::Force,
            },
            _ => Answer::Force,
        }
    }

    fn committed(&mut self, cx: &mut Context<'_>, op: &Op, at: Ref) {
        // The exit told of the objects of the code before a bridge.
        match op.code {
            Opcode::Virtual | Opcode::RefBits if at.index() < cx.prefix_len() => {}
            Opcode::Virtual => {
                let len = cx.int(op.args[0]).unwrap_or(0) as u32;
                cx.virtuals.declare(at, op.layout(), len);
                if let Some(call) = op.layout().lookup().and_then(|layout| layout.made_by) {
                    for (k, value) in std::mem::take(&mut self.arguments).into_iter().enumerate() {
                        cx.virtuals.store(at, call.argument(k), None, value);
                    }
                }
            }
            Opcode::RefBits => cx.virtuals.note_bits(op.args[0], at),
            _ => {}
        }
    }

    fn forget(&mut self) {}
}

impl Virtuals {
    /// A call that only makes an object waits until somebody wants that.
    fn put_off(&mut self, cx: &mut Context<'_>, op: &Op) -> Answer {
        let known: Vec<Ref> = cx.out.list(op).iter().map(|&r| cx.resolve(r)).collect();
        let is_object = |&r: &Ref| cx.virtual_behind(r).is_some() && !cx.is_put_off(r);
        if known.iter().any(is_object) {
            return Answer::Force;
        }
        self.arguments = known;
        let none = cx.make_int(0);
        let layout = op.call().delayed();
        Answer::Replace(Op::new(Opcode::Virtual, Ty::Ref, &[none], layout.0))
    }
}

/// Does an operand stand for a virtual?
fn uses_virtual(cx: &Context<'_>, op: &Op) -> bool {
    if cx.virtuals.is_empty() {
        return false;
    }
    let mut operands = op.operands().iter().chain(cx.out.list(op));
    operands.any(|&r| cx.virtual_behind(cx.resolve(r)).is_some())
}

fn optimize_new(cx: &mut Context<'_>, op: &Op, len: i64) -> Answer {
    let Some(layout) = op.layout().lookup() else { return Answer::Keep };
    if layout.size > MOST_BYTES || (len > 0 && layout.elem_size == 0) {
        return Answer::Keep;
    }
    let len = cx.make_int(len);
    Answer::Replace(Op::new(Opcode::Virtual, Ty::Ref, &[len], op.aux))
}

/// Which element of a virtual the op is about: `Some(None)` for a field, `None` if that is not known.
fn element(cx: &Context<'_>, op: &Op, len: u32) -> Option<Option<u32>> {
    match op.code {
        Opcode::FieldLoad | Opcode::FieldStore => Some(None),
        _ => {
            let index = cx.int(op.args[1])?;
            (0..i64::from(len)).contains(&index).then_some(Some(index as u32))
        }
    }
}

/// What a load from a virtual yields; `None` if that is not known.
fn optimize_load(cx: &mut Context<'_>, op: &Op) -> Option<Answer> {
    let object = cx.virtuals.get(op.args[0]).filter(|object| object.made_by().is_none())?;
    let access = op.access().lookup()?;
    let index = element(cx, op, object.len)?;
    let value = match object.word(op.access(), index) {
        Some(value) => cx.resolve(value),
        None => {
            let bits = object.initial(access, index);
            return Some(Answer::Value(cx.out.constant(op.ty, bits)));
        }
    };
    Some(narrow(cx, access, op.ty, value))
}

/// What a load with this access and type yields after this value was stored.
fn narrow(cx: &mut Context<'_>, access: &Access, ty: Ty, value: Ref) -> Answer {
    let mask = match access.width {
        Width::Word(_) | Width::Tag => return convert(cx, ty, value),
        Width::Byte => 0xff,
        Width::Half => 0xffff_ffff,
    };
    if let Some(c) = cx.constant(value) {
        return Answer::Value(cx.make_int(c.bits as i64 & mask));
    }
    let fact = cx.fact(value);
    if fact.lo >= 0 && fact.hi <= mask {
        return Answer::Value(value);
    }
    let mask = cx.make_int(mask);
    Answer::Replace(op(Opcode::IntAnd, &[value, mask]))
}

/// The word of this value as a value of that type.
fn convert(cx: &mut Context<'_>, ty: Ty, value: Ref) -> Answer {
    let from = cx.out.ty(value);
    if from == ty {
        return Answer::Value(value);
    }
    if let Some(c) = cx.out.as_const(value) {
        return Answer::Value(cx.out.constant(ty, c.bits));
    }
    let to_word = match from {
        Ty::Int => None,
        Ty::Float => Some(Opcode::FloatBits),
        Ty::Bool => Some(Opcode::BoolToInt),
        Ty::Ref => Some(Opcode::RefBits),
    };
    let of_word = match ty {
        Ty::Int => None,
        Ty::Float => Some(Opcode::FloatOfBits),
        Ty::Bool => Some(Opcode::BoolOfInt),
        Ty::Ref => Some(Opcode::RefOfBits),
    };
    let mut word = value;
    for code in [to_word, of_word].into_iter().flatten() {
        word = cx.enqueue(code, &[word]);
    }
    Answer::Expand
}

/// A store to a virtual changes what is known about it; `None` if its place is not known.
fn optimize_store(cx: &mut Context<'_>, op: &Op) -> Option<Answer> {
    let object = cx.virtuals.get(op.args[0]).filter(|object| object.made_by().is_none())?;
    let access = op.access().lookup()?;
    let index = element(cx, op, object.len)?;
    let value = match op.code {
        Opcode::ElemStore => op.args[2],
        _ => op.args[1],
    };
    let value = match access.width {
        Width::Word(_) | Width::Tag => bare(cx, value),
        Width::Byte | Width::Half => value,
    };
    cx.virtuals.store(op.args[0], op.access(), index, value);
    Some(Answer::Drop)
}

/// The value whose word this is.
pub(super) fn bare(cx: &Context<'_>, value: Ref) -> Ref {
    let Some(def) = cx.out.def(value) else { return value };
    match def.code {
        Opcode::FloatBits | Opcode::BoolToInt | Opcode::RefBits => {
            let inner = cx.resolve(def.args[0]);
            if cx.usable(inner) { inner } else { value }
        }
        _ => value,
    }
}
