//! `sort`: stable, and in place only when it is complete.
//!
//! A merge sort of our own: whatever `less` answers, it ends, and asks the same questions in the same
//! order in every engine. What `less` is asked about lies in copies of the array, which the host keeps: `less` may
//! do anything meanwhile, to the array too.

use holloway::{Array, Tag, Val};

use super::Caller;
use super::arguments::{array, wrong_type};
use crate::error::{Error, Result};
use crate::host::Host;
use crate::ops::compare;
use crate::value::text::{Str, StrExt};
use crate::value::{is_callable, is_number, is_true, text};

pub(super) fn sort(caller: &mut dyn Caller, arguments: &[Val]) -> Result<Val> {
    let array = array("sort", arguments[0])?;
    match arguments.get(1) {
        None => {
            let sorted = sort_plain(caller, array.to_vec())?;
            array.assign(&mut caller.host().heap, &sorted)?;
        }
        Some(&less) if is_callable(less) => sort_by(caller, arguments[0], less)?,
        Some(&other) => return Err(wrong_type("sort", "a function as its second argument", other)),
    }
    Ok(Val::NIL)
}

fn sort_by(caller: &mut dyn Caller, array: Val, less: Val) -> Result<()> {
    let host = caller.host();
    let values = array.cast::<Array>().map_or_else(Vec::new, |a| a.to_vec());
    let count = values.len();
    let (one, other) = (host.heap.array_of(&values)?, host.heap.array_of(&values)?);
    drop(values);
    let [array, less] = [array, less].map(|v| host.keep(v));
    let mut sort =
        Sort { less, source: host.keep(Val::object(one)), target: host.keep(Val::object(other)) };
    let mut run = 1;
    while run < count {
        for start in (0..count).step_by(2 * run) {
            let middle = (start + run).min(count);
            let end = (start + 2 * run).min(count);
            sort.merge(caller, start, middle, end)?;
        }
        std::mem::swap(&mut sort.source, &mut sort.target);
        run *= 2;
    }
    let host = caller.host();
    let sorted = host.kept(sort.source).cast::<Array>().map_or_else(Vec::new, |a| a.to_vec());
    if let Some(array) = host.kept(array).cast::<Array>() {
        array.assign(&mut host.heap, &sorted)?;
    }
    Ok(())
}

/// A merge sort that asks the program. The numbers say where the host keeps things, which move.
struct Sort {
    less: usize,
    /// The runs, and where longer ones are made: arrays of the same elements, so that each fits both.
    source: usize,
    target: usize,
}

impl Sort {
    /// Merges `start..middle` and `middle..end`.
    fn merge(
        &self,
        caller: &mut dyn Caller,
        start: usize,
        middle: usize,
        end: usize,
    ) -> Result<()> {
        let (mut left, mut right) = (start, middle);
        for to in start..end {
            let host = caller.host();
            let from_right = right < end
                && (left == middle || {
                    host.check_interrupt()?;
                    let arguments = [self.load(host, right), self.load(host, left)];
                    let less = host.kept(self.less);
                    is_true(caller.call(less, &arguments)?)
                });
            let next = if from_right { &mut right } else { &mut left };
            let host = caller.host();
            let value = self.load(host, *next);
            *next += 1;
            if let Some(target) = host.kept(self.target).cast::<Array>() {
                target.store(&mut host.heap, to, value)?;
            }
        }
        Ok(())
    }

    fn load(&self, host: &Host, index: usize) -> Val {
        let source = host.kept(self.source).cast::<Array>();
        source.and_then(|s| s.load(index)).unwrap_or(Val::NIL)
    }
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

type Less<'f, T> = &'f mut dyn FnMut(T, T) -> Result<bool>;

/// Merges ever longer runs, bottom up.
fn merge_sort<T: Copy>(mut values: Vec<T>, less: Less<'_, T>) -> Result<Vec<T>> {
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

fn merge<T: Copy>(
    mut left: &[T],
    mut right: &[T],
    out: &mut Vec<T>,
    less: Less<'_, T>,
) -> Result<()> {
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
