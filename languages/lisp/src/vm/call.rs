//! Calls: of closures with any number of arguments, and of what else is a procedure.

use holloway::{Cx, Frame, Gc, Mode, Red, Runtime, Tag, Val, Value, residual};

use super::code::Code;
use super::control;
use super::language::Lisp;
use super::op::Slot;
use super::{primitive, variant};
use crate::builtins;
use crate::error::{Error, Kind, Result};
use crate::value::object::{CONTINUATION, PARAMETER};
use crate::value::{self, Closure, Pair, Parameter, list, type_name};

/// The code that runs when a closure's code is called with so many arguments, which begin at slot
/// 2; further ones become a list.
#[inline(always)]
pub(super) fn adapt<M: Mode>(
    cx: &mut Cx<'_, M, Lisp>,
    frame: Frame<M, Lisp>,
    code: &'static Code,
    argc: u16,
) -> Result<&'static Code> {
    if code.exact == argc {
        return Ok(code);
    }
    adapt_more(cx, frame, code, argc)
}

#[inline(never)]
fn adapt_more<M: Mode>(
    cx: &mut Cx<'_, M, Lisp>,
    frame: Frame<M, Lisp>,
    code: &'static Code,
    argc: u16,
) -> Result<&'static Code> {
    let mut code = code;
    if !code.clauses.is_empty() {
        match code.clauses.iter().find(|clause| clause.accepts(argc)) {
            Some(clause) => code = clause,
            None => return Err(wrong_count(code, argc)),
        }
    }
    if !code.accepts(argc) {
        return Err(wrong_count(code, argc));
    }
    if !code.called.is_empty() {
        code = variant::choose(cx, frame, code);
    }
    if code.rest {
        let mut rest = Value::nil();
        for slot in (2 + code.params..2 + argc).rev() {
            let pair = Pair::make(cx, frame.get(slot), rest)?;
            rest = Value::object(pair);
        }
        frame.set(2 + code.params, rest);
    }
    Ok(code)
}

#[cold]
fn wrong_count(code: &Code, argc: u16) -> Error {
    let name = code.name.map_or("the procedure".into(), crate::symbol::Sym::name);
    Error::arity(&name, &code.arity_text(), usize::from(argc))
}

/// What remains to be done.
pub(super) enum Callee<M: Mode> {
    /// Nothing: the value is in R[base].
    Done,
    /// Enter this closure, with so many arguments in the window.
    Closure(Red<M, Gc<Closure>>, u16),
    /// Go on with the continuation in R[base + 1], which gets R[base + 2].
    Continuation,
}

/// Calls what is no closure.
#[inline(never)]
pub(super) fn other<M: Mode>(
    cx: &mut Cx<'_, M, Lisp>,
    frame: Frame<M, Lisp>,
    base: Slot,
    argc: u16,
) -> Result<Callee<M>> {
    let callee = frame.get(base + 1);
    match callee.tag() {
        Tag::RAW => {
            let word = callee.word().promote() as u64;
            if let Some(number) = value::as_builtin(Val::raw(word)) {
                builtin(cx, frame, number, base, argc)?;
                return Ok(Callee::Done);
            }
        }
        PARAMETER if argc == 0 => {
            if let Some(parameter) = callee.cast::<Parameter>() {
                let value = parameter_value(cx, parameter)?;
                frame.set(base, value);
                return Ok(Callee::Done);
            }
        }
        CONTINUATION if argc == 1 && control::is_within(cx, callee.untraced()) => {
            return Ok(Callee::Continuation);
        }
        PARAMETER if argc == 1 => {
            let assign = cx.host.hooks.assign_parameter;
            if let Some(called) = by_system(cx, frame, base, argc, assign) {
                return Ok(called);
            }
        }
        CONTINUATION => {
            let resume = cx.host.hooks.resume;
            if let Some(called) = by_system(cx, frame, base, argc, resume) {
                return Ok(called);
            }
        }
        _ => {}
    }
    not_callable(cx, callee, i64::from(argc).into())?;
    Ok(Callee::Done)
}

