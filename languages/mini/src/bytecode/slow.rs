//! What instructions do rarely: large ints, strings, errors, other built-ins. Traces call these functions;
//! they do not look into them.

use holloway::{Array, Gc, Runtime};
use holloway::{Val, elidable, residual};

use super::language::Mini;
use crate::builtins::{self, Code};
use crate::error::{Error, Result};
use crate::ops;
use crate::ops::arith::{floor_div_floats, mod_floats};
use crate::ops::index::{self, character};
use crate::ops::iteration;
use crate::ops::range::Range;
use crate::ops::{arith, bits, compare};
use crate::value::map::MapExt;
use crate::value::text::{self, Str, StrExt};
use crate::value::{Map, Object, as_builtin, show, type_name};

macro_rules! operators {
    ($($name:ident = $function:path;)*) => {
        $(#[residual(reads)]
        pub(super) fn $name(rt: &mut Runtime<Mini>, a: Val, b: Val) -> Result<Val> {
            $function(&mut rt.host.host, a, b)
        })*
    };
}

operators! {
    add = arith::add;
    sub = arith::sub;
    mul = arith::mul;
    div = arith::div;
    floor_div = arith::floor_div;
    modulo = arith::modulo;
    pow = arith::pow;
    bit_and = bits::and;
    bit_or = bits::or;
    bit_xor = bits::xor;
    shl = bits::shl;
    shr = bits::shr;
    index = index::get;
}

macro_rules! comparisons {
    ($($name:ident = $function:path;)*) => {
        $(#[residual(reads)]
        pub(super) fn $name(rt: &mut Runtime<Mini>, a: Val, b: Val) -> Result<bool> {
            $function(&mut rt.host.host, a, b)
        })*
    };
}

comparisons! {
    lt = compare::lt;
    le = compare::le;
    gt = compare::gt;
    ge = compare::ge;
}

/// `a + b` of two strings.
#[residual(reads)]
pub(super) fn concat(rt: &mut Runtime<Mini>, a: Gc<Str>, b: Gc<Str>) -> Result<Gc<Str>> {
    arith::concat(&mut rt.host.host, a, b)
}

/// `a + b` of two strings that are short.
#[residual(makes)]
pub(super) fn join2(rt: &mut Runtime<Mini>, a: Gc<Str>, b: Gc<Str>) -> Gc<Str> {
    rt.make(|heap| text::concat(heap, a, b))
}

macro_rules! joins {
    ($($name:ident($($part:ident),*);)*) => {
        $(/// The content of all, which are short.
        #[residual(makes)]
        pub(super) fn $name(rt: &mut Runtime<Mini>, $($part: Gc<Str>),*) -> Gc<Str> {
            rt.make(|heap| text::join(heap, &[$($part),*]))
        })*
    };
}

joins! {
    join3(a, b, c);
    join4(a, b, c, d);
    join5(a, b, c, d, e);
}

/// `a == b`
#[residual(reads)]
pub(super) fn equal(rt: &mut Runtime<Mini>, a: Val, b: Val) -> bool {
    compare::equal(&rt.host.host, a, b)
}

/// `-a`
#[residual(reads)]
pub(super) fn neg(rt: &mut Runtime<Mini>, a: Val) -> Result<Val> {
    arith::neg(&mut rt.host.host, a)
}

/// `~a`
#[residual(reads)]
pub(super) fn bit_not(rt: &mut Runtime<Mini>, a: Val) -> Result<Val> {
    bits::not(&mut rt.host.host, a)
}

/// `a[i] = v` for an `i` that is not an int: an error.
#[residual(reads)]
pub(super) fn bad_index(rt: &mut Runtime<Mini>, a: Val, i: Val) -> Result<()> {
    index::set(&mut rt.host.host, a, i, Val::NIL)
}

