//! Continuations, and the stack that moves to the heap.
//!
//! The outermost frame of a run is that of the code [`root`]: it calls a thunk, and when the thunk
//! returns it goes on with the frame that was moved to the heap last, if there is one. So the stack
//! can be emptied at any time:
//!
//! ```text
//! stack   root | f | g | h        heap   -
//! stack   root | h                heap   f g         after call/cc in h, or when the stack was full
//! stack   root | g                heap   f           after h has returned
//! ```
//! What is moved at a time is a segment, which is an object. A continuation is a segment and where
//! in it the innermost frame ends. Frames there never change, they are copied back; so a continuation
//! can be entered any number of times, and capturing costs each frame once. They come back one by
//! one, or, as long as nobody captures anything, twice as many each time.
//!
//! Invariant: R[1] and R[2] of the root, a segment and where frames in it end, say what the root's
//! callee returns to.

use holloway::{At, Cx, Frame, Gc, Mode, Restored, Run, Val};

use super::code::{Code, LINK};
use super::language::Lisp;
use super::op::Op;
use crate::error::{Error, Result};
use crate::symbol::Sym;
use crate::syntax::Span;
use crate::value::{Closure, Continuation, Segment};

/// Bytes of the stack. What is deeper moves to the heap, where a collection looks at it once.
pub(super) const STACK: usize = 128 << 20;

/// The root's slots for the segment, and where frames in it end.
const FRAMES: u16 = 1;
const END: u16 = 2;
/// Where the root's callee begins, and where its value arrives.
const ROOT_BASE: u16 = 3;
/// The instruction of the root that goes on with frames in the heap.
const UNDERFLOW: u32 = 1;
/// The instruction of the root that gives a continuation to a procedure.
const RECEIVE: u32 = 2;

/// At most so many slots come back from the heap at a time.
const MOST_SLOTS: usize = 16 << 10;

/// The code of the outermost frame.
pub(super) fn root() -> &'static Code {
    thread_local! {
        static ROOT: &'static Code = Box::leak(Box::new(Code {
            ops: [
                Op::Call { base: ROOT_BASE, argc: 0 },
                Op::Underflow { s: ROOT_BASE },
                Op::Call { base: ROOT_BASE, argc: 1 },
                Op::Underflow { s: ROOT_BASE },
            ].into(),
            size: ROOT_BASE + 4,
            name: Some(Sym::new("the program")),
            heights: [2, 1, 3, 1].map(|more| ROOT_BASE + more).into(),
            spans: [Span::none(); 4].into(),
            ..Code::default()
        }));
    }
    ROOT.with(|root| *root)
}

/// The first slots of the root's frame, for a program that begins with a call of this procedure.
pub(super) fn root_slots(thunk: Val) -> [Val; 5] {
    [Val::NIL, Val::NIL, Val::NIL, Val::NIL, thunk]
}

fn is_root(code: &Code) -> bool {
    std::ptr::eq(code, root())
}

/// The frames that a frame returns to, the innermost first, each with the place where it goes on.
/// The root's comes last.
fn callers<M: Mode>(frame: Frame<M, Lisp>) -> impl Iterator<Item = (At<Code>, Frame<Run, Lisp>)> {
    std::iter::successors(frame.caller(LINK), |(_, frame)| frame.caller(LINK))
}

/// Moves all frames but this one to the heap; the root's frame.
fn move_callers<M: Mode>(
    cx: &mut Cx<'_, M, Lisp>,
    frame: Frame<M, Lisp>,
) -> Result<Frame<Run, Lisp>> {
    cx.opaque();
    cx.detach(frame, LINK);
    cx.host.refill = 1;
    let (mut bottom, mut root) = (frame.in_world(), None);
    for (_, caller) in callers(frame) {
        bottom = root.unwrap_or(bottom);
        root = Some(caller);
    }
    let Some(root) = root else { return Ok(bottom) };
    let count = bottom.distance(frame.in_world());
    if count > 0 {
        let (next, end) = saved(root);
        let slots = count + 1 + usize::from(LINK);
        let segment = Segment::alloc(cx.heap(), slots, slots, next, end)?;
        bottom.save(frame.in_world(), LINK, segment, Segment::SLOTS);
        save(root, Val::object(segment), count as i64);
    }
    Ok(root)
}

/// The segment that the root's callee returns to, and where the frames in it end.
fn saved(root: Frame<Run, Lisp>) -> (Val, i64) {
    (root.peek(FRAMES), root.peek(END).as_int().unwrap_or(0))
}

/// Changes what the root's callee returns to.
fn save(root: Frame<Run, Lisp>, segment: Val, end: i64) {
    root.put(FRAMES, segment);
    root.put(END, Val::int(end));
}

fn callee_of_root<M: Mode>(
    cx: &mut Cx<'_, M, Lisp>,
    root: Frame<M, Lisp>,
) -> Result<Frame<M, Lisp>> {
    let back = At { code: self::root(), pc: UNDERFLOW, sp: 0 };
    root.call(cx, ROOT_BASE, LINK, back).map_err(|_| crate::vm::language::overflow())
}

/// The stack is full: moves it to the heap, but for this frame, whose first `count` slots go with
/// it.
#[cold]
#[inline(never)]
pub(super) fn spill<M: Mode>(
    cx: &mut Cx<'_, M, Lisp>,
    frame: Frame<M, Lisp>,
    count: u16,
) -> Result<Frame<M, Lisp>> {
    let slots: Vec<Val> = (1..count).map(|slot| frame.peek(slot)).collect();
    let root = move_callers(cx, frame)?;
    let moved = callee_of_root(cx, root.in_world())?;
    for (slot, value) in (1..).zip(slots) {
        moved.put(slot, value);
    }
    Ok(moved)
}

