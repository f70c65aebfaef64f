//! The keyboard: Ctrl-C, and standard input that knows whether a program waits for it.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::interrupt::Interrupt;
use crate::status;

/// Standard input that tells when the program waits for it.
pub(crate) struct Input {
    /// Set while it waits.
    pub(crate) waiting: Arc<AtomicBool>,
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.waiting.store(true, Ordering::Relaxed);
        let count = io::stdin().read(buffer);
        self.waiting.store(false, Ordering::Relaxed);
        count
    }
}

/// Makes Ctrl-C set `interrupt`. If the program waits for input, or has not heeded the last one, it
/// is ended at once.
pub(crate) fn watch_keyboard(interrupt: &Interrupt, waiting: &Arc<AtomicBool>) {
    let (interrupt, waiting) = (interrupt.clone(), Arc::clone(waiting));
    let handler = move || {
        if interrupt.request() || waiting.load(Ordering::Relaxed) {
            std::process::exit(i32::from(status::INTERRUPTED));
        }
    };
    // Without it Ctrl-C still ends the process.
    let _ = ctrlc::set_handler(handler);
}
