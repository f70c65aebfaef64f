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
//! Invariant: `registers.frames` is the frame that the root's callee returns to.

use holloway::{At, Cx, Frame, Gc, Mode, Val, Value};

use super::code::{Code, LINK};
use super::language::Lisp;
use super::op::Op;
use crate::error::{Error, Result};
use crate::symbol::Sym;
use crate::syntax::Span;
use crate::value::{Closure, Continuation, Segment};

/// Where the root's callee begins, and where its value arrives.
pub(super) const ROOT_BASE: u16 = 2;
/// The instruction of the root that takes the value.
const ROOT_PC: u32 = 1;

/// The code of the outermost frame.
pub(super) fn root() -> &'static Code {
    thread_local! {
        static ROOT: &'static Code = Box::leak(Box::new(Code {
            ops: [Op::Call { base: ROOT_BASE, argc: 0 }, Op::Underflow { s: ROOT_BASE }].into(),
            size: ROOT_BASE + 4,
            name: Some(Sym::new("the program")),
            heights: [ROOT_BASE + 2, ROOT_BASE + 1].into(),
            spans: [Span::none(), Span::none()].into(),
            ..Code::default()
        }));
    }
    ROOT.with(|root| *root)
}

fn is_root(code: &Code) -> bool {
    std::ptr::eq(code, root())
}

/// Moves all frames but this one to the heap; the root's frame.
fn move_callers<M: Mode>(
    cx: &mut Cx<'_, M, Lisp>,
    frame: Frame<M, Lisp>,
) -> Result<Frame<M, Lisp>> {
    let mut saved: Vec<(At<Code>, Vec<Val>)> = Vec::new();
    let mut inner = frame;
    let root = loop {
        match inner.ret(LINK) {
            Some((back, caller)) if is_root(back.code) => break caller,
            Some((back, caller)) => {
                saved.push((back, (1..back.sp).map(|slot| caller.peek(slot)).collect()));
                inner = caller;
            }
            None => break inner,
        }
    };
    let mut next = cx.host.registers.frames;
    for (back, slots) in saved.into_iter().rev() {
        let count = slots.len();
        let heap = cx.heap();
        let segment = Segment::alloc(heap, count, count, back.code, i64::from(back.pc), next)?;
        for (index, slot) in slots.into_iter().enumerate() {
            segment.set_val_at(Segment::SLOTS, index, slot);
        }
        next = Val::object(segment);
    }
    cx.host.registers.frames = next;
    Ok(root)
}

/// The place that the root's callee returns to.
fn back() -> At<Code> {
    At { code: root(), pc: ROOT_PC, sp: 0 }
}

fn callee_of_root<M: Mode>(
    cx: &mut Cx<'_, M, Lisp>,
    root: Frame<M, Lisp>,
) -> Result<Frame<M, Lisp>> {
    root.call(cx, ROOT_BASE, LINK, back()).map_err(|_| crate::vm::language::overflow())
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
    cx.opaque();
    let slots: Vec<Val> = (1..count).map(|slot| frame.peek(slot)).collect();
    let root = move_callers(cx, frame)?;
    let moved = callee_of_root(cx, root)?;
    for (slot, value) in (1..).zip(slots) {
        moved.put(slot, value);
    }
    Ok(moved)
}

/// The continuation of a frame, and the frame where it goes on.
#[inline(never)]
pub(super) fn capture<M: Mode>(
    cx: &mut Cx<'_, M, Lisp>,
    frame: Frame<M, Lisp>,
) -> Result<(Val, Frame<M, Lisp>)> {
    cx.opaque();
    let root = move_callers(cx, frame)?;
    let registers = cx.host.registers;
    let continuation = Continuation::alloc(
        cx.heap(),
        registers.frames,
        registers.winds,
        registers.handlers,
        registers.parameters,
    )?;
    Ok((Val::object(continuation), callee_of_root(cx, root)?))
}

/// Where the dispatch loop goes on.
pub(super) type Place<M> = (&'static Code, u32, Frame<M, Lisp>);

/// Throws the stack away and gives a value to a continuation.
#[inline(never)]
pub(super) fn reinstate<M: Mode>(
    cx: &mut Cx<'_, M, Lisp>,
    frame: Frame<M, Lisp>,
    continuation: Val,
    value: Val,
) -> Result<Place<M>> {
    cx.opaque();
    let Some(k) = continuation.cast::<Continuation>() else {
        return Err(Error::wrong_type("a continuation", "a continuation", continuation));
    };
    let mut bottom = frame;
    while let Some((_, caller)) = bottom.ret(LINK) {
        bottom = caller;
    }
    let registers = &mut cx.host.registers;
    registers.frames = k.get_val(Continuation::FRAMES);
    registers.handlers = k.get_val(Continuation::HANDLERS);
    registers.parameters = k.get_val(Continuation::PARAMETERS);
    bottom.put(ROOT_BASE, value);
    Ok((root(), ROOT_PC, bottom))
}

/// Goes on with the frame that was moved to the heap last; `None` if there is none.
#[inline(never)]
pub(super) fn underflow<M: Mode>(
    cx: &mut Cx<'_, M, Lisp>,
    frame: Frame<M, Lisp>,
    value: Value<M>,
) -> Result<Option<Place<M>>> {
    let Some(segment) = cx.host.registers.frames.cast::<Segment>() else { return Ok(None) };
    cx.opaque();
    cx.host.registers.frames = segment.get_val(Segment::NEXT);
    let inner = callee_of_root(cx, frame)?;
    let count = segment.len();
    for index in 0..count {
        let slot = segment.val_at(Segment::SLOTS, index).unwrap_or(Val::NIL);
        inner.put(index as u16 + 1, slot);
    }
    inner.put(count as u16 + 1, value.untraced());
    Ok(Some((segment.get(Segment::CODE), segment.get(Segment::PC) as u32, inner)))
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
    let mut caller = frame.caller(LINK);
    let mut count = 0;
    while let Some((back, up)) = caller {
        if count > MOST || is_root(back.code) {
            break;
        }
        count += 1;
        add(back.code, back.code.span(back.pc - 1));
        caller = up.caller(LINK);
    }
    let mut frames = machine.registers.frames;
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