/// Where the dispatch loop goes on.
pub(super) type Place<M> = (&'static Code, u32, Frame<M, Lisp>);

/// Calls a procedure with the continuation of a frame.
#[inline(never)]
pub(super) fn capture<M: Mode>(
    cx: &mut Cx<'_, M, Lisp>,
    frame: Frame<M, Lisp>,
    receiver: Val,
) -> Result<Place<M>> {
    let bottom = move_callers(cx, frame)?;
    let registers = cx.host.registers;
    let (frames, end) = saved(bottom);
    let continuation = Continuation::alloc(
        cx.heap(),
        frames,
        end,
        registers.winds,
        registers.handlers,
        registers.parameters,
    )?;
    bottom.put(ROOT_BASE + 1, receiver);
    bottom.put(ROOT_BASE + 2, Val::object(continuation));
    Ok((root(), RECEIVE, bottom.in_world()))
}

/// Is a continuation within the `dynamic-wind`s that are active, and no others?
pub(super) fn is_within<M: Mode>(cx: &Cx<'_, M, Lisp>, continuation: Val) -> bool {
    let winds = cx.host.registers.winds;
    continuation.cast::<Continuation>().is_some_and(|k| k.get_val(Continuation::WINDS) == winds)
}

/// Throws the stack away and gives a value to a continuation.
#[inline(never)]
pub(super) fn reinstate<M: Mode>(
    cx: &mut Cx<'_, M, Lisp>,
    frame: Frame<M, Lisp>,
    continuation: Val,
    value: Val,
) -> Result<Place<M>> {
    let Some(k) = continuation.cast::<Continuation>() else {
        return Err(Error::wrong_type("a continuation", "a continuation", continuation));
    };
    cx.opaque();
    cx.detach(frame, LINK);
    let bottom: Frame<Run, Lisp> = callers(frame).last().map_or(frame.in_world(), |(_, root)| root);
    save(bottom, k.get_val(Continuation::FRAMES), k.get(Continuation::END));
    cx.host.refill = 1;
    bottom.put(ROOT_BASE, value);
    let registers = &mut cx.host.registers;
    registers.handlers = k.get_val(Continuation::HANDLERS);
    registers.parameters = k.get_val(Continuation::PARAMETERS);
    Ok((root(), UNDERFLOW, bottom.in_world()))
}

/// Goes on with the frame that was moved to the heap last; `None` if there is none.
#[inline(never)]
pub(super) fn underflow<M: Mode>(
    cx: &mut Cx<'_, M, Lisp>,
    frame: Frame<M, Lisp>,
    value: Val,
) -> Result<Option<Place<M>>> {
    let root: Frame<Run, Lisp> = frame.in_world();
    let (frames, end) = saved(root);
    let Some(segment) = frames.cast::<Segment>() else { return Ok(None) };
    cx.opaque();
    let outermost = callee_of_root(cx, frame)?.in_world::<Run>();
    let most = cx.host.refill;
    cx.host.refill = (most * 2).min(MOST_SLOTS);
    let from = (segment, Segment::SLOTS);
    let restored = outermost.restore(cx, LINK, from, (end as usize, most));
    let restored = restored.map_err(|_| crate::vm::language::overflow())?;
    let Some(Restored { at, frame: inner, start }) = restored else { return Ok(None) };
    // It has the link of what called it when it was moved.
    callee_of_root(cx, frame)?;
    match start {
        0 => save(root, segment.get_val(Segment::NEXT), segment.get(Segment::END)),
        _ => save(root, frames, start as i64),
    }
    inner.put(at.sp, value);
    Ok(Some((at.code, at.pc, inner.in_world())))
}

/// The procedure that raises errors, if the program has handlers.
pub(super) fn raise_hook<M: Mode>(cx: &Cx<'_, M, Lisp>) -> Option<Gc<Closure>> {
    if cx.host.registers.handlers.is_nil() {
        return None;
    }
    cx.host.hooks.raise.and_then(|global| cx.host.global(global).cast::<Closure>())
}

/// Adds to an error the calls that it leaves.
#[cold]
pub(super) fn trace<M: Mode>(
    cx: &Cx<'_, M, Lisp>,
    code: &'static Code,
    pc: u32,
    frame: Frame<M, Lisp>,
    error: Error,
) -> Error {
    const MOST: usize = 100_000;
    let machine = &cx.host;
    let visible = |span: Span| {
        machine.sources.get(span.source as usize).is_some_and(|s| !s.name.starts_with("<lisp"))
    };
    let mut error = error;
    let mut add = |code: &'static Code, span: Span| {
        if visible(span) {
            error.place(span);
        }
        let name = code.name.map_or("the program".into(), Sym::name);
        error.leave(Some(name), span);
    };
    add(code, code.span(pc.saturating_sub(1)));
    let mut count = 0;
    let mut frames = (Val::NIL, 0);
    for (back, up) in callers(frame) {
        if count > MOST {
            break;
        }
        if is_root(back.code) {
            frames = saved(up);
            break;
        }
        count += 1;
        add(back.code, back.code.span(back.pc - 1));
    }
    while let Some(segment) = frames.0.cast::<Segment>() {
        let mut end = frames.1 as usize;
        while count < MOST
            && let Some(at) =
                Frame::<Run, Lisp>::saved_link(segment, Segment::SLOTS, end + usize::from(LINK))
        {
            count += 1;
            add(at.code, at.code.span(at.pc.saturating_sub(1)));
            end = end.saturating_sub(usize::from(at.sp));
        }
        if count >= MOST {
            break;
        }
        frames = (segment.get_val(Segment::NEXT), segment.get(Segment::END));
    }
    error
}
