//! Lists, from the host's side.

use holloway::{Heap, OutOfMemory, Val};

use super::Pair;

/// `(car . cdr)`
pub fn cons(heap: &mut Heap, car: Val, cdr: Val) -> Result<Val, OutOfMemory> {
    Ok(Val::object(Pair::alloc(heap, car, cdr)?))
}

/// A list of these values.
pub fn list(heap: &mut Heap, items: &[Val]) -> Result<Val, OutOfMemory> {
    list_with_tail(heap, items, Val::NIL)
}

/// `(items.. . tail)`
pub fn list_with_tail(heap: &mut Heap, items: &[Val], tail: Val) -> Result<Val, OutOfMemory> {
    let mut list = tail;
    for item in items.iter().rev() {
        list = cons(heap, *item, list)?;
    }
    Ok(list)
}

/// Both halves of a pair.
#[inline]
pub fn parts(value: Val) -> Option<(Val, Val)> {
    value.cast::<Pair>().map(|p| (p.get_val(Pair::CAR), p.get_val(Pair::CDR)))
}

/// The elements of a proper list; `None` for a circular one and for what is none.
pub fn to_vec(mut value: Val) -> Option<Vec<Val>> {
    let mut items = Vec::new();
    let mut slow = value;
    while let Some((car, cdr)) = parts(value) {
        items.push(car);
        value = cdr;
        if items.len() % 2 == 0 {
            slow = parts(slow)?.1;
            if slow == value && !value.is_nil() {
                return None;
            }
        }
    }
    value.is_nil().then_some(items)
}

/// How many elements a proper list has; `None` for a circular one and for what is none.
pub fn length(list: Val) -> Option<usize> {
    let (mut value, mut slow, mut count) = (list, list, 0);
    while let Some((_, cdr)) = parts(value) {
        value = cdr;
        count += 1;
        if count % 2 == 0 {
            slow = parts(slow)?.1;
            if slow == value && !value.is_nil() {
                return None;
            }
        }
    }
    value.is_nil().then_some(count)
}

/// The elements of a proper list, in reverse order, before `tail`.
pub fn reverse_onto(heap: &mut Heap, mut list: Val, tail: Val) -> Result<Val, OutOfMemory> {
    let mut made = tail;
    while let Some((car, cdr)) = parts(list) {
        made = cons(heap, car, made)?;
        list = cdr;
    }
    Ok(made)
}

/// The elements of a proper list before `tail`.
pub fn append(heap: &mut Heap, list: Val, tail: Val) -> Result<Val, OutOfMemory> {
    let Some((car, mut rest)) = parts(list) else { return Ok(tail) };
    let first = Pair::alloc(heap, car, tail)?;
    let mut last = first;
    while let Some((car, cdr)) = parts(rest) {
        let pair = Pair::alloc(heap, car, tail)?;
        last.set_val(Pair::CDR, Val::object(pair));
        (last, rest) = (pair, cdr);
    }
    Ok(Val::object(first))
}
