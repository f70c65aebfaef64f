//! Instructions on data: pairs, vectors, strings, records.

use holloway::{Array, Cx, Frame, Mode, Red, Runtime, Tag, Val, Value, residual};

use super::arith::{self, to_float};
use super::language::Lisp;
use super::op::{Binary, Slot, Test, Unary};
use super::slow;
use crate::builtins;
use crate::error::{Error, Result};
use crate::value::object::{CLOSURE, CONTINUATION, PAIR, PARAMETER, STRING};
use crate::value::{
    self, Bytes, CHAR_BASE, Chars, Pair, Record, RecordType, SYMBOL_BASE, Str, type_name,
};

type Context<'r, M> = Cx<'r, M, Lisp>;

/// Anything but `#f`?
#[inline(always)]
pub(super) fn is_true<M: Mode>(value: Value<M>) -> bool {
    match value.as_bool() {
        Some(truth) => truth.test(),
        None => true,
    }
}

/// What the payload of a `RAW` value has in its upper half.
#[inline(always)]
pub(super) fn kind<M: Mode>(value: Value<M>) -> Option<Red<M, i64>> {
    (value.tag() == Tag::RAW).then(|| value.word() & (-1 << 32))
}

/// A question to a value.
#[inline(always)]
pub(super) fn test<M: Mode>(cx: &mut Context<'_, M>, test: Test, value: Value<M>) -> Result<bool> {
    Ok(match test {
        Test::True => is_true(value),
        Test::Null => value.tag() == Tag::NIL,
        Test::Pair => value.tag() == PAIR,
        Test::String => value.tag() == STRING,
        Test::Vector => value.tag() == Tag::ARRAY,
        Test::Fixnum => value.tag() == Tag::INT,
        Test::Zero => match (value.as_int(), value.as_float()) {
            (Some(int), _) => int == 0,
            (None, Some(float)) => float == 0.0,
            _ => slow::is_zero(cx, value)?.test(),
        },
        Test::Symbol => kind(value).is_some_and(|k| k == SYMBOL_BASE),
        Test::Char => kind(value).is_some_and(|k| k == CHAR_BASE),
        Test::Eof => value.tag() == Tag::RAW && value.word() == value::eof().bits() as i64,
        Test::Procedure => match value.tag() {
            CLOSURE | CONTINUATION | PARAMETER => true,
            Tag::RAW => value::as_builtin(Val::raw(value.word().promote() as u64)).is_some(),
            _ => false,
        },
    })
}

/// The error of `car` and others.
#[residual(reads)]
fn no_pair(_: &mut Runtime<Lisp>, f: i64, value: Val) -> Result<()> {
    let who = ["car", "cdr", "caar", "cadr", "cddr", "set-car!", "set-cdr!"][f as usize];
    Err(Error::wrong_type(who, "a pair", value))
}

#[inline(always)]
fn half<M: Mode>(
    cx: &mut Context<'_, M>,
    field: holloway::Field<Pair, Val>,
    who: i64,
    value: Value<M>,
) -> Result<Value<M>> {
    match value.cast::<Pair>() {
        Some(pair) => Ok(pair.get_value(field)),
        None => {
            no_pair(cx, Red::green(who), value)?;
            Ok(value)
        }
    }
}

