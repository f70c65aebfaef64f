//! `eqv?` and `equal?`, the latter also on circular data.

use std::collections::HashMap;

use holloway::{Array, Heap, Tag, Val};

use super::object::{BIG, BYTES, COMPLEX, PAIR, RATIO, STRING};
use super::{Bytes, Str, StrExt, list, numeric};
use crate::number::Num;

/// `eqv?`
pub fn eqv(heap: &Heap, a: Val, b: Val) -> bool {
    if a.tag() != b.tag() {
        return false;
    }
    match a.tag() {
        BIG | RATIO | COMPLEX => match (numeric::to_num(heap, a), numeric::to_num(heap, b)) {
            (Some(a), Some(b)) => same_number(&a, &b),
            _ => false,
        },
        Tag::FLOAT => match (a.as_float(), b.as_float()) {
            (Some(a), Some(b)) => same_float(a, b),
            _ => false,
        },
        _ => a == b,
    }
}

fn same_float(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan()
}

fn same_number(a: &Num, b: &Num) -> bool {
    match (a, b) {
        (Num::Float(a), Num::Float(b)) => same_float(*a, *b),
        (Num::Complex(a), Num::Complex(b)) => same_number(&a.0, &b.0) && same_number(&a.1, &b.1),
        _ => a == b,
    }
}

/// After so many comparisons data is taken for circular.
const PATIENCE: u32 = 10_000;

/// `equal?`: two data that no program can tell apart by taking them to pieces, however long it
/// takes. Where both are circular, pairs of objects that were once assumed to be equal are not
/// compared again.
pub fn equal(heap: &Heap, a: Val, b: Val) -> bool {
    let mut state = State { heap, steps: 0, classes: HashMap::new() };
    let mut waiting = vec![(a, b)];
    while let Some((a, b)) = waiting.pop() {
        if !state.step(a, b, &mut waiting) {
            return false;
        }
    }
    true
}

struct State<'h> {
    heap: &'h Heap,
    steps: u32,
    /// Union-find: objects that were assumed to be equal.
    classes: HashMap<u64, u64>,
}

impl State<'_> {
    fn find(&mut self, mut object: u64) -> u64 {
        while let Some(parent) = self.classes.get(&object).copied() {
            if let Some(above) = self.classes.get(&parent).copied() {
                self.classes.insert(object, above);
            }
            object = parent;
        }
        object
    }

    /// Were these assumed to be equal already? Now they are.
    fn assumed(&mut self, a: Val, b: Val) -> bool {
        self.steps += 1;
        if self.steps < PATIENCE {
            return false;
        }
        let (a, b) = (self.find(a.bits()), self.find(b.bits()));
        if a != b {
            self.classes.insert(a, b);
        }
        a == b
    }

    /// One comparison: `false` if the two differ; what else must be equal goes to `waiting`.
    fn step(&mut self, a: Val, b: Val, waiting: &mut Vec<(Val, Val)>) -> bool {
        if a == b && a.tag() != Tag::FLOAT {
            return true;
        }
        if a.tag() != b.tag() {
            return false;
        }
        match a.tag() {
            PAIR => {
                if !self.assumed(a, b)
                    && let (Some(a), Some(b)) = (list::parts(a), list::parts(b))
                {
                    waiting.push((a.1, b.1));
                    waiting.push((a.0, b.0));
                }
                true
            }
            Tag::ARRAY => {
                let (Some(x), Some(y)) = (a.cast::<Array>(), b.cast::<Array>()) else {
                    return false;
                };
                if x.count() != y.count() {
                    return false;
                }
                if !self.assumed(a, b) {
                    let items = (0..x.count()).rev();
                    waiting.extend(items.filter_map(|i| Some((x.load(i)?, y.load(i)?))));
                }
                true
            }
            STRING => match (a.cast::<Str>(), b.cast::<Str>()) {
                (Some(a), Some(b)) => {
                    let count = a.count();
                    count == b.count()
                        && a.chars(self.heap, 0, count) == b.chars(self.heap, 0, count)
                }
                _ => false,
            },
            BYTES => match (a.cast::<Bytes>(), b.cast::<Bytes>()) {
                (Some(a), Some(b)) => {
                    a.bytes(Bytes::BYTES, self.heap) == b.bytes(Bytes::BYTES, self.heap)
                }
                _ => false,
            },
            _ => eqv(self.heap, a, b),
        }
    }
}
