//! `sort`: stable, and in place only when it is complete.
//!
//! A merge sort of our own: whatever `less` answers, it ends, and asks the same questions in the same
//! order in every engine.

use holloway::{Tag, Val};

use super::Caller;
use super::arguments::{array, wrong_type};
use crate::error::{Error, Result};
use crate::ops::compare;
use crate::value::text::{Str, StrExt};
use crate::value::{is_callable, is_number, is_true, text};

pub(super) fn sort(caller: &mut dyn Caller, arguments: &[Val]) -> Result<Val> {
    let array = array("sort", arguments[0])?;
    let values = array.to_vec();
    let sorted = match arguments.get(1) {
        None => sort_plain(caller, values)?,
        Some(&less) if is_callable(less) => merge_sort(values, &mut |x, y| {
            caller.host().check_interrupt()?;
            Ok(is_true(caller.call(less, &[x, y])?))
        })?,
        Some(&other) => return Err(wrong_type("sort", "a function as its second argument", other)),
    };
    array.assign(&mut caller.host().heap, &sorted)?;
    Ok(Val::NIL)
}

/// Numbers only, or strings only.
fn sort_plain(caller: &mut dyn Caller, mut values: Vec<Val>) -> Result<Vec<Val>> {
    let host = caller.host();
    if values.iter().all(|v| v.tag() == Tag::INT) {
        values.sort_by_key(|v| v.as_int());
        return Ok(values);
    }
    if values.iter().all(|v| v.tag() == text::TAG) {
        let bytes = |v: &Val| v.cast::<Str>().map(|s| s.as_bytes(&host.heap));
        values.sort_by(|a, b| bytes(a).cmp(&bytes(b)));
        return Ok(values);
    }
    if !values.iter().all(|v| is_number(*v)) {
        return Err(Error::wrong_type("sort takes numbers only or strings only"));
    }
    merge_sort(values, &mut |x, y| compare::lt(host, x, y))
}

type Less<'f> = &'f mut dyn FnMut(Val, Val) -> Result<bool>;

/// Merges ever longer runs, bottom up.
fn merge_sort(mut values: Vec<Val>, less: Less<'_>) -> Result<Vec<Val>> {
    let length = values.len();
    let mut merged = Vec::with_capacity(length);
    let mut run = 1;
    while run < length {
        merged.clear();
        for start in (0..length).step_by(2 * run) {
            let middle = (start + run).min(length);
            let end = (start + 2 * run).min(length);
            merge(&values[start..middle], &values[middle..end], &mut merged, less)?;
        }
        std::mem::swap(&mut values, &mut merged);
        run *= 2;
    }
    Ok(values)
}

fn merge(mut left: &[Val], mut right: &[Val], out: &mut Vec<Val>, less: Less<'_>) -> Result<()> {
    while let ([l, ..], [r, ..]) = (left, right) {
        if less(*r, *l)? {
            out.push(*r);
            right = &right[1..];
        } else {
            out.push(*l);
            left = &left[1..];
        }
    }
    out.extend_from_slice(left);
    out.extend_from_slice(right);
    Ok(())
}
