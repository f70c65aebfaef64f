//! Dynamic values whose tags lie in the header: collections keep them, whatever else is noted there.

use super::{Dice, ElemKind, Extent, Field, Gc, Heap, Mutability, Object, StoredKind, Tag, young};
use crate::heap::{Root, Val};

/// What `#[derive(Object)]` makes of four dynamic values.
struct Quad(());

// SAFETY: header with three tags, three payloads; a tag and a payload.
unsafe impl Object for Quad {
    const TAG: Tag = Tag(31);
    const NAME: &'static str = "Quad";
    const SIZE: u32 = 48;
    const ELEM_SIZE: u32 = 0;
    const FIELDS: &'static [(u32, StoredKind)] = &[
        (8, StoredKind::Tagged(4)),
        (16, StoredKind::Tagged(5)),
        (24, StoredKind::Tagged(6)),
        (32, StoredKind::Val),
    ];
    const ELEMS: ElemKind = ElemKind::Plain;
}

// SAFETY: the layout above; zero is a value of all of them.
const FIELDS: [Field<Quad, Val>; 4] = unsafe {
    [
        Field::of_val("a", 4, 8, Mutability::Mutable),
        Field::of_val("b", 5, 16, Mutability::Mutable),
        Field::of_val("c", 6, 24, Mutability::Mutable),
        Field::of_val("d", 32, 40, Mutability::Mutable),
    ]
};

/// What a field of the model holds.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Word {
    Plain(Val),
    Node(usize),
}

fn new_quad(heap: &mut Heap) -> Gc<Quad> {
    // SAFETY: zero is a value of all fields.
    unsafe { heap.alloc::<Quad>(0, 0) }.expect("room")
}

/// Writes into nodes at random, collects now and then, and looks if everything is where the model says.
fn play(seed: u64, steps: usize) {
    let mut dice = Dice(seed * 0x9e37_79b9 + 1);
    let mut heap = Heap::new();
    heap.stressed = true;
    let mut nodes: Vec<(Root<Quad>, [Word; 4], u64)> = Vec::new();
    for _ in 0..steps {
        if nodes.len() < 20 {
            let quad = new_quad(&mut heap);
            let hash = heap.identity_hash(quad);
            nodes.push((heap.root(quad), [Word::Plain(Val::NIL); 4], hash));
        }
        let (at, field) = (dice.roll(nodes.len()), dice.roll(4));
        let word = match dice.roll(6) {
            0 => Word::Plain(Val::int(-1)),
            1 => Word::Plain(Val::TRUE),
            2 => Word::Plain(Val::float(-0.0)),
            _ => Word::Node(dice.roll(nodes.len())),
        };
        let value = match word {
            Word::Plain(value) => value,
            Word::Node(to) => Val::object(nodes[to].0.get(&heap)),
        };
        nodes[at].0.get(&heap).set_val(FIELDS[field], value);
        nodes[at].1[field] = word;
        match dice.roll(12) {
            0 => young(&mut heap),
            1 => heap.collect(Extent::Full, &mut |_| {}).expect("below the limit"),
            _ => {}
        }
        let (root, words, hash) = &nodes[dice.roll(nodes.len())];
        let quad = root.get(&heap);
        assert_eq!(heap.identity_hash(quad), *hash);
        for (field, word) in FIELDS.into_iter().zip(words) {
            let expected = match *word {
                Word::Plain(value) => value,
                Word::Node(to) => Val::object(nodes[to].0.get(&heap)),
            };
            assert_eq!(quad.get_val(field), expected);
        }
    }
}

#[test]
fn tags_move_with_their_values() {
    let (rounds, steps) = if cfg!(miri) { (1, 300) } else { (10, 3000) };
    (0..rounds).for_each(|seed| play(seed, steps));
}
