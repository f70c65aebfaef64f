//! Tests of strings: growing, sharing, characters that are no bytes.

use holloway::{Gc, Heap};

use super::{Str, StrExt, below, concat, find, new, repeat, same, slice};

fn text(heap: &mut Heap, content: &str) -> Gc<Str> {
    new(heap, content).unwrap()
}

/// Is the string what it should be, in all respects?
fn check(heap: &mut Heap, string: Gc<Str>, expected: &str) {
    assert_eq!(string.as_str(heap), expected);
    assert_eq!(string.byte_count(), expected.len());
    assert_eq!(string.char_count(), expected.chars().count());
    assert_eq!(string.is_ascii(), expected.is_ascii());
    let flat = text(heap, expected);
    assert!(same(heap, string, flat) && same(heap, flat, string));
    assert!(!below(heap, string, flat));
    assert_eq!(string.content_hash(heap), flat.content_hash(heap));
}

#[test]
fn growing_shares_one_tail() {
    let mut heap = Heap::new();
    let (mut string, mut expected) = (text(&mut heap, ""), String::new());
    let mut tails = 0;
    for i in 0..5000 {
        let more = ["a", "bc", "\u{e4}", "\u{20ac}x"][i % 4];
        let piece = text(&mut heap, more);
        let before = string.get(Str::TAIL);
        string = concat(&mut heap, string, piece).unwrap();
        expected.push_str(more);
        tails += usize::from(string.get(Str::TAIL) != before);
        assert_eq!(string.is_grown(), expected.len() >= 128);
        if i % 97 == 0 {
            check(&mut heap, string, &expected);
        }
    }
    check(&mut heap, string, &expected);
    assert!((5..12).contains(&tails), "{tails}");
}

#[test]
fn strings_with_one_beginning_grow_apart() {
    let mut heap = Heap::new();
    let long = "0123456789".repeat(20);
    let base = text(&mut heap, &long);
    let pieces = ["x", "\u{e9}", "", "yz"].map(|piece| text(&mut heap, piece));
    let root = concat(&mut heap, base, pieces[0]).unwrap();
    let mut grown = vec![(root, long.clone() + "x"), (base, long)];
    for round in 0..200 {
        let (string, content) = grown[round * 7 % grown.len()].clone();
        let piece = pieces[round % 4];
        let longer = concat(&mut heap, string, piece).unwrap();
        let expected = content + piece.as_str(&heap);
        grown.push((longer, expected));
    }
    for (string, expected) in grown {
        check(&mut heap, string, &expected);
    }
}

#[test]
fn a_string_is_appended_to_itself() {
    let mut heap = Heap::new();
    let mut string = text(&mut heap, "ab\u{fc}");
    let mut expected = "ab\u{fc}".to_owned();
    for _ in 0..12 {
        string = concat(&mut heap, string, string).unwrap();
        expected = expected.repeat(2);
        check(&mut heap, string, &expected);
        // The next one finds its end taken.
        let other = concat(&mut heap, string, string).unwrap();
        check(&mut heap, other, &expected.repeat(2));
    }
    let thrice = repeat(&mut heap, string, 3).unwrap();
    check(&mut heap, thrice, &expected.repeat(3));
}

#[test]
fn characters_are_found_in_any_order() {
    let mut heap = Heap::new();
    let unit = "a\u{e4}\u{20ac}\u{1f600}";
    let flat = text(&mut heap, &unit.repeat(100));
    let piece = text(&mut heap, unit);
    let mut grown = text(&mut heap, "");
    for _ in 0..100 {
        grown = concat(&mut heap, grown, piece).unwrap();
    }
    let shorter = slice(&mut heap, grown, 0, 200).unwrap();
    let expected: Vec<char> = unit.repeat(100).chars().collect();
    for string in [flat, grown, shorter] {
        let count = string.char_count();
        let mut at = 1;
        for _ in 0..2000 {
            at = (at * 75 + 74) % 65537;
            let index = at % count;
            let one = slice(&mut heap, string, index, index + 1).unwrap();
            assert_eq!(one.as_str(&heap).chars().next(), Some(expected[index]));
            // What grows on does not disturb the mark of those that it grew from.
            if index % 64 == 0 {
                concat(&mut heap, string, piece).unwrap();
            }
        }
        let rest = slice(&mut heap, string, count - 3, count).unwrap();
        assert_eq!(rest.as_str(&heap), &unit[1..]);
    }
    let part = text(&mut heap, "\u{1f600}a");
    assert_eq!(find(&heap, grown, part), Some(3));
}

#[test]
fn a_collection_keeps_what_strings_share() {
    let mut heap = Heap::new();
    let piece = text(&mut heap, "0123456789abcdef");
    let piece = heap.root(piece);
    let mut string = heap.root(piece.get(&heap));
    let mut expected = "0123456789abcdef".to_owned();
    let mut earlier = Vec::new();
    for i in 0..600 {
        let (a, b) = (string.get(&heap), piece.get(&heap));
        let longer = concat(&mut heap, a, b).unwrap();
        string = heap.root(longer);
        expected += "0123456789abcdef";
        if i % 50 == 0 {
            earlier.push((heap.root(longer), expected.clone()));
            heap.collect_rooted();
        }
    }
    heap.collect_rooted();
    earlier.push((string, expected));
    for (root, expected) in earlier {
        let string = root.get(&heap);
        check(&mut heap, string, &expected);
    }
}

#[test]
fn without_memory_for_more_there_is_memory_for_what_is_needed() {
    let mut heap = Heap::new();
    heap.set_limit(4 << 20);
    let base = text(&mut heap, &"x".repeat(900_000));
    let one = text(&mut heap, "y");
    let longer = concat(&mut heap, base, one).unwrap();
    assert_eq!(longer.byte_count(), 900_001);
    let twice = concat(&mut heap, longer, longer).unwrap();
    assert_eq!(twice.byte_count(), 1_800_002);
    assert!(concat(&mut heap, twice, twice).is_err());
    let expected = ("x".repeat(900_000) + "y").repeat(2);
    assert!(twice.as_str(&heap) == expected);
}
