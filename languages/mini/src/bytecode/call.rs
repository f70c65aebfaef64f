//! Calls: of closures (new frames), of built-ins, and back from built-ins into the program.

use std::iter;

use holloway::{At, Cx, Frame, Gc, Mode, Red, Runtime, Tag, Val, Value};

use super::code::Code;
use super::language::Mini;
use super::op::Slot;
use super::{object, reading, slow};
use crate::builtins::{self, Caller};
use crate::error::{Error, Place, Result};
use crate::host::Host;
use crate::ops::field::{base_class, takes_no_arguments};
use crate::value::class::{self, BOUND_TAG, CLASS_TAG, ClassExt};
use crate::value::{self, Bound, Class, Closure, as_builtin, big, text, type_name, type_of_tag};

/// The error of a wrong number of arguments.
#[cold]
#[inline(never)]
pub(super) fn wrong_count(rt: &Runtime<Mini>, code: &Code, given: usize) -> Error {
    let name = rt.host.host.describe_function(code.function.unwrap_or(u32::MAX));
    let hidden = usize::from(code.method);
    Error::arguments(&name, &(usize::from(code.params) - hidden).to_string(), given - hidden)
}

/// Calls what is no closure. If that is a method with its object, or a class with a constructor, it only
/// prepares: the closure, which is in R[base] now, is to be entered with one argument more.
#[inline(never)]
pub(super) fn other<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    frame: Frame<M, Mini>,
    base: Slot,
    argc: u16,
    site: u64,
) -> Result<Option<Red<M, Gc<Closure>>>> {
    let callee = frame.get(base);
    match callee.tag() {
        Tag::RAW => {
            let number = callee.word().promote() as u16;
            builtin(cx, frame, number, base, argc, site)?;
            Ok(None)
        }
        CLASS_TAG => match callee.cast::<Class>() {
            Some(class) => construct(cx, frame, class, base, argc),
            None => Ok(None),
        },
        BOUND_TAG => {
            let Some(bound) = callee.cast::<Bound>() else { return Ok(None) };
            let method = bound.get_value(Bound::METHOD);
            insert(frame, base, argc, bound.get_value(Bound::RECEIVER));
            frame.set(base, method);
            Ok(method.cast())
        }
        _ => {
            slow::not_callable(cx, callee)?;
            Ok(None)
        }
    }
}

/// Puts an argument before the others.
#[inline(always)]
fn insert<M: Mode>(frame: Frame<M, Mini>, base: Slot, argc: u16, value: Value<M>) {
    for slot in (base + 1..base + 1 + argc).rev() {
        frame.set(slot + 1, frame.get(slot));
    }
    frame.set(base + 1, value);
}

/// The callee is in R[base + 1], the arguments behind it: moves them down.
#[inline(never)]
pub(super) fn field_to_callee<M: Mode>(frame: Frame<M, Mini>, base: Slot, argc: u16) {
    for slot in base..base + 1 + argc {
        frame.set(slot, frame.get(slot + 1));
    }
}

/// Makes an instance of a class.
fn construct<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    frame: Frame<M, Mini>,
    class: Red<M, Gc<Class>>,
    base: Slot,
    argc: u16,
) -> Result<Option<Red<M, Gc<Closure>>>> {
    let class = class.promote();
    let constructor = Value::<M>::green(class.get_val(Class::CONSTRUCTOR));
    let closure = constructor.cast::<Closure>();
    if closure.is_none() && argc > 0 {
        return Err(takes_no_arguments(&cx.host.host, class, usize::from(argc)));
    }
    let instance = object::instance(cx, class)?;
    if closure.is_none() {
        frame.set(base, instance);
        return Ok(None);
    }
    insert(frame, base, argc, instance);
    frame.set(base, constructor);
    Ok(closure)
}

/// Calls a built-in with the arguments behind `base`.
#[inline(always)]
pub(super) fn builtin<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    frame: Frame<M, Mini>,
    number: u16,
    base: Slot,
    mut argc: u16,
    site: u64,
) -> Result<()> {
    let name = builtins::name(number);
    if number == STR && argc == 1 && is_scalar(frame.get(base + 1)) {
        if let Some(int) = frame.get(base + 1).as_int() {
            let digits = slow::int_text(cx, int);
            frame.set(base, Value::object(digits));
            return Ok(());
        }
        let text = slow::scalar_text(cx, frame.get(base + 1))?;
        frame.set(base, text);
        return Ok(());
    }
    if number == TYPE && argc == 1 {
        let name = type_of_tag(frame.get(base + 1).tag());
        let name = cx.host.host.name(name)?;
        frame.set(base, Value::green(name));
        return Ok(());
    }
    if let Some(result) = reading::result(cx, frame, number, base, argc)? {
        frame.set(base, result);
        return Ok(());
    }
    if let Some(builtins::Code::Calling(_)) =
        builtins::TABLE.get(usize::from(number)).map(|b| b.code)
    {
        // It is told where it is called from by a further argument.
        frame.set(base + 1 + argc, Value::green(Val::raw(site)));
        argc += 1;
    }
    let result = if number == SORT {
        cx.call_collecting_builtin(name, call_builtin, frame, base, argc + 1)?
    } else {
        cx.call_builtin(name, call_builtin, frame, base, argc + 1)?
    };
    frame.set(base, result);
    Ok(())
}

/// The number of `sort`, which may call a comparison very often.
const SORT: u16 = builtins::number_of("sort");

