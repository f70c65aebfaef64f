//! Parallel moves: many values change places at once.
//!
//! ```text
//! a <- b, b <- a, [s] <- a      =>      [s] = a; t = b; b = a; a = t
//! ```
//! Guarantees: every destination ends up with what its source held before the first move; nothing changes but the
//! destinations, the registers passed as free, and the scratch register.

use super::regs::{Class, Reg, RegSet, SCRATCH};
use super::x64::{Inst, Mem, Size};

/// A place that can be moved to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Reg(Reg),
    Slot(u32),
}

/// What is moved there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Place(Place),
    Const(u64),
}

/// One of the moves.
pub(crate) type Move = (Place, Source);

/// Writes the moves in order of execution. `free` registers hold nothing that is needed.
pub(crate) fn parallel_move(moves: &[Move], mut free: RegSet, out: &mut Vec<Inst>) {
    let mut pending: Vec<(Place, Place)> = Vec::with_capacity(moves.len());
    for &(to, from) in moves {
        if let Place::Reg(r) = to {
            free.remove(r);
        }
        match from {
            Source::Place(Place::Reg(r)) => free.remove(r),
            Source::Place(Place::Slot(_)) | Source::Const(_) => {}
        }
        if let Source::Place(from) = from
            && to != from
        {
            debug_assert!(pending.iter().all(|p| p.0 != to), "two values for one place");
            pending.push((to, from));
        }
    }
    while !pending.is_empty() {
        let waits = |to: Place| pending.iter().any(|&(_, from)| from == to);
        if let Some(i) = pending.iter().position(|&(to, _)| !waits(to)) {
            let (to, from) = pending.swap_remove(i);
            move_one(to, from, free, out);
            continue;
        }
        // Only cycles are left. Setting one value aside opens a cycle, and all of it is moved before the next is
        // opened, so one scratch register will do.
        let from = pending[0].1;
        let aside = match from {
            Place::Reg(r) if !r.is_xmm() => free.and(Class::Gpr.all()).first(),
            _ => None,
        };
        let aside = Place::Reg(aside.unwrap_or(SCRATCH));
        move_one(aside, from, RegSet::EMPTY, out);
        pending.iter_mut().filter(|p| p.1 == from).for_each(|p| p.1 = aside);
        if let Place::Reg(r) = aside {
            free.remove(r);
        }
    }
    for &(to, from) in moves {
        if let Source::Const(bits) = from {
            load_constant(to, bits, free, out);
        }
    }
}

/// One move.
fn move_one(to: Place, from: Place, free: RegSet, out: &mut Vec<Inst>) {
    match (to, from) {
        (Place::Reg(d), Place::Reg(s)) => out.push(copy(d, s)),
        (Place::Reg(d), Place::Slot(s)) => out.push(load(d, Mem::spill(s))),
        (Place::Slot(d), Place::Reg(s)) => out.push(store(Mem::spill(d), s)),
        (Place::Slot(d), Place::Slot(s)) => match free.first() {
            Some(t) => out.extend([load(t, Mem::spill(s)), store(Mem::spill(d), t)]),
            None => out.push(Inst::MoveSlot(d, s)),
        },
    }
}

/// The instruction that copies one register to another, of whichever kind.
pub(crate) fn copy(d: Reg, s: Reg) -> Inst {
    match (d.is_xmm(), s.is_xmm()) {
        (false, false) => Inst::Mov(d, s),
        (true, true) => Inst::FMov(d, s),
        _ => Inst::MovQ(d, s),
    }
}

/// The instruction that loads a word into a register.
pub(crate) fn load(d: Reg, m: Mem) -> Inst {
    if d.is_xmm() { Inst::FLoad(d, m) } else { Inst::Load(Size::Word, d, m) }
}

/// The instruction that stores a register as a word.
pub(crate) fn store(m: Mem, s: Reg) -> Inst {
    if s.is_xmm() { Inst::FStore(m, s) } else { Inst::Store(Size::Word, m, s) }
}

/// The instruction that loads a constant; may change the flags.
pub(crate) fn constant(d: Reg, bits: u64) -> Inst {
    match (d.class(), bits) {
        (Class::Gpr, _) => Inst::MovImm(d, bits as i64),
        (Class::Xmm, 0) => Inst::FZero(d),
        (Class::Xmm, _) => Inst::FConst(d, bits),
    }
}

fn load_constant(to: Place, bits: u64, free: RegSet, out: &mut Vec<Inst>) {
    match to {
        Place::Reg(d) => out.push(constant(d, bits)),
        Place::Slot(s) => match (i32::try_from(bits as i64), free.first()) {
            (Ok(imm), _) => out.push(Inst::StoreImm(Size::Word, Mem::spill(s), imm)),
            (_, Some(t)) if !t.is_xmm() => {
                out.extend([Inst::MovImm(t, bits as i64), store(Mem::spill(s), t)]);
            }
            _ => out.extend([Inst::FConst(SCRATCH, bits), store(Mem::spill(s), SCRATCH)]),
        },
    }
}
