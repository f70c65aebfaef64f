//! Which slots a frame does not read again while it waits for a call: the collector takes what they hold for nothing.
//!
//! ```text
//!  8   r5 = (car r2)
//! 12   r8 = (r9 r10 r11)        r2 and r9 .. are dead from here on: nothing below reads them
//! 13   r6 = (sieve r8)
//! 14   r4 = (cons r5 r6)
//! ```
//! Instructions are looked at from the last one to the first, again while a loop changes what is known.
//!
//! Invariant: a slot is said to be dead only if every way from the instruction behind the call writes it before it reads it, or does
//! neither. What a failing instruction leaves behind is not asked for: its frame is never gone on with.

use std::collections::HashMap;

use crate::vm::code::DeadSlots;
use crate::vm::op::{Op, Slot};

/// With more words of sets than these, nothing is said.
const MOST_WORDS: usize = 1 << 18;

/// The slots that are dead while each call waits, in code that uses so many.
pub(super) fn dead_slots(ops: &[Op], size: Slot) -> DeadSlots {
    let width = usize::from(size) / 64 + 1;
    let has_calls = ops.iter().any(|op| window(*op).is_some());
    if !has_calls || (ops.len() + 1) * width > MOST_WORDS {
        return DeadSlots::default();
    }
    let live = live_slots(ops, width);
    let mut lists = vec![Box::default()];
    let mut numbers: HashMap<Vec<Slot>, u16> = HashMap::from([(Vec::new(), 0)]);
    let mut at = vec![0; ops.len() + 1];
    for (pc, op) in ops.iter().enumerate() {
        let Some(base) = window(*op) else { continue };
        let behind = &live[(pc + 1) * width..(pc + 2) * width];
        let dead: Vec<Slot> = (1..base).filter(|&slot| !has(behind, slot)).collect();
        let number = numbers.get(&dead).copied().or_else(|| {
            let number = u16::try_from(lists.len()).ok()?;
            lists.push(dead.clone().into_boxed_slice());
            numbers.insert(dead, number);
            Some(number)
        });
        at[pc + 1] = number.unwrap_or(0);
    }
    DeadSlots { at: at.into(), lists: lists.into() }
}

/// Where the callee's frame begins, if the frame of this code waits for it.
fn window(op: Op) -> Option<Slot> {
    match op {
        Op::Call { base, .. } | Op::CallGlobal { base, .. } | Op::CallCapture { base, .. } => {
            Some(base)
        }
        _ => None,
    }
}

fn has(set: &[u64], slot: Slot) -> bool {
    set.get(usize::from(slot) / 64).is_some_and(|word| word >> (slot % 64) & 1 == 1)
}

/// For each instruction, and behind the last one: the slots that are read from there on before they are written.
fn live_slots(ops: &[Op], width: usize) -> Vec<u64> {
    let mut live = vec![0u64; (ops.len() + 1) * width];
    let mut set = vec![0u64; width];
    let mut changed = true;
    while changed {
        changed = false;
        for (pc, op) in ops.iter().enumerate().rev() {
            set.fill(0);
            let next = op.falls_through().then_some(pc + 1);
            let away = op.target(pc as u32).map(|to| to as usize);
            for from in next.into_iter().chain(away) {
                let words = &live[from * width..(from + 1) * width];
                set.iter_mut().zip(words).for_each(|(word, more)| *word |= more);
            }
            if let Some(d) = written(*op) {
                set[usize::from(d) / 64] &= !(1 << (d % 64));
            }
            read(*op, &mut |slot| set[usize::from(slot) / 64] |= 1 << (slot % 64));
            let words = &mut live[pc * width..(pc + 1) * width];
            if words != &set[..] {
                words.copy_from_slice(&set);
                changed = true;
            }
        }
    }
    live
}

/// The slot that an instruction writes. Where it writes others as well, nobody reads those.
fn written(op: Op) -> Option<Slot> {
    match op {
        Op::Move { d, .. }
        | Op::Const { d, .. }
        | Op::Global { d, .. }
        | Op::Capture { d, .. }
        | Op::NewCell { d, .. }
        | Op::Cell { d, .. }
        | Op::Closure { d, .. }
        | Op::Add { d, .. }
        | Op::Sub { d, .. }
        | Op::Mul { d, .. }
        | Op::AddI { d, .. }
        | Op::Compare { d, .. }
        | Op::Is { d, .. }
        | Op::Not { d, .. }
        | Op::Car { d, .. }
        | Op::Cdr { d, .. }
        | Op::Unary { d, .. }
        | Op::Binary { d, .. }
        | Op::RecordRef { d, .. } => Some(d),
        Op::Call { base, .. }
        | Op::CallGlobal { base, .. }
        | Op::CallCapture { base, .. }
        | Op::TailCall { base, .. }
        | Op::TailCallGlobal { base, .. }
        | Op::TailCallCapture { base, .. }
        | Op::CallBuiltin { base, .. }
        | Op::Apply { base } => Some(base),
        _ => None,
    }
}