/// `a[i] = v`
#[residual]
pub(super) fn set_index(rt: &mut Runtime<Mini>, a: Val, i: i64, v: Val) -> Result<()> {
    index::set(&mut rt.host.host, a, Val::int(i), v)
}

/// The number of a range after `next`.
#[residual(reads)]
pub(super) fn range_check(rt: &mut Runtime<Mini>, start: Val, end: Val) -> Result<()> {
    Range::new(&rt.host.host, &[start, end]).map(|_| ())
}

/// An error if this is no step of a range.
#[residual(reads)]
pub(super) fn step_check(rt: &mut Runtime<Mini>, step: Val) -> Result<()> {
    Range::new(&rt.host.host, &[Val::int(0), Val::int(0), step]).map(|_| ())
}

/// The keys that a `for` through an object or a map visits; an error for what is no sequence.
#[residual]
pub(super) fn keys(rt: &mut Runtime<Mini>, value: Val) -> Result<Val> {
    Ok(Val::object(iteration::keys(&mut rt.host.host, value)?))
}

/// The text of a value that contains no others.
#[residual(reads)]
pub(super) fn scalar_text(rt: &mut Runtime<Mini>, value: Val) -> Result<Val> {
    if value.cast::<Str>().is_some() {
        return Ok(value);
    }
    let host = &mut rt.host.host;
    let text = show::plain_repr(host, value);
    host.string(&text)
}

/// The digits of an int.
#[residual(makes)]
pub(super) fn int_text(rt: &mut Runtime<Mini>, int: i64) -> Gc<Str> {
    rt.make(|heap| text::from_int(heap, int))
}

/// `a == b` of two strings.
#[residual(pure)]
pub(super) fn same_text(rt: &mut Runtime<Mini>, a: Gc<Str>, b: Gc<Str>) -> bool {
    text::same(&rt.host.host.heap, a, b)
}

/// `a < b` of two strings.
#[residual(pure)]
pub(super) fn text_below(rt: &mut Runtime<Mini>, a: Gc<Str>, b: Gc<Str>) -> bool {
    text::below(&rt.host.host.heap, a, b)
}

/// Where a string stands in another; -1 if it does not.
#[residual(pure)]
pub(super) fn text_find(rt: &mut Runtime<Mini>, whole: Gc<Str>, part: Gc<Str>) -> i64 {
    text::find(&rt.host.host.heap, whole, part).map_or(-1, |at| at as i64)
}

/// The number of a key of a map that is a string; -1 if it is not there.
#[residual(reads)]
pub(super) fn map_find_text(rt: &mut Runtime<Mini>, map: Gc<Map>, key: Gc<Str>) -> i64 {
    map.entry_of_text(&rt.host.host.heap, key).map_or(-1, |entry| entry as i64)
}

/// The number of a key of a map that is a word; -1 if it is not there.
#[residual(reads)]
pub(super) fn map_find_int(rt: &mut Runtime<Mini>, map: Gc<Map>, key: i64) -> i64 {
    map.entry_of_int(&rt.host.host.heap, key).map_or(-1, |entry| entry as i64)
}

/// The number of a key of a map; -1 if it is not there.
#[residual(reads)]
pub(super) fn map_find(rt: &mut Runtime<Mini>, map: Gc<Map>, key: Val) -> i64 {
    map.entry(&rt.host.host.heap, key).map_or(-1, |entry| entry as i64)
}

/// `map[key] = value`
#[residual]
pub(super) fn set_key(rt: &mut Runtime<Mini>, map: Gc<Map>, key: Val, value: Val) -> Result<()> {
    Ok(map.store(&mut rt.host.host.heap, key, value)?)
}

/// `object[key] = value`
#[residual]
pub(super) fn set_named(
    rt: &mut Runtime<Mini>,
    object: Gc<Object>,
    key: Val,
    value: Val,
) -> Result<()> {
    index::set(&mut rt.host.host, Val::object(object), key, value)
}

