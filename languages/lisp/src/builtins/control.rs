//! Procedures, values, errors, records, promises, parameters, the registers of the dynamic state,
//! `eval`.

use holloway::Val;

use super::arguments::{index, items, symbol};
use super::{MANY, Rt, builtins};
use crate::compile;
use crate::error::{Error, Failure, Kind, Result};
use crate::expand::{Env, Expander};
use crate::value::{
    self, Closure, Condition, Continuation, Environment, Pair, Parameter, Promise, PromiseState,
    Record, RecordType, Values, default_object, list, show, unspecified,
};

builtins! {
    "procedure?" 1 1 => |_, a| Ok(Val::bool(value::is_procedure(a[0])));
    "values" 0 MANY => |rt, a| values(rt, a);
    "%list->values" 1 1 => |rt, a| {
        let items = items("values", a[0])?;
        values(rt, &items)
    };
    "%values->list" 1 3 => |rt, a| {
        let items = match a[0].cast::<Values>() {
            Some(values) => (0..values.len()).filter_map(|i| values.val_at(Values::ITEMS, i)).collect(),
            None => vec![a[0]],
        };
        if let [_, count, more] = a {
            let count = index("values", *count)?;
            if items.len() != count && !(*more == Val::TRUE && items.len() > count) {
                let s = if count == 1 { "" } else { "s" };
                let message = format!("{count} value{s} wanted, not {}", items.len());
                return Err(Error::new(Kind::Arity, message));
            }
        }
        Ok(list::list(&mut rt.host.heap, &items)?)
    };
    "%apply" 2 2 => |_, _| Err(Error::new(Kind::Call, "%apply is no procedure"));
    "%call/cc" 1 1 => |_, _| Err(Error::new(Kind::Call, "%call/cc is no procedure"));
    "%reinstate" 2 2 => |_, _| Err(Error::new(Kind::Call, "%reinstate is no procedure"));
    "void" 0 MANY => |_, _| Ok(unspecified());
    "default-object?" 1 1 => |_, a| Ok(Val::bool(a[0] == default_object()));

    "%merge-point" 1 1 => |_, a| Ok(a[0]);
    "%winds" 0 0 => |rt, _| Ok(rt.host.registers.winds);
    "%set-winds!" 1 1 => |rt, a| {
        rt.host.registers.winds = a[0];
        Ok(unspecified())
    };
    "%handlers" 0 0 => |rt, _| Ok(rt.host.registers.handlers);
    "%set-handlers!" 1 1 => |rt, a| {
        rt.host.registers.handlers = a[0];
        Ok(unspecified())
    };
    "%parameters" 0 0 => |rt, _| Ok(rt.host.registers.parameters);
    "%set-parameters!" 1 1 => |rt, a| {
        rt.host.registers.parameters = a[0];
        Ok(unspecified())
    };
    "%continuation-winds" 1 1 => |_, a| match a[0].cast::<Continuation>() {
        Some(k) => Ok(k.get_val(Continuation::WINDS)),
        None => Ok(Val::NIL),
    };

    "%uncaught" 1 1 => |rt, a| {
        let text = rt.host.uncaught_text(a[0]);
        Err(Failure::Uncaught(text).into())
    };
    "%make-error" 2 2 => |rt, a| {
        Ok(Val::object(Condition::alloc(&mut rt.host.heap, Kind::User as i64, a[0], a[1])?))
    };
    "error-object?" 1 1 => |_, a| Ok(Val::bool(a[0].cast::<Condition>().is_some()));
    "error-object-message" 1 1 => |rt, a| match a[0].cast::<Condition>() {
        Some(condition) => Ok(condition.get_val(Condition::MESSAGE)),
        None => rt.host.string(""),
    };
    "error-object-irritants" 1 1 => |_, a| match a[0].cast::<Condition>() {
        Some(condition) => Ok(condition.get_val(Condition::IRRITANTS)),
        None => Ok(Val::NIL),
    };
    "condition/report-string" 1 1 => |rt, a| {
        let text = show::condition_text(&rt.host.heap, a[0]);
        rt.host.string(&text)
    };
    "file-error?" 1 1 => |_, a| Ok(Val::bool(kind(a[0]) == Some(Kind::File as i64)));
    "read-error?" 1 1 => |_, a| Ok(Val::bool(kind(a[0]) == Some(Kind::Read as i64)));
    "%assertion-failed" 0 0 => |_, _| Err(Error::new(Kind::User, "assertion failed"));

    "%make-record-type" 2 2 => |rt, a| {
        symbol("define-record-type", a[0])?;
        Ok(Val::object(RecordType::alloc(&mut rt.host.heap, a[0], a[1])?))
    };
    "%record" 1 MANY => |rt, a| {
        let kind = a[0].cast::<RecordType>();
        let kind = kind.ok_or_else(|| Error::wrong_type("a constructor", "a record type", a[0]))?;
        let fields = &a[1..];
        let record = Record::alloc(&mut rt.host.heap, fields.len(), fields.len(), kind)?;
        for (i, field) in fields.iter().enumerate() {
            record.set_val_at(Record::FIELDS, i, *field);
        }
        Ok(Val::object(record))
    };
    "%record-is?" 2 2 => |_, a| {
        let record = a[1].cast::<Record>();
        Ok(Val::bool(record.is_some_and(|r| Val::object(r.get(Record::KIND)) == a[0])))
    };
    "%record-ref" 3 3 => |_, a| {
        let value = a[1].cast::<Record>().filter(|r| Val::object(r.get(Record::KIND)) == a[0]);
        let record = value.ok_or_else(|| Error::wrong_type("a record", "a record", a[1]))?;
        Ok(record.val_at(Record::FIELDS, index("a record", a[2])?).unwrap_or(unspecified()))
    };
    "%record-set!" 4 4 => |_, a| {
        let value = a[1].cast::<Record>().filter(|r| Val::object(r.get(Record::KIND)) == a[0]);
        let record = value.ok_or_else(|| Error::wrong_type("a record", "a record", a[1]))?;
        record.set_val_at(Record::FIELDS, index("a record", a[2])?, a[3]);
        Ok(unspecified())
    };
    "record?" 1 1 => |_, a| Ok(Val::bool(a[0].cast::<Record>().is_some()));

    "promise?" 1 1 => |_, a| Ok(Val::bool(a[0].cast::<Promise>().is_some()));
    "make-promise" 1 1 => |rt, a| match a[0].cast::<Promise>() {
        Some(_) => Ok(a[0]),
        None => promise(rt, true, a[0]),
    };
    "%make-lazy" 1 1 => |rt, a| promise(rt, false, a[0]);
    "%promise-done?" 1 1 => |_, a| Ok(Val::bool(state(a[0])?.get(PromiseState::DONE)));
    "%promise-value" 1 1 => |_, a| Ok(state(a[0])?.get_val(PromiseState::VALUE));
    "%promise-become!" 2 2 => |_, a| {
        // What the promise's own procedure gave is a promise: from now on both are one.
        let (mine, other) = (state(a[0])?, state(a[1])?);
        mine.set(PromiseState::DONE, other.get(PromiseState::DONE));
        mine.set_val(PromiseState::VALUE, other.get_val(PromiseState::VALUE));
        if let Some(other) = a[1].cast::<Promise>() {
            other.set(Promise::STATE, mine);
        }
        Ok(unspecified())
    };

    "%make-parameter" 2 2 => |rt, a| {
        Ok(Val::object(Parameter::alloc(&mut rt.host.heap, a[0], a[1])?))
    };
    "%set-parameter!" 2 2 => |rt, a| {
        let bindings = std::iter::successors(list::parts(rt.host.registers.parameters), |(_, rest)| {
            list::parts(*rest)
        });
        let mut bound = bindings.filter_map(|(binding, _)| binding.cast::<Pair>());
        let found = bound.find(|binding| binding.get_val(Pair::CAR) == a[0]);
        match (found, a[0].cast::<Parameter>()) {
            (Some(binding), _) => binding.set_val(Pair::CDR, a[1]),
            (None, Some(parameter)) => parameter.set_val(Parameter::VALUE, a[1]),
            (None, None) => return Err(Error::wrong_type("a parameter", "a parameter", a[0])),
        }
        Ok(unspecified())
    };
    "%parameter-converter" 1 1 => |_, a| match a[0].cast::<Parameter>() {
        Some(parameter) => Ok(parameter.get_val(Parameter::CONVERTER)),
        None => Err(Error::wrong_type("parameterize", "a parameter", a[0])),
    };

    "%compile" 2 2 => |rt, a| {
        let env = environment(rt, a[1])?;
        let datum = rt.host.value_datum(a[0])?;
        let exprs = Expander::new(&mut rt.host).toplevel(&datum, &env)?;
        let code = compile::compile(&mut rt.host, &exprs, true)?;
        Ok(Val::object(Closure::alloc(&mut rt.host.heap, 0, 0, code)?))
    };
    "%make-environment" 0 0 => |rt, _| {
        let env = rt.host.world.program_scope();
        let number = rt.host.add_environment(env);
        Ok(Val::object(Environment::alloc(&mut rt.host.heap, number)?))
    };
    "interaction-environment" 0 0 => |rt, _| {
        Ok(Val::object(Environment::alloc(&mut rt.host.heap, 0)?))
    };
    "environment?" 1 1 => |_, a| Ok(Val::bool(a[0].cast::<Environment>().is_some()));
}

