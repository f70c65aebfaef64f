//! Pairs, lists, booleans, equality.

use holloway::{Tag, Val};

use super::arguments::{index, mutable_pair, size, symbol};
use super::{MANY, Rt, builtins};
use crate::error::{Error, Result};
use crate::value::object::PAIR;
use crate::value::{self, Pair, equal, list, unspecified};

builtins! {
    "cons" 2 2 => |rt, a| Ok(list::cons(&mut rt.host.heap, a[0], a[1])?);
    "car" 1 1 => |_, a| path("car", a[0]);
    "cdr" 1 1 => |_, a| path("cdr", a[0]);
    "caar" 1 1 => |_, a| path("caar", a[0]);
    "cadr" 1 1 => |_, a| path("cadr", a[0]);
    "cdar" 1 1 => |_, a| path("cdar", a[0]);
    "cddr" 1 1 => |_, a| path("cddr", a[0]);
    "caaar" 1 1 => |_, a| path("caaar", a[0]);
    "caadr" 1 1 => |_, a| path("caadr", a[0]);
    "cadar" 1 1 => |_, a| path("cadar", a[0]);
    "caddr" 1 1 => |_, a| path("caddr", a[0]);
    "cdaar" 1 1 => |_, a| path("cdaar", a[0]);
    "cdadr" 1 1 => |_, a| path("cdadr", a[0]);
    "cddar" 1 1 => |_, a| path("cddar", a[0]);
    "cdddr" 1 1 => |_, a| path("cdddr", a[0]);
    "caaaar" 1 1 => |_, a| path("caaaar", a[0]);
    "caaadr" 1 1 => |_, a| path("caaadr", a[0]);
    "caadar" 1 1 => |_, a| path("caadar", a[0]);
    "caaddr" 1 1 => |_, a| path("caaddr", a[0]);
    "cadaar" 1 1 => |_, a| path("cadaar", a[0]);
    "cadadr" 1 1 => |_, a| path("cadadr", a[0]);
    "caddar" 1 1 => |_, a| path("caddar", a[0]);
    "cadddr" 1 1 => |_, a| path("cadddr", a[0]);
    "cdaaar" 1 1 => |_, a| path("cdaaar", a[0]);
    "cdaadr" 1 1 => |_, a| path("cdaadr", a[0]);
    "cdadar" 1 1 => |_, a| path("cdadar", a[0]);
    "cdaddr" 1 1 => |_, a| path("cdaddr", a[0]);
    "cddaar" 1 1 => |_, a| path("cddaar", a[0]);
    "cddadr" 1 1 => |_, a| path("cddadr", a[0]);
    "cdddar" 1 1 => |_, a| path("cdddar", a[0]);
    "cddddr" 1 1 => |_, a| path("cddddr", a[0]);
    "set-car!" 2 2 => |_, a| set_half("set-car!", Pair::CAR, a);
    "set-cdr!" 2 2 => |_, a| set_half("set-cdr!", Pair::CDR, a);
    "pair?" 1 1 => |_, a| Ok(Val::bool(a[0].tag() == PAIR));
    "null?" 1 1 => |_, a| Ok(Val::bool(a[0].is_nil()));
    "list?" 1 1 => |_, a| Ok(Val::bool(list::length(a[0]).is_some()));
    "list" 0 MANY => |rt, a| Ok(list::list(&mut rt.host.heap, a)?);
    "make-list" 1 2 => |rt, a| {
        let fill = a.get(1).copied().unwrap_or(unspecified());
        let mut made = Val::NIL;
        for _ in 0..size("make-list", a[0])? {
            made = list::cons(&mut rt.host.heap, fill, made)?;
        }
        Ok(made)
    };
    "cons*" 1 MANY => |rt, a| {
        let (last, first) = a.split_last().unwrap_or((&Val::NIL, &[]));
        Ok(list::list_with_tail(&mut rt.host.heap, first, *last)?)
    };
    "length" 1 1 => |_, a| Ok(Val::int(length("length", a[0])? as i64));
    "length+" 1 1 => |_, a| {
        Ok(list::length(a[0]).map_or(Val::FALSE, |count| Val::int(count as i64)))
    };
    // What a walk along a list may end with.
    "%list-end" 2 2 => |_, a| match a[1] {
        end if end.is_nil() => Ok(unspecified()),
        end => {
            let who = symbol("a list", a[0])?.name();
            Err(Error::wrong_type(&who, "a list", end))
        }
    };
    "append" 0 MANY => |rt, a| {
        let Some((last, lists)) = a.split_last() else { return Ok(Val::NIL) };
        let mut result = *last;
        for one in lists.iter().rev() {
            length("append", *one)?;
            result = list::append(&mut rt.host.heap, *one, result)?;
        }
        Ok(result)
    };
    "reverse" 1 1 => |rt, a| {
        length("reverse", a[0])?;
        Ok(list::reverse_onto(&mut rt.host.heap, a[0], Val::NIL)?)
    };
    "list-tail" 2 2 => |_, a| tail("list-tail", a[0], a[1]);
    "list-ref" 2 2 => |_, a| match list::parts(tail("list-ref", a[0], a[1])?) {
        Some((car, _)) => Ok(car),
        None => Err(Error::range("list-ref", a[1])),
    };
    "list-set!" 3 3 => |_, a| match tail("list-set!", a[0], a[1])? {
        rest if rest.tag() == PAIR => {
            mutable_pair("list-set!", rest)?.set_val(Pair::CAR, a[2]);
            Ok(unspecified())
        }
        _ => Err(Error::range("list-set!", a[1])),
    };
    "list-copy" 1 1 => |rt, a| {
        let (mut items, mut rest) = (Vec::new(), a[0]);
        while let Some((car, cdr)) = list::parts(rest) {
            rt.host.heap.check_room(items.len() * 48)?;
            items.push(car);
            rest = cdr;
        }
        Ok(list::list_with_tail(&mut rt.host.heap, &items, rest)?)
    };
    "memq" 2 2 => |rt, a| member(rt, "memq", a, |_, x, y| x == y);
    "memv" 2 2 => |rt, a| member(rt, "memv", a, |rt, x, y| equal::eqv(&rt.host.heap, x, y));
    "%member" 2 2 => |rt, a| member(rt, "member", a, |rt, x, y| equal::equal(&rt.host.heap, x, y));
    "assq" 2 2 => |rt, a| assoc(rt, "assq", a, |_, x, y| x == y);
    "assv" 2 2 => |rt, a| assoc(rt, "assv", a, |rt, x, y| equal::eqv(&rt.host.heap, x, y));
    "%assoc" 2 2 => |rt, a| assoc(rt, "assoc", a, |rt, x, y| equal::equal(&rt.host.heap, x, y));
    "eq?" 2 2 => |_, a| Ok(Val::bool(a[0] == a[1]));
    "eqv?" 2 2 => |rt, a| Ok(Val::bool(equal::eqv(&rt.host.heap, a[0], a[1])));
    "equal?" 2 2 => |rt, a| Ok(Val::bool(equal::equal(&rt.host.heap, a[0], a[1])));
    "not" 1 1 => |_, a| Ok(Val::bool(!value::is_true(a[0])));
    "boolean?" 1 1 => |_, a| Ok(Val::bool(a[0].tag() == Tag::BOOL));
    "boolean=?" 2 MANY => |_, a| match a.iter().find(|v| v.tag() != Tag::BOOL) {
        Some(wrong) => Err(Error::wrong_type("boolean=?", "a boolean", *wrong)),
        None => Ok(Val::bool(a.windows(2).all(|w| w[0] == w[1]))),
    };
    "symbol?" 1 1 => |_, a| Ok(Val::bool(value::as_symbol(a[0]).is_some()));
    "symbol=?" 2 MANY => |_, a| {
        for value in a {
            symbol("symbol=?", *value)?;
        }
        Ok(Val::bool(a.windows(2).all(|w| w[0] == w[1])))
    };
    "%hash" 1 1 => |rt, a| Ok(Val::int(hash(rt, a[0], 0)));
    "%hash-identity" 1 1 => |rt, a| Ok(Val::int(identity(rt, a[0])));
}

