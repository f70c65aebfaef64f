//! Errors on their way to a `catch`.
//!
//! Where nothing is thrown this costs nothing: code objects list which instructions a handler covers, and
//! only who has an error looks there. First the frames of this activation of the dispatch loop are asked
//! who has a handler, the innermost first; then the frames above it are left one by one by ordinary
//! returns. So a value that is thrown and caught within one recording becomes a jump: the handler and the
//! frames are green, and the returns fold away.
//!
//! If nobody has one, the error gets the calls that it leaves and ends the activation. Whoever began it
//! fails with it, and the handlers of the activation around are asked next: a built-in, or the framework,
//! whose machine code calls functions, too, and asks [`catch`].
//!
//! Invariant: an error of the framework or of a built-in abandons a recording, because a trace has no
//! instruction for it; what the program itself throws does not.

use holloway::{At, Cx, Frame, Mode, Position, Raised, Run, Value};

use super::code::{Code, Handler};
use super::language::Mini;
use crate::error::{Error, Result};
use crate::value::object;

/// Where the dispatch loop goes on: with the first instruction of a handler.
pub(super) type Place<M> = (&'static Code, u32, Frame<M, Mini>);

/// An error leaves the instruction before `pc`.
///
/// # Errors
/// The error, if nobody catches it here.
#[cold]
#[inline(never)]
pub(super) fn raise<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    code: &'static Code,
    pc: u32,
    frame: Frame<M, Mini>,
    error: Error,
) -> Result<Place<M>> {
    let error = error.at(code.place(pc - 1));
    let Some((depth, handler)) = find(code, pc, frame).filter(|_| error.is_catchable()) else {
        return Err(trace(code, pc, frame, error));
    };
    cx.failed();
    let value = object::caught(&mut cx.host.host, error)?;
    Ok(unwind(cx, code, frame, depth, handler, Value::green(value)))
}

/// An error reaches this activation through the framework.
///
/// # Errors
/// The error, if nobody catches it here.
#[cold]
pub(super) fn catch(
    cx: &mut Cx<'_, Run, Mini>,
    (at, frame): Position<Mini>,
    raised: Raised,
    error: Error,
) -> Result<Position<Mini>> {
    let next = match raised {
        Raised::ByCall => at.pc,
        Raised::Before => at.pc + 1,
    };
    let (code, pc, frame) = raise(cx, at.code, next, frame, error)?;
    Ok((At { code, pc, sp: 0 }, frame))
}

/// The program throws a value, by the instruction before `pc`.
///
/// # Errors
/// The thrown value, if nobody catches it here.
#[inline(never)]
pub(super) fn throw<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    code: &'static Code,
    pc: u32,
    frame: Frame<M, Mini>,
    value: Value<M>,
) -> Result<Place<M>> {
    match find(code, pc, frame) {
        Some((depth, handler)) => Ok(unwind(cx, code, frame, depth, handler, value)),
        None => {
            let error = Error::thrown(value.untraced()).at(code.place(pc - 1));
            Err(trace(code, pc, frame, error))
        }
    }
}

/// The handler that catches what the instruction before `pc` throws, and how many frames are left for it.
fn find<M: Mode>(code: &'static Code, pc: u32, frame: Frame<M, Mini>) -> Option<(u32, Handler)> {
    if let Some(handler) = code.handler(pc - 1) {
        return Some((0, handler));
    }
    let mut depth = 0;
    let mut caller = caller_here(code, frame);
    while let Some((back, up)) = caller {
        depth += 1;
        if let Some(handler) = back.code.handler(back.pc - 1) {
            return Some((depth, handler));
        }
        caller = caller_here(back.code, up);
    }
    None
}

/// The caller of a frame, if it belongs to the same activation.
fn caller_here<M: Mode>(code: &'static Code, frame: Frame<M, Mini>) -> Option<Position<Mini>> {
    frame.caller(code.link).filter(|_| !frame.ends_dispatch(code.link))
}

/// Leaves `depth` frames and hands a value to a handler.
fn unwind<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    mut code: &'static Code,
    mut frame: Frame<M, Mini>,
    depth: u32,
    handler: Handler,
    value: Value<M>,
) -> Place<M> {
    for _ in 0..depth {
        cx.leave_by_error(frame);
        if let Some((back, caller)) = frame.ret(code.link) {
            (code, frame) = (back.code, caller);
        }
    }
    frame.set(handler.slot, value);
    (code, handler.target, frame)
}

/// Adds to an error the calls of this activation, all of which it leaves.
#[cold]
fn trace<M: Mode>(code: &'static Code, pc: u32, frame: Frame<M, Mini>, error: Error) -> Error {
    let mut error = error.at(code.place(pc - 1));
    let (mut code, mut ends) = (code, frame.ends_dispatch(code.link));
    let mut caller = frame.caller(code.link);
    while let Some((back, up)) = caller {
        let function = code.function.unwrap_or(u32::MAX);
        error = error.leaving(function, back.code.place(back.pc - 1));
        if ends {
            break;
        }
        (code, ends) = (back.code, up.ends_dispatch(back.code.link));
        caller = up.caller(code.link);
    }
    error
}
