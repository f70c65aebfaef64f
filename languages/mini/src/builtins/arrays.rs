//! Functions that change arrays, and `range`.

use holloway::{Array, Gc, Val};

use super::arguments::array;
use crate::error::{Error, Result};
use crate::host::Host;
use crate::ops::index::{outside, position, word};
use crate::ops::range::Range;

pub(super) fn push(host: &mut Host, arguments: &[Val]) -> Result<Val> {
    array("push", arguments[0])?.push(&mut host.heap, arguments[1])?;
    Ok(Val::NIL)
}

pub(super) fn pop(_: &mut Host, arguments: &[Val]) -> Result<Val> {
    let array = array("pop", arguments[0])?;
    array.pop().ok_or_else(|| Error::index("pop of an empty array"))
}

pub(super) fn insert(host: &mut Host, arguments: &[Val]) -> Result<Val> {
    let array = array("insert", arguments[0])?;
    let [at, value] = [arguments[1], arguments[2]];
    let length = array.count();
    let at = match word(at, "the index of an array")? {
        Some(index) if index == length as i64 => length,
        index => match index.and_then(|i| position(i, length)) {
            Some(at) => at,
            None => return Err(outside(host, at, "an array", length)),
        },
    };
    array.push(&mut host.heap, value)?;
    for to in (at + 1..=length).rev() {
        copy_element(host, array, to - 1, to)?;
    }
    array.store(&mut host.heap, at, value)?;
    Ok(Val::NIL)
}

fn copy_element(host: &mut Host, array: Gc<Array>, from: usize, to: usize) -> Result<()> {
    if let Some(element) = array.load(from) {
        array.store(&mut host.heap, to, element)?;
    }
    Ok(())
}

pub(super) fn remove(host: &mut Host, arguments: &[Val]) -> Result<Val> {
    let array = array("remove", arguments[0])?;
    let length = array.count();
    let index = word(arguments[1], "the index of an array")?;
    let found = index.and_then(|i| position(i, length));
    let Some((at, element)) = found.and_then(|at| Some((at, array.load(at)?))) else {
        return Err(outside(host, arguments[1], "an array", length));
    };
    for from in at + 1..length {
        copy_element(host, array, from, from - 1)?;
    }
    array.truncate(length - 1);
    Ok(element)
}

pub(super) fn reverse(host: &mut Host, arguments: &[Val]) -> Result<Val> {
    let array = array("reverse", arguments[0])?;
    let length = array.count();
    for low in 0..length / 2 {
        let high = length - 1 - low;
        if let (Some(a), Some(b)) = (array.load(low), array.load(high)) {
            array.store(&mut host.heap, low, b)?;
            array.store(&mut host.heap, high, a)?;
        }
    }
    Ok(Val::NIL)
}

pub(super) fn range(host: &mut Host, arguments: &[Val]) -> Result<Val> {
    let mut range = Range::new(host, arguments)?;
    let count = range.count().and_then(|c| usize::try_from(c).ok());
    let Some(count) = count.filter(|c| *c <= holloway::heap::array::MAX_LEN) else {
        return Err(Error::memory("an array for a range of so many numbers"));
    };
    let numbers = host.heap.new_array(count)?;
    while let Some(number) = range.next(host)? {
        numbers.push(&mut host.heap, number)?;
    }
    Ok(Val::object(numbers))
}
