//! The collector against a model: graphs of arrays that change while they are collected.
#![allow(unsafe_code, reason = "a layout made by hand")]

use super::collect::Extent;
use super::object::{ElemKind, StoredKind};
use super::{Array, Elems, Field, Gc, Heap, Instance, Interner, Object, Root, Tag, Val};
use crate::trace::Mutability;
use std::cell::Cell;
use std::rc::Rc;

mod tagged;
mod zeroed;

/// Small numbers that look random.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % below
    }
}

/// An object with everything that a layout can have.
struct Link(());

// SAFETY: header, length, number, value, next; values.
unsafe impl Object for Link {
    const TAG: Tag = Tag(30);
    const NAME: &'static str = "Link";
    const SIZE: u32 = 48;
    const ELEM_SIZE: u32 = 16;
    const FIELDS: &'static [(u32, StoredKind)] = &[(24, StoredKind::Val), (40, StoredKind::Ref)];
    const ELEMS: ElemKind = ElemKind::Vals;
}

// SAFETY: the layout above; zero is a value of all of them.
const NUMBER: Field<Link, i64> = unsafe { Field::new("number", 16, Mutability::Mutable) };
// SAFETY: as above.
const VALUE: Field<Link, Val> = unsafe { Field::of_val("value", 24, 32, Mutability::Mutable) };
// SAFETY: as above.
const NEXT: Field<Link, Option<Gc<Link>>> = unsafe { Field::new("next", 40, Mutability::Mutable) };
// SAFETY: as above.
const MORE: Elems<Link, Val> = unsafe { Elems::new("more", Mutability::Mutable) };

fn new_link(heap: &mut Heap, len: usize) -> Gc<Link> {
    // SAFETY: zero is a value of all fields.
    unsafe { heap.alloc::<Link>(len, len * 2) }.expect("room")
}

fn young(heap: &mut Heap) {
    heap.collect(Extent::Young, &mut |_| {}).expect("below the limit");
}

/// A node of the model: an array whose first element is its number and whose others are nodes.
#[derive(Clone, Default)]
struct Node {
    links: Vec<usize>,
}

/// Is what can be reached from the array what can be reached from the node?
fn compare(model: &[Node], number: usize, array: Gc<Array>) {
    let mut seen = vec![None; model.len()];
    let mut todo = vec![(number, array)];
    while let Some((number, array)) = todo.pop() {
        if let Some(known) = seen[number] {
            assert!(known == array, "one node, two arrays");
            continue;
        }
        seen[number] = Some(array);
        assert_eq!(array.load(0), Some(Val::int(number as i64)));
        assert_eq!(array.count(), model[number].links.len() + 1);
        for (i, &link) in model[number].links.iter().enumerate() {
            let child = array.load(i + 1).and_then(Val::cast::<Array>).expect("an array");
            todo.push((link, child));
        }
    }
}

/// Makes, links and drops nodes at random, with a collection of the nursery (and a slice of marking) every few steps.
fn play(seed: u64, steps: usize) {
    let mut dice = Dice(seed * 0x9e37_79b9 + 1);
    let mut heap = Heap::new();
    heap.stressed = true;
    let mut model: Vec<Node> = Vec::new();
    let mut roots: Vec<(usize, Root<Array>)> = Vec::new();
    for _ in 0..steps {
        match dice.roll(8) {
            0..=2 => {
                let array = heap.array_of(&[Val::int(model.len() as i64)]).expect("room");
                roots.push((model.len(), heap.root(array)));
                model.push(Node::default());
            }
            3..=4 if !roots.is_empty() => {
                let ((from, a), (to, b)) =
                    (&roots[dice.roll(roots.len())], &roots[dice.roll(roots.len())]);
                let (a, b) = (a.get(&heap), b.get(&heap));
                a.push(&mut heap, Val::object(b)).expect("room");
                model[*from].links.push(*to);
            }
            5 if !roots.is_empty() => {
                let (from, a) = &roots[dice.roll(roots.len())];
                if model[*from].links.pop().is_some() {
                    a.get(&heap).pop();
                }
            }
            6 if roots.len() > 8 => drop(roots.swap_remove(dice.roll(roots.len()))),
            7 => young(&mut heap),
            _ => {}
        }
    }
    for (number, root) in &roots {
        compare(&model, *number, root.get(&heap));
    }
    heap.collect_rooted();
    for (number, root) in &roots {
        compare(&model, *number, root.get(&heap));
    }
    roots.clear();
    heap.collect_rooted();
    assert_eq!(heap.used(), 0, "garbage is left");
}

#[test]
fn graphs_survive() {
    let (rounds, steps) = if cfg!(miri) { (2, 150) } else { (60, 2000) };
    (0..rounds).for_each(|seed| play(seed, steps));
}