/// The length of a proper list, or an error.
fn length(who: &str, value: Val) -> Result<usize> {
    list::length(value).ok_or_else(|| Error::wrong_type(who, "a list", value))
}

/// What `cadr` and so on find.
fn path(name: &str, value: Val) -> Result<Val> {
    let mut found = value;
    for step in name[1..name.len() - 1].bytes().rev() {
        found = match list::parts(found) {
            Some((car, _)) if step == b'a' => car,
            Some((_, cdr)) => cdr,
            None => return Err(Error::wrong_type(name, "a pair", found)),
        };
    }
    Ok(found)
}

fn set_half(who: &str, field: holloway::Field<Pair, Val>, a: &[Val]) -> Result<Val> {
    mutable_pair(who, a[0])?.set_val(field, a[1]);
    Ok(unspecified())
}

fn tail(who: &str, list: Val, count: Val) -> Result<Val> {
    let mut rest = list;
    for _ in 0..index(who, count)? {
        rest = match list::parts(rest) {
            Some((_, cdr)) => cdr,
            None => return Err(Error::range(who, count)),
        };
    }
    Ok(rest)
}

type Same = fn(&Rt, Val, Val) -> bool;

fn member(rt: &mut Rt, who: &str, a: &[Val], same: Same) -> Result<Val> {
    let mut rest = a[1];
    while let Some((car, cdr)) = list::parts(rest) {
        if same(rt, a[0], car) {
            return Ok(rest);
        }
        rest = cdr;
    }
    match rest.is_nil() {
        true => Ok(Val::FALSE),
        false => Err(Error::wrong_type(who, "a list", a[1])),
    }
}

