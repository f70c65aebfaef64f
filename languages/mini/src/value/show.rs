//! Values as text: `str`, `repr` and `print`.
//!
//! Walks nested values with a stack of its own, so that no depth of nesting is a problem. A value inside
//! of itself is shown as `...`. The text may be exponentially longer than the value is large: its length
//! is checked against the heap's limit while it grows.
//!
//! An instance whose class has a `str` method is shown as that says: then the program runs, and may
//! change everything and move every object. So the walk stops there, leaves what it has in hand with the
//! host, and takes it back afterwards.

use std::collections::HashSet;
use std::fmt::Write;

use holloway::{Array, Symbol, Val};

use super::big::Big;
use super::class::{Bound, Class, ClassExt};
use super::function::Closure;
use super::map::{Map, MapExt};
use super::object::{self, Object};
use super::text::{Str, StrExt};
use super::{as_builtin, number, type_name};
use crate::builtins::{self, Caller};
use crate::error::{Error, Result};
use crate::host::Host;

/// Appends a value as `str` gives it: strings as they are, inside of other values quoted.
pub fn append_text(caller: &mut dyn Caller, value: Val, out: &mut String) -> Result<()> {
    match value.cast::<Str>() {
        Some(string) => {
            out.push_str(string.as_str(&caller.host().heap));
            Ok(())
        }
        None => append_repr(caller, value, out),
    }
}

/// Appends a value as `repr` gives it.
pub fn append_repr(caller: &mut dyn Caller, value: Val, out: &mut String) -> Result<()> {
    if is_leaf(value) {
        append_leaf(caller.host(), value, out);
        return Ok(());
    }
    let mut walk = Walk::new(value, true);
    while let Some(instance) = walk.run(caller.host(), out)? {
        walk.call(caller, instance, out)?;
    }
    Ok(())
}

/// A value as `repr` gives it, but that no code of the program runs: for messages.
pub fn plain_repr(host: &Host, value: Val) -> String {
    let mut out = String::new();
    if is_leaf(value) {
        append_leaf(host, value, &mut out);
        return out;
    }
    // If it is too long, its beginning will do.
    let _ = Walk::new(value, false).run(host, &mut out);
    out
}

/// A key as messages show it.
pub fn brief_text(key: &str) -> String {
    let mut out = String::new();
    if key.len() > 60 {
        return "of that name".to_owned();
    }
    match is_name(key) {
        true => out = format!("`{key}`"),
        false => quote(key, &mut out),
    }
    out
}

/// As [`plain_repr`], short enough for a message.
pub fn brief(host: &Host, value: Val) -> String {
    match value.cast::<Str>() {
        Some(string) if string.byte_count() > 60 => "a long string".to_owned(),
        _ if is_leaf(value) => {
            let mut out = String::new();
            append_leaf(host, value, &mut out);
            if out.len() > 80 { format!("a long {}", type_name(value)) } else { out }
        }
        _ => format!("this {}", type_name(value)),
    }
}

fn is_leaf(value: Val) -> bool {
    value.cast::<Array>().is_none()
        && value.cast::<Map>().is_none()
        && value.cast::<Object>().is_none()
}

/// A value whose parts are being shown.
struct Level {
    container: Val,
    /// The place of the next part, as the container counts.
    at: usize,
    /// How many parts have been shown.
    shown: usize,
    /// The value that belongs to the key that has just been shown.
    value: Option<Val>,
    /// Of an object: the names of its fields when it was begun.
    keys: Vec<Symbol>,
}

/// The state of a walk through a value.
struct Walk {
    levels: Vec<Level>,
    /// The containers of `levels`.
    inside: HashSet<Val>,
    /// What to show next.
    next: Option<Val>,
    /// If `str` methods are asked.
    calls: bool,
}

/// What comes next in a level.
enum Part {
    Key(String, Val),
    MapKey(Val, Val),
    Value(Val),
    End,
}

impl Walk {
    fn new(value: Val, calls: bool) -> Walk {
        Walk { levels: Vec::new(), inside: HashSet::new(), next: Some(value), calls }
    }

    /// Goes on until everything is shown, or until the `str` method of an instance is to be called.
    fn run(&mut self, host: &Host, out: &mut String) -> Result<Option<Val>> {
        loop {
            if let Some(value) = self.next.take()
                && self.begin(host, value, out)
            {
                return Ok(Some(value));
            }
            let Some(level) = self.levels.last_mut() else { return Ok(None) };
            if let Some(value) = level.value.take() {
                out.push_str(": ");
                self.next = Some(value);
                continue;
            }
            let first = level.shown == 0;
            level.shown += 1;
            if level.shown & 0xFF == 1 {
                host.heap.check_room(out.len())?;
            }
            let part = part(host, level);
            if !first && !matches!(part, Part::End) {
                out.push_str(", ");
            }
            match part {
                Part::Key(key, value) => {
                    append_key(&key, out);
                    level.value = Some(value);
                }
                Part::MapKey(key, value) => {
                    level.value = Some(value);
                    self.next = Some(key);
                }
                Part::Value(value) => self.next = Some(value),
                Part::End => {
                    let array = level.container.cast::<Array>().is_some();
                    out.push(if array { ']' } else { '}' });
                    self.inside.remove(&level.container);
                    self.levels.pop();
                }
            }
        }
    }

