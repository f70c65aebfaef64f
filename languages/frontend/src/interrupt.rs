//! How Ctrl-C reaches a running program.
//!
//! Whoever wants the program to stop calls `Interrupt::request`, from any thread. Engines that look
//! at the flag now and then need no more; one that runs machine code leaves a hook that reaches it
//! there.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

type Hook = Box<dyn Fn() + Send>;

/// A request to stop. Clones are the same request.
#[derive(Clone, Default)]
pub struct Interrupt(Arc<Shared>);

#[derive(Default)]
struct Shared {
    requested: AtomicBool,
    hook: Mutex<Option<Hook>>,
}

impl Interrupt {
    /// Asks the program to stop. True if that had been asked before, in vain.
    pub fn request(&self) -> bool {
        let before = self.0.requested.swap(true, Ordering::Relaxed);
        if let Some(hook) = &*self.hook() {
            hook();
        }
        before
    }

    /// If the program is to stop.
    #[inline]
    pub fn is_requested(&self) -> bool {
        self.0.requested.load(Ordering::Relaxed)
    }

    /// The request has been heeded.
    pub fn clear(&self) {
        self.0.requested.store(false, Ordering::Relaxed);
    }

    /// Has `hook` called with every request from now on, and at once if there is one. An engine
    /// takes its hook back ([`Interrupt::unhook`]) before what it reaches is gone.
    pub fn set_hook(&self, hook: impl Fn() + Send + 'static) {
        let mut slot = self.hook();
        if self.is_requested() {
            hook();
        }
        *slot = Some(Box::new(hook));
    }

    /// Removes the hook. When this returns it is not running and will not be called any more.
    pub fn unhook(&self) {
        *self.hook() = None;
    }

    fn hook(&self) -> MutexGuard<'_, Option<Hook>> {
        self.0.hook.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Interrupt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Interrupt").field(&self.is_requested()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::Interrupt;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[test]
    fn the_hook_hears_requests_until_it_is_removed() {
        let (interrupt, heard) = (Interrupt::default(), Arc::new(AtomicU32::new(0)));
        assert!(!interrupt.request());
        let count = Arc::clone(&heard);
        interrupt.set_hook(move || {
            count.fetch_add(1, Ordering::Relaxed);
        });
        assert!(interrupt.clone().request());
        interrupt.unhook();
        interrupt.request();
        assert_eq!(heard.load(Ordering::Relaxed), 2);
    }
}
