//! What machine code sees of the runtime: one record at a stable address, which a fixed register points to.
//!
//! Invariant: the offsets of the fields are part of the machine code, so the record is `repr(C)` and never moves while
//! compiled code may run. Everything else of the runtime is reached through `host`, by the functions that traces call.

use crate::assemble::SPILL_SLOTS;
use std::ffi::c_void;

/// Allocates an object: `(context, layout id, number of trailing elements) -> address`; never collects.
pub type AllocFn = extern "C" fn(*mut Context, u64, u64) -> u64;

/// The runtime as machine code sees it.
#[repr(C)]
pub struct Context {
    /// Not 0: `guard_no_signal` leaves the trace (an interrupt or a collection is due).
    pub signal: u64,
    /// Not 0: the last call failed, `guard_no_error` leaves the trace. Who takes the error resets it.
    pub error: u64,
    /// The tag of the dynamic value that the last call returned.
    pub result_tag: u64,
    /// `guard_chaos` decrements it and leaves the trace when it gets below zero.
    pub countdown: i64,
    /// The red locals of the dispatch loop; slots `Slot::local(k)` of a trace.
    pub locals: [u64; crate::trace::Slot::MAX_LOCALS],
    /// The runtime, for functions that traces call.
    pub host: *mut c_void,
    /// What `new` and `new_array` call.
    pub alloc: AllocFn,
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
    /// A context without signal or error, at an address that stays.
    pub fn new(host: *mut c_void, alloc: AllocFn) -> Box<Context> {
        Box::new(Context {
            signal: 0,
            error: 0,
            result_tag: 0,
            countdown: 0,
            locals: [0; crate::trace::Slot::MAX_LOCALS],
            host,
            alloc,
            exit_base: std::ptr::null_mut(),
            exit_gprs: [0; 16],
            exit_xmms: [0; 16],
            exit_spills: [0; SPILL_SLOTS],
        })
    }
}