/// `R[d] = f value`
#[inline(always)]
pub(super) fn unary<M: Mode>(
    cx: &mut Context<'_, M>,
    frame: Frame<M, Lisp>,
    f: Unary,
    d: Slot,
    value: Value<M>,
) -> Result<()> {
    let result = match f {
        Unary::Car => half(cx, Pair::CAR, 0, value)?,
        Unary::Cdr => half(cx, Pair::CDR, 1, value)?,
        Unary::Caar => {
            let inner = half(cx, Pair::CAR, 2, value)?;
            half(cx, Pair::CAR, 2, inner)?
        }
        Unary::Cadr => {
            let inner = half(cx, Pair::CDR, 3, value)?;
            half(cx, Pair::CAR, 3, inner)?
        }
        Unary::Cddr => {
            let inner = half(cx, Pair::CDR, 4, value)?;
            half(cx, Pair::CDR, 4, inner)?
        }
        Unary::VectorLength => match value.cast::<Array>() {
            Some(vector) => Value::int(vector.count()),
            None => return other(cx, frame, d, "vector-length", &[value]),
        },
        Unary::StringLength => match value.cast::<Str>() {
            Some(string) => {
                let bytes = string.get(Str::DATA).len();
                let wide = string.get(Str::WIDE).test();
                Value::int(if wide { bytes.unsigned_shr(Red::green(2)) } else { bytes })
            }
            None => return other(cx, frame, d, "string-length", &[value]),
        },
        Unary::CharToInteger => match kind(value) {
            Some(kind) if kind == CHAR_BASE => Value::int(value.word() & 0xffff_ffff),
            _ => return other(cx, frame, d, "char->integer", &[value]),
        },
        Unary::Sqrt => match value.as_float() {
            Some(float) if float >= 0.0 => Value::float(float.sqrt()),
            _ => return other(cx, frame, d, "sqrt", &[value]),
        },
        Unary::ToFloat => match to_float(value) {
            Some(float) => Value::float(float),
            None => return other(cx, frame, d, "inexact", &[value]),
        },
    };
    frame.set(d, result);
    Ok(())
}

/// Does what the built-in of this name does.
#[cold]
#[inline(never)]
fn other<M: Mode>(
    cx: &mut Context<'_, M>,
    frame: Frame<M, Lisp>,
    d: Slot,
    name: &'static str,
    values: &[Value<M>],
) -> Result<()> {
    let number = Red::green(i64::from(builtins::number_of(name)));
    let result = match values {
        [a] => call1(cx, number, *a)?,
        [a, b] => call2(cx, number, *a, *b)?,
        _ => Value::nil(),
    };
    frame.set(d, result);
    Ok(())
}

/// A built-in with one argument.
#[residual]
fn call1(rt: &mut Runtime<Lisp>, number: i64, a: Val) -> Result<Val> {
    builtins::call(rt, number as u16, &[a])
}

/// A built-in with two arguments.
#[residual]
fn call2(rt: &mut Runtime<Lisp>, number: i64, a: Val, b: Val) -> Result<Val> {
    builtins::call(rt, number as u16, &[a, b])
}

/// `R[d] = f a b`
#[inline(always)]
pub(super) fn binary<M: Mode>(
    cx: &mut Context<'_, M>,
    frame: Frame<M, Lisp>,
    f: Binary,
    d: Slot,
    (a, b): (Value<M>, Value<M>),
) -> Result<()> {
    match f {
        Binary::Cons => {
            let pair = Pair::make(cx, a, b)?;
            frame.set(d, Value::object(pair));
            Ok(())
        }
        Binary::Quotient => arith::quotient(cx, frame, d, a, b),
        Binary::Remainder => arith::remainder(cx, frame, d, a, b),
        Binary::Modulo => arith::modulo(cx, frame, d, a, b),
        Binary::Divide => arith::divide(cx, frame, d, a, b),
        Binary::VectorRef => {
            if let (Some(vector), Some(index)) = (a.cast::<Array>(), b.as_int())
                && let Some(value) = vector.load(index)
            {
                frame.set(d, value);
                return Ok(());
            }
            other(cx, frame, d, "vector-ref", &[a, b])
        }
        Binary::StringRef => {
            if let (Some(string), Some(index)) = (a.cast::<Str>(), b.as_int())
                && !string.get(Str::WIDE).test()
                && let Some(byte) = string.get(Str::DATA).at(Chars::BYTES, index)
            {
                frame.set(d, Value::raw(byte | CHAR_BASE));
                return Ok(());
            }
            other(cx, frame, d, "string-ref", &[a, b])
        }
        Binary::BytesRef => {
            if let (Some(bytes), Some(index)) = (a.cast::<Bytes>(), b.as_int())
                && let Some(byte) = bytes.at(Bytes::BYTES, index)
            {
                frame.set(d, Value::int(byte));
                return Ok(());
            }
            other(cx, frame, d, "bytevector-u8-ref", &[a, b])
        }
    }
}

