//! Guest calls that the framework runs itself: from machine code, from a recording, and from the interpreter into machine code;
//! allocation, and the slow half of the write barrier.
//!
//! ```text
//! interpreter --hot_call--> machine code --call_guest--> machine code ..
//!                              |   ^                        | exit: `finish` runs the rest of the function
//!     exit: the interpreter    |   +--- result or error ----+
//!     goes on in the callee  <-+   ^--- no machine code: `interpret` runs the function
//! ```
//! A call from machine code is a native call, and whatever becomes of the callee, it comes back with a result or an error. A call from
//! the interpreter enters machine code, but if that is left, the same dispatch loop goes on in the callee, so that interpreted
//! recursion needs no native stack.
//!
//! A language may take the frames away from the activations that run them ([`Cx::detach`]). All of these end then, one after the other,
//! as after an error, and [`run_outermost`] goes on with the frames.
//!
//! Invariants: allocation never collects and never fails halfway: when memory is used up it leaves an object that is never
//! reached, because the trace exits right after. The frame of a function that runs as a native call has a boundary for its link.
#![allow(unsafe_code, reason = "machine code passes the context as an address")]

use super::driver::{self, new_recorder};
use super::hints::Header;
use super::leave;
use super::signal::{self, MEMORY};
use crate::count::ENTRY;
use crate::heap::{Val, remembered};
use crate::language::frame::Place;
use crate::language::{At, Cx, Frame, Language, Outcome, Raised, Run, Runtime};
use crate::run::{Cold, Context, ExitedAt, NativeFrame, Returned};
use crate::trace::{KeyId, LayoutId, Ref, TraceId};

/// Native calls take at most so many bytes, which is enough for about a million: deeper recursion is interpreted.
const MOST_NATIVE: u64 = 64 << 20;

/// Few programs need so much of the native stack for calls. What lies below is wanted in large pages, as with the VM stack.
const SHALLOW: u64 = 1 << 20;

/// Bytes of a large page.
const HUGE: u64 = 2 << 20;

/// Allocates for `new` and `new_array`: an object of this layout with `len` trailing elements.
pub(crate) extern "C" fn alloc<L: Language>(context: *mut Context, layout: u64, len: u64) -> u64 {
    let runtime = runtime::<L>(context);
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
    if what as u32 == Cold::Complete as u32 {
        let native = word as NativeFrame;
        // SAFETY: as in `finish`.
        unsafe { runtime::<L>(context).jit.call_sites.complete(native, native.sub(1).read() as _) };
        return 0;
    }
    remembered::remember(word);
    0
}

/// The runtime behind a context that machine code passes.
fn runtime<'r, L: Language>(context: *mut Context) -> &'r mut Runtime<L> {
    // SAFETY: the runtime put its own address there and waits for machine code to come back.
    unsafe { &mut *(*context).host.cast::<Runtime<L>>() }
}

/// A called guest function left its machine code: runs the rest of it.
pub(crate) extern "C" fn finish<L: Language>(
    context: *mut Context,
    exited: u64,
    native: NativeFrame,
) -> Returned {
    let rt = runtime::<L>(context);
    // SAFETY: passed by machine code; a function keeps its base one word below its native frame.
    let _working = unsafe { rt.jit.call_sites.enter(native, native.sub(1).read() as *mut u64) };
    let outcome = go_on(rt, ExitedAt::from_word(exited));
    answer(rt, outcome)
}

/// Machine code calls a guest function that has none.
pub(crate) extern "C" fn interpret<L: Language>(
    context: *mut Context,
    base: *mut u64,
    key: u64,
    native: NativeFrame,
) -> Returned {
    let rt = runtime::<L>(context);
    // SAFETY: passed by machine code.
    let _working = unsafe { rt.jit.call_sites.enter(native, base) };
    let at = rt.jit.keys.get(KeyId(key as u32));
    let code = std::ptr::from_ref(at.code) as *const () as usize;
    let hot = rt.jit.calls && rt.jit.counters.pass(code, ENTRY) && !is_native_low(rt);
    let recorded = if hot { record_call(rt, at, base) } else { None };
    let outcome = match recorded {
        Some(header) => follow(rt, header),
        None => run_from(rt, at, base),
    };
    answer(rt, outcome)
}

/// How a guest function came to an end: with a value, or with the frames detached.
pub(super) type Ran<L> = Result<Outcome, <L as Language>::Error>;

/// The result as machine code wants it.
fn answer<L: Language>(rt: &mut Runtime<L>, outcome: Ran<L>) -> Returned {
    rt.settle_validity();
    match outcome {
        Ok(Outcome::Finished(value)) => {
            debug_assert!(
                !rt.is_detached(),
                "a dispatch loop whose frames are detached ends with `detached!`"
            );
            let (tag, payload) = value.words();
            Returned { payload, tag }
        }
        Ok(Outcome::Switched) => {
            rt.context.error = 1;
            Returned::default()
        }
        Err(error) => {
            rt.pending_error = Some(error);
            rt.context.error = 1;
            Returned::default()
        }
    }
}