/// The slots that an instruction reads.
fn read(op: Op, visit: &mut dyn FnMut(Slot)) {
    match op {
        Op::Const { .. } | Op::Global { .. } | Op::Jump { .. } => {}
        Op::Capture { .. } => visit(CLOSURE),
        Op::Move { s, .. }
        | Op::SetGlobal { s, .. }
        | Op::Define { s, .. }
        | Op::NewCell { s, .. }
        | Op::Cell { s, .. }
        | Op::Check { s, .. }
        | Op::Return { s }
        | Op::MergePoint { s }
        | Op::Promote { s }
        | Op::CallCc { s }
        | Op::Underflow { s } => visit(s),
        Op::AddI { a, .. }
        | Op::Is { a, .. }
        | Op::Not { a, .. }
        | Op::Car { a, .. }
        | Op::Cdr { a, .. }
        | Op::Unary { a, .. }
        | Op::JumpUnlessI { a, .. }
        | Op::JumpWhenI { a, .. }
        | Op::JumpTrue { a, .. }
        | Op::JumpFalse { a, .. }
        | Op::JumpNull { a, .. }
        | Op::JumpNotNull { a, .. }
        | Op::JumpPair { a, .. }
        | Op::JumpNotPair { a, .. }
        | Op::JumpIf { a, .. }
        | Op::JumpIfNot { a, .. } => visit(a),
        Op::SetCell { d: a, s: b }
        | Op::Patch { d: a, s: b, .. }
        | Op::Add { a, b, .. }
        | Op::Sub { a, b, .. }
        | Op::Mul { a, b, .. }
        | Op::Compare { a, b, .. }
        | Op::Binary { a, b, .. }
        | Op::SetCar { a, s: b }
        | Op::SetCdr { a, s: b }
        | Op::RecordRef { t: a, a: b, .. }
        | Op::JumpUnless { a, b, .. }
        | Op::JumpWhen { a, b, .. }
        | Op::Reinstate { k: a, s: b } => [a, b].into_iter().for_each(visit),
        Op::VectorSet { a, i: b, s: c } | Op::RecordSet { t: a, a: b, s: c, .. } => {
            [a, b, c].into_iter().for_each(visit);
        }
        Op::Closure { d, captures } => (d..=d + captures).for_each(visit),
        Op::Call { base, argc } | Op::TailCall { base, argc } => {
            (base + 1..base + 2 + argc).for_each(visit);
        }
        Op::CallGlobal { argc, base, .. }
        | Op::TailCallGlobal { argc, base, .. }
        | Op::CallBuiltin { argc, base, .. } => {
            (base + 2..base + 2 + u16::from(argc)).for_each(visit);
        }
        Op::CallCapture { argc, base, .. } | Op::TailCallCapture { argc, base, .. } => {
            visit(CLOSURE);
            (base + 2..base + 2 + u16::from(argc)).for_each(visit);
        }
        Op::Apply { base } => (base + 1..base + 3).for_each(visit),
    }
}

/// The slot of the closure.
const CLOSURE: Slot = 1;

#[cfg(test)]
mod tests {
    use super::*;

    fn dead(ops: &[Op], pc: u32) -> Vec<Slot> {
        dead_slots(ops, 20).at(pc).to_vec()
    }

    #[test]
    fn what_is_read_behind_a_call_lives() {
        let ops = [
            Op::Car { d: 5, a: 2 },
            Op::Cdr { d: 8, a: 2 },
            Op::CallGlobal { argc: 1, base: 6, k: 0 },
            Op::Add { d: 4, a: 5, b: 6 },
            Op::Return { s: 4 },
        ];
        assert_eq!(dead(&ops, 3), [1, 2, 3, 4]);
        assert_eq!(dead(&ops, 2), []);
    }

    #[test]
    fn a_turn_of_a_loop_reads_what_the_next_one_needs() {
        let ops = [
            Op::JumpNull { a: 3, to: 5 },
            Op::Car { d: 6, a: 3 },
            Op::CallCapture { argc: 1, base: 4, i: 0 },
            Op::Cdr { d: 3, a: 3 },
            Op::Jump { to: 0 },
            Op::Return { s: 3 },
        ];
        // The closure is where the capture comes from in the next turn.
        assert_eq!(dead(&ops, 3), [2]);
    }
}
