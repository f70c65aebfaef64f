//! Continuations, and the stack that moves to the heap.
//!
//! The outermost frame of a run is that of the code [`root`]: it calls a thunk, and when the thunk
//! returns it goes on with the frame that was moved to the heap last, if there is one. So the stack
//! can be emptied at any time:
//!
//! ```text
//! stack   root | f | g | h        heap   -
//! stack   root | h                heap   g -> f          after call/cc in h, or when the stack was full
//! stack   root | g                heap   f               after h has returned
//! ```
//! A continuation is a pointer to the innermost frame in the heap. Frames there never change, they
//! are copied back; so a continuation can be entered any number of times, and capturing costs each
//! frame once.
//!
//! The root's R[1] is the innermost frame in the heap. Going on with it is an instruction of the
//! root, and the root is a loop around that, so that machine code unwinds a deep recursion.
//!
//! Invariant: R[1] of the root is the frame that the root's callee returns to.

use holloway::{At, Cx, Frame, Gc, Mode, Run, Val, Value};

use super::code::{Code, LINK};
use super::language::Lisp;
use super::op::Op;
use crate::error::{Error, Result};
use crate::symbol::Sym;
use crate::syntax::Span;
use crate::value::{Closure, Continuation, Segment};

/// The root's slot for the innermost frame in the heap.
const FRAMES: u16 = 1;
/// Where the root's callee begins, and where its value arrives.
const ROOT_BASE: u16 = 2;
/// The instruction of the root that goes on with a frame in the heap.
const UNDERFLOW: u32 = 2;
/// The instruction of the root that gives a continuation to a procedure.
const RECEIVE: u32 = 3;
/// The instruction of the root that its callees return to.
const RETURNED: u32 = 4;

/// The code of the outermost frame.
pub(super) fn root() -> &'static Code {
    thread_local! {
        static ROOT: &'static Code = Box::leak(Box::new(Code {
            ops: [
                Op::Call { base: ROOT_BASE, argc: 0 },
                Op::Jump { to: UNDERFLOW },
                Op::Underflow { s: ROOT_BASE },
                Op::Call { base: ROOT_BASE, argc: 1 },
                Op::Jump { to: UNDERFLOW },
            ].into(),
            size: ROOT_BASE + 4,
            name: Some(Sym::new("the program")),
            heights: [2, 1, 1, 3, 1].map(|more| ROOT_BASE + more).into(),
            spans: [Span::none(); 5].into(),
            ..Code::default()
        }));
    }
    ROOT.with(|root| *root)
}

/// The first slots of the root's frame, for a program that begins with a call of this procedure.
pub(super) fn root_slots(thunk: Val) -> [Val; 4] {
    [Val::NIL, Val::NIL, Val::NIL, thunk]
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
    let mut callers: Vec<_> = callers(frame).collect();
    let root = callers.pop().map_or(frame.in_world(), |(_, root)| root);
    let mut next = root.peek(FRAMES);
    for (back, caller) in callers.into_iter().rev() {
        let count = usize::from(back.sp) - 1;
        let heap = cx.heap();
        let segment = Segment::alloc(heap, count, count, back.code, i64::from(back.pc), next)?;
        for (index, slot) in (1..back.sp).enumerate() {
            segment.set_val_at(Segment::SLOTS, index, caller.peek(slot));
        }
        next = Val::object(segment);
    }
    root.put(FRAMES, next);
    Ok(root)
}

fn callee_of_root<M: Mode>(
    cx: &mut Cx<'_, M, Lisp>,
    root: Frame<M, Lisp>,
) -> Result<Frame<M, Lisp>> {
    let back = At { code: self::root(), pc: RETURNED, sp: 0 };
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
    let continuation = Continuation::alloc(
        cx.heap(),
        bottom.peek(FRAMES),
        registers.winds,
        registers.handlers,
        registers.parameters,
    )?;
    bottom.put(ROOT_BASE + 1, receiver);
    bottom.put(ROOT_BASE + 2, Val::object(continuation));
    Ok((root(), RECEIVE, bottom.in_world()))
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
    bottom.put(FRAMES, k.get_val(Continuation::FRAMES));
    bottom.put(ROOT_BASE, value);
    let registers = &mut cx.host.registers;
    registers.handlers = k.get_val(Continuation::HANDLERS);
    registers.parameters = k.get_val(Continuation::PARAMETERS);
    Ok((root(), UNDERFLOW, bottom.in_world()))
}

/// Goes on with the frame that was moved to the heap last; `None` if there is none.
#[inline(always)]
pub(super) fn underflow<M: Mode>(
    cx: &mut Cx<'_, M, Lisp>,
    frame: Frame<M, Lisp>,
    value: Value<M>,
) -> Result<Option<Place<M>>> {
    let Some(segment) = frame.get(FRAMES).cast::<Segment>() else { return Ok(None) };
    let code = segment.get(Segment::CODE).promote();
    let pc = segment.get(Segment::PC).promote() as u32;
    let count = segment.len().promote() as u16;
    frame.set(FRAMES, segment.get_value(Segment::NEXT));
    let inner = callee_of_root(cx, frame)?;
    for index in 0..count {
        inner.set(index + 1, segment.value_at(Segment::SLOTS, index));
    }
    inner.set(count + 1, value);
    cx.reenter(code);
    Ok(Some((code, pc, inner)))
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
    let mut frames = Val::NIL;
    for (back, up) in callers(frame) {
        if count > MOST {
            break;
        }
        if is_root(back.code) {
            frames = up.peek(FRAMES);
            break;
        }
        count += 1;
        add(back.code, back.code.span(back.pc - 1));
    }
    while let Some(segment) = frames.cast::<Segment>() {
        if count > MOST {
            break;
        }
        count += 1;
        let code = segment.get(Segment::CODE);
        add(code, code.span((segment.get(Segment::PC) as u32).saturating_sub(1)));
        frames = segment.get_val(Segment::NEXT);
    }
    error
}
