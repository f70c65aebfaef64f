//! Errors on their way to a `catch`.
//!
//! Where nothing is thrown this costs nothing: code objects list which instructions a handler covers, and
//! only who has an error looks there. First the frames of this activation of the dispatch loop are asked
//! who has a handler, the innermost first; then the frames above it are left one by one by ordinary
//! returns. So a value that is thrown and caught within one recording becomes a jump: the handler and the
//! frames are green, and the returns fold away.
//!
//! If nobody has one, the error gets the calls that it leaves and ends the activation; the built-in that
//! began it fails with it, and the handlers of the activation around are asked next.
//!
//! Invariant: an error of the framework or of a built-in abandons a recording, because a trace has no
//! instruction for it; what the program itself throws does not.

use holloway::{At, Cx, Frame, Mode, Value, leave_call};

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
    let mut caller = frame.caller(code.link);
    while let Some((back, up)) = caller {
        depth += 1;
        if let Some(handler) = back.code.handler(back.pc - 1) {
            return Some((depth, handler));
        }
        caller = up.caller(back.code.link);
    }
    None
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
        let at = At { code, pc: 0, sp: 0 };
        leave_call!(cx, at, frame);
        if let Some((back, caller)) = frame.ret(code.link) {
            (code, frame) = (back.code, caller);
        }
    }
    frame.set(handler.slot, value);
    (code, handler.target, frame)
}

/// Adds to an error the calls that it leaves.
#[cold]
fn trace<M: Mode>(mut code: &'static Code, pc: u32, frame: Frame<M, Mini>, error: Error) -> Error {
    let mut error = error.at(code.place(pc - 1));
    let mut caller = frame.caller(code.link);
    while let Some((back, up)) = caller {
        let function = code.function.unwrap_or(u32::MAX);
        error = error.leaving(function, back.code.place(back.pc - 1));
        code = back.code;
        caller = up.caller(code.link);
    }
    error
}
