//! The world outside: arguments, files, input, time, the end of the program.

use dashu_int::IBig;
use holloway::Val;

use super::Caller;
use super::arguments::{text, wrong_type};
use crate::error::{Error, Failure, Result};
use crate::host::Host;
use crate::value::{big, is_true, show};

pub(super) fn args(host: &mut Host, _: &[Val]) -> Result<Val> {
    let list = host.heap.new_array(0)?;
    for argument in host.arguments.clone() {
        let value = host.string(&argument)?;
        list.push(&mut host.heap, value)?;
    }
    Ok(Val::object(list))
}

pub(super) fn clock(host: &mut Host, _: &[Val]) -> Result<Val> {
    Ok(Val::float(host.clock()))
}

pub(super) fn input(host: &mut Host, _: &[Val]) -> Result<Val> {
    match host.read_line()? {
        Some(line) => host.string(&line),
        None => Ok(Val::NIL),
    }
}

pub(super) fn read_file(host: &mut Host, arguments: &[Val]) -> Result<Val> {
    let path = text(host, "read_file", arguments[0])?;
    let bytes =
        std::fs::read(path).map_err(|e| Error::value(format!("cannot read \"{path}\": {e}")))?;
    match String::from_utf8(bytes) {
        Ok(content) => host.string(&content),
        Err(_) => Err(Error::value(format!("cannot read \"{path}\": it is not UTF-8"))),
    }
}

pub(super) fn write_file(host: &mut Host, arguments: &[Val]) -> Result<Val> {
    let path = text(host, "write_file", arguments[0])?;
    let content = text(host, "write_file", arguments[1])?;
    std::fs::write(path, content)
        .map_err(|e| Error::value(format!("cannot write \"{path}\": {e}")))?;
    Ok(Val::NIL)
}

pub(super) fn exit(host: &mut Host, arguments: &[Val]) -> Result<Val> {
    let Some(status) = big::to_ibig(&host.heap, arguments[0]) else {
        return Err(wrong_type("exit", "an int", arguments[0]));
    };
    let low = status & IBig::from(255);
    Err(Failure::Exit(u8::try_from(low).unwrap_or(0)).into())
}

pub(super) fn assert(caller: &mut dyn Caller, arguments: &[Val]) -> Result<Val> {
    if is_true(arguments[0]) {
        return Ok(Val::NIL);
    }
    let mut message = String::new();
    show::append_text(caller, arguments[1], &mut message)?;
    Err(Error::value(message))
}