#[test]
fn layouts_say_where_references_are() {
    let mut heap = Heap::new();
    heap.stressed = true;
    let (inner, outer) = (new_link(&mut heap, 0), new_link(&mut heap, 2));
    inner.set(NUMBER, 1);
    let array = heap.array_of(&[Val::object(inner), Val::int(3)]).expect("room");
    outer.set(NUMBER, 2);
    outer.set_val(VALUE, Val::object(array));
    outer.set(NEXT, Some(inner));
    outer.set_val_at(MORE, 1, Val::object(outer));
    let root = heap.root(outer);
    for _ in 0..4 {
        young(&mut heap);
        let outer = root.get(&heap);
        let next = outer.get(NEXT).expect("there is one");
        assert_eq!((outer.get(NUMBER), next.get(NUMBER)), (2, 1));
        let array = outer.get_val(VALUE).cast::<Array>().expect("an array");
        assert!(array.load(0) == Some(Val::object(next)) && array.load(1) == Some(Val::int(3)));
        assert!(outer.val_at(MORE, 1) == Some(Val::object(outer)));
        // A young object in an old one.
        let fresh = heap.array_of(&[Val::object(next), Val::int(3)]).expect("room");
        outer.set_val(VALUE, Val::object(fresh));
    }
}

#[test]
fn instances_survive() {
    let mut heap = Heap::new();
    heap.stressed = true;
    let shape = heap.new_root(1);
    let names: Vec<_> = (0..40).map(|i| heap.symbol(&format!("n{i}"))).collect();
    let object = heap.new_instance(shape).expect("room");
    let root = heap.root(object);
    for (i, &name) in names.iter().enumerate() {
        // Kinds of all sorts, overflow, and for the last ones a dictionary or whatever the shape chooses.
        let object: Gc<Instance> = root.get(&heap);
        let value = match i % 4 {
            0 => Val::object(heap.array_of(&[Val::int(i as i64)]).expect("room")),
            1 => Val::int(i as i64),
            2 => Val::float(i as f64),
            _ => Val::object(object),
        };
        object.set_property(&mut heap, name, value).expect("room");
        young(&mut heap);
        // The kind of an earlier one changes.
        let object = root.get(&heap);
        let changed = heap.array_of(&[Val::int(i as i64)]).expect("room");
        object.set_property(&mut heap, names[i / 2], Val::object(changed)).expect("room");
        young(&mut heap);
    }
    let object = root.get(&heap);
    for (i, &name) in names.iter().enumerate().skip(20) {
        let value = object.property(name).expect("it is there");
        match i % 4 {
            0 => {
                let array = value.cast::<Array>().expect("an array");
                assert_eq!(array.load(0), Some(Val::int(i as i64)));
            }
            1 => assert_eq!(value, Val::int(i as i64)),
            2 => assert_eq!(value, Val::float(i as f64)),
            _ => assert!(value == Val::object(object)),
        }
    }
}

#[test]
fn members_of_prototypes_survive() {
    let mut heap = Heap::new();
    let (prototype, name) = (heap.new_prototype(None), heap.symbol("m"));
    let array = heap.array_of(&[Val::int(7)]).expect("room");
    heap.define_member(prototype, name, Val::object(array));
    heap.collect_rooted();
    let member = heap.member(prototype, name).and_then(Val::cast::<Array>).expect("an array");
    assert_eq!(member.load(0), Some(Val::int(7)));
}

#[test]
fn identity_hashes_stay() {
    let mut heap = Heap::new();
    heap.stressed = true;
    let mut known: Vec<(u64, Root<Array>)> = Vec::new();
    for i in 0..(if cfg!(miri) { 60 } else { 3000 }) {
        let array = heap.new_array(1).expect("room");
        let hash = heap.identity_hash(array);
        if i % 3 == 0 {
            known.push((hash, heap.root(array)));
        }
        if i % 7 == 0 {
            young(&mut heap);
        }
        if known.len() > 20 {
            known.remove(0);
        }
        for (hash, root) in &known {
            assert_eq!(heap.identity_hash(root.get(&heap)), *hash);
        }
    }
}

#[test]
fn finalizers_run_once() {
    let ran = Rc::new(Cell::new(0));
    let mut heap = Heap::new();
    let finalizer = |ran: &Rc<Cell<i32>>| {
        let ran = Rc::clone(ran);
        move || ran.set(ran.get() + 1)
    };
    let (kept, dropped) = (heap.new_array(0).expect("room"), heap.new_array(0).expect("room"));
    heap.finalize(kept, finalizer(&ran));
    heap.finalize(dropped, finalizer(&ran));
    let root = heap.root(kept);
    heap.collect_rooted();
    heap.collect_rooted();
    assert_eq!(ran.get(), 1);
    drop(root);
    heap.collect_rooted();
    assert_eq!(ran.get(), 2);
    let last = heap.new_array(0).expect("room");
    heap.finalize(last, finalizer(&ran));
    drop(heap);
    assert_eq!(ran.get(), 3);
}