/// Interprets from here until the function of the boundary returns.
fn run_from<L: Language>(rt: &mut Runtime<L>, at: At<L::Code>, base: *mut u64) -> Ran<L> {
    // SAFETY: a frame of this runtime's stack, complete in memory.
    let frame: Frame<Run, L> = unsafe { Frame::from_base(base) };
    L::dispatch::<Run>(&mut Cx::new(rt, at, frame))
}

/// Goes on behind an exit until the function of the boundary returns.
fn go_on<L: Language>(rt: &mut Runtime<L>, exited: ExitedAt) -> Ran<L> {
    let header = leave::leave(rt, exited);
    follow(rt, header)
}

/// The frames are detached: the answer of whoever runs one of them.
pub(super) fn go_elsewhere<L: Language>(rt: &mut Runtime<L>) -> Header {
    rt.ended = Some(Ok(Outcome::Switched));
    Header::Ended
}

fn follow<L: Language>(rt: &mut Runtime<L>, header: Header) -> Ran<L> {
    match header {
        Header::Ended => rt.ended.take().unwrap_or(Ok(Outcome::Switched)),
        _ => {
            let place = rt.moved.take().expect("an exit says where to go on");
            run_from(rt, place.at(), place.base)
        }
    }
}

/// Runs a guest function whose frame is complete in memory, and whose link is a boundary.
pub(super) fn call<L: Language>(rt: &mut Runtime<L>, at: At<L::Code>, base: *mut u64) -> Ran<L> {
    match compiled(rt, at) {
        Some(id) => run_compiled(rt, id, base),
        None => run_from(rt, at, base),
    }
}

/// As [`call`], of a function with machine code.
fn run_compiled<L: Language>(rt: &mut Runtime<L>, id: TraceId, base: *mut u64) -> Ran<L> {
    match driver::run_code(rt, id, base) {
        Left::Returned(value) => Ok(Outcome::Finished(value)),
        Left::Exit(exited) => go_on(rt, exited),
        Left::Detached => Ok(Outcome::Switched),
    }
}

/// How machine code was left.
pub(super) enum Left {
    /// The function returned.
    Returned(Val),
    /// Through an exit.
    Exit(ExitedAt),
    /// The frames that it ran are detached.
    Detached,
}

/// The trace of this function, if it may be entered.
fn compiled<L: Language>(rt: &mut Runtime<L>, at: At<L::Code>) -> Option<TraceId> {
    if !rt.jit.calls || is_native_low(rt) {
        return None;
    }
    rt.settle_validity();
    let code = std::ptr::from_ref(at.code) as *const () as usize;
    rt.jit.counters.cell(code, ENTRY).versions.first().copied()
}

/// Is there so little left of one of the stacks that machine code would be left at once?
fn is_low<L: Language>(rt: &Runtime<L>, base: *mut u64) -> bool {
    base as u64 > rt.context.stack_low || is_native_low(rt)
}

/// Is there so little native stack left that machine code must not be entered?
pub(super) fn is_native_low<L: Language>(rt: &Runtime<L>) -> bool {
    let marker = 0u8;
    (std::ptr::from_ref(&marker).addr() as u64) < rt.context.native_low
}

/// A function was entered often enough: enter its machine code, or record it.
pub(super) fn hot_call<L: Language>(
    rt: &mut Runtime<L>,
    at: At<L::Code>,
    base: *mut u64,
    link: u16,
) -> Header {
    let at = At { sp: L::height(at), ..at };
    if is_low(rt, base) {
        let code = std::ptr::from_ref(at.code) as *const () as usize;
        rt.jit.counters.cell(code, ENTRY).left = 1;
        return Header::Stay;
    }
    rt.settle_validity();
    let code = std::ptr::from_ref(at.code) as *const () as usize;
    let cell = rt.jit.counters.cell(code, ENTRY);
    match cell.versions.first() {
        Some(&id) => {
            cell.left = 1;
            enter_function(rt, id, base, link)
        }
        None => record_call(rt, at, base).unwrap_or(Header::Stay),
    }
}

/// Records a function from its entry, unless something is being recorded already.
fn record_call<L: Language>(
    rt: &mut Runtime<L>,
    at: At<L::Code>,
    base: *mut u64,
) -> Option<Header> {
    let code = std::ptr::from_ref(at.code) as *const () as usize;
    let is_recording = !rt.may_record();
    let cell = rt.jit.counters.cell(code, ENTRY);
    if is_recording {
        cell.left = 64;
        return None;
    }
    cell.left = u32::MAX; // until the recording has an end
    let start = rt.jit.keys.intern(at);
    let count = rt.jit.options.calls;
    let mut recorder = new_recorder(rt, start, base as usize, 0);
    recorder.begin_function(code);
    Some(driver::record(rt, recorder, at, base, count))
}

