//! The interpreter: one loop for all worlds.
//!
//! What an instruction does on its fast way is inlined here; see `op` for their meaning. An error
//! becomes an object that a procedure of the system raises, in a frame above the one that it
//! happened in; if the program has no handler it ends the run.
//!
//! Invariant: between two instructions `code`, `pc` and `frame` say all there is to know. They are
//! variables of their own, never behind a reference, so that they live in registers.

use holloway::{
    At, Cx, Frame, Gc, Mode, Outcome, Red, Tag, Value, detached, enter_call, leave_call,
    loop_header, merge_point,
};

use super::call::Callee;
use super::code::{Code, LINK};
use super::language::Lisp;
use super::op::{Op, Slot, Unary};
use super::{arith, call, control, data};
use crate::error::{Error, Failure, Kind, Result};
use crate::value::object::PAIR;
use crate::value::{Cell, Closure, GlobalCell, UNASSIGNED_WORD, as_symbol};

pub(super) fn dispatch<M: Mode>(cx: &mut Cx<'_, M, Lisp>) -> Result<Outcome> {
    let (At { mut code, mut pc, .. }, mut frame) = cx.start();

    /// The instruction fails: goes on where the error is raised.
    macro_rules! fail {
        ($error:expr) => {{
            let error = $error;
            match raise(cx, code, pc, frame, error) {
                Ok(place) => (code, pc, frame) = place,
                Err(error) => return Err(error),
            }
            detached!(cx, here(code, pc), frame);
            continue;
        }};
    }
    /// The value of what may fail.
    macro_rules! attempt {
        ($result:expr) => {
            match $result {
                Ok(value) => value,
                Err(error) => fail!(error),
            }
        };
    }
    /// Goes to `to`; around a loop if that is backward.
    macro_rules! jump_to {
        ($to:expr) => {{
            let back = $to < pc;
            pc = $to;
            if back {
                let mut at = here(code, pc);
                loop_header!(cx, at, frame);
                (code, pc) = (at.code, at.pc);
            }
        }};
    }
    /// Enters a closure whose window begins at `base`.
    macro_rules! enter {
        ($closure:expr, $base:expr, $argc:expr) => {{
            let callee = $closure.get(Closure::CODE).promote();
            let above = match frame.call(cx, $base, LINK, here(code, pc)) {
                Ok(above) => above,
                Err(_) => {
                    frame = attempt!(control::spill(cx, frame, $base + 2 + $argc));
                    let above = match frame.call(cx, $base, LINK, here(code, pc)) {
                        Ok(above) => above,
                        Err(_) => fail!(Error::new(Kind::Memory, "the stack is used up")),
                    };
                    code = attempt!(call::adapt(cx, above, callee, $argc));
                    (pc, frame) = (0, above);
                    detached!(cx, here(code, pc), frame);
                    continue;
                }
            };
            let callee = attempt!(call::adapt(cx, above, callee, $argc));
            frame = above;
            let mut at = here(callee, 0);
            if let Some(value) = enter_call!(cx, at, frame, LINK) {
                frame.set($base, value);
            }
            (code, pc) = (at.code, at.pc);
        }};
    }
    /// Enters a closure whose window begins at `base` in place of the frame.
    macro_rules! enter_tail {
        ($closure:expr, $base:expr, $argc:expr) => {{
            let callee = $closure.get(Closure::CODE).promote();
            for slot in 1..$argc + 2 {
                frame.set(slot, frame.get($base + slot));
            }
            let callee = attempt!(call::adapt(cx, frame, callee, $argc));
            (code, pc) = (callee, 0);
            let mut at = here(code, pc);
            loop_header!(cx, at, frame);
            (code, pc) = (at.code, at.pc);
        }};
    }
    /// Goes on with the continuation in a slot, which gets the value in another one.
    macro_rules! reinstate {
        ($k:expr, $s:expr) => {{
            let (k, value) = (frame.get($k).untraced(), frame.get($s).untraced());
            (code, pc, frame) = attempt!(control::reinstate(cx, frame, k, value));
            detached!(cx, here(code, pc), frame);
        }};
    }
    /// The closure that is to be entered, and with how many arguments. What needs no frame is done here.
    macro_rules! callee {
        ($base:expr, $argc:expr) => {
            match frame.get($base + 1).cast::<Closure>() {
                Some(closure) => (closure, $argc),
                None => match attempt!(call::other(cx, frame, $base, $argc)) {
                    Callee::Done => continue,
                    Callee::Closure(closure, argc) => (closure, argc),
                    Callee::Continuation => {
                        reinstate!($base + 1, $base + 2);
                        continue;
                    }
                },
            }
        };
    }
    macro_rules! tail_call {
        ($base:expr, $argc:expr) => {{
            let (closure, argc) = callee!($base, $argc);
            enter_tail!(closure, $base, argc);
        }};
    }
    macro_rules! call {
        ($base:expr, $argc:expr) => {{
            let (closure, argc) = callee!($base, $argc);
            enter!(closure, $base, argc);
        }};
    }
    /// `R[d] = K[k].value`
    macro_rules! fetch_global {
        ($d:expr, $k:expr) => {{
            let value = cx.watched(global(code, $k), GlobalCell::VALUE);
            if is_unassigned(value) {
                fail!(unbound(cx, code, $k));
            }
            frame.set($d, value);
        }};
    }
    /// `R[d] = C[i]`
    macro_rules! fetch_capture {
        ($d:expr, $i:expr) => {
            if let Some(closure) = frame.get(1).cast::<Closure>() {
                frame.set($d, closure.value_at(Closure::CAPTURES, $i));
            }
        };
    }
    /// Goes on `by` instructions further on if the comparison comes out as `want`.
    macro_rules! jump_on_compare {
        ($want:expr, $cmp:expr, $a:expr, $b:expr, $by:expr) => {
            if attempt!(arith::compare(cx, $cmp, $a, $b)).test() == $want {
                pc = pc.wrapping_add_signed(i32::from($by));
            }
        };
    }
    /// Goes on at `to`, which lies ahead, on this condition.
    macro_rules! jump_ahead_if {
        ($condition:expr, $to:expr) => {
            if $condition {
                pc = $to;
            }
        };
    }
    macro_rules! binary {
        ($op:ident, $d:expr, $a:expr, $b:expr) => {
            attempt!(arith::$op(cx, frame, $d, frame.get($a), frame.get($b)))
        };
    }

    loop {
        merge_point!(cx, here(code, pc), frame);
        let op = code.ops[pc as usize];
        pc += 1;
        match op {
            Op::Move { d, s } => frame.set(d, frame.get(s)),
            Op::Const { d, k } => frame.set(d, Value::green(code.consts[usize::from(k)])),

            Op::Global { d, k } => fetch_global!(d, k),
            Op::SetGlobal { k, s } => {
                let cell = global(code, k);
                if is_unassigned(cx.watched(cell, GlobalCell::VALUE)) {
                    fail!(unbound(cx, code, k));
                }
                cx.set_watched(cell, GlobalCell::VALUE, frame.get(s));
            }
            Op::Define { k, s } => cx.set_watched(global(code, k), GlobalCell::VALUE, frame.get(s)),
            Op::Capture { d, i } => fetch_capture!(d, i),
            Op::NewCell { d, s } => {
                let cell = attempt!(Cell::make(cx, frame.get(s)).map_err(Error::from));
                frame.set(d, Value::object(cell));
            }
            Op::Cell { d, s } => {
                if let Some(cell) = frame.get(s).cast::<Cell>() {
                    frame.set(d, cell.get_value(Cell::VALUE));
                }
            }
            Op::SetCell { d, s } => {
                if let Some(cell) = frame.get(d).cast::<Cell>() {
                    cell.set_value(Cell::VALUE, frame.get(s));
                }
            }
            Op::Check { s, k } => {
                if is_unassigned(frame.get(s)) {
                    fail!(early(code, k));
                }
            }
            Op::Closure { d, captures } => attempt!(call::closure(cx, frame, d, captures)),
            Op::Patch { d, i, s } => {
                if let Some(closure) = frame.get(d).cast::<Closure>() {
                    closure.set_value_at(Closure::CAPTURES, i, frame.get(s));
                }
            }

            Op::Add { d, a, b } => binary!(add, d, a, b),
            Op::Sub { d, a, b } => binary!(sub, d, a, b),
            Op::Mul { d, a, b } => binary!(mul, d, a, b),
            Op::AddI { d, a, i } => {
                let number = Value::int(Red::green(i64::from(i)));
                attempt!(arith::add(cx, frame, d, frame.get(a), number));
            }
            Op::Compare { cmp, d, a, b } => {
                let truth = attempt!(arith::compare(cx, cmp, frame.get(a), frame.get(b)));
                frame.set(d, Value::bool(truth));
            }
            Op::Is { test, d, a } => {
                let truth = attempt!(data::test(cx, test, frame.get(a)));
                frame.set(d, Value::bool(Red::green(truth)));
            }
            Op::Not { d, a } => {
                let truth = !data::is_true(frame.get(a));
                frame.set(d, Value::bool(Red::green(truth)));
            }

            Op::Car { d, a } => attempt!(data::unary(cx, frame, Unary::Car, d, frame.get(a))),
            Op::Cdr { d, a } => attempt!(data::unary(cx, frame, Unary::Cdr, d, frame.get(a))),
            Op::Unary { f, d, a } => attempt!(data::unary(cx, frame, f, d, frame.get(a))),
            Op::Binary { f, d, a, b } => {
                attempt!(data::binary(cx, frame, f, d, (frame.get(a), frame.get(b))));
            }
            Op::VectorSet { a, i, s } => {
                attempt!(data::vector_set(cx, frame.get(a), frame.get(i), frame.get(s)));
            }
            Op::SetCar { a, s } => attempt!(data::set_half(cx, true, frame.get(a), frame.get(s))),
            Op::SetCdr { a, s } => attempt!(data::set_half(cx, false, frame.get(a), frame.get(s))),
            Op::RecordRef { i, d, t, a } => {
                attempt!(data::record_ref(cx, frame, d, i, (frame.get(t), frame.get(a))));
            }
            Op::RecordSet { i, t, a, s } => {
                attempt!(data::record_set(cx, i, frame.get(t), frame.get(a), frame.get(s)));
            }

            Op::Jump { to } => jump_to!(to),
            Op::JumpUnless { cmp, a, b, by } => {
                jump_on_compare!(false, cmp, frame.get(a), frame.get(b), by);
            }
            Op::JumpWhen { cmp, a, b, by } => {
                jump_on_compare!(true, cmp, frame.get(a), frame.get(b), by);
            }
            Op::JumpUnlessI { cmp, a, i, by } => {
                let number = Value::int(Red::green(i64::from(i)));
                jump_on_compare!(false, cmp, frame.get(a), number, by);
            }
            Op::JumpWhenI { cmp, a, i, by } => {
                let number = Value::int(Red::green(i64::from(i)));
                jump_on_compare!(true, cmp, frame.get(a), number, by);
            }
            Op::JumpTrue { a, to } => jump_ahead_if!(data::is_true(frame.get(a)), to),
            Op::JumpFalse { a, to } => jump_ahead_if!(!data::is_true(frame.get(a)), to),
            Op::JumpNull { a, to } => jump_ahead_if!(frame.get(a).tag() == Tag::NIL, to),
            Op::JumpNotNull { a, to } => jump_ahead_if!(frame.get(a).tag() != Tag::NIL, to),
            Op::JumpPair { a, to } => jump_ahead_if!(frame.get(a).tag() == PAIR, to),
            Op::JumpNotPair { a, to } => jump_ahead_if!(frame.get(a).tag() != PAIR, to),
            Op::JumpIf { test, a, to } => {
                jump_ahead_if!(attempt!(data::test(cx, test, frame.get(a))), to);
            }
            Op::JumpIfNot { test, a, to } => {
                jump_ahead_if!(!attempt!(data::test(cx, test, frame.get(a))), to);
            }

            Op::Call { base, argc } => call!(base, argc),
            Op::TailCall { base, argc } => tail_call!(base, argc),
            Op::CallGlobal { argc, base, k } => {
                fetch_global!(base + 1, k);
                call!(base, u16::from(argc));
            }
            Op::TailCallGlobal { argc, base, k } => {
                fetch_global!(base + 1, k);
                tail_call!(base, u16::from(argc));
            }
            Op::CallCapture { argc, base, i } => {
                fetch_capture!(base + 1, i);
                call!(base, u16::from(argc));
            }
            Op::TailCallCapture { argc, base, i } => {
                fetch_capture!(base + 1, i);
                tail_call!(base, u16::from(argc));
            }
            Op::CallBuiltin { argc, base, number } => {
                attempt!(call::builtin(cx, frame, number, base, u16::from(argc)));
            }
            Op::Return { s } => {
                let value = frame.get(s);
                leave_call!(cx, frame, LINK, value);
                match frame.ret(LINK) {
                    Some((back, caller)) => {
                        frame.set(0, value);
                        (code, pc, frame) = (back.code, back.pc, caller);
                    }
                    None => return Ok(Outcome::Finished(value.untraced())),
                }
            }

            Op::MergePoint { s } => {
                let level = cx.host.merge_level(code, pc);
                if let Some(mark) = cx.mark(frame.get(s), level) {
                    let mut at = here(code, pc);
                    loop_header!(cx, at, frame, mark);
                    (code, pc) = (at.code, at.pc);
                }
            }
            Op::Promote { s } => {
                let _ = cx.mark(frame.get(s), 1);
            }

            Op::Apply { base } => {
                let argc = attempt!(call::spread(cx, frame, base, frame.get(base + 2)));
                tail_call!(base, argc);
            }
            Op::CallCc { s } => {
                let receiver = frame.get(s).untraced();
                (code, pc, frame) = attempt!(control::capture(cx, frame, receiver));
                detached!(cx, here(code, pc), frame);
            }
            Op::Reinstate { k, s } => reinstate!(k, s),
            Op::Underflow { s } => {
                let value = frame.get(s).untraced();
                match attempt!(control::underflow(cx, frame, value)) {
                    Some(place) => (code, pc, frame) = place,
                    None => return Ok(Outcome::Finished(value)),
                }
            }
        }
    }
}

