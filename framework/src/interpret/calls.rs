//! What machine code calls in the framework itself: allocation, and the slow half of the write barrier.
//!
//! Invariant: allocation never collects and never fails halfway; when memory is used up it leaves an object that is never
//! reached, because the trace exits right after.
#![allow(unsafe_code, reason = "machine code passes the context as an address")]

use super::signal::{self, MEMORY};
use crate::heap::remembered;
use crate::language::{Language, Runtime};
use crate::run::{Cold, Context};
use crate::trace::LayoutId;

/// Allocates for `new` and `new_array`: an object of this layout with `len` trailing elements.
pub(crate) extern "C" fn alloc<L: Language>(context: *mut Context, layout: u64, len: u64) -> u64 {
    // SAFETY: the runtime put its own address there and waits for machine code to come back.
    let runtime = unsafe { &mut *(*context).host.cast::<Runtime<L>>() };
    let layout = LayoutId(layout as u32).get();
    let (address, exceeded) = runtime.heap().alloc_always(layout, len as usize);
    if exceeded {
        // One object beyond the limit, and a signal: the guest gets its error at the next header.
        runtime.memory_exceeded = true;
        signal::raise(&mut runtime.context, MEMORY);
    }
    address
}

/// The slow ends of what machine code does inline.
pub(crate) extern "C" fn cold<L: Language>(context: *mut Context, what: u64, word: u64) -> u64 {
    if what as u32 == Cold::Allocate as u32 {
        return alloc::<L>(context, what >> 32, word);
    }
    remembered::remember(word);
    0
}
