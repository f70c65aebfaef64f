//! Calls: of closures (new frames), of built-ins, and back from built-ins into the program.

use holloway::{At, Cx, Frame, Mode, Runtime, Val, Value};

use super::code::Code;
use super::language::Mini;
use super::op::Slot;
use super::slow;
use crate::builtins::{self, Caller};
use crate::error::{Error, Place, Result};
use crate::host::Host;
use crate::value::{Closure, as_builtin, type_name};

/// The error of a wrong number of arguments.
#[cold]
#[inline(never)]
pub(super) fn wrong_count(rt: &Runtime<Mini>, code: &Code, given: usize) -> Error {
    let name = rt.host.host.describe_function(code.function.unwrap_or(u32::MAX));
    Error::arguments(&name, &code.params.to_string(), given)
}

/// Calls what is no closure: `R[base] = R[base](..)`.
#[inline(never)]
pub(super) fn other<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    frame: Frame<M, Mini>,
    base: Slot,
    argc: u16,
    site: Place,
) -> Result<()> {
    let callee = frame.get(base);
    if callee.tag() != holloway::Tag::RAW {
        return slow::not_callable(cx, callee);
    }
    let number = callee.word().promote() as u16;
    match builtins::TABLE.get(usize::from(number)).map(|b| b.code) {
        Some(builtins::Code::Calling(_)) => {
            // It is told where it is called from by a further argument.
            let site = cx.host.site(site);
            frame.set(base + 1 + argc, Value::green(Val::raw(site)));
            builtin(cx, frame, number, base, argc + 1)
        }
        _ => builtin(cx, frame, number, base, argc),
    }
}

/// Calls a built-in with the arguments behind `base`.
#[inline(always)]
pub(super) fn builtin<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    frame: Frame<M, Mini>,
    number: u16,
    base: Slot,
    argc: u16,
) -> Result<()> {
    let name = builtins::name(number);
    let result = cx.call_builtin(name, call_builtin, frame, base, argc + 1)?;
    frame.set(base, result);
    Ok(())
}

/// Calls the built-in that the first value is.
fn call_builtin(rt: &mut Runtime<Mini>, values: &[Val]) -> Result<Val> {
    let [callee, arguments @ ..] = values else { return Ok(Val::NIL) };
    let number = as_builtin(*callee).unwrap_or(u16::MAX);
    let Some(builtin) = builtins::TABLE.get(usize::from(number)) else { return Ok(Val::NIL) };
    match (builtin.code, arguments) {
        (builtins::Code::Plain(code), _) => {
            builtins::checked(number, arguments.len())?;
            code(&mut rt.host.host, arguments)
        }
        (builtins::Code::Calling(code), [arguments @ .., site]) => {
            builtins::checked(number, arguments.len())?;
            let site = rt.host.site_place(site.bits());
            code(&mut Callback { rt, site }, arguments)
        }
        (builtins::Code::Calling(_), []) => Ok(Val::NIL),
    }
}

/// `R[d] = a closure` of the code whose number is in R[d], with what follows it.
#[inline(never)]
pub(super) fn closure<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    frame: Frame<M, Mini>,
    d: Slot,
    captures: u16,
) -> Result<()> {
    let closure = cx.call_builtin("closure", make_closure, frame, d, captures + 1)?;
    frame.set(d, closure);
    Ok(())
}

fn make_closure(rt: &mut Runtime<Mini>, values: &[Val]) -> Result<Val> {
    let [number, captures @ ..] = values else { return Ok(Val::NIL) };
    let code = rt.host.code(number.bits());
    let function = i64::from(code.function.unwrap_or(u32::MAX));
    let count = captures.len();
    let closure = Closure::alloc(rt.host.heap(), count, count, function, code)?;
    for (index, capture) in captures.iter().enumerate() {
        closure.set_val_at(Closure::CAPTURES, index, *capture);
    }
    Ok(Val::object(closure))
}

/// What built-ins call back through.
struct Callback<'r> {
    rt: &'r mut Runtime<Mini>,
    site: Place,
}

impl Caller for Callback<'_> {
    fn host(&mut self) -> &mut Host {
        &mut self.rt.host.host
    }

    fn call(&mut self, callee: Val, arguments: &[Val]) -> Result<Val> {
        let site = self.site;
        let Some(closure) = callee.cast::<Closure>() else {
            let Some(number) = as_builtin(callee) else {
                let message = format!("{} cannot be called", type_name(callee));
                return Err(Error::wrong_type(message).at(site));
            };
            return builtins::call(self, number, arguments).map_err(|e| e.at(site));
        };
        let code = closure.get(Closure::CODE);
        if arguments.len() != usize::from(code.params) {
            return Err(wrong_count(self.rt, code, arguments.len()).at(site));
        }
        if self.rt.host.limit.is_low() {
            return Err(Error::stack_overflow().at(site));
        }
        let mut slots = Vec::with_capacity(arguments.len() + 1);
        slots.push(callee);
        slots.extend_from_slice(arguments);
        let at = At { code, pc: 0, sp: code.height(0) };
        let function = code.function.unwrap_or(u32::MAX);
        self.rt.run(at, code.link, &slots).map_err(|e| e.leaving(function, site))
    }
}
