//! `print`, `write`, `eprint`. Nothing is written of a line whose values cannot all be shown.

use holloway::{Tag, Val};

use crate::error::Result;
use crate::host::Host;
use crate::value::show::append_text;
use crate::value::text::{Str, StrExt};

/// The values with spaces between them.
fn line(host: &Host, values: &[Val], end: &str) -> Result<String> {
    let mut line = String::new();
    for (i, value) in values.iter().enumerate() {
        if i > 0 {
            line.push(' ');
        }
        append_text(host, *value, &mut line)?;
    }
    line.push_str(end);
    Ok(line)
}

pub(super) fn print(host: &mut Host, values: &[Val]) -> Result<Val> {
    let line = line(host, values, "\n")?;
    host.write(line.as_bytes())?;
    Ok(Val::NIL)
}

pub(super) fn write(host: &mut Host, values: &[Val]) -> Result<Val> {
    let line = line(host, values, "")?;
    host.write(line.as_bytes())?;
    Ok(Val::NIL)
}

pub(super) fn eprint(host: &mut Host, values: &[Val]) -> Result<Val> {
    let line = line(host, values, "\n")?;
    host.write_error(&line)?;
    Ok(Val::NIL)
}

/// The REPL's way to show the value of an expression: `None` for nil.
pub(crate) fn shown(host: &Host, value: Val) -> Result<Option<String>> {
    if value.tag() == Tag::NIL {
        return Ok(None);
    }
    let mut text = String::new();
    match value.cast::<Str>() {
        Some(string) => crate::value::show::quote(string.as_str(&host.heap), &mut text),
        None => append_text(host, value, &mut text)?,
    }
    Ok(Some(text))
}