fn values(rt: &mut Rt, items: &[Val]) -> Result<Val> {
    if let [only] = items {
        return Ok(*only);
    }
    let values = Values::alloc(&mut rt.host.heap, items.len(), items.len())?;
    for (i, item) in items.iter().enumerate() {
        values.set_val_at(Values::ITEMS, i, *item);
    }
    Ok(Val::object(values))
}

fn kind(value: Val) -> Option<i64> {
    value.cast::<Condition>().map(|c| c.get(Condition::KIND))
}

fn promise(rt: &mut Rt, done: bool, value: Val) -> Result<Val> {
    let state = PromiseState::alloc(&mut rt.host.heap, done, value)?;
    Ok(Val::object(Promise::alloc(&mut rt.host.heap, state)?))
}

fn state(value: Val) -> Result<holloway::Gc<PromiseState>> {
    match value.cast::<Promise>() {
        Some(promise) => Ok(promise.get(Promise::STATE)),
        None => Err(Error::wrong_type("force", "a promise", value)),
    }
}

fn environment(rt: &Rt, value: Val) -> Result<Env> {
    match value.cast::<Environment>() {
        Some(env) => Ok(rt.host.world.environments[env.get(Environment::NUMBER) as usize].clone()),
        None => Err(Error::wrong_type("eval", "an environment", value)),
    }
}
