//! Built-ins with a fast way that traces look into: characters, small questions to numbers, records, several values.
//!
//! Invariant: what a fast way does not cover, errors too, the built-in itself does: it answers `false` and has changed nothing.

use holloway::{Cx, Frame, Gc, Mode, Red, Tag, Value};

use super::data;
use super::language::Lisp;
use super::op::{Cmp, Slot};
use crate::error::Result;
use crate::value::object::{BIG, BYTES, COMPLEX, PAIR, RATIO, STRING};
use crate::value::{Bytes, CHAR_BASE, Chars, Pair, Record, RecordType, Str, Values, unspecified};

/// What a built-in is called for.
#[derive(Clone, Copy)]
pub(super) enum Quick {
    /// `char<?` and others, of two characters.
    Char(Cmp),
    /// `integer->char`
    ToChar,
    /// `equal?` of what has no parts.
    Equal,
    /// `even?` (0) and `odd?` (1)
    Parity(i64),
    /// `negative?` and `positive?`
    Sign(Cmp),
    /// `max` (`true`) and `min` of two numbers
    Extreme(bool),
    Abs,
    /// `number?` and what is the same for words and doubles
    IsNumber,
    /// `integer?`, `exact-integer?`
    IsInteger,
    /// `exact?` (`true`) and `inexact?`
    IsExact(bool),
    IsBoolean,
    StringSet,
    BytesSet,
    /// `%record`
    Record,
    /// `%record-is?`
    IsRecord,
    /// `values`
    Values,
    /// `%values->list`
    ValuesToList,
}

impl Quick {
    /// What the built-in of this name is called for.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "char=?" => Self::Char(Cmp::Eq),
            "char<?" => Self::Char(Cmp::Lt),
            "char<=?" => Self::Char(Cmp::Le),
            "char>?" => Self::Char(Cmp::Gt),
            "char>=?" => Self::Char(Cmp::Ge),
            "integer->char" => Self::ToChar,
            "equal?" => Self::Equal,
            "even?" => Self::Parity(0),
            "odd?" => Self::Parity(1),
            "negative?" => Self::Sign(Cmp::Lt),
            "positive?" => Self::Sign(Cmp::Gt),
            "max" => Self::Extreme(true),
            "min" => Self::Extreme(false),
            "abs" => Self::Abs,
            "number?" | "complex?" | "real?" => Self::IsNumber,
            "integer?" | "exact-integer?" => Self::IsInteger,
            "exact?" => Self::IsExact(true),
            "inexact?" => Self::IsExact(false),
            "boolean?" => Self::IsBoolean,
            "string-set!" => Self::StringSet,
            "bytevector-u8-set!" => Self::BytesSet,
            "%record" => Self::Record,
            "%record-is?" => Self::IsRecord,
            "values" => Self::Values,
            "%values->list" => Self::ValuesToList,
            _ => return None,
        })
    }
}

/// Objects with more parts are made by a call.
const MOST_PARTS: u16 = 32;

/// Does what the built-in does with the arguments from `base + 2` on; `false` if that is to be called.
pub(super) fn call<M: Mode>(
    cx: &mut Cx<'_, M, Lisp>,
    frame: Frame<M, Lisp>,
    quick: Quick,
    base: Slot,
    argc: u16,
) -> Result<bool> {
    let argument = |i: u16| frame.get(base + 2 + i);
    let result = match (quick, argc) {
        (Quick::Char(cmp), 2) => chars(cmp, argument(0), argument(1)).map(Value::bool),
        (Quick::ToChar, 1) => match argument(0).as_int() {
            Some(code) if code.below(Red::green(0xd800)) => Some(Value::raw(code | CHAR_BASE)),
            _ => None,
        },
        (Quick::Equal, 2) => equal(argument(0), argument(1)).map(truth),
        (Quick::Parity(bit), 1) => {
            argument(0).as_int().map(|n| Value::bool((n & 1).eq_value(Red::green(bit))))
        }
        (Quick::Sign(cmp), 1) => sign(cmp, argument(0)).map(Value::bool),
        (Quick::Extreme(largest), 2) => extreme(largest, argument(0), argument(1)),
        (Quick::Abs, 1) => absolute(argument(0)),
        (Quick::IsNumber, 1) => match argument(0).tag() {
            Tag::INT | Tag::FLOAT => Some(truth(true)),
            BIG | RATIO | COMPLEX => None,
            _ => Some(truth(false)),
        },
        (Quick::IsInteger, 1) => match argument(0).tag() {
            Tag::INT => Some(truth(true)),
            Tag::FLOAT | BIG | RATIO | COMPLEX => None,
            _ => Some(truth(false)),
        },
        (Quick::IsExact(exact), 1) => match argument(0).tag() {
            Tag::INT => Some(truth(exact)),
            Tag::FLOAT => Some(truth(!exact)),
            _ => None,
        },
        (Quick::IsBoolean, 1) => Some(truth(argument(0).tag() == Tag::BOOL)),
        (Quick::StringSet, 3) => string_set(argument(0), argument(1), argument(2)),
        (Quick::BytesSet, 3) => bytes_set(argument(0), argument(1), argument(2)),
        (Quick::Record, 1..=MOST_PARTS) => match argument(0).cast::<RecordType>() {
            Some(kind) => {
                let record = Record::make(cx, usize::from(argc) - 1, kind)?;
                for i in 1..argc {
                    record.set_value_at(Record::FIELDS, i - 1, argument(i));
                }
                Some(Value::object(record))
            }
            None => None,
        },
        (Quick::IsRecord, 2) => Some(truth(data::record(argument(0), argument(1)).is_some())),
        (Quick::Values, 1) => Some(argument(0)),
        (Quick::Values, 0..=MOST_PARTS) => {
            let values = Values::make(cx, usize::from(argc))?;
            for i in 0..argc {
                values.set_value_at(Values::ITEMS, i, argument(i));
            }
            Some(Value::object(values))
        }
        (Quick::ValuesToList, 1) => values_to_list(cx, argument(0))?,
        (Quick::ValuesToList, 3) => {
            let (count, more) = (argument(1).untraced().as_int(), argument(2).untraced());
            let given = match argument(0).cast::<Values>() {
                Some(values) => values.len().promote(),
                None => 1,
            };
            let fits = count == Some(given)
                || more == holloway::Val::TRUE && count.is_some_and(|count| given > count);
            match fits && cx.is_constant(argument(1)) && cx.is_constant(argument(2)) {
                true => values_to_list(cx, argument(0))?,
                false => None,
            }
        }
        _ => None,
    };
    match result {
        Some(value) => {
            frame.set(base, value);
            Ok(true)
        }
        None => Ok(false),
    }
}

