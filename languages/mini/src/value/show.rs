//! Values as text: `str`, `repr` and `print`.
//!
//! Walks nested arrays with a stack of its own, so that no depth of nesting is a problem. An array
//! inside of itself is shown as `...`. The text may be exponentially longer than the value is large:
//! its length is checked against the heap's limit while it grows.

use std::collections::HashSet;
use std::fmt::Write;

use holloway::{Array, Gc, Val};

use super::big::Big;
use super::function::Closure;
use super::text::{Str, StrExt};
use super::{as_builtin, number};
use crate::builtins;
use crate::error::Result;
use crate::host::Host;

/// A value as `str` gives it: strings as they are, inside of other values quoted.
pub fn to_text(host: &Host, value: Val) -> Result<String> {
    let mut text = String::new();
    append_text(host, value, &mut text)?;
    Ok(text)
}

/// A value as `repr` gives it.
pub fn to_repr(host: &Host, value: Val) -> Result<String> {
    let mut text = String::new();
    append_repr(host, value, &mut text)?;
    Ok(text)
}

/// Appends what [`to_text`] gives.
pub fn append_text(host: &Host, value: Val, out: &mut String) -> Result<()> {
    match value.cast::<Str>() {
        Some(string) => {
            out.push_str(string.as_str(&host.heap));
            Ok(())
        }
        None => append_repr(host, value, out),
    }
}

/// An array whose elements are being shown.
struct Level {
    array: Gc<Array>,
    next: usize,
}

/// Appends what [`to_repr`] gives.
pub fn append_repr(host: &Host, value: Val, out: &mut String) -> Result<()> {
    let mut levels: Vec<Level> = Vec::new();
    let mut inside: HashSet<Gc<Array>> = HashSet::new();
    let mut next = Some(value);
    loop {
        if let Some(value) = next.take() {
            match value.cast::<Array>() {
                Some(array) if !inside.insert(array) => out.push_str("..."),
                Some(array) => {
                    out.push('[');
                    levels.push(Level { array, next: 0 });
                }
                None => append_leaf(host, value, out),
            }
        }
        let Some(level) = levels.last_mut() else { return Ok(()) };
        match level.array.load(level.next) {
            Some(element) => {
                if level.next > 0 {
                    out.push_str(", ");
                }
                level.next += 1;
                next = Some(element);
                if level.next & 0xFF == 1 {
                    host.heap.check_room(out.len())?;
                }
            }
            None => {
                out.push(']');
                inside.remove(&level.array);
                levels.pop();
            }
        }
    }
}

/// Appends a value that contains no others.
fn append_leaf(host: &Host, value: Val, out: &mut String) {
    if let Some(int) = value.as_int() {
        // Writing to a string cannot fail.
        let _ = write!(out, "{int}");
    } else if let Some(float) = value.as_float() {
        out.push_str(&number::float_text(float));
    } else if let Some(truth) = value.as_bool() {
        out.push_str(if truth { "true" } else { "false" });
    } else if let Some(string) = value.cast::<Str>() {
        quote(string.as_str(&host.heap), out);
    } else if let Some(big) = value.cast::<Big>() {
        out.push_str(&number::big_text(&host.heap, big));
    } else if let Some(closure) = value.cast::<Closure>() {
        match host.function_name(closure.get(Closure::FUNCTION) as u32) {
            Some(name) => {
                let _ = write!(out, "<fn {name}>");
            }
            None => out.push_str("<fn>"),
        }
    } else if let Some(builtin) = as_builtin(value) {
        let _ = write!(out, "<fn {}>", builtins::name(builtin));
    } else {
        out.push_str("nil");
    }
}

/// Appends a string in double quotes.
pub fn quote(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\0' => out.push_str("\\0"),
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            c if c < ' ' || c == '\u{7f}' => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}
