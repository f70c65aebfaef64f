//! The frames of guest functions that wait for a call of machine code: written to the VM stack when somebody is about to look at it.
//!
//! ```text
//! native stack, upwards        [frame]       the caller's native frame
//!                              [frame + 8]   return address: which call of the caller is waited for
//!                 caller:      [frame - 16 - 8*k]   its spill slot k
//! ```
//! A call out of machine code leaves slots of the frames that wait unwritten ([`CallSite`]), and those of the callee's frame that the
//! callee leaves alone: a deep recursion would write them all, and hardly ever does anybody read them. When the runtime gets control
//! from a called function it goes from native frame to native frame and writes what is missing. A return address that is moved behind
//! the no-op at the call says that this is done; from there on, all frames further up are complete as well, so no frame is written twice
//! while it waits. A bridge that may look at such words of its own function's frame asks for this where it begins.
//!
//! (Return addresses that change are not for a process with a hardware shadow stack, which Linux gives to those that ask.)
//!
//! Invariant: between the call of machine code and the first thing that the runtime does for it, nobody reads the VM stack below the
//! callee's frame, nor, in that frame, what the caller left unwritten.

#![allow(unsafe_code, reason = "reads and writes the native frames of machine code")]

use crate::assemble::{CallSite, Loc, WRITTEN};
use hashbrown::HashMap;

/// The address of a native frame: the word there is the address of the caller's, the next one the return address.
pub type NativeFrame = *mut u64;

/// The calls of all living traces, by return address.
#[derive(Default)]
pub struct CallSites(HashMap<usize, CallSite>);

impl CallSites {
    /// The calls of a trace that can be run from now on.
    pub fn add(&mut self, sites: &[CallSite]) {
        self.0.extend(sites.iter().map(|site| (site.returns_to, site.clone())));
    }

    /// The trace with these calls is gone.
    pub fn remove(&mut self, sites: &[CallSite]) {
        sites.iter().for_each(|site| drop(self.0.remove(&site.returns_to)));
    }

    /// Writes what is missing of the frames that wait for the function of this native frame, whose own base is `base`. Answers how many
    /// native frames these were.
    ///
    /// # Safety
    /// `frame` is what machine code passed to the function that runs now for it, `base` the base at the entry of the guest function; the
    /// calls of all traces that wait are known.
    pub unsafe fn complete(&self, mut frame: NativeFrame, mut base: *mut u64) -> usize {
        let mut written = 0;
        let mut last: Option<&CallSite> = None;
        // SAFETY: all native frames up to the trampoline's are those of machine code, laid out as above; the trampoline has no call that
        // is known. Spill slots and slots of the stack are where the compiler noted them.
        unsafe {
            loop {
                let returns_to = frame.add(1).read() as usize;
                // A recursion waits in one place again and again.
                let same = last.filter(|site| site.returns_to == returns_to);
                let Some(site) = same.or_else(|| self.0.get(&returns_to)) else { return written };
                (written, last) = (written + 1, Some(site));
                let caller = frame.read() as NativeFrame;
                let slots = base.sub(site.base as usize);
                for &(slot, loc) in &site.waiting {
                    let word = match loc {
                        Loc::Const(c) => c.bits,
                        Loc::Spill(k) => caller.sub(2 + k as usize).read(),
                        Loc::Gpr(_) | Loc::Xmm(_) => unreachable!("no register outlives a call"),
                    };
                    slots.offset(slot.0 as isize).write(word);
                }
                frame.add(1).write((site.returns_to + WRITTEN) as u64);
                base = caller.sub(1).read() as *mut u64;
                frame = caller;
            }
        }
    }
}