/// The character at a position of a string; nil at its end.
#[residual(reads)]
pub(super) fn char_or_nil(rt: &mut Runtime<Mini>, string: Val, at: i64) -> Result<Val> {
    match string.cast::<Str>() {
        Some(string) if (at as u64) < string.char_count() as u64 => {
            character(&mut rt.host.host, string, at as usize)
        }
        _ => Ok(Val::NIL),
    }
}

/// A built-in with one argument that changes nothing.
#[residual(reads)]
pub(super) fn builtin1(rt: &mut Runtime<Mini>, number: i64, a: Val) -> Result<Val> {
    call_plain(rt, number, &[a])
}

/// A built-in with two arguments that changes nothing.
#[residual(reads)]
pub(super) fn builtin2(rt: &mut Runtime<Mini>, number: i64, a: Val, b: Val) -> Result<Val> {
    call_plain(rt, number, &[a, b])
}

/// `slice(a, from, to)` of a string.
#[residual(reads)]
pub(super) fn slice_text(
    rt: &mut Runtime<Mini>,
    a: Gc<Str>,
    from: i64,
    to: i64,
) -> Result<Gc<Str>> {
    let length = a.char_count() as i64;
    let clamped = |at: i64| if at < 0 { at.saturating_add(length).max(0) } else { at.min(length) };
    let from = clamped(from);
    let to = clamped(to).max(from);
    Ok(text::slice(&mut rt.host.host.heap, a, from as usize, to as usize)?)
}

/// `slice(a, from, to)`
#[residual(reads)]
pub(super) fn slice(rt: &mut Runtime<Mini>, a: Val, from: i64, to: i64) -> Result<Val> {
    const SLICE: u16 = builtins::number_of("slice");
    call_plain(rt, i64::from(SLICE), &[a, Val::int(from), Val::int(to)])
}

/// `pop(a)`
#[residual]
pub(super) fn pop(rt: &mut Runtime<Mini>, number: i64, a: Val) -> Result<Val> {
    call_plain(rt, number, &[a])
}

/// `push(a, v)`
#[residual]
pub(super) fn push(rt: &mut Runtime<Mini>, number: i64, a: Val, v: Val) -> Result<Val> {
    call_plain(rt, number, &[a, v])
}

fn call_plain(rt: &mut Runtime<Mini>, number: i64, arguments: &[Val]) -> Result<Val> {
    match builtins::checked(number as u16, arguments.len())?.code {
        Code::Plain(code) => code(&mut rt.host.host, arguments),
        Code::Calling(_) => unreachable!("built-ins that call back are called otherwise"),
    }
}

/// The error of calling what is no function.
#[residual(reads)]
pub(super) fn not_callable(_: &mut Runtime<Mini>, value: Val) -> Result<()> {
    debug_assert!(as_builtin(value).is_none());
    Err(Error::wrong_type(format!("{} cannot be called", type_name(value))))
}

/// Appends to an array that is being made.
#[residual]
pub(super) fn append(rt: &mut Runtime<Mini>, array: Val, value: Val) -> Result<()> {
    match array.cast::<Array>() {
        Some(array) => Ok(array.push(&mut rt.host.host.heap, value)?),
        None => Err(ops::wrong_operand("[..]", array)),
    }
}

macro_rules! float_functions {
    ($($name:ident($($x:ident),*) = $body:expr;)*) => {
        $(#[elidable]
        pub(super) fn $name($($x: f64),*) -> f64 {
            $body
        })*
    };
}

float_functions! {
    float_floor_div(a, b) = floor_div_floats(a, b);
    float_mod(a, b) = mod_floats(a, b);
    float_pow(a, b) = a.powf(b);
    sin(x) = x.sin();
    cos(x) = x.cos();
    tan(x) = x.tan();
    exp(x) = x.exp();
    log(x) = x.ln();
    round(x) = x.round();
    atan2(y, x) = y.atan2(x);
}
