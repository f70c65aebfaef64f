//! What machine code sees of the runtime: one record at a stable address, which a fixed register points to.
//!
//! Invariant: the offsets of the fields are part of the machine code, so the record is `repr(C)` and never moves while
//! compiled code may run. Everything else of the runtime is reached through `host`, by the functions that traces call.

#![allow(unsafe_code, reason = "functions that machine code calls get the context as an address")]

use super::NativeFrame;
use crate::assemble::SPILL_SLOTS;
use crate::heap::nursery::Bump;
use std::ffi::c_void;

/// Allocates an object: `(context, layout id, number of trailing elements) -> address`; never collects.
pub type AllocFn = extern "C" fn(*mut Context, u64, u64) -> u64;

/// The slow ends of what machine code does inline: `(context, what, word) -> word`. See [`Cold`].
pub type ColdFn = extern "C" fn(*mut Context, u64, u64) -> u64;

/// What machine code asks of a [`ColdFn`]: the low half of the first word; the high half is an operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Cold {
    /// Remember the old object at this address: a reference was stored into it.
    Remember,
    /// Allocate an object of the layout whose number is the operand, with as many trailing elements as the word says.
    Allocate,
    /// Write what waits for the function whose native frame the word is the address of.
    Complete,
}

impl Cold {
    /// The word that asks for this.
    pub fn word(self, operand: u32) -> u64 {
        self as u64 | u64::from(operand) << 32
    }
}
/// What a guest function returned to machine code, in two registers.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Returned {
    /// The payload.
    pub payload: u64,
    /// The tag.
    pub tag: u64,
}

/// Finishes a guest function whose machine code was left: `(context, trace << 32 | exit, native frame)`.
pub type FinishFn = extern "C" fn(*mut Context, u64, NativeFrame) -> Returned;

/// Runs a guest function that has no machine code: `(context, base of its frame, its key, native frame)`.
pub type InterpretFn = extern "C" fn(*mut Context, *mut u64, u64, NativeFrame) -> Returned;

/// The runtime as machine code sees it.
#[repr(C)]
pub struct Context {
    /// Not 0: `guard_no_signal` leaves the trace (an interrupt or a collection is due).
    pub signal: u64,
    /// Not 0: the last call failed, `guard_no_error` leaves the trace. Who takes the error resets it.
    pub error: u64,
    /// Not 0: the frames of the guest are detached. A guest function that is left ends without a value, and its caller is left by
    /// `guard_no_error`.
    pub detached: u64,
    /// The tag of the dynamic value that the last call returned.
    pub result_tag: u64,
    /// `guard_chaos` decrements it and leaves the trace when it gets below zero.
    pub countdown: i64,
    /// `guard_stack` leaves the trace if the base lies beyond this address.
    pub stack_low: u64,
    /// `guard_stack` leaves the trace if the native stack has grown below this address.
    pub native_low: u64,
    /// The payload of what a guest function returned to the trampoline; its tag is in `result_tag`.
    pub result: u64,
    /// The red locals of the dispatch loop; slots `Slot::local(k)` of a trace.
    pub locals: [u64; crate::trace::Slot::MAX_LOCALS],
    /// The runtime, for functions that traces call.
    pub host: *mut c_void,
    /// What `new` and `new_array` call.
    pub alloc: AllocFn,
    /// The slow ends of inlined operations.
    pub cold: ColdFn,
    /// Operands and result of a cold call, which leaves all registers as they are.
    pub cold_words: [u64; 2],
    /// Where young objects are made.
    pub bump: *const Bump,
    /// What `bump` points to as long as there is no heap.
    no_memory: Bump,
    /// What becomes of a called guest function that leaves its machine code.
    pub finish: FinishFn,
    /// What becomes of a called guest function without machine code.
    pub interpret: InterpretFn,
    /// After an exit: the VM stack's base register.
    pub exit_base: *mut u64,
    /// After an exit: the general registers by number.
    pub exit_gprs: [u64; 16],
    /// After an exit: the low halves of the float registers by number.
    pub exit_xmms: [u64; 16],
    /// After an exit: the spill slots that the left trace uses.
    pub exit_spills: [u64; SPILL_SLOTS],
}

impl Context {
    /// A context without signal or error, at an address that stays. Guest functions cannot be called.
    pub fn new(host: *mut c_void, alloc: AllocFn) -> Box<Context> {
        let mut context = Box::new(Context {
            signal: 0,
            error: 0,
            detached: 0,
            result_tag: 0,
            countdown: 0,
            stack_low: u64::MAX,
            native_low: 0,
            result: 0,
            locals: [0; crate::trace::Slot::MAX_LOCALS],
            host,
            alloc,
            cold: forgetful,
            cold_words: [0; 2],
            bump: std::ptr::null(),
            no_memory: Bump::new(),
            finish: no_finish,
            interpret: no_interpreter,
            exit_base: std::ptr::null_mut(),
            exit_gprs: [0; 16],
            exit_xmms: [0; 16],
            exit_spills: [0; SPILL_SLOTS],
        });
        context.bump = std::ptr::from_ref(&context.no_memory);
        context
    }
}

/// The slow ends for memory that no heap looks after: objects are made by `alloc`, nothing is remembered.
extern "C" fn forgetful(context: *mut Context, what: u64, word: u64) -> u64 {
    if what as u32 != Cold::Allocate as u32 {
        return 0;
    }
    // SAFETY: machine code passes on the context that it runs under.
    let alloc = unsafe { (*context).alloc };
    alloc(context, what >> 32, word)
}

extern "C" fn no_finish(_: *mut Context, _: u64, _: NativeFrame) -> Returned {
    Returned::default()
}

extern "C" fn no_interpreter(_: *mut Context, _: *mut u64, _: u64, _: NativeFrame) -> Returned {
    Returned::default()
}
