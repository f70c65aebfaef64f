//! The hints of a dispatch loop: where it meets the framework.
//!
//! [`merge_point!`](crate::merge_point) begins every instruction and costs nothing in `Run`;
//! [`loop_header!`](crate::loop_header) stands where a loop comes round. Each may move the interpreter elsewhere (machine code
//! ran in between) or end the dispatch loop (the driver goes on).
//!
//! Invariant: results that are not needed on the fast path never pass through memory: a hint answers in a register, and the
//! rest is fetched from the runtime where it is needed.
#![allow(unsafe_code, reason = "frames are rebuilt from addresses that exits restored")]

use super::{calls, driver, leave};
use crate::count::{ENTRY, site};
use crate::heap::Tag;
use crate::language::frame::Place;
use crate::language::{At, Cx, Frame, Language, Mode, Outcome, Raised, Run, Runtime, Value, World};
use crate::record::recorder::{Back, Ending, Entered, GuestCall};
use crate::record::{Abort, tls};

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
///         _ => Some(cx.ended()),
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
    /// The call is over: go on at [`Cx::moved`] with [`Cx::returned`].
    Returned,
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
///
/// A fourth argument is a [`Mark`](crate::Mark): greens of the language's own, which tell loops apart that begin at one place.
#[macro_export]
macro_rules! loop_header {
    ($cx:expr, $at:ident, $frame:ident) => {
        $crate::loop_header!(@ $cx, $at, $frame, $cx.at_loop_header($at, $frame))
    };
    ($cx:expr, $at:ident, $frame:ident, $mark:expr) => {
        $crate::loop_header!(@ $cx, $at, $frame, $cx.at_marked_header($at, $frame, $mark))
    };
    (@ $cx:expr, $at:ident, $frame:ident, $header:expr) => {
        match $header {
            $crate::Header::Stay => {}
            $crate::Header::Moved => ($at, $frame) = $cx.moved(),
            _ => return $cx.ended(),
        }
    };
}

/// A guest function was just entered: the variable `$at` is its first instruction, `$frame` its frame, `$link` the slot of
/// its link. Counts, records, enters machine code.
///
/// The framework may run the whole call itself. Then the macro yields `Some(value)`, what the function returned, and both variables
/// are those of the caller again; the language puts the value where its own return instruction puts it. Otherwise it yields
/// `None`, and the variables say where to go on: with the function, or, if the call failed, where
/// [`Language::catch`](crate::Language::catch) said.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/support/countdown.rs"));
/// # use holloway::*;
/// /// Calls `callee`, whose frame begins at slot `first` and holds its link in slot `link`.
/// fn call<M: Mode>(
///     cx: &mut Cx<'_, M, Countdown>,
///     at: &mut At<Program>,
///     frame: &mut Frame<M, Countdown>,
///     (callee, first, link): (&'static Program, u16, u16),
/// ) -> Result<Outcome, &'static str> {
///     let mut above = frame.call(cx, first, link, *at).map_err(|_| "too deep")?;
///     let mut to = At { code: callee, pc: 0, sp: 1 };
///     if let Some(value) = enter_call!(cx, to, above, link) {
///         above.set(first, value); // as a return instruction of the language does
///     }
///     (*at, *frame) = (to, above);
///     Ok(Outcome::Switched)
/// }
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! enter_call {
    ($cx:expr, $at:ident, $frame:ident, $link:expr) => {
        match $cx.at_enter_call($at, $frame, $link) {
            $crate::Header::Stay => None,
            $crate::Header::Moved => {
                ($at, $frame) = $cx.moved();
                None
            }
            $crate::Header::Returned => {
                ($at, $frame) = $cx.moved();
                Some($cx.returned())
            }
            $crate::Header::Ended => return $cx.ended(),
        }
    };
}

/// The guest function of the frame `$frame` is about to return `$value`; `$link` is the slot of its link. May end the
/// dispatch loop, and the instruction is done again then: it must do nothing else than to return. (A frame that an error leaves: [`Cx::leave_by_error`](crate::Cx::leave_by_error).)
#[macro_export]
macro_rules! leave_call {
    ($cx:expr, $frame:expr, $link:expr, $value:expr) => {
        if $cx.is_recording() && $cx.at_leave_call($frame, $link, $value) {
            return $cx.ended();
        }
    };
}

/// Behind what may have [detached](crate::Cx::detach) the frames of the stack, once the frame `$frame` and the place `$at`, where to go on,
/// are complete: if another dispatch loop is to go on there, ends this one.
#[macro_export]
macro_rules! detached {
    ($cx:expr, $at:expr, $frame:expr) => {
        if $cx.is_detached() {
            return $cx.at_detached($at, $frame);
        }
    };
}

/// There is something to do at the entry of a function. Takes the place apart: as a whole it would pass through memory.
#[cold]
#[inline(never)]
fn due_call<L: Language>(
    rt: &mut Runtime<L>,
    code: &'static L::Code,
    pc: u32,
    base: *mut u64,
    link: u16,
) -> Header {
    let at = At { code, pc, sp: 0 };
    match rt.context.signal {
        0 => calls::hot_call(rt, at, base, link),
        _ => driver::signalled(rt, at, base),
    }
}