/// Element `i` of the vector `a` becomes `s`.
#[inline(always)]
pub(super) fn vector_set<M: Mode>(
    cx: &mut Context<'_, M>,
    a: Value<M>,
    i: Value<M>,
    s: Value<M>,
) -> Result<()> {
    if let (Some(vector), Some(index)) = (a.cast::<Array>(), i.as_int()) {
        if vector.is_frozen() {
            return literal(cx, Red::green(2), a);
        }
        if vector.try_store(index, s) {
            return Ok(());
        }
        return slow_vector_set(cx, vector, index, s);
    }
    no_vector(cx, a, i)
}

/// The error of writing a literal.
#[residual(reads)]
fn literal(_: &mut Runtime<Lisp>, f: i64, value: Val) -> Result<()> {
    let (who, wanted) = [
        ("set-car!", "a pair that is no literal"),
        ("set-cdr!", "a pair that is no literal"),
        ("vector-set!", "a vector that is no literal"),
    ][f as usize];
    Err(Error::wrong_type(who, wanted, value))
}

#[residual]
fn slow_vector_set(rt: &mut Runtime<Lisp>, a: holloway::Gc<Array>, i: i64, s: Val) -> Result<()> {
    match usize::try_from(i) {
        Ok(index) if a.store(&mut rt.host.heap, index, s)? => Ok(()),
        _ => Err(Error::range("vector-set!", Val::int(i))),
    }
}

#[residual(reads)]
fn no_vector(_: &mut Runtime<Lisp>, a: Val, i: Val) -> Result<()> {
    match a.cast::<Array>() {
        Some(_) => Err(Error::wrong_type("vector-set!", "an index", i)),
        None => Err(Error::wrong_type("vector-set!", "a vector", a)),
    }
}

/// A half of the pair `a` becomes `s`.
#[inline(always)]
pub(super) fn set_half<M: Mode>(
    cx: &mut Context<'_, M>,
    first: bool,
    a: Value<M>,
    s: Value<M>,
) -> Result<()> {
    match a.cast::<Pair>() {
        Some(pair) if pair.is_frozen() => literal(cx, Red::green(if first { 0 } else { 1 }), a),
        Some(pair) => {
            pair.set_value(if first { Pair::CAR } else { Pair::CDR }, s);
            Ok(())
        }
        None => no_pair(cx, Red::green(if first { 5 } else { 6 }), a),
    }
}

/// The error of a record of another type.
#[residual(reads)]
fn no_record(rt: &mut Runtime<Lisp>, kind: Val, value: Val) -> Result<()> {
    let name =
        kind.cast::<RecordType>().and_then(|k| value::as_symbol(k.get_val(RecordType::NAME)));
    let name = name.map_or("record".into(), crate::symbol::Sym::name);
    let _ = rt;
    let message = format!("a record of type {name} is wanted, not {}:", type_name(value));
    Err(Error::new(crate::error::Kind::Type, message).with(value))
}

/// The record that `value` is, if it is of type `kind`.
#[inline(always)]
pub(super) fn record<M: Mode>(
    kind: Value<M>,
    value: Value<M>,
) -> Option<Red<M, holloway::Gc<Record>>> {
    let (kind, record) = (kind.cast::<RecordType>()?, value.cast::<Record>()?);
    (record.get(Record::KIND) == kind).then_some(record)
}

/// `R[d] = field i` of a record
#[inline(always)]
pub(super) fn record_ref<M: Mode>(
    cx: &mut Context<'_, M>,
    frame: Frame<M, Lisp>,
    d: Slot,
    i: u8,
    (kind, value): (Value<M>, Value<M>),
) -> Result<()> {
    match record(kind, value) {
        Some(record) => {
            frame.set(d, record.value_at(Record::FIELDS, u16::from(i)));
            Ok(())
        }
        None => no_record(cx, kind, value),
    }
}

/// Field i of a record becomes `s`.
#[inline(always)]
pub(super) fn record_set<M: Mode>(
    cx: &mut Context<'_, M>,
    i: u8,
    kind: Value<M>,
    value: Value<M>,
    s: Value<M>,
) -> Result<()> {
    match record(kind, value) {
        Some(record) => {
            record.set_value_at(Record::FIELDS, u16::from(i), s);
            Ok(())
        }
        None => no_record(cx, kind, value),
    }
}