/// A procedure of the system does the call: it gets what is called as one more argument.
fn by_system<M: Mode>(
    cx: &mut Cx<'_, M, Lisp>,
    frame: Frame<M, Lisp>,
    base: Slot,
    argc: u16,
    hook: Option<u32>,
) -> Option<Callee<M>> {
    for slot in (base + 1..base + 2 + argc).rev() {
        frame.set(slot + 1, frame.get(slot));
    }
    let procedure = hook.map(|global| cx.host.global(global));
    let procedure = Value::green(procedure.unwrap_or(Val::NIL));
    cx.opaque();
    frame.set(base + 1, procedure);
    procedure.cast::<Closure>().map(|closure| Callee::Closure(closure, argc + 1))
}

/// Calls a built-in with the arguments from `base + 2` on.
#[inline(always)]
pub(super) fn builtin<M: Mode>(
    cx: &mut Cx<'_, M, Lisp>,
    frame: Frame<M, Lisp>,
    number: u16,
    base: Slot,
    argc: u16,
) -> Result<()> {
    let builtin = builtins::get(number);
    if !builtin.accepts(usize::from(argc)) {
        return Err(builtin.wrong_count(usize::from(argc)));
    }
    if primitive::call(cx, frame, number, base, argc)? {
        return Ok(());
    }
    let result = match builtins::only_reads(number) {
        true => cx.call_reading_builtin(builtin.name, builtin.run, frame, base + 2, argc)?,
        false => cx.call_builtin(builtin.name, builtin.run, frame, base + 2, argc)?,
    };
    frame.set(base, result);
    Ok(())
}

/// The error of calling what is no procedure.
#[residual(reads)]
fn not_callable(_: &mut Runtime<Lisp>, value: Val, argc: i64) -> Result<()> {
    if value.cast::<Parameter>().is_some() {
        return Err(Error::arity("the parameter", "0 to 1", argc as usize));
    }
    let message = format!("{} cannot be called:", type_name(value));
    Err(Error::new(Kind::Call, message).with(value))
}

/// The value of a parameter here.
#[residual(reads)]
fn parameter_value(rt: &mut Runtime<Lisp>, parameter: Gc<Parameter>) -> Result<Val> {
    let this = Val::object(parameter);
    let mut bindings = rt.host.registers.parameters;
    while let Some((binding, rest)) = list::parts(bindings) {
        if let Some((bound, value)) = list::parts(binding)
            && bound == this
        {
            return Ok(value);
        }
        bindings = rest;
    }
    Ok(parameter.get_val(Parameter::VALUE))
}

/// `R[d] = a closure` of the code whose number is in R[d], with what follows it.
#[inline(never)]
pub(super) fn closure<M: Mode>(
    cx: &mut Cx<'_, M, Lisp>,
    frame: Frame<M, Lisp>,
    d: Slot,
    captures: u16,
) -> Result<()> {
    let number = frame.get(d).word().promote();
    let code = cx.host.codes[number as usize];
    let closure = Closure::make(cx, usize::from(captures), Red::green(code))?;
    for i in 0..captures {
        closure.set_value_at(Closure::CAPTURES, i, frame.get(d + 1 + i));
    }
    frame.set(d, Value::object(closure));
    Ok(())
}

/// Puts the elements of a list behind `base + 1`; how many. The list is green: its length is.
#[inline(always)]
pub(super) fn spread<M: Mode>(
    cx: &mut Cx<'_, M, Lisp>,
    frame: Frame<M, Lisp>,
    base: Slot,
    mut list: Value<M>,
) -> Result<u16> {
    let mut argc = 0;
    while let Some(pair) = list.cast::<Pair>() {
        if argc >= MAX_SPREAD {
            cx.opaque();
            return Err(Error::new(Kind::Memory, "apply: too many arguments"));
        }
        frame.set(base + 2 + argc, pair.get_value(Pair::CAR));
        argc += 1;
        list = pair.get_value(Pair::CDR);
    }
    if list.tag() != Tag::NIL {
        return Err(Error::wrong_type("apply", "a list", list.untraced()));
    }
    Ok(argc)
}

/// `apply` passes no more arguments than fit the frames.
const MAX_SPREAD: u16 = 25_000;