/// There is something to do at a loop header. The place comes in parts: as a whole it would pass through memory, and live there.
#[cold]
#[inline(never)]
pub(super) fn due<L: Language>(
    rt: &mut Runtime<L>,
    code: &'static L::Code,
    pc: u32,
    (sp, mark): (u16, u32),
    base: *mut u64,
) -> Header {
    let at = At { code, pc, sp };
    if rt.context.signal == 0 {
        return driver::hot_header(rt, at, mark, base);
    }
    match driver::signalled(rt, at, base) {
        // The pass has not been counted yet.
        Header::Stay if rt.jit.enabled => {
            let address = std::ptr::from_ref(code) as *const () as usize;
            match rt.jit.counters.pass(address, site(pc, mark)) {
                true => driver::hot_header(rt, at, mark, base),
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
                if !(signal || self.jit.loops && self.jit.counters.pass(code, site(at.pc, 0))) {
                    return Header::Stay;
                }
                due(self.runtime, at.code, at.pc, (at.sp, 0), frame.base())
            }
            World::Resume => Header::Stay,
            World::Record => self.record_header(at, frame, None),
        }
    }

    /// See [`enter_call!`](crate::enter_call).
    #[doc(hidden)]
    #[inline(always)]
    pub fn at_enter_call(&mut self, at: At<L::Code>, frame: Frame<M, L>, link: u16) -> Header {
        match M::WORLD {
            World::Run => {
                let code = std::ptr::from_ref(at.code) as *const () as usize;
                let signal = self.context.signal != 0;
                if !(signal || self.jit.calls && self.jit.counters.pass(code, ENTRY)) {
                    return Header::Stay;
                }
                due_call(self.runtime, at.code, at.pc, frame.base(), link)
            }
            World::Resume => Header::Stay,
            World::Record => self.record_entry(at, frame, link),
        }
    }

    /// A guest function is entered while recording.
    #[cold]
    fn record_entry(&mut self, at: At<L::Code>, frame: Frame<M, L>, link: u16) -> Header {
        let at = At { sp: L::height(at), ..at };
        let code = std::ptr::from_ref(at.code) as *const () as usize;
        let cell = self.jit.counters.cell(code, ENTRY);
        let call_only = cell.call_only;
        let entered = tls::with(|r| match r.ending {
            Some(_) => Entered::Inlined, // the next merge point ends it
            None => r.enter_call(code, call_only),
        });
        let Entered::Called { recursive } = entered else { return Header::Stay };
        cell.call_only |= recursive;
        let Some((back, caller)) = frame.link(link).filter(|_| frame.mark_boundary(link)) else {
            return Header::Stay;
        };
        let function = self.jit.keys.intern(at);
        let back = At { sp: L::height(back), ..back };
        let back_key = self.jit.keys.intern(back);
        let (base, words) = (frame.base(), frame.link_words(link));
        let call = GuestCall { function, frame: base as usize, height: i32::from(at.sp) * 2 };
        let name = tls::with(|r| {
            let slot = r.slot_of(base as usize + usize::from(link) * 16);
            let tag = r.constant(crate::trace::Ty::Int, words.0);
            r.slot_write(slot, tag);
            r.begin_guest_call(&call)
        });
        // The callee may collect, and waits for nobody: the recording is a root meanwhile.
        let recorder = tls::take().expect("a recording is under way");
        self.suspended.push(recorder);
        self.turned_away = 0;
        let outcome = calls::call(self.runtime, at, base);
        tls::install(self.suspended.pop().expect("it was put there"));
        match outcome {
            Ok(Outcome::Finished(value)) => {
                self.moved = Some(Place::new(back, caller.base()));
                let (base, height) = (caller.base() as usize, i32::from(back.sp) * 2);
                let back = Back { at: back_key, base, height };
                let names = tls::with(|r| r.end_guest_call(name, &back, value.words()));
                self.returned = Some((value, names));
                Header::Returned
            }
            Ok(Outcome::Switched) => {
                tls::with(|r| r.abort(Abort::Opaque));
                calls::go_elsewhere(self.runtime)
            }
            Err(error) => {
                tls::with(|r| r.abort(Abort::Error));
                self.moved = Some(Place::new(back, caller.base()));
                if leave::caught(self.runtime, (back, caller), Raised::ByCall, error) {
                    self.ended = Some(Ok(Outcome::Switched));
                }
                Header::Ended
            }
        }
    }

    /// See [`leave_call!`](crate::leave_call).
    #[doc(hidden)]
    #[cold]
    pub fn at_leave_call(&mut self, frame: Frame<M, L>, link: u16, value: Value<M>) -> bool {
        let (base, word) = (frame.base() as usize, frame.link_words(link).0);
        let names = (M::to_ref(value.tag.name), M::to_ref(value.name));
        let returns_here = word as u8 as u32 == Tag::LINK.0;
        let mut strays = false;
        let at = tls::with(|r| {
            r.leave_marked(r.slot_of(base).0);
            if r.ending.is_some() || r.leave_call() {
                return None;
            }
            if r.function.is_some() && r.slot_of(base).0 == 0 {
                r.finish_function(base, names.0, names.1);
            } else if r.parent.is_none() && !(r.level > 0 && returns_here) {
                // (What an interpreter does for one turn of its program's loop may well end in its callers.)
                r.abort(Abort::LeftFrame);
                return None;
            } else if !returns_here {
                r.record_link_kind(r.slot_of(base + usize::from(link) * 16), word);
                r.finish_function(base, names.0, names.1);
            } else {
                // Into a frame that this trace knows nothing about: the link becomes a guard.
                strays = r.level == 0 && r.slot_of(base).0 <= 0;
            }
            r.ending.is_some().then(|| r.at())
        });
        let Some(at) = at else {
            if strays {
                let (code, _) = tls::with(|r| self.runtime.jit.keys.site(r.at()));
                if self.jit.counters.stray(code) {
                    self.jit.strayed = Some(code);
                }
            }
            return false;
        };
        self.moved = Some(Place::new(self.jit.keys.get(at), frame.base()));
        self.ended = Some(Ok(Outcome::Switched));
        true
    }

    /// What the call that [`Header::Returned`] ended returned.
    #[doc(hidden)]
    pub fn returned(&mut self) -> Value<M> {
        let (value, (tag, payload)) =
            self.returned.take().expect("a call that is over has a result");
        Value::named(value, M::from_ref(tag), M::from_ref(payload))
    }

    /// The frame `frame` is left by an error that was caught further down, not by a return of its function; it must not end the
    /// dispatch loop ([`Frame::ends_dispatch`]).
    ///
    /// ```
    /// use holloway::{At, Cx, Frame, Language, Mode};
    ///
    /// /// Leaves the innermost frame for its caller, whose handler has caught an error.
    /// fn unwind<M: Mode, L: Language>(
    ///     cx: &mut Cx<'_, M, L>,
    ///     frame: Frame<M, L>,
    ///     link: u16,
    /// ) -> Option<(At<L::Code>, Frame<M, L>)> {
    ///     cx.leave_by_error(frame);
    ///     frame.ret(link)
    /// }
    /// ```
    pub fn leave_by_error(&mut self, frame: Frame<M, L>) {
        if !matches!(M::WORLD, World::Record) {
            return;
        }
        tls::with(|r| {
            if r.ending.is_some() || r.leave_call() {
                return;
            }
            let leaves_function = r.function.is_some() && r.slot_of(frame.base() as usize).0 == 0;
            if leaves_function || r.parent.is_none() {
                r.abort(Abort::Error);
            }
        });
    }

    /// Takes all frames on the stack, from `frame` down to the outermost one, away from the activations that run them: machine code,
    /// dispatch loops that finish functions which left it. From then on they are plain data. Their links lead from one to the
    /// next, none of them [ends a loop](Frame::ends_dispatch) but the outermost, and the language may move them, copy them or
    /// drop them, as continuations do. Before the next hint the loop must come by [`detached!`](crate::detached).
    ///
    /// `link` is the slot where all of them have their link.
    ///
    /// ```
    /// use holloway::{At, Cx, Frame, Language, Mode, Outcome, detached};
    ///
    /// /// Drops all frames but the outermost one, and goes on there with its instruction 7.
    /// fn escape<M: Mode, L: Language>(
    ///     cx: &mut Cx<'_, M, L>,
    ///     at: &mut At<L::Code>,
    ///     frame: &mut Frame<M, L>,
    ///     link: u16,
    /// ) -> Result<Outcome, L::Error> {
    ///     cx.opaque();
    ///     cx.detach(*frame, link);
    ///     while let Some((back, caller)) = frame.ret(link) {
    ///         (*at, *frame) = (At { pc: 7, ..back }, caller);
    ///     }
    ///     detached!(cx, *at, *frame);
    ///     Ok(Outcome::Switched)
    /// }
    /// ```
    pub fn detach(&mut self, frame: Frame<M, L>, link: u16) {
        let mut inner: Option<Frame<Run, L>> = Some(frame.in_world());
        let mut is_run_by_others = false;
        while let Some(frame) = inner {
            is_run_by_others |= frame.unmark_boundary(link);
            inner = frame.caller(link).map(|(_, caller)| caller);
        }
        if is_run_by_others {
            self.opaque();
            self.set_detached(true);
        }
    }

    /// For [`detached!`](crate::detached).
    #[doc(hidden)]
    #[inline(always)]
    pub fn is_detached(&self) -> bool {
        self.runtime.is_detached()
    }

    /// See [`detached!`](crate::detached).
    #[doc(hidden)]
    #[cold]
    pub fn at_detached(
        &mut self,
        at: At<L::Code>,
        frame: Frame<M, L>,
    ) -> Result<Outcome, L::Error> {
        let at = At { sp: L::height(at), ..at };
        self.moved = Some(Place::new(at, frame.base()));
        Ok(Outcome::Switched)
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
