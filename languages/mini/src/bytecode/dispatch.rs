//! The interpreter: one loop for all worlds.
//!
//! What an instruction does on its fast way is inlined here; see `op` for their meaning. An
//! error goes where `unwind` finds somebody who catches it.
//!
//! Invariant: between two instructions `code`, `pc` and `frame` say all there is to know. They are variables of
//! their own, never behind a reference, so that they live in registers.

use holloway::{
    At, Cx, Frame, Gc, Mode, Outcome, Red, Value, enter_call, leave_call, loop_header, merge_point,
};

use super::code::Code;
use super::language::Mini;
use super::machine::{Binding, Variable};
use super::op::{Op, Slot};
use super::{arith, call, compare, index, iterate, math, object, unwind};
use crate::error::{Error, Result};
use crate::value::text::{Str, StrExt};
use crate::value::{Cell, Closure, is_uninitialized};

pub(super) fn dispatch<M: Mode>(cx: &mut Cx<'_, M, Mini>) -> Result<Outcome> {
    let (At { mut code, mut pc, .. }, mut frame) = cx.start();

    /// The instruction fails: goes on where the error is caught.
    macro_rules! fail {
        ($error:expr) => {{
            let error = $error;
            match unwind::raise(cx, code, pc, frame, error) {
                Ok(place) => (code, pc, frame) = place,
                Err(error) => return Err(error),
            }
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
    /// A constant.
    macro_rules! konst {
        ($k:expr) => {
            Value::green(code.consts[usize::from($k)])
        };
    }
    /// The loop whose body begins at `at` comes round.
    macro_rules! header {
        () => {
            let mut at = here(code, pc);
            loop_header!(cx, at, frame);
            (code, pc) = (at.code, at.pc);
        };
    }
    macro_rules! jump_to {
        ($to:expr) => {{
            let back = $to < pc;
            pc = $to;
            if back {
                header!();
            }
        }};
    }
    macro_rules! jump_by {
        ($by:expr) => {{
            pc = pc.wrapping_add_signed(i32::from($by));
            if $by < 0 {
                header!();
            }
        }};
    }
    /// `R[d] = R[a] op R[b]`
    macro_rules! binary {
        ($op:ident, $d:expr, $a:expr, $b:expr) => {
            attempt!(arith::$op(cx, frame, $d, $a, $b))
        };
    }
    macro_rules! comparison {
        ($op:ident, $d:expr, $a:expr, $b:expr) => {{
            let truth = attempt!(compare::$op(cx, frame.get($a), frame.get($b)));
            frame.set($d, Value::bool(truth));
        }};
    }
    macro_rules! jump_if_compared {
        ($op:ident, $want:expr, $a:expr, $b:expr, $by:expr) => {{
            let (a, b) = (frame.get($a), $b);
            if attempt!(compare::$op(cx, a, b)).test() == $want {
                jump_by!($by);
            }
        }};
    }
    macro_rules! jump_if_equal {
        ($want:expr, $a:expr, $b:expr, $by:expr) => {{
            let (a, b) = (frame.get($a), $b);
            if compare::equal(cx, a, b).test() == $want {
                jump_by!($by);
            }
        }};
    }
    /// Enters the function of a closure whose frame begins at `base`.
    macro_rules! enter {
        ($closure:expr, $base:expr, $argc:expr) => {{
            let callee = $closure.get(Closure::CODE).promote();
            if callee.params != $argc {
                let error = call::wrong_count(cx, callee, usize::from($argc));
                fail!(error);
            }
            match frame.call(cx, $base, callee.link, here(code, pc)) {
                Ok(above) => frame = above,
                Err(_) => fail!(Error::stack_overflow()),
            }
            let mut at = here(callee, 0);
            if let Some(value) = enter_call!(cx, at, frame, callee.link) {
                frame.set($base, value);
            }
            (code, pc) = (at.code, at.pc);
        }};
    }
    /// Calls whatever R[base] is.
    macro_rules! call {
        ($base:expr, $argc:expr) => {
            match frame.get($base).cast::<Closure>() {
                Some(closure) => enter!(closure, $base, $argc),
                None => {
                    let site = site(code, pc);
                    // A method or a constructor: the object is one more argument.
                    if let Some(closure) = attempt!(call::other(cx, frame, $base, $argc, site)) {
                        enter!(closure, $base, $argc + 1);
                    }
                }
            }
        };
    }

    loop {
        merge_point!(cx, here(code, pc), frame);
        let op = code.ops[pc as usize];
        pc += 1;
        match op {
            Op::Move { d, s } => frame.set(d, frame.get(s)),
            Op::Const { d, k } => frame.set(d, konst!(k)),

            Op::Binding { d, k } => frame.set(d, binding(code, k).get_value(Binding::VALUE)),
            Op::Bind { k, s } => {
                // It becomes a constant of traces now.
                cx.opaque();
                binding(code, k).set_value(Binding::VALUE, frame.get(s));
            }
            Op::Global { d, k } => {
                let value = cx.watched(global(code, k), Variable::VALUE);
                frame.set(d, value);
            }
            Op::SetGlobal { k, s } => {
                cx.set_watched(global(code, k), Variable::VALUE, frame.get(s));
            }
            Op::Capture { d, i } => frame.set(d, capture(frame, i)),
            Op::CaptureCell { d, i } => {
                if let Some(cell) = capture(frame, i).cast::<Cell>() {
                    frame.set(d, cell.get_value(Cell::VALUE));
                }
            }
            Op::SetCaptureCell { i, s } => {
                if let Some(cell) = capture(frame, i).cast::<Cell>() {
                    cell.set_value(Cell::VALUE, frame.get(s));
                }
            }
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
                let value = frame.get(s);
                // The tag alone tells apart all but built-ins.
                if value.tag() == holloway::Tag::RAW && value.word().promote() == u64::MAX as i64 {
                    debug_assert!(is_uninitialized(value.untraced()));
                    fail!(name_error(cx, code, k, Error::uninitialized));
                }
            }
            Op::NameError { builtin, k } => {
                let what = if builtin { Error::assigned_builtin } else { Error::undeclared };
                fail!(name_error(cx, code, k, what));
            }
            Op::Closure { d, captures } => attempt!(call::closure(cx, frame, d, captures)),

            Op::Add { d, a, b } => binary!(add, d, frame.get(a), frame.get(b)),
            Op::Sub { d, a, b } => binary!(sub, d, frame.get(a), frame.get(b)),
            Op::Mul { d, a, b } => binary!(mul, d, frame.get(a), frame.get(b)),
            Op::Div { d, a, b } => binary!(div, d, frame.get(a), frame.get(b)),
            Op::FloorDiv { d, a, b } => binary!(floor_div, d, frame.get(a), frame.get(b)),
            Op::Mod { d, a, b } => binary!(modulo, d, frame.get(a), frame.get(b)),
            Op::Pow { d, a, b } => binary!(pow, d, frame.get(a), frame.get(b)),
            Op::BitAnd { d, a, b } => binary!(bit_and, d, frame.get(a), frame.get(b)),
            Op::BitOr { d, a, b } => binary!(bit_or, d, frame.get(a), frame.get(b)),
            Op::BitXor { d, a, b } => binary!(bit_xor, d, frame.get(a), frame.get(b)),
            Op::Shl { d, a, b } => binary!(shl, d, frame.get(a), frame.get(b)),
            Op::Shr { d, a, b } => binary!(shr, d, frame.get(a), frame.get(b)),
            Op::AddK { d, a, k } => binary!(add, d, frame.get(a), konst!(k)),
            Op::SubK { d, a, k } => binary!(sub, d, frame.get(a), konst!(k)),
            Op::MulK { d, a, k } => binary!(mul, d, frame.get(a), konst!(k)),
            Op::DivK { d, a, k } => binary!(div, d, frame.get(a), konst!(k)),
            Op::FloorDivK { d, a, k } => binary!(floor_div, d, frame.get(a), konst!(k)),
            Op::ModK { d, a, k } => binary!(modulo, d, frame.get(a), konst!(k)),
            Op::KSub { d, k, b } => binary!(sub, d, konst!(k), frame.get(b)),
            Op::KMul { d, k, b } => binary!(mul, d, konst!(k), frame.get(b)),
            Op::KDiv { d, k, b } => binary!(div, d, konst!(k), frame.get(b)),
            Op::Neg { d, a } => attempt!(arith::neg(cx, frame, d, frame.get(a))),
            Op::BitNot { d, a } => attempt!(arith::bit_not(cx, frame, d, frame.get(a))),

            Op::Not { d, a } => frame.set(d, compare::not(frame.get(a))),
            Op::Eq { d, a, b } => {
                let truth = compare::equal(cx, frame.get(a), frame.get(b));
                frame.set(d, Value::bool(truth));
            }
            Op::Ne { d, a, b } => {
                let truth = compare::equal(cx, frame.get(a), frame.get(b));
                frame.set(d, Value::bool(!truth));
            }
            Op::Lt { d, a, b } => comparison!(lt, d, a, b),
            Op::Le { d, a, b } => comparison!(le, d, a, b),
            Op::Gt { d, a, b } => comparison!(gt, d, a, b),
            Op::Ge { d, a, b } => comparison!(ge, d, a, b),

            Op::Jump { to } => jump_to!(to),
            Op::JumpIf { want, a, to } => {
                if compare::is_true(frame.get(a)) == want {
                    jump_to!(to);
                }
            }
            Op::JumpEq { want, a, b, by } => jump_if_equal!(want, a, frame.get(b), by),
            Op::JumpLt { want, a, b, by } => jump_if_compared!(lt, want, a, frame.get(b), by),
            Op::JumpLe { want, a, b, by } => jump_if_compared!(le, want, a, frame.get(b), by),
            Op::JumpGt { want, a, b, by } => jump_if_compared!(gt, want, a, frame.get(b), by),
            Op::JumpGe { want, a, b, by } => jump_if_compared!(ge, want, a, frame.get(b), by),
            Op::JumpEqK { want, a, k, by } => jump_if_equal!(want, a, konst!(k), by),
            Op::JumpLtK { want, a, k, by } => jump_if_compared!(lt, want, a, konst!(k), by),
            Op::JumpLeK { want, a, k, by } => jump_if_compared!(le, want, a, konst!(k), by),
            Op::JumpGtK { want, a, k, by } => jump_if_compared!(gt, want, a, konst!(k), by),
            Op::JumpGeK { want, a, k, by } => jump_if_compared!(ge, want, a, konst!(k), by),

            Op::CountPrep { i, by } => {
                if !attempt!(iterate::count_prepare(cx, frame, i)) {
                    jump_by!(by);
                }
            }
            Op::Count { i, by } => {
                if attempt!(iterate::count(cx, frame, i)) {
                    jump_by!(by);
                }
            }
            Op::StepPrep { i, by } => {
                if !attempt!(iterate::step_prepare(cx, frame, i)) {
                    jump_by!(by);
                }
            }
            Op::Step { i, by } => {
                if attempt!(iterate::step(cx, frame, i)) {
                    jump_by!(by);
                }
            }
            Op::EachPrep { i, by } => {
                attempt!(iterate::each_prepare(cx, frame, i));
                jump_by!(by);
            }
            Op::Each { i, by } => {
                if attempt!(iterate::each(cx, frame, i)) {
                    jump_by!(by);
                }
            }

            Op::Index { d, a, i } => {
                attempt!(index::get(cx, frame, d, frame.get(a), frame.get(i)));
            }
            Op::SetIndex { a, i, s } => {
                attempt!(index::set(cx, frame.get(a), frame.get(i), frame.get(s)));
            }
            Op::Array { d, first, count } => attempt!(index::array(cx, frame, d, first, count)),
            Op::Extend { d, first, count } => attempt!(index::extend(cx, frame, d, first, count)),

            Op::Object { d, fields } => attempt!(object::empty(cx, frame, d, fields)),
            Op::Field { d, a, k } => {
                attempt!(object::get(cx, frame, d, frame.get(a), code.site(k)));
            }
            Op::SetField { a, k, s } => {
                attempt!(object::set(cx, frame.get(a), code.site(k), frame.get(s)));
            }
            Op::Method { base, k } => {
                attempt!(object::method(cx, frame, base, code.site(k)));
            }
            Op::SuperMethod { base, k } => {
                attempt!(object::super_method(cx, frame, base, code.site(k)));
            }
            Op::BindMethod { d } => attempt!(object::bind(cx, frame, d)),
            Op::Class { d, methods } => attempt!(call::class(cx, frame, d, methods)),
            Op::CallMethod { base, argc } => match frame.get(base).cast::<Closure>() {
                Some(closure) => enter!(closure, base, argc + 1),
                None => {
                    call::field_to_callee(frame, base, argc);
                    call!(base, argc);
                }
            },

            Op::Call { base, argc } => call!(base, argc),
            Op::CallBinding { argc, base, k } => {
                let callee = binding(code, k).get_value(Binding::VALUE);
                frame.set(base, callee);
                call!(base, u16::from(argc));
            }
            Op::CallBuiltin { argc, base, number } => {
                let site = site(code, pc);
                attempt!(call::builtin(cx, frame, number, base, u16::from(argc), site));
            }
            Op::Len { d, a } => attempt!(index::len(cx, frame, d, frame.get(a))),
            Op::Push { a, s } => attempt!(index::push(cx, frame.get(a), frame.get(s))),
            Op::Pop { d, a } => attempt!(index::pop(cx, frame, d, frame.get(a))),
            Op::Math { f, d, a } => attempt!(math::one(cx, frame, f, d, frame.get(a))),
            Op::Math2 { f, d, a, b } => {
                attempt!(math::two(cx, frame, f, d, (frame.get(a), frame.get(b))));
            }

            Op::Return { s } => {
                let value = frame.get(s);
                leave_call!(cx, frame, code.link, value);
                match frame.ret(code.link) {
                    Some((back, caller)) => {
                        frame.set(0, value);
                        (code, pc, frame) = (back.code, back.pc, caller);
                    }
                    None => return Ok(Outcome::Finished(value.untraced())),
                }
            }
            Op::Throw { s } => match unwind::throw(cx, code, pc, frame, frame.get(s)) {
                Ok(place) => (code, pc, frame) = place,
                Err(error) => return Err(error),
            },
        }
    }
}

/// A place in a program; how high the stack is there, the code itself knows.
#[inline(always)]
fn here(code: &'static Code, pc: u32) -> At<Code> {
    At { code, pc, sp: 0 }
}

/// The number of the place of the instruction before `pc`.
#[inline(always)]
fn site(code: &'static Code, pc: u32) -> u64 {
    u64::from(code.number) << 32 | u64::from(pc - 1)
}

/// The global of a variable that is never assigned.
#[inline(always)]
fn binding<M: Mode>(code: &'static Code, k: u16) -> Red<M, Gc<Binding>> {
    let binding = code.consts[usize::from(k)].cast::<Binding>();
    Red::green(binding.expect("the compiler puts a binding there"))
}

/// The cell of a global.
#[inline(always)]
fn global<M: Mode>(code: &'static Code, k: u16) -> Red<M, Gc<Variable>> {
    let variable = code.consts[usize::from(k)].cast::<Variable>();
    Red::green(variable.expect("the compiler puts a variable there"))
}

/// A capture of the closure that runs.
#[inline(always)]
fn capture<M: Mode>(frame: Frame<M, Mini>, i: Slot) -> Value<M> {
    match frame.get(0).cast::<Closure>() {
        Some(closure) => closure.value_at(Closure::CAPTURES, i),
        None => Value::nil(),
    }
}

/// A `name` error about the name in a constant.
#[cold]
#[inline(never)]
fn name_error<M: Mode>(
    cx: &Cx<'_, M, Mini>,
    code: &'static Code,
    k: u16,
    error: fn(&str) -> Error,
) -> Error {
    let name = code.consts[usize::from(k)].cast::<Str>();
    error(name.map_or("", |name| name.as_str(&cx.host.host.heap)))
}
