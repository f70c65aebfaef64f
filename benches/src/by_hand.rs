//! The machine by hand: what one would write in Rust without a framework, with the same values and checks.

use crate::Op;
use std::sync::atomic::{AtomicU64, Ordering};

/// A tagged value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Value {
    tag: u64,
    bits: u64,
}

const INT: u64 = 2;

impl Value {
    fn int(value: i64) -> Value {
        Value { tag: INT, bits: value as u64 }
    }

    fn as_int(self) -> Option<i64> {
        (self.tag == INT).then_some(self.bits as i64)
    }
}

/// Flags and counters that an interpreter looks at when a loop comes round.
#[derive(Debug, Default)]
pub struct State {
    /// Stop. Somebody else sets it, so the loop has to look each time.
    pub signal: AtomicU64,
    /// Turns of loops.
    pub turns: u64,
}

/// Runs `code` on these slots.
///
/// # Errors
/// What the program does wrong.
pub fn run(code: &[Op], slots: &[i64]) -> Result<i64, &'static str> {
    let mut frame = [Value { tag: 0, bits: 0 }; 256];
    for (to, &from) in frame.iter_mut().zip(slots) {
        *to = Value::int(from);
    }
    let mut state = State::default();
    dispatch(&mut state, code, &mut frame)?.as_int().ok_or("not an integer")
}

#[inline(never)]
fn dispatch(
    state: &mut State,
    code: &[Op],
    frame: &mut [Value; 256],
) -> Result<Value, &'static str> {
    let mut pc = 0;
    loop {
        let Some(&op) = code.get(pc) else { return Err("fell off the end") };
        pc += 1;
        match op {
            Op::Add { d, a, b } => {
                let (x, y) = (frame[a as usize].as_int(), frame[b as usize].as_int());
                let (Some(x), Some(y)) = (x, y) else { return Err("not an integer") };
                frame[d as usize] = Value::int(x.checked_add(y).ok_or("overflow")?);
            }
            Op::Mod { d, a, b } => {
                let (x, y) = (frame[a as usize].as_int(), frame[b as usize].as_int());
                let (Some(x), Some(y)) = (x, y) else { return Err("not an integer") };
                let rest = x.checked_rem(y).ok_or("division by zero")?;
                let rest = if rest != 0 && (rest < 0) != (y < 0) { rest + y } else { rest };
                frame[d as usize] = Value::int(rest);
            }
            Op::Copy { d, a } => frame[d as usize] = frame[a as usize],
            Op::LoopIfLess { a, b, to } => {
                let (x, y) = (frame[a as usize].as_int(), frame[b as usize].as_int());
                let (Some(x), Some(y)) = (x, y) else { return Err("not an integer") };
                if x < y {
                    pc = to as usize;
                    state.turns += 1;
                    if state.signal.load(Ordering::Relaxed) != 0 {
                        return Err("interrupted");
                    }
                }
            }
            Op::Return { a } => return Ok(frame[a as usize]),
        }
    }
}