fn assoc(rt: &mut Rt, who: &str, a: &[Val], same: Same) -> Result<Val> {
    let mut rest = a[1];
    while let Some((entry, cdr)) = list::parts(rest) {
        let Some((key, _)) = list::parts(entry) else {
            return Err(Error::wrong_type(who, "a list of pairs", a[1]));
        };
        if same(rt, a[0], key) {
            return Ok(entry);
        }
        rest = cdr;
    }
    match rest.is_nil() {
        true => Ok(Val::FALSE),
        false => Err(Error::wrong_type(who, "a list of pairs", a[1])),
    }
}

fn mix(hash: i64, word: i64) -> i64 {
    (hash ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15_u64 as i64).rotate_left(23)
}

/// A hash that fits `equal?`: of content, but only near the surface.
fn hash(rt: &mut Rt, value: Val, depth: u32) -> i64 {
    use crate::value::{Bytes, Str, StrExt, numeric};
    use holloway::Array;
    const DEEP: u32 = 8;
    let positive = i64::MAX;
    if let Some(string) = value.cast::<Str>() {
        let chars = string.chars(&rt.host.heap, 0, string.count());
        return chars.iter().fold(17, |h, c| mix(h, *c as i64)) & positive;
    }
    if let Some(number) = numeric::to_num(&rt.host.heap, value) {
        return match number.to_ibig() {
            Some(int) => i64::try_from(&int).map_or(3, |word| mix(5, word)),
            None => mix(7, crate::number::to_float(&number).to_bits() as i64),
        } & positive;
    }
    if depth >= DEEP {
        return 11;
    }
    if let Some((mut car, mut cdr)) = list::parts(value) {
        let mut result = 13;
        for _ in 0..32 {
            result = mix(result, hash(rt, car, depth + 1));
            match list::parts(cdr) {
                Some(next) => (car, cdr) = next,
                None => return mix(result, hash(rt, cdr, depth + 1)) & positive,
            }
        }
        return result & positive;
    }
    if let Some(vector) = value.cast::<Array>() {
        let items = (0..vector.count().min(32)).filter_map(|i| vector.load(i));
        let items: Vec<Val> = items.collect();
        return items.into_iter().fold(19, |h, v| mix(h, hash(rt, v, depth + 1))) & positive;
    }
    if let Some(bytes) = value.cast::<Bytes>() {
        let bytes = bytes.bytes(Bytes::BYTES, &rt.host.heap);
        return bytes.iter().fold(23, |h, b| mix(h, i64::from(*b))) & positive;
    }
    identity(rt, value)
}

/// A hash that fits `eqv?`.
fn identity(rt: &mut Rt, value: Val) -> i64 {
    use crate::value::{Closure, Condition, Parameter, Port, Promise, Record, RecordType, Str};
    let heap = &mut rt.host.heap;
    macro_rules! of {
        ($($layout:ty),*) => {
            $(if let Some(object) = value.cast::<$layout>() {
                return (heap.identity_hash(object) & i64::MAX as u64) as i64;
            })*
        };
    }
    of!(
        Pair,
        holloway::Array,
        Str,
        Record,
        Closure,
        RecordType,
        Port,
        Promise,
        Parameter,
        Condition
    );
    match value.tag().is_object() {
        true => crate::value::numeric::to_num(&rt.host.heap, value)
            .map_or(29, |n| mix(31, crate::number::to_float(&n).to_bits() as i64) & i64::MAX),
        false => mix(37, value.bits() as i64) & i64::MAX,
    }
}
