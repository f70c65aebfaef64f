//! `print`, `write`, `eprint`. Nothing is written of a line whose values cannot all be shown.

use holloway::{Tag, Val};

use super::Caller;
use crate::error::{Error, Failure, Result};
use crate::value::object;
use crate::value::show::{append_repr, append_text, plain_repr};

/// The values with spaces between them.
fn line(caller: &mut dyn Caller, values: &[Val], end: &str) -> Result<String> {
    let mut line = String::new();
    let first = caller.host().keep_all(values);
    for i in 0..values.len() {
        if i > 0 {
            line.push(' ');
        }
        let value = caller.host().kept(first + i);
        append_text(caller, value, &mut line)?;
    }
    line.push_str(end);
    Ok(line)
}

pub(super) fn print(caller: &mut dyn Caller, values: &[Val]) -> Result<Val> {
    let line = line(caller, values, "\n")?;
    caller.host().write(line.as_bytes())?;
    Ok(Val::NIL)
}

pub(super) fn write(caller: &mut dyn Caller, values: &[Val]) -> Result<Val> {
    let line = line(caller, values, "")?;
    caller.host().write(line.as_bytes())?;
    Ok(Val::NIL)
}

pub(super) fn eprint(caller: &mut dyn Caller, values: &[Val]) -> Result<Val> {
    let line = line(caller, values, "\n")?;
    caller.host().write_error(&line)?;
    Ok(Val::NIL)
}

/// An error that leaves the program: what was thrown is put into words.
pub(crate) fn uncaught(caller: &mut dyn Caller, error: Error) -> Error {
    let Failure::Thrown(value) = *error.failure() else { return error };
    let failure = match object::as_error(caller.host(), value) {
        Some((kind, message)) => {
            Failure::Uncaught { kind: Some(kind.to_owned()), message: message.to_owned() }
        }
        None => {
            let kept = caller.host().keep(value);
            let mut message = String::new();
            if append_repr(caller, value, &mut message).is_err() {
                // Its `str` method does not work.
                let host = caller.host();
                message = plain_repr(host, host.kept(kept));
            }
            caller.host().release(kept);
            Failure::Uncaught { kind: None, message }
        }
    };
    error.described(failure)
}

/// The REPL's way to show the value of an expression: `None` for nil.
pub(crate) fn shown(caller: &mut dyn Caller, value: Val) -> Result<Option<String>> {
    if value.tag() == Tag::NIL {
        return Ok(None);
    }
    let mut text = String::new();
    append_repr(caller, value, &mut text)?;
    Ok(Some(text))
}
