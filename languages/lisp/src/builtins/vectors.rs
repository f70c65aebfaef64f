//! Vectors.

use holloway::{Array, Gc, Tag, Val};

use super::arguments::{index, items, mutable_vector, range, size, vector};
use super::{MANY, Rt, builtins};
use crate::error::{Error, Result};
use crate::value::{list, unspecified};

builtins! {
    "vector?" 1 1 => |_, a| Ok(Val::bool(a[0].tag() == Tag::ARRAY));
    "make-vector" 1 2 => |rt, a| {
        let fill = a.get(1).copied().unwrap_or(Val::FALSE);
        Ok(Val::object(rt.host.heap.array_filled(size("make-vector", a[0])?, fill)?))
    };
    "vector" 0 MANY => |rt, a| Ok(Val::object(rt.host.heap.array_of(a)?));
    "vector-length" 1 1 => |_, a| Ok(Val::int(vector("vector-length", a[0])?.count() as i64));
    "vector-ref" 2 2 => |_, a| {
        let (v, i) = (vector("vector-ref", a[0])?, index("vector-ref", a[1])?);
        v.load(i).ok_or_else(|| Error::range("vector-ref", a[1]))
    };
    "vector-set!" 3 3 => |rt, a| {
        let (v, i) = (mutable_vector("vector-set!", a[0])?, index("vector-set!", a[1])?);
        match v.store(&mut rt.host.heap, i, a[2])? {
            true => Ok(unspecified()),
            false => Err(Error::range("vector-set!", a[1])),
        }
    };
    "vector->list" 1 3 => |rt, a| {
        let items = part("vector->list", a)?;
        Ok(list::list(&mut rt.host.heap, &items)?)
    };
    "list->vector" 1 1 => |rt, a| {
        let items = items("list->vector", a[0])?;
        Ok(Val::object(rt.host.heap.array_of(&items)?))
    };
    "vector-copy" 1 3 => |rt, a| copy(rt, "vector-copy", a);
    "subvector" 3 3 => |rt, a| copy(rt, "subvector", a);
    "vector-head" 2 2 => |rt, a| copy(rt, "vector-head", &[a[0], Val::int(0), a[1]]);
    "vector-tail" 2 2 => |rt, a| copy(rt, "vector-tail", a);
    "vector-append" 0 MANY => |rt, a| {
        let mut items = Vec::new();
        for value in a {
            items.extend(vector("vector-append", *value)?.to_vec());
        }
        Ok(Val::object(rt.host.heap.array_of(&items)?))
    };
    "vector-fill!" 2 4 => |rt, a| {
        let v = mutable_vector("vector-fill!", a[0])?;
        let (start, end) = range("vector-fill!", &a[2..], v.count())?;
        for i in start..end {
            v.store(&mut rt.host.heap, i, a[1])?;
        }
        Ok(unspecified())
    };
    "vector-copy!" 3 5 => |rt, a| {
        let (to, at) = (mutable_vector("vector-copy!", a[0])?, index("vector-copy!", a[1])?);
        let items = part("vector-copy!", &a[2..])?;
        if at + items.len() > to.count() {
            return Err(Error::range("vector-copy!", a[1]));
        }
        for (i, item) in items.into_iter().enumerate() {
            to.store(&mut rt.host.heap, at + i, item)?;
        }
        Ok(unspecified())
    };
    "vector-grow" 2 2 => |rt, a| {
        let v: Gc<Array> = vector("vector-grow", a[0])?;
        let mut items = v.to_vec();
        let length = size("vector-grow", a[1])?;
        if length < items.len() {
            return Err(Error::range("vector-grow", a[1]));
        }
        items.resize(length, Val::FALSE);
        Ok(Val::object(rt.host.heap.array_of(&items)?))
    };
}

/// The elements that `vector start end` means.
fn part(who: &str, a: &[Val]) -> Result<Vec<Val>> {
    let v = vector(who, a[0])?;
    let (start, end) = range(who, &a[1..], v.count())?;
    Ok((start..end).filter_map(|i| v.load(i)).collect())
}

fn copy(rt: &mut Rt, who: &str, a: &[Val]) -> Result<Val> {
    let items = part(who, a)?;
    Ok(Val::object(rt.host.heap.array_of(&items)?))
}