fn truth<M: Mode>(truth: bool) -> Value<M> {
    Value::bool(Red::green(truth))
}

fn is_char<M: Mode>(value: Value<M>) -> bool {
    data::kind(value).is_some_and(|kind| kind == CHAR_BASE)
}

/// The words of characters are ordered as the characters are.
fn chars<M: Mode>(cmp: Cmp, a: Value<M>, b: Value<M>) -> Option<Red<M, bool>> {
    if !is_char(a) || !is_char(b) {
        return None;
    }
    let (x, y) = (a.word(), b.word());
    Some(match cmp {
        Cmp::Lt => x.lt_value(y),
        Cmp::Le => x.le_value(y),
        Cmp::Gt => y.lt_value(x),
        Cmp::Ge => y.le_value(x),
        _ => x.eq_value(y),
    })
}

fn equal<M: Mode>(a: Value<M>, b: Value<M>) -> Option<bool> {
    let tag = a.tag();
    if tag != b.tag() {
        return Some(false);
    }
    match tag {
        PAIR | STRING | BYTES | BIG | RATIO | COMPLEX | Tag::ARRAY | Tag::FLOAT => None,
        _ => Some(a.same(b)),
    }
}

fn sign<M: Mode>(cmp: Cmp, value: Value<M>) -> Option<Red<M, bool>> {
    let below = cmp == Cmp::Lt;
    if let Some(int) = value.as_int() {
        let zero = Red::green(0);
        return Some(if below { int.lt_value(zero) } else { zero.lt_value(int) });
    }
    let (float, zero) = (value.as_float()?, Red::green(0.0));
    Some(if below { float.lt_value(zero) } else { zero.lt_value(float) })
}

/// The larger or smaller one of two words.
fn extreme<M: Mode>(largest: bool, a: Value<M>, b: Value<M>) -> Option<Value<M>> {
    let (x, y) = (a.as_int()?, b.as_int()?);
    let first = if largest { x >= y } else { x <= y };
    Some(if first { a } else { b })
}

fn absolute<M: Mode>(value: Value<M>) -> Option<Value<M>> {
    if let Some(int) = value.as_int() {
        return match int >= 0 {
            true => Some(value),
            false => Red::green(0).checked_sub(int).map(Value::int),
        };
    }
    Some(Value::float(value.as_float()?.abs()))
}

/// A character of one byte into a string of such.
fn string_set<M: Mode>(string: Value<M>, index: Value<M>, c: Value<M>) -> Option<Value<M>> {
    let (string, index): (Red<M, Gc<Str>>, _) = (string.cast()?, index.as_int()?);
    if string.get(Str::WIDE).test() || string.get(Str::LITERAL).test() || !is_char(c) {
        return None;
    }
    let code = c.word() & 0xffff_ffff;
    if !code.below(Red::green(256)) {
        return None;
    }
    let done = string.get(Str::DATA).set_at(Chars::BYTES, index, code);
    done.then(|| Value::green(unspecified()))
}

fn bytes_set<M: Mode>(bytes: Value<M>, index: Value<M>, byte: Value<M>) -> Option<Value<M>> {
    let (bytes, index, byte) = (bytes.cast::<Bytes>()?, index.as_int()?, byte.as_int()?);
    if bytes.is_frozen() || !byte.below(Red::green(256)) {
        return None;
    }
    bytes.set_at(Bytes::BYTES, index, byte).then(|| Value::green(unspecified()))
}

/// The list of what `values` gave; in a trace it is as long each time.
fn values_to_list<M: Mode>(cx: &mut Cx<'_, M, Lisp>, value: Value<M>) -> Result<Option<Value<M>>> {
    let mut list = Value::nil();
    match value.cast::<Values>() {
        Some(values) => {
            let count = values.len().promote();
            if count > i64::from(MOST_PARTS) {
                return Ok(None);
            }
            for i in (0..count as u16).rev() {
                let pair = Pair::make(cx, values.value_at(Values::ITEMS, i), list)?;
                list = Value::object(pair);
            }
        }
        None => list = Value::object(Pair::make(cx, value, list)?),
    }
    Ok(Some(list))
}
