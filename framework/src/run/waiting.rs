//! The frames of guest functions that wait for a call of machine code: written to the VM stack when somebody is about to look at it.
//!
//! ```text
//! native stack, upwards        [frame]       the caller's native frame
//!                              [frame + 8]   return address: which call of the caller is waited for
//!                 caller:      [frame - 16 - 8*k]   its spill slot k
//! ```
//! A call out of machine code leaves slots of the frames that wait unwritten ([`CallSite`]), and those of the callee's frame that the
//! callee leaves alone: a deep recursion would write them all, and hardly ever does anybody read them. When the runtime gets control
//! from a called function it writes what is missing of that function's frame. The frames further up stay as they are until somebody is
//! about to look at them, which are collections, tracebacks, and whoever takes frames away; only then the runtime goes from native frame
//! to native frame. A return address that is moved into the no-op at the call says that the callee's frame has been written, and behind
//! it, that all frames further up are complete as well: so none is written twice while it waits. A bridge that may look at such words
//! of its own function's frame asks for this where it begins.
//!
//! (Return addresses that change are not for a process with a hardware shadow stack, which Linux gives to those that ask.)
//!
//! Invariant: between the call of machine code and the first thing that the runtime does for it, nobody reads the VM stack below the
//! callee's frame, nor, in that frame, what the caller left unwritten; and nobody reads frames further down before
//! [`complete_all`]. While the runtime works for machine code, it [knows](CallSites::enter) whose frames wait.

#![allow(unsafe_code, reason = "reads and writes the native frames of machine code")]

use crate::assemble::{CallSite, Loc, WRITTEN};
use hashbrown::HashMap;
use std::cell::RefCell;
use std::rc::Rc;

/// The address of a native frame: the word there is the address of the caller's, the next one the return address.
pub type NativeFrame = *mut u64;

/// A return address is so far behind the call if what waits for the callee's frame is written.
const HERE: usize = 1;

/// And so far if that goes for all frames further up.
const ALL: usize = WRITTEN;

/// The calls of all living traces, by return address.
#[derive(Clone, Default)]
pub struct CallSites(Rc<RefCell<HashMap<usize, CallSite>>>);

/// A native frame for which the runtime works.
struct Entered {
    sites: CallSites,
    frame: NativeFrame,
    base: *mut u64,
    /// The frames further up are complete.
    is_complete: bool,
}

thread_local! {
    /// From the outermost to the innermost.
    static ENTERED: RefCell<Vec<Entered>> = const { RefCell::new(Vec::new()) };
}

/// As long as it lives, the runtime works for a native frame.
#[must_use]
pub struct Working(());

impl Drop for Working {
    fn drop(&mut self) {
        ENTERED.with_borrow_mut(|entered| drop(entered.pop()));
    }
}

/// Somebody is about to look at frames that wait for machine code of this thread: writes all that is missing.
pub fn complete_all() {
    ENTERED.with_borrow_mut(|entered| {
        // What was entered before one that is complete is so as well.
        for entered in entered.iter_mut().rev().take_while(|entered| !entered.is_complete) {
            entered.is_complete = true;
            let Entered { sites, frame, base, .. } = entered;
            // SAFETY: whoever entered it vouched for it, and waits.
            unsafe { sites.complete_from(*frame, *base) };
        }
    });
}

impl CallSites {
    /// The calls of a trace that can be run from now on.
    pub fn add(&self, sites: &[CallSite]) {
        self.0.borrow_mut().extend(sites.iter().map(|site| (site.returns_to, site.clone())));
    }

    /// The trace with these calls is gone.
    pub fn remove(&self, sites: &[CallSite]) {
        let mut known = self.0.borrow_mut();
        sites.iter().for_each(|site| drop(known.remove(&site.returns_to)));
    }

    /// Machine code calls the runtime: writes what is missing of the frame of the function of this native frame, whose own base is
    /// `base`. The others can be completed as long as the answer lives.
    ///
    /// # Safety
    /// As [`CallSites::complete`]; the native frame stays until the answer is dropped.
    pub unsafe fn enter(&self, frame: NativeFrame, base: *mut u64) -> Working {
        // SAFETY: the caller vouches for it.
        unsafe { self.complete(frame, base) };
        let entered = Entered { sites: self.clone(), frame, base, is_complete: false };
        ENTERED.with_borrow_mut(|all| all.push(entered));
        Working(())
    }

    /// Writes what is missing of the frame of the function of this native frame, whose own base is `base`.
    ///
    /// # Safety
    /// `frame` is what machine code passed to the function that runs now for it, `base` the base at the entry of the guest function; the
    /// calls of all traces that wait are known.
    pub unsafe fn complete(&self, frame: NativeFrame, base: *mut u64) {
        // SAFETY: a native frame of machine code.
        let returns_to = unsafe { frame.add(1).read() } as usize;
        if let Some(site) = self.0.borrow().get(&returns_to) {
            // SAFETY: it waits for the call of this site.
            unsafe { write(site, frame, base, HERE) };
        }
    }

    /// As [`CallSites::complete`], for all frames further up as well.
    ///
    /// # Safety
    /// As there.
    pub unsafe fn complete_from(&self, mut frame: NativeFrame, mut base: *mut u64) {
        let sites = self.0.borrow();
        let mut last: Option<&CallSite> = None;
        loop {
            // SAFETY: all native frames up to the trampoline's are those of machine code, laid out as above; the trampoline has no
            // call that is known.
            let returns_to = unsafe { frame.add(1).read() } as usize;
            // A recursion waits in one place again and again.
            let same = last.filter(|site| site.returns_to == returns_to);
            if let Some(site) = same.or_else(|| sites.get(&returns_to)) {
                last = Some(site);
                // SAFETY: it waits for the call of this site.
                unsafe { write(site, frame, base, ALL) };
            } else if let Some(site) = sites.get(&returns_to.wrapping_sub(HERE)) {
                // SAFETY: a return address into the same no-op.
                unsafe { frame.add(1).write((site.returns_to + ALL) as u64) };
            } else {
                return;
            }
            // SAFETY: a function that machine code called has a caller, which keeps its base one word below its native frame.
            unsafe {
                let caller = frame.read() as NativeFrame;
                (frame, base) = (caller, caller.sub(1).read() as *mut u64);
            }
        }
    }
}

/// Writes what waits at this call, for the function of this native frame.
///
/// # Safety
/// The frame's return address is that of the call; `base` is the base at the entry of the function.
unsafe fn write(site: &CallSite, frame: NativeFrame, base: *mut u64, mark: usize) {
    // SAFETY: spill slots of the caller's native frame and slots of the stack are where the compiler noted them.
    unsafe {
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
        frame.add(1).write((site.returns_to + mark) as u64);
    }
}
