//! The system around a program: time, environment, command line, exit.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use holloway::Val;

use super::arguments::text;
use super::{Rt, builtins};
use crate::error::{Failure, Result};
use crate::value::list;

/// What `features` tells, and `cond-expand` asks for.
pub const FEATURES: &[&str] = &[
    "r7rs",
    "exact-closed",
    "exact-complex",
    "ieee-float",
    "full-unicode",
    "ratios",
    "srfi-1",
    "srfi-2",
    "srfi-8",
    "srfi-9",
    "srfi-16",
    "srfi-26",
    "srfi-69",
    "srfi-133",
    "srfi-151",
    "holloway",
    "lisp",
    "holloway-lisp-0.1",
    "x86-64",
    "linux",
    "unix",
];

builtins! {
    "features" 0 0 => |rt, _| {
        let names = FEATURES.iter().map(|name| crate::value::symbol(crate::symbol::Sym::new(name)));
        let names: Vec<Val> = names.collect();
        Ok(list::list(&mut rt.host.heap, &names)?)
    };
    "command-line" 0 0 => |rt, _| {
        let arguments = rt.host.arguments.clone();
        let texts = arguments.iter().map(|a| rt.host.string(a)).collect::<Result<Vec<_>>>()?;
        Ok(list::list(&mut rt.host.heap, &texts)?)
    };
    "get-environment-variable" 1 1 => |rt, a| {
        let name = text(rt, "get-environment-variable", a[0])?;
        if name.is_empty() || name.contains(['=', '\0']) {
            return Ok(Val::FALSE);
        }
        match std::env::var(name) {
            Ok(value) => rt.host.string(&value),
            Err(_) => Ok(Val::FALSE),
        }
    };
    "get-environment-variables" 0 0 => |rt, _| {
        let mut pairs = Vec::new();
        for (name, value) in std::env::vars_os() {
            let name = rt.host.string(&name.to_string_lossy())?;
            let value = rt.host.string(&value.to_string_lossy())?;
            pairs.push(list::cons(&mut rt.host.heap, name, value)?);
        }
        Ok(list::list(&mut rt.host.heap, &pairs)?)
    };
    "current-second" 0 0 => |_, _| Ok(Val::float(now().as_secs_f64()));
    "current-jiffy" 0 0 => |rt, _| Ok(Val::int(rt.host.started.elapsed().as_nanos() as i64));
    "jiffies-per-second" 0 0 => |_, _| Ok(Val::int(1_000_000_000));
    "runtime" 0 0 => |rt, _| Ok(Val::float(rt.host.started.elapsed().as_secs_f64()));
    "real-time" 0 0 => |_, _| Ok(Val::float(now().as_secs_f64() * 1000.0));
    "emergency-exit" 0 1 => exit;
    "%exit" 0 1 => exit;
}

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

fn exit(_: &mut Rt, a: &[Val]) -> Result<Val> {
    let status = match a {
        [] => 0,
        [status] => match (status.as_bool(), status.as_int()) {
            (Some(true), _) => 0,
            (Some(false), _) => 1,
            (None, Some(status)) => status as u8,
            _ => 1,
        },
        _ => 1,
    };
    Err(Failure::Exit(status).into())
}
