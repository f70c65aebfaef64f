//! Entering machine code.
//!
//! The trampoline saves the callee-saved registers, makes a frame with the spill area, loads the fixed registers and
//! jumps to the trace; an exit dumps all registers into the context and returns from the trampoline.
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

/// Runs machine code at `entry` until it exits. Afterwards `context` holds the registers, see [`super::read`].
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
) -> ExitedAt {
    type Trampoline = extern "C" fn(*mut Context, *mut u64, usize) -> u64;
    // SAFETY: `CodeMemory` generated a function of this type at this address and keeps it until it is dropped.
    let trampoline: Trampoline = unsafe { std::mem::transmute(memory.trampoline()) };
    let left = trampoline(context, base, entry);
    ExitedAt { trace: TraceId((left >> 32) as u32), exit: left as u32 }
}
