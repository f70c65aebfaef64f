//! Tests of maps: equal keys, order, gaps.

use holloway::{Heap, Val};

use super::{MapExt, hash, new};
use crate::value::{big, text};

fn keys(map: holloway::Gc<super::Map>) -> Vec<i64> {
    let mut at = 0;
    let mut keys = Vec::new();
    while let Some((key, _, next)) = map.next(at) {
        keys.extend(key.as_int());
        at = next;
    }
    keys
}

#[test]
fn equal_keys_have_equal_hashes() {
    let mut heap = Heap::new();
    let large = big::from_digits(&mut heap, "18446744073709551616", 10).unwrap();
    let (a, b) = (text::value(&mut heap, "äbc").unwrap(), text::value(&mut heap, "äbc").unwrap());
    let pairs = [
        (Val::int(1), Val::float(1.0)),
        (Val::int(0), Val::float(-0.0)),
        (Val::int(i64::MIN), Val::float(-9_223_372_036_854_775_808.0)),
        (large, Val::float(18_446_744_073_709_551_616.0)),
        (a, b),
    ];
    for (a, b) in pairs {
        assert!(crate::value::equal(&heap, a, b));
        assert_eq!(hash(&heap, a), hash(&heap, b), "{a:?}");
    }
}

#[test]
fn the_order_is_that_of_insertion() {
    let mut heap = Heap::new();
    let map = new(&mut heap).unwrap();
    let mut expected = Vec::new();
    for i in 0..1000_i64 {
        let key = i * 7919 % 1009;
        map.store(&mut heap, Val::int(key), Val::int(i)).unwrap();
        expected.push(key);
        if i % 3 == 0 {
            let gone = expected.remove(expected.len() / 2);
            assert!(map.remove(&mut heap, Val::int(gone)));
            assert!(!map.remove(&mut heap, Val::int(gone)));
        }
    }
    assert_eq!(keys(map), expected);
    assert_eq!(map.count(), expected.len());
    let copy = map.duplicate(&mut heap).unwrap();
    for &key in &expected {
        assert_eq!(copy.load(&heap, Val::int(key)), map.load(&heap, Val::float(key as f64)));
        assert!(map.remove(&mut heap, Val::float(key as f64)));
    }
    assert_eq!((map.count(), keys(map).len()), (0, 0));
    assert_eq!(keys(copy), expected);
}

#[test]
fn a_queue_of_keys_stays_small() {
    let mut heap = Heap::new();
    let map = new(&mut heap).unwrap();
    for i in 0..100_000 {
        map.store(&mut heap, Val::int(i), Val::NIL).unwrap();
        if i >= 3 {
            assert!(map.remove(&mut heap, Val::int(i - 3)));
        }
    }
    assert_eq!(keys(map), [99_997, 99_998, 99_999]);
    assert!(heap.reserved() < 64 << 20);
}
