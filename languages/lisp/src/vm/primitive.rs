//! Built-ins that are instructions when they are called by name, for calls that find them at run time: `(apply + list)`, and
//! whatever an interpreter written in Lisp passes around. Traced through, they fold and disappear like the instructions.
//!
//! Invariant: what this does not do, in errors too, the built-in itself does.

use std::sync::LazyLock;

use holloway::{Array, Cx, Frame, Mode, Red, Tag, Value};

use super::language::Lisp;
use super::library::{self, Quick};
use super::op::{Binary, Cmp, Slot, Test, Unary};
use super::{arith, data};
use crate::builtins;
use crate::error::Result;
use crate::value::object::{BIG, COMPLEX, RATIO};
use crate::value::{Pair, unspecified};

/// What a built-in is called for.
#[derive(Clone, Copy)]
enum Primitive {
    Unary(Unary),
    Binary(Binary),
    Test(Test),
    Compare(Cmp),
    Not,
    Add,
    Sub,
    Mul,
    /// `caddr` and so on.
    Path(&'static str),
    SetCar,
    SetCdr,
    VectorSet,
    List,
    Vector,
    /// `memq`, `memv`
    Member,
    /// `assq`, `assv`
    Assoc,
    /// What `library` does.
    Quick(Quick),
}

fn of(name: &'static str) -> Option<Primitive> {
    if let Some(f) = Unary::named(name) {
        return Some(Primitive::Unary(f));
    }
    if let Some(f) = Binary::named(name) {
        return Some(Primitive::Binary(f));
    }
    if let Some(test) = Test::named(name) {
        return Some(Primitive::Test(test));
    }
    if let Some(cmp) = Cmp::named(name) {
        return Some(Primitive::Compare(cmp));
    }
    Some(match name {
        "not" => Primitive::Not,
        "+" => Primitive::Add,
        "-" => Primitive::Sub,
        "*" => Primitive::Mul,
        "set-car!" => Primitive::SetCar,
        "set-cdr!" => Primitive::SetCdr,
        "vector-set!" => Primitive::VectorSet,
        _ if Quick::named(name).is_some() => Primitive::Quick(Quick::named(name)?),
        "list" => Primitive::List,
        "vector" => Primitive::Vector,
        "memq" | "memv" => Primitive::Member,
        "assq" | "assv" => Primitive::Assoc,
        _ if is_path(name) => Primitive::Path(name),
        _ => return None,
    })
}

fn is_path(name: &str) -> bool {
    let steps = name.strip_prefix('c').and_then(|rest| rest.strip_suffix('r'));
    steps.is_some_and(|s| s.len() > 1 && s.bytes().all(|b| matches!(b, b'a' | b'd')))
}

/// By the number of the built-in.
static PRIMITIVES: LazyLock<Vec<Option<Primitive>>> =
    LazyLock::new(|| (0..builtins::count()).map(|number| of(builtins::name(number))).collect());

/// Does what the built-in does with the arguments from `base + 2` on; `false` if that is to be called.
#[inline(never)]
pub(super) fn call<M: Mode>(
    cx: &mut Cx<'_, M, Lisp>,
    frame: Frame<M, Lisp>,
    number: u16,
    base: Slot,
    argc: u16,
) -> Result<bool> {
    let Some(primitive) = PRIMITIVES[usize::from(number)] else { return Ok(false) };
    let argument = |i: u16| frame.get(base + 2 + i);
    match (primitive, argc) {
        (Primitive::Unary(f), 1) => data::unary(cx, frame, f, base, argument(0))?,
        (Primitive::Binary(f), 2) => {
            data::binary(cx, frame, f, base, (argument(0), argument(1)))?;
        }
        (Primitive::Test(test), 1) => {
            let truth = data::test(cx, test, argument(0))?;
            frame.set(base, Value::bool(Red::green(truth)));
        }
        (Primitive::Compare(cmp), 2) => {
            let truth = arith::compare(cx, cmp, argument(0), argument(1))?;
            frame.set(base, Value::bool(truth));
        }
        (Primitive::Not, 1) => {
            let truth = !data::is_true(argument(0));
            frame.set(base, Value::bool(Red::green(truth)));
        }
        (Primitive::Add, 2) => arith::add(cx, frame, base, argument(0), argument(1))?,
        (Primitive::Sub, 2) => arith::sub(cx, frame, base, argument(0), argument(1))?,
        (Primitive::Mul, 2) => arith::mul(cx, frame, base, argument(0), argument(1))?,
        (Primitive::Path(name), 1) => return Ok(path(frame, name, base, argument(0))),
        (Primitive::SetCar, 2) => {
            data::set_half(cx, true, argument(0), argument(1))?;
            frame.set(base, Value::green(unspecified()));
        }
        (Primitive::SetCdr, 2) => {
            data::set_half(cx, false, argument(0), argument(1))?;
            frame.set(base, Value::green(unspecified()));
        }
        (Primitive::VectorSet, 3) => {
            data::vector_set(cx, argument(0), argument(1), argument(2))?;
            frame.set(base, Value::green(unspecified()));
        }
        (Primitive::List, _) if argc <= MOST_ITEMS => {
            let mut list = Value::nil();
            for i in (0..argc).rev() {
                let pair = Pair::make(cx, argument(i), list)?;
                list = Value::object(pair);
            }
            frame.set(base, list);
        }
        (Primitive::Vector, 1..=MOST_ITEMS) => {
            let array: Value<M> = cx.array_of_slots(frame, base + 2, argc)?;
            debug_assert!(array.untraced().cast::<Array>().is_some());
            frame.set(base, array);
        }
        (Primitive::Member, 2) => return Ok(find(cx, frame, base, false)),
        (Primitive::Assoc, 2) => return Ok(find(cx, frame, base, true)),
        (Primitive::Quick(quick), _) => return library::call(cx, frame, quick, base, argc),
        _ => return Ok(false),
    }
    Ok(true)
}

/// Longer lists and vectors are made by a call.
const MOST_ITEMS: u16 = 16;

/// `R[base] = cadr value`, or another name; `false` if there is no pair somewhere on the way.
fn path<M: Mode>(frame: Frame<M, Lisp>, name: &str, base: Slot, value: Value<M>) -> bool {
    let mut found = value;
    for step in name[1..name.len() - 1].bytes().rev() {
        let Some(pair) = found.cast::<Pair>() else { return false };
        found = pair.get_value(if step == b'a' { Pair::CAR } else { Pair::CDR });
    }
    frame.set(base, found);
    true
}

/// A search goes so far in a trace.
const MOST_STEPS: u32 = 128;

/// `memv` or `assv` with arguments behind `base + 1`. A search for something that is always the same mostly finds it at the same place:
/// in a trace it is a walk there, each step of which may be known already. Other searches are calls.
fn find<M: Mode>(
    cx: &mut Cx<'_, M, Lisp>,
    frame: Frame<M, Lisp>,
    base: Slot,
    association: bool,
) -> bool {
    let (key, mut rest) = (frame.get(base + 2), frame.get(base + 3));
    if cx.level() > 0 && key.tag() == Tag::RAW {
        // An interpreter looks up a name of its program, which is always the same here.
        let _ = key.word().promote();
    }
    if !cx.is_constant(key) || matches!(key.tag(), Tag::FLOAT | BIG | RATIO | COMPLEX) {
        return false;
    }
    for _ in 0..MOST_STEPS {
        let Some(pair) = rest.cast::<Pair>() else {
            if rest.tag() != Tag::NIL {
                return false;
            }
            frame.set(base, Value::bool(Red::green(false)));
            return true;
        };
        let item = pair.get_value(Pair::CAR);
        let candidate = match association {
            false => item,
            true => match item.cast::<Pair>() {
                Some(binding) => binding.get_value(Pair::CAR),
                None => return false,
            },
        };
        if candidate.same(key) {
            frame.set(base, if association { item } else { rest });
            return true;
        }
        rest = pair.get_value(Pair::CDR);
    }
    false
}