/// An error leaves the instruction before `pc`: where it is raised.
#[cold]
#[inline(never)]
pub(super) fn raise<M: Mode>(
    cx: &mut Cx<'_, M, Lisp>,
    code: &'static Code,
    pc: u32,
    frame: Frame<M, Lisp>,
    error: Error,
) -> Result<control::Place<M>> {
    cx.failed();
    let hook = match error.failure() {
        Failure::Condition { .. } => control::raise_hook(cx),
        _ => None,
    };
    let Some(hook) = hook else { return Err(control::trace(cx, code, pc, frame, error)) };
    let payload = cx.host.condition(error)?;
    let (frame, above) = match frame.call(cx, code.size, LINK, here(code, pc)) {
        Ok(above) => (frame, above),
        Err(_) => {
            let frame = control::spill(cx, frame, code.size)?;
            match frame.call(cx, code.size, LINK, here(code, pc)) {
                Ok(above) => (frame, above),
                Err(_) => return Err(super::language::overflow()),
            }
        }
    };
    let _ = frame;
    above.put(1, holloway::Val::object(hook));
    above.put(2, payload);
    Ok((hook.get(Closure::CODE), 0, above))
}

/// A place in a program; how high the stack is there, the code itself knows.
#[inline(always)]
fn here(code: &'static Code, pc: u32) -> At<Code> {
    At { code, pc, sp: 0 }
}

