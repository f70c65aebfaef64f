//! The hints of a dispatch loop: where it meets the framework.
//!
//! [`merge_point!`](crate::merge_point) begins every instruction and costs nothing in `Run`;
//! [`loop_header!`](crate::loop_header) stands where a loop comes round. Each may move the interpreter elsewhere (machine code
//! ran in between) or end the dispatch loop (the driver goes on).
//!
//! Invariant: results that are not needed on the fast path never pass through memory: a hint answers in a register, and the
//! rest is fetched from the runtime where it is needed.
#![allow(unsafe_code, reason = "frames are rebuilt from addresses that exits restored")]

use super::driver;
use crate::heap::nursery::COLLECT;
use crate::language::frame::Place;
use crate::language::{At, Cx, Frame, Language, Mode, Outcome, Runtime, World};
use crate::record::recorder::Ending;
use crate::record::{Abort, tls};
use crate::trace::TraceId;

/// What a hint wants of the dispatch loop.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/support/countdown.rs"));
/// # use holloway::*;
/// /// What `loop_header!` makes of the answer.
/// fn header<M: Mode>(
///     cx: &mut Cx<'_, M, Countdown>,
///     at: &mut At<Program>,
///     frame: &mut Frame<M, Countdown>,
/// ) -> Option<Result<Outcome, &'static str>> {
///     match cx.at_loop_header(*at, *frame) {
///         Header::Stay => None,
///         Header::Moved => {
///             (*at, *frame) = cx.moved();
///             None
///         }
///         Header::Ended => Some(cx.ended()),
///     }
/// }
/// # fn main() {}
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Header {
    /// Nothing.
    Stay,
    /// Go on elsewhere: [`Cx::moved`].
    Moved,
    /// End the dispatch loop with [`Cx::ended`].
    Ended,
}

/// Begins an instruction at the place `at` in the frame `frame`: where guards of this instruction resume.
///
/// Costs nothing in the world `Run`. May end the dispatch loop.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/support/countdown.rs"));
/// # use holloway::*;
/// fn dispatch<M: Mode>(cx: &mut Cx<'_, M, Countdown>) -> Result<Outcome, &'static str> {
///     let (mut at, frame) = cx.start();
///     loop {
///         merge_point!(cx, at, frame); // before anything of the instruction is done
///         match at.code.0.get(at.pc as usize) {
///             Some(_) => at.pc += 1,
///             None => return Ok(Outcome::Finished(frame.get(0).untraced())),
///         }
///     }
/// }
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! merge_point {
    ($cx:expr, $at:expr, $frame:expr) => {
        if $cx.is_watched() && $cx.at_merge_point($at, $frame) {
            return $cx.ended();
        }
    };
}

/// A loop comes round: the interpreter is about to go on at the variable `$at`, the target of a backward jump, in the frame
/// `$frame`. Counts, records, enters machine code; assigns both variables where machine code went on.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/support/countdown.rs"));
/// # use holloway::*;
/// fn dispatch<M: Mode>(cx: &mut Cx<'_, M, Countdown>) -> Result<Outcome, &'static str> {
///     let (mut at, mut frame) = cx.start();
///     loop {
///         merge_point!(cx, at, frame);
///         match at.code.0.get(at.pc as usize) {
///             Some(Op::LoopUnlessZero) => {
///                 at.pc = 0;
///                 loop_header!(cx, at, frame); // may change both
///             }
///             Some(_) => at.pc += 1,
///             None => return Ok(Outcome::Finished(frame.get(0).untraced())),
///         }
///     }
/// }
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! loop_header {
    ($cx:expr, $at:ident, $frame:ident) => {
        match $cx.at_loop_header($at, $frame) {
            $crate::Header::Stay => {}
            $crate::Header::Moved => ($at, $frame) = $cx.moved(),
            $crate::Header::Ended => return $cx.ended(),
        }
    };
}

/// A guest function was just entered: `$at` is its first instruction, `$frame` its frame. Bounds inlining. Objects may be
/// collected here.
#[macro_export]
macro_rules! enter_call {
    ($cx:expr, $at:ident, $frame:ident) => {
        $cx.at_enter_call($at, $frame)
    };
}

/// A guest function is about to return.
#[macro_export]
macro_rules! leave_call {
    ($cx:expr, $at:ident, $frame:ident) => {
        $cx.at_leave_call($at, $frame)
    };
}

/// There is something to do at a loop header. The place comes in parts: as a whole it would pass through memory, and live there.
#[cold]
#[inline(never)]
fn due<L: Language>(
    rt: &mut Runtime<L>,
    code: &'static L::Code,
    pc: u32,
    sp: u16,
    base: *mut u64,
) -> Header {
    let at = At { code, pc, sp };
    if rt.context.signal == 0 {
        return driver::hot_header(rt, at, base);
    }
    match driver::signalled(rt, at, base) {
        // The pass has not been counted yet.
        Header::Stay if rt.jit.enabled => {
            let address = std::ptr::from_ref(code) as *const () as usize;
            match rt.jit.counters.pass(address, pc) {
                true => driver::hot_header(rt, at, base),
                false => Header::Stay,
            }
        }
        answer => answer,
    }
}

