//! Events: what the driver reports while it works.
//!
//! Invariant: events come in the order in which things happen, and carry numbers and places that are the same in every run of
//! a deterministic program: no addresses.

use super::{Location, Stats};
use crate::assemble::CompiledCode;
use crate::optimize::Counts;
use crate::record::Abort;
use crate::trace::{KeyId, Trace, TraceId};

/// Finds places in the guest's source.
///
/// ```
/// use holloway::observe::{Event, Source};
///
/// /// Where the recordings begin, for a log.
/// fn place(event: &Event<'_>, source: &dyn Source) -> Option<String> {
///     match event {
///         Event::Start { at, .. } => Some(source.location(*at).to_string()),
///         _ => None,
///     }
/// }
/// ```
pub trait Source {
    /// The place behind a key.
    fn location(&self, key: KeyId) -> Location;

    /// The name of the code object at this address, if the word is such an address: calls that were inlined keep it in slots.
    fn code_name(&self, word: u64) -> Option<String> {
        let _ = word;
        None
    }

    /// Does an object of the heap lie at this address?
    fn is_object(&self, word: u64) -> bool {
        let _ = word;
        false
    }
}

/// Something happened.
///
/// ```
/// use holloway::observe::Event;
///
/// /// One line for an event.
/// fn line(event: &Event<'_>) -> Option<String> {
///     match event {
///         Event::Start { id, parent: Some((trace, exit)), .. } => {
///             Some(format!("trace {} grows from exit {exit} of trace {}", id.0, trace.0))
///         }
///         Event::Abort { id, reason, .. } => Some(format!("trace {} given up: {reason:?}", id.0)),
///         _ => None, // there may be further events one day
///     }
/// }
/// ```
#[derive(Clone, Copy)]
pub enum Event<'a> {
    /// A recording begins: at a hot loop header, at the entry of a hot function, or at the exit of a trace.
    Start {
        /// The number that the trace will have if all goes well.
        id: TraceId,
        /// Where.
        at: KeyId,
        /// The exit that it grows from: trace and index of the exit.
        parent: Option<(TraceId, u32)>,
        /// It begins at the entry of a function.
        is_function: bool,
        /// Passes at the header, or through the exit, so far; 0: another recording waits for this one.
        count: u32,
    },
    /// A recording ended at a compiled loop of which no version fits: another version is recorded first.
    Wait {
        /// The number it would have had.
        id: TraceId,
        /// The header of the loop.
        at: KeyId,
    },
    /// A recording was given up.
    Abort {
        /// The number it would have had.
        id: TraceId,
        /// Where it was when it was given up.
        at: KeyId,
        /// Why.
        reason: Abort,
        /// More about it.
        detail: &'a str,
        /// The recording so far.
        recording: &'a Trace,
    },
    /// A trace was compiled.
    Compiled {
        /// Its number.
        id: TraceId,
        /// Where it begins.
        at: KeyId,
        /// The exit that it grows from.
        parent: Option<(TraceId, u32)>,
        /// It begins at the entry of a function.
        is_function: bool,
        /// As recorded.
        recording: &'a Trace,
        /// As optimized.
        trace: &'a Trace,
        /// What the passes did.
        counts: &'a Counts,
        /// As assembled.
        code: &'a CompiledCode,
        /// Its machine code.
        bytes: &'a [u8],
        /// Nanoseconds recording, optimizing, assembling.
        nanos: [u64; 3],
    },
    /// Traces were thrown away for want of code memory, or because the host asked.
    Evicted {
        /// Their numbers, ascending.
        traces: &'a [TraceId],
    },
    /// Traces rely on something that has changed, or better ones are to take their place: they are not entered again.
    Invalidated {
        /// Their numbers, ascending.
        traces: &'a [TraceId],
        /// Why.
        why: Why,
    },
    /// The program is over: counts of all traces are final.
    End,
}

/// Why traces are invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// What they rely on has changed.
    Changed,
    /// They inline a function that had better be called.
    Inlined,
}

/// Watches events.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/support/countdown.rs"));
/// use holloway::observe::{Event, Observer, Source, Stats};
/// # use holloway::*;
/// use std::{cell::Cell, rc::Rc};
///
/// /// Counts what was compiled.
/// struct Count(Rc<Cell<u32>>);
///
/// impl Observer for Count {
///     fn event(&mut self, event: &Event<'_>, _: &dyn Source, _: &Stats) {
///         if let Event::Compiled { .. } = event {
///             self.0.set(self.0.get() + 1);
///         }
///     }
/// }
///
/// # fn main() {
/// let mut runtime = Runtime::<Countdown>::new(Heap::new(), JitOptions::default());
/// let compiled = Rc::new(Cell::new(0));
/// runtime.observe(Box::new(Count(compiled.clone())));
/// runtime.run(At { code: COUNTDOWN, pc: 0, sp: 1 }, 1, &[Val::int(100_000)]).unwrap();
/// # if cfg!(all(target_arch = "x86_64", target_os = "linux")) {
/// assert_eq!(compiled.get(), 1);
/// # }
/// # }
/// ```
pub trait Observer {
    /// Something happened.
    fn event(&mut self, event: &Event<'_>, source: &dyn Source, stats: &Stats);
}