/// The number of `str`.
const STR: u16 = builtins::number_of("str");

/// The number of `type`.
const TYPE: u16 = builtins::number_of("type");

/// A value that is shown without asking the program.
#[inline(always)]
fn is_scalar<M: Mode>(value: Value<M>) -> bool {
    matches!(value.tag(), Tag::NIL | Tag::BOOL | Tag::INT | Tag::FLOAT | text::TAG | big::TAG)
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
        (builtins::Code::Calling(_), [arguments @ .., site]) => {
            let site = rt.host.site_place(site.bits());
            builtins::call(&mut Callback { rt, site }, number, arguments)
        }
        (builtins::Code::Calling(_), []) => Ok(Val::NIL),
    }
}

/// `R[d] = a class` of what is known of it by the number in R[d], and what follows.
#[inline(never)]
pub(super) fn class<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    frame: Frame<M, Mini>,
    d: Slot,
    methods: u16,
) -> Result<()> {
    let class = cx.call_builtin("class", make_class, frame, d, methods + 2)?;
    frame.set(d, class);
    Ok(())
}

fn make_class(rt: &mut Runtime<Mini>, values: &[Val]) -> Result<Val> {
    let [number, base, closures @ ..] = values else { return Ok(Val::NIL) };
    let base = match base.tag() {
        Tag::NIL if !rt.host.class(number.bits()).extends => None,
        _ => Some(base_class(*base)?),
    };
    let info = rt.host.class(number.bits());
    let methods: Vec<_> = info.methods.iter().copied().zip(closures.iter().copied()).collect();
    let constructor = closures.last().copied().filter(|_| info.constructor);
    let name = info.name.clone();
    let parts = class::Parts { name: &name, base, constructor, methods: &methods };
    Ok(Val::object(class::new(&mut rt.host.host, &parts)?))
}

/// `R[d] = a closure` of the code whose number is in R[d], with what follows it.
#[inline(never)]
pub(super) fn closure<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    frame: Frame<M, Mini>,
    d: Slot,
    captures: u16,
) -> Result<()> {
    let number = frame.get(d).word().promote();
    let code = cx.host.code(number as u64);
    let function = i64::from(code.function.unwrap_or(u32::MAX));
    let closure = Closure::make(cx, usize::from(captures), Red::green(function), Red::green(code))?;
    for index in 0..captures {
        closure.set_value_at(Closure::CAPTURES, index, frame.get(d + 1 + index));
    }
    frame.set(d, Value::object(closure));
    Ok(())
}

/// What built-ins call back through.
pub(super) struct Callback<'r> {
    pub(super) rt: &'r mut Runtime<Mini>,
    pub(super) site: Place,
}

impl Callback<'_> {
    fn call_closure(&mut self, closure: Val, slots: &[Val]) -> Result<Val> {
        let site = self.site;
        let Some(code) = closure.cast::<Closure>().map(|c| c.get(Closure::CODE)) else {
            return Ok(Val::NIL);
        };
        let given = slots.len() - 1;
        if given != usize::from(code.params) {
            return Err(wrong_count(self.rt, code, given).at(site));
        }
        if self.rt.host.limit.is_low() {
            return Err(Error::stack_overflow().at(site));
        }
        let at = At { code, pc: 0, sp: code.height(0) };
        let function = code.function.unwrap_or(u32::MAX);
        self.rt.run_rooted(at, code.link, slots).map_err(|e| e.at(site).leaving(function, site))
    }
}

impl Caller for Callback<'_> {
    fn host(&mut self) -> &mut Host {
        &mut self.rt.host.host
    }

    fn site(&self) -> Place {
        self.site
    }

    fn call(&mut self, callee: Val, arguments: &[Val]) -> Result<Val> {
        let site = self.site;
        if callee.cast::<Closure>().is_some() {
            // Comparisons of `sort` have two arguments: no memory is taken for those.
            if let [a, b] = *arguments {
                return self.call_closure(callee, &[callee, a, b]);
            }
            let slots: Vec<Val> = iter::once(&callee).chain(arguments).copied().collect();
            return self.call_closure(callee, &slots);
        }
        if let Some(bound) = callee.cast::<Bound>() {
            let (method, object) = (bound.get_val(Bound::METHOD), bound.get_val(Bound::RECEIVER));
            return self.call_method(method, object, arguments);
        }
        if let Some(class) = callee.cast::<Class>() {
            let host = &mut self.rt.host.host;
            if class.constructor().is_none() && !arguments.is_empty() {
                return Err(takes_no_arguments(host, class, arguments.len()).at(site));
            }
            let made =
                value::object::new(host, class.get(Class::NUMBER)).map_err(|e| e.at(site))?;
            let instance = Val::object(made);
            return match class.constructor() {
                Some(constructor) => self.call_method(constructor, instance, arguments),
                None => Ok(instance),
            };
        }
        match as_builtin(callee) {
            Some(number) => builtins::call(self, number, arguments).map_err(|e| e.at(site)),
            None => {
                let message = format!("{} cannot be called", type_name(callee));
                Err(Error::wrong_type(message).at(site))
            }
        }
    }

    fn call_method(&mut self, method: Val, object: Val, arguments: &[Val]) -> Result<Val> {
        let slots: Vec<Val> = [method, object].iter().chain(arguments).copied().collect();
        self.call_closure(method, &slots)
    }
}