impl<M: Mode, L: Language> Cx<'_, M, L> {
    /// See [`merge_point!`](crate::merge_point).
    #[doc(hidden)]
    pub fn at_merge_point(&mut self, at: At<L::Code>, frame: Frame<M, L>) -> bool {
        if matches!(M::WORLD, World::Run) {
            return false;
        }
        let at = At { sp: L::height(at), ..at };
        let moved = Some(Place::new(at, frame.base()));
        match M::WORLD {
            World::Run => false,
            World::Resume => {
                // The first merge point begins the instruction to finish, the second ends it.
                if !self.resume_begun {
                    self.resume_begun = true;
                    return false;
                }
                self.moved = moved;
                self.ended = Some(Ok(Outcome::Switched));
                true
            }
            World::Record => {
                let key = self.jit.keys.intern(at);
                let (height, base) = (i32::from(at.sp) * 2, frame.base() as usize);
                let ended = tls::with(|r| {
                    let cut = r.parent.is_some() && r.ending == Some(Ending::Abort(Abort::TooLong));
                    if cut {
                        r.ending = None;
                    }
                    if r.ending.is_none() {
                        r.begin_instruction(key, base, height);
                    }
                    if cut {
                        r.finish(Ending::Leave);
                    }
                    r.ending.is_some()
                });
                if ended {
                    self.moved = moved;
                    self.ended = Some(Ok(Outcome::Switched));
                }
                ended
            }
        }
    }

    /// See [`loop_header!`](crate::loop_header).
    #[doc(hidden)]
    #[inline(always)]
    pub fn at_loop_header(&mut self, at: At<L::Code>, frame: Frame<M, L>) -> Header {
        match M::WORLD {
            World::Run => {
                let code = std::ptr::from_ref(at.code) as *const () as usize;
                let signal = self.context.signal != 0;
                if !(signal || self.jit.enabled && self.jit.counters.pass(code, at.pc)) {
                    return Header::Stay;
                }
                due(self.runtime, at.code, at.pc, at.sp, frame.base())
            }
            World::Resume => Header::Stay,
            World::Record => self.record_header(at, frame),
        }
    }

    /// A loop header comes up while recording.
    fn record_header(&mut self, at: At<L::Code>, frame: Frame<M, L>) -> Header {
        let at = At { sp: L::height(at), ..at };
        let key = self.jit.keys.intern(at);
        let code = std::ptr::from_ref(at.code) as *const () as usize;
        let versions = &self.runtime.jit.counters.cell(code, at.pc).versions;
        let traces = &self.runtime.jit.traces;
        let is_loop = |id: &TraceId| traces[id.0 as usize - 1].as_ref().is_some_and(|t| t.is_loop);
        let compiled = versions.iter().any(is_loop);
        let unroll = self.jit.options.unroll;
        let (height, base) = (i32::from(at.sp) * 2, frame.base() as usize);
        let mut heat = false;
        let ended = tls::with(|r| {
            if r.ending.is_some() {
                return true;
            }
            r.begin_instruction(key, base, height);
            let words = r.slot_of(base).0;
            let turns = r.headers.entry(key).or_insert(0);
            *turns += 1;
            if r.parent.is_none() && key == r.start && words == 0 {
                r.finish(Ending::Loop);
            } else if compiled {
                r.finish(Ending::Join { header: key, base: words });
            } else if r.parent.is_some() && *turns > 1 {
                r.finish(Ending::Leave);
            } else if *turns > unroll {
                heat = true;
                r.abort(Abort::InnerLoop);
            }
            r.ending.is_some()
        });
        if heat {
            self.jit.counters.heat(code, at.pc);
        }
        if !ended {
            return Header::Stay;
        }
        self.moved = Some(Place::new(at, frame.base()));
        self.ended = Some(Ok(Outcome::Switched));
        Header::Ended
    }

    /// See [`enter_call!`](crate::enter_call).
    #[doc(hidden)]
    #[inline(always)]
    pub fn at_enter_call(&mut self, at: At<L::Code>, frame: Frame<M, L>) {
        if matches!(M::WORLD, World::Run) && self.context.signal & COLLECT != 0 {
            driver::collect_on_entry(self.runtime, (at, frame.base()));
        }
        if matches!(M::WORLD, World::Record) {
            let code = std::ptr::from_ref(at.code) as *const () as usize;
            tls::with(|r| r.enter_call(code));
        }
    }

    /// See [`leave_call!`](crate::leave_call).
    #[doc(hidden)]
    #[inline(always)]
    pub fn at_leave_call(&mut self, _at: At<L::Code>, _frame: Frame<M, L>) {
        if matches!(M::WORLD, World::Record) {
            tls::with(|r| r.leave_call());
        }
    }

    /// Where the interpreter goes on after [`Header::Moved`].
    #[doc(hidden)]
    #[inline(always)]
    pub fn moved(&mut self) -> (At<L::Code>, Frame<M, L>) {
        let place = self.moved.take().expect("a hint that moves says where to");
        // SAFETY: the base was restored by an exit, or is that of the frame that was recorded last.
        (place.at(), unsafe { Frame::from_base(place.base) })
    }

    /// How the dispatch loop ends after [`Header::Ended`].
    #[doc(hidden)]
    #[inline(always)]
    pub fn ended(&mut self) -> Result<Outcome, L::Error> {
        self.ended.take().unwrap_or(Ok(Outcome::Switched))
    }
}