#[test]
fn interned_objects_die_when_nobody_uses_them() {
    let (mut heap, mut interner) = (Heap::new(), Interner::<Array>::default());
    let mut intern = |heap: &mut Heap, n: i64| {
        let is = move |a: Gc<Array>, _: &Heap| a.load(0) == Some(Val::int(n));
        interner.intern(heap, n as u64, is, |heap| heap.array_of(&[Val::int(n)])).expect("room")
    };
    let one = intern(&mut heap, 1);
    let root = heap.root(one);
    assert!(intern(&mut heap, 1) == one);
    heap.collect_rooted();
    assert!(intern(&mut heap, 1) == root.get(&heap));
    drop(root);
    heap.collect_rooted();
    assert_eq!(heap.used(), 0);
    assert_eq!(intern(&mut heap, 1).load(0), Some(Val::int(1)));
}

#[test]
fn memory_is_usable_after_the_limit() {
    let (limit, rounds) = if cfg!(miri) { (1 << 18, 2) } else { (1 << 20, 3) };
    let mut heap = Heap::new();
    heap.set_limit(limit);
    for _ in 0..rounds {
        let list = heap.new_array(0).expect("room");
        let root = heap.root(list);
        let full = loop {
            let Ok(array) = heap.array_filled(64, Val::int(1)) else { break true };
            if root.get(&heap).push(&mut heap, Val::object(array)).is_err() {
                break true;
            }
        };
        assert!(full && heap.used() <= limit);
        assert!(root.get(&heap).count() > limit / (8 << 10));
        drop(root);
        heap.collect_rooted();
        assert_eq!(heap.used(), 0);
    }
}

#[test]
fn there_is_a_reserve_until_the_limit_is_kept_again() {
    let mut heap = Heap::new();
    let large = heap.array_filled(1 << 17, Val::NIL).expect("room");
    let root = heap.root(large);
    heap.set_limit(900 << 10);
    // The first time that too much is alive is an error; then there is room to deal with it.
    assert!(heap.collect(Extent::Young, &mut |_| {}).is_err());
    assert!(heap.array_filled(64, Val::NIL).is_ok());
    young(&mut heap);
    drop(root);
    young(&mut heap);
    assert_eq!(heap.used(), 0);
    let large = heap.array_filled(100 << 10, Val::NIL).expect("room");
    let _root = heap.root(large);
    heap.set_limit(700 << 10);
    assert!(heap.collect(Extent::Young, &mut |_| {}).is_err());
}

#[test]
fn large_arrays_stay_where_they_are() {
    let mut heap = Heap::new();
    heap.stressed = true;
    // More than the nursery takes.
    let large = heap.array_filled(9000, Val::NIL).expect("room");
    let root = heap.root(large);
    for i in 0..5 {
        let element = heap.array_of(&[Val::int(i)]).expect("room");
        let large = root.get(&heap);
        large.store(&mut heap, 2000 * i as usize, Val::object(element)).expect("room");
        young(&mut heap);
    }
    for i in 0..5 {
        let element = root.get(&heap).load(2000 * i as usize).and_then(Val::cast::<Array>);
        assert_eq!(element.and_then(|e| e.load(0)), Some(Val::int(i)));
    }
    assert_eq!(root.get(&heap).kind(), Tag::MIXED);
}

#[test]
fn the_nursery_grows_while_much_survives_and_shrinks_again() {
    let mut heap = Heap::new();
    heap.set_nursery(4 << 20);
    let mut kept: Vec<Root<Array>> = Vec::new();
    for round in 0..10 {
        for number in 0..50 {
            let array = heap.array_of(&[Val::int(number), Val::int(round)]).expect("room");
            kept.push(heap.root(array));
        }
        young(&mut heap);
        assert!(heap.nursery.is_empty(&heap.bump), "round {round}");
    }
    assert_eq!(heap.nursery.bytes, 4 << 20);
    for (index, array) in (0..).zip(&kept) {
        let array = array.get(&heap);
        let pair = (array.load(0), array.load(1));
        assert_eq!(pair, (Some(Val::int(index % 50)), Some(Val::int(index / 50))));
    }
    kept.clear();
    for _ in 0..100 {
        heap.array_filled(100, Val::NIL).expect("room");
        young(&mut heap);
    }
    assert_eq!(heap.nursery.bytes, super::nursery::NURSERY);
}
