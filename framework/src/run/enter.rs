//! Entering machine code.
//!
//! The trampoline saves the callee-saved registers, loads the fixed ones and calls the trace; an exit dumps all registers into
//! the context and returns from the trampoline, and so does a guest function that is through.
//! Invariant: machine code is entered nowhere else.

#![allow(unsafe_code, reason = "control passes to generated code here")]

use super::Context;
use crate::assemble::CodeMemory;
use crate::trace::TraceId;

/// Where machine code was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExitedAt {
    /// The trace that was left; not always the one that was entered.
    pub trace: TraceId,
    /// Index into its `CompiledCode::exits`.
    pub exit: u32,
}

impl ExitedAt {
    /// From the word that machine code says it in.
    pub(crate) fn from_word(word: u64) -> ExitedAt {
        ExitedAt { trace: TraceId((word >> 32) as u32), exit: word as u32 }
    }
}

/// Runs machine code at `entry` until it exits; afterwards `context` holds the registers, see [`super::read`]. `None` if the guest
/// function that it belongs to returned: `result` and `result_tag` of the context are the value.
///
/// # Safety
/// `entry` is the entry of code compiled into `memory` and not freed since; `context` is valid and unaliased for the
/// time of the call except by what the code calls; `base` points into a VM stack with room for every slot that the
/// trace and those it jumps to touch; the slots and red locals hold values of the types the trace was recorded with.
pub unsafe fn enter(
    memory: &CodeMemory,
    context: *mut Context,
    base: *mut u64,
    entry: usize,
) -> Option<ExitedAt> {
    type Trampoline = extern "C" fn(*mut Context, *mut u64, usize) -> u64;
    // SAFETY: `CodeMemory` generated a function of this type at this address and keeps it until it is dropped.
    let trampoline: Trampoline = unsafe { std::mem::transmute(memory.trampoline()) };
    match trampoline(context, base, entry) {
        u64::MAX => None,
        left => Some(ExitedAt::from_word(left)),
    }
}