/// Runs the machine code of a function that the interpreter calls.
fn enter_function<L: Language>(
    rt: &mut Runtime<L>,
    id: TraceId,
    base: *mut u64,
    link: u16,
) -> Header {
    // SAFETY: the callee's frame, which the interpreter just made.
    let frame: Frame<Run, L> = unsafe { Frame::from_base(base) };
    let caller = frame.link(link);
    frame.mark_boundary(link);
    let header = match driver::run_code(rt, id, base) {
        Left::Returned(value) => {
            rt.returned = Some((value, (Ref::NONE, Ref::NONE)));
            Header::Returned
        }
        Left::Exit(exited) => leave::leave(rt, exited),
        Left::Detached => return go_elsewhere(rt),
    };
    let result = match header {
        Header::Returned => None,
        Header::Ended => rt.ended.take(),
        _ => {
            frame.unmark_boundary(link);
            return header;
        }
    };
    let Some((at, frame)) = caller else {
        unreachable!("a function that the interpreter calls has a caller");
    };
    match result {
        Some(Err(error)) => {
            let is_caught = leave::caught(rt, (at, frame), Raised::ByCall, error);
            return if is_caught { Header::Moved } else { Header::Ended };
        }
        Some(Ok(Outcome::Finished(value))) => {
            rt.returned = Some((value, (Ref::NONE, Ref::NONE)));
        }
        Some(Ok(Outcome::Switched)) => return go_elsewhere(rt),
        None => {}
    }
    rt.moved = Some(Place::new(at, frame.base()));
    Header::Returned
}

/// Runs a function that the host calls, whose frame is complete. Here the program goes on when its frames were detached.
pub(super) fn run_outermost<L: Language>(
    rt: &mut Runtime<L>,
    at: At<L::Code>,
    base: *mut u64,
) -> Result<Val, L::Error> {
    let mut outcome = begin(rt, at, base);
    loop {
        if rt.is_detached() {
            rt.set_detached(false);
            rt.context.error = 0;
            if let Some(error) = rt.pending_error.take() {
                return Err(error);
            }
        }
        match outcome? {
            Outcome::Finished(value) => return Ok(value),
            Outcome::Switched => {
                let place = rt.moved.take().expect("whoever detaches frames says where to go on");
                outcome = run_from(rt, place.at(), place.base);
            }
        }
    }
}

fn begin<L: Language>(rt: &mut Runtime<L>, at: At<L::Code>, base: *mut u64) -> Ran<L> {
    // As at any other entry: a built-in may call short functions again and again.
    if rt.context.signal != 0 {
        match driver::signalled(rt, at, base) {
            Header::Stay => {}
            header => return follow(rt, header),
        }
    }
    let code = std::ptr::from_ref(at.code) as *const () as usize;
    if rt.jit.calls && rt.jit.counters.pass(code, ENTRY) && !is_native_low(rt) {
        rt.settle_validity();
        let cell = rt.jit.counters.cell(code, ENTRY);
        if let Some(&id) = cell.versions.first() {
            cell.left = 1;
            return run_compiled(rt, id, base);
        }
        if let Some(header) = record_call(rt, at, base) {
            return follow(rt, header);
        }
    }
    run_from(rt, at, base)
}

/// The address below which the native stack of this thread is low.
pub(super) fn native_low() -> u64 {
    thread_local! {
        // To ask for it reads a file of the system's: too slow for each short run.
        static HALF: u64 = native_half();
    }
    let marker = 0u8;
    let here = std::ptr::from_ref(&marker).addr() as u64;
    HALF.with(|&half| half.max(here.saturating_sub(MOST_NATIVE)))
}

/// The middle of this thread's native stack, the highest address if nobody knows. The other half is for the host, and for
/// interpreting what machine code does not do.
fn native_half() -> u64 {
    #[cfg(target_os = "linux")]
    {
        let (mut start, mut size) = (std::ptr::null_mut(), 0);
        // SAFETY: an attribute object is made, filled in, read and destroyed; the advice is about this thread's own stack.
        unsafe {
            let mut attributes: libc::pthread_attr_t = std::mem::zeroed();
            if libc::pthread_getattr_np(libc::pthread_self(), &mut attributes) == 0 {
                libc::pthread_attr_getstack(&attributes, &mut start, &mut size);
                libc::pthread_attr_destroy(&mut attributes);
                let half = start as u64 + size as u64 / 2;
                let here = std::ptr::from_ref(&size).addr() as u64;
                let low = half.max(here.saturating_sub(MOST_NATIVE)).next_multiple_of(HUGE);
                let deep = here.saturating_sub(SHALLOW + low) / HUGE * HUGE;
                if deep > 0 {
                    // Advice, which is ignored where it cannot be followed.
                    libc::madvise(low as *mut _, deep as usize, libc::MADV_HUGEPAGE);
                }
                return half;
            }
        }
    }
    u64::MAX
}