    /// Shows a value, or its beginning. True if it is an instance whose `str` method is to be called.
    fn begin(&mut self, host: &Host, value: Val, out: &mut String) -> bool {
        if is_leaf(value) {
            append_leaf(host, value, out);
            return false;
        }
        if let Some(object) = value.cast::<Object>()
            && let Some(class) = object::class_of(host, object)
        {
            if self.calls && class.str_method().is_some() {
                return true;
            }
            if !self.inside.contains(&value) {
                out.push_str(class.name(host));
                out.push(' ');
            }
        }
        if !self.inside.insert(value) {
            out.push_str("...");
            return false;
        }
        out.push_str(match () {
            () if value.cast::<Array>().is_some() => "[",
            () if value.cast::<Map>().is_some() => "map {",
            () => "{",
        });
        let keys = value.cast::<Object>().map_or_else(Vec::new, |o| o.keys());
        self.levels.push(Level { container: value, at: 0, shown: 0, value: None, keys });
        false
    }

    /// Appends what the `str` method of an instance gives.
    fn call(&mut self, caller: &mut dyn Caller, instance: Val, out: &mut String) -> Result<()> {
        let host = caller.host();
        let mark = host.kept_count();
        for level in &self.levels {
            host.keep(level.container);
            host.keep(level.value.unwrap_or(Val::NIL));
        }
        let text = str_of(caller, instance)?;
        let host = caller.host();
        for (index, level) in self.levels.iter_mut().enumerate() {
            level.container = host.kept(mark + 2 * index);
            level.value = level.value.map(|_| host.kept(mark + 2 * index + 1));
        }
        host.release(mark);
        self.inside = self.levels.iter().map(|level| level.container).collect();
        if let Some(text) = text.cast::<Str>() {
            out.push_str(text.as_str(&host.heap));
        }
        Ok(())
    }
}

/// What the `str` method of an instance gives, which has one.
pub fn str_of(caller: &mut dyn Caller, instance: Val) -> Result<Val> {
    let host = caller.host();
    let class = instance.cast::<Object>().and_then(|o| object::class_of(host, o));
    let Some((class, method)) = class.and_then(|c| Some((c, c.str_method()?))) else {
        return Ok(Val::NIL);
    };
    let name = class.name(host).to_owned();
    let text = caller.call_method(method, instance, &[])?;
    if text.cast::<Str>().is_none() {
        let given = type_name(text);
        let message = format!("the method `str` of {name} gives {given}, not a string");
        return Err(Error::wrong_type(message));
    }
    Ok(text)
}

/// What comes next in a container.
fn part(host: &Host, level: &mut Level) -> Part {
    if let Some(array) = level.container.cast::<Array>() {
        level.at += 1;
        return array.load(level.at - 1).map_or(Part::End, Part::Value);
    }
    if let Some(map) = level.container.cast::<Map>() {
        let Some((key, value, next)) = map.next(level.at) else { return Part::End };
        level.at = next;
        return Part::MapKey(key, value);
    }
    let Some(object) = level.container.cast::<Object>() else { return Part::End };
    // A `str` method may have deleted fields meanwhile.
    while let Some(&symbol) = level.keys.get(level.at) {
        level.at += 1;
        if let Some(value) = object::get(object, symbol) {
            return Part::Key(host.heap.symbol_text(symbol).to_owned(), value);
        }
    }
    Part::End
}

/// Appends a value that contains no others.
fn append_leaf(host: &Host, value: Val, out: &mut String) {
    // Writing to a string cannot fail.
    if let Some(int) = value.as_int() {
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
        append_function(host, closure.get(Closure::FUNCTION), out);
    } else if let Some(bound) = value.cast::<Bound>() {
        let method = bound.get_val(Bound::METHOD).cast::<Closure>();
        append_function(host, method.map_or(-1, |m| m.get(Closure::FUNCTION)), out);
    } else if let Some(class) = value.cast::<Class>() {
        let _ = write!(out, "<class {}>", class.name(host));
    } else if let Some(builtin) = as_builtin(value) {
        let _ = write!(out, "<fn {}>", builtins::name(builtin));
    } else {
        out.push_str("nil");
    }
}

fn append_function(host: &Host, function: i64, out: &mut String) {
    match host.function_name(function as u32) {
        Some(name) => {
            let _ = write!(out, "<fn {name}>");
        }
        None => out.push_str("<fn>"),
    }
}

/// Appends a key of an object: quoted if it is no name.
fn append_key(key: &str, out: &mut String) {
    if is_name(key) {
        out.push_str(key);
    } else {
        quote(key, out);
    }
}

fn is_name(key: &str) -> bool {
    let mut bytes = key.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
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
