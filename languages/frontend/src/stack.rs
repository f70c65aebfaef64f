//! A deep stack for everything that recurses over source code, values or guest calls.
//!
//! Parsing, resolving, compiling and the tree-walking engine are recursive. They run on a thread
//! whose stack is large (the memory is only reserved; what is never touched costs nothing), and
//! whoever recurses without another bound asks `Depth::is_low` before it goes deeper.

use std::io;
use std::thread;

use crate::diagnostics::Reporter;
use crate::status;

/// The sizes that are tried, the largest first.
const SIZES: [usize; 4] = [2 << 30, 1 << 30, 512 << 20, 128 << 20];

/// Knows how much of the stack is left.
#[derive(Clone, Copy, Debug)]
pub struct Depth {
    /// Below this address the stack is low.
    floor: usize,
}

impl Depth {
    /// For a stack of `size` bytes whose top is about here.
    fn new(size: usize) -> Depth {
        // A third is kept for what recurses without asking: trees of bounded height.
        Depth { floor: here().saturating_sub(size / 3 * 2) }
    }

    /// If no more guest calls should be made.
    #[inline]
    pub fn is_low(self) -> bool {
        here() < self.floor
    }
}

/// An address on the current stack.
#[inline]
fn here() -> usize {
    let marker = 0u8;
    std::ptr::from_ref(&marker).addr()
}

/// Runs `work` on a thread with a deep stack, and gives the exit status: that of `work`, or that
/// there is nothing that could be run, after a message that says why.
pub fn run_deep(reporter: Reporter, work: impl FnOnce(Depth) -> Result<u8, String> + Send) -> u8 {
    let message = match with_deep_stack(work) {
        Ok(Ok(status)) => return status,
        Ok(Err(message)) => message,
        Err(error) => format!("cannot start: {error}"),
    };
    reporter.complain(&message);
    status::UNUSABLE
}

/// Runs `work` on a thread with a deep stack, and waits for it.
///
/// # Errors
/// If there is no memory for any stack.
pub fn with_deep_stack<R: Send>(work: impl FnOnce(Depth) -> R + Send) -> io::Result<R> {
    let mut work = Some(work);
    let mut last = io::Error::other("no thread");
    for size in SIZES {
        let slot = &mut work;
        let spawned = thread::scope(|scope| {
            let run = move || slot.take().map(|work| work(Depth::new(size)));
            let handle = thread::Builder::new().stack_size(size).spawn_scoped(scope, run)?;
            Ok(handle.join())
        });
        match spawned {
            Ok(Ok(Some(result))) => return Ok(result),
            Ok(Ok(None)) => return Err(io::Error::other("the work was done twice")),
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(error) => last = error,
        }
    }
    Err(last)
}