/// The cell of a global.
#[inline(always)]
fn global<M: Mode>(code: &'static Code, k: u16) -> Red<M, Gc<GlobalCell>> {
    let cell = code.consts[usize::from(k)].cast::<GlobalCell>();
    Red::green(cell.expect("the compiler puts a cell there"))
}

/// The value of a variable that has none?
#[inline(always)]
fn is_unassigned<M: Mode>(value: Value<M>) -> bool {
    value.tag() == Tag::RAW && value.word() == UNASSIGNED_WORD as i64
}

#[cold]
#[inline(never)]
fn unbound<M: Mode>(cx: &Cx<'_, M, Lisp>, code: &'static Code, k: Slot) -> Error {
    let cell = code.consts[usize::from(k)].cast::<GlobalCell>();
    let known = cx.host.globals.iter().find(|g| Some(g.cell) == cell);
    let name = known.map_or("?".into(), |g| g.name.name());
    Error::new(Kind::Unbound, format!("the variable `{name}` has no value"))
}

#[cold]
#[inline(never)]
fn early(code: &'static Code, k: Slot) -> Error {
    let name = as_symbol(code.consts[usize::from(k)]).map_or("?".into(), |s| s.name());
    Error::new(Kind::Unbound, format!("the variable `{name}` is not initialized yet"))
}
