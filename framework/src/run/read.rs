//! Reading values out of the state that an exit left behind.
//!
//! Invariant: valid from the return of `enter` until the next `enter` on the same context.

use super::Context;
use crate::assemble::Loc;

/// The word that `loc` held when the trace was left.
pub fn read(loc: Loc, context: &Context) -> u64 {
    match loc {
        Loc::Gpr(r) => context.exit_gprs[r as usize],
        Loc::Xmm(r) => context.exit_xmms[r as usize],
        Loc::Spill(slot) => context.exit_spills[slot as usize],
        Loc::Const(c) => c.bits,
    }
}
