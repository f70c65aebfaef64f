//! Calling a function of the host as machine code does: a thunk that takes the context and words, and yields a word.
//!
//! Invariant: the words are passed in the order and the registers in which a trace passes them.

#![allow(unsafe_code, reason = "an address becomes a function")]

use super::Context;

/// Calls the thunk at this address with these words; yields its result.
///
/// # Safety
/// The address is that of a thunk that takes so many words; the context is that of its runtime, which nobody else uses meanwhile.
pub(crate) unsafe fn call_thunk(address: usize, context: *mut Context, args: &[u64]) -> u64 {
    use std::mem::transmute;
    // SAFETY: the caller vouches for it.
    unsafe {
        match *args {
            [] => transmute::<usize, extern "C" fn(*mut Context) -> u64>(address)(context),
            [a] => transmute::<usize, extern "C" fn(*mut Context, u64) -> u64>(address)(context, a),
            [a, b] => {
                type Thunk = extern "C" fn(*mut Context, u64, u64) -> u64;
                transmute::<usize, Thunk>(address)(context, a, b)
            }
            [a, b, c] => {
                type Thunk = extern "C" fn(*mut Context, u64, u64, u64) -> u64;
                transmute::<usize, Thunk>(address)(context, a, b, c)
            }
            [a, b, c, d] => {
                type Thunk = extern "C" fn(*mut Context, u64, u64, u64, u64) -> u64;
                transmute::<usize, Thunk>(address)(context, a, b, c, d)
            }
            [a, b, c, d, e] => {
                type Thunk = extern "C" fn(*mut Context, u64, u64, u64, u64, u64) -> u64;
                transmute::<usize, Thunk>(address)(context, a, b, c, d, e)
            }
            _ => unreachable!("a call passes five words at most"),
        }
    }
}
